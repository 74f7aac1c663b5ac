// SPDX-License-Identifier: GPL-2.0-or-later
/* map-table.c - the answers of pidns map as a table for people. */
#include "map-table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "note.h"
#include "out.h"

#define PID_COLUMNS	  7
#define INODE_COLUMNS	  10
#define CONTAINER_COLUMNS 20

void map_table_heading(void)
{
	printf(" %*s %*s %*s %-*s %s\n", PID_COLUMNS, "PID", INODE_COLUMNS, "NS", PID_COLUMNS,
	       "VPID", CONTAINER_COLUMNS, "CONTAINER", "COMM");
}

static void put_column(int width, bool is_known, uint64_t number)
{
	if (is_known)
		printf(" %*" PRIu64, width, number);
	else
		printf(" %*s", width, "-");
}

static void print_level(const struct pidns_ns *ns, int32_t vpid, const char *comm)
{
	const struct pidns_container *container = describe_container(ns);
	char label[DESCRIBE_LABEL_MAX] = "-";
	size_t len = 1;

	if (container)
		len = describe_container_label(container, label);
	put_column(INODE_COLUMNS, ns->known & PIDNS_NS_INO, ns->ino);
	put_column(PID_COLUMNS, vpid > 0, (uint64_t)vpid);
	putchar(' ');
	out_padded(stdout, label, len, comm ? CONTAINER_COLUMNS : 0);
	if (comm) {
		putchar(' ');
		out_text(stdout, comm, strlen(comm));
	}
	putchar('\n');
}

void map_table_missing(int32_t number, bool is_inside)
{
	put_column(PID_COLUMNS, !is_inside, (uint64_t)number);
	put_column(INODE_COLUMNS, false, 0);
	put_column(PID_COLUMNS, is_inside, (uint64_t)number);
	puts(" no such process");
}

void map_table_row(const struct pidns_task *task, const struct pidns_ns *const *levels, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		bool has_comm = i + 1 == nr && task->known & PIDNS_TASK_COMM;

		if (i)
			printf(" %*s", PID_COLUMNS, "");
		else
			put_column(PID_COLUMNS, true, (uint64_t)task->tid);
		print_level(levels[i], pidns_task_vpid(task, levels[i]),
			    has_comm ? task->comm : NULL);
	}
}
