// SPDX-License-Identifier: GPL-2.0-or-later
/* own.c - what below /proc or /sys is the kernel's own, and not mounted over it. */
#include "own.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"

int own_proc(void)
{
	int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
		return fd;
	close(fd);
	return -ENOTDIR;
}

/* Without openat2(2) (before Linux 5.6, or forbidden): a file mounted there is of another device. */
static bool is_of_same_device(int dir, const char *name)
{
	/* A file system in user space is not asked: it might not answer. */
	const int flags = AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
	struct statx folder, file;

	return statx(dir, "", flags, 0, &folder) == 0 && statx(dir, name, flags, 0, &file) == 0 &&
	       folder.stx_dev_major == file.stx_dev_major &&
	       folder.stx_dev_minor == file.stx_dev_minor;
}

int own_open(int dir, const char *name, int flags)
{
	const struct open_how how = {.flags = (unsigned int)(flags | O_CLOEXEC),
				     .resolve = RESOLVE_NO_XDEV};
	int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));

	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return fd < 0 ? -errno : fd;
	fd = openat(dir, name, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	if (!is_of_same_device(dir, name))
		return -EXDEV;
	fd = openat(dir, name, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int own_proc_open(const char *name, int flags)
{
	_cleanup_fd_ int proc = own_proc();

	return proc < 0 ? proc : own_open(proc, name, flags);
}

FILE *own_proc_fopen(const char *name)
{
	int fd = own_proc_open(name, O_RDONLY);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd >= 0 && !file)
		close(fd);
	return file;
}
