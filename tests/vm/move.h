/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * move.h - for the tests of unshare(CLONE_NEWPIDS): to ask for a move, to be where no other process
 * is, and to see that a refusal has left everything as it was. Implemented by move.c.
 */
#ifndef VM_MOVE_H
#define VM_MOVE_H

#include <clone_newpids.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* unshare(CLONE_NEWPIDS | flags): 0 or -errno. */
int move_in(unsigned long long flags);

/* The same of who makes itself the leader of a session first. */
int move_alone(unsigned long long flags);

/* Run `fn` as number 2 of a new namespace with a /proc of its own, where no process comes or goes but
 * those `fn` makes; returns what vm_reap says of it. */
int move_apart(int (*fn)(void *), void *data);

/* How many times what is done over and over: $PIDNS_MOVES, or fewer than a minute takes. */
int move_rounds(void);

/* The own namespace's inode, as the kernel has it now. */
uint64_t move_ns(const char *name);

/* The numbers of `Name:` in a status file, outermost first; returns how many. `dir` is /proc/PID or
 * a descriptor of it. */
enum { MOVE_LEVELS = 40 };
int move_numbers(int dir, const char *name, pid_t *numbers);
int move_numbers_of(pid_t pid, const char *name, pid_t *numbers);

/* All that must be as it was after a refusal. */
struct move_world;
struct move_world *move_world_take(void);
void move_world_check(struct move_world *before); /* frees it */

/* Ask, expect to be refused with `expected` (-errno), and find everything as it was. */
#define check_refused(flags, expected) move_check_refused(flags, expected, __FILE__, __LINE__)
void move_check_refused(unsigned long long flags, int expected, const char *file, int line);

#endif
