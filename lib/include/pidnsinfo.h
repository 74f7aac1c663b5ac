/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pidnsinfo.h - the PID namespaces of a Linux machine, as one frozen snapshot.
 *
 * A *context* is one open way of asking (a provider). Taking a *snapshot* asks once and freezes the
 * answer: namespaces in pre-order, tasks by (namespace, vpid), look-ups both ways. A snapshot never
 * changes, outlives its context, and may be read by any number of threads at once. Two snapshots
 * make a *diff*; a snapshot saved to a file is a recording, and a recording opens like a kernel.
 *
 * Conventions
 *   - Functions that can fail return an int: 0 or positive on success, -Exxx on failure. Results go
 *     through the last "ret_" pointer, which is untouched on failure. The library never prints,
 *     exits, installs signal handlers, reads the environment, or reports through errno.
 *   - "Not there" is NULL or 0, not an error. A task that vanishes meanwhile is not an error.
 *   - Every X_open/X_take gives the caller one object; the matching X_close/X_unref takes it back,
 *     accepts NULL, and returns NULL, so that "p = pidns_snapshot_unref(p)" reads well.
 *   - Borrowed pointers (records, lists, strings) are valid as long as the snapshot or diff they
 *     came from is.
 *   - Records are read only, reached by pointer only, and only ever appended to: never embed, copy
 *     or sizeof them. Read a field only when its bit is set in `known`; an older library never sets
 *     the bit of a newer field. An absent bit means "this provider cannot tell" or "you may not
 *     see", never zero.
 *   - Option structs carry their size, as clone3(2) does: shorter is fine, longer is fine if the
 *     excess is zero, else -E2BIG.
 *   - Unknown flags, states, event types and bits read from the library must be ignored.
 *   - Times are CLOCK_BOOTTIME nanoseconds. Providers over /proc know them to one clock tick.
 *
 * Threads: a context belongs to one thread at a time, and to the process that opened it. A snapshot
 * and a diff may be shared freely; their reference counts are atomic.
 */
#ifndef PIDNSINFO_H
#define PIDNSINFO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
/* Seen outside the library, which is built with everything else hidden. */
#pragma GCC visibility push(default)

struct pidns_ctx;      /* one open provider */
struct pidns_snapshot; /* a frozen snapshot, reference counted */
struct pidns_diff;     /* what changed between two of them */
struct pidns_watch;    /* what changes, as it does */

/* The deepest level the kernel allows (MAX_PID_NS_LEVEL, include/linux/pid_namespace.h). */
#define PIDNS_LEVEL_MAX 32

/* ---- A PID namespace ------------------------------------------------------------------------ */

/* Bits of pidns_ns.known, and of pidns_take_opts.ns_fields. */
/* lib/core/facts.py: bits of pidns_ns */
#define PIDNS_NS_INO		(UINT64_C(1) << 0) /* inode number: unique now, used again later */
#define PIDNS_NS_COOKIE		(UINT64_C(1) << 1) /* 64-bit id, never used again */
#define PIDNS_NS_PARENT		(UINT64_C(1) << 2) /* inode number of the parent namespace */
#define PIDNS_NS_LEVEL		(UINT64_C(1) << 3) /* the kernel's level; the initial namespace has 0 */
#define PIDNS_NS_STATE		(UINT64_C(1) << 4)  /* alive, unborn, dying, dead or zombie-init */
#define PIDNS_NS_REAPER		(UINT64_C(1) << 5)  /* its init (child reaper), as a PID of yours */
#define PIDNS_NS_REAPER_START	(UINT64_C(1) << 6)  /* when its init started, since boot */
#define PIDNS_NS_OWNER_UID	(UINT64_C(1) << 7)  /* user that owns the owning user namespace */
#define PIDNS_NS_OWNER_NS	(UINT64_C(1) << 8)  /* inode number of the owning user namespace */
#define PIDNS_NS_PIDS_USED	(UINT64_C(1) << 9)  /* PIDs in use, namespaces below included */
#define PIDNS_NS_PIDS_PEAK	(UINT64_C(1) << 10) /* the most PIDs ever in use */
#define PIDNS_NS_ALLOC_FAILURES (UINT64_C(1) << 11) /* how often no PID was left */
#define PIDNS_NS_LAST_PID	(UINT64_C(1) << 12) /* the PID allocated last */
#define PIDNS_NS_PIDS_MAX	(UINT64_C(1) << 13) /* least pid_max of it and its ancestors */
#define PIDNS_NS_PROCESSES	(UINT64_C(1) << 14) /* processes in it, zombies included */
#define PIDNS_NS_THREADS	(UINT64_C(1) << 15) /* threads in it */
#define PIDNS_NS_ZOMBIES	(UINT64_C(1) << 16) /* zombies in it */
#define PIDNS_NS_JOINED		(UINT64_C(1) << 17) /* processes whose parent is outside */
#define PIDNS_NS_PIDMAP		(UINT64_C(1) << 18) /* PIDs in use per block. Since: 0.2 */
#define PIDNS_NS_NOTES \
	(UINT64_C(1) << 19) /* what annotators found; asked for by flags. Since: 0.3 */
/* lib/core/facts.py: end */

/* Values of pidns_ns.state. */
#define PIDNS_STATE_ALIVE	1 /* init runs */
#define PIDNS_STATE_UNBORN	2 /* created by unshare(2), no first process yet */
#define PIDNS_STATE_DYING	3 /* init is exiting, the rest are being killed */
#define PIDNS_STATE_DEAD	4 /* init is gone, something still pins it: fork(2) gives ENOMEM */
#define PIDNS_STATE_ZOMBIE_INIT 5 /* init has exited and has not been reaped */

/*
 * One PID namespace. Counts of tasks are of the tasks in this snapshot: where tasks are hidden from
 * the reader (pidns_snapshot_cannot_see()) they are lower bounds.
 *
 * A record without PIDNS_NS_INO is of tasks whose namespace could not be identified. With
 * PIDNS_NS_REAPER it is one namespace, that of its init and of those proven to share it; without,
 * its members need not share one.
 */
