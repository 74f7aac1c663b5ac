// SPDX-License-Identifier: GPL-2.0-or-later
/* tally-file.c - a tally that other commands read: written whole, each time, into a file that is locked. */
#include "tally.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"

#define PREFIX "refused."
/* A file that is being written is read once more, so often. */
#define ATTEMPTS 10

/* Of this machine, and by one version of this program: what differs is not read. */
struct tally_file {
	char magic[16];
	uint64_t pid_ns, time_ns; /* inodes: PIDs and times are meant as in these namespaces */
	uint64_t checksum;	  /* of the counts: wrong while they are being written */
	struct tally_counts counts;
};

struct tally {
	struct tally_file file;
	int folder_fd, fd; /* -1: no other command can read it */
	char name[sizeof(PREFIX) + 32];
	bool has_more; /* than was published */
};

static const char magic[16] = "pidns-tally-1";

static uint64_t inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

/* FNV-1a. */
static uint64_t checksum(const struct tally_counts *counts)
{
	const unsigned char *bytes = (const unsigned char *)counts;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < sizeof(*counts); i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static void begin_file(struct tally_file *file)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_BOOTTIME, &now);
	*file = (struct tally_file){
		.pid_ns = inode_of("/proc/self/ns/pid"),
		.time_ns = inode_of("/proc/self/ns/time"),
		.counts.since_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec,
	};
	memcpy(file->magic, magic, sizeof(magic));
}

/* ---- the folder -------------------------------------------------------------------------------- */

/* What another user could change is not trusted, nor is what the caller could only read by chance. */
static bool is_roots(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type && st.st_uid == 0 &&
	       !(st.st_mode & (S_IRWXG | S_IRWXO));
}

static int open_folder(void)
{
	int fd = open(TALLY_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && !is_roots(fd, S_IFDIR)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int open_file(int folder_fd, const char *name)
{
	int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && !is_roots(fd, S_IFREG)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Calls `each` for each tally there is, with a descriptor that is closed again. */
static void for_each_file(int folder_fd,
			  void (*each)(int folder_fd, const char *name, int fd, void *arg),
			  void *arg)
{
	int again = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;

	if (!dir && again >= 0)
		close(again);
	while (dir && (entry = readdir(dir))) {
		int fd = strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0
				 ? -1
				 : open_file(folder_fd, entry->d_name);

		if (fd < 0)
			continue;
		each(folder_fd, entry->d_name, fd, arg);
		close(fd);
	}
	if (dir)
		closedir(dir);
}

/* ---- the watcher's side ------------------------------------------------------------------------ */

/* Of a watcher that was killed. */
static void remove_if_left(int folder_fd, const char *name, int fd, void *arg)
{
	(void)arg;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(folder_fd, name, 0);
}

/* Another watcher may take it for one that was left, until it is locked. */
static bool is_still_there(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

static void create_file(struct tally *tally)
{
	for (int i = 0; tally->fd < 0 && i < ATTEMPTS; i++) {
		snprintf(tally->name, sizeof(tally->name), PREFIX "%d.%d", getpid(), i);
		tally->fd = openat(tally->folder_fd, tally->name,
				   O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (tally->fd < 0 ||
		    (flock(tally->fd, LOCK_EX | LOCK_NB) == 0 && is_still_there(tally->fd)))
			continue;
		unlinkat(tally->folder_fd, tally->name, 0);
		close(tally->fd);
		tally->fd = -1;
	}
}

struct tally *tally_open(void)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	if (!tally)
		return NULL;
	tally->fd = tally->folder_fd = -1;
	begin_file(&tally->file);
	if (geteuid() != 0)
		return tally;
	mkdir(TALLY_FOLDER, 0700);
	tally->folder_fd = open_folder();
	if (tally->folder_fd < 0)
		return tally;
	for_each_file(tally->folder_fd, remove_if_left, NULL);
	create_file(tally);
	tally->has_more = true;
	tally_publish(tally);
	return tally;
}

void tally_add(struct tally *tally, const struct pidns_event *event)
{
	if (!tally || (event->type != PIDNS_EVENT_REFUSED && event->type != PIDNS_EVENT_LOST))
		return;
	tally_count(&tally->file.counts, event);
	tally->has_more = true;
}

/* Without room for it on that file system there is less to read, and nothing to say. */
void tally_publish(struct tally *tally)
{
	ssize_t written;

	if (!tally || tally->fd < 0 || !tally->has_more)
		return;
	tally->has_more = false;
	tally->file.checksum = checksum(&tally->file.counts);
	written = pwrite(tally->fd, &tally->file, sizeof(tally->file), 0);
	(void)written;
}

struct tally *tally_close(struct tally *tally)
{
	if (!tally)
		return NULL;
	if (tally->fd >= 0) {
		unlinkat(tally->folder_fd, tally->name, 0);
		close(tally->fd);
	}
	if (tally->folder_fd >= 0)
		close(tally->folder_fd);
	free(tally);
	return NULL;
}

/* ---- the other side ---------------------------------------------------------------------------- */

/* While it is written, what is read may be of two times. */
static bool read_whole(int fd, struct tally_file *file)
{
	for (int i = 0; i < ATTEMPTS; i++)
		if (pread(fd, file, sizeof(*file), 0) != sizeof(*file))
			return false;
		else if (file->checksum == checksum(&file->counts))
			return true;
	return false;
}

struct reading {
	const struct tally_file *own; /* what it must agree with */
	struct tally_counts *counts;
	bool has_any;
};

static void read_if_alive(int folder_fd, const char *name, int fd, void *arg)
{
	struct reading *reading = arg;
	struct tally_file file;

	(void)folder_fd;
	(void)name;
	if (flock(fd, LOCK_SH | LOCK_NB) == 0 || !read_whole(fd, &file) ||
	    memcmp(file.magic, magic, sizeof(magic)) != 0 || !file.pid_ns ||
	    file.pid_ns != reading->own->pid_ns || file.time_ns != reading->own->time_ns ||
	    file.counts.nr > TALLY_ROWS_MAX)
		return;
	if (reading->has_any && reading->counts->since_ns <= file.counts.since_ns)
		return;
	for (uint64_t i = 0; i < file.counts.nr; i++)
		file.counts.rows[i].comm[sizeof(file.counts.rows[i].comm) - 1] = '\0';
	*reading->counts = file.counts;
	reading->has_any = true;
}

bool tally_read(struct tally_counts *ret)
{
	_cleanup_fd_ int folder_fd = open_folder();
	struct tally_file own;
	struct reading reading = {.own = &own, .counts = ret};

	if (folder_fd < 0)
		return false;
	begin_file(&own);
	for_each_file(folder_fd, read_if_alive, &reading);
	return reading.has_any;
}
