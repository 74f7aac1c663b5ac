// SPDX-License-Identifier: GPL-2.0-or-later
/* note.c - the notes on a namespace, as text and as JSON. */
#include "note.h"

#include <inttypes.h>
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

static void put_string(struct json *j, const char *key, const char *text)
{
	json_item(j, key);
	json_string(j, text);
}

static void put_number(struct json *j, const char *key, bool is_known, uint64_t number)
{
	json_item(j, key);
	if (is_known)
		json_number(j, number);
	else
		json_null(j);
}

/* The parts of NAMESPACE/POD; null where it is not known to have them. */
static void put_pod(struct json *j, const char *pod)
{
	const char *slash = pod ? strchr(pod, '/') : NULL;

	json_item(j, "pod_namespace");
	if (slash)
		json_text(j, pod, (size_t)(slash - pod));
	else
		json_null(j);
	put_string(j, "pod_name", slash ? slash + 1 : NULL);
}

void note_json_container(struct json *j, const struct pidns_container *container)
{
	json_open(j, '{');
	put_string(j, "name", container->name);
	put_string(j, "id", container->id);
	put_string(j, "runtime", container->runtime);
	put_string(j, "source", container->source);
	put_string(j, "pod", container->pod);
	put_pod(j, container->pod);
	put_number(j, "owner_uid", container->is_users, container->owner_uid);
	json_close(j, '}');
}

void note_json_pins(struct json *j, const struct pidns_pin *const *pins, size_t nr)
{
	json_open(j, '[');
	for (size_t i = 0; i < nr; i++) {
		const struct pidns_pin *pin = pins[i];
		json_item(j, NULL);
		json_open(j, '{');
		put_string(j, "kind", pidns_pin_name(pin->kind));
		put_number(j, "pid", pin->pid > 0, (uint64_t)pin->pid);
		put_number(j, "fd", describe_pin_has_fd(pin) && pin->fd >= 0, (uint64_t)pin->fd);
		put_string(j, "path", pin->path);
		put_number(j, "ns", pin->ns && pin->ns->known & PIDNS_NS_INO,
			   pin->ns ? pin->ns->ino : 0);
		put_number(j, "parent", pin->parent > 0, (uint64_t)pin->parent);
		put_number(j, "count", true, pin->count);
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
	put_number(j, "pid", true, (uint64_t)zombie->pid);
	put_number(j, "parent", zombie->parent > 0, (uint64_t)zombie->parent);
	put_number(j, "start_ns", zombie->start_ns, zombie->start_ns);
	put_string(j, "sigchld", describe_sigchld(zombie->sigchld));
	json_item(j, "parent_is_reaper");
	json_bool(j, zombie->parent_is_reaper);
	json_close(j, '}');
}

void note_json_finding(struct json *j, const struct finding *finding)
{
	const struct pidns_ns *ns = finding->ns;

	json_open(j, '{');
	put_string(j, "kind", finding_name(finding->kind));
	put_number(j, "ns", ns->known & PIDNS_NS_INO, ns->ino);
	put_number(j, "reaper", ns->known & PIDNS_NS_REAPER && ns->reaper > 0,
		   (uint64_t)ns->reaper);
	put_number(j, "pid", finding->pid > 0, (uint64_t)finding->pid);
	put_number(j, "parent", finding->parent > 0, (uint64_t)finding->parent);
	put_number(j, "count", finding->count > 0, finding->count);
	put_string(j, "message", finding->message);
	put_string(j, "remedy", finding->remedy);
	json_close(j, '}');
}
