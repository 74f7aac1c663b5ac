/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.h - everything a key can ask for, in one list.
 *
 * Each line makes an enum value, a name, the keys that mean it, and its line in the help screen,
 * and wants a function app_<name>() in app.c. So a key that works is a key that is explained.
 *
 *	X(name, keys, label, help)
 *
 * keys are names as keys.h has them, separated by spaces, the first one being shown in the bottom
 * line beside `label`; a request without a label is not shown there.
 */
#ifndef PIDNS_TOP_REQUEST_H
#define PIDNS_TOP_REQUEST_H

/* clang-format off */
#define REQUESTS(X) \
	X(open,		"Enter",		"Open",	  "show the processes of the selected namespace") \
	X(back,		"Esc Backspace",	"Back",	  "back to the namespaces; or drop the filter") \
	X(details,	"i",			0,	  "details of the selected namespace: container, limits, pins") \
	X(help,		"h ? F1",		"Help",	  "this text") \
	X(quit,		"q F10",		"Quit",	  "quit") \
	X(search,	"/",			"Search", "search for a PID, an inode, a user or a name") \
	X(search_next,	"n F3",			0,	  "the next row that matches the search") \
	X(search_prev,	"p Shift-F3",		0,	  "the previous row that matches the search") \
	X(vpid,		"#",			0,	  "processes: to the one with that PID in its own namespace") \
	X(events,	"e",			0,	  "what happened, the last at the end") \
	X(filter,	"\\ F4",		"Filter", "show only what matches, and what it is in") \
	X(tree,		"t F5",			"Tree",	  "a tree, or a flat list (processes: while sorted by PID)") \
	X(setup,	"F2 S",			"Setup",  "choose the columns and their order; kept in the config file") \
	X(sort_menu,	"F6 ,",			"Sort",	  "choose the column to sort by") \
	X(up,		"Up",			0,	  "one row up") \
	X(down,		"Down",		0,	  "one row down") \
	X(page_up,	"PgUp ^B",		0,	  "one page up") \
	X(page_down,	"PgDn ^F",		0,	  "one page down") \
	X(first,	"Home g",		0,	  "to the first row") \
	X(last,		"End G",		0,	  "to the last row") \
	X(fold,		"- Left",		0,	  "fold what is below into one row; or go to the parent") \
	X(unfold,	"+ Right",		0,	  "unfold again") \
	X(fold_all,	"*",			0,	  "fold all namespaces, or unfold all") \
	X(sort_left,	"<",			0,	  "sort by the column to the left") \
	X(sort_right,	">",			0,	  "sort by the column to the right") \
	X(reverse,	"R I",			0,	  "reverse the sort") \
	X(sort_number,	"N",			0,	  "sort by inode or PID") \
	X(sort_cpu,	"P",			0,	  "sort by CPU use") \
	X(sort_memory,	"M",			0,	  "sort by memory") \
	X(sort_time,	"T",			0,	  "sort by CPU time (processes)") \
	X(command,	"c",			0,	  "show command lines, or names only") \
	X(below,	"a",			0,	  "processes: with those of all namespaces below, or without") \
	X(user,		"u",			0,	  "processes: only those of one user; none: of all") \
	X(kernel,	"K",			0,	  "processes: hide the threads of the kernel, or show them") \
	X(threads,	"H",			0,	  "processes: with a row for each thread, or without") \
	X(wrap,		"w",			0,	  "the whole command line of the process, or of the init") \
	X(only_full,	"1",			0,	  "only namespaces that are at a limit; again: all") \
	X(only_near,	"2",			0,	  "only those that are near one") \
	X(only_zombies,	"3",			0,	  "only those with zombies") \
	X(only_dead,	"4",			0,	  "only those whose init has ended or is ending") \
	X(only_unborn,	"5",			0,	  "only those that never had a process") \
	X(pane,		"v",			0,	  "show or hide what is known of the selected row") \
	X(pause,	"Z",			0,	  "pause the refresh; or go on") \
	X(delay,	"d s",			0,	  "seconds between two samples") \
	X(tag,		"Space",		0,	  "tag or untag; what is done is done to all that are tagged") \
	X(untag,	"U",			0,	  "untag all") \
	X(nice_lower,	"F7",			0,	  "lower the nice value (root alone)") \
	X(nice_raise,	"F8",			0,	  "raise the nice value") \
	X(kill,		"F9 k",			"Kill",	  "send a signal to the process, or to the init of the namespace") \
	X(shell,	"!",			"Shell",  "a shell in all its namespaces") \
	X(earlier,	"[",			"Time",	  "back to the sample before; the header says how long ago it was") \
	X(later,	"]",			0,	  "forward to the next sample; after the last: now") \
	X(oldest,	"{",			0,	  "back to the oldest sample that is kept") \
	X(newest,	"}",			0,	  "forward to the newest sample; of a running machine: now") \
	X(compare,	"=",			"Diff",	  "mark this moment; once one is marked: what is different") \
	X(save,			"W",			0,	  "write the settings to the config file") \
	X(theme,		"C",			0,	  "the next colours: dark, light, contrast, mono") \
	X(refresh,	"^R",			0,	  "refresh now") \
	X(redraw,	"^L",			0,	  "draw the screen anew")
/* clang-format on */

enum request {
#define X(name, keys, label, help) REQUEST_##name,
	REQUESTS(X)
#undef X
		NR_REQUESTS,
	REQUEST_NONE = NR_REQUESTS,
};

struct request_info {
	const char *name;
	const char *keys;
	const char *label; /* NULL: not in the bottom line */
	const char *help;
};

/* By enum request; in keys.c. */
extern const struct request_info request_infos[NR_REQUESTS];

#endif /* PIDNS_TOP_REQUEST_H */
