// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-map.c - pidns map: a task's number in every namespace that sees it, and back. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "json.h"
#include "common/message.h"
#include "map-table.h"
#include "options.h"
#include "out.h"
#include "operand.h"

/* As many numbers are answered from one snapshot: enough to share its cost, few enough to sort. */
#define LOT	  4096
#define LINE_SIZE 64

/* PID, or PID:INO. */
struct asked {
	int32_t pid;
	uint64_t pidfd_ino; /* 0: not given */
};

struct map_answer {
	const struct options *options;
	struct pidns_ctx *ctx;
	struct target in; /* with -n */
	struct json json;
	bool has_head;
	bool is_terminal; /* then the answers are a table for people */
	bool is_reopened; /* without PIDNS_OPEN_FEW */
	bool has_missed;  /* a PID was not found, and that has been explained */
	struct asked lot[LOT];
	size_t nr;
	const struct pidns_ns *levels[PIDNS_LEVEL_MAX + 1];
};

/* ---- one answer ------------------------------------------------------------------------------ */

/* The namespaces that see the task, outermost first, into m->levels; how many. */
static uint32_t find_levels(struct map_answer *m, const struct pidns_task *task)
{
	const struct pidns_ns *ns = task->ns;
	uint32_t nr = ns->depth + 1;

	if (nr > PIDNS_LEVEL_MAX + 1)
		return 0;
	for (uint32_t i = nr; i-- > 0; ns = pidns_ns_parent(ns))
		m->levels[i] = ns;
	return nr;
}

static void print_table(struct map_answer *m, int32_t number, const struct pidns_task *task)
{
	if (!m->has_head)
		map_table_heading();
	m->has_head = true;
	if (task)
		map_table_row(task, m->levels, find_levels(m, task));
	else
		map_table_missing(number, m->options->in);
}

static void print_map_text(struct map_answer *m, const struct pidns_task *task)
{
	uint32_t nr = task ? find_levels(m, task) : 0;

	if (!task) {
		puts("-");
		return;
	}
	out_number(stdout, (uint64_t)task->tid);
	for (uint32_t i = 0; i < nr; i++) {
		int32_t vpid = pidns_task_vpid(task, m->levels[i]);

		putc_unlocked('\t', stdout);
		if (m->levels[i]->known & PIDNS_NS_INO)
			out_number(stdout, m->levels[i]->ino);
		else
			putc_unlocked('-', stdout);
		putc_unlocked(':', stdout);
		if (vpid > 0)
			out_number(stdout, (uint64_t)vpid);
		else
			putc_unlocked('-', stdout);
	}
	putc_unlocked('\n', stdout);
}

