// SPDX-License-Identifier: GPL-2.0-or-later
/* relay.c - bytes between a terminal and the master side of another one, never waiting for either. */
#include "relay.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool has_bytes(const struct relay_buffer *b)
{
	return b->start < b->end;
}

static bool has_room(const struct relay_buffer *b)
{
	return b->start > 0 || b->end < sizeof(b->bytes);
}

static bool is_for_later(int error)
{
	return error == EAGAIN || error == EINTR;
}

/* How much, 0 for now nothing, or -errno; -EIO at an end. */
static ssize_t take_in(struct relay_buffer *b, int fd)
{
	ssize_t n;

	if (b->start) {
		memmove(b->bytes, b->bytes + b->start, b->end - b->start);
		b->end -= b->start;
		b->start = 0;
	}
	if (b->end == sizeof(b->bytes))
		return 0;
	n = read(fd, b->bytes + b->end, sizeof(b->bytes) - b->end);
	if (n < 0)
		return is_for_later(errno) ? 0 : -errno;
	if (!n)
		return -EIO;
	b->end += (size_t)n;
	return n;
}

/* 0, or -errno. */
static int give_out(struct relay_buffer *b, int fd)
{
	ssize_t n = write(fd, b->bytes + b->start, b->end - b->start);

	if (n < 0)
		return is_for_later(errno) ? 0 : -errno;
	b->start += (size_t)n;
	if (!has_bytes(b))
		b->start = b->end = 0;
	return 0;
}

void relay_prepare(const struct relay *relay, bool is_ours, struct pollfd fds[RELAY_NR_FDS])
{
	fds[0] = (struct pollfd){.fd = relay->terminal};
	fds[1] = (struct pollfd){.fd = relay->master};
	if (is_ours && relay->master >= 0 && has_room(&relay->typed))
		fds[0].events |= POLLIN;
	if (has_bytes(&relay->shown))
		fds[0].events |= POLLOUT;
	if (has_room(&relay->shown))
		fds[1].events |= POLLIN;
	if (has_bytes(&relay->typed))
		fds[1].events |= POLLOUT;
}

static int pass_terminal(struct relay *relay, short found)
{
	ssize_t r = 0;

	if (found & POLLIN)
		r = take_in(&relay->typed, relay->terminal);
	if (r >= 0 && found & POLLOUT)
		r = give_out(&relay->shown, relay->terminal);
	if (r < 0 || found & (POLLHUP | POLLERR | POLLNVAL))
		return -EIO;
	return 0;
}

static void pass_master(struct relay *relay, short found)
{
	ssize_t r = 0;

	if (found & POLLIN)
		r = take_in(&relay->shown, relay->master);
	if (r >= 0 && found & POLLOUT)
		r = give_out(&relay->typed, relay->master);
	if (r < 0 || (!(found & POLLIN) && found & (POLLHUP | POLLERR | POLLNVAL)))
		relay->master = -1;
}

int relay_pass(struct relay *relay, const struct pollfd fds[RELAY_NR_FDS])
{
	if (fds[1].revents)
		pass_master(relay, fds[1].revents);
	return fds[0].revents ? pass_terminal(relay, fds[0].revents) : 0;
}

bool relay_pass_rest(struct relay *relay)
{
	/* The kernel hands over all that was written before it says EAGAIN. */
	bool is_drained = relay->master < 0 ||
			  (has_room(&relay->shown) && take_in(&relay->shown, relay->master) <= 0);

	if (has_bytes(&relay->shown) && give_out(&relay->shown, relay->terminal) < 0)
		return false;
	return has_bytes(&relay->shown) || !is_drained;
}
