// SPDX-License-Identifier: LGPL-2.1-or-later
/* attach.c - the attached programs in the kernel, over the skeleton that bpftool makes of them. */
#include "events.h"

#include <errno.h>
#include <events.lskel.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/internal.h"

#define LINKS_MAX  16
#define INITS_SIZE (BPF_INIT_WORDS * sizeof(uint64_t))

struct event_programs {
	struct pidns_events *skeleton;
	struct bpf_event_state *state;
	uint64_t *inits;
	uint32_t wants;
	int links[LINKS_MAX];
	size_t nr_links;
	uint32_t flags; /* PIDNS_WATCH_* */
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
	pidns_events__destroy(programs->skeleton);
	free(programs);
	return NULL;
}

/* Of a map that may be. NULL: it cannot, and errno. */
static void *map_memory(int fd, size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static int load(struct event_programs *programs)
{
	int r;

	programs->skeleton = pidns_events__open();
	if (!programs->skeleton)
		return -ENOMEM;
	r = pidns_events__load(programs->skeleton);
	if (r < 0)
		return r;
	programs->state =
		map_memory(programs->skeleton->maps.state.map_fd, sizeof(*programs->state));
	if (programs->state)
		programs->inits = map_memory(programs->skeleton->maps.inits.map_fd, INITS_SIZE);
	if (!programs->inits)
		return -errno;
	/* Until it is known who is an init already. */
	programs->state->wants = BPF_WANTS_TASKS;
	return 0;
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

/* A raw tracepoint by its name. 0 or -Exxx. */
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

/* Without births and ends there is no mirror; names are missed only. */
static int attach_all(struct event_programs *programs)
{
	const struct {
		const char *name;
		int program;
		bool is_needed;
	} points[] = {
		{"sched_process_fork", programs->skeleton->progs.on_fork.prog_fd, true},
		{"sched_process_free", programs->skeleton->progs.on_free.prog_fd, true},
		{"sched_process_exit", programs->skeleton->progs.on_exit.prog_fd, true},
		{"sched_process_exec", programs->skeleton->progs.on_exec.prog_fd, false},
		{"task_rename", programs->skeleton->progs.on_rename.prog_fd, false},
	};
	size_t i;
	int r;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		r = attach(programs, points[i].name, points[i].program);
		if (r < 0 && points[i].is_needed)
			return r;
	}
	return 0;
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
	return programs->skeleton->maps.ring.map_fd;
}

uint64_t event_programs_lost(const struct event_programs *programs)
{
	return __atomic_load_n(&programs->state->lost, __ATOMIC_RELAXED);
}

uint32_t event_programs_flags(const struct event_programs *programs)
{
	return programs->flags;
}
