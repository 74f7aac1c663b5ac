/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * internal.h - the rooms of the annotator of limits: limits.c puts the lists together, annotate/limits/pid.c
 * knows the numbers of namespaces and of the machine, annotate/limits/cgroup.c the pids controller,
 * annotate/limits/user.c tasks counted for users, annotate/limits/namespaces.c namespaces counted for
 * users, annotate/limits/file.c how files are read so that nothing hangs.
 *
 * What is true of many namespaces (a cgroup, an ancestor's pid_max) is one record in the lists of
 * all of them.
 */
#ifndef PIDNS_LIMITS_INTERNAL_H
#define PIDNS_LIMITS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "annotate/annotate.h"
#include "base/extra.h"
#include "base/util.h"
#include "userns.h"

#define LIMITS_INITIAL_NS UINT64_C(4026531836) /* PROC_PID_INIT_INO */

struct limits_cgroups;
struct limits_namespaces;
struct limits_users;

struct limits {
	struct annotation *a;
	const struct pidns_ns *const *namespaces;
	const struct pidns_task *const *tasks;
	size_t nr_namespaces, nr_tasks;
	uint64_t own_ns;     /* inode of the caller's own namespace; 0: not known */
	uint64_t own_user;   /* … of its user namespace */
	uint32_t cannot_see; /* PIDNS_UNSEEN_* */
	bool is_whole;	     /* the snapshot has all tasks of the caller's namespace and below */
	bool is_machine;     /* … and of the machine */
	bool is_one; /* one namespace or task is asked about, so that all may be told of it */
	bool has_own_pid_max; /* each namespace has a kernel.pid_max of its own: Linux 6.14 */
	struct limits_cgroups *cgroups;
	struct limits_users *users;
	struct limits_namespaces *of_namespaces;
	struct userns userns;
	const struct pidns_limit **of_numbers; /* pid_max, by place in `namespaces` */
	const struct pidns_limit *of_machine;  /* threads-max */
	const struct pidns_limit *of_above;    /* pid_max of what is above and out of sight */
	const struct pidns_limit *of_unknown;  /* pid_max of a namespace that cannot be named */
	/* The list that is being put together. */
	const struct pidns_limit **list;
	size_t nr_list, room_list;
};

/* ---- limits.c -------------------------------------------------------------------------------- */

/* Sets PIDNS_LIMIT_IS_* of it. */
void limits_flag(struct pidns_limit *limit, uint32_t flag);
/* To the list that is being put together; NULL is nothing. 0 or -ENOMEM. */
int limits_add(struct limits *l, const struct pidns_limit *limit);
/* A record that lives as long as the snapshot, its source written with that format. NULL: no memory. */
struct pidns_limit *limits_new(struct limits *l, uint32_t kind, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* ---- annotate/limits/file.c --------------------------------------------------------------------------- */

/* Has the task gone whose file that error came from? */
bool limits_is_gone(ssize_t error);
/* The inode that a link such as ns/user names; 0: not to be read. */
uint64_t limits_read_link(int dir, const char *name, const char *type);
/*
 * A process that is asked about: by what the provider said of it, and where that is not enough, by its
 * files. Begins with limits_subject(), ends with limits_subject_close().
 */
struct limits_subject {
	int32_t pid;
	const struct pidns_task *task;	/* NULL: not in the snapshot */
	const struct task_extra *extra; /* NULL: nothing was said */
	int dir;			/* opened when it is first needed */
};

struct limits_subject limits_subject(const struct limits *l, const struct pidns_task *task);
/* Its directory, borrowed, or -ENOENT: gone. */
int limits_subject_dir(const struct limits *l, struct limits_subject *of);
void limits_subject_close(struct limits_subject *of);
/* A task's directory; -1: gone. */
int limits_open_task(const struct limits *l, int32_t pid);

/* ---- annotate/limits/pid.c ---------------------------------------------------------------------------- */

int limits_pid_open(struct limits *l);
void limits_pid_close(struct limits *l);
/* For a task born in the namespace at that place: those of its init, of its numbers and of the
 * ancestors', of the machine, of its level. 0 or -ENOMEM. */
int limits_pid_add(struct limits *l, size_t place);

/* ---- annotate/limits/cgroup.c ------------------------------------------------------------------------- */

/* 0 or -ENOMEM. */
int limits_cgroup_open(struct limits *l);
void limits_cgroup_close(struct limits *l);
/* A new list begins: what was added to the last may be added to it. */
void limits_cgroup_begin(struct limits *l);
/* Those of the cgroups of a task that are not in the list yet. 0 or -ENOMEM. */
int limits_cgroup_add(struct limits *l, int32_t pid);

/* ---- annotate/limits/user.c --------------------------------------------------------------------------- */

int limits_user_open(struct limits *l);
void limits_user_close(struct limits *l);
/* RLIMIT_NPROC of a process in that user namespace. 0 or -ENOMEM. */
int limits_user_add(struct limits *l, struct limits_subject *of, uint64_t user);

/* ---- annotate/limits/namespaces.c --------------------------------------------------------------------- */

int limits_namespaces_open(struct limits *l);
void limits_namespaces_close(struct limits *l);
/* user.max_*_namespaces of a task with that effective user in that user namespace, and of all above.
 * user 0: it is not known. 0 or -ENOMEM. */
int limits_namespaces_add(struct limits *l, uint64_t user, uint32_t uid);

#endif /* PIDNS_LIMITS_INTERNAL_H */
