// SPDX-License-Identifier: GPL-2.0-or-later
/* machine.c - the machine's own figures, read by a thread that may hang. */
#include "machine.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <time.h>

#include "machine-reader.h"
#include "meter.h"
#include "thread.h"

#define PATIENCE_NS 200000000L

enum machine_state {
	MACHINE_IDLE,
	MACHINE_ASKED,
	MACHINE_DONE,
	MACHINE_LEAVING,
};

struct machine {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct meter meter;
	/* Under the lock: */
	enum machine_state state;
	bool is_reading;
	bool is_late; /* it was waited for in vain, and has not answered since */
	struct machine_reading reading;
};

static void *machine_thread(void *arg)
{
	struct machine_reader *reader = machine_reader_open();
	struct machine *machine = arg;

	pthread_mutex_lock(&machine->lock);
	while (machine->state != MACHINE_LEAVING) {
		struct machine_reading reading = {0};

		if (machine->state != MACHINE_ASKED) {
			pthread_cond_wait(&machine->changed, &machine->lock);
			continue;
		}
		machine->is_reading = true;
		pthread_mutex_unlock(&machine->lock);
		if (reader)
			machine_read(reader, &reading);
		pthread_mutex_lock(&machine->lock);
		machine->is_reading = machine->is_late = false;
		machine->reading = reading;
		if (machine->state == MACHINE_ASKED)
			machine->state = MACHINE_DONE;
		pthread_cond_signal(&machine->changed);
	}
	pthread_mutex_unlock(&machine->lock);
	machine_reader_close(reader);
	return NULL;
}

static void init_lock(struct machine *machine)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&machine->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&machine->changed, &attr);
	pthread_condattr_destroy(&attr);
}

static void free_machine(struct machine *machine)
{
	pthread_mutex_destroy(&machine->lock);
	pthread_cond_destroy(&machine->changed);
	free(machine);
}

struct machine *machine_open(void)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	if (!machine)
		return NULL;
	init_lock(machine);
	if (thread_start(&machine->thread, machine_thread, machine) < 0) {
		free_machine(machine);
		return NULL;
	}
	return machine;
}

bool machine_close(struct machine *machine)
{
	bool is_reading;

	if (!machine)
		return true;
	pthread_mutex_lock(&machine->lock);
	is_reading = machine->is_reading;
	machine->state = MACHINE_LEAVING;
	pthread_cond_signal(&machine->changed);
	pthread_mutex_unlock(&machine->lock);
	if (is_reading)
		return false;
	pthread_join(machine->thread, NULL);
	free_machine(machine);
	return true;
}

void machine_ask(struct machine *machine)
{
	if (!machine)
		return;
	pthread_mutex_lock(&machine->lock);
	if (machine->state != MACHINE_ASKED) {
		machine->state = MACHINE_ASKED;
		pthread_cond_signal(&machine->changed);
	}
	pthread_mutex_unlock(&machine->lock);
}

/* What the kernel says without a file. */
static void ask_kernel(struct machine_figures *ret)
{
	struct timespec uptime;
	struct sysinfo info;

	ret->time = (int64_t)time(NULL);
	ret->has_time = ret->time > 0;
	if (clock_gettime(CLOCK_BOOTTIME, &uptime) == 0) {
		ret->uptime = (double)uptime.tv_sec + (double)uptime.tv_nsec / 1e9;
		ret->has_uptime = ret->uptime > 0;
	}
	if (sysinfo(&info) < 0)
		return;
	ret->has_load = true;
	for (size_t i = 0; i < 3; i++)
		ret->load[i] = (double)info.loads[i] / (1 << SI_LOAD_SHIFT);
}

static bool wait_for_reading(struct machine *machine)
{
	struct timespec end;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += PATIENCE_NS;
	if (end.tv_nsec >= 1000000000L) {
		end.tv_nsec -= 1000000000L;
		end.tv_sec++;
	}
	while (machine->state == MACHINE_ASKED && !machine->is_late && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&machine->changed, &machine->lock, &end);
	machine->is_late = machine->state == MACHINE_ASKED;
	return machine->state == MACHINE_DONE;
}

static void use_reading(struct machine *machine, struct machine_figures *ret)
{
	const struct machine_reading *reading = &machine->reading;

	ret->has_memory = reading->has_memory;
	ret->memory_used = reading->memory_used;
	ret->memory_total = reading->memory_total;
	ret->cpus = reading->cpus;
	if (!reading->has_ticks)
		return;
	meter_add(&machine->meter, reading->busy, reading->total);
	ret->has_cpu = machine->meter.has_percent;
	ret->cpu_percent = machine->meter.percent;
}

void machine_collect(struct machine *machine, struct machine_figures *ret)
{
	*ret = (struct machine_figures){0};
	if (!machine)
		return;
	ask_kernel(ret);
	pthread_mutex_lock(&machine->lock);
	if (wait_for_reading(machine)) {
		use_reading(machine, ret);
		machine->state = MACHINE_IDLE;
	}
	pthread_mutex_unlock(&machine->lock);
}
