// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - pidns: a table of subcommands and a loop over it. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/message.h"
#include "options.h"

/* Rows are many and short. */
#define STDOUT_BUFFER_SIZE 65536

static const struct command commands[] = {
	{"tree", "", "PID namespaces as a tree", TAKES_COLUMNS | TAKES_ALL | TAKES_DOT, 0, 0,
	 cmd_tree},
	{"list", "", "PID namespaces as a list", TAKES_COLUMNS | TAKES_ALL, 0, 0, cmd_list},
	{"ps", "[NS]...", "Processes, with their PID in every namespace",
	 TAKES_COLUMNS | TAKES_THREADS | TAKES_DESCENDANTS | TAKES_ALL, 0, SIZE_MAX, cmd_ps},
	{"map", "PID...|-", "The PIDs of a process in every namespace, and back",
	 TAKES_IN | TAKES_ALL, 1, SIZE_MAX, cmd_map},
	{"show", "NS", "Everything about one namespace", TAKES_ALL | TAKES_WHOLE, 1, 1, cmd_show},
	{"why", "[NS|PID]", "Why fork(2) fails there, or would soon", TAKES_ALL | TAKES_WHOLE, 0, 1,
	 cmd_why},
	{"doctor", "", "What is wrong on this machine, and what to do about it", TAKES_VERBOSE, 0,
	 0, cmd_doctor},
	{"record", "", "Save a snapshot, or a series of them, to a file, for --from",
	 TAKES_WRITE | TAKES_EVERY | TAKES_THREADS | TAKES_ALL, 0, 0, cmd_record},
	{"export", "", "A snapshot as JSON lines, for jq and DuckDB",
	 TAKES_JSONL | TAKES_THREADS | TAKES_ALL, 0, 0, cmd_export},
	{"diff", "A [B]", "What changed from A to B; without B, to now, or with --at, to A's last",
	 TAKES_ALL | TAKES_TASKS, 1, 2, cmd_diff},
	{"watch", "[NS]...", "What changes, as it does, a line each",
	 TAKES_INTERVAL | TAKES_ALL | TAKES_TASKS, 0, SIZE_MAX, cmd_watch},
	{"metrics", "", "Gauges and counters for Prometheus", TAKES_WRITE | TAKES_METRICS, 0, 0,
	 cmd_metrics},
	{"unshare", "CMD [ARGUMENT]...", "Become PID 1 of a new PID namespace, and run a program",
	 RUNS_PROGRAM | TAKES_MOVE, 1, SIZE_MAX, cmd_unshare},
	{"kill", "PID...", "Send a signal to exactly these processes",
	 TAKES_IN | TAKES_SIGNAL | ACTS, 1, SIZE_MAX, cmd_kill},
	{"enter", "NS [CMD [ARGUMENT]...]", "Run a shell or a program in all namespaces of NS",
	 RUNS_PROGRAM | ACTS, 1, SIZE_MAX, cmd_enter},
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	return NULL;
}

static int print_help(void)
{
	printf("Usage: pidns [COMMAND] [OPTIONS] [ARGUMENTS]\n\n"
	       "The PID namespaces of this machine, and their processes.\n\nCommands:\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		printf("  %-7s %s\n", commands[i].name, commands[i].help);
	printf("\nWithout a command: tree. The options of one: pidns COMMAND --help.\n"
	       "NS is an inode number, pid:[INODE], the path of a namespace file, @PID, or the\n"
	       "name of a container.\n\n"
	       "Options:\n"
	       " -h, --help           this text\n"
	       " -V, --version        print the version\n\n"
	       "Exit codes: 0 done, 1 the answer is no, 2 usage, 4 provider or kernel cannot\n"
	       "serve, 5 anything else; of why, 3 fork fails; of unshare and enter, that of\n"
	       "CMD.\n"
	       "All about it: pidns(8).\n");
	return EXIT_DONE;
}

static int print_version(void)
{
	printf("pidns %s\n", PIDNS_VERSION);
	return EXIT_DONE;
}

/* `pidns --json list` is `pidns list --json`: move the command to the front. */
static void move_command_first(int argc, char **argv)
{
	int at = options_skip(&commands[0], argc, argv);
	char *word;

	if (at >= argc || !find_command(argv[at]))
		return;
	word = argv[at];
	memmove(&argv[2], &argv[1], (size_t)(at - 1) * sizeof(*argv));
	argv[1] = word;
}

/* A reader that leaves, and a file that may not grow, are failed writes, not deaths: so a recording
 * cut short is taken away again. */
static const int ignored[] = {SIGPIPE, SIGXFSZ};

#define NR_IGNORED (sizeof(ignored) / sizeof(ignored[0]))

static struct sigaction found[NR_IGNORED];

static void signals_ignore(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < NR_IGNORED; i++)
		sigaction(ignored[i], &ignore, &found[i]);
}

static void signals_restore(void)
{
	for (size_t i = 0; i < NR_IGNORED; i++)
		sigaction(ignored[i], &found[i], NULL);
}

static int run_command(const struct command *command, int argc, char **argv)
{
	struct options options;
	int r = options_parse(command, argc, argv, &options);

	if (r)
		return r;
	if (options.help) {
		options_print_help(command);
		return EXIT_DONE;
	}
	if (command->options & RUNS_PROGRAM)
		signals_restore();
	return command->run(&options);
}

static int dispatch(int argc, char **argv)
{
	const struct command *command;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return print_help();
	if (argc > 1 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")))
		return print_version();
	if (argc > 1 && *argv[1] == '-')
		move_command_first(argc, argv);
	if (argc <= 1 || *argv[1] == '-')
		return run_command(&commands[0], argc, argv);
	command = find_command(argv[1]);
	if (!command)
		return message_exit(EXIT_USAGE, "\"%.64s\" is not a command; see pidns --help",
				    argv[1]);
	return run_command(command, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	static char buffer[STDOUT_BUFFER_SIZE];

	message_init("pidns");
	signals_ignore();
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	return message_close_stdout(dispatch(argc, argv));
}
