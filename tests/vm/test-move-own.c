// SPDX-License-Identifier: GPL-2.0-or-later
/* test-move-own.c - what a process has opened, armed or cached before it moves, and how it is then. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/rseq.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "move.h"
#include "vm.h"

static int pidfd_open(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

static int use_own_pidfd(void *data)
{
	int fd = pidfd_open(getpid());

	(void)data;
	check_eq(move_alone(0), 0);
	check_eq(inode_of(fd), inode_of(pidfd_open(1)));
	check_eq(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0), 0);
	return 0;
}

static void test_pidfd(void)
{
	check_eq(vm_reap(vm_child(0, use_own_pidfd, NULL)), 0);
}

static volatile sig_atomic_t got_signal;

static void take_signal(int sig)
{
	got_signal = sig;
}

static bool has_signal(void *data)
{
	return got_signal == *(int *)data;
}

static void expect_signal(int sig)
{
	check(vm_wait(has_signal, &sig));
	got_signal = 0;
}

/* A pipe owned by who moves: the other end is written to afterwards. */
static int own_files(void *data)
{
	int ends[2];
	struct f_owner_ex owner;

	(void)data;
	signal(SIGIO, take_signal);
	vm_must(!pipe(ends), "pipe");
	check_eq(fcntl(ends[0], F_SETOWN, getpid()), 0);
	check_eq(fcntl(ends[0], F_SETFL, O_ASYNC), 0);
	check_eq(move_alone(0), 0);
	check_eq(fcntl(ends[0], F_GETOWN), 1);
	check_eq(fcntl(ends[0], F_GETOWN_EX, &owner), 0);
	check_eq(owner.pid, 1);
	check_eq(write(ends[1], "x", 1), 1);
	expect_signal(SIGIO);
	return 0;
}

static void test_fown(void)
{
	check_eq(vm_reap(vm_child(0, own_files, NULL)), 0);
}

static void arm(timer_t *timer, int notify, int sig)
{
	struct sigevent event = {.sigev_notify = notify, .sigev_signo = sig};
	struct itimerspec when = {.it_value.tv_nsec = 50000000, .it_interval.tv_nsec = 50000000};

	if (notify == SIGEV_THREAD_ID)
		event._sigev_un._tid = gettid();
	signal(sig, take_signal);
	vm_must(!timer_create(CLOCK_MONOTONIC, &event, timer), "timer");
	vm_must(!timer_settime(*timer, 0, &when, NULL), "timer");
}

static int use_timers(void *data)
{
	struct itimerval prof = {.it_value.tv_usec = 1000, .it_interval.tv_usec = 1000};
	struct timespec cpu;
	timer_t timer;

	(void)data;
	arm(&timer, SIGEV_SIGNAL, SIGUSR1);
	check_eq(move_alone(0), 0);
	expect_signal(SIGUSR1);
	timer_delete(timer);
	arm(&timer, SIGEV_THREAD_ID, SIGUSR2);
	expect_signal(SIGUSR2);
	timer_delete(timer);
	signal(SIGPROF, take_signal);
	check_eq(setitimer(ITIMER_PROF, &prof, NULL), 0);
	while (!got_signal)
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	expect_signal(SIGPROF);
	return 0;
}

/* One that is for a thread, made before. */
static int use_thread_timer(void *data)
{
	timer_t timer;

	(void)data;
	arm(&timer, SIGEV_THREAD_ID, SIGUSR1);
	check_eq(move_alone(0), 0);
	expect_signal(SIGUSR1);
	return 0;
}

static void test_timers(void)
{
	check_eq(vm_reap(vm_child(0, use_timers, NULL)), 0);
	check_eq(vm_reap(vm_child(0, use_thread_timer, NULL)), 0);
}

static long futex(uint32_t *word, int op)
{
	return syscall(SYS_futex, word, op, 0, NULL, NULL, 0) ? -errno : 0;
}

