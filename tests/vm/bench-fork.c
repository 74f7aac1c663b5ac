// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-fork.c - what a fork and exit of an empty process costs; run on two kernels with
 * --instructions it says what the counters in between cost. Prints nanoseconds, the median of rounds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 21, FORKS = 200 };

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	long long rounds[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		rounds[i] = now_ns();
		for (int j = 0; j < FORKS; j++) {
			pid_t pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

			if (pid == 0)
				syscall(SYS_exit_group, 0);
			if (pid < 0 || waitpid(pid, NULL, 0) != pid)
				return 1;
		}
		rounds[i] = (now_ns() - rounds[i]) / FORKS;
	}
	qsort(rounds, ROUNDS, sizeof(*rounds), compare);
	printf("%lld\n", rounds[ROUNDS / 2]);
	return 0;
}
