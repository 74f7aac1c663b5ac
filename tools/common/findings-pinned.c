// SPDX-License-Identifier: GPL-2.0-or-later
/* findings-pinned.c - namespaces without a task, and what keeps them. */
#include "findings-internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "limit.h"

#define OTHERS_MAX 3

/* Of several things that keep a namespace, the one to begin with: the least. */
static uint32_t order_of(const struct pidns_pin *pin)
{
	switch (pin->kind) {
	case PIDNS_PIN_FOR_CHILDREN:
		return 0;
	case PIDNS_PIN_UNSEEN:
		return UINT32_MAX;
	default:
		return pin->kind;
	}
}

/* Of several alike, the oldest process: others may have it open for a moment only. */
static bool comes_first(const struct pidns_snapshot *snapshot, const struct pidns_pin *pin,
			const struct pidns_pin *first)
{
	const struct pidns_task *x, *y;

	if (!first || order_of(pin) != order_of(first))
		return !first || order_of(pin) < order_of(first);
	x = pidns_task_find(snapshot, NULL, pin->pid);
	y = pidns_task_find(snapshot, NULL, first->pid);
	return x && y && x->known & y->known & PIDNS_TASK_START && x->start_ns < y->start_ns;
}

bool finding_has_pins(const struct finding *finding)
{
	return (finding->kind == FINDING_DEAD || finding->kind == FINDING_DYING ||
		finding->kind == FINDING_UNBORN) &&
	       finding->ns->known & PIDNS_NS_NOTES && finding->ns->notes->known & PIDNS_NOTE_PINS;
}

/* NULL: not known. *ret_more: how many others there are. */
static const struct pidns_pin *first_pin(const struct pidns_snapshot *snapshot,
					 const struct pidns_ns *ns, uint64_t *ret_more)
{
	const struct pidns_pin *first = NULL;
	uint64_t count = 0;

	if (!(ns->known & PIDNS_NS_NOTES) || !(ns->notes->known & PIDNS_NOTE_PINS))
		return NULL;
	for (uint32_t i = 0; i < ns->notes->nr_pins; i++) {
		const struct pidns_pin *pin = ns->notes->pins[i];

		if (comes_first(snapshot, pin, first))
			first = pin;
		if (pin->kind != PIDNS_PIN_UNSEEN)
			count += pin->count;
	}
	*ret_more = count ? count - 1 : 0;
	return first;
}

static void say_unseen(const struct pidns_pin *pin, const char *who, struct finding *ret)
{
	const size_t size = sizeof(ret->message);

	if (pin->fd)
		snprintf(ret->message, size,
			 "an unknown holder, possibly descriptor %" PRId32
			 " of %s, a pidfd of a process that has ended",
			 pin->fd, who);
	else if (pin->path)
		snprintf(ret->message, size, "an unknown holder, possibly the procfs at %s%s%s",
			 pin->path, pin->pid ? " of " : "", who);
	else if (pin->pid)
		snprintf(ret->message, size,
			 "an unknown holder, possibly %s, which could not be inspected", who);
	else
		snprintf(ret->message, size, "an unknown holder");
	snprintf(ret->remedy, sizeof(ret->remedy), "%s",
		 pin->fd || pin->path ? "close or unmount that, and check again"
				      : "check as root for pidfds, mounted procfs and open files");
}

/* What keeps it goes to the message, to be put together by the caller, and what helps. */
static void say_pin(const struct pidns_snapshot *snapshot, const struct pidns_pin *pin,
		    struct finding *ret)
{
	char who[WHO_SIZE] = "";
	char *message = ret->message, *remedy = ret->remedy;
	const size_t size = sizeof(ret->message), room = sizeof(ret->remedy);

	ret->pid = pin->pid;
	if (pin->pid)
		finding_who(snapshot, pin->pid, who);
	switch (pin->kind) {
	case PIDNS_PIN_FOR_CHILDREN:
		snprintf(message, size, "%s, whose children would be born there", who);
		snprintf(remedy, room, "end PID %" PRId32 " or have it return by setns(2)",
			 pin->pid);
		break;
	case PIDNS_PIN_FD:
	case PIDNS_PIN_PIDFD:
		snprintf(message, size, "descriptor %" PRId32 " of %s", pin->fd, who);
		snprintf(remedy, room, "have PID %" PRId32 " close it, or end it", pin->pid);
		break;
	case PIDNS_PIN_BIND:
	case PIDNS_PIN_PROCFS:
		snprintf(message, size, "the %s at %s%s%s%s",
			 pin->kind == PIDNS_PIN_BIND ? "bind mount" : "procfs mounted", pin->path,
			 pin->pid ? " where " : " here", who, pin->pid ? " is" : "");
		snprintf(remedy, room, "unmount it%s", pin->pid ? " there" : "");
		break;
	case PIDNS_PIN_ZOMBIE:
		snprintf(message, size, "zombie PID %" PRId32, pin->pid);
		snprintf(remedy, room, "have PID %" PRId32 " reap it, or end that", pin->parent);
		break;
	case PIDNS_PIN_DESCENDANT:
		snprintf(message, size, "namespace %" PRIu64 " below it",
			 pin->ns->known & PIDNS_NS_INO ? pin->ns->ino : 0);
		snprintf(remedy, room, "see to that one first");
		break;
	default:
		say_unseen(pin, who, ret);
	}
}