static void print_map_json(struct map_answer *m, const struct pidns_task *task)
{
	uint32_t nr = task ? find_levels(m, task) : 0;
	struct json *j = &m->json;

	json_line(j, NULL);
	json_open(j, '{');
	json_item(j, "found");
	json_bool(j, task);
	json_number_item(j, "pid", task, task ? (uint64_t)task->pid : 0);
	json_number_item(j, "tid", task, task ? (uint64_t)task->tid : 0);
	json_item(j, "levels");
	json_open(j, '[');
	for (uint32_t i = 0; i < nr; i++) {
		const struct pidns_ns *ns = m->levels[i];
		int32_t vpid = pidns_task_vpid(task, ns);

		json_item(j, NULL);
		json_open(j, '{');
		json_number_item(j, "ns", ns->known & PIDNS_NS_INO, ns->ino);
		json_number_item(j, "vpid", vpid > 0, (uint64_t)vpid);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

static void print_head(struct map_answer *m, const struct pidns_snapshot *snapshot)
{
	if (m->has_head || !m->options->json)
		return;
	json_head(&m->json, snapshot);
	json_line(&m->json, "mappings");
	json_open(&m->json, '[');
	m->has_head = true;
}

/* ---- a lot of them --------------------------------------------------------------------------- */

static int compare_pids(const void *a, const void *b)
{
	int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

	return (left > right) - (left < right);
}

/* What the table shows beside the numbers, and what PID:INO is checked with. */
static void wish(const struct map_answer *m, struct pidns_take_opts *opts)
{
	for (size_t i = 0; i < m->nr; i++)
		if (m->lot[i].pidfd_ino)
			opts->task_fields |= PIDNS_TASK_PIDFD_INO;
	if (!m->is_terminal)
		return;
	opts->task_fields |= PIDNS_TASK_COMM;
	opts->flags = PIDNS_TAKE_CONTAINERS;
}

/* Only those tasks are asked about, each once. */
static int take_few(struct map_answer *m, struct pidns_snapshot **ret_snapshot)
{
	int32_t pids[LOT];
	struct pidns_take_opts opts = {.size = sizeof(opts), .pids = pids};

	wish(m, &opts);
	for (size_t i = 0; i < m->nr; i++)
		pids[i] = m->lot[i].pid;
	qsort(pids, m->nr, sizeof(*pids), compare_pids);
	for (size_t i = 0; i < m->nr; i++)
		if (!i || pids[i] != pids[opts.nr_pids - 1])
			pids[opts.nr_pids++] = pids[i];
	return source_take(&m->options->source, m->ctx, &opts, ret_snapshot);
}

/* Where the provider that starts quickly does not show all, the first that does is opened. */
static int take_lot(struct map_answer *m, struct pidns_snapshot **ret_snapshot)
{
	int r = take_few(m, ret_snapshot);

	if (r || m->is_reopened ||
	    !(pidns_snapshot_cannot_see(*ret_snapshot) & SOURCE_UNSEEN_TASKS))
		return r;
	m->is_reopened = true;
	*ret_snapshot = pidns_snapshot_unref(*ret_snapshot);
	m->ctx = pidns_close(m->ctx);
	r = source_open(&m->options->source, 0, &m->ctx);
	return r ? r : take_few(m, ret_snapshot);
}

static bool all_are_found(const struct map_answer *m, const struct pidns_snapshot *snapshot,
			  const struct pidns_ns *in)
{
	for (size_t i = 0; i < m->nr; i++)
		if (!pidns_task_find(snapshot, in, m->lot[i].pid))
			return false;
	return true;
}

/* A number that no process has may be a thread's: those are only looked at if need be. */
static int take_in(struct map_answer *m, struct pidns_snapshot **ret_snapshot,
		   const struct pidns_ns **ret_in)
{
	struct pidns_take_opts opts = {.size = sizeof(opts)};
	int r;

	wish(m, &opts);
	opts.flags |= m->options->all ? PIDNS_TAKE_ALL : 0;
	r = operand_take(m->options, m->ctx, &opts, &m->in, 1, ret_snapshot, ret_in);
	if (r || all_are_found(m, *ret_snapshot, *ret_in))
		return r;
	*ret_snapshot = pidns_snapshot_unref(*ret_snapshot);
	opts.flags |= PIDNS_TAKE_THREADS;
	return operand_take(m->options, m->ctx, &opts, &m->in, 1, ret_snapshot, ret_in);
}

/* 0 with the task, NULL where it is not there; or an exit code after the message is out. */
static int find_asked(const struct pidns_snapshot *snapshot, const struct pidns_ns *in,
		      const struct asked *asked, const struct pidns_task **ret_task)
{
	const struct pidns_task *task = pidns_task_find(snapshot, in, asked->pid);
	char text[40], why[512];
	int r;

	snprintf(text, sizeof(text), "%" PRId32 ":%" PRIu64, asked->pid, asked->pidfd_ino);
	r = task ? process_check(snapshot, task, text, asked->pidfd_ino, why, sizeof(why)) : 0;
	*ret_task = r ? NULL : task;
	if (r)
		message("%s", why);
	return r == EXIT_FAILED ? 0 : r;
}

static int print_answer(struct map_answer *m, const struct pidns_snapshot *snapshot,
			const struct pidns_ns *in, const struct asked *asked)
{
	const struct pidns_task *task;
	int r = find_asked(snapshot, in, asked, &task);

	if (r)
		return r;
	m->has_missed |= !task;
	if (m->options->json)
		print_map_json(m, task);
	else if (m->is_terminal)
		print_table(m, asked->pid, task);
	else
		print_map_text(m, task);
	return 0;
}

static int print_answers(struct map_answer *m, const struct pidns_snapshot *snapshot,
			 const struct pidns_ns *in)
{
	bool had_missed = m->has_missed;
	int r = 0;

	print_head(m, snapshot);
	for (size_t i = 0; !r && i < m->nr; i++)
		r = print_answer(m, snapshot, in, &m->lot[i]);
	if (m->has_missed && !had_missed)
		source_tell_unseen(snapshot, 0, SOURCE_UNSEEN_TASKS);
	return r;
}

static int answer_lot(struct map_answer *m)
{
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	const struct pidns_ns *in = NULL;
	int r;

	if (!m->nr)
		return 0;
	r = m->options->in ? take_in(m, &snapshot, &in) : take_lot(m, &snapshot);
	if (!r)
		r = print_answers(m, snapshot, in);
	m->nr = 0;
	return r;
}

static int add_number(struct map_answer *m, struct asked asked)
{
	m->lot[m->nr++] = asked;
	return m->nr == LOT ? answer_lot(m) : 0;
}

/* ---- where the numbers come from ------------------------------------------------------------- */

struct input {
	char bytes[LINE_SIZE * 1024];
	size_t len;
	uint64_t nr_lines;
};

static int add_line(struct map_answer *m, struct input *in, const char *line, size_t len)
{
	char where[40], text[LINE_SIZE];
	struct asked asked;
	int r;

	snprintf(where, sizeof(where), "line %" PRIu64 ": ", ++in->nr_lines);
	if (len >= sizeof(text) || memchr(line, '\0', len))
		return usage_error(m->options, "%sno PID", where);
	memcpy(text, line, len);
	text[len] = '\0';
	r = pid_parse(m->options, where, text, &asked.pid, &asked.pidfd_ino);
	return r ? r : add_number(m, asked);
}

/* All whole lines; at the end of the input also one that lacks its newline. */
static int add_lines(struct map_answer *m, struct input *in, bool is_end)
{
	size_t at = 0;
	int r = 0;

	while (!r && at < in->len) {
		const char *line = in->bytes + at;
		const char *end = memchr(line, '\n', in->len - at);
		size_t len = end ? (size_t)(end - line) : in->len - at;

		if (!end && !is_end && len < LINE_SIZE)
			break;
		r = add_line(m, in, line, len);
		at += len + (end ? 1 : 0);
	}
	in->len -= at;
	memmove(in->bytes, in->bytes + at, in->len);
	return r;
}

/* What there is to read: its length, 0 at the end, or -Exxx. */
static ssize_t read_more(struct input *in)
{
	ssize_t n;

	do
		n = read(STDIN_FILENO, in->bytes + in->len, sizeof(in->bytes) - in->len);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		in->len += (size_t)n;
	return n < 0 ? -errno : n;
}

/* A caller that writes one PID and waits for the answer gets it: what is there is answered at
 * once. */
static int read_numbers(struct map_answer *m)
{
	struct input in = {.len = 0};
	ssize_t n;
	int r;

	do {
		n = read_more(&in);
		if (n < 0)
			return message_exit(EXIT_FAILED, "standard input: %s", strerror((int)-n));
		r = add_lines(m, &in, n == 0);
		if (!r || r == EXIT_USAGE) { /* whatever came before the bad line is answered */
			int answered = answer_lot(m);

			r = answered ? answered : r;
		}
		if (fflush(stdout))
			return EXIT_FAILED;
	} while (!r && n);
	return r;
}

/* Look at all arguments before the first answer. */
static int check_numbers(const struct options *options)
{
	for (size_t i = 0; i < options->nr_operands; i++) {
		struct asked asked;

		if (strcmp(options->operands[i], "-") != 0 &&
		    pid_parse(options, "", options->operands[i], &asked.pid, &asked.pidfd_ino))
			return EXIT_USAGE;
	}
	return 0;
}

static int add_operands(struct map_answer *m)
{
	int r = 0;

	for (size_t i = 0; !r && i < m->options->nr_operands; i++) {
		const char *operand = m->options->operands[i];
		struct asked asked;

		r = strcmp(operand, "-")
			    ? pid_parse(m->options, "", operand, &asked.pid, &asked.pidfd_ino)
			    : answer_lot(m);
		if (!r)
			r = strcmp(operand, "-") ? add_number(m, asked) : read_numbers(m);
	}
	return r ? r : answer_lot(m);
}

/* A document that was asked nothing still has a head: ask about ourselves. */
static int print_empty(struct map_answer *m)
{
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	int r;

	m->lot[m->nr++] = (struct asked){.pid = getpid()};
	r = take_lot(m, &snapshot);
	if (!r)
		print_head(m, snapshot);
	return r;
}

/* A document that was begun is ended, also where something went wrong in the middle. */
static int finish(struct map_answer *m, int r)
{
	if (m->options->json && !m->has_head && !r)
		r = print_empty(m);
	if (m->options->json && m->has_head) {
		json_close(&m->json, ']');
		json_end(&m->json);
	}
	if (r)
		return r;
	return m->has_missed ? EXIT_ANSWER_NO : EXIT_DONE;
}

static int map_run(struct map_answer *m)
{
	int r = m->options->in ? operand_parse(m->options, m->options->in, &m->in) : 0;

	if (!r)
		r = source_open(&m->options->source, m->options->in ? 0 : PIDNS_OPEN_FEW, &m->ctx);
	if (!r)
		r = add_operands(m);
	return finish(m, r);
}

int cmd_map(const struct options *options)
{
	struct map_answer m = {.options = options,
			       .in.fd = -1,
			       .json.file = stdout,
			       .is_terminal = !options->json && isatty(STDOUT_FILENO)};
	int r = check_numbers(options);

	if (!r)
		r = map_run(&m);
	target_close(&m.in);
	pidns_close(m.ctx);
	return r;
}
