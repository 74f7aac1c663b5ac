// SPDX-License-Identifier: GPL-2.0-or-later
/* refused.c - who is refused a fork, clone or unshare, until COUNT of them. usage: refused COUNT */
#include <pidnsinfo.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A limit, or all that it may have been. */
static void print_kinds(const struct pidns_refused *refused)
{
	uint32_t kind;

	for (kind = 1; kind < 64; kind++)
		if (refused->kinds >> kind & 1 && pidns_limit_name(kind))
			printf(" %s", pidns_limit_name(kind));
}

int main(int argc, char **argv)
{
	const struct pidns_watch_opts opts = {
		.size = sizeof(opts),
		.wants = PIDNS_WATCH_WANTS_NAMESPACES | PIDNS_WATCH_WANTS_REFUSED,
	};
	const struct pidns_event *event;
	struct pidns_watch *watch;
	struct pidns_ctx *ctx;
	struct pollfd fd;
	int left = argc == 2 ? atoi(argv[1]) : 0, r;

	if (left <= 0 || pidns_open(NULL, &ctx) < 0 || pidns_watch_open(ctx, &opts, &watch) < 0)
		return 2;
	printf("watching by %s\n", pidns_watch_source(watch));
	fflush(stdout);
	fd = (struct pollfd){.fd = pidns_watch_fd(watch), .events = POLLIN};
	while (left > 0 && poll(&fd, 1, -1) >= 0) {
		while (left > 0 && (r = pidns_watch_next(watch, &event)) > 0) {
			if (!event->refused)
				continue;
			printf("%d %s %s", event->task->pid, pidns_call_name(event->refused->call),
			       strerror(event->refused->error));
			print_kinds(event->refused);
			putchar('\n');
			fflush(stdout);
			left--;
		}
		if (r < 0)
			return 1;
	}
	pidns_watch_close(watch);
	pidns_close(ctx);
	return 0;
}
