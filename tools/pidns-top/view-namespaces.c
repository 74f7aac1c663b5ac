// SPDX-License-Identifier: GPL-2.0-or-later
/* view-namespaces.c - the first level: a row is a namespace. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/format.h"
#include "pidns-top/rows/text.h"
#include "view.h"

static int32_t reaper_of(const struct row *row)
{
	return row->ns->known & PIDNS_NS_REAPER && row->ns->reaper > 0 ? row->ns->reaper : 0;
}

/* ---- Counts: a folded row speaks for what is below it ---- */

static void fill_zombies(const struct cell_source *source, struct cell *cell)
{
	struct value value;

	view_fill_value(source, cell);
	if (view_value(source, &value) && value.number)
		cell->style = STYLE_WARNING;
}

static bool has_max(const struct pidns_ns *ns)
{
	return ns->known & PIDNS_NS_PIDS_MAX && ns->pids_max;
}

static double percent_used(const struct pidns_ns *ns)
{
	return has_max(ns) ? 100.0 * ns->pids_used / ns->pids_max : 0;
}

static void fill_pids_used(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_ns *ns = source->row->ns;
	double percent = percent_used(ns);
	unsigned int width = source->width > 1 ? source->width - 1 : source->width;
	char count[24], label[32];

	if (!(ns->known & PIDNS_NS_PIDS_USED)) {
		snprintf(cell->text, sizeof(cell->text), "-");
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

/* ---- Sums over the members ---- */

static struct usage_sum sum_of(const struct cell_source *source)
{
	const struct usage *usage = &source->picture->usage;

	if (!usage->own)
		return (struct usage_sum){0};
	return source->row->is_folded ? usage->below[source->row->place]
				      : usage->own[source->row->place];
}

static void fill_cpu(const struct cell_source *source, struct cell *cell)
{
	struct usage_sum sum = sum_of(source);

	if (sum.has_cpu)
		format_percent(sum.cpu, cell->text, sizeof(cell->text));
	else
		snprintf(cell->text, sizeof(cell->text), "-");
}

static void key_cpu(const struct cell_source *source, struct sort_key *key)
{
	struct usage_sum sum = sum_of(source);

	key->is_known = sum.has_cpu;
	key->number = (uint64_t)(sum.cpu * 1000);
}

static void fill_memory(const struct cell_source *source, struct cell *cell)
{
	struct usage_sum sum = sum_of(source);

	if (sum.has_rss)
		format_bytes(sum.rss_bytes, cell->text, sizeof(cell->text));
	else
		snprintf(cell->text, sizeof(cell->text), "-");
}

static void key_memory(const struct cell_source *source, struct sort_key *key)
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

static void fill_state(const struct cell_source *source, struct cell *cell)
{
	view_fill_value(source, cell);
	cell->style = style_of_state(source->row->ns);
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

static void fill_command(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_ns *ns = source->row->ns;
	size_t tree = fill_tree(source, cell->text, sizeof(cell->text));
	char *text = cell->text + tree;
	size_t size = sizeof(cell->text) - tree, len = 0;
	int32_t pid = reaper_of(source->row);
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

/* Its init, as far as the snapshot has its name. */
static const char *name_of_init(const struct cell_source *source)
{
	int32_t pid = reaper_of(source->row);
	const struct pidns_task *init = pid ? pidns_task_find(source->picture->snapshot, NULL, pid)
					    : NULL;

	return init && init->known & PIDNS_TASK_COMM ? init->comm : NULL;
}

static void key_command(const struct cell_source *source, struct sort_key *key)
{
	key->text = name_of_init(source);
	key->is_known = key->text != NULL;
}

/* ---- The view ---- */

static const struct field cpu = {
	.name = "cpu",
	.title = "CPU%",
	.width = 5,
	.rank = 2,
	.help = "CPU use of its processes",
};
static const struct field memory = {
	.name = "memory",
	.title = "MEM",
	.width = 5,
	.rank = 4,
	.help = "resident memory of its processes",
};
static const struct field command = {
	.name = "command",
	.title = "COMMAND",
	.width = 8,
	.help = "command of process 1, in the tree of namespaces",
};

enum {
	INO,
	LEVEL,
	REAPER,
	PROCESSES,
	THREADS,
	ZOMBIES,
	PIDS_USED,
	PIDS_MAX,
	CPU,
	MEMORY,
	OWNER,
	STATE,
	COMMAND,
	NR_COLUMNS
};

#define MOST(member) .most = offsetof(struct rows, member)
#define NUMBER	     COLUMN_RIGHT
#define AMOUNT	     (COLUMN_RIGHT | COLUMN_BIG_FIRST)

static const struct column columns[NR_COLUMNS] = {
	[INO] = {&ns_fields[NS_INO], .flags = NUMBER, MOST(max_ino)},
	[LEVEL] = {&ns_fields[NS_LEVEL], .flags = NUMBER, MOST(max_level)},
	[REAPER] = {&ns_fields[NS_REAPER], .flags = NUMBER, MOST(max_pid)},
	[PROCESSES] = {&ns_fields[NS_PROCESSES], &ns_fields[NS_PROCESSES_BELOW], .flags = AMOUNT,
		       MOST(max_count)},
	[THREADS] = {&ns_fields[NS_THREADS], &ns_fields[NS_THREADS_BELOW], .flags = AMOUNT,
		     MOST(max_count)},
	[ZOMBIES] = {&ns_fields[NS_ZOMBIES], &ns_fields[NS_ZOMBIES_BELOW], .flags = AMOUNT,
		     MOST(max_zombies), .fill = fill_zombies},
	/* Beside the digits there are "+" and the brackets of the bar. */
	[PIDS_USED] = {&ns_fields[NS_PIDS_USED], .flags = AMOUNT, .ns_fields = PIDNS_NS_PIDS_MAX,
		       MOST(max_used), .more = 3, .fill = fill_pids_used},
	[PIDS_MAX] = {&ns_fields[NS_PIDS_MAX], .flags = AMOUNT, MOST(max_pids_max)},
	[CPU] = {&cpu, .flags = AMOUNT, .task_fields = PIDNS_TASK_CPU | PIDNS_TASK_START,
		 .fill = fill_cpu, .key = key_cpu},
	[MEMORY] = {&memory, .flags = AMOUNT, .task_fields = PIDNS_TASK_RSS, .fill = fill_memory,
		    .key = key_memory},
	[OWNER] = {&ns_fields[NS_OWNER_UID], .flags = COLUMN_USER, MOST(max_owner)},
	[STATE] = {&ns_fields[NS_STATE], .fill = fill_state},
	[COMMAND] = {&command, .flags = COLUMN_REST | COLUMN_OF_SCREEN,
		     .ns_fields = PIDNS_NS_REAPER | PIDNS_NS_STATE, .task_fields = PIDNS_TASK_COMM,
		     .fill = fill_command, .key = key_command},
};

static size_t words_of(const struct cell_source *source, char *out, size_t size)
{
	const struct pidns_ns *ns = source->row->ns;
	const char *name = name_of_init(source);

	return (size_t)snprintf(out, size, "%" PRIu64 " %d %s %s",
				ns->known & PIDNS_NS_INO ? ns->ino : 0, reaper_of(source->row),
				is_unwell(ns) ? state_of(ns) : "", name ? name : "");
}

const struct view view_namespaces = {
	.title = "NAMESPACES",
	.columns = columns,
	.nr_columns = NR_COLUMNS,
	.sorted_by = INO,
	.number = INO,
	.cpu = CPU,
	.memory = MEMORY,
	.time = NR_COLUMNS,
	.ns_fields = PIDNS_NS_INO | PIDNS_NS_COOKIE | PIDNS_NS_PARENT | PIDNS_NS_REAPER_START |
		     PIDNS_NS_PROCESSES | PIDNS_NS_STATE,
	.words = words_of,
	.pid = reaper_of,
};
