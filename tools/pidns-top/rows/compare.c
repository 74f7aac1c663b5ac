// SPDX-License-Identifier: GPL-2.0-or-later
/* compare.c - what is different between two moments, as lines. */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/format.h"
#include "pidns-top/cells.h"
#include "text.h"

/* Of a wide screen names take a quarter, and no more than this. */
#define NAME_MAX_WIDTH 40
#define NAME_MIN_WIDTH 8

void compare_time(const struct sample *sample, char *out)
{
	time_t wall = (time_t)(pidns_snapshot_wall_time(sample->snapshot) / 1000000000);
	struct tm tm;

	if (!wall || !localtime_r(&wall, &tm) || !strftime(out, COMPARE_TIME_SIZE, "%H:%M:%S", &tm))
		format_uptime((double)pidns_snapshot_time(sample->snapshot) / 1e9, out,
			      COMPARE_TIME_SIZE);
}

/* ---- Differences of numbers ---- */

struct delta {
	char text[24]; /* "+3"; "" where nothing is different or it is not known */
};

static struct delta delta_count(bool is_known, uint64_t before, uint64_t now)
{
	struct delta delta = {""};
	char number[20];

	if (!is_known || before == now)
		return delta;
	format_count(now > before ? now - before : before - now, 5, number, sizeof(number));
	snprintf(delta.text, sizeof(delta.text), "%c%s", now > before ? '+' : '-', number);
	return delta;
}

static struct delta delta_bytes(bool is_known, uint64_t before, uint64_t now)
{
	struct delta delta = {""};
	char number[20];

	if (!is_known || before == now)
		return delta;
	format_bytes(now > before ? now - before : before - now, number, sizeof(number));
	snprintf(delta.text, sizeof(delta.text), "%c%s", now > before ? '+' : '-', number);
	return delta;
}

/* ---- Lines ---- */

struct comparison {
	struct report *report;
	const struct sample *before, *now;
	size_t name_width;
	size_t differences;
};

static void add_line(struct comparison *c, const char *sign, const char *name, const char *rest)
{
	char text[CELL_SIZE];

	text_fit(name, c->name_width, TEXT_LEFT, text, sizeof(text));
	report_add(c->report, "%-4s %s %s", sign, text, rest);
	c->differences++;
}

static void add_title(struct comparison *c)
{
	uint64_t before = pidns_snapshot_time(c->before->snapshot);
	uint64_t now = pidns_snapshot_time(c->now->snapshot);
	char marked[COMPARE_TIME_SIZE], shown[COMPARE_TIME_SIZE], ago[16], replay[32] = "";

	compare_time(c->before, marked);
	compare_time(c->now, shown);
	if (c->now->replay_ns) {
		format_short_age(c->now->replay_ns, ago, sizeof(ago));
		snprintf(replay, sizeof(replay), " REPLAY -%s", ago);
	}
	format_short_age(now > before ? now - before : before - now, ago, sizeof(ago));
	report_add(c->report, "%s%s, against %s, %s %s", shown, replay, marked, ago,
		   now >= before ? "before" : "later");
	report_add(c->report, "%s", "");
}

/* ---- Namespaces ---- */

struct sums {
	bool has_rss;
	uint64_t rss_bytes;
};

static struct sums sums_of(const struct pidns_ns *ns)
{
	const struct pidns_task *const *tasks;
	size_t count = pidns_ns_tasks(ns, &tasks);
	struct sums sums = {.has_rss = true};

	for (size_t i = 0; i < count; i++) {
		if (tasks[i]->pid != tasks[i]->tid)
			continue;
		sums.has_rss &= !!(tasks[i]->known & PIDNS_TASK_RSS);
		sums.rss_bytes += tasks[i]->rss_bytes;
	}
	return sums;
}

static void add_ns_values(const struct pidns_ns *ns, char *out, size_t size)
{
	struct sums sums = sums_of(ns);
	char bytes[16] = "-";

	if (sums.has_rss)
		format_bytes(sums.rss_bytes, bytes, sizeof(bytes));
	snprintf(out, size, "%6" PRIu32 " %6" PRIu32 " %6" PRIu32 " %6s", ns->processes,
		 ns->threads, ns->zombies, bytes);
}

static void add_ns_deltas(struct comparison *c, const struct pidns_ns *before,
			  const struct pidns_ns *now)
{
	uint64_t known = before->known & now->known;
	struct sums old = sums_of(before), new = sums_of(now);
	struct delta processes =
		delta_count(known & PIDNS_NS_PROCESSES, before->processes, now->processes);
	struct delta threads = delta_count(known & PIDNS_NS_THREADS, before->threads, now->threads);
	struct delta zombies = delta_count(known & PIDNS_NS_ZOMBIES, before->zombies, now->zombies);
	struct delta memory = delta_bytes(old.has_rss && new.has_rss, old.rss_bytes, new.rss_bytes);
	bool is_other_state = known & PIDNS_NS_STATE && before->state != now->state;
	char name[NAME_SIZE], rest[128];

	if (!processes.text[0] && !threads.text[0] && !zombies.text[0] && !memory.text[0] &&
	    !is_other_state)
		return;
	cells_ns_name(c->now, now, name, sizeof(name));
	snprintf(rest, sizeof(rest), "%6s %6s %6s %6s%s%s", processes.text, threads.text,
		 zombies.text, memory.text, is_other_state ? "  was " : "",
		 is_other_state ? pidns_state_name(before->state) : "");
	add_line(c, "", name, rest);
}

