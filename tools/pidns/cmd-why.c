// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-why.c - pidns why: why does fork(2) fail here, or would soon? */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/limit.h"
#include "common/message.h"
#include "common/remedy.h"
#include "common/tally.h"
#include "json.h"
#include "note.h"
#include "operand.h"
#include "options.h"
#include "out.h"

struct why_answer {
	const struct options *options;
	struct pidns_ctx *ctx;
	struct target target;
	int32_t pid;	    /* 0: a namespace is meant */
	uint64_t pidfd_ino; /* with pid; 0: not given */
	struct pidns_snapshot *snapshot;
	const struct pidns_ns *ns; /* NULL: only the limits are known of the one that is meant */
	const struct pidns_limit *const *limits;
	size_t nr_limits;
	struct limit_verdict fork, new_namespaces;
	const struct pidns_limit *nearest; /* the fullest, if it is worth a word */
	const struct pidns_limit *no_init; /* it has none, and may be unborn or dead */
	struct tally_counts refused;	   /* of all this machine, … */
	bool has_refused;		   /* … where a watcher runs that may be read */
};

static const struct pidns_container *container_of(const struct why_answer *why)
{
	return why->ns ? describe_container(why->ns) : NULL;
}

static const char *remedy_of(const struct why_answer *why, char text[REMEDY_MAX])
{
	return why->nearest ? remedy_of_limit(why->nearest, container_of(why), text) : NULL;
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void judge(struct why_answer *why)
{
	why->fork = limit_judge_fork(why->limits, why->nr_limits);
	why->new_namespaces = limit_judge_new_namespaces(why->limits, why->nr_limits);
	for (size_t i = 0; i < why->nr_limits; i++) {
		const struct pidns_limit *limit = why->limits[i];

		if (limit_is_near(limit) && !why->nearest)
			why->nearest = limit;
		if (limit->kind == PIDNS_LIMIT_INIT && limit_is_unknown(limit))
			why->no_init = limit;
	}
	if (why->fork.refusing)
		why->nearest = why->fork.refusing;
}

static int exit_code(const struct why_answer *why)
{
	if (why->fork.refusing)
		return EXIT_FAILS_NOW;
	return why->nearest ? EXIT_ANSWER_NO : EXIT_DONE;
}

static const char *error_of(const struct limit_verdict *verdict)
{
	return verdict->refusing ? limit_error_name(verdict->refusing->error) : NULL;
}

/* ---- how it is said -------------------------------------------------------------------------- */

static void print_refused(const struct limit_verdict *verdict, const char *verb)
{
	const char *error = error_of(verdict), *name = pidns_limit_name(verdict->refusing->kind);

	printf("%s with %s: %s\n", verb, error ? error : "-", name ? name : "other");
}

static void print_fork(const struct why_answer *why)
{
	printf("%-16s ", "fork");
	if (why->fork.refusing)
		print_refused(&why->fork, "fails");
	else if (!why->nr_limits)
		printf("not known: no limits are\n");
	else if (why->no_init)
		printf("not known: %s\n", why->no_init->source);
	else if (!limit_is_certain(&why->fork))
		printf("no limit in sight is reached; %zu could not be seen\n",
		       why->fork.nr_unknown);
	else
		printf("%s\n", why->new_namespaces.refusing
				       ? "succeeds, unless new namespaces are asked for"
				       : "works");
}

/* As the start of a container makes them. */
static void print_new_namespaces(const struct why_answer *why)
{
	const struct limit_verdict *verdict = &why->new_namespaces;

	if (!verdict->nr)
		return;
	printf("%-16s ", "new namespaces");
	if (verdict->refusing)
		print_refused(verdict, "fail");
	else if (!limit_is_certain(verdict))
		printf("no limit in sight is reached; %zu could not be seen in full\n",
		       verdict->nr_unknown);
	else
		printf("can be made\n");
}

/* "web (docker), pod shop/web-0" */
static void print_container(const struct why_answer *why)
{
	const struct pidns_container *container = container_of(why);
	char label[DESCRIBE_LABEL_MAX];
	size_t len;

	if (!container)
		return;
	len = describe_container_label(container, label);
	printf("%-16s ", "container");
	out_text(stdout, label, len);
	if (container->runtime && (container->name || container->id)) {
		fputs(" (", stdout);
		out_text(stdout, container->runtime, strlen(container->runtime));
		putchar(')');
	}
	if (container->pod) {
		fputs(", pod ", stdout);
		out_text(stdout, container->pod, strlen(container->pod));
	}
	putchar('\n');
}

static void print_why_text(const struct why_answer *why)
{
	char text[REMEDY_MAX];
	const char *remedy = remedy_of(why, text);

	if (why->ns)
		printf("%-16s %" PRIu64 "\n", "namespace", why->ns->ino);
	print_container(why);
	if (why->pid)
		printf("%-16s %" PRId32 "\n", "process", why->pid);
	print_fork(why);
	print_new_namespaces(why);
	if (why->options->raw)
		note_print_all_limits(why->limits, why->nr_limits);
	else
		note_print_limits(why->limits, why->nr_limits);
	if (why->has_refused && why->ns)
		note_print_refused(&why->refused, why->ns);
	if (!remedy)
		return;
	printf("%-16s %s: ", "remedy", pidns_limit_name(why->nearest->kind));
	out_text(stdout, remedy, strlen(remedy));
	putchar('\n');
}

static void json_verdict(struct json *j, const struct limit_verdict *verdict)
{
	json_item(j, "errno");
	json_string(j, error_of(verdict));
	json_item(j, "certain");
	json_bool(j, limit_is_certain(verdict));
}

static void print_why_json(const struct why_answer *why)
{
	struct json j = {.file = stdout};
	char text[REMEDY_MAX];

	json_head(&j, why->snapshot);
	json_line(&j, "ns");
	if (why->ns)
		json_number(&j, why->ns->ino);
	else
		json_null(&j);
	json_item(&j, "pid");
	if (why->pid)
		json_number(&j, (uint64_t)why->pid);
	else
		json_null(&j);
	json_verdict(&j, &why->fork);
	json_line(&j, "container");
	if (container_of(why))
		note_json_container(&j, container_of(why));
	else
		json_null(&j);
	json_line(&j, "new_namespaces");
	json_open(&j, '{');
	json_verdict(&j, &why->new_namespaces);
	json_item(&j, "kind");
	json_string(&j, why->new_namespaces.refusing
				? pidns_limit_name(why->new_namespaces.refusing->kind)
				: NULL);
	json_close(&j, '}');
	json_line(&j, "limits");
	if (why->nr_limits)
		note_json_limits(&j, why->limits, why->nr_limits);
	else
		json_null(&j);
	json_line(&j, "refused");
	if (why->has_refused && why->ns)
		note_json_refused(&j, &why->refused, why->ns);
	else
		json_null(&j);
	json_line(&j, "remedy");
	json_string(&j, remedy_of(why, text));
	json_end(&j);
}

/* ---- who is meant ---------------------------------------------------------------------------- */

/* A number up to the largest PID is one; anything else names a namespace, and nothing the caller. */
static int parse(struct why_answer *why)
{
	const char *text = why->options->nr_operands ? why->options->operands[0] : NULL;

	if (text && process_is_meant(text))
		return pid_parse(why->options, "", text, &why->pid, &why->pidfd_ino);
	if (text)
		return operand_parse(why->options, text, &why->target);
	return 0;
}

static const struct pidns_take_opts usual = {
	.size = sizeof(usual),
	.ns_fields = PIDNS_NS_STATE,
	.flags = PIDNS_TAKE_LIMITS | PIDNS_TAKE_CONTAINERS,
};

static int take_ns(struct why_answer *why)
{
	struct pidns_take_opts opts = usual;
	int r;

	opts.flags |= why->options->all ? PIDNS_TAKE_ALL : 0;
	r = operand_take(why->options, why->ctx, &opts, &why->target, 1, &why->snapshot, &why->ns);
	if (!r)
		why->nr_limits = describe_limits(why->ns, &why->limits);
	return r;
}

/* Of a recording only what it says of the namespace is known. */
static int take_task(struct why_answer *why)
{
	struct pidns_take_opts opts = usual;
	const struct pidns_task *task;
	char text[512];
	int r;

	opts.limits_of = why->pid;
	opts.task_fields |= why->pidfd_ino ? PIDNS_TASK_PIDFD_INO : 0;
	opts.flags |= PIDNS_TAKE_OF_ONE | (why->options->all ? PIDNS_TAKE_ALL : 0);
	r = source_take(&why->options->source, why->ctx, &opts, &why->snapshot);
	if (r)
		return r;
	task = pidns_task_find(why->snapshot, NULL, why->pid);
	if (!task)
		return message_exit(EXIT_FAILED, "%" PRId32 ": no such process", why->pid);
	r = process_check(why->snapshot, task, why->options->operands[0], why->pidfd_ino, text,
			  sizeof(text));
	if (r)
		return message_exit(r, "%s", text);
	why->ns = task->ns_for_children ? task->ns_for_children : task->ns;
	if (!(why->ns->known & PIDNS_NS_INO))
		why->ns = NULL;
	if (!source_is_recording(why->ctx))
		why->nr_limits = pidns_snapshot_limits(why->snapshot, &why->limits);
	else if (why->ns)
		why->nr_limits = describe_limits(why->ns, &why->limits);
	return 0;
}

/* What the recording was asked about, or else the reader's own namespace. */
static int take_recording(struct why_answer *why)
{
	const struct pidns_ns *const *list;
	int r = source_take(&why->options->source, why->ctx, &usual, &why->snapshot);

	if (r)
		return r;
	why->nr_limits = pidns_snapshot_limits(why->snapshot, &why->limits);
	if (why->nr_limits || !pidns_snapshot_namespaces(why->snapshot, &list))
		return 0;
	why->ns = list[0]->known & PIDNS_NS_INO ? list[0] : NULL;
	why->nr_limits = describe_limits(list[0], &why->limits);
	return 0;
}

/* As the snapshot numbers it: a procfs may be of another namespace than the caller's. */
static int32_t own_pid(const struct why_answer *why)
{
	char proc[SOURCE_PROC_MAX];
	const char *from = source_proc(&why->options->source, proc);
	char path[PATH_MAX], digits[16];
	uint64_t number;
	ssize_t len = -1;

	if (pidns_provider_flags(pidns_provider(why->ctx)) & PIDNS_PROVIDER_PROCFS &&
	    snprintf(path, sizeof(path), "%s/self", from ? from : "/proc") < (int)sizeof(path))
		len = readlink(path, digits, sizeof(digits) - 1);
	if (len <= 0)
		return getpid();
	digits[len] = '\0';
	return number_parse(digits, &number) ? (int32_t)number : getpid();
}

static int why_take(struct why_answer *why)
{
	if (why->target.text)
		return take_ns(why);
	if (!why->pid && source_is_recording(why->ctx))
		return take_recording(why);
	/* The process that starts this has the same limits. */
	if (!why->pid)
		why->pid = own_pid(why);
	return take_task(why);
}

static int why_run(struct why_answer *why)
{
	int r = parse(why);

	if (!r)
		r = source_open(&why->options->source, 0, &why->ctx);
	if (!r)
		r = why_take(why);
	if (r)
		return r;
	judge(why);
	why->has_refused = !source_is_elsewhere(&why->options->source) && tally_read(&why->refused);
	if (why->options->json)
		print_why_json(why);
	else
		print_why_text(why);
	source_tell_unseen(why->snapshot, 0, SOURCE_UNSEEN_TASKS);
	return exit_code(why);
}

int cmd_why(const struct options *options)
{
	struct why_answer why = {.options = options, .target.fd = -1};
	int r = why_run(&why);

	target_close(&why.target);
	pidns_snapshot_unref(why.snapshot);
	pidns_close(why.ctx);
	return r;
}
