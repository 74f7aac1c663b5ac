// SPDX-License-Identifier: GPL-2.0-or-later
/* options.c - the command line. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/message.h"
#include "pidns-top/ui/app.h"
#include "view.h"

#define WIDTH_MAX 4000

enum {
	OPTION_ALL = 256,
	OPTION_FROM,
	OPTION_NO_COLOUR,
	OPTION_NO_MOUSE,
	OPTION_PLAIN,
	OPTION_PROVIDER,
	OPTION_READONLY,
	OPTION_ROOT,
	OPTION_AT,
};

static const struct option long_options[] = {
	{"all", no_argument, NULL, OPTION_ALL},
	{"batch", no_argument, NULL, 'b'},
	{"delay", required_argument, NULL, 'd'},
	{"from", required_argument, NULL, OPTION_FROM},
	{"help", no_argument, NULL, 'h'},
	{"list-columns", no_argument, NULL, 'H'},
	{"iterations", required_argument, NULL, 'n'},
	{"no-color", no_argument, NULL, OPTION_NO_COLOUR},
	{"no-mouse", no_argument, NULL, OPTION_NO_MOUSE},
	{"plain", no_argument, NULL, OPTION_PLAIN},
	{"provider", required_argument, NULL, OPTION_PROVIDER},
	{"readonly", no_argument, NULL, OPTION_READONLY},
	{"root", required_argument, NULL, OPTION_ROOT},
	{"at", required_argument, NULL, OPTION_AT},
	{"sort", required_argument, NULL, 's'},
	{"version", no_argument, NULL, 'V'},
	{"width", required_argument, NULL, 'w'},
	{0},
};

static int usage_help(void)
{
	char providers[SOURCE_NAMES_MAX];

	printf("Usage: pidns-top [options] [NS]\n"
	       "\n"
	       "Shows the PID namespaces of this machine, and the processes in each of them.\n"
	       "With NS it begins with the processes of that namespace: an inode, pid:[INODE],\n"
	       "@PID for the one that process is in, a path, or the name of a container. Press\n"
	       "h for the keys.\n"
	       "\n"
	       "  -d, --delay SECONDS    between two samples (2)\n"
	       "  -s, --sort [-]COLUMN   sort by this column; - reverses the sort\n"
	       "  -H, --list-columns     list the columns that --sort takes, and nothing else\n"
	       "      --plain            for screen readers: no bars, no lines\n"
	       "      --no-color         no colours; so does NO_COLOR in the environment\n"
	       "      --no-mouse         leave the mouse to the terminal\n"
	       "      --readonly         nothing can be changed: no signals, no shells\n"
	       "      --all              also find namespaces without tasks\n"
	       "      --from FILE        show a recording, or the procfs mounted there\n"
	       "      --at TIME          of a recording, the last snapshot at or before\n"
	       "      --provider NAME    %s\n"
	       "      --root DIR         ask the machine whose root directory that is\n"
	       "\n"
	       "  -b, --batch            plain text on standard output; needs no terminal\n"
	       "  -n, --iterations N     exit after so many samples\n"
	       "  -w, --width COLUMNS    of a line in batch mode\n"
	       "\n"
	       "  -h, --help             this text\n"
	       "  -V, --version          the version\n",
	       source_provider_names(providers));
	return message_close_stdout(EXIT_DONE);
}

static int usage_columns(void)
{
	static const struct view *const views[] = {&view_namespaces, &view_processes};

	for (size_t v = 0; v < sizeof(views) / sizeof(views[0]); v++)
		for (size_t i = 0; i < views[v]->nr_columns; i++) {
			const struct field *field = views[v]->columns[i].field;

			if (column_can_sort(&views[v]->columns[i]))
				printf("%-12s %-8s %s\n", field->name,
				       column_title(&views[v]->columns[i], false), field->help);
		}
	return message_close_stdout(EXIT_DONE);
}

static int usage_version(void)
{
	puts("pidns-top " PIDNS_VERSION);
	return message_close_stdout(EXIT_DONE);
}

static bool parse_count(const char *text, unsigned long max, unsigned long *ret)
{
	unsigned long value;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (*end || errno || !value || value > max)
		return false;
	*ret = value;
	return true;
}

static int wrong(const char *option, const char *text, const char *what)
{
	return message_exit(EXIT_USAGE, "%s: \"%s\": %s", option, text, what);
}

static int parse_number(int option, const char *text, struct options *options)
{
	unsigned long width;

	switch (option) {
	case 'd':
		if (!app_parse_delay(text, &options->delay))
			return wrong("--delay", text, "not a number of seconds from 0.1 to 86400");
		break;
	case 'n':
		if (!parse_count(text, ULONG_MAX, &options->iterations))
			return wrong("--iterations", text, "not a positive number");
		break;
	case 'w':
		if (!parse_count(text, WIDTH_MAX, &width))
			return wrong("--width", text, "not a number from 1 to 4000");
		options->width = (unsigned int)width;
		break;
	}
	return OPTIONS_GO_ON;
}

static int parse_one(int option, struct options *options)
{
	switch (option) {
	case 'b':
		options->is_batch = true;
		break;
	case 's':
		options->sort = optarg;
		break;
	case OPTION_ALL:
		options->is_all = true;
		break;
	case OPTION_FROM:
		options->source.from = optarg;
		break;
	case OPTION_NO_COLOUR:
		options->has_colour = false;
		break;
	case OPTION_NO_MOUSE:
		options->has_no_mouse = true;
		break;
	case OPTION_PLAIN:
		options->is_plain = true;
		break;
	case OPTION_READONLY:
		options->is_readonly = true;
		break;
	case OPTION_PROVIDER:
		options->source.provider = optarg;
		break;
	case OPTION_AT:
		options->source.at = optarg;
		break;
	case OPTION_ROOT:
		options->source.root = optarg;
		break;
	case 'h':
		return usage_help();
	case 'H':
		return usage_columns();
	case 'V':
		return usage_version();
	case 'd':
	case 'n':
	case 'w':
		return parse_number(option, optarg, options);
	default:
		return EXIT_USAGE;
	}
	return OPTIONS_GO_ON;
}

/* getopt(3) would print what it was given, escapes and all. */
static int complain(int option, char **argv)
{
	const char *what = optopt > 0 && optopt < 256 ? (char[]){'-', (char)optopt, '\0'}
						      : argv[optind - 1];

	if (option == ':')
		return message_exit(EXIT_USAGE, "%s: needs an argument", what);
	return message_exit(EXIT_USAGE, "%s: no such option (try --help)", what);
}

int options_parse(int argc, char **argv, struct options *options)
{
	const char *no_colour = getenv("NO_COLOR");
	int option;

	*options = (struct options){.has_colour = !no_colour || !no_colour[0]};
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":bd:hHn:s:Vw:", long_options, NULL)) != -1) {
		int r;

		if (option == '?' || option == ':')
			return complain(option, argv);
		r = parse_one(option, options);
		if (r != OPTIONS_GO_ON)
			return r;
	}
	if (optind + 1 < argc)
		return message_exit(EXIT_USAGE, "%s: one namespace is enough", argv[optind + 1]);
	options->target = argv[optind];
	return OPTIONS_GO_ON;
}
