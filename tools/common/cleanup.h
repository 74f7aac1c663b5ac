/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cleanup.h - locals that clean up after themselves. */
#ifndef PIDNS_CLEANUP_H
#define PIDNS_CLEANUP_H

#include <pidnsinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void cleanup_free(void *p)
{
	void *v;

	memcpy(&v, p, sizeof(v));
	free(v);
}

static inline void cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Hand over what a _cleanup_fd_ local holds. */
static inline int steal_fd(int *fd)
{
	int v = *fd;

	*fd = -1;
	return v;
}

static inline void cleanup_ctx(struct pidns_ctx **ctx)
{
	pidns_close(*ctx);
}

static inline void cleanup_snapshot(struct pidns_snapshot **snapshot)
{
	pidns_snapshot_unref(*snapshot);
}

static inline void cleanup_diff(struct pidns_diff **diff)
{
	pidns_diff_close(*diff);
}

#define _cleanup_free_	   __attribute__((cleanup(cleanup_free)))
#define _cleanup_fd_	   __attribute__((cleanup(cleanup_fd)))
#define _cleanup_ctx_	   __attribute__((cleanup(cleanup_ctx)))
#define _cleanup_snapshot_ __attribute__((cleanup(cleanup_snapshot)))
#define _cleanup_diff_	   __attribute__((cleanup(cleanup_diff)))

#endif /* PIDNS_CLEANUP_H */
