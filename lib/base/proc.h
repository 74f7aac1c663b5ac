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
};

#define PROC_STATUS_UID	   (1u << 0)
#define PROC_STATUS_TGID   (1u << 1)
#define PROC_STATUS_NSPID  (1u << 2)
#define PROC_STATUS_NSPGID (1u << 3)
#define PROC_STATUS_NSSID  (1u << 4)
#define PROC_STATUS_PPID   (1u << 5)

/* The kernel escapes newline and backslash in Name:, so a line begins where it seems to; the first
 * of two equal keys counts all the same. */
int proc_parse_status(const char *buf, size_t len, struct proc_status *ret);

/* "pid:[4026531836]", as readlink(2) of /proc/PID/ns/pid gives it; `type` is "pid", "mnt", … */
int proc_parse_ns_link(const char *text, size_t len, const char *type, uint64_t *ret_ino);

/* A name in /proc that is a PID: digits only, no leading zero, 1 to INT32_MAX. */
int proc_parse_pid(const char *name, int32_t *ret_pid);

/* /proc/loadavg: the last PID handed out in the reader's namespace. */
int proc_parse_loadavg(const char *buf, size_t len, int32_t *ret_last_pid);

/* A line of /proc/PID/mountinfo, proc_pid_mountinfo(5). The strings point into the buffer, are not
 * NUL-terminated, and still hold the kernel's \ooo escapes. */
struct proc_text {
	const char *text;
	size_t len;
};

struct proc_mount {
	int32_t id;
	uint32_t major, minor; /* st_dev of what is mounted */
	struct proc_text root, mount_point, options, type, source, super_options;
};

/*
 * The line at *cursor, which is moved past it: 1 with *ret filled, 0 at `end`. A line that cannot
 * be parsed is skipped, so that one odd mount does not hide the others.
 */
int proc_next_mount(const char **cursor, const char *end, struct proc_mount *ret);

/* One positive decimal number that fills the whole text, to UINT64_MAX; used by all the above. */
int proc_parse_u64(const char *text, size_t len, uint64_t *ret);

#endif /* PIDNS_PROC_H */
