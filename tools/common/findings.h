/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * findings.h - what is wrong with the namespaces of a snapshot, and what to do about it: a pure
 * function of the snapshot. With the notes of PIDNS_TAKE_LIMITS, PINS and ZOMBIES it knows most.
 */
#ifndef PIDNS_FINDINGS_H
#define PIDNS_FINDINGS_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum finding_kind {
	FINDING_LIMIT, /* something that makes fork fail is used up to LIMIT_NEAR_PERCENT or more */
	FINDING_ZOMBIES, /* processes that have exited and are not reaped */
	FINDING_DEAD,	 /* init is gone, and something keeps the namespace */
	FINDING_DYING,	 /* its init is ending, and waits for something */
	FINDING_UNBORN,	 /* nothing was ever started in it */
	FINDING_JOINED,	 /* joined from outside; the parent has exited */
	FINDING_REFUSED, /* forks were refused in the last minute, as a running watcher found */
};

struct finding {
	enum finding_kind kind;
	uint32_t rank;		   /* the least is the worst */
	uint64_t weight;	   /* among those of a rank: the most is the worst */
	const struct pidns_ns *ns; /* of the snapshot; of a limit: the outermost that is under it */
	int32_t pid;		   /* the process it is about most; 0: none */
	int32_t parent;		   /* of zombies: what should reap them; 0: unknown */
	uint64_t count; /* of zombies, those who joined, refusals: how many; 0: of neither */
	const struct pidns_task *task; /* the same, of what tasks do wrong */
	const char *source;	       /* of a limit, and its PIDNS_LIMIT_* */
	uint32_t limit;
	uint32_t shape; /* what findings of one rank differ in: kind of limit or pin */
	/* In a short list it stands for so many like it, the first of them; 0: another one does. */
	size_t alike;
	uint64_t alike_weight; /* the sum of their weights */
	bool shares_ns;	       /* two of them are, or may be, of one namespace */
	/* Sentences without an end, of untrusted bytes: escape before printing. */
	char message[640];
	char remedy[256];
};

struct findings {
	struct finding *list; /* worst first */
	size_t nr, room;
};

/* The fields and flags of a take that findings are made of. */
void findings_wish(struct pidns_take_opts *opts);
/* 0 or -ENOMEM; findings_clear() in any case. A limit that is above several namespaces is in it
 * once. */
int findings_make(const struct pidns_snapshot *snapshot, struct findings *ret);
/* The same of one namespace. */
int findings_make_of(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		     struct findings *ret);
/*
 * A zombie between its end and its reaping is no fault, nor is a namespace on its way. So take
 * a later snapshot of these tasks, which costs little, with the same fields, and keep what still
 * holds. The first gives how many there are, of which the caller frees the list; or -ENOMEM.
 */
int findings_pids(const struct findings *findings, int32_t **ret_pids);
void findings_confirm(struct findings *findings, const struct pidns_snapshot *later);
void findings_clear(struct findings *findings);

struct tally_counts;
/* Add what was refused in the last minute; the others stay as they are. 0 or -ENOMEM. */
int findings_add_refused(struct findings *findings, const struct pidns_snapshot *snapshot,
			 const struct tally_counts *refused);

struct source;

/*
 * All of that: a snapshot with what `opts` asks for and what findings are made of, and its findings,
 * of a living machine those that still hold a tenth of a second later. 0, or an exit code after the
 * message is out. The caller has a reference to the snapshot if there is one, and clears the findings,
 * in any case.
 */
int findings_take(const struct source *source, struct pidns_ctx *ctx, struct pidns_take_opts *opts,
		  struct pidns_snapshot **ret_snapshot, struct findings *ret);

/* "302 namespaces with one zombie each, e.g. ", what a short list says before it; or "". */
#define FINDING_MANY_SIZE 128
const char *finding_many(const struct finding *finding, char many[FINDING_MANY_SIZE]);

/* Of a dead, dying or unborn namespace whose pins are known: those are in its notes. */
bool finding_has_pins(const struct finding *finding);

/* "zombies", "dead", … */
const char *finding_name(enum finding_kind kind);

#endif /* PIDNS_FINDINGS_H */
