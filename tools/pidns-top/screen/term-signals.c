// SPDX-License-Identifier: GPL-2.0-or-later
/* term-signals.c - whatever ends or stops us, the terminal is given back first. */
#include "term-signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* All that by default end a process and that something short of a debugger may send. */
static const int fatal[] = {SIGHUP, SIGINT,  SIGQUIT, SIGTERM, SIGSEGV, SIGBUS,	 SIGABRT, SIGFPE,
			    SIGILL, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGSYS,  SIGTRAP};
/* These wait for ppoll(2), so that they never cut a frame in two. */
static const int orderly[] = {SIGWINCH, SIGTSTP, SIGCONT};

/* A signal handler has nothing but globals. */
static struct term_modes modes;
static volatile sig_atomic_t is_taken_over;
static volatile sig_atomic_t has_resized, has_stopped, has_continued;
static struct sigaction fatal_before[NR(fatal)], orderly_before[NR(orderly)];
static sigset_t mask_before;
static char *alternate_stack;

/* A terminal whose reader stalls must not make us wait for it to die. */
static void write_at_once(const char *bytes, size_t len)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	if (flags >= 0)
		fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK);
	while (len) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		bytes += n;
		len -= (size_t)n;
	}
	if (flags >= 0)
		fcntl(STDOUT_FILENO, F_SETFL, flags);
}

void term_signals_restore(void)
{
	if (!is_taken_over)
		return;
	is_taken_over = 0;
	write_at_once(modes.leave, modes.leave_len);
	tcsetattr(STDIN_FILENO, TCSANOW, &modes.cooked);
}

/* Installed with SA_RESETHAND and SA_NODEFER: raise() ends us by this very signal, so that the
 * parent learns it. */
static void on_fatal(int sig)
{
	term_signals_restore();
	raise(sig);
}

static void on_orderly(int sig)
{
	if (sig == SIGWINCH)
		has_resized = 1;
	else if (sig == SIGTSTP)
		has_stopped = 1;
	else
		has_continued = 1;
}

/* What was ignored stays so: nohup(1) means it. */
static void install(int sig, struct sigaction *before, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	sigaction(sig, NULL, before);
	if (before->sa_handler == SIG_IGN)
		return;
	sigemptyset(&action.sa_mask);
	/* Giving the terminal back must work from the background as well. */
	sigaddset(&action.sa_mask, SIGTTOU);
	sigaction(sig, &action, NULL);
}

/* A stack that overflowed is no place to restore a terminal from. */
static void use_alternate_stack(void)
{
	size_t size = 64 * 1024;
	stack_t stack = {.ss_size = size};

	alternate_stack = malloc(size);
	stack.ss_sp = alternate_stack;
	if (alternate_stack)
		sigaltstack(&stack, NULL);
}

int term_signals_open(void)
{
	sigset_t blocked;

	if (tcgetattr(STDIN_FILENO, &modes.cooked) < 0)
		return -errno;
	use_alternate_stack();
	for (size_t i = 0; i < NR(fatal); i++)
		install(fatal[i], &fatal_before[i], on_fatal,
			(int)SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
	sigemptyset(&blocked);
	for (size_t i = 0; i < NR(orderly); i++) {
		install(orderly[i], &orderly_before[i], on_orderly, 0);
		sigaddset(&blocked, orderly[i]);
	}
	pthread_sigmask(SIG_BLOCK, &blocked, &mask_before);
	return 0;
}

void term_signals_arm(const struct term_modes *taken)
{
	modes = *taken;
	is_taken_over = 1;
}

void term_signals_close(void)
{
	stack_t stack = {.ss_flags = SS_DISABLE};

	pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
	for (size_t i = 0; i < NR(fatal); i++)
		sigaction(fatal[i], &fatal_before[i], NULL);
	for (size_t i = 0; i < NR(orderly); i++)
		sigaction(orderly[i], &orderly_before[i], NULL);
	sigaltstack(&stack, NULL);
	free(alternate_stack);
	alternate_stack = NULL;
}

const struct termios *term_signals_cooked(void)
{
	return &modes.cooked;
}

const sigset_t *term_signals_mask(void)
{
	return &mask_before;
}

static void take_over_again(void)
{
	/* After SIGSTOP the modes may still be our own: those are none to give back. */
	if (!is_taken_over)
		tcgetattr(STDIN_FILENO, &modes.cooked);
	tcsetattr(STDIN_FILENO, TCSANOW, &modes.raw);
	write_at_once(modes.enter, modes.enter_len);
	is_taken_over = 1;
}

/* Stop as if we had never asked for the signal; from here on until we are continued. */
static void stop_now(void)
{
	struct sigaction by_default = {.sa_handler = SIG_DFL}, ours;
	sigset_t stop;

	term_signals_restore();
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigaction(SIGTSTP, &by_default, &ours);
	raise(SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	sigaction(SIGTSTP, &ours, NULL);
}

struct term_news term_signals_news(void)
{
	struct term_news news = {0};

	if (has_stopped) {
		has_stopped = 0;
		stop_now();
		has_continued = 1;
	}
	/* Stopped by SIGSTOP, the shell has had the terminal meanwhile without our knowing. */
	if (has_continued) {
		has_continued = 0;
		has_resized = 1;
		take_over_again();
		news.has_continued = true;
	}
	news.has_resized = has_resized;
	has_resized = 0;
	return news;
}