/* lib/core/facts.py: struct pidns_ns */
struct pidns_ns {
	uint64_t known;			 /* PIDNS_NS_* bits of the fields below that hold */
	uint64_t ino;			 /* inode number: unique now, used again later */
	uint64_t cookie;		 /* 64-bit id, never used again */
	uint64_t owner_ns;		 /* inode number of the owning user namespace */
	uint64_t reaper_start_ns;	 /* when its init started, since boot */
	uint64_t alloc_failures;	 /* how often no PID was left */
	uint32_t depth;			 /* levels below a root of this snapshot */
	uint32_t level;			 /* the kernel's level; the initial namespace has 0 */
	uint32_t state;			 /* alive, unborn, dying, dead or zombie-init */
	int32_t reaper;			 /* its init (child reaper), as a PID of yours */
	uint32_t owner_uid;		 /* user that owns the owning user namespace */
	uint32_t pids_used;		 /* PIDs in use, namespaces below included */
	uint32_t pids_used_exact;	 /* whether pids_used is exact, or a lower bound */
	uint32_t pids_peak;		 /* the most PIDs ever in use */
	int32_t last_pid;		 /* the PID allocated last */
	uint32_t pids_max;		 /* least pid_max of it and its ancestors */
	uint32_t processes;		 /* processes in it, zombies included */
	uint32_t threads;		 /* threads in it */
	uint32_t zombies;		 /* zombies in it */
	uint32_t joined;		 /* processes whose parent is outside */
	uint32_t processes_below;	 /* processes in it and below */
	uint32_t threads_below;		 /* threads in it and below */
	uint32_t zombies_below;		 /* zombies in it and below */
	uint32_t pidmap_block;		 /* PIDs per block of pidmap; [0] begins at PID 0 */
	const uint32_t *pidmap;		 /* PIDs in use per block. Since: 0.2 */
	uint32_t nr_pidmap;		 /* blocks in pidmap; later ones are empty */
	uint32_t reserved;		 /* 0 */
	const struct pidns_notes *notes; /* what annotators found; asked for by flags. Since: 0.3 */
};
/* lib/core/facts.py: end */

/* ---- A task --------------------------------------------------------------------------------- */

/* Bits of pidns_task.known, and of pidns_take_opts.task_fields. */
/* lib/core/facts.py: bits of pidns_task */
#define PIDNS_TASK_VPIDS   (UINT64_C(1) << 0)  /* its PID in each namespace, yours first */
#define PIDNS_TASK_PPID	   (UINT64_C(1) << 1)  /* parent, as a PID of yours; 0: none in sight */
#define PIDNS_TASK_STATE   (UINT64_C(1) << 2)  /* letter, as in proc_pid_stat(5) */
#define PIDNS_TASK_UID	   (UINT64_C(1) << 3)  /* effective user */
#define PIDNS_TASK_RUID	   (UINT64_C(1) << 4)  /* real user */
#define PIDNS_TASK_COMM	   (UINT64_C(1) << 5)  /* name: untrusted bytes */
#define PIDNS_TASK_START   (UINT64_C(1) << 6)  /* when it started, since boot */
#define PIDNS_TASK_CPU	   (UINT64_C(1) << 7)  /* CPU time it has used */
#define PIDNS_TASK_RSS	   (UINT64_C(1) << 8)  /* resident memory */
#define PIDNS_TASK_THREADS (UINT64_C(1) << 9)  /* threads of its process */
#define PIDNS_TASK_VPGID   (UINT64_C(1) << 10) /* process group, as a PID of its namespace */
#define PIDNS_TASK_VSID	   (UINT64_C(1) << 11) /* session, as a PID of its namespace */
#define PIDNS_TASK_NS_FOR_CHILDREN \
	(UINT64_C(1) << 12)			  /* namespace of its children, where another */
#define PIDNS_TASK_HAS_JOINED (UINT64_C(1) << 13) /* whether its parent is in another namespace */
#define PIDNS_TASK_PIDFD_INO \
	(UINT64_C(1) << 14) /* inode number of its pidfd: never used again. Since: 0.3 */
/* lib/core/facts.py: end */

/* All bits, for pidns_take_opts.ns_fields and .task_fields: whatever the provider can know. */
#define PIDNS_FIELDS_ALL UINT64_MAX

/* One task: a process (tid == pid) or, with PIDNS_TAKE_THREADS, a thread. */
/* lib/core/facts.py: struct pidns_task */
struct pidns_task {
	uint64_t known;		   /* PIDNS_TASK_* bits of the fields below that hold */
	const struct pidns_ns *ns; /* its innermost namespace */
	const struct pidns_ns *ns_for_children; /* namespace of its children, where another */
	const int32_t *vpids;			/* its PID in each namespace, yours first */
	const char *comm;			/* name: untrusted bytes */
	uint64_t start_ns;			/* when it started, since boot */
	uint64_t cpu_ns;			/* CPU time it has used */
	uint64_t rss_bytes;			/* resident memory */
	uint32_t nr_vpids;			/* how many vpids there are */
	int32_t pid;				/* process, as a PID of yours */
	int32_t tid;				/* thread, as a PID of yours */
	int32_t ppid;				/* parent, as a PID of yours; 0: none in sight */
	int32_t vpgid;				/* process group, as a PID of its namespace */
	int32_t vsid;				/* session, as a PID of its namespace */
	uint32_t uid;				/* effective user */
	uint32_t ruid;				/* real user */
	uint32_t state;				/* letter, as in proc_pid_stat(5) */
	uint32_t threads;			/* threads of its process */
	uint32_t has_joined;			/* whether its parent is in another namespace */
	uint64_t pidfd_ino; /* inode number of its pidfd: never used again. Since: 0.3 */
};
/* lib/core/facts.py: end */

/* ---- What annotators add -------------------------------------------------------------------- */

/*
 * A container, as far as it is certain: what would be a guess is NULL. All strings are untrusted
 * bytes: escape before printing. Since: 0.3
 */
