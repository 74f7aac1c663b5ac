// SPDX-License-Identifier: GPL-2.0-or-later
/* note.c - the notes on a namespace, as text and as JSON. */
#include "note.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/findings.h"
#include "common/limit.h"
#include "field.h"
#include "json.h"
#include "out.h"

/* As many digits of an id as tell it from others. */
#define ID_SHOWN 12

bool note_has(const struct pidns_ns *ns, uint64_t bit)
{
	return ns->known & PIDNS_NS_NOTES && ns->notes->known & bit;
}

const struct pidns_container *note_container(const struct pidns_ns *ns)
{
	return note_has(ns, PIDNS_NOTE_CONTAINER) ? ns->notes->container : NULL;
}

size_t note_limits(const struct pidns_ns *ns, const struct pidns_limit *const **ret_list)
{
	bool has = note_has(ns, PIDNS_NOTE_LIMITS);

	*ret_list = has ? ns->notes->limits : NULL;
	return has ? ns->notes->nr_limits : 0;
}

const struct pidns_limit *note_nearest(const struct pidns_limit *const *limits, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (limits[i]->is_fork || limit_is_full(limits[i]))
			return limits[i];
	return NULL;
}

uint64_t note_count_pins(const struct pidns_ns *ns)
{
	uint64_t count = 0;

	for (uint32_t i = 0; note_has(ns, PIDNS_NOTE_PINS) && i < ns->notes->nr_pins; i++)
		count += ns->notes->pins[i]->count;
	return count;
}

const char *note_container_name(const struct pidns_container *container, size_t *ret_len)
{
	const char *name = container->name ? container->name : container->id;

	if (!name)
		name = container->runtime ? container->runtime : "";
	*ret_len = strlen(name);
	if (name == container->id && *ret_len > ID_SHOWN)
		*ret_len = ID_SHOWN;
	return name;
}

size_t note_container_label(const struct pidns_container *container, char label[NOTE_LABEL_MAX])
{
	bool is_runtime = !container->name && !container->id;
	size_t len;
	const char *name = note_container_name(container, &len);
	int n = snprintf(label, NOTE_LABEL_MAX, "%s%.*s%s", is_runtime ? "(" : "", (int)len, name,
			 is_runtime ? ")" : "");

	if (container->is_users && n > 0 && n < NOTE_LABEL_MAX)
		n += snprintf(label + n, NOTE_LABEL_MAX - (size_t)n, " (uid %" PRIu32 ")",
			      container->owner_uid);
	return n < NOTE_LABEL_MAX ? (size_t)n : NOTE_LABEL_MAX - 1;
}

static const char *name_of_limit(const struct pidns_limit *limit)
{
	const char *name = pidns_limit_name(limit->kind);

	return name ? name : "other";
}

static const char *name_of_pin(const struct pidns_pin *pin)
{
	const char *name = pidns_pin_name(pin->kind);

	return name ? name : "other";
}

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
	fputs_unlocked(name_of_limit(limit), file);
	if (!(limit->known & (PIDNS_LIMIT_USED | PIDNS_LIMIT_MAX)))
		return;
	putc_unlocked(':', file);
	put_amount(file, limit->known & PIDNS_LIMIT_USED, limit->used);
	putc_unlocked('/', file);
	put_amount(file, limit->known & PIDNS_LIMIT_MAX, limit->max);
}

void note_put_nearness(FILE *file, const struct value *value)
{
	const struct pidns_limit *limit = value->limit;

	fputs_unlocked(name_of_limit(limit), file);
	if (limit->known & PIDNS_LIMIT_USED && limit->known & PIDNS_LIMIT_MAX)
		fprintf(file, " %" PRIu64 "%%", limit_percent(limit));
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
		printf("%" PRIu32 ", who may make and name its cgroup\n", container->owner_uid);
	}
}

/* Of the unseen, a file is who might be it. */
static bool has_fd(const struct pidns_pin *pin)
{
	return pin->kind == PIDNS_PIN_FD || pin->kind == PIDNS_PIN_PIDFD ||
	       (pin->kind == PIDNS_PIN_UNSEEN && pin->fd > 0);
}

static const char *words_for_unseen(const struct pidns_pin *pin)
{
	if (pin->fd)
		return "something out of sight; perhaps a pidfd of a task that is gone, of";
	if (pin->path)
		return "something out of sight; perhaps a mounted procfs, where this is:";
	return pin->pid ? "something out of sight; perhaps of who does not show all:"
			: "something out of sight";
}

/* What there is to say about a pin beside its kind and who has it. */
static void print_pin(const struct pidns_pin *pin)
{
	printf("%-14s", name_of_pin(pin));
	if (pin->kind == PIDNS_PIN_UNSEEN)
		printf(" %s", words_for_unseen(pin));
	if (pin->ns && pin->ns->known & PIDNS_NS_INO)
		printf(" %" PRIu64, pin->ns->ino);
	if (pin->pid)
		printf(" %" PRId32, pin->pid);
	if (has_fd(pin))
		printf(" fd %" PRId32, pin->fd);
	if (pin->pid && pin->pid == getpid())
		printf(", this very pidns");
	if (pin->path) {
		putchar(' ');
		out_text(stdout, pin->path, strlen(pin->path));
	}
	if (pin->kind == PIDNS_PIN_ZOMBIE && pin->parent)
		printf(" to be reaped by %" PRId32, pin->parent);
	if (pin->count > 1)
		printf(" and %" PRIu64 " more", pin->count - 1);
	putchar('\n');
}

void note_print_pins(const struct pidns_pin *const *pins, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		print_label("pinned_by", i);
		print_pin(pins[i]);
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
		put_number(j, "fd", has_fd(pin) && pin->fd >= 0, (uint64_t)pin->fd);
		put_string(j, "path", pin->path);
		put_number(j, "ns", pin->ns && pin->ns->known & PIDNS_NS_INO,
			   pin->ns ? pin->ns->ino : 0);
		put_number(j, "parent", pin->parent > 0, (uint64_t)pin->parent);
		put_number(j, "count", true, pin->count);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static const char *name_of_sigchld(uint32_t sigchld)
{
	static const char *const names[] = {NULL, "default", "ignored", "handled"};

	return sigchld < sizeof(names) / sizeof(names[0]) ? names[sigchld] : NULL;
}

void note_json_zombie(struct json *j, const struct pidns_ns *ns)
{
	const struct pidns_zombie *zombie = note_has(ns, PIDNS_NOTE_ZOMBIE) ? ns->notes->zombie
									    : NULL;

	if (!zombie) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	put_number(j, "pid", true, (uint64_t)zombie->pid);
	put_number(j, "parent", zombie->parent > 0, (uint64_t)zombie->parent);
	put_number(j, "start_ns", zombie->start_ns, zombie->start_ns);
	put_string(j, "sigchld", name_of_sigchld(zombie->sigchld));
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
