// SPDX-License-Identifier: GPL-2.0-or-later
/* cells-name.c - what a namespace is called, and where it stands in the tree. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cells.h"
#include "common/describe.h"
#include "noted.h"
#include "pidns-top/rows/text.h"

void cell_print(struct cell *cell, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(cell->text, sizeof(cell->text), format, args);
	va_end(args);
}

void cell_unknown(struct cell *cell)
{
	cell_print(cell, "-");
}

void cell_to_come(struct cell *cell)
{
	cell_print(cell, "%s", text_is_utf8() ? "…" : ".");
}

void cell_name(struct cell *cell, const char *name)
{
	text_clean(name, strlen(name), cell->text, sizeof(cell->text));
}

/* "│  ├─ ", no more than half of the column's width: of a deeper tree, the levels nearest to the row. */
size_t cells_tree(const struct cell_source *source, char *out, size_t size)
{
	static const char *const art[2][4] = {{"| ", "  ", "|-", "`-"}, {"│ ", "  ", "├─", "└─"}};
	const char *const *piece = art[text_is_utf8()];
	const struct row *row = source->row;
	uint32_t first = 1, levels = source->width / 4;
	size_t len = 0;

	out[0] = '\0';
	if (!app_is_tree(source->app))
		return 0;
	if (source->width && row->depth > levels)
		first = row->depth - levels + 1;
	for (uint32_t i = first; i <= row->depth && len + 32 < size; i++) {
		bool goes_on = i < 64 && row->lines >> i & 1;
		const char *text = piece[(i == row->depth ? 2 : 0) + (goes_on ? 0 : 1)];

		len += (size_t)snprintf(out + len, size - len, "%s",
					source->app->is_plain ? "  " : text);
	}
	if (row->is_folded)
		len += (size_t)snprintf(out + len, size - len, "+ ");
	return len;
}

static const struct pidns_task *init_of(const struct sample *sample, const struct pidns_ns *ns)
{
	const struct pidns_task *init = NULL, *detail;

	if (!(ns->known & PIDNS_NS_REAPER) || ns->reaper <= 0)
		return NULL;
	init = pidns_task_find(sample->snapshot, NULL, ns->reaper);
	if (init && init->known & PIDNS_TASK_COMM)
		return init;
	detail = details_task(sample->details, ns->reaper);
	return detail && detail->known & PIDNS_TASK_COMM ? detail : NULL;
}

/* The top of what is seen is the machine, where it is that of all. */
static bool is_host(const struct pidns_ns *ns)
{
	return ns->known & PIDNS_NS_LEVEL && ns->level == 0;
}

static size_t raw_name(const struct sample *sample, const struct pidns_ns *ns, char *out,
		       size_t size)
{
	const struct pidns_container *container = noted_container(&sample->noted, ns);
	const struct pidns_task *init = init_of(sample, ns);
	char label[DESCRIBE_LABEL_MAX];

	if (is_host(ns))
		return (size_t)snprintf(out, size, "host");
	if (container) {
		describe_container_label(container, label);
		return (size_t)snprintf(out, size, "%s", label);
	}
	if (init)
		return (size_t)snprintf(out, size, "%s", init->comm);
	if (!(ns->known & PIDNS_NS_INO))
		return (size_t)snprintf(out, size, "(namespace not known)");
	/* Its last digits tell it from its siblings; all of them are in another column. */
	return (size_t)snprintf(out, size, "%s%04" PRIu64, text_is_utf8() ? "…" : "..",
				ns->ino % 10000);
}

void cells_ns_name(const struct sample *sample, const struct pidns_ns *ns, char *out, size_t size)
{
	const char *state = ns->known & PIDNS_NS_STATE && ns->state != PIDNS_STATE_ALIVE
				    ? pidns_state_name(ns->state)
				    : NULL;
	char name[DESCRIBE_LABEL_MAX * 2];
	int len = state ? snprintf(out, size, "(%s) ", state) : 0;

	raw_name(sample, ns, name, sizeof(name));
	text_clean(name, strlen(name), out + len, size - (size_t)len);
}

static enum style style_of_state(const struct pidns_ns *ns)
{
	if (!(ns->known & PIDNS_NS_STATE) || ns->state == PIDNS_STATE_ALIVE)
		return STYLE_TEXT;
	return ns->state == PIDNS_STATE_DEAD ? STYLE_ALARM : STYLE_WARNING;
}

void cells_fill_name(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_ns *ns = source->row->ns;
	size_t tree = cells_tree(source, cell->text, sizeof(cell->text));

	cell->faint = tree;
	cell->style = source->row->is_context ? STYLE_FAINT : style_of_state(ns);
	cells_ns_name(source->sample, ns, cell->text + tree, sizeof(cell->text) - tree);
}

size_t cells_name_width(const struct cell_source *source)
{
	char name[NAME_SIZE];

	cells_ns_name(source->sample, source->row->ns, name, sizeof(name));
	return text_width(name) + (source->app->is_tree ? source->row->depth * 2 : 0) +
	       (source->row->is_folded ? 2 : 0);
}

/* Borrowed from the notes or the snapshot. */
void cells_key_name(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_ns *ns = source->row->ns;
	const struct pidns_container *container = noted_container(&source->sample->noted, ns);
	const struct pidns_task *init = init_of(source->sample, ns);
	size_t len;

	if (is_host(ns))
		key->text = "host";
	else if (container)
		key->text = describe_container_name(container, &len);
	else
		key->text = init ? init->comm : NULL;
	key->is_known = key->text != NULL;
}