struct pidns_container {
	const char *name;    /* as its engine calls it */
	const char *id;	     /* the engine's full id */
	const char *runtime; /* "docker", "podman", "containerd", "cri-o", "runc", "crun", "lxc",
				"incus", "nspawn", "bubblewrap", "systemd" (a service), … */
	const char *source;  /* how we know: "cgroup", "state-file", "machined", "hostname" or
				"command" */
	const char *pod;     /* the pod it is part of: its name or, where that is not known, uid */
	/* 1: its cgroup, which is all that says so, is one that an ordinary user may make and name:
	 * owner_uid. No store of root's was asked for its name. Since: 0.9 */
	uint32_t is_users;
	uint32_t owner_uid;
};

/* Values of pidns_limit.kind. */
#define PIDNS_LIMIT_CGROUP_PIDS	   1 /* pids.max of a cgroup, cgroups(7) */
#define PIDNS_LIMIT_PID_MAX	   2 /* kernel.pid_max, of the namespace or of an ancestor */
#define PIDNS_LIMIT_THREADS_MAX	   3 /* kernel.threads-max */
#define PIDNS_LIMIT_NPROC	   4 /* RLIMIT_NPROC of a real user id, getrlimit(2) */
#define PIDNS_LIMIT_PID_NAMESPACES 5 /* user.max_pid_namespaces, namespaces(7) */
#define PIDNS_LIMIT_LEVEL	   6 /* PIDNS_LEVEL_MAX */
#define PIDNS_LIMIT_INIT	   7 /* no init runs: nothing can be born here any more */
/* The other namespaces that a container is started with, namespaces(7). Since: 0.9 */
#define PIDNS_LIMIT_USER_NAMESPACES   8	 /* user.max_user_namespaces */
#define PIDNS_LIMIT_MNT_NAMESPACES    9	 /* user.max_mnt_namespaces */
#define PIDNS_LIMIT_NET_NAMESPACES    10 /* user.max_net_namespaces */
#define PIDNS_LIMIT_IPC_NAMESPACES    11 /* user.max_ipc_namespaces */
#define PIDNS_LIMIT_UTS_NAMESPACES    12 /* user.max_uts_namespaces */
#define PIDNS_LIMIT_CGROUP_NAMESPACES 13 /* user.max_cgroup_namespaces */
#define PIDNS_LIMIT_TIME_NAMESPACES   14 /* user.max_time_namespaces */
#define PIDNS_LIMIT_USER_LEVEL	      15 /* how deep user namespaces may be nested */

/* Bits of pidns_limit.known. */
#define PIDNS_LIMIT_USED  (UINT32_C(1) << 0)
#define PIDNS_LIMIT_MAX	  (UINT32_C(1) << 1)
#define PIDNS_LIMIT_HITS  (UINT32_C(1) << 2)
#define PIDNS_LIMIT_FLAGS (UINT32_C(1) << 3) /* since 0.9 */

/* Bits of pidns_limit.flags. */
#define PIDNS_LIMIT_IS_EXEMPT	(UINT32_C(1) << 0) /* it does not bind here, whatever is used */
#define PIDNS_LIMIT_IS_AT_LEAST (UINT32_C(1) << 1) /* more may be used, and perhaps all */

/* One limit that can make fork(2), clone(2) or unshare(2) fail. Since: 0.3 */
struct pidns_limit {
	uint32_t known; /* PIDNS_LIMIT_USED and so on: which of the fields below hold */
	uint32_t kind;	/* PIDNS_LIMIT_CGROUP_PIDS and so on */
	uint64_t used;
	uint64_t max;
	uint64_t hits;	    /* how often it has refused so far (pids.events, pids.failcnt) */
	const char *source; /* where it is set: a file, or words as "RLIMIT_NPROC of uid 1000" */
	int32_t error;	    /* errno once it is reached: EAGAIN, ENOMEM, ENOSPC */
	uint32_t is_fork;   /* 1: it stops fork(2); 0: only the making of namespaces */
	uint32_t flags;	    /* PIDNS_LIMIT_IS_*. Since: 0.9 */
	uint32_t reserved;
	/* Of *-NAMESPACES: processes that are in those counted, by command: "bwrap 12 (PID 4711), …".
	 * Of INIT: processes that it waits for, and what each of these waits for: "PID 12 (cp), in
	 * uninterruptible sleep in …; PID 14 (sh), a zombie that PID 4 (agent) has not reaped". Untrusted
	 * bytes. NULL: none is known. Since: 0.9 */
	const char *holders;
};

/* Values of pidns_pin.kind. */
#define PIDNS_PIN_TASK	       1 /* a task that lives in it */
#define PIDNS_PIN_ZOMBIE       2 /* a task that has not been reaped; its parent should */
#define PIDNS_PIN_FD	       3 /* an open nsfs file */
#define PIDNS_PIN_BIND	       4 /* a bind mount of one; a pid of 0: in the caller's mount namespace */
#define PIDNS_PIN_FOR_CHILDREN 5 /* a task's children would be born there */
#define PIDNS_PIN_DESCENDANT   6 /* a namespace below */
#define PIDNS_PIN_PROCFS       7 /* a mounted procfs of it; pid as above */
#define PIDNS_PIN_PIDFD	       8 /* an open pidfd of a task that was in it */
#define PIDNS_PIN_UNSEEN       9 /* something that this provider cannot see */

/*
 * One thing that keeps a namespace alive. What has no meaning for the kind is 0. UNSEEN is there where
 * the namespace has no task, and either nothing else was found or a process could not be inspected;
 * its pid, fd and path say who might be it: a pidfd of a task that is gone, a procfs that cannot be
 * told from others, the one that could not be inspected; 0: not even that is known. Of tasks and
 * descendants there is one pin that counts all; of zombies, one for each parent; of files, one for
 * each holder. Since: 0.3
 */
