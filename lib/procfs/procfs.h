/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * procfs.h - the rooms of the procfs provider: procfs/provider.c opens and scans, procfs/mount.c
 * knows what the mount hides, procfs/ns.c knows namespaces by their nsfs files, procfs/quick.c
 * and procfs/task.c ask about one task, procfs/memory.c what it was told last time, procfs/hidden.c looks for namespaces
 * that no task is in, procfs/kept.c looks for those alone that another provider lacks, procfs/listns.c
 * asks the kernel for them.
 *
 * Two ways. Where the kernel translates PIDs on nsfs files (6.11, ioctl_nsfs(2)) and the procfs
 * mount is of the caller's own namespace, a task costs one readlink and an ioctl a level. Elsewhere
 * NSpid: of status tells the numbers, in the mount's terms. Both are probed, not guessed.
 */
#ifndef PIDNS_PROCFS_H
#define PIDNS_PROCFS_H

#include <dirent.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/map.h"
#include "base/mounts.h"
#include "base/proc.h"
#include "core/provider.h"

struct procfs {
	int root;   /* the procfs mount, or a fixture shaped like one */
	char *name; /* for sentences */
	uint64_t tick_ns;
	uint64_t page_size;
	bool hides_tasks;  /* mounted so that the reader may not see every task (hidepid) */
	bool covers_tasks; /* something else is mounted over the directory of a task */
	bool may_remember;
	unsigned int nr_takes;
	struct procfs_memory *memory; /* of the take before; NULL: none */
};

/* A namespace met during one take. */
struct procfs_ns {
	uint64_t ino;
	int32_t parent;	 /* place in the table; -1: not known */
	int32_t child;	 /* place of one that is right below; -1: none */
	int32_t sibling; /* of another with the same parent; -1: none */
	int32_t fd;	 /* nsfs file; -1: never had, or given up for want of descriptors */
	uint32_t depth;	 /* below the reader's; meaningful with reaches_root */
	bool reaches_root;
	bool has_children;
	bool has_tasks; /* in it or below */
	bool is_unborn; /* unless it has tasks by now */
	bool is_told;	/* by the provider that this one only helps */
};

/* One take: everything in here is gone when it ends, the nsfs files too, which would keep dead
 * namespaces alive. */
struct procfs_take {
	struct procfs *p;
	const struct request *request;
	struct builder *b;
	struct procfs_memory *next_memory; /* NULL: nothing is to be remembered */
	uint64_t dir_ino;    /* inode number of the directory of the task that is being taken */
	uint64_t own_ino;    /* the mount's namespace; 0: not known */
	bool is_own;	     /* … and that is the caller's own */
	bool translates;     /* … and nsfs files translate PIDs */
	bool finds_unborn;   /* … and pidfds lead to where a task's children would go */
	bool has_pidfd_inos; /* … and that of a pidfd names a task */
	bool lists;	     /* listns(2) gives all that files and mounts would */
	bool shows_unborn;   /* a namespace without an init need not be dead */
	int32_t looked_at;   /* the task that is being looked through */
	bool shows_children; /* its pid_for_children has been read */
	struct procfs_ns *ns;
	size_t nr_ns, room_ns;
	struct map ns_by_ino; /* place + 1 */
	size_t evict_next;
	int32_t *seen; /* thread groups handled, ascending within a pass */
	size_t nr_seen, room_seen;
	struct procfs_pending *pending;
	size_t nr_pending, room_pending;
	int32_t *numbers; /* PIDs of those pending */
	size_t nr_numbers, room_numbers;
	struct mounts mounts;
	uint32_t nr_files; /* looked at */
	bool has_ended;	   /* the task asked last: it holds nothing */
	bool only_helps;   /* another provider has told of all tasks, and of what they hold */
};

/* The initial PID namespace: PROC_PID_INIT_INO, include/linux/proc_ns.h. */
#define PROCFS_INITIAL_NS UINT64_C(0xEFFFFFFC)

/* procfs/provider.c */
/* The root of a procfs by its path: a descriptor, or -Exxx. */
int procfs_open_root(const char *name, const struct why *why);
void procfs_provider_close(void *state);
/* A take's beginning: whose mount it is, and what the kernel can do. 0 or -ENOMEM. Its end. */
int procfs_find_own(struct procfs_take *t);
void procfs_take_free(struct procfs_take *t);

/* procfs/ns.c */
int procfs_ns_find(const struct procfs_take *t, uint64_t ino); /* place, or -1 */
/* Get to know the namespace of the nsfs file at dir/name: its ancestors too. Its place; -ESTALE: by
 * now the file is of another one than `ino`; -Exxx. */
int procfs_ns_learn(struct procfs_take *t, int dir, const char *name, uint64_t ino);
/* The same of an nsfs file that is open, which is taken over. */
int procfs_ns_learn_fd(struct procfs_take *t, int fd);
/* Only the inode is known of it. Its place, or -ENOMEM. */
int procfs_ns_add(struct procfs_take *t, uint64_t ino);
/* The number that the caller's `tid` has in that namespace; dir/name is a file of `leaf` itself,
 * from which lost descriptors are had again. -ESRCH: none. */
int procfs_ns_translate(struct procfs_take *t, int place, int leaf, int dir, const char *name,
			int32_t tid, int32_t *ret_vpid);
