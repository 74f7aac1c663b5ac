// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file of recordings, compressed or not: its moments are found, and each is gone to. An input that
 * begins with Z is the content of a frame; any other is the file.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "open-recording.h"
#include "pidnsinfo.h"
#include "recording/zst.h"

static int new_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("series", MFD_CLOEXEC);
	struct zst_writer *writer = NULL;

	must(fd >= 0);
	if (size && data[0] == 'Z' && zst_is_built_in()) {
		must(zst_writer_open(fd, &writer) == 0);
		must(zst_writer_write(writer, data + 1, size - 1) == 0);
		must(zst_writer_finish(writer, size) == 0);
		zst_writer_close(writer);
	} else {
		must(write(fd, data, size) == (ssize_t)size);
	}
	return fd;
}

static void visit(struct pidns_ctx *ctx)
{
	const uint64_t *times;
	size_t nr = pidns_moments(ctx, &times);

	must(nr);
	for (size_t i = 0; i < nr && i < 64; i++) {
		struct pidns_snapshot *snapshot = NULL;
		char why[256] = "";

		if (pidns_moment_move(ctx, i, why, sizeof(why)) < 0) {
			must(*why && !strchr(why, '\n'));
			continue;
		}
		must(pidns_moment(ctx) == i);
		if (pidns_snapshot_take(ctx, NULL, &snapshot) == 0)
			pidns_snapshot_unref(snapshot);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = new_file(data, size);
	struct pidns_ctx *ctx = open_recording(fd);

	if (ctx)
		visit(ctx);
	pidns_close(ctx);
	close(fd);
	return 0;
}
