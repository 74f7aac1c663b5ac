// SPDX-License-Identifier: LGPL-2.1-or-later
/* attach.c - the attached programs in the kernel, over the skeleton that bpftool makes of them. */
#include "events.h"

#include <errno.h>
#include <events.lskel.h>
#include <refused.lskel.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/internal.h"

#define LINKS_MAX  16
#define INITS_SIZE (BPF_INIT_WORDS * sizeof(uint64_t))

/* The second has the programs and maps of the first, and those that are attached to functions. */
struct event_programs {
	struct pidns_events *events;
	struct pidns_refused_bpf *refused;
	int ring;
	struct bpf_event_state *state;
	uint64_t *inits;
	uint32_t wants;
	int links[LINKS_MAX];
	size_t nr_links;
	uint32_t flags;	  /* PIDNS_WATCH_* */
	uint32_t unknown; /* 1 << BPF_LIMIT_* of those that cannot be traced */
};

struct event_programs *event_programs_close(struct event_programs *programs)
{
	if (!programs)
		return NULL;
	while (programs->nr_links)
		close(programs->links[--programs->nr_links]);
	if (programs->state)
		munmap(programs->state, sizeof(*programs->state));
	if (programs->inits)
		munmap(programs->inits, INITS_SIZE);
	pidns_events__destroy(programs->events);
	pidns_refused_bpf__destroy(programs->refused);
	free(programs);
	return NULL;
}

/* Of a map that may be. NULL: it cannot, and errno. */
static void *map_memory(int fd, size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static int load_refused(struct event_programs *programs)
{
	int r;

	programs->refused = pidns_refused_bpf__open();
	if (!programs->refused)
		return -ENOMEM;
	r = pidns_refused_bpf__load(programs->refused);
	if (r < 0) {
		pidns_refused_bpf__destroy(programs->refused);
		programs->refused = NULL;
	}
	return r;
}

static int load_events(struct event_programs *programs)
{
	programs->events = pidns_events__open();
	return programs->events ? pidns_events__load(programs->events) : -ENOMEM;
}

static int map_shared(struct event_programs *programs, int state, int inits)
{
	programs->state = map_memory(state, sizeof(*programs->state));
	if (programs->state)
		programs->inits = map_memory(inits, INITS_SIZE);
	if (!programs->inits)
		return -errno;
	/* Until it is known who is an init already. */
	programs->state->wants = BPF_WANTS_TASKS;
	return 0;
}

static int load(struct event_programs *programs)
{
	int r = -EOPNOTSUPP;

	if (programs->wants & EVENTS_REFUSED)
		r = load_refused(programs);
	if (r >= 0) {
		programs->ring = programs->refused->maps.ring.map_fd;
		return map_shared(programs, programs->refused->maps.state.map_fd,
				  programs->refused->maps.inits.map_fd);
	}
	r = load_events(programs);
	if (r < 0)
		return r;
	programs->ring = programs->events->maps.ring.map_fd;
	return map_shared(programs, programs->events->maps.state.map_fd,
			  programs->events->maps.inits.map_fd);
}

void event_programs_know(struct event_programs *programs, const int32_t *inits, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (inits[i] > 0 && inits[i] <= BPF_NUMBER_MAX)
			__atomic_fetch_or(&programs->inits[inits[i] / 64],
					  UINT64_C(1) << (inits[i] % 64), __ATOMIC_RELAXED);
	if (!(programs->wants & EVENTS_TASKS))
		programs->state->wants = 0;
}

/* To a raw tracepoint, or, without a name, to the function it was loaded for. 0 or -Exxx. */
static int attach(struct event_programs *programs, const char *name, int program)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.name = (uint64_t)(uintptr_t)name;
	attr.raw_tracepoint.prog_fd = (uint32_t)program;
	fd = skel_sys_bpf(BPF_RAW_TRACEPOINT_OPEN, &attr,
			  offsetofend(union bpf_attr, raw_tracepoint));
	if (fd < 0)
		return -errno;
	programs->links[programs->nr_links++] = fd;
	return 0;
}

struct attach_point {
	const char *name;
	int program;
	bool is_needed; /* without births and ends there is no mirror; names are missed only */
};

#define POINTS(skeleton)                                                                  \
	{                                                                                 \
		{"sched_process_fork", (skeleton)->progs.on_fork.prog_fd, true},          \
			{"sched_process_free", (skeleton)->progs.on_free.prog_fd, true},  \
			{"sched_process_exit", (skeleton)->progs.on_exit.prog_fd, true},  \
			{"sched_process_exec", (skeleton)->progs.on_exec.prog_fd, false}, \
			{"task_rename", (skeleton)->progs.on_rename.prog_fd, false},      \
	}
