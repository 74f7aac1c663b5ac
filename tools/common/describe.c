// SPDX-License-Identifier: GPL-2.0-or-later
/* describe.c - the notes on a namespace, and the words for them. */
#include "describe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "limit.h"
#include "remedy.h"

#include "limit.h"

/* As many digits of an id as tell it from others. */
#define ID_SHOWN 12

bool describe_has(const struct pidns_ns *ns, uint64_t bit)
{
	return ns->known & PIDNS_NS_NOTES && ns->notes->known & bit;
}

const struct pidns_container *describe_container(const struct pidns_ns *ns)
{
	return describe_has(ns, PIDNS_NOTE_CONTAINER) ? ns->notes->container : NULL;
}

size_t describe_limits(const struct pidns_ns *ns, const struct pidns_limit *const **ret_list)
{
	bool has = describe_has(ns, PIDNS_NOTE_LIMITS);

	*ret_list = has ? ns->notes->limits : NULL;
	return has ? ns->notes->nr_limits : 0;
}

const struct pidns_limit *describe_nearest(const struct pidns_limit *const *limits, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (limits[i]->is_fork || limit_is_full(limits[i]))
			return limits[i];
	return NULL;
}

uint64_t describe_count_pins(const struct pidns_ns *ns)
{
	uint64_t count = 0;

	for (uint32_t i = 0; describe_has(ns, PIDNS_NOTE_PINS) && i < ns->notes->nr_pins; i++)
		count += ns->notes->pins[i]->count;
	return count;
}

const char *describe_container_name(const struct pidns_container *container, size_t *ret_len)
{
	const char *name = container->name ? container->name : container->id;

	if (!name)
		name = container->runtime ? container->runtime : "";
	*ret_len = strlen(name);
	if (name == container->id && *ret_len > ID_SHOWN)
		*ret_len = ID_SHOWN;
	return name;
}

size_t describe_container_label(const struct pidns_container *container,
				char label[DESCRIBE_LABEL_MAX])
{
	bool is_runtime = !container->name && !container->id;
	size_t len;
	const char *name = describe_container_name(container, &len);
	int n = snprintf(label, DESCRIBE_LABEL_MAX, "%s%.*s%s", is_runtime ? "(" : "", (int)len,
			 name, is_runtime ? ")" : "");

	if (container->is_users && n > 0 && n < DESCRIBE_LABEL_MAX)
		n += snprintf(label + n, DESCRIBE_LABEL_MAX - (size_t)n, " (uid %" PRIu32 ")",
			      container->owner_uid);
	return n < DESCRIBE_LABEL_MAX ? (size_t)n : DESCRIBE_LABEL_MAX - 1;
}

const char *describe_limit_name(const struct pidns_limit *limit)
{
	const char *name = pidns_limit_name(limit->kind);

	return name ? name : "other";
}

const char *describe_pin_name(const struct pidns_pin *pin)
{
	const char *name = pidns_pin_name(pin->kind);

	return name ? name : "other";
}

/* ---- limits ---------------------------------------------------------------------------------- */

bool describe_is_at_least(const struct pidns_limit *limit)
{
	return limit->known & PIDNS_LIMIT_FLAGS && limit->flags & PIDNS_LIMIT_IS_AT_LEAST;
}

void describe_limit(const struct pidns_limit *limit, struct limit_words *ret)
{
	const char *error = limit_error_name(limit->error);

	*ret = (struct limit_words){
		.kind = describe_limit_name(limit),
		.error = error ? error : "-",
		.source = limit->source ? limit->source : "-",
		.used = "-",
		.max = "-",
		.percent = "-",
		.holders = limit->holders ? limit->holders : "",
	};
	if (limit->holders)
		snprintf(ret->in, sizeof(ret->in), "; %s ", limit_holders_words(limit));
	if (limit->known & PIDNS_LIMIT_USED)
		snprintf(ret->used, sizeof(ret->used), "%s%" PRIu64,
			 describe_is_at_least(limit) ? ">=" : "", limit->used);
	if (limit->known & PIDNS_LIMIT_MAX)
		snprintf(ret->max, sizeof(ret->max), "%" PRIu64, limit->max);
	if (limit_has_share(limit))
		snprintf(ret->percent, sizeof(ret->percent), "%" PRIu64 " %%",
			 limit_percent(limit));
	if (limit->known & PIDNS_LIMIT_HITS && limit->hits)
		snprintf(ret->hits, sizeof(ret->hits), ", refused %" PRIu64 " so far", limit->hits);
}

/* ---- pins and zombies ------------------------------------------------------------------------ */

bool describe_pin_has_fd(const struct pidns_pin *pin)
{
	return pin->kind == PIDNS_PIN_FD || pin->kind == PIDNS_PIN_PIDFD ||
	       (pin->kind == PIDNS_PIN_UNSEEN && pin->fd > 0);
}

static const char *words_for_unseen(const struct pidns_pin *pin)
{
	if (pin->fd)
		return " unknown holder; possibly a pidfd of a process that has ended:";
	if (pin->path)
		return " unknown holder; possibly a mounted procfs:";
	return pin->pid ? " unknown holder; possibly a process that could not be inspected:"
			: " unknown holder";
}

char *describe_pin(const struct pidns_pin *pin)
{
	size_t len;
	char *text = NULL;
	FILE *file = open_memstream(&text, &len);
	bool is_ok;

	if (!file)
		return NULL;
	if (pin->kind == PIDNS_PIN_UNSEEN)
		fputs(words_for_unseen(pin), file);
	if (pin->ns && pin->ns->known & PIDNS_NS_INO)
		fprintf(file, " %" PRIu64, pin->ns->ino);
	if (pin->pid)
		fprintf(file, " PID %" PRId32 "%s", pin->pid,
			pin->pid == getpid() ? " (this process)" : "");
	if (describe_pin_has_fd(pin))
		fprintf(file, " fd %" PRId32, pin->fd);
	if (pin->path)
		fprintf(file, " %s", pin->path);
	if (pin->kind == PIDNS_PIN_ZOMBIE && pin->parent)
		fprintf(file, ", to be reaped by PID %" PRId32, pin->parent);
	if (pin->count > 1)
		fprintf(file, " and %" PRIu64 " more", pin->count - 1);
	is_ok = !ferror(file);
	if (fclose(file) == 0 && is_ok)
		return text;
	free(text);
	return NULL;
}

const char *describe_sigchld(uint32_t sigchld)
{
	static const char *const names[] = {NULL, "default", "ignored", "handled"};

	return sigchld < sizeof(names) / sizeof(names[0]) ? names[sigchld] : NULL;
}
