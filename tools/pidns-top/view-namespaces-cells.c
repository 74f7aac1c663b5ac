// SPDX-License-Identifier: GPL-2.0-or-later
/* view-namespaces-cells.c - what the cells of a namespace say, and what it is sorted by. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/format.h"
#include "pidns-top/rows/text.h"
#include "view-namespaces.h"

static void fill_unknown(struct cell *cell)
{
	snprintf(cell->text, sizeof(cell->text), "-");
}

static void fill_number(const struct cell_source *source, struct cell *cell, uint64_t field,
			uint64_t number)
{
	if (source->row->ns->known & field)
		format_count(number, source->width, cell->text, sizeof(cell->text));
	else
		fill_unknown(cell);
}

static void key_number(struct sort_key *key, const struct pidns_ns *ns, uint64_t field,
		       uint64_t number)
{
	key->is_known = (ns->known & field) != 0;
	key->number = number;
}

/* ---- Plain facts ---- */

void ns_fill_ino(const struct cell_source *source, struct cell *cell)
{
	fill_number(source, cell, PIDNS_NS_INO, source->row->ns->ino);
}

void ns_key_ino(const struct cell_source *source, struct sort_key *key)
{
	key_number(key, source->row->ns, PIDNS_NS_INO, source->row->ns->ino);
}

unsigned int ns_fit_ino(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_ino);
}

unsigned int ns_fit_level(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_level);
}

void ns_fill_level(const struct cell_source *source, struct cell *cell)
{
	fill_number(source, cell, PIDNS_NS_LEVEL, source->row->ns->level);
}

void ns_key_level(const struct cell_source *source, struct sort_key *key)
{
	key_number(key, source->row->ns, PIDNS_NS_LEVEL, source->row->ns->level);
}

static bool has_reaper(const struct pidns_ns *ns)
{
	return ns->known & PIDNS_NS_REAPER && ns->reaper > 0;
}

int32_t ns_reaper_of(const struct row *row)
{
	return has_reaper(row->ns) ? row->ns->reaper : 0;
}

void ns_fill_reaper(const struct cell_source *source, struct cell *cell)
{
	if (has_reaper(source->row->ns))
		fill_number(source, cell, PIDNS_NS_REAPER, (uint64_t)source->row->ns->reaper);
	else
		fill_unknown(cell);
}

void ns_key_reaper(const struct cell_source *source, struct sort_key *key)
{
	key->is_known = has_reaper(source->row->ns);
	key->number = (uint64_t)source->row->ns->reaper;
}

unsigned int ns_fit_pid(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_pid);
}

void ns_fill_owner(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_ns *ns = source->row->ns;
	const char *name = NULL;

	if (ns->known & PIDNS_NS_OWNER_UID)
		name = users_name(source->picture->users, ns->owner_uid);
	if (name)
		view_fill_name(source, name, cell);
	else
		fill_number(source, cell, PIDNS_NS_OWNER_UID, ns->owner_uid);
}

unsigned int ns_fit_owner(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_owner);
}

void ns_key_owner(const struct cell_source *source, struct sort_key *key)
{
	key_number(key, source->row->ns, PIDNS_NS_OWNER_UID, source->row->ns->owner_uid);
}

/* ---- Counts: a folded row speaks for what is below it ---- */

static uint32_t processes_of(const struct row *row)
{
	return row->is_folded ? row->ns->processes_below : row->ns->processes;
}

static uint32_t threads_of(const struct row *row)
{
	return row->is_folded ? row->ns->threads_below : row->ns->threads;
}

static uint32_t zombies_of(const struct row *row)
{
	return row->is_folded ? row->ns->zombies_below : row->ns->zombies;
}

void ns_fill_processes(const struct cell_source *source, struct cell *cell)
{
	fill_number(source, cell, PIDNS_NS_PROCESSES, processes_of(source->row));
}

void ns_key_processes(const struct cell_source *source, struct sort_key *key)
{
	key_number(key, source->row->ns, PIDNS_NS_PROCESSES, processes_of(source->row));
}

void ns_fill_threads(const struct cell_source *source, struct cell *cell)
{
	fill_number(source, cell, PIDNS_NS_THREADS, threads_of(source->row));
}

void ns_key_threads(const struct cell_source *source, struct sort_key *key)
{
	key_number(key, source->row->ns, PIDNS_NS_THREADS, threads_of(source->row));
}

