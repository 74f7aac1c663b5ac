// SPDX-License-Identifier: GPL-2.0-or-later
/* machine.c - the machine's own figures, as libproc2 reads them. */
#include "machine.h"

#include <stddef.h>
#include <stdlib.h>

#include <libproc2/meminfo.h>
#include <libproc2/misc.h>
#include <libproc2/stat.h>

/* CPU ticks, of all CPUs together, that make a look worth while. */
#define TICKS_MIN 20

struct machine {
	struct meminfo_info *memory;
	struct stat_info *stat;
	uint64_t busy, total; /* CPU ticks at the last look that counted */
	bool has_percent;
	double percent; /* what it said */
};

struct machine *machine_open(void)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	if (!machine)
		return NULL;
	if (procps_meminfo_new(&machine->memory) < 0)
		machine->memory = NULL;
	if (procps_stat_new(&machine->stat) < 0)
		machine->stat = NULL;
	return machine;
}

struct machine *machine_close(struct machine *machine)
{
	if (machine) {
		if (machine->memory)
			procps_meminfo_unref(&machine->memory);
		if (machine->stat)
			procps_stat_unref(&machine->stat);
		free(machine);
	}
	return NULL;
}

static void look_at_memory(struct machine *machine, struct machine_figures *ret)
{
	enum meminfo_item items[] = {MEMINFO_MEM_USED, MEMINFO_MEM_TOTAL};
	struct meminfo_stack *stack = NULL;

	if (machine->memory)
		stack = procps_meminfo_select(machine->memory, items, 2);
	if (!stack)
		return;
	ret->memory_used = (uint64_t)stack->head[0].result.ul_int * 1024;
	ret->memory_total = (uint64_t)stack->head[1].result.ul_int * 1024;
	ret->has_memory = ret->memory_total != 0;
}

static void look_at_cpu(struct machine *machine, struct machine_figures *ret)
{
	enum stat_item items[] = {STAT_TIC_SUM_BUSY, STAT_TIC_SUM_TOTAL};
	struct stat_stack *stack = NULL;
	uint64_t busy, total;

	if (machine->stat)
		stack = procps_stat_select(machine->stat, items, 2);
	if (!stack)
		return;
	busy = stack->head[0].result.ull_int;
	total = stack->head[1].result.ull_int;
	/* Counters may step back a little, and a few ticks are no share of anything: then what was
	 * said last is said again. */
	if (total >= machine->total + TICKS_MIN && busy >= machine->busy) {
		machine->percent =
			100.0 * (double)(busy - machine->busy) / (double)(total - machine->total);
		machine->has_percent = true;
		machine->busy = busy;
		machine->total = total;
	}
	ret->has_cpu = machine->has_percent;
	ret->cpu_percent = machine->percent;
}

void machine_look(struct machine *machine, struct machine_figures *ret)
{
	double idle;

	*ret = (struct machine_figures){0};
	ret->has_uptime = procps_uptime(&ret->uptime, &idle) >= 0 && ret->uptime > 0;
	ret->has_load = procps_loadavg(&ret->load[0], &ret->load[1], &ret->load[2]) >= 0;
	look_at_memory(machine, ret);
	look_at_cpu(machine, ret);
}
