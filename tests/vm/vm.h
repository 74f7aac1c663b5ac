/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm.h - what the tests that run in the guest share: checks, namespaces to look at, and what the
 * family says about one of them. Implemented by vm.c.
 */
#ifndef VM_H
#define VM_H

#include <linux/pidns.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "genl.h"

/* A test is one row: its name says what is true when it passes. */
struct vm_test {
	const char *name;
	void (*run)(void);
};

/* Run all of them, or those whose name begins with argv[1]; the exit status of main. */
int vm_main(int argc, char **argv, const struct vm_test *tests, int count);

/* Each failed check is a line on stdout and a failed test; the test goes on. */
#define check(what) vm_check(what, #what, __FILE__, __LINE__)
bool vm_check(bool ok, const char *what, const char *file, int line);
#define check_eq(a, b) vm_check_eq((long long)(a), (long long)(b), #a " == " #b, __FILE__, __LINE__)
bool vm_check_eq(long long a, long long b, const char *what, const char *file, int line);
#define check_str(text, part) vm_check(strstr(text, part) != NULL, text, __FILE__, __LINE__)

/* Has a check failed in this test so far? For who ends otherwise than by returning. */
bool vm_has_failed(void);

/* Without these there is nothing to test: they end the program with a message. */
void vm_must(bool ok, const char *what);

/* Poll `condition` until it holds, up to two minutes. */
bool vm_wait(bool (*condition)(void *data), void *data);

/* A child in new namespaces (flags of clone(2), or 0) that runs `fn` and exits with its result, and
 * that dies with its parent. vm_sleeper does nothing but wait for a signal. */
pid_t vm_child(int flags, int (*fn)(void *), void *data);
pid_t vm_sleeper(int flags);
void vm_kill(pid_t pid);      /* and reap */
int vm_reap(pid_t pid);	      /* its exit status */
void vm_wait_exit(pid_t pid); /* until it is a zombie, and leave it one */

/* A pipe to wait for a child's word with. */
struct vm_gate {
	int fds[2];
};
void vm_gate_init(struct vm_gate *gate);
void vm_gate_open(struct vm_gate *gate, uint64_t value);
uint64_t vm_gate_wait(struct vm_gate *gate);
void vm_gate_empty(struct vm_gate *gate); /* of what was not waited for */

uint64_t vm_ino(pid_t pid, const char *name); /* inode of /proc/PID/ns/NAME, 0 on failure */
int vm_ns_fd(pid_t pid, const char *name);
long long vm_read_number(const char *path);
bool vm_write(const char *path, const char *text);

/* The family, resolved once; a socket of the caller's own. */
int vm_socket(void);
int vm_family(void);

/* What the family tells of one namespace; absent numbers are 0. */
struct vm_ns {
	uint64_t cookie, ino, parent, parent_ino, level, reaper, reaper_start, used, peak, failures;
	uint64_t last_pid, pid_max, owner_uid, owner_ns, processes, threads, zombies;
	int state;
	bool has_parent, has_owner;
};
void vm_ns_parse(const struct genl_message *message, struct vm_ns *ns);
int vm_ns_get(uint64_t ino, struct vm_ns *ns); /* 0 is the own one; 0 or -errno */
int vm_ns_get_cookie(uint64_t cookie, struct vm_ns *ns);
bool vm_is_gone(void *cookie); /* a condition to wait for */

enum { VM_LEVELS = 64 };
struct vm_task {
	uint64_t ns, ns_ino, children_ns, children_ns_ino, tid, tgid, ppid, vpgid, vsid, uid, ruid;
	uint64_t start, cpu, group_cpu, rss, threads;
	uint64_t vpids[VM_LEVELS];
	int levels, state;
	bool has_rss;
	char comm[64];
};
void vm_task_parse(const struct genl_message *message, struct vm_task *task);
int vm_task_get(uint64_t tid, struct vm_task *task);

/* A whole dump; the lists are malloc'd. */
int vm_ns_dump(struct vm_ns **list, int *count);
int vm_task_dump(struct vm_task **list, int *count);

#endif
