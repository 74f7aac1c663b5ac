/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * file.h - the one reader of small files that are the kernel's. Implemented in file.c.
 *
 * /proc and /sys are read as root, and what stands there may have been put there by others: a bind
 * mount, FUSE (lxcfs), a FIFO. So nothing is opened on another file system than that of the directory
 * it is named from, nothing waits for a writer, all is bounded, and an error is told from an end.
 */
#ifndef PIDNS_FILE_H
#define PIDNS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Open a file below `dir` for reading: the caller's, to be closed. -EXDEV: another file system is
 * mounted over it, or on the way; -Exxx. A FIFO has no writer, and is empty.
 */
int file_open(int dir, const char *name);
/* The same with the flags of open(2), O_CLOEXEC besides: a directory, or no more than a place. */
int file_open_as(int dir, const char *name, int flags);

/*
 * One read(2), up to size - 1 bytes, NUL-terminated: files of procfs come in one piece, unless they
 * fill the buffer (fs/seq_file.c). The length, or -Exxx.
 */
ssize_t file_read_piece(int fd, char *buf, size_t size);
/* The same of a file below `dir` that the kernel makes whole for each read (single_open()). */
ssize_t file_read_once(int dir, const char *name, char *buf, size_t size);
/*
 * All of an open file, up to size - 1 bytes, NUL-terminated. The length, which is size - 1 where there
 * may be more; -Exxx.
 */
ssize_t file_read_fd(int fd, char *buf, size_t size);
/* The same of a file below `dir`. */
ssize_t file_read(int dir, const char *name, char *buf, size_t size);
/*
 * A whole file of unknown size, NUL-terminated. 0 with what the caller frees; -EFBIG: it is longer
 * than max; -ENOMEM; -Exxx.
 */
int file_read_whole(int dir, const char *name, size_t max, char **ret_text, size_t *ret_len);
int file_read_whole_fd(int fd, size_t max, char **ret_text, size_t *ret_len);
/* A file that holds one decimal number and a newline; -EPROTO: it holds something else. */
int file_read_number(int dir, const char *name, uint64_t *ret_value);

/*
 * The names in a directory, those aside that begin with a dot: readdir(3) without what opendir(3)
 * asks first, for lists so short that this is most of what they cost. Begins as {.fd = fd}, which is
 * borrowed.
 */
struct file_list {
	int fd;
	int error; /* of the end: 0, or -Exxx where the rest could not be had */
	long at, len;
	uint64_t ino; /* of the name that was given last */
	_Alignas(uint64_t) char entries[4096];
};

/* The next; NULL: there is none, or no more can be had: list->error. Good until the next call. */
const char *file_list_next(struct file_list *list);

/* Any user may open very many files: may one more of a process be looked at, and one more of
 * all? */
bool file_may_look(uint32_t *nr_of_process, uint32_t *nr_of_all);

#endif /* PIDNS_FILE_H */
