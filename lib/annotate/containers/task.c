// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * task.c - what is asked of tasks beyond the snapshot: the maker of a namespace.
 *
 * Only what proc(5) answers without the memory of the task: its stat, never its command line.
 */
#include "containers.h"
#include "base/util.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAT_MAX   ((size_t)1024)
#define STATUS_MAX ((size_t)1 << 20) /* Groups: may be 65536 numbers long */

int containers_read_stat(int dir, struct proc_stat *ret)
{
	_cleanup_free_ char *buf = NULL;
	size_t len;
	int r = file_read_whole(dir, "stat", STAT_MAX, &buf, &len);

	return r < 0 ? r : proc_parse_stat(buf, len, ret);
}

int containers_open_task(const struct annotation *a, int32_t pid)
{
	char name[16];

	snprintf(name, sizeof(name), "%" PRId32, pid);
	return file_open_as(a->procfs, name, O_PATH | O_DIRECTORY);
}

/* Programs that wait for the init they made, and what that is. */
static const struct {
	const char *comm, *runtime;
	bool must_be_root;
} makers[] = {
	{"bwrap", "bubblewrap", false}, {"systemd-nspawn", "nspawn", true},
	{"lxc-start", "lxc", false},	{"lxc-execute", "lxc", false},
	{"incusd", "incus", true},	{"lxd", "lxd", true},
	{"runc", "runc", false},	{"crun", "crun", false},
};

/* Orphans of its own namespace are its children, too, whichever process made theirs. 1, 0,
 * -Exxx. */
static int is_init(int dir)
{
	_cleanup_free_ char *buf = NULL;
	struct proc_status status;
	size_t len;
	int r = file_read_whole(dir, "status", STATUS_MAX, &buf, &len);

	if (r >= 0)
		r = proc_parse_status(buf, len, &status);
	if (r < 0)
		return r;
	if (!(status.known & PROC_STATUS_NSPID))
		return -EPROTO;
	return status.nspid[status.nr_nspid - 1] == 1;
}

static int ask_parent(const struct annotation *a, const struct containers_source *source,
		      int32_t pid, struct maker *ret)
{
	_cleanup_close_ int dir = containers_open_task(a, pid);
	struct proc_stat parent;
	struct stat st;
	int r;

	if (dir < 0 || fstat(dir, &st) < 0)
		return -ESRCH;
	r = containers_read_stat(dir, &parent);
	if (r >= 0)
		r = is_init(dir);
	if (r)
		return r < 0 ? r : -ESRCH;
	memcpy(ret->comm, parent.comm, sizeof(ret->comm));
	ret->pid = pid;
	ret->is_root = st.st_uid == source->owner;
	return 0;
}

int containers_find_maker(const struct annotation *a, const struct containers_source *source,
			  int reaper_dir, struct maker *ret)
{
	struct proc_stat reaper, again;
	struct maker maker = {0};
	int r = containers_read_stat(reaper_dir, &reaper);

	*ret = maker;
	if (r >= 0)
		r = reaper.ppid > 0 ? ask_parent(a, source, reaper.ppid, &maker) : -ESRCH;
	if (r >= 0)
		r = containers_read_stat(reaper_dir, &again);
	/* Its child all the while: the number was not another's in between. */
	if (r >= 0 && again.ppid == reaper.ppid)
		*ret = maker;
	return r == -ENOMEM ? r : 0;
}

const char *containers_made_by(const struct maker *maker)
{
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		if (!strcmp(maker->comm, makers[i].comm) &&
		    (maker->is_root || !makers[i].must_be_root))
			return makers[i].runtime;
	return NULL;
}
