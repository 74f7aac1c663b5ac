// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-kill.c - pidns kill: a signal to exactly the process that is meant. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/fate.h"
#include "common/handle.h"
#include "common/message.h"
#include "common/signame.h"
#include "operand.h"
#include "options.h"

/* One that is to get the signal. */
struct victim {
	const char *text;   /* as given: PID, PID:INO … */
	int32_t number;	    /* … of our namespace, or of that of -n */
	uint64_t pidfd_ino; /* 0: not given */
	int32_t pid;	    /* as we number it; 0: it is not there */
	int fd;		    /* its pidfd; -1: none */
};

struct kill {
	const struct options *options;
	struct pidns_ctx *ctx;
	int sig;
	uint64_t in; /* the namespace of -n; 0: our own */
	struct victim *victims;
	size_t nr;
	bool has_failed;
	struct pidns_snapshot *whole; /* of all processes; NULL: not needed so far */
};

static void __attribute__((format(printf, 3, 4)))
fail(struct kill *k, struct victim *victim, const char *format, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	message("kill: %s: %s", victim->text, why);
	k->has_failed = true;
	if (victim->fd >= 0)
		close(victim->fd);
	victim->fd = -1;
	victim->pid = 0;
}

/* ---- from numbers to processes ---------------------------------------------------------------- */

static int parse_all(struct kill *k)
{
	const struct options *options = k->options;

	for (size_t i = 0; i < options->nr_operands; i++) {
		struct victim *victim = &k->victims[i];
		int r;

		*victim = (struct victim){.text = options->operands[i], .fd = -1};
		r = pid_parse(options, "", victim->text, &victim->number, &victim->pidfd_ino);
		if (r)
			return r;
		k->nr++;
	}
	k->sig = options->signal ? signame_parse(options->signal) : SIGTERM;
	if (k->sig < 0)
		return usage_error(options, "\"%.32s\" is not a signal", options->signal);
	return 0;
}

/* The numbers are those of another namespace: who is that here? */
static int find_in(struct kill *k)
{
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	struct pidns_take_opts opts = {.size = sizeof(opts)};
	const struct pidns_ns *ns;
	struct target target;
	int r = operand_parse(k->options, k->options->in, &target);

	if (!r)
		r = operand_take(k->options, k->ctx, &opts, &target, 1, &snapshot, &ns);
	target_close(&target);
	if (r)
		return r;
	k->in = ns->known & PIDNS_NS_INO ? ns->ino : 0;
	for (size_t i = 0; i < k->nr; i++) {
		const struct pidns_task *task = pidns_task_find(snapshot, ns, k->victims[i].number);

		if (task)
			k->victims[i].pid = task->pid;
		else
			fail(k, &k->victims[i], "no such process in %s", k->options->in);
	}
	return 0;
}

static int open_one(struct kill *k, struct victim *victim)
{
	uint64_t ino;

	victim->fd = handle_open(victim->pid);
	if (victim->fd == -ENOSYS)
		return message_exit(EXIT_CANNOT_SERVE,
				    "kill: this kernel has no pidfds (Linux 5.3)");
	if (victim->fd == -EINVAL)
		fail(k, victim, "a thread, not a process");
	else if (victim->fd < 0)
		fail(k, victim, "%s", strerror(-victim->fd));
	if (victim->fd < 0 || !victim->pidfd_ino)
		return 0;
	if (!handle_ino(victim->fd, &ino))
		return message_exit(EXIT_CANNOT_SERVE,
				    "kill: %s: the inode number of its pidfd cannot be read; it is "
				    "of Linux 6.9",
				    victim->text);
	if (ino != victim->pidfd_ino)
		fail(k, victim,
		     "that process has ended; the PID is of another one, %" PRId32 ":%" PRIu64,
		     victim->pid, ino);
	return 0;
}

static int open_all(struct kill *k)
{
	int r = 0;

	for (size_t i = 0; !r && i < k->nr; i++) {
		if (!k->options->in)
			k->victims[i].pid = k->victims[i].number;
		if (k->victims[i].pid)
			r = open_one(k, &k->victims[i]);
	}
	return r;
}

/* ---- what is known of them -------------------------------------------------------------------- */

