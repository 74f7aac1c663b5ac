// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mounts.c - bind mounts of nsfs files, and mounted instances of procfs.
 *
 * A list of mounts names each instance of procfs by a device number, and not the PID namespace it is
 * of. That shows inside of it alone. So where the reader's own mount namespace has it, it is looked
 * into, by a walk that never leaves what the kernel has in memory (RESOLVE_CACHED, openat2(2)), for a
 * file system on the way may hang. Others cannot be told apart.
 */
#include "pins.h"
#include "base/proc.h"
#include "core/snapshot.h"
#include "base/util.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PROC_MAGIC 0x9fa0 /* PROC_SUPER_MAGIC, statfs(2) */

static uint64_t device_key(uint32_t major, uint32_t minor)
{
	return (uint64_t)major << 32 | minor;
}

/* The instance of that device, made if there is none; NULL: no memory. Good until the next is made. */
static struct pins_instance *have_instance(struct pins *p, uint64_t device)
{
	uint32_t place = map_get(&p->instance_places, device);

	if (!place) {
		if (util_grow(&p->instances, &p->room_instances, p->nr_instances,
			      sizeof(*p->instances)) < 0 ||
		    map_put(&p->instance_places, device, (uint32_t)p->nr_instances + 1) < 0)
			return NULL;
		p->instances[p->nr_instances++] = (struct pins_instance){0};
		place = (uint32_t)p->nr_instances;
	}
	return &p->instances[place - 1];
}

/* ---- whose a procfs is ----------------------------------------------------------------------- */

