// SPDX-License-Identifier: GPL-2.0-or-later
/* unit.c - files read and written, and recordings written as text. */
#include "unit.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

void assert_between(intmax_t value, intmax_t least, intmax_t most)
{
	if (value < least || value > most)
		fail_msg("%" PRIdMAX " is not from %" PRIdMAX " to %" PRIdMAX, value, least, most);
}

void write_file(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(close(fd), 0);
}

static char *read_fd(int fd, size_t *ret_len)
{
	struct stat st;
	char *bytes;

	assert_int_equal(fstat(fd, &st), 0);
	bytes = malloc((size_t)st.st_size + 1);
	assert_non_null(bytes);
	assert_int_equal(pread(fd, bytes, (size_t)st.st_size, 0), st.st_size);
	bytes[st.st_size] = '\0';
	if (ret_len)
		*ret_len = (size_t)st.st_size;
	return bytes;
}

char *read_file(const char *path, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes;

	assert_true(fd >= 0);
	bytes = read_fd(fd, ret_len);
	close(fd);
	return bytes;
}

char *bytes_of(const struct pidns_snapshot *snapshot, size_t *ret_len)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);
	char *bytes;

	assert_true(fd >= 0);
	assert_int_equal(pidns_snapshot_write(snapshot, fd), 0);
	bytes = read_fd(fd, ret_len);
	close(fd);
	return bytes;
}

/* Lines of that kind. */
static size_t count_lines(const char *text, const char *kind)
{
	size_t nr = 0, len = strlen(kind);

	for (; *text; text = strchr(text, '\n') + 1)
		nr += !strncmp(text, kind, len) && text[len] == ' ';
	return nr;
}

const char *write_recording_with_end(const char *body, const char *words)
{
	const char *path = scratch("written.rec");
	FILE *file = fopen(path, "we");
	char *text;
	size_t len;

	assert_non_null(file);
	fputs("pidns-recording 1\n", file);
	if (!count_lines(body, "snapshot"))
		fputs("snapshot time_ns=1000 provider=test flags=- cannot_see=-\n", file);
	fprintf(file, "%send %s fnv1a64=", body, words);
	fflush(file);
	text = read_file(path, &len);
	fprintf(file, "%016" PRIx64 "\n", util_hash(FNV_START, text, len));
	free(text);
	assert_int_equal(fclose(file), 0);
	return path;
}

const char *write_recording(const char *body)
{
	char words[64];

	snprintf(words, sizeof(words), "namespaces=%zu tasks=%zu", count_lines(body, "ns"),
		 count_lines(body, "task"));
	return write_recording_with_end(body, words);
}

int open_recording(const char *path, char why[256], struct pidns_ctx **ret_ctx)
{
	struct pidns_open_opts opts = {
		.size = sizeof(opts),
		.provider = "replay",
		.source = path,
		.why = why,
		.why_len = 256,
	};

	why[0] = '\0';
	return pidns_open(&opts, ret_ctx);
}

struct pidns_snapshot *snapshot_of(const char *body, uint32_t take_flags)
{
	struct pidns_snapshot *snapshot;
	struct pidns_ctx *ctx;
	char why[256];
	struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.ns_fields = PIDNS_FIELDS_ALL,
		.task_fields = PIDNS_FIELDS_ALL,
		.flags = take_flags,
		.why = why,
		.why_len = sizeof(why),
	};

	if (open_recording(write_recording(body), why, &ctx) < 0)
		fail_msg("open: %s", why);
	if (pidns_snapshot_take(ctx, &opts, &snapshot) < 0)
		fail_msg("take: %s", why);
	pidns_close(ctx);
	return snapshot;
}

void skip_because(const char *reason)
{
	const char *must_work = getenv("PIDNS_MUST_WORK");

	print_message("skipped: %s\n", reason);
	if (must_work && !strcmp(must_work, "1"))
		fail_msg("nothing may be skipped");
	skip();
}

/* xorshift64 */
uint32_t random_below(uint64_t *state, uint32_t end)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 32) % end;
}