static void add_whole_ns(struct comparison *c, const char *sign, const struct sample *sample,
			 const struct pidns_ns *ns)
{
	char name[NAME_SIZE], rest[128];

	cells_ns_name(sample, ns, name, sizeof(name));
	add_ns_values(ns, rest, sizeof(rest));
	add_line(c, sign, name, rest);
}

static void compare_namespaces(struct comparison *c)
{
	const struct pidns_ns *const *list;
	size_t count = pidns_snapshot_namespaces(c->now->snapshot, &list);

	add_line(c, "", "NAME", " PROCS    THR    ZOM    MEM");
	c->differences = 0;
	for (size_t i = 0; i < count; i++) {
		struct ident ident = ident_of_ns(list[i]);
		const struct pidns_ns *before = ident_find_ns(&ident, c->before->snapshot);

		if (before)
			add_ns_deltas(c, before, list[i]);
		else
			add_whole_ns(c, "new", c->now, list[i]);
	}
	count = pidns_snapshot_namespaces(c->before->snapshot, &list);
	for (size_t i = 0; i < count; i++) {
		struct ident ident = ident_of_ns(list[i]);

		if (!ident_find_ns(&ident, c->now->snapshot))
			add_whole_ns(c, "gone", c->before, list[i]);
	}
}

/* ---- Processes ---- */

static const struct pidns_task *find_task(const struct pidns_task *task,
					  const struct sample *sample)
{
	const struct pidns_task *found = pidns_task_find(sample->snapshot, NULL, task->pid);
	struct ident a = ident_of_task(task), b;

	if (!found)
		return NULL;
	b = ident_of_task(found);
	return ident_is_same(&a, &b) ? found : NULL;
}

static void name_task(const struct pidns_task *task, char *out, size_t size)
{
	const char *comm = task->known & PIDNS_TASK_COMM ? task->comm : "";
	int len = snprintf(out, size, "%" PRId32 " ", task->pid);

	text_clean(comm, strlen(comm), out + len, size - (size_t)len);
}

static void add_task(struct comparison *c, const char *sign, const struct pidns_task *before,
		     const struct pidns_task *now)
{
	static const struct pidns_task none;
	uint64_t known = before ? before->known & now->known : now->known;
	const struct pidns_task *old = before ? before : &none;
	struct delta cpu = {""},
		     memory = delta_bytes(known & PIDNS_TASK_RSS, old->rss_bytes, now->rss_bytes);
	char name[NAME_SIZE], rest[128], state[16] = "", time[16];

	if (known & PIDNS_TASK_CPU && now->cpu_ns > old->cpu_ns) {
		format_cpu_time(now->cpu_ns - old->cpu_ns, time, sizeof(time));
		snprintf(cpu.text, sizeof(cpu.text), "+%s", time);
	}
	if (before && known & PIDNS_TASK_STATE && before->state != now->state)
		snprintf(state, sizeof(state), "  was %c", (char)before->state);
	if (before && !cpu.text[0] && !memory.text[0] && !state[0])
		return;
	name_task(now, name, sizeof(name));
	snprintf(rest, sizeof(rest), "%9s %6s%s", cpu.text, memory.text, state);
	add_line(c, sign, name, rest);
}

static void compare_processes(struct comparison *c, const struct ident *inside)
{
	const struct pidns_ns *before = ident_find_ns(inside, c->before->snapshot);
	const struct pidns_ns *now = ident_find_ns(inside, c->now->snapshot);
	const struct pidns_task *const *tasks;
	size_t count = now ? pidns_ns_tasks(now, &tasks) : 0;

	add_line(c, "", "PROCESS", "    TIME+    MEM");
	c->differences = 0;
	for (size_t i = 0; i < count; i++) {
		const struct pidns_task *old = find_task(tasks[i], c->before);

		if (tasks[i]->pid == tasks[i]->tid)
			add_task(c, old ? "" : "new", old, tasks[i]);
	}
	count = before ? pidns_ns_tasks(before, &tasks) : 0;
	for (size_t i = 0; i < count; i++)
		if (tasks[i]->pid == tasks[i]->tid && !find_task(tasks[i], c->now))
			add_task(c, "gone", NULL, tasks[i]);
}

void report_make_compare(struct report *report, const struct app *app, const struct sample *sample,
			 size_t width)
{
	struct comparison c = {.report = report, .before = sample->mark, .now = sample};

	report_clear(report);
	report->width = width;
	if (!sample->mark || !sample->snapshot)
		return;
	c.name_width = width / 4;
	if (c.name_width > NAME_MAX_WIDTH)
		c.name_width = NAME_MAX_WIDTH;
	if (c.name_width < NAME_MIN_WIDTH)
		c.name_width = NAME_MIN_WIDTH;
	add_title(&c);
	if (app->view == APP_PROCESSES)
		compare_processes(&c, &app->inside);
	else
		compare_namespaces(&c);
	if (!c.differences)
		report_add(report, "Nothing is different.");
}
