// SPDX-License-Identifier: LGPL-2.1-or-later
/* builder-extra.c - what annotators would otherwise have to look for again. */
#include "builder-internal.h"

#include <errno.h>

void builder_know_holders(struct builder *b)
{
	b->s->knows_holders = true;
}

int builder_add_holder(struct builder *b, const struct holder *holder)
{
	struct pidns_snapshot *s = b->s;

	if (util_grow(&s->holders, &b->room_holders, s->nr_holders, sizeof(*s->holders)) < 0)
		return -ENOMEM;
	s->holders[s->nr_holders++] = *holder;
	return 0;
}

int builder_add_task_namespaces(struct builder *b, const struct task_namespaces *of)
{
	struct pidns_snapshot *s = b->s;

	if (util_grow(&s->task_namespaces, &b->room_task_namespaces, s->nr_task_namespaces,
		      sizeof(*s->task_namespaces)) < 0)
		return -ENOMEM;
	s->task_namespaces[s->nr_task_namespaces++] = *of;
	return 0;
}

int builder_add_extra(struct builder *b, const struct task_extra *extra)
{
	struct pidns_snapshot *s = b->s;

	if (util_grow(&s->extras, &b->room_extras, s->nr_extras, sizeof(*s->extras)) < 0)
		return -ENOMEM;
	s->extras[s->nr_extras++] = *extra;
	return 0;
}
