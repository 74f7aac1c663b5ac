/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pins.h - the rooms of the annotator that says what keeps a namespace alive: pins.c reads the
 * snapshot and writes the notes, annotate/pins/scan.c goes through the tasks of a procfs, annotate/pins/mounts.c
 * through their mounts.
 *
 * Files and mounts of others are known by what their links and lists say. None is opened or examined
 * through the task that has it, for it may hang.
 */
#ifndef PIDNS_PINS_H
#define PIDNS_PINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "annotate/annotate.h"
#include "base/map.h"
#include "base/mounts.h"

/* A mounted procfs, by its device number. */
struct pins_instance {
	uint64_t ino;	 /* of the PID namespace; 0: not known */
	uint64_t met_in; /* the last mount namespace it was seen in */
};

struct pins {
	struct annotation *a;
	struct found {
		const struct pidns_ns *ns;
		struct pidns_pin pin;
	} * found;
	size_t nr_found, room_found;
	/* What may be it where nothing else is: pidfds of tasks that are gone, procfs instances that
	 * cannot be told apart. */
	struct pidns_pin *suspects;
	size_t nr_suspects, room_suspects;
	struct pidns_pin refused; /* the first who did not show everything; count: how many */
	int32_t refused_last;
	bool is_own;	 /* the procfs has the caller's own numbers */
	bool has_unborn; /* so it is worth a look who might give birth */
	struct mounts mounts;
	uint32_t nr_files;	    /* looked at */
	bool is_cut;		    /* some files were not */
	struct map instance_places; /* by device: place in the list + 1 */
	struct pins_instance *instances;
	size_t nr_instances, room_instances;
};

/* All of these: 0, or -ENOMEM. */
int pins_note(struct pins *p, const struct pidns_ns *ns, const struct pidns_pin *pin);
int pins_suspect(struct pins *p, const struct pidns_pin *pin);
/* What came of asking that task: only that there is no memory for it is a failure. */
int pins_hindered(struct pins *p, int32_t pid, int error);

/* annotate/pins/scan.c */
int pins_scan(struct pins *p);

/* annotate/pins/mounts.c */
/* Find out which procfs instances are whose. */
int pins_mounts_begin(struct pins *p);
/* The mounts of the task whose directory that is. */
int pins_mounts_look(struct pins *p, int dir, int32_t pid, int32_t tid);
void pins_mounts_end(struct pins *p);

#endif /* PIDNS_PINS_H */
