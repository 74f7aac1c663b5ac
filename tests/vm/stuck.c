// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stuck.c - stuck DIRECTORY: a process whose memory cannot be read any more. Says "READY PID".
 *
 * A file system in here answers everything but what is in its file. A process reads that, and has a
 * page locked from then on. Another process opens the file for direct access and maps it: the kernel
 * waits for that page (fuse_file_mmap(), fs/fuse/file.c) while it holds the lock of that process's
 * memory, which is what readers of its cmdline, environ and maps then wait for.
 */
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm.h"

enum { FILE_NODE = 2, FILE_SIZE = 4096 };

static struct fuse_attr attr_of(uint64_t node)
{
	return (struct fuse_attr){
		.ino = node,
		.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0444,
		.size = node == FUSE_ROOT_ID ? 0 : FILE_SIZE,
		.nlink = 1,
	};
}

static void answer(int fuse, uint64_t unique, const void *body, size_t len)
{
	char message[512];
	struct fuse_out_header head = {.len = (uint32_t)(sizeof(head) + len), .unique = unique};

	memcpy(message, &head, sizeof(head));
	memcpy(message + sizeof(head), body, len);
	vm_must(write(fuse, message, head.len) == (ssize_t)head.len, "write to fuse");
}

static struct vm_gate is_read;

/* Whatever it takes to open and map the file, for direct access after the first; no byte of it. */
static void serve(int fuse)
{
	static char message[1 << 17];
	const struct fuse_in_header *in = (const void *)message;
	const struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION,
					   .minor = FUSE_KERNEL_MINOR_VERSION,
					   .max_write = 4096};
	const struct fuse_entry_out entry = {.nodeid = FILE_NODE,
					     .entry_valid = 3600,
					     .attr_valid = 3600,
					     .attr = attr_of(FILE_NODE)};
	struct fuse_open_out open_out = {.fh = 1};

	while (read(fuse, message, sizeof(message)) > 0) {
		const struct fuse_attr_out attr = {.attr_valid = 3600, .attr = attr_of(in->nodeid)};

		switch (in->opcode) {
		case FUSE_INIT:
			answer(fuse, in->unique, &init, sizeof(init));
			break;
		case FUSE_LOOKUP:
			answer(fuse, in->unique, &entry, sizeof(entry));
			break;
		case FUSE_GETATTR:
			answer(fuse, in->unique, &attr, sizeof(attr));
			break;
		case FUSE_OPEN:
			answer(fuse, in->unique, &open_out, sizeof(open_out));
			open_out.open_flags = FOPEN_DIRECT_IO | FOPEN_KEEP_CACHE;
			break;
		case FUSE_READ:
			vm_gate_open(&is_read, 1);
			break;
		default:
			break;
		}
	}
}

static int open_file(const char *directory)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/file", directory);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	vm_must(fd >= 0, path);
	return fd;
}

static int read_file(void *directory)
{
	char byte;

	return (int)read(open_file(directory), &byte, 1);
}

static int map_file(void *directory)
{
	int fd;

	vm_gate_wait(&is_read);
	fd = open_file(directory);
	printf("READY %d\n", getpid());
	fflush(stdout);
	mmap(NULL, FILE_SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
	return 0;
}

int main(int argc, char **argv)
{
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];

	vm_must(argc == 2, "usage: stuck DIRECTORY");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=0,group_id=0", fuse);
	mkdir(argv[1], 0755);
	vm_must(fuse >= 0 && !mount("stuck", argv[1], "fuse", 0, options), "mount fuse");
	vm_gate_init(&is_read);
	vm_child(0, read_file, argv[1]);
	vm_child(0, map_file, argv[1]);
	serve(fuse);
	return 1;
}
