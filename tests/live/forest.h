/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forest.h - a forest of real PID namespaces, and exactly what was planted in it.
 *
 * Nothing here is learnt the way pidns learns it. A task sends a report through a socket read one
 * namespace above, and the kernel translates the sender's number into the receiver's namespace
 * (unix(7), SCM_CREDENTIALS); inits pass on the reports of deeper namespaces, so that every level
 * adds its own number. Inodes come from stat(2) inside the namespace.
 */
#ifndef FOREST_H
#define FOREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FOREST_LEVELS 33 /* MAX_PID_NS_LEVEL and the initial one */
#define FOREST_COMM   16 /* TASK_COMM_LEN */
#define FOREST_NAME   8	 /* leaves room for "-INDEX.LEVEL" in a comm */

struct forest;
struct tree;
struct node;

/* ---- The plan: one --ns option (forest-plan.c) ---------------------------------------------- */

struct spec {
	char name[FOREST_NAME];	 /* of the trees: "NAME-INDEX.LEVEL" */
	unsigned int count;	 /* trees of this kind … */
	unsigned int depth;	 /* … each so many namespaces deep */
	unsigned int tasks;	 /* sleeping processes in each, its init included */
	unsigned int threads;	 /* threads of each of them, the leader included */
	unsigned int zombies;	 /* members that exited and are not reaped */
	unsigned int stopped;	 /* members in state T */
	unsigned int leaderless; /* members whose leader has exited while a thread lives on */
	unsigned int joined;	 /* members of the outermost whose parent is outside */
	unsigned int period_us;	 /* of the restless */
	unsigned int busy_ms;	 /* processor time that each thread uses first, leaders apart */
	int uid;		 /* -1: the builder's own */
	bool user;		 /* in a user namespace of its own, made by uid */
	bool shared;		 /* all in the builder's mm: about 32 KB a task */
	const char *comm;	 /* of its tasks; NULL: the namespace's name */
	const struct restless *restless; /* what the init does all day; NULL: sleep */
	const struct ending *ending;	 /* what becomes of it; NULL: it lives */
};

int spec_parse(const char *text, struct spec *ret_spec);
/* The forests of the benchmarks: S, M or L. */
int spec_of_size(const char *size, struct spec *ret_spec);
/* How many tasks, and how many reports from each namespace. */
size_t spec_tasks(const struct spec *spec);
unsigned int spec_reports(const struct spec *spec);

/* ---- The facts (forest-facts.c) ------------------------------------------------------------- */

struct fact_ns {
	char name[FOREST_COMM];
	uint64_t ino, owner_ns; /* 0: the builder cannot tell (unborn, on older kernels) */
	size_t parent;		/* number 0 is where the builder is */
	const char *state;
	const char *held; /* what keeps it when no task is in it */
	unsigned int depth;
	unsigned int owner_uid;
	pid_t init;	/* 0: there is none */
	pid_t creator;	/* who cloned the init */
	pid_t holder;	/* the process that keeps it */
	int fork_errno; /* what a fork into it was seen to give */
	bool is_planted;
};

struct fact_task {
	size_t ns;
	size_t ns_for_children;	      /* differs for those who called setns or unshare */
	pid_t numbers[FOREST_LEVELS]; /* outermost, the builder's, first */
	unsigned int nr;
	pid_t pid, ppid;				    /* for the builder */
	pid_t inner_pid, inner_ppid, inner_pgid, inner_sid; /* in ns */
	unsigned int uid;
	char state;
	char comm[FOREST_COMM];
	bool is_joined;
	bool is_gone;
};

struct facts {
	struct fact_ns *ns;
	struct fact_task *tasks;
	size_t nr_ns, room_ns, nr_tasks, room_tasks;
};

/* Places for `count` namespaces in a row; returns the first. */
size_t facts_add_ns(struct facts *facts, size_t count);
/* Valid until the next one is added. */
struct fact_task *facts_add_task(struct facts *facts);
/* Work out the builder's numbers for pid and ppid of all, then print everything as JSON lines. */
void facts_link(struct facts *facts);
void facts_print(const struct facts *facts, bool with_tasks);

/* ---- Reports (forest-report.c) -------------------------------------------------------------- */

enum report_kind {
	REPORT_TASK,
	REPORT_SETTLED, /* all members of this namespace are in the state they were meant for */
	REPORT_FAILED,
};

struct report {
	uint32_t kind;
	uint32_t error;		      /* FAILED: errno */
	uint32_t ns;		      /* place in facts */
	uint32_t has_child;	      /* SETTLED: there is one more namespace below */
	uint64_t ino, owner_ns;	      /* from inits; else 0 */
	int32_t pid, ppid, pgid, sid; /* as numbered inside */
	uint32_t nr;
	int32_t numbers[FOREST_LEVELS]; /* innermost first: the order they are learnt in */
	char state;
	char comm[FOREST_COMM];
};

