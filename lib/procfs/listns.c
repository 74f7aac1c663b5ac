// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * listns.c - namespaces that no task is in, where the kernel lists them itself: listns(2), Linux 6.19.
 *
 * It lists the active ones: those that a task, a file or a mount holds, not those that only a pidfd,
 * a mounted procfs or a namespace below keeps. All of them are listed for a caller with CAP_SYS_ADMIN
 * in the initial PID and user namespaces; others get what they may see.
 */
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the headers of an older system lack: listns(2), open_by_handle_at(2) on nsfs. */
#ifndef SYS_listns
#define SYS_listns 470
#endif
#ifndef FD_NSFS_ROOT
#define FD_NSFS_ROOT (-10003)
#endif
#define FILEID_NSFS 0xf1

#define IDS_A_CALL 256

/* The initial user namespace: PROC_USER_INIT_INO, include/linux/proc_ns.h. */
#define INITIAL_USER_NS_INO UINT64_C(0xEFFFFFFD)

struct ns_id_request {
	uint32_t size;
	uint32_t spare;
	uint64_t after; /* the last id of the call before */
	uint32_t type;
	uint32_t spare_2;
	uint64_t user_ns;
};

struct nsfs_handle {
	struct file_handle head;
	/* The id alone will do: then both of the others are 0. */
	struct {
		uint64_t id;
		uint32_t type, ino;
	} of;
};

_Static_assert(sizeof(struct ns_id_request) == 32, "NS_ID_REQ_SIZE_VER0");

static long list_ids(uint64_t after, uint64_t *ids)
{
	struct ns_id_request request = {
		.size = sizeof(request), .after = after, .type = CLONE_NEWPID};
	long nr = syscall(SYS_listns, &request, ids, (size_t)IDS_A_CALL, 0u);

	return nr < 0 ? -errno : nr;
}

static bool has_sys_admin(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	return syscall(SYS_capget, &head, data) == 0 &&
	       data[0].effective & UINT32_C(1) << CAP_SYS_ADMIN;
}

bool procfs_listns_is_complete(const struct procfs_take *t)
{
	uint64_t ids[IDS_A_CALL], user_ns;

	return t->is_own && t->translates && t->own_ino == PROCFS_INITIAL_NS && has_sys_admin() &&
	       procfs_read_ns_link(t->p->root, "self/ns/user", "user", &user_ns) == 0 &&
	       user_ns == INITIAL_USER_NS_INO && list_ids(0, ids) > 0;
}

/* It may have got its init since the tasks were listed. */
static int take_late_init(struct procfs_take *t, int place)
{
	int32_t pid;

	if (t->ns[place].has_tasks || !t->ns[place].reaches_root ||
	    procfs_ns_init(t, place, &pid) < 0)
		return 0;
	return procfs_task_take(t, pid);
}

/* 0 also where it has ended meanwhile, or may not be opened. */
static int meet(struct procfs_take *t, uint64_t id)
{
	struct nsfs_handle handle = {
		.head = {.handle_bytes = sizeof(handle.of), .handle_type = FILEID_NSFS}};
	int fd, place;

	handle.of.id = id;
	do {
		fd = open_by_handle_at(FD_NSFS_ROOT, &handle.head, O_RDONLY | O_CLOEXEC);
	} while (fd < 0 && errno == EMFILE && procfs_ns_give_back(t, -1));
	if (fd < 0)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -errno : 0;
	place = procfs_ns_learn_fd(t, fd);
	if (place < 0)
		return place == -ENOMEM || place == -EMFILE || place == -ENFILE ? place : 0;
	return take_late_init(t, place);
}

int procfs_listns_take(struct procfs_take *t)
{
	uint64_t ids[IDS_A_CALL], after = 0;
	long nr, i;
	int r = 0;

	do {
		nr = list_ids(after, ids);
		for (i = 0; r >= 0 && i < nr; i++)
			r = meet(t, ids[i]);
		if (nr > 0 && ids[nr - 1] <= after)
			return -EPROTO; /* in order of their ids: else this would never end */
		after = nr > 0 ? ids[nr - 1] : after;
	} while (r >= 0 && nr == IDS_A_CALL);
	return r;
}

/*
 * Since Linux 7.1 a namespace without a first process may be referred to, and be entered to get one.
 * Where the kernel's release says less than its system calls, it is not believed.
 */
bool procfs_shows_unborn(void)
{
	uint64_t ids[IDS_A_CALL];

	if (!util_kernel_is_before(7, 1))
		return true;
	return util_kernel_is_before(6, 19) && list_ids(0, ids) != -ENOSYS &&
	       list_ids(0, ids) != -EPERM;
}
