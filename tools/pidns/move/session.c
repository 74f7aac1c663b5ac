// SPDX-License-Identifier: GPL-2.0-or-later
/* session.c - a program in a session of its own, on a pseudo-terminal where we have a terminal. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/execute.h"
#include "common/message.h"
#include "relay.h"
#include "signals.h"
#include "terminal.h"

/* A shell does not say that it brings a running job to the front: so poll while we wait for it. */
#define BACKGROUND_MS 200

struct session {
	pid_t child;
	struct terminal terminal;
	struct signals signals;
	/* The slave stays open here: a process that closes its own, and opens /dev/tty later, finds
	 * it alive. */
	int master, slave;
	int word[2];	/* a pipe: the child has become what it should */
	int killed_for; /* the signal that SIGKILL stood for */
	bool has_ended;
	int status; /* then; an exit status */
	struct relay relay;
};

static int failed(const char *what)
{
	return message_exit(EXIT_FAILED, "unshare: %s: %s", what, strerror(errno));
}

/* ---- Before ---- */

static struct session *session_new(void)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->terminal.fd = s->signals.fd = s->master = s->slave = s->word[0] = s->word[1] = -1;
	s->relay.terminal = s->relay.master = -1;
	return s;
}

static int open_pseudo_terminal(struct session *s)
{
	struct winsize size;

	s->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (s->master < 0 || grantpt(s->master) < 0 || unlockpt(s->master) < 0)
		return failed("a pseudo-terminal");
	/* By its name it might be another one: /dev/pts need not be where the master comes from. */
	s->slave = ioctl(s->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (s->slave < 0 || tcsetattr(s->slave, TCSANOW, &s->terminal.found) < 0)
		return failed("a pseudo-terminal");
	if (!terminal_size(&s->terminal, &size))
		ioctl(s->slave, TIOCSWINSZ, &size);
	return 0;
}

static int open_all(struct session *s)
{
	int r = terminal_open(&s->terminal);

	if (r < 0)
		return message_exit(EXIT_FAILED, "unshare: the terminal: %s", strerror(-r));
	if (s->terminal.fd >= 0) {
		r = open_pseudo_terminal(s);
		if (r)
			return r;
	}
	if (pipe2(s->word, O_CLOEXEC) < 0)
		return failed("a pipe");
	r = signals_open(&s->signals);
	if (r < 0)
		return message_exit(EXIT_FAILED, "unshare: signals: %s", strerror(-r));
	return 0;
}

/* ---- The child ---- */

/* Of its three streams those that are a terminal become the new one. */
static void use_slave(const struct session *s)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (isatty(fd))
			dup2(s->slave, fd);
}

static int run_child(struct session *s, int (*become)(const void *), const void *data,
		     char *const *argv)
{
	int r;

	setsid();
	if (s->slave >= 0 && ioctl(s->slave, TIOCSCTTY, 0) < 0)
		return failed("the pseudo-terminal");
	r = become(data);
	if (r)
		return r;
	if (write(s->word[1], "", 1) != 1)
		return failed("a pipe");
	if (s->slave >= 0)
		use_slave(s);
	signals_close(&s->signals);
	return execute(argv);
}

/* ---- The parent ---- */

/* Until then errors are the child's to tell, on a terminal as they expect it. */
static bool wait_for_word(struct session *s)
{
	char word;
	ssize_t n;

	cleanup_fd(&s->word[1]);
	s->word[1] = -1;
	while ((n = read(s->word[0], &word, 1)) < 0 && errno == EINTR)
		;
	return n == 1;
}

static void copy_size(struct session *s)
{
	struct winsize size;

	if (s->master >= 0 && !terminal_size(&s->terminal, &size))
		ioctl(s->master, TIOCSWINSZ, &size);
}

static void go_on(struct session *s)
{
	terminal_take(&s->terminal);
	copy_size(s);
	kill(s->child, SIGCONT);
}

/* The child was stopped, and its shell is our caller's: so it is we who stop before its eyes. */
static void stop_with_child(struct session *s)
{
	terminal_give_back(&s->terminal);
	signals_stop_here();
	go_on(s);
}

static void end_with(struct session *s, const siginfo_t *info)
{
	s->has_ended = true;
	if (info->si_code == CLD_EXITED)
		s->status = info->si_status;
	else if (info->si_status == SIGKILL && s->killed_for)
		s->status = 128 + s->killed_for;
	else
		s->status = 128 + info->si_status;
}