void ns_fill_zombies(const struct cell_source *source, struct cell *cell)
{
	uint32_t zombies = zombies_of(source->row);

	fill_number(source, cell, PIDNS_NS_ZOMBIES, zombies);
	if (source->row->ns->known & PIDNS_NS_ZOMBIES && zombies)
		cell->style = STYLE_WARNING;
}

void ns_key_zombies(const struct cell_source *source, struct sort_key *key)
{
	key_number(key, source->row->ns, PIDNS_NS_ZOMBIES, zombies_of(source->row));
}

unsigned int ns_fit_count(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_count);
}

unsigned int ns_fit_zombies(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_zombies);
}

/* ---- Numbers used of those there may be ---- */

static bool has_max(const struct pidns_ns *ns)
{
	return ns->known & PIDNS_NS_PIDS_MAX && ns->pids_max;
}

static double percent_used(const struct pidns_ns *ns)
{
	return has_max(ns) ? 100.0 * ns->pids_used / ns->pids_max : 0;
}

void ns_fill_pids_used(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_ns *ns = source->row->ns;
	double percent = percent_used(ns);
	unsigned int width = source->width > 1 ? source->width - 1 : source->width;
	char count[24], label[32];

	if (!(ns->known & PIDNS_NS_PIDS_USED)) {
		fill_unknown(cell);
		return;
	}
	format_count(ns->pids_used, width, count, sizeof(count));
	snprintf(label, sizeof(label), "%s%s", count, ns->pids_used_exact ? "" : "+");
	if (source->app->is_plain)
		snprintf(cell->text, sizeof(cell->text), "%s", label);
	else if (!has_max(ns)) /* in line with those in brackets */
		snprintf(cell->text, sizeof(cell->text), "%s ", label);
	else
		format_bar(percent, label, source->width, cell->text, sizeof(cell->text));
	if (percent >= 80)
		cell->style = percent >= 95 ? STYLE_ALARM : STYLE_WARNING;
}

void ns_key_pids_used(const struct cell_source *source, struct sort_key *key)
{
	key_number(key, source->row->ns, PIDNS_NS_PIDS_USED, source->row->ns->pids_used);
}

/* The digits, "+", and the brackets of the bar. */
unsigned int ns_fit_pids_used(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_used) + 3;
}

unsigned int ns_fit_pids_max(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_pids_max);
}

void ns_fill_pids_max(const struct cell_source *source, struct cell *cell)
{
	fill_number(source, cell, PIDNS_NS_PIDS_MAX, source->row->ns->pids_max);
}

void ns_key_pids_max(const struct cell_source *source, struct sort_key *key)
{
	key_number(key, source->row->ns, PIDNS_NS_PIDS_MAX, source->row->ns->pids_max);
}

/* ---- Sums over the members ---- */

static struct usage_sum sum_of(const struct cell_source *source)
{
	const struct usage *usage = &source->picture->usage;

	if (!usage->own)
		return (struct usage_sum){0};
	return source->row->is_folded ? usage->below[source->row->place]
				      : usage->own[source->row->place];
}

void ns_fill_cpu(const struct cell_source *source, struct cell *cell)
{
	struct usage_sum sum = sum_of(source);

	if (sum.has_cpu)
		format_percent(sum.cpu, cell->text, sizeof(cell->text));
	else
		fill_unknown(cell);
}

void ns_key_cpu(const struct cell_source *source, struct sort_key *key)
{
	struct usage_sum sum = sum_of(source);

	key->is_known = sum.has_cpu;
	key->number = (uint64_t)(sum.cpu * 1000);
}

void ns_fill_memory(const struct cell_source *source, struct cell *cell)
{
	struct usage_sum sum = sum_of(source);

	if (sum.has_rss)
		format_bytes(sum.rss_bytes, cell->text, sizeof(cell->text));
	else
		fill_unknown(cell);
}

void ns_key_memory(const struct cell_source *source, struct sort_key *key)
{
	struct usage_sum sum = sum_of(source);

	key->is_known = sum.has_rss;
	key->number = sum.rss_bytes;
}

/* ---- State, and the command in its tree ---- */

static bool is_unwell(const struct pidns_ns *ns)
{
	return ns->known & PIDNS_NS_STATE && ns->state != PIDNS_STATE_ALIVE;
}

