// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * forks.c - forks COUNT RATE: so many children that end at once, RATE a second, or with 0 as fast as they
 * can be had. Prints how many there were, the nanoseconds it took, and the processor time of it all.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static uint64_t used_ns(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * SECOND +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

static void sleep_until(uint64_t when_ns)
{
	const struct timespec when = {.tv_sec = (time_t)(when_ns / SECOND),
				      .tv_nsec = (long)(when_ns % SECOND)};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
}

int main(int argc, char **argv)
{
	uint64_t count = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
	uint64_t rate = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	uint64_t begun_ns = now_ns(), i, done = 0;

	for (i = 0; i < count; i++) {
		pid_t pid;

		/* A wake-up costs as much as a fork: some are made at once. */
		if (rate && i % 16 == 0)
			sleep_until(begun_ns + i * SECOND / rate);
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid > 0)
			done += waitpid(pid, NULL, 0) == pid;
	}
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", done, now_ns() - begun_ns,
	       used_ns(RUSAGE_SELF) + used_ns(RUSAGE_CHILDREN));
	return 0;
}
