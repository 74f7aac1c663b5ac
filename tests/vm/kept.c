// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kept.c - `pidns unshare CMD` from the side of the process that started it: what was opened, begun or known
 * of the process before it moved goes on working. Run in a guest, with pidns in PATH.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm.h"

/* Moves when told to, answers SIGUSR1, and returns 7 when told to end. */
struct mover {
	pid_t pid;
	int tell, hear; /* pipes; its stdin and stdout */
	FILE *words;
};

/* A signal may interrupt what reads, or not: so a word that did not come is no end. */
static const char *const script = "trap 'echo usr1' USR1; echo pid $$; "
				  "until [ \"${word-}\" = end ]; do read word; done; exit 7";

static void become_mover(int in, int out)
{
	char word;

	setsid();
	if (read(in, &word, 1) != 1 || dup2(in, 0) < 0 || dup2(out, 1) < 0)
		_exit(99);
	execlp("pidns", "pidns", "unshare", "sh", "-c", script, NULL);
	_exit(98);
}

static struct mover start(void)
{
	struct mover m;
	int in[2], out[2];

	vm_must(!pipe2(in, O_CLOEXEC) && !pipe2(out, O_CLOEXEC), "pipes");
	m.pid = fork();
	vm_must(m.pid >= 0, "fork");
	if (!m.pid)
		become_mover(in[0], out[1]);
	close(in[0]);
	close(out[1]);
	m.tell = in[1];
	m.words = fdopen(out[0], "r");
	vm_must(m.words, "fdopen");
	return m;
}

static bool says(struct mover *m, const char *wanted)
{
	char line[256];

	return fgets(line, sizeof(line), m->words) && check_eq(strcmp(line, wanted), 0);
}

static void tell(struct mover *m, const char *word)
{
	check_eq(write(m->tell, word, strlen(word)), strlen(word));
}

static void move(struct mover *m)
{
	tell(m, "\n");
	check(says(m, "pid 1\n"));
}

static void finish(struct mover *m)
{
	close(m->tell);
	fclose(m->words);
}

static int pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static void pidfd_goes_on(void)
{
	struct mover m = start();
	struct pollfd p = {.fd = pidfd_open(m.pid), .events = POLLIN};
	siginfo_t info = {0};

	vm_must(p.fd >= 0, "pidfd_open");
	move(&m);
	check_eq(poll(&p, 1, 0), 0);
	check_eq(syscall(SYS_pidfd_send_signal, p.fd, SIGUSR1, NULL, 0), 0);
	tell(&m, "\n");
	check(says(&m, "usr1\n"));
	tell(&m, "end\n");
	check_eq(poll(&p, 1, 120000), 1);
	check_eq(waitid(P_PIDFD, (id_t)p.fd, &info, WEXITED), 0);
	check_eq(info.si_pid, m.pid);
	check_eq(info.si_status, 7);
	close(p.fd);
	finish(&m);
}

static pid_t waiter_tid;

static void *wait_for(void *data)
{
	int status = -1;

	__atomic_store_n(&waiter_tid, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	if (waitpid(((struct mover *)data)->pid, &status, 0) < 0)
		status = -1;
	return (void *)(long)status;
}

static bool waiter_sleeps(void *data)
{
	pid_t tid = __atomic_load_n(&waiter_tid, __ATOMIC_SEQ_CST);
	char path[64], text[512] = "";
	const char *state;
	FILE *file;

	(void)data;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
	file = fopen(path, "r");
	if (!file)
		return false;
	state = fgets(text, sizeof(text), file) ? strrchr(text, ')') : NULL;
	fclose(file);
	return state && state[2] == 'S';
}

static void a_wait_that_began_before_ends(void)
{
	struct mover m = start();
	pthread_t waiter;
	void *status;

	waiter_tid = 0;
	vm_must(!pthread_create(&waiter, NULL, wait_for, &m), "thread");
	check(vm_wait(waiter_sleeps, NULL));
	move(&m);
	tell(&m, "end\n");
	pthread_join(waiter, &status);
	check_eq((long)status, 7 << 8);
	finish(&m);
}

static void signals_by_number_go_on(void)
{
	struct mover m = start();
	int status;

	move(&m);
	check_eq(kill(m.pid, 0), 0);
	check_eq(kill(-m.pid, SIGUSR1), 0);
	tell(&m, "\n");
	check(says(&m, "usr1\n"));
	check_eq(getpgid(m.pid), m.pid);
	check_eq(getsid(m.pid), m.pid);
	check_eq(kill(m.pid, SIGKILL), 0);
	check_eq(waitpid(m.pid, &status, 0), m.pid);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	finish(&m);
}

static void read_at(int dir, const char *name, char *buf, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
}

static void open_files_of_proc_go_on(void)
{
	struct mover m = start();
	char path[64], text[4096], wanted[64];
	int dir, stat_fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d", (int)m.pid);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	stat_fd = openat(dir, "stat", O_RDONLY | O_CLOEXEC);
	vm_must(dir >= 0 && stat_fd >= 0, path);
	move(&m);
	read_at(dir, "status", text, sizeof(text));
	snprintf(wanted, sizeof(wanted), "\nNSpid:\t%d\t1\n", (int)m.pid);
	check_str(text, wanted);
	snprintf(wanted, sizeof(wanted), "\nPid:\t%d\n", (int)m.pid);
	check_str(text, wanted);
	n = pread(stat_fd, text, sizeof(text) - 1, 0);
	text[n < 0 ? 0 : n] = '\0';
	check_eq(atoi(text), m.pid);
	tell(&m, "end\n");
	check_eq(vm_reap(m.pid), 7);
	close(stat_fd);
	close(dir);
	finish(&m);
}

static const struct vm_test tests[] = {
	{"a pidfd goes on", pidfd_goes_on},
	{"a wait that began before ends", a_wait_that_began_before_ends},
	{"signals by number go on", signals_by_number_go_on},
	{"open files of /proc go on", open_files_of_proc_go_on},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