static int open_how(int dir, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

/* A kernel with CONFIG_PID_NS_INFO says it itself; else the first task in it does, if there is one.
 * What is mounted over a file in there is another's. */
static uint64_t ask_instance(int fd)
{
	_cleanup_close_ int own =
		open_how(fd, "pidns", O_RDONLY | O_NONBLOCK, RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
	_cleanup_close_ int first = -1;
	uint64_t ino = 0;
	char text[1024];
	ssize_t len = own < 0 ? -1 : read(own, text, sizeof(text));

	if (len > 0 && proc_parse_pidns(text, (size_t)len, &ino) == 0)
		return ino;
	first = open_how(fd, "1/ns", O_PATH | O_DIRECTORY, RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
	len = first < 0 ? -1 : readlinkat(first, "pid", text, sizeof(text));
	if (len > 0)
		proc_parse_ns_link(text, (size_t)len, "pid", &ino);
	return ino;
}

/* 0: not known. */
static uint64_t learn_instance(const struct proc_mount *mount)
{
	_cleanup_free_ char *path = malloc(mount->mount_point.len + 1);
	_cleanup_close_ int fd = -1;
	struct statfs fs;
	struct stat st;

	if (!path)
		return 0;
	text_unescape(mount->mount_point, path, mount->mount_point.len + 1);
	fd = open_how(AT_FDCWD, path, O_PATH | O_DIRECTORY, RESOLVE_CACHED | RESOLVE_NO_SYMLINKS);
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != PROC_MAGIC || fstat(fd, &st) < 0 ||
	    major(st.st_dev) != mount->major || minor(st.st_dev) != mount->minor)
		return 0;
	return ask_instance(fd);
}

/* The one that is asked has the numbers of the snapshot, so it is of the namespace they begin in. */
static int learn_own_instance(struct pins *p)
{
	const struct ns_entry *root = p->a->snapshot->root;
	struct pins_instance *place;
	struct stat st;

	if (!root || !(root->pub.known & PIDNS_NS_INO) || fstat(p->a->procfs, &st) < 0)
		return 0;
	place = have_instance(p, device_key(major(st.st_dev), minor(st.st_dev)));
	if (!place)
		return -ENOMEM;
	place->ino = root->pub.ino;
	return 0;
}

/* One that the reader sees. */
static int meet_instance(void *context, const struct mounts_of *of, const struct proc_mount *mount)
{
	struct pins *p = context;
	uint64_t key = device_key(mount->major, mount->minor), ino;
	struct pins_instance *place;

	(void)of;
	if (!text_is(mount->type, "proc") || !text_is(mount->root, "/") ||
	    map_get(&p->instance_places, key))
		return 0;
	ino = learn_instance(mount);
	place = ino ? have_instance(p, key) : NULL;
	if (ino && !place)
		return -ENOMEM;
	if (place)
		place->ino = ino;
	return 0;
}

static int learn_instances(struct pins *p)
{
	_cleanup_close_ int self = openat(p->a->procfs, "self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct mounts own = {.visit = meet_instance, .context = p};
	int r = learn_own_instance(p);

	if (r >= 0 && self >= 0)
		r = mounts_look(&own, self, 0, 0);
	mounts_clear(&own);
	return r == -ENOMEM ? r : 0;
}

/* ---- all mounts ------------------------------------------------------------------------------ */

static const char *path_of(struct pins *p, const struct proc_mount *mount)
{
	char *path = annotate_store(p->a, mount->mount_point.len + 1);

	if (path)
		text_unescape(mount->mount_point, path, mount->mount_point.len + 1);
	return path;
}

static int note_mount(struct pins *p, const struct pidns_ns *ns, struct pidns_pin *pin,
		      const struct proc_mount *mount)
{
	pin->path = path_of(p, mount);
	pin->count = 1;
	if (!pin->path)
		return -ENOMEM;
	return ns ? pins_note(p, ns, pin) : pins_suspect(p, pin);
}

static int look_at_bind(struct pins *p, int32_t pid, const struct proc_mount *mount)
{
	struct pidns_pin pin = {.kind = PIDNS_PIN_BIND, .pid = pid};
	const struct pidns_ns *ns = NULL;
	uint64_t ino;

	if (proc_parse_ns_link(mount->root.text, mount->root.len, "pid", &ino) == 0)
		ns = pidns_ns_find(p->a->snapshot, ino);
	return ns ? note_mount(p, ns, &pin, mount) : 0;
}

/* What a task below the reader's namespace sees is likely that namespace's own, and nothing that
 * would keep another. */
static bool is_suspicious(const struct pins *p, int32_t pid)
{
	const struct pidns_task *task = pidns_task_find(p->a->snapshot, NULL, pid);

	return !pid || (task && !task->ns->depth);
}

/* Each instance once a mount namespace, for parts of it are often mounted over itself. */
static int look_at_procfs(struct pins *p, int32_t pid, uint64_t mount_ns,
			  const struct proc_mount *mount)
{
	struct pidns_pin pin = {.kind = PIDNS_PIN_PROCFS, .pid = pid};
	struct pins_instance *place = have_instance(p, device_key(mount->major, mount->minor));
	const struct pidns_ns *ns = NULL;
	bool is_new;

	if (!place)
		return -ENOMEM;
	if (place->met_in == mount_ns)
		return 0;
	is_new = !place->met_in;
	place->met_in = mount_ns;
	if (place->ino)
		ns = pidns_ns_find(p->a->snapshot, place->ino);
	if (!ns && (place->ino || !is_new || !is_suspicious(p, pid)))
		return 0;
	if (!ns)
		pin.kind = PIDNS_PIN_UNSEEN;
	return note_mount(p, ns, &pin, mount);
}

static int visit(void *context, const struct mounts_of *of, const struct proc_mount *mount)
{
	if (text_is(mount->type, "nsfs"))
		return look_at_bind(context, of->pid, mount);
	if (text_is(mount->type, "proc"))
		return look_at_procfs(context, of->pid, of->mount_ns, mount);
	return 0;
}

int pins_mounts_begin(struct pins *p)
{
	p->mounts = (struct mounts){.visit = visit, .context = p};
	return learn_instances(p);
}

int pins_mounts_look(struct pins *p, int dir, int32_t pid, int32_t tid)
{
	int r = mounts_look(&p->mounts, dir, pid, tid);

	return r < 0 ? pins_hindered(p, pid, r) : 0;
}

void pins_mounts_end(struct pins *p)
{
	mounts_clear(&p->mounts);
	map_clear(&p->instance_places);
	free(p->instances);
}
