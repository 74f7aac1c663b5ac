/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proc.h - pure parsers of what /proc says: bytes in, values out, no file is touched. Nothing here
 * trusts its input: a task chooses its own comm, and a recording or fixture may hold anything.
 * All return 0 (or a count) or -EPROTO with the result untouched. Implemented in proc.c.
 */
#ifndef PIDNS_PROC_H
#define PIDNS_PROC_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"
#include "pidnsinfo.h"

/* One number for each level, the mount's own first: MAX_PID_NS_LEVEL and the initial one. */
#define PROC_LEVELS (PIDNS_LEVEL_MAX + 1)
/* comm in stat: 16 bytes, or up to 64 for a kernel worker (fs/proc/array.c, proc_task_name). */
#define PROC_COMM_SIZE 65

/* /proc/PID/stat, proc_pid_stat(5). Times are in clock ticks since boot. */
struct proc_stat {
	uint64_t utime, stime, start_time;
	uint64_t rss_pages;
	uint32_t state; /* the letter */
	uint32_t flags; /* PF_* */
	int32_t pid, ppid;
	uint32_t threads;
	char comm[PROC_COMM_SIZE]; /* raw bytes, NUL-terminated */
};

#define PROC_PF_EXITING 0x00000004u /* include/linux/sched.h: the task is being shut down */

/* comm may hold anything, ") R 1 1 1" too: what follows is parsed after the last ')'. */
int proc_parse_stat(const char *buf, size_t len, struct proc_stat *ret);

/* /proc/PID/status, proc_pid_status(5). A line that is not there leaves its bit unset. */
struct proc_status {
	uint32_t known; /* PROC_STATUS_* */
	uint32_t ruid, euid;
	int32_t tgid, ppid;
	uint32_t nr_nspid; /* as many for NSpgid and NSsid */
	int32_t nspid[PROC_LEVELS];
	int32_t nspgid[PROC_LEVELS];
	int32_t nssid[PROC_LEVELS];
	uint64_t caps;		   /* effective capabilities, by bit */
	uint64_t ignored, handled; /* signals, from bit 0 on */
};

#define PROC_STATUS_UID	    (1u << 0)
#define PROC_STATUS_TGID    (1u << 1)
#define PROC_STATUS_NSPID   (1u << 2)
#define PROC_STATUS_NSPGID  (1u << 3)
#define PROC_STATUS_NSSID   (1u << 4)
#define PROC_STATUS_PPID    (1u << 5)
#define PROC_STATUS_CAPS    (1u << 6)
#define PROC_STATUS_IGNORED (1u << 7)
#define PROC_STATUS_HANDLED (1u << 8)

/* The kernel escapes newline and backslash in Name:, so a line begins where it seems to; the first
 * of two equal keys counts all the same. */
int proc_parse_status(const char *buf, size_t len, struct proc_status *ret);

/* "pid:[4026531836]", as readlink(2) of /proc/PID/ns/pid gives it; `type` is "pid", "mnt", … */
int proc_parse_ns_link(const char *text, size_t len, const char *type, uint64_t *ret_ino);

/* A name in /proc that is a PID: digits only, no leading zero, 1 to INT32_MAX. */
int proc_parse_pid(const char *name, int32_t *ret_pid);

/* /proc/loadavg, proc_loadavg(5): how many tasks the machine has, and the last PID handed out in the
 * reader's namespace; 0: none. */
struct proc_loadavg {
	uint64_t tasks;
	int32_t last_pid;
};

int proc_parse_loadavg(const char *buf, size_t len, struct proc_loadavg *ret);

/* /proc/PID/fdinfo/FD, proc_pid_fdinfo(5). */
struct proc_fdinfo {
	int32_t mount_id; /* -1: it has none */
	bool is_pidfd;
	int32_t pid; /* of the task, as the mount has it; 0: it has none there; -1: reaped, or no pidfd */
};

int proc_parse_fdinfo(const char *buf, size_t len, struct proc_fdinfo *ret);

/* /proc/PID/limits: the soft limit of "Max processes". 1 with a number; 0: unlimited. */
int proc_parse_nproc(const char *buf, size_t len, uint64_t *ret);

/* /proc/PID/uid_map: the reader's uid for 0 there. -EPROTO: it has none. */
int proc_parse_uid_map(const char *buf, size_t len, uint32_t *ret_root);

/* /proc/pidns, proc_pidns(5): the inode of the first row, which is the namespace the mount is of. */
int proc_parse_pidns(const char *buf, size_t len, uint64_t *ret_ino);

/* A line of /proc/PID/cgroup, cgroups(7). The strings point into the buffer. */
struct proc_cgroup {
	uint64_t hierarchy;	 /* 0: cgroup v2 */
	struct text controllers; /* separated by commas; of v2 none */
	struct text path;	 /* below the root of the reader's cgroup namespace */
};

/* The line at *cursor, which is moved past it: 1 with *ret filled; 0 at `end`; -EPROTO: it is no such
 * line, or is cut short. */
int proc_next_cgroup(const char **cursor, const char *end, struct proc_cgroup *ret);

/* A line of /proc/PID/mountinfo, proc_pid_mountinfo(5). The strings point into the buffer, are not
 * NUL-terminated, and still hold the kernel's \ooo escapes. */
struct proc_mount {
	int32_t id, parent;
	uint32_t major, minor; /* st_dev of what is mounted */
	struct text root, mount_point, options, type, source, super_options;
};

/*
 * The line at *cursor, which is moved past it: 1 with *ret filled, 0 at `end`. A line that cannot
 * be parsed is skipped, so that one odd mount does not hide the others.
 */
int proc_next_mount(const char **cursor, const char *end, struct proc_mount *ret);

#endif /* PIDNS_PROC_H */