struct pidns_pin {
	uint32_t kind;		   /* PIDNS_PIN_* */
	int32_t pid;		   /* the task, who holds it, or in whose mount namespace it is */
	int32_t fd;		   /* FD, PIDFD: the descriptor in that process */
	int32_t parent;		   /* ZOMBIE: the process that should reap it */
	const char *path;	   /* BIND, PROCFS: the mount point there, untrusted bytes */
	const struct pidns_ns *ns; /* DESCENDANT: which */
	uint64_t count;		   /* how many there are like this one, itself included */
};

/* Values of pidns_zombie.sigchld: what the parent does about a child's end, sigaction(2). */
#define PIDNS_SIGCHLD_DEFAULT 1 /* nothing: it has to wait(2) of its own accord */
#define PIDNS_SIGCHLD_IGNORED 2 /* children that end from now on need no wait(2); this one does */
#define PIDNS_SIGCHLD_HANDLED 3 /* it has a handler, which has not reaped this one */

/* The zombie that started first, and the process that has not reaped it. Since: 0.3 */
struct pidns_zombie {
	int32_t pid;
	int32_t parent; /* as the reader numbers it; 0: out of sight */
	uint64_t
		start_ns; /* when it started: /proc does not tell when a task ended; 0: not known */
	uint32_t sigchld; /* PIDNS_SIGCHLD_*; 0: not known */
	uint32_t parent_is_reaper; /* 1: the parent is the namespace's own init */
};

/* Bits of pidns_notes.known. */
#define PIDNS_NOTE_LIMITS    (UINT64_C(1) << 0) /* limits, nr_limits */
#define PIDNS_NOTE_CONTAINER (UINT64_C(1) << 1)
#define PIDNS_NOTE_PINS	     (UINT64_C(1) << 2) /* pins, nr_pins */
#define PIDNS_NOTE_ZOMBIE    (UINT64_C(1) << 3)

/* What annotators found out about one namespace. Since: 0.3 */
struct pidns_notes {
	uint64_t known;				 /* PIDNS_NOTE_* bits of the fields below */
	const struct pidns_container *container; /* NULL, though known: not a container */
	const struct pidns_limit *const *limits; /* the fullest first */
	const struct pidns_pin *const *pins;	 /* tasks first */
	const struct pidns_zombie *zombie;	 /* NULL, though known: there is none */
	uint32_t nr_limits;
	uint32_t nr_pins;
};

/* ---- Opening a provider --------------------------------------------------------------------- */

/* pidns_open_opts.flags */
#define PIDNS_OPEN_LONG_LIVED (UINT32_C(1) << 0) /* no effect any more; accepted */
#define PIDNS_OPEN_ALL	      (UINT32_C(1) << 1) /* no effect any more; accepted. Since: 0.2 */
#define PIDNS_OPEN_FEW \
	(UINT32_C(1) << 2) /* only a few tasks are asked about, by pids. Since: 0.3 */

struct pidns_open_opts {
	size_t size;	      /* sizeof(struct pidns_open_opts) */
	const char *provider; /* a name of pidns_provider_name(), or NULL or "auto" to choose */
	const char *source;   /* a recording, or the root of a procfs; NULL: the running kernel */
	char *why;	      /* on failure, one sentence without a newline (may be NULL) */
	size_t why_len;
	uint32_t flags;	   /* PIDNS_OPEN_* */
	uint32_t reserved; /* 0 */
	/* A machine's root directory, as a pod has it at /host: its /proc, its cgroups and the state files
	 * of its engines are taken from there, and no link leads out of it. NULL: "/". Since: 0.9 */
	const char *root;
	/* Of a recording that is a series, the last snapshot at or before that time: "HH:MM[:SS]" of the last
	 * day in it, "YYYY-MM-DD HH:MM[:SS]" (local time; with a T between and a Z behind, UTC), "-60s",
	 * "-5m", "-2h" or "-1d" before the last, or "3" for the third. NULL: the last. Since: 0.9 */
	const char *at;
};

/*
 * The i-th provider's name in order of preference: "netlink", "bpf", …; NULL past the last.
 * Since: 0.1
 */
const char *pidns_provider_name(size_t i);

/* pidns_provider_flags() */
#define PIDNS_PROVIDER_RECORDED \
	(UINT32_C(1)            \
	 << 0) /* reports what was recorded: its source is a file, and nothing changes */
#define PIDNS_PROVIDER_PROCFS \
	(UINT32_C(1)          \
	 << 1) /* reads a procfs, which may be its source: PIDs are as that mount has them, \
			      and PIDNS_TAKE_ALL finds more */
#define PIDNS_PROVIDER_COUNTS_PIDS \
	(UINT32_C(1) << 2) /* pids_used and pidmap do not depend on PIDNS_TAKE_THREADS */

/* What sets the provider of that name apart: PIDNS_PROVIDER_*; 0 also for a name that no provider
 * has. Since: 0.9 */
uint32_t pidns_provider_flags(const char *provider);

/*
 * Can this provider work here, for this caller? 0, or -Exxx with one sentence in `why` (which may
 * be NULL): -EINVAL no such provider, -EOPNOTSUPP this kernel or build lacks it, -EACCES or -EPERM
 * the caller may not, -ENOENT there is no /proc. "replay" needs a source: -EINVAL.
 * Since: 0.1
 */
int pidns_probe(const char *provider, char *why, size_t why_len);

/*
 * Open a provider. opts may be NULL: choose one for the running kernel, the first that works and
 * shows the caller every task of its namespace, or, where none does, procfs. bpf, whose start costs
 * more than asking about a few tasks, is left out with PIDNS_OPEN_FEW. With a source, "auto" takes
 * replay for a regular file and procfs for a directory; with a root, procfs, and no other provider nor a
 * source can be asked for (-EINVAL). After success `why` is empty, or says why a
 * better provider failed that this kernel has and this caller may use, or that snapshots of a series
 * which were cut short are left out.
 * Errors: as pidns_probe(); -ENOENT, -EACCES: the source; -ENOENT, -EINVAL: at, where it is before the
 * first snapshot, is no time, or the source is no recording; -ENOTDIR: procfs source is no directory;
 * -EPROTO: the source is not what it should be (not a recording, damaged, or of a newer format; not
 * a procfs); -E2BIG, -ENOMEM, -EMFILE.
 * Owner: the caller, until pidns_close(). Since: 0.1
 */