/* Do nsfs files translate PIDs? Asked of the caller itself. */
bool procfs_ns_probe(struct procfs_take *t);
/* The init of that namespace, as the caller numbers it. -ESRCH: none. */
int procfs_ns_init(const struct procfs_take *t, int place, int32_t *ret_pid);
/* The thread group of the caller's `tid`. */
int procfs_ns_tgid(struct procfs_take *t, int32_t tid, int32_t *ret_tgid);
void procfs_ns_mark_tasks(struct procfs_take *t, int place);
/* Give one nsfs file back to the kernel, where descriptors run out, but not `kept`; false: there is
 * none left. It can be had again from a descendant. */
bool procfs_ns_give_back(struct procfs_take *t, int kept);
/* openat(2) that gives an nsfs file back to the kernel when descriptors run out. */
int procfs_open(struct procfs_take *t, int dir, const char *name, int flags);
/* Tell the builder what is known of all of them. */
int procfs_ns_pour(struct procfs_take *t);
void procfs_ns_free(struct procfs_take *t);

/* procfs/quick.c */
/* One thread group by path, or where that is not enough as procfs_task_take() does. What was found is
 * held until all have been met, and then poured. */
int procfs_quick_take(struct procfs_take *t, int32_t pid);
int procfs_quick_pour(struct procfs_take *t);
/* "6025/ns/pid", into 24 bytes. */
void procfs_quick_link(char *name, int32_t pid);

/* procfs/task.c */
/* One thread group, and with PIDNS_TAKE_THREADS its threads: through one directory. 0 also when it
 * has vanished. */
int procfs_task_take(struct procfs_take *t, int32_t pid);
/* Can all of these be had of a task that is remembered? */
bool procfs_task_is_light(uint64_t fields);
/* One whose namespace and numbers are known already. 1: done; 0: ask after all; -Exxx. */
int procfs_task_take_known(struct procfs_take *t, struct raw_task *raw);
/* The namespace of a task, by one link: 0 with the inode, -EACCES, -ESRCH. */
int procfs_read_ns_link(int dir, const char *name, const char *type, uint64_t *ret_ino);
/* A small file into buf, NUL-terminated; cut off if it fills it. Its length, or -Exxx. */
ssize_t procfs_read_file(struct procfs_take *t, int dir, const char *name, char *buf, size_t size);
/* -EACCES for whatever means that the reader may not; -ESRCH that the task is gone; else as is. */
int procfs_error(int error);
/* The builder tells reapers by their number: these are the facts wanted of a task. */
uint64_t procfs_fields_of(const struct procfs_take *t, bool is_reaper);

/* procfs/heir.c */
/* A thread that lives of a process whose leader has ended: 0 with its stat, or -Exxx. */
int procfs_heir(struct procfs_take *t, int32_t pid, struct proc_stat *ret);

/* procfs/hidden.c */
/* Can it find namespaces without a first process? Asked of the caller itself. */
bool procfs_hidden_finds_unborn(void);
/* Look through the open files, the mounts and the threads' pid_for_children of one thread group. */
int procfs_hidden_take(struct procfs_take *t, int dir, int32_t pid);
/* The same of a process whose threads' pid_for_children are known. */
int procfs_hidden_take_kept(struct procfs_take *t, int dir, int32_t pid);
/* After all tasks: 0, or -Exxx. */
int procfs_hidden_end(struct procfs_take *t);

/* procfs/kept.c */
/* As find_kept of struct provider. */
int procfs_find_kept(const struct request *request, struct builder *b);

/* procfs/listns.c */
/* Does the kernel list every namespace that a file or mount holds, for this caller? */
bool procfs_listns_is_complete(const struct procfs_take *t);
/* Meet all namespaces that the kernel lists: nothing where it does not. */
int procfs_listns_take(struct procfs_take *t);
/* May links of /proc refer to a namespace that has had no first process? */
bool procfs_shows_unborn(void);

/* procfs/memory.c */
/* May what was true of a task be believed as long as it lives? */
bool procfs_memory_is_sound(int root);
struct procfs_memory *procfs_memory_free(struct procfs_memory *m);
/* A take's beginning, 0 or -ENOMEM; and its end: of half a take nothing is remembered. */
int procfs_memory_begin(struct procfs_take *t);
void procfs_memory_end(struct procfs_take *t, bool is_whole);
/* This thread group leader, whose directory is t->dir_ino. 0 or -ENOMEM. */
int procfs_remember(struct procfs_take *t, const struct raw_task *raw);
/* Where it was and what it was called there, if it is the one that was there last time; its start, as
 * a proof for what is read by path, is 0 where it was not asked for. *ret borrows its numbers until
 * the end of the take. */
bool procfs_recall(struct procfs_take *t, int32_t pid, struct raw_task *ret);

/* procfs/mount.c */
/*
 * Is it mounted so that tasks are missing from it for this reader (hidepid)? Is something else mounted
 * over the directory of a task, or in it? Both remain false where that is not known.
 */
void procfs_mount_look(int root, bool *ret_hides, bool *ret_covers_tasks);

/* A provider on an open directory, for fixtures: takes the descriptor over. */
int procfs_open_at(int root, const char *name, const struct why *why, void **ret_state);

#endif /* PIDNS_PROCFS_H */
