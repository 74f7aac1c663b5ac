// SPDX-License-Identifier: LGPL-2.1-or-later
/* holders.c - whose namespaces those are that a limit counts, in a few words. */
#include "holders.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "annotate/annotate.h"
#include "base/file.h"

#define SHOWN 3

/* Without its newline; empty where it has gone. */
static void read_comm(const struct annotation *a, int32_t pid, char *comm, size_t size)
{
	char name[32];
	ssize_t len;

	snprintf(name, sizeof(name), "%" PRId32 "/comm", pid);
	len = file_read(a->procfs, name, comm, size);
	if (len > 0 && comm[len - 1] == '\n')
		len--;
	comm[len > 0 ? len : 0] = '\0';
}

void holders_add(struct holders *holders, struct annotation *a, int32_t pid)
{
	char comm[sizeof(holders->list[0].comm)] = "";
	size_t i = 0;

	if (pid)
		read_comm(a, pid, comm, sizeof(comm));
	while (i < holders->nr && strcmp(holders->list[i].comm, comm) != 0)
		i++;
	if (!comm[0] || i == HOLDERS_MAX) {
		holders->others++;
		return;
	}
	if (i == holders->nr) {
		holders->list[i].pid = pid;
		memcpy(holders->list[i].comm, comm, sizeof(comm));
		holders->nr++;
	}
	holders->list[i].count++;
}

static int compare(const void *a, const void *b)
{
	const struct limit_holder *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

const char *holders_text(struct holders *holders, struct annotation *a)
{
	uint64_t others = holders->others;
	char text[512];
	size_t len = 0;

	qsort(holders->list, holders->nr, sizeof(holders->list[0]), compare);
	for (size_t i = 0; i < holders->nr; i++) {
		const struct limit_holder *holder = &holders->list[i];

		if (i >= SHOWN) {
			others += holder->count;
			continue;
		}
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%s %" PRIu64 " (PID %" PRId32 ")", i ? ", " : "",
					holder->comm, holder->count, holder->pid);
	}
	if (others)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%" PRIu64 " more",
					len ? ", " : "", others);
	return len ? annotate_text(a, text, len) : NULL;
}
