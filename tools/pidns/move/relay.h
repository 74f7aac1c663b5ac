/* SPDX-License-Identifier: GPL-2.0-or-later */
/* relay.h - bytes between a terminal and the master side of another one, never waiting for either. */
#ifndef PIDNS_RELAY_H
#define PIDNS_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#define RELAY_BUFFER_SIZE 65536

/* What was read and is not written yet. */
struct relay_buffer {
	size_t start, end;
	char bytes[RELAY_BUFFER_SIZE];
};

struct relay {
	int terminal; /* borrowed; -1: gone */
	int master;   /* borrowed; -1: gone */
	struct relay_buffer typed, shown;
};

enum { RELAY_NR_FDS = 2 };

/* What to wait for: nothing is read for a slow reader. The terminal is read where it `is_ours`. */
void relay_prepare(const struct relay *relay, bool is_ours, struct pollfd fds[RELAY_NR_FDS]);

/* Pass on what poll(2) found there. What is gone for good becomes -1, but for a terminal that may
 * only be another's for the moment: -EIO, and the caller finds out. */
int relay_pass(struct relay *relay, const struct pollfd fds[RELAY_NR_FDS]);

/* The end: pass on what the master still has, as far as the terminal takes it. Whether there is
 * more to come. */
bool relay_pass_rest(struct relay *relay);

#endif /* PIDNS_RELAY_H */