#define NR_POINTS 5

static int attach_points(struct event_programs *programs, const struct attach_point *points)
{
	size_t i;
	int r;

	for (i = 0; i < NR_POINTS; i++) {
		r = attach(programs, points[i].name, points[i].program);
		if (r < 0 && points[i].is_needed)
			return r;
	}
	return 0;
}

/* ---- refusals -------------------------------------------------------------------------------- */

#define BIT(kind) (1u << BPF_LIMIT_##kind)
#define NAMESPACE_BITS                                                                            \
	(BIT(PID_NAMESPACES) | BIT(USER_NAMESPACES) | BIT(MNT_NAMESPACES) | BIT(NET_NAMESPACES) | \
	 BIT(IPC_NAMESPACES) | BIT(UTS_NAMESPACES) | BIT(CGROUP_NAMESPACES) |                     \
	 BIT(TIME_NAMESPACES))

/* Each by itself: what cannot be attached leaves out what it would have known. */
static void attach_functions(struct event_programs *programs)
{
	const struct pidns_refused_bpf *s = programs->refused;
	const struct {
		int program;
		uint32_t kinds;
	} functions[] = {
		{s->progs.after_alloc_pid.prog_fd, BIT(PID_MAX) | BIT(INIT)},
		{s->progs.after_pids_can_fork.prog_fd, BIT(CGROUP_PIDS)},
		{s->progs.after_overlimit.prog_fd, BIT(NPROC)},
		{s->progs.after_inc_ucount.prog_fd, NAMESPACE_BITS | BIT(LEVEL) | BIT(USER_LEVEL)},
		{s->progs.after_copy_pid_ns.prog_fd, BIT(LEVEL)},
		{s->progs.after_create_user_ns.prog_fd, BIT(USER_LEVEL)},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (attach(programs, NULL, functions[i].program) < 0)
			programs->unknown |= functions[i].kinds;
}

/* The calls themselves. Where their ends cannot be traced, the end of every system call can be. */
static void attach_refused(struct event_programs *programs)
{
	const struct pidns_refused_bpf *s = programs->refused;
	int point = s ? s->progs.on_sys_exit.prog_fd : programs->events->progs.on_sys_exit.prog_fd;
	size_t nr = programs->nr_links;

	if (s && attach(programs, NULL, s->progs.after_clone.prog_fd) >= 0 &&
	    attach(programs, NULL, s->progs.after_unshare.prog_fd) >= 0) {
		attach_functions(programs);
		programs->flags |= PIDNS_WATCH_REFUSED;
		if (!programs->unknown)
			programs->flags |= PIDNS_WATCH_LIMITS;
		return;
	}
	while (programs->nr_links > nr)
		close(programs->links[--programs->nr_links]);
	if (attach(programs, "sys_exit", point) >= 0)
		programs->flags |= PIDNS_WATCH_REFUSED;
}

static int attach_all(struct event_programs *programs)
{
	int r;

	if (programs->refused)
		r = attach_points(programs,
				  (const struct attach_point[NR_POINTS])POINTS(programs->refused));
	else
		r = attach_points(programs,
				  (const struct attach_point[NR_POINTS])POINTS(programs->events));
	if (r >= 0 && programs->wants & EVENTS_REFUSED)
		attach_refused(programs);
	return r;
}

uint32_t event_programs_unknown(const struct event_programs *programs)
{
	return programs->unknown;
}

int event_programs_open(uint32_t wants, const struct why *why, struct event_programs **ret)
{
	struct event_programs *programs;
	int r = bpf_may_load(why);

	if (r < 0)
		return r;
	programs = calloc(1, sizeof(*programs));
	if (!programs)
		return why_set(why, -ENOMEM, "out of memory");
	programs->wants = wants;
	r = load(programs);
	if (r >= 0)
		r = attach_all(programs);
	if (r < 0) {
		event_programs_close(programs);
		return bpf_explain(r, why);
	}
	*ret = programs;
	return 0;
}

int event_programs_ring(const struct event_programs *programs)
{
	return programs->ring;
}

uint64_t event_programs_lost(const struct event_programs *programs)
{
	return __atomic_load_n(&programs->state->lost, __ATOMIC_RELAXED);
}

uint32_t event_programs_flags(const struct event_programs *programs)
{
	return programs->flags;
}
