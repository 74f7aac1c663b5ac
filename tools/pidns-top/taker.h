/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * taker.h - the thread that takes snapshots, so that a large machine never makes the keys wait. The
 * machine's figures are those of the same moment.
 *
 * A context belongs to one thread at a time: from taker_open() on it is the taker's.
 */
#ifndef PIDNS_TOP_TAKER_H
#define PIDNS_TOP_TAKER_H

#include <stdbool.h>
#include <stdint.h>

#include <pidnsinfo.h>

#include "events.h"
#include "machine.h"

struct taker;

struct taker_wish {
	uint64_t ns_fields, task_fields;
	uint32_t flags; /* PIDNS_TAKE_* */
	bool is_of_series;
	size_t moment; /* of a series */
};

struct taker_result {
	int error; /* 0, or -Exxx with one sentence in `why` */
	char why[256];
	struct pidns_snapshot *snapshot; /* one reference; NULL on error */
	struct pidns_snapshot *before;	 /* of a series, the one before, too; or NULL */
	size_t moment;
	struct machine_figures machine;
	/* Since the one before; of a series, up to that moment. The collector's. */
	struct events events;
	uint64_t duration_ns;
	uint64_t cpu_ns; /* what it cost */
};

/* 0, or -Exxx. machine may be NULL, and is not owned. */
int taker_open(struct pidns_ctx *ctx, struct machine *machine, struct taker **ret_taker);

/*
 * Never waits for a take under way. True: the thread is gone and the context the caller's again;
 * false: it is still asking the kernel, and so nothing of its can be freed. The process ends soon.
 */
bool taker_close(struct taker *taker);

/* Becomes readable when there is a result. */
int taker_fd(const struct taker *taker);
/* Start a take; ignored while one is under way. */
void taker_ask(struct taker *taker, const struct taker_wish *wish);
bool taker_is_busy(struct taker *taker);
/* True: there was a result, now in *ret. */
bool taker_collect(struct taker *taker, struct taker_result *ret);

#endif /* PIDNS_TOP_TAKER_H */
