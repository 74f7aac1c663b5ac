/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * events.h - what attached programs write to a ring, as events.
 *
 * The programs are held by descriptors only, and so are their links: both go with the process, also
 * where that is killed. attach.c has them, ring.c reads the ring, parse.c its records.
 */
#ifndef PIDNS_BPF_EVENTS_H
#define PIDNS_BPF_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/internal.h"
#include "bpf/programs/event.h"
#include "core/raw-event.h"

/* ---- programs (attach.c) --------------------------------------------------------------------- */

struct event_programs;

/* Load and attach. What cannot be attached is left out, and missing from event_programs_flags(). */
int event_programs_open(uint32_t wants, const struct why *why, struct event_programs **ret);
/* These are inits: from now on the end of others is reported with EVENTS_TASKS alone. */
void event_programs_know(struct event_programs *programs, const int32_t *inits, size_t nr);
struct event_programs *event_programs_close(struct event_programs *programs);
int event_programs_ring(const struct event_programs *programs);
uint64_t event_programs_lost(const struct event_programs *programs);
uint32_t event_programs_flags(const struct event_programs *programs);
/* 1 << BPF_LIMIT_* of the limits whose functions cannot be traced, where others can. */
uint32_t event_programs_unknown(const struct event_programs *programs);

/* ---- the ring (ring.c) ----------------------------------------------------------------------- */

struct event_ring {
	unsigned long *consumer;       /* a page of its own */
	const unsigned long *producer; /* … and the data, twice in a row */
	const unsigned char *data;
	size_t size, page;
	unsigned long pending; /* where the record that is being read ends */
};

int event_ring_map(int fd, size_t size, struct event_ring *ret);
void event_ring_unmap(struct event_ring *ring);
/* 1: the next record, until the next call; 0: none now; -EPROTO: the ring is not as it should be. */
int event_ring_next(struct event_ring *ring, const void **ret_record, size_t *ret_len);

/* ---- records (parse.c) ----------------------------------------------------------------------- */

/* What is needed to translate a record, and where its copy lies, which facts point to. */
struct event_reader {
	struct bpf_caller caller;
	struct bpf_kernel kernel; /* has nothing but the reader, and what no program can see */
	struct bpf_event_refused record;
	char source[BPF_REFUSED_NAMES * BPF_REFUSED_NAME + 320];
	/* For refusals, by the caller that opens the programs. */
	char cgroups[256];    /* where the cgroups that count PIDs are mounted; "": not known */
	uint32_t unknown;     /* event_programs_unknown() */
	uint64_t threads_max; /* when the record is read; 0: not known */
	/* The lesser of that, and of pid_max, and of the values before. */
	uint64_t least_threads_max, least_pid_max;
};

/* refused.c: what a record says of a refusal. 0 or -EPROTO. */
int event_read_refused(struct event_reader *reader, struct pidns_refused *ret);

/* The initial user namespace, which events_may_open() holds the caller to. */
void event_reader_init(struct event_reader *reader, int64_t boot_offset_ns, uint32_t pid_max);
/* 0, or -EPROTO: no such record can be. */
int event_parse(struct event_reader *reader, const void *record, size_t len, struct raw_event *ret);

#endif /* PIDNS_BPF_EVENTS_H */
