/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - how often forks, clones and unshares were refused since a watcher began to follow them, and the
 * file by which `why` and `doctor` read it.
 *
 * Each watcher (pidns watch --refused, pidns metrics --listen, pidns-top) that is root's has a file of its
 * own in TALLY_FOLDER, which only root can enter, and holds a lock on it: a file without a lock is of a
 * watcher that has ended. One without such a file counts all the same.
 */
#ifndef PIDNS_COMMON_TALLY_H
#define PIDNS_COMMON_TALLY_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TALLY_FOLDER "/run/pidns"

/* "The last minute" is the last six of these. */
#define TALLY_SPAN_NS  UINT64_C(10000000000)
#define TALLY_SPANS    6
#define TALLY_ROWS_MAX 128

/* What was refused in one namespace by one limit with one error. Times: CLOCK_BOOTTIME. */
struct tally_row {
	uint64_t ns_ino,
		ns_cookie; /* of the namespace of the process that was refused; 0: unknown */
	uint64_t count;
	uint64_t last_ns;
	uint32_t recent[TALLY_SPANS]; /* in the span of last_ns, in the one before, … */
	uint32_t kind;		      /* PIDNS_LIMIT_*; 0: no limit */
	int32_t error;		      /* errno */
	uint32_t is_kind_known;	      /* else more than one limit may have refused */
	int32_t pid;		      /* the last one refused, and its untrusted name */
	char comm[16];
};

struct tally_counts {
	uint64_t since_ns;    /* when the watcher began */
	uint64_t nr_lost;     /* events that came faster than they were read */
	uint64_t nr_left_out; /* refusals for which there was no row */
	uint64_t nr;
	struct tally_row rows[TALLY_ROWS_MAX];
};

struct tally;

/* NULL: no memory. */
struct tally *tally_open(void);
struct tally *tally_close(struct tally *tally);
/* Events other than PIDNS_EVENT_REFUSED and _LOST count nothing. `tally` may be NULL here. */
void tally_add(struct tally *tally, const struct pidns_event *event);
/* Let others read what was added since the last time. `tally` may be NULL here. */
void tally_publish(struct tally *tally);

/* The same on counts alone, at an event's own time. */
void tally_count(struct tally_counts *counts, const struct pidns_event *event);
/* How many of a row were in the last minute. */
uint64_t tally_row_recent(const struct tally_row *row, uint64_t now_ns);
/* It is of this namespace, as far as both are known. */
bool tally_row_is_of(const struct tally_row *row, const struct pidns_ns *ns);
/* "cgroup-pids"; "none": no limit; "unknown": more than one may have. */
const char *tally_row_kind(const struct tally_row *row);

/* What the watcher of this machine has found that has followed longest. False: no watcher runs that this
 * caller may read, or it is of another PID or time namespace. */
bool tally_read(struct tally_counts *ret);

#endif /* PIDNS_COMMON_TALLY_H */
