// SPDX-License-Identifier: LGPL-2.1-or-later
/* feed-containers.c - which namespace is which container, kept between the snapshots of a feed. */
#include "feed.h"
#include "annotate/annotate.h"
#include "base/map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct kept {
	uint64_t ino;		       /* 0: the slot is free */
	struct pidns_container *found; /* with its texts behind it; NULL: it is not a container */
};

struct feed_containers {
	struct kept *list;
	size_t nr, room;
	struct map by_ino; /* index + 1 */
};

struct feed_containers *feed_containers_new(void)
{
	return calloc(1, sizeof(struct feed_containers));
}

struct feed_containers *feed_containers_free(struct feed_containers *c)
{
	size_t i;

	for (i = 0; c && i < c->nr; i++)
		free(c->list[i].found);
	if (c) {
		map_clear(&c->by_ino);
		free(c->list);
		free(c);
	}
	return NULL;
}

void feed_containers_forget(struct feed_containers *c, const struct pidns_ns *ns)
{
	uint32_t place = map_get(&c->by_ino, ns->ino);

	if (!place)
		return;
	free(c->list[place - 1].found);
	map_remove(&c->by_ino, ns->ino);
	/* The last takes its place. */
	if (place < c->nr) {
		c->list[place - 1] = c->list[c->nr - 1];
		map_put(&c->by_ino, c->list[place - 1].ino, place);
	}
	c->nr--;
}

/* Each of its texts. */
static const char **text_of(struct pidns_container *container, size_t i)
{
	const char **const texts[] = {&container->name, &container->id, &container->runtime,
				      &container->source, &container->pod};

	return i < ARRAY_SIZE(texts) ? texts[i] : NULL;
}

static size_t size_of_texts(const struct pidns_container *container)
{
	struct pidns_container copy = *container;
	const char **text;
	size_t size = 0, i;

	for (i = 0; (text = text_of(&copy, i)); i++)
		size += *text ? strlen(*text) + 1 : 0;
	return size;
}

/* Into memory that has room for it and its texts. */
static void copy_to(struct pidns_container *to, const struct pidns_container *from)
{
	char *at = (char *)(to + 1);
	const char **text;
	size_t i;

	*to = *from;
	for (i = 0; (text = text_of(to, i)); i++) {
		size_t size = *text ? strlen(*text) + 1 : 0;

		if (!size)
			continue;
		*text = memcpy(at, *text, size);
		at += size;
	}
}

static int keep(struct feed_containers *c, const struct pidns_ns *ns)
{
	const struct pidns_container *container = ns->notes->container;
	struct kept kept = {.ino = ns->ino};

	if (util_grow(&c->list, &c->room, c->nr, sizeof(*c->list)) < 0)
		return -ENOMEM;
	if (container) {
		kept.found = malloc(sizeof(*container) + size_of_texts(container));
		if (!kept.found)
			return -ENOMEM;
		copy_to(kept.found, container);
	}
	if (map_put(&c->by_ino, ns->ino, (uint32_t)c->nr + 1) < 0) {
		free(kept.found);
		return -ENOMEM;
	}
	c->list[c->nr++] = kept;
	return 0;
}

static bool has_note(const struct pidns_ns *ns)
{
	return ns->known & PIDNS_NS_NOTES && ns->notes->known & PIDNS_NOTE_CONTAINER;
}

int feed_containers_keep(struct feed_containers *c, const struct pidns_snapshot *snapshot)
{
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(snapshot, &list), i;
	int r = 0;

	for (i = 0; r >= 0 && i < nr; i++)
		if (list[i]->ino && has_note(list[i])) {
			feed_containers_forget(c, list[i]);
			r = keep(c, list[i]);
		}
	return r;
}

/* Of a namespace that this snapshot of a few records has. */
static int note(struct annotation *a, const struct pidns_ns *ns, const struct kept *kept)
{
	struct pidns_notes *notes = annotate_notes(a, ns);
	struct pidns_container *copy;

	if (!notes)
		return -ENOMEM;
	notes->known |= PIDNS_NOTE_CONTAINER;
	if (!kept->found)
		return 0;
	copy = annotate_store(a, sizeof(*copy) + size_of_texts(kept->found));
	if (!copy)
		return -ENOMEM;
	copy_to(copy, kept->found);
	notes->container = copy;
	return 0;
}

int feed_containers_note(struct feed_containers *c, struct pidns_snapshot *snapshot, bool may_ask)
{
	struct annotation a = {.snapshot = snapshot, .procfs = -1, .root = -1};
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(snapshot, &list), i;
	bool is_missed = false;
	int r = 0;

	for (i = 0; i < nr; i++)
		is_missed = is_missed || !map_get(&c->by_ino, list[i]->ino);
	if (is_missed && may_ask) {
		r = annotate(snapshot, -1, PIDNS_TAKE_CONTAINERS, 0);
		return r < 0 ? r : feed_containers_keep(c, snapshot);
	}
	for (i = 0; r >= 0 && i < nr; i++) {
		uint32_t place = map_get(&c->by_ino, list[i]->ino);

		if (place)
			r = note(&a, list[i], &c->list[place - 1]);
	}
	return r;
}
