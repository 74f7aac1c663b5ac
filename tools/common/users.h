/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * users.h - names of users, from /etc/passwd alone.
 *
 * Not getpwuid(3): the services behind that may ask the network, and a viewer that is used because
 * the machine is in trouble must not wait for a server. So users that only such a service knows
 * are numbers.
 */
#ifndef PIDNS_USERS_H
#define PIDNS_USERS_H

#include <stddef.h>
#include <stdint.h>

struct users;

/* Read the file; NULL where that fails, with which every user is a number. */
struct users *users_open(const char *path);
struct users *users_close(struct users *users);

/* The name of the first entry with that uid, raw, valid while `users` is; NULL: there is none.
 * users may be NULL. */
const char *users_name(const struct users *users, uint32_t uid);

#endif /* PIDNS_USERS_H */
