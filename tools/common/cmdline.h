/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmdline.h - command lines of other processes, read by one helper process.
 *
 * /proc/PID/cmdline reads the other process's memory, and where that lies on a file system whose
 * server hangs, the reader hangs with it, beyond the reach of any signal. So a helper reads, started
 * before there is anything to lose, and the caller waits CMDLINE_PATIENCE_MS at most. A helper
 * that is late is abandoned for good: from then on there are no command lines, only names.
 */
#ifndef PIDNS_CMDLINE_H
#define PIDNS_CMDLINE_H

#include <stddef.h>
#include <stdint.h>

#define CMDLINE_PATIENCE_MS 200

struct cmdline_helper;

struct cmdline_query {
	uint64_t start_ns; /* the task must have started then, to a clock tick; 0: any will do */
	int32_t pid;	   /* as numbered in the procfs below */
};

/*
 * Fork the helper. It reads below `proc` (NULL: /proc), at most `max` bytes of a command line (0:
 * all, to a bound of some megabytes), and ends when we do. 0, or -Exxx of fork(2), socketpair(2).
 */
int cmdline_open(const char *proc, size_t max, struct cmdline_helper **ret_helper);
/* Takes NULL, returns NULL, never waits. */
struct cmdline_helper *cmdline_close(struct cmdline_helper *helper);

/*
 * What `got` is told of queries[i]: the arguments, each ended by a NUL byte, as the kernel has them.
 * len 0: a kernel thread, a zombie, or one that chose to have none. Not called for one that is gone
 * or may not be read.
 */
typedef void cmdline_got(void *arg, size_t i, const char *bytes, size_t len);

/*
 * Ask for `count` of them, in order; waits no longer than CMDLINE_PATIENCE_MS for each. 0;
 * -ETIMEDOUT: the helper hangs, now or since an earlier call; -EPIPE: it is gone. What came before
 * that was told. helper NULL is one that is gone.
 */
int cmdline_ask(struct cmdline_helper *helper, const struct cmdline_query *queries, size_t count,
		cmdline_got *got, void *arg);

#endif /* PIDNS_CMDLINE_H */