/* ": PID 203 (exec), PID 1 (init)": a few of the others, by process. */
static void name_others(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
			const struct pidns_pin *first, char *text, size_t size)
{
	size_t len = 0, nr = 0;
	char who[WHO_SIZE];

	*text = '\0';
	for (uint32_t i = 0; i < ns->notes->nr_pins && nr < OTHERS_MAX; i++) {
		const struct pidns_pin *pin = ns->notes->pins[i];

		if (pin == first || pin->kind == PIDNS_PIN_UNSEEN || pin->pid <= 0)
			continue;
		len += (size_t)snprintf(text + len, size - len, "%s%s", nr++ ? ", " : ": ",
					finding_who(snapshot, pin->pid, who));
	}
}

static void say_kept(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		     const char *what, struct finding *ret)
{
	uint64_t more = 0;
	const struct pidns_pin *pin = first_pin(snapshot, ns, &more);
	struct finding said = {.pid = 0};
	char names[OTHERS_MAX * (WHO_SIZE + 2) + 1] = "", others[sizeof(names) + 48] = "";

	if (more) {
		name_others(snapshot, ns, pin, names, sizeof(names));
		snprintf(others, sizeof(others), " and %" PRIu64 " more%s", more, names);
	}
	if (pin)
		say_pin(snapshot, pin, &said);
	else
		snprintf(said.remedy, sizeof(said.remedy), "check on the running kernel, as root");
	snprintf(ret->message, sizeof(ret->message), "%s; kept by %.300s%s", what,
		 pin ? said.message : "a holder not recorded in this snapshot", others);
	snprintf(ret->remedy, sizeof(ret->remedy), "%s", said.remedy);
	ret->pid = said.pid;
	ret->weight = more;
	ret->shape = pin ? pin->kind : 0;
}

/* Its end may take a moment: only what is still so at a second look is told. */
static int add_dying(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		     struct findings *findings)
{
	const char *waits = limit_init_waits(ns);
	struct finding *finding;
	char who[WHO_SIZE];

	if (!waits)
		return 0;
	finding = findings_add(findings, FINDING_DYING, RANK_DYING, ns);
	if (!finding)
		return -ENOMEM;
	finding->pid = ns->known & PIDNS_NS_REAPER ? ns->reaper : 0;
	snprintf(finding->message, sizeof(finding->message),
		 "its init%s%s%s is ending and waits for %.480s", finding->pid ? ", " : "",
		 finding->pid ? finding_whose(snapshot, ns, finding->pid, who) : "",
		 finding->pid ? "," : "", waits);
	snprintf(finding->remedy, sizeof(finding->remedy),
		 "see to what it waits for; nothing can be started in it again");
	return 0;
}

int findings_pinned(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		    struct findings *findings)
{
	uint64_t more = 0;
	const struct pidns_pin *pin;
	struct finding *finding;

	if (!(ns->known & PIDNS_NS_STATE))
		return 0;
	pin = first_pin(snapshot, ns, &more);
	if (ns->state == PIDNS_STATE_DYING)
		return add_dying(snapshot, ns, findings);
	if (ns->state == PIDNS_STATE_DEAD) {
		bool is_barren = pin && pin->kind == PIDNS_PIN_FOR_CHILDREN;

		finding = findings_add(findings, FINDING_DEAD, is_barren ? RANK_BARREN : RANK_DEAD,
				       ns);
		if (!finding)
			return -ENOMEM;
		say_kept(snapshot, ns,
			 is_barren ? "its init is gone and fork into it fails (ENOMEM)"
				   : "its init is gone",
			 finding);
	} else if (ns->state == PIDNS_STATE_UNBORN) {
		finding = findings_add(findings, FINDING_UNBORN, RANK_UNBORN, ns);
		if (!finding)
			return -ENOMEM;
		say_kept(snapshot, ns, "nothing was ever started in it", finding);
		if (pin && pin->kind == PIDNS_PIN_FOR_CHILDREN)
			snprintf(finding->remedy, sizeof(finding->remedy),
				 "have PID %" PRId32 " fork, or end it", pin->pid);
	}
	return 0;
}