int pidns_open(const struct pidns_open_opts *opts, struct pidns_ctx **ret_ctx);
struct pidns_ctx *pidns_close(struct pidns_ctx *ctx);

/* The provider in use. A static string. Since: 0.1 */
const char *pidns_provider(const struct pidns_ctx *ctx);

/*
 * The moments of a recording, one for each snapshot of a series: how many, at least one, and the
 * CLOCK_REALTIME of each in nanoseconds (0: it does not say), borrowed while the context is open. 0: no
 * recording. Since: 0.9
 */
size_t pidns_moments(const struct pidns_ctx *ctx, const uint64_t **ret_wall_time_ns);
/* The moment that pidns_snapshot_take() takes, counted from 0. Since: 0.9 */
size_t pidns_moment(const struct pidns_ctx *ctx);
/*
 * From now on take that moment, counted from 0. On failure it stays the one before, and there is one
 * sentence in `why` (which may be NULL). Errors: -EOPNOTSUPP: no recording; -EINVAL: there is no such
 * moment; -EPROTO: its snapshot is damaged; -ENOMEM, or as read(2). Since: 0.9
 */
int pidns_moment_move(struct pidns_ctx *ctx, size_t moment, char *why, size_t why_len);

/* ---- Taking a snapshot ---------------------------------------------------------------------- */

/* pidns_take_opts.flags */
#define PIDNS_TAKE_THREADS (UINT32_C(1) << 0) /* every thread, not only thread-group leaders */
#define PIDNS_TAKE_ALL \
	(UINT32_C(1) << 1) /* also the costlier scans for namespaces no task
						 is in: open files, mounts, pid_for_children */
/* Notes on every namespace of a living kernel; a recording has those it was saved with. What cannot
 * be found out is left unknown and fails nothing. Since: 0.3 */
#define PIDNS_TAKE_LIMITS     (UINT32_C(1) << 2)
#define PIDNS_TAKE_CONTAINERS (UINT32_C(1) << 3)
#define PIDNS_TAKE_PINS	      (UINT32_C(1) << 4) /* goes through all open files and mounts */
#define PIDNS_TAKE_ZOMBIES    (UINT32_C(1) << 5)
/* No tasks are wanted but child reapers, and these only for reaper_fields. A provider to which the
 * kernel tells of namespaces themselves then asks about nothing else, and the snapshot is a
 * PIDNS_SNAPSHOT_SUBSET with the counts that the kernel makes: `joined` is not one of them. Others
 * take all. Since: 0.3 */
#define PIDNS_TAKE_NAMESPACES (UINT32_C(1) << 6)
/* Notes on one namespace only: that with the inode of_ns, or of which the process of_pid is a member.
 * Containers are noted of those above, too. With limits_of alone: of the task the limits, and containers of
 * the namespace its children are born in. Nothing is read for the notes on others, nor need their pidmap be
 * known. Since: 0.9 */
#define PIDNS_TAKE_OF_ONE (UINT32_C(1) << 7)

struct pidns_take_opts {
	size_t size;		/* sizeof(struct pidns_take_opts) */
	uint64_t ns_fields;	/* PIDNS_NS_* wanted; INO, PARENT, depth come if knowable */
	uint64_t task_fields;	/* PIDNS_TASK_* wanted; pid, tid, ns, VPIDS come if knowable */
	uint64_t reaper_fields; /* PIDNS_TASK_* wanted of child reapers only, beside those */
	const int32_t *pids;	/* only the tasks with these numbers, as the reader has them: */
	size_t nr_pids;		/* a thread group, or one thread of one; NULL: all. What needs */
	uint32_t flags;		/* all tasks (counts) is then not known. flags: PIDNS_TAKE_* */
	uint32_t reserved;	/* 0 */
	char *why;		/* on failure, one sentence without a newline (may be NULL) */
	size_t why_len;
	int32_t limits_of;   /* PIDNS_TAKE_LIMITS: of this task too; 0: of none. Since: 0.3 */
	uint32_t reserved_2; /* 0 */
	uint64_t of_ns;	     /* PIDNS_TAKE_OF_ONE; 0: see of_pid. Since: 0.9 */
	int32_t of_pid;	     /* PIDNS_TAKE_OF_ONE; 0: see limits_of. Since: 0.9 */
	uint32_t reserved_3; /* 0 */
};

/*
 * Ask the provider once. opts NULL: all fields, thread-group leaders only. Fields that were not
 * asked for may be known all the same where they cost nothing.
 * Errors: -ENOMEM; -EINVAL, -E2BIG: opts; -EACCES, -EPERM, -ENOENT, -EIO: the provider's source
 * cannot be read at all; -EMFILE; -EPROTO: it contradicts itself.
 * Owner: the caller has one reference. Since: 0.1
 */
int pidns_snapshot_take(struct pidns_ctx *ctx, const struct pidns_take_opts *opts,
			struct pidns_snapshot **ret_snapshot);
struct pidns_snapshot *pidns_snapshot_ref(struct pidns_snapshot *snapshot);
struct pidns_snapshot *pidns_snapshot_unref(struct pidns_snapshot *snapshot);

/* pidns_snapshot_flags() */
#define PIDNS_SNAPSHOT_PARTIAL \
	(UINT32_C(1) << 0) /* something may be missing: cannot_see says what */
#define PIDNS_SNAPSHOT_RACED   (UINT32_C(1) << 1) /* tasks came or went while it was taken */
#define PIDNS_SNAPSHOT_SUBSET  (UINT32_C(1) << 2) /* not all tasks: only those that were asked for */
#define PIDNS_SNAPSHOT_THREADS (UINT32_C(1) << 3) /* taken with PIDNS_TAKE_THREADS */

