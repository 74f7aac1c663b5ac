// SPDX-License-Identifier: GPL-2.0-or-later
/* test-move-kept.c - what others have of a process before it moves, and how it is afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
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
	check_eq(poll(&poller, 1, 120000), 1);
	check_eq(waitid(P_PIDFD, poller.fd, &info, WEXITED), 0);
	check_eq(info.si_pid, mover.pid);
	check_eq(syscall(SYS_pidfd_send_signal, poller.fd, 0, NULL, 0), -1);
	check_eq(errno, ESRCH);
	close(poller.fd);
	close(after);
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
	{"U11: a directory in /proc", test_proc},
	{"U11: the peer of a socket", test_peer},
	{"U11: record locks", test_locks},
	{"U13: the parent's kill and wait, by number and group", test_parent},
	{"U13: a parent that waited already", test_waiting_parent},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
