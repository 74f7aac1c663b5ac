// SPDX-License-Identifier: LGPL-2.1-or-later
/* pins.c - the annotator that says what keeps a namespace alive. */
#include "pins.h"
#include "base/proc.h"
#include "core/snapshot.h"
#include "base/util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More would not help: each has to be looked at by a person. */
#define SUSPECTS_MAX 16

int pins_note(struct pins *p, const struct pidns_ns *ns, const struct pidns_pin *pin)
{
	if (util_grow(&p->found, &p->room_found, p->nr_found, sizeof(*p->found)) < 0)
		return -ENOMEM;
	p->found[p->nr_found++] = (struct found){ns, *pin};
	return 0;
}

int pins_suspect(struct pins *p, const struct pidns_pin *pin)
{
	if (p->nr_suspects == SUSPECTS_MAX)
		return 0;
	if (util_grow(&p->suspects, &p->room_suspects, p->nr_suspects, sizeof(*p->suspects)) < 0)
		return -ENOMEM;
	p->suspects[p->nr_suspects++] = *pin;
	return 0;
}

int pins_hindered(struct pins *p, int32_t pid, int error)
{
	if (error == -ENOMEM)
		return error;
	/* It has vanished, or is a zombie, which has no files and no mounts. */
	if (error == -ENOENT || error == -ESRCH || error == -EINVAL)
		return 0;
	/* One may refuse several things, one after the other. */
	if (p->refused.count && p->refused_last == pid)
		return 0;
	p->refused_last = pid;
	if (!p->refused.count++)
		p->refused.pid = pid;
	return 0;
}

/* ---- what the snapshot shows ------------------------------------------------------------------ */

static int note_tasks(struct pins *p, const struct pidns_ns *ns)
{
	struct pidns_pin living = {.kind = PIDNS_PIN_TASK};
	const struct pidns_task *const *list;
	size_t nr = pidns_ns_tasks(ns, &list);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < nr; i++) {
		if (list[i]->tid != list[i]->pid)
			continue;
		if (pidns_task_is_zombie(list[i])) {
			r = pins_note(p, ns,
				      &(struct pidns_pin){.kind = PIDNS_PIN_ZOMBIE,
							  .pid = list[i]->pid,
							  .parent = list[i]->ppid,
							  .count = 1});
		} else if (!living.count++) {
			living.pid = list[i]->pid;
		}
	}
	return r < 0 || !living.count ? r : pins_note(p, ns, &living);
}

static int note_for_children(struct pins *p)
{
	const struct pidns_task *const *list;
	size_t nr = pidns_snapshot_tasks(p->a->snapshot, &list);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < nr; i++)
		if (list[i]->known & PIDNS_TASK_NS_FOR_CHILDREN && list[i]->ns_for_children)
			r = pins_note(p, list[i]->ns_for_children,
				      &(struct pidns_pin){.kind = PIDNS_PIN_FOR_CHILDREN,
							  .pid = list[i]->pid,
							  .count = 1});
	return r;
}

/* Each namespace holds the one it is in, kernel/pid_namespace.c. */
static int note_picture(struct pins *p)
{
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(p->a->snapshot, &list);
	int r = note_for_children(p);

	for (size_t i = 0; r >= 0 && i < nr; i++) {
		const struct pidns_ns *parent = pidns_ns_parent(list[i]);

		r = note_tasks(p, list[i]);
		if (r >= 0 && parent && list[i]->known & PIDNS_NS_PARENT)
			r = pins_note(p, parent,
				      &(struct pidns_pin){.kind = PIDNS_PIN_DESCENDANT,
							  .ns = list[i],
							  .count = 1});
		if (list[i]->known & PIDNS_NS_STATE && list[i]->state == PIDNS_STATE_UNBORN)
			p->has_unborn = true;
	}
	return r;
}

/* ---- notes ----------------------------------------------------------------------------------- */

static uint32_t order_of(const struct pidns_ns *ns)
{
	return ((const struct ns_entry *)(const void *)ns)->order;
}

static int compare_paths(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : !b - !a;
}

/* What makes two pins of one namespace alike, 0 where they are. */
static int compare_groups(const struct found *a, const struct found *b)
{
	const struct pidns_pin *x = &a->pin, *y = &b->pin;

	if (a->ns != b->ns)
		return order_of(a->ns) < order_of(b->ns) ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	switch (x->kind) {
	case PIDNS_PIN_DESCENDANT:
		return 0;
	case PIDNS_PIN_ZOMBIE:
		return (x->parent > y->parent) - (x->parent < y->parent);
	case PIDNS_PIN_BIND:
	case PIDNS_PIN_PROCFS:
		return compare_paths(x->path, y->path);
	default:
		return (x->pid > y->pid) - (x->pid < y->pid);
	}
}

