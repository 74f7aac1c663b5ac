// SPDX-License-Identifier: GPL-2.0-or-later
/* Series: snapshots one after another in one file, written, read at any moment, and what is left of
 * one whose writer was killed. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/origin.h"
#include "core/builder.h"
#include "core/provider.h"
#include "recording/moments.h"
#include "recording/zst.h"

#define SECOND UINT64_C(1000000000)
#define NOON   UINT64_C(1795953600) /* 2026-11-29 12:00:00 UTC */

/* Taken so many seconds after noon. */
static struct pidns_snapshot *snapshot_at(uint64_t seconds)
{
	const struct origin origin = {.wall_time_ns = (NOON + seconds) * SECOND + 1};
	const struct raw_ns root = {.known = PIDNS_NS_INO, .ino = 10};
	struct builder *b = builder_new("procfs", 0, NULL);
	struct pidns_snapshot *s = NULL;

	assert_non_null(b);
	builder_set_time(b, 1000 + seconds);
	builder_set_origin(b, &origin);
	assert_int_equal(builder_set_root(b, 10), 0);
	assert_int_equal(builder_add_ns(b, &root), 0);
	assert_int_equal(builder_freeze(b, &s), 0);
	return s;
}

/* A snapshot every 10 seconds from `first` on. */
static const char *write_series(const char *name, uint32_t keep, uint64_t first, int nr)
{
	const char *path = scratch(name);
	struct pidns_series *series;
	char why[256] = "";

	if (pidns_series_open(path, keep, why, sizeof(why), &series) < 0)
		fail_msg("%s", why);
	for (int i = 0; i < nr; i++) {
		struct pidns_snapshot *s = snapshot_at(first + 10 * (uint64_t)i);

		assert_int_equal(pidns_series_append(series, s), 0);
		pidns_snapshot_unref(s);
	}
	assert_null(pidns_series_close(series));
	return path;
}

static int open_at(const char *path, const char *at, char why[256], struct pidns_ctx **ret_ctx)
{
	const struct pidns_open_opts opts = {
		.size = sizeof(opts), .source = path, .at = at, .why = why, .why_len = 256};

	why[0] = '\0';
	return pidns_open(&opts, ret_ctx);
}

/* The seconds after noon of what is taken. */
static uint64_t seconds_of(struct pidns_ctx *ctx)
{
	struct pidns_snapshot *s;
	uint64_t seconds;

	assert_int_equal(pidns_snapshot_take(ctx, NULL, &s), 0);
	seconds = pidns_snapshot_time(s) - 1000;
	pidns_snapshot_unref(s);
	return seconds;
}

static void expect_at(const char *path, const char *at, uint64_t seconds)
{
	struct pidns_ctx *ctx;
	char why[256];

	if (open_at(path, at, why, &ctx) < 0)
		fail_msg("%s: %s", at, why);
	assert_string_equal(why, "");
	assert_int_equal(seconds_of(ctx), seconds);
	pidns_close(ctx);
}

static void refuse_at(const char *path, const char *at, int error)
{
	struct pidns_ctx *ctx;
	char why[256];

	assert_int_equal(open_at(path, at, why, &ctx), error);
	assert_non_null(strstr(why, path));
}

static void test_times(void **state)
{
	const char *path = write_series("series", 0, 0, 7);

	(void)state;
	expect_at(path, NULL, 60);
	expect_at(path, "1", 0);
	expect_at(path, "7", 60);
	expect_at(path, "-0s", 60);
	expect_at(path, "-1s", 50);
	expect_at(path, "-60", 0);
	expect_at(path, "-1m", 0);
	expect_at(path, "12:00", 0);
	expect_at(path, "12:00:30", 30);
	expect_at(path, "12:00:39", 30);
	expect_at(path, "23:00", 60); /* the day before is not there */
	expect_at(path, "2026-11-29 12:00:41", 40);
	expect_at(path, "2026-11-29T12:01", 60);
	expect_at(path, "2030-01-01 00:00", 60);
	expect_at(path, "2026-11-29T12:00:20Z", 20);
	refuse_at(path, "2026-11-29 11:59:59", -ENOENT);
	refuse_at(path, "-2h", -ENOENT);
	refuse_at(path, "0", -ENOENT);
	refuse_at(path, "8", -ENOENT);
	refuse_at(path, "noon", -EINVAL);
	refuse_at(path, "", -EINVAL);
	refuse_at(path, "-", -EINVAL);
	refuse_at(path, "-5w", -EINVAL);
	refuse_at(path, "12:00:30 ", -EINVAL);
	refuse_at("/proc", "1", -EINVAL);
}