/* pidns_snapshot_cannot_see() */
#define PIDNS_UNSEEN_UNBORN (UINT32_C(1) << 0) /* namespaces without a first process yet */
#define PIDNS_UNSEEN_DEAD \
	(UINT32_C(1) << 1)			     /* … whose init is gone, kept by a task's
							pid_for_children or a descendant */
#define PIDNS_UNSEEN_FD		  (UINT32_C(1) << 2) /* … kept by an open file only */
#define PIDNS_UNSEEN_BIND	  (UINT32_C(1) << 3) /* … kept by a bind mount only */
#define PIDNS_UNSEEN_PIDFD	  (UINT32_C(1) << 4) /* … kept by a pidfd only */
#define PIDNS_UNSEEN_PROCFS_MOUNT (UINT32_C(1) << 5) /* … kept by a mounted procfs only */
#define PIDNS_UNSEEN_TASKS	  (UINT32_C(1) << 6) /* tasks hidden from the reader (hidepid) */
#define PIDNS_UNSEEN_NS_LINKS	  (UINT32_C(1) << 7) /* the namespace of some tasks */
#define PIDNS_UNSEEN_PINS \
	(UINT32_C(1) << 8) /* files and mounts: there were too many to look at all. Since: 0.3 */

/* All of these are read-only, cannot fail and allocate nothing. Since: 0.1 */
uint32_t pidns_snapshot_flags(const struct pidns_snapshot *snapshot);
uint32_t pidns_snapshot_cannot_see(const struct pidns_snapshot *snapshot);
uint64_t pidns_snapshot_time(const struct pidns_snapshot *snapshot); /* CLOCK_BOOTTIME ns */
const char *pidns_snapshot_provider(const struct pidns_snapshot *snapshot);
/* When it was taken, in CLOCK_REALTIME ns; 0: not known. Of which machine: the host name that its
 * reader saw, untrusted bytes, and the kernel's id of this boot; NULL: not known. Since: 0.9 */
uint64_t pidns_snapshot_wall_time(const struct pidns_snapshot *snapshot);
const char *pidns_snapshot_host(const struct pidns_snapshot *snapshot);
const char *pidns_snapshot_boot_id(const struct pidns_snapshot *snapshot);

/* The word for one bit of cannot_see ("unborn"), one state ("alive"), one event type ("ns-new"), as
 * JSON and the man pages use it; NULL for a value this library does not know. Since: 0.1 */
const char *pidns_unseen_name(uint32_t bit);
const char *pidns_state_name(uint32_t state);
const char *pidns_event_name(uint32_t type);
/* The same for pidns_refused.call ("clone3"). Since: 0.9 */
const char *pidns_call_name(uint32_t call);
/* The same for pidns_limit.kind ("cgroup-pids") and pidns_pin.kind ("bind"). Since: 0.3 */
const char *pidns_limit_name(uint32_t kind);
const char *pidns_pin_name(uint32_t kind);

/* ---- Lists ---------------------------------------------------------------------------------- */

/* Every namespace, parents before children (pre-order). Returns how many. Since: 0.1 */
size_t pidns_snapshot_namespaces(const struct pidns_snapshot *snapshot,
				 const struct pidns_ns *const **ret_list);
/* Every task, ordered by namespace (as above), then by number in it. Returns how many. Since: 0.1 */
size_t pidns_snapshot_tasks(const struct pidns_snapshot *snapshot,
			    const struct pidns_task *const **ret_list);
/* ns and all its descendants: a slice of the first list, ns itself first. Since: 0.1 */
size_t pidns_ns_subtree(const struct pidns_ns *ns, const struct pidns_ns *const **ret_list);
/* The tasks whose innermost namespace ns is: a slice of the second list. Since: 0.1 */
size_t pidns_ns_tasks(const struct pidns_ns *ns, const struct pidns_task *const **ret_list);
/* The tasks of ns and of all its descendants: a slice of the second list. Since: 0.1 */
size_t pidns_ns_subtree_tasks(const struct pidns_ns *ns, const struct pidns_task *const **ret_list);

/* The limits of the task that pidns_take_opts.limits_of named, the fullest first. Since: 0.3 */
size_t pidns_snapshot_limits(const struct pidns_snapshot *snapshot,
			     const struct pidns_limit *const **ret_list);

/* ---- Look-ups ------------------------------------------------------------------------------- */

/*
 * Who is `vpid` in that namespace? It need not be its innermost one. `in` NULL means the reader's
 * own numbers. vpid may name a thread only in a snapshot taken with PIDNS_TAKE_THREADS.
 * NULL: no task that this snapshot can see, or `in` is of another one. Since: 0.1
 */
const struct pidns_task *pidns_task_find(const struct pidns_snapshot *snapshot,
					 const struct pidns_ns *in, int32_t vpid);
/* What is the task called in that namespace? 0: not visible there, or not known. Since: 0.1 */
int32_t pidns_task_vpid(const struct pidns_task *task, const struct pidns_ns *in);
/*
 * Is this a process that has exited and waits to be reaped? Not while a thread of it lives, though
 * its leader may have ended. 0 also where its state is not known. Since: 0.3
 */
int pidns_task_is_zombie(const struct pidns_task *task);
/* The namespace with that inode, or NULL. Since: 0.1 */
const struct pidns_ns *pidns_ns_find(const struct pidns_snapshot *snapshot, uint64_t ino);
/*
 * The namespace above in this snapshot, or NULL for a root. Where PIDNS_NS_PARENT is not known,
 * the nearest ancestor that is certain. Since: 0.1
 */
const struct pidns_ns *pidns_ns_parent(const struct pidns_ns *ns);

/* ---- Recordings ----------------------------------------------------------------------------- */

/*
 * Save a snapshot as a recording (doc/recording.md), to be opened by the provider "replay".
 * pidns_snapshot_save() writes a temporary file beside `path` and renames it: on failure nothing is
 * left and an older file is untouched. A path that ends in ".zst" is compressed by zstd: -EOPNOTSUPP in a
 * build without it. pidns_snapshot_write() writes to an open descriptor, never compressed.
 * Errors: -EINVAL: path exists and is not a regular file; else of open(2), write(2), rename(2).
 * Since: 0.1
 */