static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int r = compare_groups(x, y);

	if (!r && x->pin.ns != y->pin.ns)
		return order_of(x->pin.ns) < order_of(y->pin.ns) ? -1 : 1;
	if (!r)
		r = (x->pin.pid > y->pin.pid) - (x->pin.pid < y->pin.pid);
	return r ? r : (x->pin.fd > y->pin.fd) - (x->pin.fd < y->pin.fd);
}

/* One of each group remains, the first, and counts the others. */
static void sort_and_merge(struct pins *p)
{
	size_t kept = 0;

	if (p->nr_found)
		qsort(p->found, p->nr_found, sizeof(*p->found), compare_found);
	for (size_t i = 0; i < p->nr_found; i++) {
		if (kept && !compare_groups(&p->found[kept - 1], &p->found[i]))
			p->found[kept - 1].pin.count += p->found[i].pin.count;
		else
			p->found[kept++] = p->found[i];
	}
	p->nr_found = kept;
}

/* That the snapshot has all tasks of its world, so that nothing said of none is a guess. */
static bool has_all_tasks(const struct pins *p)
{
	return !(pidns_snapshot_flags(p->a->snapshot) & PIDNS_SNAPSHOT_SUBSET);
}

static bool is_lived_in(const struct found *found, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (found[i].pin.kind == PIDNS_PIN_TASK || found[i].pin.kind == PIDNS_PIN_ZOMBIE ||
		    found[i].pin.kind == PIDNS_PIN_DESCENDANT)
			return true;
	return false;
}

static const struct pidns_pin *store(struct pins *p, const struct pidns_pin *pin)
{
	struct pidns_pin *copy = annotate_store(p->a, sizeof(*copy));

	if (copy)
		*copy = *pin;
	return copy;
}

/*
 * Who lives in a namespace keeps it, and there what else does matters little. Of any other, it
 * matters that a process could not be inspected; and where nothing at all was found that keeps it,
 * something does that cannot be seen, of which the suspects are all that can be told.
 */
static size_t add_unseen(struct pins *p, const struct pidns_pin **list, const struct found *found,
			 size_t nr)
{
	static const struct pidns_pin bare = {.kind = PIDNS_PIN_UNSEEN, .count = 1};
	size_t added = 0;

	if (is_lived_in(found, nr) || !has_all_tasks(p))
		return 0;
	if (!nr)
		for (size_t i = 0; i < p->nr_suspects; i++)
			list[added++] = &p->suspects[i];
	if (p->refused.count)
		list[added++] = &p->refused;
	else if (!nr && (!added || p->nr_suspects == SUSPECTS_MAX))
		list[added++] = &bare;
	return added;
}

static int write_notes(struct pins *p, const struct pidns_ns *ns, const struct found *found,
		       size_t nr)
{
	struct pidns_notes *notes = annotate_notes(p->a, ns);
	const struct pidns_pin **list =
		annotate_store(p->a, (nr + SUSPECTS_MAX + 2) * sizeof(*list));
	const struct pidns_pin *unseen[SUSPECTS_MAX + 2];
	size_t nr_unseen = add_unseen(p, unseen, found, nr), i;

	if (!notes || !list)
		return -ENOMEM;
	for (i = 0; i < nr + nr_unseen; i++) {
		list[i] = store(p, i < nr ? &found[i].pin : unseen[i - nr]);
		if (!list[i])
			return -ENOMEM;
	}
	notes->pins = list;
	notes->nr_pins = (uint32_t)(nr + nr_unseen);
	notes->known |= PIDNS_NOTE_PINS;
	return 0;
}

static int write_all(struct pins *p)
{
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(p->a->snapshot, &list), at = 0, end, i;
	int r = 0;

	sort_and_merge(p);
	for (i = 0; r >= 0 && i < nr; i++, at = end) {
		for (end = at; end < p->nr_found && p->found[end].ns == list[i];)
			end++;
		if (annotate_is_meant(p->a, list[i]))
			r = write_notes(p, list[i], p->found + at, end - at);
	}
	return r;
}

int annotate_pins(struct annotation *a)
{
	struct pins p = {.a = a, .refused.kind = PIDNS_PIN_UNSEEN};
	int r = note_picture(&p);

	if (r >= 0)
		r = pins_mounts_begin(&p);
	if (r >= 0)
		r = pins_scan(&p);
	if (p.is_cut || p.mounts.is_cut) {
		a->snapshot->cannot_see |= PIDNS_UNSEEN_PINS;
		a->snapshot->flags |= PIDNS_SNAPSHOT_PARTIAL;
	}
	if (r >= 0)
		r = write_all(&p);
	pins_mounts_end(&p);
	free(p.found);
	free(p.suspects);
	return r;
}
