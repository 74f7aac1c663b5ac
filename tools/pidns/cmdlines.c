// SPDX-License-Identifier: GPL-2.0-or-later
/* cmdlines.c - the command lines of a lot of tasks at a time. */
#include "cmdlines.h"

#include <stdlib.h>
#include <string.h>

#include "common/message.h"

void cmdlines_open(struct cmdlines *c, const struct pidns_ctx *ctx, const struct source *source)
{
	c->from = source_proc(source, c->proc);
	c->is_wanted = !source_is_recording(ctx);
}

static void forget(struct cmdlines *c)
{
	for (size_t i = 0; i < CMDLINES_MAX; i++) {
		free(c->texts[i]);
		c->texts[i] = NULL;
	}
}

void cmdlines_close(struct cmdlines *c)
{
	forget(c);
	c->helper = cmdline_close(c->helper);
}

/* Each argument ends in NUL: the last one's goes, the others become spaces, as ps(1) has them. */
static void got(void *arg, size_t i, const char *bytes, size_t len)
{
	struct cmdlines *c = arg;
	char *text = malloc(len + 1);

	if (!text)
		return;
	memcpy(text, bytes, len);
	while (len && !text[len - 1])
		len--;
	for (size_t k = 0; k < len; k++)
		if (!text[k])
			text[k] = ' ';
	free(c->texts[i]);
	c->texts[i] = text;
	c->lens[i] = len;
}

void cmdlines_ask(struct cmdlines *c, const struct pidns_task *const *lot, size_t nr)
{
	struct cmdline_query queries[CMDLINES_MAX];
	int r = 0;

	forget(c);
	if (!c->is_wanted)
		return;
	for (size_t i = 0; i < nr; i++) {
		queries[i].pid = lot[i]->tid;
		queries[i].start_ns = lot[i]->known & PIDNS_TASK_START ? lot[i]->start_ns : 0;
	}
	if (!c->helper)
		r = cmdline_open(c->from, 0, &c->helper);
	if (r >= 0)
		r = cmdline_ask(c->helper, queries, nr, got, c);
	if (r >= 0)
		return;
	message("no more command lines: %s", strerror(-r));
	c->is_wanted = false;
}

const char *cmdlines_get(const struct cmdlines *c, size_t i, size_t *ret_len)
{
	*ret_len = c->lens[i];
	return c->texts[i];
}