int pidns_snapshot_save(const struct pidns_snapshot *snapshot, const char *path);
int pidns_snapshot_write(const struct pidns_snapshot *snapshot, int fd);

/*
 * A series: snapshots one after another in one file, which opens as a recording of several moments. It is
 * made, or added to where it is there; what an earlier writer could not finish is cut off first. `keep`: that
 * many snapshots are kept, the last ones, and until the series is closed up to an eighth more; 0: all. The
 * older are dropped by a new file that is renamed. Others can read it all the time; of a snapshot that is being
 * written they see nothing, or leave it out.
 * A path that ends in ".zst" is compressed, a frame a snapshot; what is there already stays as it is.
 * Errors, with one sentence in `why` (which may be NULL): -EINVAL: path is not a regular file; -EPROTO: it
 * is not a recording; -EWOULDBLOCK: another process is writing it; -ENOMEM, or of open(2), flock(2).
 * Owner: the caller, until pidns_series_close(). Since: 0.9
 */
struct pidns_series;
int pidns_series_open(const char *path, uint32_t keep, char *why, size_t why_len,
		      struct pidns_series **ret_series);
/* Add one. On failure it is as before. Errors: of write(2), fsync(2), rename(2); -ENOMEM. Since: 0.9 */
int pidns_series_append(struct pidns_series *series, const struct pidns_snapshot *snapshot);
struct pidns_series *pidns_series_close(struct pidns_series *series);

/* ---- Differences ---------------------------------------------------------------------------- */

/* pidns_event.type */
#define PIDNS_EVENT_NS_NEW    1
#define PIDNS_EVENT_NS_GONE   2
#define PIDNS_EVENT_REAPER    3 /* the namespace's child reaper or state changed */
#define PIDNS_EVENT_LIMIT     4 /* pids_max changed */
#define PIDNS_EVENT_EXHAUSTED 5 /* alloc_failures grew */
#define PIDNS_EVENT_TASK_NEW  6
#define PIDNS_EVENT_TASK_GONE 7
#define PIDNS_EVENT_LOST      8 /* differences were lost: start again from a snapshot */
/* Of a watch that is told by the kernel. Since: 0.9 */
#define PIDNS_EVENT_TASK_EXEC 9	 /* the task runs another program */
#define PIDNS_EVENT_REFUSED   10 /* a fork, clone or unshare of the task has failed */

/* Values of pidns_refused.call. */
#define PIDNS_CALL_FORK	   1 /* fork(2), vfork(2), clone(2), clone3(2): not known which */
#define PIDNS_CALL_CLONE   2 /* clone(2) */
#define PIDNS_CALL_CLONE3  3 /* clone3(2) */
#define PIDNS_CALL_UNSHARE 4 /* unshare(2) */

/* Bits of pidns_refused.known. */
#define PIDNS_REFUSED_KIND  (UINT32_C(1) << 0)
#define PIDNS_REFUSED_USED  (UINT32_C(1) << 1)
#define PIDNS_REFUSED_MAX   (UINT32_C(1) << 2)
#define PIDNS_REFUSED_FLAGS (UINT32_C(1) << 3)

/* A fork, clone or unshare that has failed, as it was at that moment. Since: 0.9 */
struct pidns_refused {
	uint32_t known; /* PIDNS_REFUSED_* bits of the fields below that hold */
	uint32_t call;	/* PIDNS_CALL_* */
	int32_t error;	/* errno of the caller: EAGAIN, ENOMEM, ENOSPC, … */
	uint32_t kind;	/* PIDNS_LIMIT_*: the limit that refused; 0: no limit did */
	uint64_t kinds; /* where the kind is not known: 1 << PIDNS_LIMIT_* of each that may have */
	uint64_t used;
	uint64_t max;
	uint64_t flags;	    /* CLONE_* that were asked for */
	const char *source; /* as pidns_limit.source; NULL: not known */
};

/*
 * One difference. `ns` and `task` point into the newer snapshot, or into the older one for what is
 * gone; `was` is the older record of the same namespace where it has changed. A pointer that has no
 * meaning for the type is NULL.
 */
struct pidns_event {
	uint32_t type; /* PIDNS_EVENT_* */
	uint32_t reserved;
	uint64_t time_ns;	   /* of the newer snapshot, CLOCK_BOOTTIME */
	const struct pidns_ns *ns; /* the namespace, also of a task */
	const struct pidns_ns *was;
	const struct pidns_task *task;
	uint64_t count;			     /* LOST: how many; 0: not known. Since: 0.9 */
	const struct pidns_refused *refused; /* REFUSED. Since: 0.9 */
};

/*
 * What changed from one snapshot to another. A namespace is the same when its cookie is, or, where
 * one side has none, its inode and its reaper's start time (to a clock tick); a task when its pid
 * and start time are. Parents are announced before their children and buried after them, so a
 * mirror kept from the events is always a forest. A subset or a snapshot without start times is
 * compared as well as it can be.
 * The diff holds references to both snapshots. Errors: -ENOMEM; as pidns_diff_check().
 * Owner: the caller, until pidns_diff_close(). Since: 0.1
 */
int pidns_diff_open(struct pidns_snapshot *older, struct pidns_snapshot *newer,
		    struct pidns_diff **ret_diff);
struct pidns_diff *pidns_diff_close(struct pidns_diff *diff);
/*
 * Can two snapshots be compared? What is not known of one of them is taken to agree. 0, or -Exxx with
 * one sentence in `why` (which may be NULL): -EXDEV: they are of two machines, boots, time
 * namespaces or PID namespaces of their readers; -EINVAL: `newer` was taken before `older`.
 * Since: 0.9
 */
int pidns_diff_check(const struct pidns_snapshot *older, const struct pidns_snapshot *newer,
		     char *why, size_t why_len);
/* The events, in order. Returns how many. Since: 0.1 */
size_t pidns_diff_events(const struct pidns_diff *diff, const struct pidns_event *const **ret_list);