static void test_midnight(void **state)
{
	const char *path = write_series("midnight", 0, 43180, 5); /* 23:59:40 to 00:00:20 */

	(void)state;
	expect_at(path, "23:59:50", 43190);
	expect_at(path, "00:00:10", 43210);
}

static void test_steps(void **state)
{
	const char *path = write_series("steps", 0, 0, 3);
	const uint64_t *times;
	struct pidns_ctx *ctx;
	char why[256];

	(void)state;
	assert_int_equal(open_at(path, NULL, why, &ctx), 0);
	assert_int_equal(pidns_moments(ctx, &times), 3);
	assert_int_equal(times[1], (NOON + 10) * SECOND + 1);
	assert_int_equal(pidns_moment(ctx), 2);
	assert_int_equal(pidns_moment_move(ctx, 0, why, sizeof(why)), 0);
	assert_int_equal(seconds_of(ctx), 0);
	assert_int_equal(pidns_moment_move(ctx, 3, why, sizeof(why)), -EINVAL);
	assert_int_equal(pidns_moment(ctx), 0);
	pidns_close(ctx);
	assert_int_equal(pidns_open(NULL, &ctx), 0);
	assert_int_equal(pidns_moments(ctx, &times), 0);
	assert_int_equal(pidns_moment_move(ctx, 0, NULL, 0), -EOPNOTSUPP);
	pidns_close(ctx);
}

static void test_keep(void **state)
{
	const char *path = write_series("keep", 3, 0, 10);

	(void)state;
	expect_at(path, "1", 70);
	expect_at(path, NULL, 90);
	refuse_at(path, "4", -ENOENT);
	write_series("keep", 20, 100, 30);
	expect_at(path, "1", 200);
	refuse_at(path, "21", -ENOENT);
}

/* Cut short at every byte: what was whole before is there, and the next writer goes on behind it. */
static void test_torn(void **state)
{
	size_t one, len;
	char *bytes = read_file(write_series("one", 0, 0, 1), &one), why[256];
	const char *path;
	struct pidns_ctx *ctx;

	(void)state;
	free(bytes);
	path = write_series("torn", 0, 0, 2);
	bytes = read_file(path, &len);
	for (size_t cut = one + 1; cut < len; cut++) {
		write_file(path, bytes, cut);
		assert_int_equal(open_at(path, NULL, why, &ctx), 0);
		assert_non_null(strstr(why, "left out what was cut short"));
		assert_int_equal(seconds_of(ctx), 0);
		pidns_close(ctx);
	}
	write_series("torn", 0, 20, 1);
	expect_at(path, NULL, 20);
	expect_at(path, "-1s", 0);
	free(bytes);
}

/* ---- compressed ------------------------------------------------------------------------------ */

static void need_zstd(void)
{
	if (!zst_is_built_in())
		skip_because("built without libzstd");
}

static void test_compressed(void **state)
{
	const char *path;
	size_t len;
	char *bytes;

	(void)state;
	need_zstd();
	path = write_series("series.zst", 3, 0, 10);
	bytes = read_file(path, &len);
	assert_memory_equal(bytes, "\x28\xb5\x2f\xfd", 4);
	free(bytes);
	expect_at(path, "1", 70);
	expect_at(path, "12:01:25", 80);
	expect_at(path, NULL, 90);
	refuse_at(path, "4", -ENOENT);
	write_series("series.zst", 0, 100, 2);
	expect_at(path, "5", 110);
}

/* Without trailers, as others compress: the whole file is decompressed to find what is in it. */
static void test_no_trailers(void **state)
{
	struct pidns_series *series;
	struct moments moments;
	const char *path;
	char *bytes, why[256] = "";
	size_t len, end = 0, at = 0;
	int fd;

	(void)state;
	need_zstd();
	path = write_series("bare.zst", 0, 0, 3);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(moments_find(fd, &moments), 0);
	bytes = read_file(path, &len);
	for (size_t i = 0; i < 3; i++) {
		size_t next = i < 2 ? moments.frames.places[i + 1] : len;
		size_t size = next - moments.frames.places[i] - ZST_TRAILER_SIZE;

		memmove(bytes + end, bytes + at, size);
		end += size;
		at = next;
	}
	close(fd);
	moments_free(&moments);
	write_file(path, bytes, end);
	expect_at(path, "1", 0);
	expect_at(path, "2", 10);
	expect_at(path, "12:00:29", 20);
	assert_int_equal(pidns_series_open(path, 1, why, sizeof(why), &series), 0);
	pidns_series_close(series);
	expect_at(path, "1", 20);
	free(bytes);
}