/* Taken while they are held: what is said of a PID is of the process that is held. */
static int take_held(struct kill *k, struct pidns_snapshot **ret_snapshot)
{
	_cleanup_free_ int32_t *pids = calloc(k->nr + 1, sizeof(*pids));
	struct pidns_take_opts opts = {
		.size = sizeof(opts), .task_fields = PIDNS_TASK_COMM, .pids = pids};

	if (!pids)
		return message_exit(EXIT_FAILED, "kill: %s", strerror(ENOMEM));
	for (size_t i = 0; i < k->nr; i++)
		if (k->victims[i].fd >= 0)
			pids[opts.nr_pids++] = k->victims[i].pid;
	return source_take(&k->options->source, k->ctx, &opts, ret_snapshot);
}

/* How many end with an init is only asked where one is about to get the signal. */
static const struct pidns_ns *find_whole(struct kill *k, const struct pidns_ns *ns)
{
	struct pidns_take_opts opts = {.size = sizeof(opts),
				       .ns_fields = PIDNS_NS_PROCESSES,
				       .flags = PIDNS_TAKE_CONTAINERS};

	if (!k->whole && source_take(&k->options->source, k->ctx, &opts, &k->whole))
		return NULL;
	return ns->known & PIDNS_NS_INO ? pidns_ns_find(k->whole, ns->ino) : NULL;
}

static void tell_fate(struct kill *k, const struct pidns_task *task)
{
	char fate[FATE_SIZE], name[FATE_NAME_SIZE];
	const struct pidns_ns *ns;

	if (!fate_describe(task, NULL, k->sig, fate))
		return;
	ns = find_whole(k, task->ns);
	fate_describe(task, ns, k->sig, fate);
	fate_name(ns ? ns : task->ns, task, name);
	message("kill: PID %" PRId32 " is the init of %s: %s", task->pid, name, fate);
}

/* Numbers of another namespace were looked up before the process was held. */
static bool is_meant(const struct kill *k, const struct pidns_snapshot *snapshot,
		     const struct victim *victim, const struct pidns_task *task)
{
	const struct pidns_ns *in = k->in ? pidns_ns_find(snapshot, k->in) : NULL;

	if (!k->options->in)
		return true;
	return task && in && pidns_task_vpid(task, in) == victim->number;
}

static void signal_one(struct kill *k, const struct pidns_snapshot *snapshot, struct victim *victim)
{
	const struct pidns_task *task = pidns_task_find(snapshot, NULL, victim->pid);
	int r;

	if (!is_meant(k, snapshot, victim, task) || !handle_is_there(victim->fd)) {
		fail(k, victim, "the process has ended meanwhile");
		return;
	}
	if (task)
		tell_fate(k, task);
	r = handle_signal(victim->fd, k->sig);
	if (r < 0)
		fail(k, victim, "%s", strerror(-r));
}

static int signal_all(struct kill *k)
{
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	int r = take_held(k, &snapshot);

	for (size_t i = 0; !r && i < k->nr; i++)
		if (k->victims[i].fd >= 0)
			signal_one(k, snapshot, &k->victims[i]);
	return r;
}

static int run(struct kill *k)
{
	int r = parse_all(k);

	if (!r)
		r = source_open(&k->options->source, k->options->in ? 0 : PIDNS_OPEN_FEW, &k->ctx);
	if (!r && k->options->in)
		r = find_in(k);
	if (!r)
		r = open_all(k);
	if (!r)
		r = signal_all(k);
	if (r)
		return r;
	return k->has_failed ? EXIT_FAILED : EXIT_DONE;
}

int cmd_kill(const struct options *options)
{
	struct kill k = {.options = options};
	int r;

	k.victims = calloc(options->nr_operands + 1, sizeof(*k.victims));
	r = k.victims ? run(&k) : message_exit(EXIT_FAILED, "kill: %s", strerror(ENOMEM));
	for (size_t i = 0; i < k.nr; i++)
		if (k.victims[i].fd >= 0)
			close(k.victims[i].fd);
	free(k.victims);
	pidns_snapshot_unref(k.whole);
	pidns_close(k.ctx);
	return r;
}
