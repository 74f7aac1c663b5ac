// SPDX-License-Identifier: GPL-2.0-or-later
/* note.c - the notes on a namespace, as text and as JSON. */
#include "note.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/findings.h"
#include "json.h"
#include "out.h"
#include "common/describe.h"

/* ---- text ------------------------------------------------------------------------------------ */

static void put_amount(FILE *file, bool is_known, uint64_t amount)
{
	if (is_known)
		out_number(file, amount);
	else
		putc_unlocked('-', file);
}

void note_put_limit(FILE *file, const struct pidns_limit *limit)
{
	fputs_unlocked(describe_limit_name(limit), file);
	if (!(limit->known & (PIDNS_LIMIT_USED | PIDNS_LIMIT_MAX)))
		return;
	putc_unlocked(':', file);
	put_amount(file, limit->known & PIDNS_LIMIT_USED, limit->used);
	putc_unlocked('/', file);
	put_amount(file, limit->known & PIDNS_LIMIT_MAX, limit->max);
}

void note_print_finding(const struct finding *finding)
{
	out_text(stdout, finding->message, strlen(finding->message));
	fputs(": ", stdout);
	out_text(stdout, finding->remedy, strlen(finding->remedy));
	putchar('\n');
}

/* A line of a list under its name: what comes after the first is indented as far. */
static void print_label(const char *label, size_t i)
{
	printf("%-16s ", i ? "" : label);
}

void note_print_container(const struct pidns_container *container)
{
	const struct {
		const char *label, *text;
	} lines[] = {
		{"container_id", container->id},
		{"runtime", container->runtime},
		{"pod", container->pod},
		{"known_by", container->source},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!lines[i].text)
			continue;
		print_label(lines[i].label, 0);
		out_text(stdout, lines[i].text, strlen(lines[i].text));
		putchar('\n');
	}
	if (container->is_users) {
		print_label("owner_uid", 0);
		printf("%" PRIu32 "; this user can create and name the cgroup\n",
		       container->owner_uid);
	}
}

void note_print_pins(const struct pidns_pin *const *pins, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		_cleanup_free_ char *text = describe_pin(pins[i]);

		print_label("pinned_by", i);
		printf("%-14s", describe_pin_name(pins[i]));
		if (text)
			out_text(stdout, text, strlen(text));
		putchar('\n');
	}
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* Any user may hold a namespace in very many ways. */
#define FINDING_PINS_MAX 64

/* The parts of NAMESPACE/POD; null where it is not known to have them. */
static void put_pod(struct json *j, const char *pod)
{
	const char *slash = pod ? strchr(pod, '/') : NULL;

	json_item(j, "pod_namespace");
	if (slash)
		json_text(j, pod, (size_t)(slash - pod));
	else
		json_null(j);
	json_string_item(j, "pod_name", slash ? slash + 1 : NULL);
}

void note_json_container(struct json *j, const struct pidns_container *container)
{
	json_open(j, '{');
	json_string_item(j, "name", container->name);
	json_string_item(j, "id", container->id);
	json_string_item(j, "runtime", container->runtime);
	json_string_item(j, "source", container->source);
	json_string_item(j, "pod", container->pod);
	put_pod(j, container->pod);
	json_number_item(j, "owner_uid", container->is_users, container->owner_uid);
	json_close(j, '}');
}

void note_json_pins(struct json *j, const struct pidns_pin *const *pins, size_t nr)
{
	json_open(j, '[');
	for (size_t i = 0; i < nr; i++) {
		const struct pidns_pin *pin = pins[i];
		json_item(j, NULL);
		json_open(j, '{');
		json_string_item(j, "kind", pidns_pin_name(pin->kind));
		json_number_item(j, "pid", pin->pid > 0, (uint64_t)pin->pid);
		json_number_item(j, "fd", describe_pin_has_fd(pin) && pin->fd >= 0,
				 (uint64_t)pin->fd);
		json_string_item(j, "path", pin->path);
		json_number_item(j, "ns", pin->ns && pin->ns->known & PIDNS_NS_INO,
				 pin->ns ? pin->ns->ino : 0);
		json_number_item(j, "parent", pin->parent > 0, (uint64_t)pin->parent);
		json_number_item(j, "count", true, pin->count);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void note_json_zombie(struct json *j, const struct pidns_ns *ns)
{
	const struct pidns_zombie *zombie = describe_has(ns, PIDNS_NOTE_ZOMBIE) ? ns->notes->zombie
										: NULL;

	if (!zombie) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	json_number_item(j, "pid", true, (uint64_t)zombie->pid);
	json_number_item(j, "parent", zombie->parent > 0, (uint64_t)zombie->parent);
	json_number_item(j, "start_ns", zombie->start_ns, zombie->start_ns);
	json_string_item(j, "sigchld", describe_sigchld(zombie->sigchld));
	json_item(j, "parent_is_reaper");
	json_bool(j, zombie->parent_is_reaper);
	json_close(j, '}');
}

/* What keeps a namespace without a task that runs: the first of them, and how many there are. */
static void put_finding_pins(struct json *j, const struct finding *finding)
{
	bool is_known = finding_has_pins(finding);
	uint64_t count = 0;
	uint32_t nr = 0;

	json_item(j, "pins");
	if (is_known) {
		nr = finding->ns->notes->nr_pins;
		note_json_pins(j, finding->ns->notes->pins,
			       nr < FINDING_PINS_MAX ? nr : FINDING_PINS_MAX);
	} else {
		json_null(j);
	}
	for (uint32_t i = 0; i < nr; i++)
		count += finding->ns->notes->pins[i]->count;
	json_number_item(j, "pins_count", is_known, count);
}

void note_json_finding(struct json *j, const struct finding *finding)
{
	const struct pidns_ns *ns = finding->ns;

	json_open(j, '{');
	json_string_item(j, "kind", finding_name(finding->kind));
	json_number_item(j, "ns", ns->known & PIDNS_NS_INO, ns->ino);
	json_number_item(j, "reaper", ns->known & PIDNS_NS_REAPER && ns->reaper > 0,
			 (uint64_t)ns->reaper);
	json_number_item(j, "pid", finding->pid > 0, (uint64_t)finding->pid);
	json_number_item(j, "parent", finding->parent > 0, (uint64_t)finding->parent);
	json_number_item(j, "count", finding->count > 0, finding->count);
	json_string_item(j, "message", finding->message);
	json_string_item(j, "remedy", finding->remedy);
	put_finding_pins(j, finding);
	json_close(j, '}');
}