/* A PI futex names its owner: one that is held has no owner after the move, a new one is 1's. */
static int use_futexes(void *data)
{
	uint32_t held = 0, taken = 0;

	(void)data;
	check_eq(futex(&held, FUTEX_LOCK_PI), 0);
	check_eq(held, gettid());
	check_eq(move_alone(0), 0);
	check_eq(futex(&held, FUTEX_UNLOCK_PI), -EPERM);
	check_eq(futex(&taken, FUTEX_LOCK_PI), 0);
	check_eq(taken, 1);
	check_eq(futex(&taken, FUTEX_UNLOCK_PI), 0);
	check_eq(taken, 0);
	return 0;
}

static void test_futex(void)
{
	check_eq(vm_reap(vm_child(0, use_futexes, NULL)), 0);
}

/* Its terminal stays its own, with its group in the foreground. */
static int use_terminal(void *data)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, group;

	(void)data;
	vm_must(master >= 0 && !grantpt(master) && !unlockpt(master), "pty");
	vm_must(setsid() == getpid(), "setsid");
	slave = open(ptsname(master), O_RDWR);
	vm_must(slave >= 0, "slave");
	check_eq(ioctl(slave, TIOCSCTTY, 0), 0);
	check_eq(tcgetpgrp(slave), getpid());
	check_eq(move_in(0), 0);
	check_eq(tcgetpgrp(slave), 1);
	check_eq(tcgetsid(slave), 1);
	check_eq(ioctl(master, TIOCGPGRP, &group), 0);
	check_eq(group, 1);
	signal(SIGINT, take_signal);
	check_eq(write(master, "\3", 1), 1);
	expect_signal(SIGINT);
	check_eq(tcsetpgrp(slave, 1), 0);
	check(open("/dev/tty", O_RDWR) >= 0);
	return 0;
}

static void test_tty(void)
{
	check_eq(vm_reap(vm_child(0, use_terminal, NULL)), 0);
}

static int use_queue(void *data)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	mqd_t queue = mq_open("/move", O_RDWR | O_CREAT | O_EXCL, 0600, NULL);

	(void)data;
	vm_must(queue >= 0, "mq_open");
	mq_unlink("/move");
	signal(SIGUSR1, take_signal);
	check_eq(mq_notify(queue, &event), 0);
	check_eq(move_alone(0), 0);
	check_eq(mq_send(queue, "x", 1, 0), 0);
	expect_signal(SIGUSR1);
	return 0;
}

static void test_mqueue(void)
{
	check_eq(vm_reap(vm_child(0, use_queue, NULL)), 0);
}

/* What the C library remembers stays what it was, and is right again after an exec. */
static int compare_tids(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t mutex;
	pid_t before = gettid();

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&mutex, &attr);
	check_eq(move_alone(0), 0);
	check_eq(gettid(), 1);
	check_eq(pthread_mutex_lock(&mutex), 0);
	check_eq(mutex.__data.__owner, before);
	check_eq(pthread_mutex_lock(&mutex), EDEADLK);
	check_eq(pthread_mutex_unlock(&mutex), 0);
	got_signal = 0;
	signal(SIGUSR1, take_signal);
	check_eq(raise(SIGUSR1), 0);
	expect_signal(SIGUSR1);
	if (vm_has_failed())
		return 1;
	execl("/bin/sh", "sh", "-c", "test $$ = 1 && kill -0 1", NULL);
	return 2;
}

/* The area the C library registered for restartable sequences is still registered. */
static int use_rseq(void *data)
{
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;

	(void)data;
	check(__rseq_size > 0);
	check_eq(move_alone(0), 0);
	check(((struct rseq *)area)->cpu_id < 8);
	check_eq(syscall(SYS_rseq, area, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG), 0);
	return 0;
}

static void test_cached(void)
{
	/* Not vm_child: the C library must know of the fork. */
	pid_t pid = fork();

	if (pid == 0)
		_exit(compare_tids());
	check_eq(vm_reap(pid), 0);
	check_eq(vm_reap(vm_child(0, use_rseq, NULL)), 0);
}

static const struct vm_test tests[] = {
	{"U11: a pidfd of oneself", test_pidfd},
	{"U11: the owner of a file", test_fown},
	{"U11: timers", test_timers},
	{"U11: a PI futex that is held is lost, a new one is not", test_futex},
	{"U11: the terminal and its foreground group", test_tty},
	{"U11: a message queue's listener", test_mqueue},
	{"U12: what the C library remembers", test_cached},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