struct sender {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

/* A socket pair: [0] to read reports from, [1] to send them to. 0 or -Exxx, all of these. */
int report_pipe(int ret_fds[2]);
int report_send(int fd, const struct report *report, const struct sender *from);
int report_receive(int fd, struct report *ret_report, struct sender *ret_from);

/* ---- Tasks (forest-task.c) ------------------------------------------------------------------ */

/* Where a task is and whom it tells. */
struct node {
	const struct spec *spec;
	char comm[FOREST_COMM];
	uint32_t ns;	/* place in facts */
	uint32_t index; /* of its tree */
	uint32_t level; /* in its tree: 0 is the outermost */
	int up;		/* reports go here: a socket read one namespace above */
	int go;		/* an init waits for a byte from here first; -1: it need not */
	int builder;	/* pidfd of the builder: no task outlives it */
	char state;	/* a member's end: S, T, Z, or L for leaderless */
};

/* Memory for the stacks of so many tasks, lent for good. */
int task_arena(size_t tasks);
/*
 * Start `entry` with a copy of the `len` bytes at `arg`, on a stack of its own. `flags` as for
 * clone(2): without CLONE_VM a fork. Returns the pid, or -Exxx.
 */
pid_t task_start(int (*entry)(void *), const void *arg, size_t len, uint64_t flags, int *ret_pidfd);
/* "NAME-INDEX.LEVEL" */
void node_name(const struct spec *spec, uint32_t index, uint32_t level, char ret_name[FOREST_COMM]);
/* Die when the builder does, however it does. */
void task_follow(int builder_pidfd);
/* Close everything but stderr and these, which may be -1. */
void task_keep_files(const int *fds, size_t count);
void task_set_name(const char *comm);
_Noreturn void task_sleep(void);
/* Entries, which take a struct node. */
int task_init(void *node);
int task_member(void *node);

/* ---- The restless (forest-restless.c): inits that never leave their namespace alone ---------- */

struct restless {
	const char *name;
	void (*run)(const struct node *node);
};

const struct restless *restless_find(const char *name);
/* Give out one and the same PID to tasks of two namespaces in turn. */
int reuse_plant(struct forest *forest, unsigned int period_us);

/* ---- Trees, their ends and what holds them (forest-plant.c, forest-hold.c) ------------------- */

struct child {
	pid_t pid;
	int pidfd;
};

struct forest {
	struct facts facts;
	struct child *children; /* whom to kill in the end */
	size_t nr_children, room_children;
	int reports[2];
	int self;    /* pidfd of the builder */
	int signals; /* signalfd: readable when it is to end */
};

struct tree {
	const struct spec *spec;
	size_t first, last; /* its outermost and innermost namespace in facts */
	struct child init;
};

void forest_open(struct forest *forest);
void forest_plant(struct forest *forest, const struct spec *spec);
struct tree forest_plant_tree(struct forest *forest, const struct spec *spec, unsigned int index);
void forest_keep_child(struct forest *forest, struct child child);
/* It is reaped: its pidfd is closed. */
void forest_drop_child(struct forest *forest, pid_t pid);
/* Receive so many reports, and what they announce; all are of this tree. */
void forest_collect(struct forest *forest, struct tree *tree, unsigned int count, pid_t joiner);
void forest_clear(struct forest *forest);

struct ending {
	const char *name;
	const char *state;
	const char *held; /* the innermost; those above it are kept by their child */
	bool reaps;	  /* the init; else it stays a zombie */
	/* While it lives: take hold. May be NULL. */
	void (*hold)(struct forest *forest, struct tree *tree);
	/* When it is dead: look again. May be NULL. */
	void (*look)(struct forest *forest, struct tree *tree);
};

const struct ending *ending_find(const char *name);
/* A namespace that is unshared and has no first process. */
void ending_unborn(struct forest *forest, unsigned int index);
/* A process of ours that holds something. */
struct holder {
	int (*act)(const struct holder *holder);   /* what it does first; the result comes back */
	int (*again)(const struct holder *holder); /* and each time it is asked; may be NULL */
	void (*rest)(const struct holder *holder); /* or what it does from then on; may be NULL */
	void *arg;
	int ns_fd; /* -1: none */
	int keep;  /* a file it needs besides; -1: none */
	int talk;
	int builder;
	char comm[FOREST_COMM];
};
/* Returns act's result. The socket to ask it again by goes to *ret_talk, which may be NULL. */
int holder_start(struct forest *forest, struct holder *holder, size_t ns_for_children,
		 pid_t *ret_pid, int *ret_talk);
int holder_ask(int talk);
int ns_open(pid_t pid);

/* ---- Limits (forest-limits.c) ---------------------------------------------------------------- */

/*
 * Make sure that so many more tasks may exist. kernel.pid_max is raised where it must be, and put
 * back by a process that waits for the end of this one, whatever the end is.
 */
void limits_make_room(size_t tasks);
/* Put pid_max back now and see it done. */
void limits_restore(void);

/* ---- Failing (forest.c) ---------------------------------------------------------------------- */

/* One sentence and exit: 77 where the machine does not allow it, else 1. The children follow. */
_Noreturn void fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));
void *grow(void *items, size_t *room, size_t need, size_t size);

#endif /* FOREST_H */