static const char *state_of(const struct pidns_ns *ns)
{
	const char *name = ns->known & PIDNS_NS_STATE ? pidns_state_name(ns->state) : NULL;

	return name ? name : "-";
}

static enum style style_of_state(const struct pidns_ns *ns)
{
	if (!is_unwell(ns))
		return STYLE_TEXT;
	return ns->state == PIDNS_STATE_DEAD ? STYLE_ALARM : STYLE_WARNING;
}

void ns_fill_state(const struct cell_source *source, struct cell *cell)
{
	snprintf(cell->text, sizeof(cell->text), "%s", state_of(source->row->ns));
	cell->style = style_of_state(source->row->ns);
}

void ns_key_state(const struct cell_source *source, struct sort_key *key)
{
	key->is_known = (source->row->ns->known & PIDNS_NS_STATE) != 0;
	key->text = state_of(source->row->ns);
}

/* "│  ├─ ", or what the locale and --plain leave of it. No more than half of the column's width:
 * of a deeper tree, the levels nearest to the row. */
static size_t fill_tree(const struct cell_source *source, char *out, size_t size)
{
	static const char *const art[2][4] = {{"| ", "  ", "|-", "`-"}, {"│ ", "  ", "├─", "└─"}};
	const char *const *piece = art[text_is_utf8()];
	const struct row *row = source->row;
	uint32_t first = 1, levels = source->width / 4;
	size_t len = 0;

	if (!source->app->is_tree)
		return 0;
	if (source->width && row->depth > levels)
		first = row->depth - levels + 1;
	for (uint32_t i = first; i <= row->depth && len + 32 < size; i++) {
		bool goes_on = i < 64 && row->lines >> i & 1;
		const char *text = piece[(i == row->depth ? 2 : 0) + (goes_on ? 0 : 1)];

		len += (size_t)snprintf(out + len, size - len, "%s",
					source->app->is_plain ? "  " : text);
	}
	if (row->has_children)
		len += (size_t)snprintf(out + len, size - len, "%s",
					row->is_folded ? "+ "
					: row->depth   ? " "
						       : "");
	else if (row->depth)
		len += (size_t)snprintf(out + len, size - len, " ");
	return len;
}

/* What is left of the cell after that much of it. */
static size_t room_after(const struct cell_source *source, const char *begun)
{
	size_t width = text_width(begun);

	return source->width > width ? source->width - width : 0;
}

void ns_fill_command(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_ns *ns = source->row->ns;
	size_t tree = fill_tree(source, cell->text, sizeof(cell->text));
	char *text = cell->text + tree;
	size_t size = sizeof(cell->text) - tree, len = 0;
	int32_t pid = ns_reaper_of(source->row);
	const struct pidns_task *init = NULL;

	cell->faint = tree;
	cell->style = source->row->is_context ? STYLE_FAINT : style_of_state(ns);
	if (is_unwell(ns))
		len = (size_t)snprintf(text, size, "(%s) ", state_of(ns));
	if (pid)
		init = pidns_task_find(source->picture->snapshot, NULL, pid);
	if (pid && view_fill_command(source, init, pid, room_after(source, cell->text), text + len,
				     size - len))
		return;
	if (len)
		text[len - 1] = '\0';
	else if (!(ns->known & PIDNS_NS_INO))
		snprintf(text, size, "(namespace not known)");
	else
		snprintf(text, size, "-");
}

void ns_key_command(const struct cell_source *source, struct sort_key *key)
{
	int32_t pid = ns_reaper_of(source->row);
	const struct pidns_task *init = pid ? pidns_task_find(source->picture->snapshot, NULL, pid)
					    : NULL;

	key->is_known = init && init->known & PIDNS_TASK_COMM;
	key->text = key->is_known ? init->comm : NULL;
}

size_t ns_words_of(const struct cell_source *source, char *out, size_t size)
{
	const struct pidns_ns *ns = source->row->ns;
	int32_t pid = ns_reaper_of(source->row);
	const struct pidns_task *init = pid ? pidns_task_find(source->picture->snapshot, NULL, pid)
					    : NULL;
	const char *name = init && init->known & PIDNS_TASK_COMM ? init->comm : "";

	return (size_t)snprintf(out, size, "%" PRIu64 " %d %s %s",
				ns->known & PIDNS_NS_INO ? ns->ino : 0, pid,
				is_unwell(ns) ? state_of(ns) : "", name);
}