/* ---- Events --------------------------------------------------------------------------------- */

/*
 * For who takes snapshots at their own pace: a descriptor that polls readable once namespaces may
 * have changed; read(2) empties it, failing with EAGAIN once it is empty, and what is read means
 * nothing else. It never tells of tasks. -EOPNOTSUPP, -EPERM: not for this caller; -EMFILE.
 * Owner: the caller, until close(2). Since: 0.2
 */
int pidns_listen(const struct pidns_ctx *ctx);

/* pidns_watch_opts.wants. Since: 0.9 */
#define PIDNS_WATCH_WANTS_NAMESPACES \
	(UINT32_C(1) << 0) /* no events of tasks: then they cost the kernel next to nothing */
#define PIDNS_WATCH_WANTS_REFUSED (UINT32_C(1) << 1) /* forks, clones and unshares that fail, too */
#define PIDNS_WATCH_WANTS_POLLING (UINT32_C(1) << 2) /* nothing but differences of snapshots */

struct pidns_watch_opts {
	size_t size;	      /* sizeof(struct pidns_watch_opts) */
	uint64_t ns_fields;   /* as in pidns_take_opts, of each snapshot, */
	uint64_t task_fields; /* beside what the events themselves need */
	uint64_t interval_ns; /* look at least so often; 0: once a second */
	uint32_t flags;	      /* PIDNS_TAKE_* */
	uint32_t wants;	      /* PIDNS_WATCH_WANTS_*. Since: 0.9 */
	char *why; /* on failure, also of pidns_watch_next(): lives as long as the watch */
	size_t why_len;
};

/*
 * Watch for what changes from now on. There are three ways, and pidns_watch_source() says which it is:
 *
 *   "bpf"      The provider is bpf, and programs attached to the kernel report each birth, exec and
 *              end. Nothing is missed, and on a quiet machine nothing is done: whatever lived for a
 *              moment is an event, with the time it happened. The records of an event have what was
 *              true then, and of other namespaces only those above. A snapshot is taken at the
 *              start, and when a namespace has lost its init, which no event says the end of: at
 *              the pace of `interval_ns` while it is dying, dead or unborn. pidns_watch_snapshot()
 *              has what events keep up to date: no processor time, no memory, no counts of PIDs.
 *              The programs are gone with the watch, and with the process however that ends.
 *   "netlink"  The provider is netlink, and the kernel says that namespaces have changed. Events are
 *              differences between snapshots, one of which is taken then, though never for more than
 *              half of the time, and when the interval is over.
 *   "timer"    Everywhere else, in the initial PID namespace only by choice, with PIDNS_TAKE_THREADS,
 *              and with PIDNS_WATCH_WANTS_POLLING: differences between snapshots, when the interval
 *              is over. Whatever comes and goes between two of them is not reported.
 *
 * With PIDNS_WATCH_WANTS_REFUSED refusals are reported by BPF whatever the provider is, where the
 * caller has the rights; where not, none is, and pidns_watch_missing() says why.
 * opts NULL: once a second, no more fields than needed.
 * The context is the watch's until that is closed: take no snapshots from it meanwhile.
 * Errors: -EOPNOTSUPP: a recording never changes; else as pidns_snapshot_take().
 * Owner: the caller, until pidns_watch_close(). Since: 0.2
 */
int pidns_watch_open(struct pidns_ctx *ctx, const struct pidns_watch_opts *opts,
		     struct pidns_watch **ret_watch);
struct pidns_watch *pidns_watch_close(struct pidns_watch *watch);

/*
 * The one descriptor to poll for reading, in a loop of the caller's: then call pidns_watch_next() until
 * it returns 0. A viewer that takes its own snapshots from another context need only know that
 * something has happened: it does the same, counts what it wants, and takes one. Since: 0.2
 */
int pidns_watch_fd(const struct pidns_watch *watch);

/*
 * The next event: 1, and what it points to is valid until the next call; 0: none now. Never waits,
 * but takes a snapshot when it is time. After PIDNS_EVENT_LOST, which has no record, begin again
 * from pidns_watch_snapshot(). On failure the watch goes on from where it was.
 * Errors: as pidns_snapshot_take(). Since: 0.2
 */
int pidns_watch_next(struct pidns_watch *watch, const struct pidns_event **ret_event);

/* The newest snapshot, to which the events lead: a new reference, the caller's. Since: 0.2 */
struct pidns_snapshot *pidns_watch_snapshot(struct pidns_watch *watch);

/* pidns_watch_flags() */
#define PIDNS_WATCH_PROMPT \
	(UINT32_C(1) << 0) /* the kernel tells of namespaces that change; else only time does */

#define PIDNS_WATCH_EXACT \
	(UINT32_C(1) << 1) /* each birth and end is an event of its own. Since: 0.9 */
#define PIDNS_WATCH_REFUSED \
	(UINT32_C(1) << 2) /* refusals are reported, at least with their errno. Since: 0.9 */
#define PIDNS_WATCH_LIMITS \
	(UINT32_C(1) << 3) /* the kernel's own words for which limit refused. Since: 0.9 */
#define PIDNS_WATCH_EMPTY \
	(UINT32_C(1) << 4) /* namespaces that have no init yet or any more, too. Since: 0.9 */

uint32_t pidns_watch_flags(const struct pidns_watch *watch); /* Since: 0.2 */
/* Where events come from: "bpf", "netlink", "timer". A static string. Since: 0.9 */
const char *pidns_watch_source(const struct pidns_watch *watch);
/* What this watch cannot report and why, in one sentence, valid as long as the watch is; NULL: it
 * reports all that was wanted. Since: 0.9 */
const char *pidns_watch_missing(const struct pidns_watch *watch);
/* The snapshot in which the records of the last event are (for what is gone, and `was`: older != 0),
 * borrowed until the next call of pidns_watch_next(). NULL: there is none. Since: 0.9 */
const struct pidns_snapshot *pidns_watch_event_snapshot(const struct pidns_watch *watch, int older);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif /* PIDNSINFO_H */