static void ask_for_child(struct session *s)
{
	siginfo_t info = {0};

	while (!s->has_ended &&
	       !waitid(P_PID, (id_t)s->child, &info, WEXITED | WSTOPPED | WNOHANG) && info.si_pid) {
		if (info.si_code == CLD_STOPPED)
			stop_with_child(s);
		else if (info.si_code != CLD_TRAPPED)
			end_with(s, &info);
		info = (siginfo_t){0};
	}
}

static void pass_signal(struct session *s, int sig)
{
	int killed_for = signals_pass(s->child, sig);

	if (killed_for && !s->killed_for)
		s->killed_for = killed_for;
}

static void take_signal(struct session *s, int sig)
{
	switch (sig) {
	case SIGCHLD:
		ask_for_child(s);
		break;
	case SIGWINCH:
		copy_size(s);
		break;
	case SIGCONT:
		go_on(s);
		break;
	case SIGTSTP:
		/* The child's group is not a job of any shell and would not stop for it; we
		 * follow. */
		kill(s->child, SIGSTOP);
		break;
	case SIGTTIN:
		break;
	default:
		pass_signal(s, sig);
	}
}

/* Our terminal went away. So does theirs: closing it sends SIGHUP to the session, but an init that
 * does not handle that would stay for ever. */
static void hang_up(struct session *s)
{
	s->relay.terminal = s->relay.master = -1;
	cleanup_fd(&s->master);
	cleanup_fd(&s->slave);
	s->master = s->slave = -1;
	s->terminal.is_raw = false;
	if (!signals_reach(s->child, SIGHUP))
		pass_signal(s, SIGHUP);
}

static void turn(struct session *s)
{
	struct pollfd fds[1 + RELAY_NR_FDS] = {{.fd = s->signals.fd, .events = POLLIN}};
	bool is_ours = s->relay.terminal >= 0 && terminal_is_ours(&s->terminal);
	int sig;

	/* A shell may give it to us a moment after it has started us. */
	if (is_ours && !s->terminal.is_raw)
		terminal_take(&s->terminal);
	relay_prepare(&s->relay, is_ours, fds + 1);
	if (poll(fds, 1 + RELAY_NR_FDS, is_ours || s->relay.terminal < 0 ? -1 : BACKGROUND_MS) < 0)
		return;
	if (relay_pass(&s->relay, fds + 1) < 0 && terminal_is_gone(&s->terminal))
		hang_up(s);
	while (!s->has_ended && (sig = signals_next(&s->signals)))
		take_signal(s, sig);
}

/* All that was written before the end is shown; a signal ends the wait for that. */
static void show_rest(struct session *s)
{
	while (s->relay.terminal >= 0 && relay_pass_rest(&s->relay)) {
		struct pollfd fds[] = {
			{.fd = s->signals.fd, .events = POLLIN},
			{.fd = s->relay.terminal, .events = POLLOUT},
		};
		int sig;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		sig = signals_next(&s->signals);
		if (sig == SIGHUP || sig == SIGINT || sig == SIGQUIT || sig == SIGTERM)
			return;
	}
}

static void run_parent(struct session *s)
{
	if (wait_for_word(s)) {
		s->relay.terminal = s->terminal.fd;
		s->relay.master = s->master;
		terminal_take(&s->terminal);
		copy_size(s);
	}
	while (!s->has_ended)
		turn(s);
	show_rest(s);
}

static void close_all(struct session *s)
{
	terminal_close(&s->terminal);
	cleanup_fd(&s->master);
	cleanup_fd(&s->slave);
	cleanup_fd(&s->word[0]);
	cleanup_fd(&s->word[1]);
	if (s->signals.fd >= 0)
		signals_close(&s->signals);
}

static int start(struct session *s, int (*become)(const void *), const void *data,
		 char *const *argv)
{
	s->child = fork();
	if (!s->child)
		_exit(run_child(s, become, data, argv));
	return s->child < 0 ? failed("fork") : 0;
}

int session_run(int (*become)(const void *data), const void *data, char *const *argv)
{
	_cleanup_free_ struct session *s = session_new();
	int r;

	if (!s)
		return failed("memory");
	r = open_all(s);
	if (!r)
		r = start(s, become, data, argv);
	if (!r) {
		run_parent(s);
		r = s->status;
	}
	close_all(s);
	return r;
}