static void test_torn_compressed(void **state)
{
	const size_t rest = ZST_TRAILER_SIZE + 8;
	size_t one, len;
	char *bytes, why[256];
	const char *path;
	struct pidns_ctx *ctx;

	(void)state;
	need_zstd();
	free(read_file(write_series("one.zst", 0, 0, 1), &one));
	path = write_series("torn.zst", 0, 0, 2);
	bytes = read_file(path, &len);
	for (size_t cut = 1; cut < len; cut++) {
		/* All bytes are there before the last block ends and its checksum has come: any answer. */
		if ((cut >= one - rest && cut < one - ZST_TRAILER_SIZE) ||
		    (cut >= len - rest && cut < len - ZST_TRAILER_SIZE))
			continue;
		write_file(path, bytes, cut);
		/* What lacks but its trailer is whole. */
		if (cut < one - rest) {
			assert_int_equal(open_at(path, NULL, why, &ctx), -EPROTO);
			continue;
		}
		if (open_at(path, NULL, why, &ctx) < 0)
			fail_msg("cut at %zu of %zu and %zu: %s", cut, one, len, why);
		assert_int_equal(seconds_of(ctx), cut >= len - rest ? 10 : 0);
		if (cut > one && cut < len - rest)
			assert_non_null(strstr(why, "left out what was cut short"));
		pidns_close(ctx);
	}
	/* The last lacks its checksum: the next writer cuts it off. */
	write_file(path, bytes, len - ZST_TRAILER_SIZE - 3);
	write_series("torn.zst", 0, 20, 1);
	expect_at(path, NULL, 20);
	expect_at(path, "1", 0);
	refuse_at(path, "3", -ENOENT);
	free(bytes);
}

/* Any byte changed: refused with a sentence, or the same. */
static void test_damaged_compressed(void **state)
{
	size_t len, nr_refused = 0;
	char *bytes, why[256];
	const char *path;

	(void)state;
	need_zstd();
	path = write_series("damaged.zst", 0, 0, 1);
	bytes = read_file(path, &len);
	for (size_t i = 0; i < len; i++) {
		struct pidns_ctx *ctx;

		bytes[i] ^= 0x40;
		write_file(path, bytes, len);
		if (open_at(path, NULL, why, &ctx) < 0) {
			assert_non_null(strstr(why, path));
			nr_refused++;
		} else {
			assert_int_equal(seconds_of(ctx), 0);
			pidns_close(ctx);
		}
		bytes[i] ^= 0x40;
	}
	assert_true(nr_refused > len / 2);
	free(bytes);
}

/* A small file that decompresses to very much is refused before memory is spent on it. */
static void test_bomb(void **state)
{
	static char lines[4096];
	const char *path = scratch("bomb.zst");
	struct zst_writer *writer;
	int fd;

	(void)state;
	need_zstd();
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(zst_writer_open(fd, &writer), 0);
	assert_int_equal(zst_writer_write(writer, "pidns-recording 1\n", 18), 0);
	memset(lines, '\n', sizeof(lines));
	for (uint64_t i = 0; i <= ZST_SNAPSHOT_MAX / sizeof(lines); i++)
		assert_int_equal(zst_writer_write(writer, lines, sizeof(lines)), 0);
	assert_int_equal(zst_writer_finish(writer, 0), 0);
	zst_writer_close(writer);
	assert_true(lseek(fd, 0, SEEK_END) < 1 << 20);
	close(fd);
	refuse_at(path, NULL, -EPROTO);
}

static void test_refused(void **state)
{
	struct pidns_series *series, *other;
	const char *path = scratch("foreign");
	char why[256];

	(void)state;
	write_file(path, "hello\n", 6);
	assert_int_equal(pidns_series_open(path, 0, why, sizeof(why), &series), -EPROTO);
	assert_int_equal(pidns_series_open("/dev/null", 0, why, sizeof(why), &series), -EINVAL);
	path = write_series("locked", 0, 0, 1);
	assert_int_equal(pidns_series_open(path, 0, why, sizeof(why), &series), 0);
	assert_int_equal(pidns_series_open(path, 0, why, sizeof(why), &other), -EWOULDBLOCK);
	pidns_series_close(series);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_midnight),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_no_trailers),
		cmocka_unit_test(test_torn_compressed),
		cmocka_unit_test(test_damaged_compressed),
		cmocka_unit_test(test_bomb),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
