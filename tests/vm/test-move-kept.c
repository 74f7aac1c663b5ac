// SPDX-License-Identifier: GPL-2.0-or-later
/* test-move-kept.c - what was opened, armed or cached before a move, and how it is afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/rseq.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "move.h"
#include "vm.h"

/* A child that waits, moves, says so, waits again, and ends: the parent opens things before. */
struct mover {
	pid_t pid;
	struct vm_gate go, moved;
};

static int wait_move_wait(void *data)
{
	struct mover *mover = data;

	vm_gate_wait(&mover->go);
	check_eq(move_alone(0), 0);
	vm_gate_open(&mover->moved, 1);
	vm_gate_wait(&mover->go);
	return 0;
}

static void mover_start(struct mover *mover, int (*fn)(void *))
{
	vm_gate_init(&mover->go);
	vm_gate_init(&mover->moved);
	mover->pid = vm_child(0, fn, mover);
}

static void mover_move(struct mover *mover)
{
	vm_gate_open(&mover->go, 1);
	vm_gate_wait(&mover->moved);
}

static int mover_end(struct mover *mover)
{
	vm_gate_open(&mover->go, 1);
	return vm_reap(mover->pid);
}

static int pidfd_open(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

/* NSpid of a pidfd, as its fdinfo has it. */
static void check_fdinfo(int pidfd, pid_t pid)
{
	char path[64], line[128], wanted[128];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	snprintf(wanted, sizeof(wanted), "NSpid:\t%d\t1\n", pid);
	file = fopen(path, "re");
	vm_must(file, path);
	while (fgets(line, sizeof(line), file))
		found = found || !strcmp(line, wanted);
	fclose(file);
	check(found);
}

static void test_pidfd(void)
{
	struct pollfd poller = {.events = POLLIN};
	struct mover mover;
	siginfo_t info;
	int after;

	mover_start(&mover, wait_move_wait);
	poller.fd = pidfd_open(mover.pid);
	mover_move(&mover);
	after = pidfd_open(mover.pid);
	check(inode_of(poller.fd) > 0);
	check_eq(inode_of(poller.fd), inode_of(after));
	check_fdinfo(poller.fd, mover.pid);
	check_eq(syscall(SYS_pidfd_send_signal, poller.fd, 0, NULL, 0), 0);
	check_eq(poll(&poller, 1, 0), 0);
	vm_gate_open(&mover.go, 1);
	check_eq(poll(&poller, 1, 20000), 1);
	check_eq(waitid(P_PIDFD, poller.fd, &info, WEXITED), 0);
	check_eq(info.si_pid, mover.pid);
	check_eq(syscall(SYS_pidfd_send_signal, poller.fd, 0, NULL, 0), -1);
	check_eq(errno, ESRCH);
	close(poller.fd);
	close(after);
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

static void test_proc(void)
{
	char path[32];
	pid_t numbers[MOVE_LEVELS];
	struct mover mover;
	int dir;

	mover_start(&mover, wait_move_wait);
	snprintf(path, sizeof(path), "/proc/%d", mover.pid);
	dir = open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	check_eq(move_numbers(dir, "NSpid:", numbers), 1);
	mover_move(&mover);
	check_eq(move_numbers(dir, "NSpid:", numbers), 2);
	check_eq(numbers[0], mover.pid);
	check_eq(numbers[1], 1);
	check_eq(faccessat(dir, "ns/pid", F_OK, 0), 0);
	check_eq(mover_end(&mover), 0);
	check(move_numbers(dir, "NSpid:", numbers) < 0);
	close(dir);
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

/* A PI futex names its owner: one that is held is nobody's after the move, a new one is 1's. */
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

static pid_t peer_of(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) ? -1 : cred.pid;
}

struct connected {
	struct mover mover;
	int listener;
};

static int connect_and_move(void *data)
{
	struct connected *connected = data;
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0move"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	vm_must(!connect(fd, (struct sockaddr *)&address, sizeof(address)), "connect");
	check_eq(peer_of(fd), getppid());
	wait_move_wait(&connected->mover);
	check_eq(peer_of(fd), 0);
	return 0;
}

static void test_peer(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0move"};
	struct connected connected;
	int fd;

	connected.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	vm_must(!bind(connected.listener, (struct sockaddr *)&address, sizeof(address)), "bind");
	vm_must(!listen(connected.listener, 1), "listen");
	mover_start(&connected.mover, connect_and_move);
	fd = accept(connected.listener, NULL, NULL);
	check_eq(peer_of(fd), connected.mover.pid);
	mover_move(&connected.mover);
	check_eq(peer_of(fd), connected.mover.pid);
	check_eq(mover_end(&connected.mover), 0);
	check_eq(peer_of(fd), connected.mover.pid);
	close(fd);
	close(connected.listener);
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

static pid_t lock_owner(int fd)
{
	struct flock lock = {.l_type = F_WRLCK};

	return fcntl(fd, F_GETLK, &lock) ? -1 : lock.l_pid;
}

struct locked {
	struct mover mover;
	int fd;
};

static int lock_and_move(void *data)
{
	struct locked *locked = data;
	struct flock lock = {.l_type = F_WRLCK};

	check_eq(fcntl(locked->fd, F_SETLK, &lock), 0);
	vm_gate_open(&locked->mover.moved, 1);
	return wait_move_wait(&locked->mover);
}

static void test_locks(void)
{
	char path[] = "/tmp/move-XXXXXX";
	struct locked locked;

	locked.fd = mkstemp(path);
	vm_must(locked.fd >= 0, "mkstemp");
	mover_start(&locked.mover, lock_and_move);
	vm_gate_wait(&locked.mover.moved);
	check_eq(lock_owner(locked.fd), locked.mover.pid);
	mover_move(&locked.mover);
	check_eq(lock_owner(locked.fd), locked.mover.pid);
	check_eq(mover_end(&locked.mover), 0);
	check_eq(lock_owner(locked.fd), 0);
	unlink(path);
	close(locked.fd);
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

struct waiter {
	pid_t tid;
	pid_t pid;
	int status;
	pid_t got;
};

static void *wait_in_thread(void *data)
{
	struct waiter *waiter = data;

	__atomic_store_n(&waiter->tid, gettid(), __ATOMIC_SEQ_CST);
	waiter->got = waitpid(waiter->pid, &waiter->status, 0);
	return NULL;
}

/* The thread has said who it is, and sleeps: in waitpid, for there is nothing else to wait for. */
static bool is_waiting(void *data)
{
	struct waiter *waiter = data;
	pid_t tid = __atomic_load_n(&waiter->tid, __ATOMIC_SEQ_CST);
	char path[64], text[256] = "", *state;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = tid ? fopen(path, "re") : NULL;
	if (!file)
		return false;
	state = fgets(text, sizeof(text), file) ? strrchr(text, ')') : NULL;
	fclose(file);
	return state && state[2] == 'S';
}

/* It sleeps when the child moves, on the wait queue of the struct pid the child had before. */
static void test_waiting_parent(void)
{
	struct waiter waiter = {0};
	struct mover mover;
	pthread_t thread;

	mover_start(&mover, wait_move_wait);
	waiter.pid = mover.pid;
	vm_must(!pthread_create(&thread, NULL, wait_in_thread, &waiter), "thread");
	check(vm_wait(is_waiting, &waiter));
	vm_gate_open(&mover.go, 1);
	vm_gate_wait(&mover.moved);
	vm_gate_open(&mover.go, 1);
	pthread_join(thread, NULL);
	check_eq(waiter.got, mover.pid);
	check_eq(waiter.status, 0);
}

static void test_parent(void)
{
	struct mover mover;
	int status;

	mover_start(&mover, wait_move_wait);
	mover_move(&mover);
	check_eq(waitpid(-mover.pid, NULL, WNOHANG), 0);
	check_eq(getpgid(mover.pid), mover.pid);
	check_eq(getsid(mover.pid), mover.pid);
	check_eq(kill(-mover.pid, SIGKILL), 0);
	check_eq(waitpid(-mover.pid, &status, 0), mover.pid);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	check_eq(kill(mover.pid, 0), -1);
	check_eq(errno, ESRCH);
}

static const struct vm_test tests[] = {
	{"U11: a pidfd", test_pidfd},
	{"U11: a directory in /proc, and one's own pidfd", test_proc},
	{"U11: the owner of a file", test_fown},
	{"U11: timers", test_timers},
	{"U11: a PI futex that is held is lost, a new one is not", test_futex},
	{"U11: the peer of a socket", test_peer},
	{"U11: the terminal and its foreground group", test_tty},
	{"U11: a message queue's listener", test_mqueue},
	{"U11: record locks", test_locks},
	{"U12: what the C library remembers", test_cached},
	{"U13: the parent's kill and wait, by number and group", test_parent},
	{"U13: a parent that waited already", test_waiting_parent},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
