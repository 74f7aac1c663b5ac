// SPDX-License-Identifier: LGPL-2.1-or-later
/* held.c - the runs that say which namespaces processes are in and which files they hold. */
#include "internal.h"

#include <errno.h>
#include <string.h>

/* Any user may open very many files. So many are looked at in half a second. */
#define FILES_MAX (UINT32_C(1) << 22)
/* And so many that count are kept. */
#define HELD_MAX (UINT32_C(1) << 18)

static int32_t value_of(const struct bpf_held *held)
{
	return held->kind == BPF_HELD_GONE ? -1 : (int32_t)held->value;
}

static int add_held(struct builder *b, const struct bpf_held *held)
{
	struct holder holder = {.pid = held->pid, .fd = held->fd};

	switch (held->kind) {
	case BPF_HELD_NS:
		holder.kind = HOLDER_NS;
		holder.value = held->value;
		break;
	case BPF_HELD_PIDFD:
	case BPF_HELD_GONE:
		holder.kind = HOLDER_PIDFD;
		holder.value = value_of(held);
		break;
	case BPF_HELD_APART:
		holder.fd = -1;
		break;
	default:
		break;
	}
	return builder_add_holder(b, &holder);
}

static int add_holding(struct builder *b, const struct bpf_holding *holding)
{
	const struct task_namespaces of = {.pid = holding->pid,
					   .mnt = holding->mnt,
					   .net = holding->net,
					   .ipc = holding->ipc,
					   .uts = holding->uts,
					   .cgroup = holding->cgroup,
					   .time = holding->time,
					   .time_for_children = holding->time_for_children};

	return builder_add_task_namespaces(b, &of);
}

static int pour(struct builder *b, const struct bpf_shared *s)
{
	int r = 0;

	for (uint32_t i = 0; r >= 0 && i < s->nr_holdings; i++)
		r = add_holding(b, &s->holdings[i]);
	for (uint32_t i = 0; r >= 0 && i < s->nr_held; i++)
		r = add_held(b, &s->held[i]);
	return r;
}

static int run(const struct bpf_kernel *kernel, const struct request *request,
	       const struct bpf_shared *s)
{
	int r = kernel->run(kernel->arg, BPF_HOLD);

	if (r < 0)
		return why_set(&request->why, r, "bpf: a program fails: %s", strerror(-r));
	if (s->nr_holdings > BPF_HOLDINGS || s->nr_held > BPF_HELD)
		return why_set(&request->why, -EPROTO,
			       "bpf: the kernel tells of more than there is room for");
	return 0;
}

static bool is_wanted(const struct request *request)
{
	const uint32_t counts = PIDNS_TAKE_ALL | PIDNS_TAKE_LIMITS;

	return !request->pids &&
	       (request->flags & PIDNS_TAKE_PINS || (request->flags & counts) == counts);
}

int bpf_take_held(const struct bpf_kernel *kernel, const struct request *request, struct builder *b)
{
	struct bpf_shared *s = is_wanted(request) && kernel->hold ? kernel->hold(kernel->arg)
								  : NULL;
	uint32_t nr_held = 0, first, first_fd;
	int r = 0;

	if (!s)
		return 0;
	builder_know_holders(b);
	s->last = BPF_NUMBER_MAX;
	s->next = 1;
	s->next_fd = s->nr_files = 0;
	while (r >= 0 && s->next <= s->last) {
		if (s->nr_files > FILES_MAX || nr_held > HELD_MAX) {
			builder_add_unseen(b, PIDNS_UNSEEN_PINS);
			builder_add_flags(b, PIDNS_SNAPSHOT_PARTIAL);
			return 0;
		}
		first = s->next;
		first_fd = s->next_fd;
		r = run(kernel, request, s);
		if (r >= 0 && s->next <= first && s->next_fd <= first_fd && s->next <= s->last)
			r = why_set(&request->why, -EPROTO, "bpf: the kernel tells of files again");
		if (r >= 0)
			r = pour(b, s);
		nr_held += s->nr_held;
	}
	return r;
}
