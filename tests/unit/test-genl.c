// SPDX-License-Identifier: GPL-2.0-or-later
/* What the family "pidns" says, fed what the kernel writes and what it never would. */
#include "unit.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/pidns.h>

#include "netlink/genl.h"
#include "message.h"

/* In a block that ends where the message does, for the sanitizers and valgrind to guard. */
static int parse(int (*parser)(const void *, size_t, void *), const struct bytes *b, size_t len,
		 void *ret)
{
	unsigned char *block = malloc(len + !len);
	int r;

	assert_non_null(block);
	memcpy(block, b->at, len);
	r = parser(block, len, ret);
	free(block);
	return r;
}

static int ns_parser(const void *attrs, size_t len, void *ret)
{
	return genl_parse_ns(attrs, len, ret);
}

static int task_parser(const void *attrs, size_t len, void *ret)
{
	return genl_parse_task(attrs, len, ret);
}

static int pidmap_parser(const void *attrs, size_t len, void *ret)
{
	return genl_parse_pidmap(attrs, len, ret);
}

static int parse_ns(const struct bytes *b, struct raw_ns *ret)
{
	return parse(ns_parser, b, b->len, ret);
}

static int parse_task(const struct bytes *b, struct genl_task *ret)
{
	return parse(task_parser, b, b->len, ret);
}

static int parse_pidmap(const struct bytes *b, struct genl_pidmap *ret)
{
	return parse(pidmap_parser, b, b->len, ret);
}

/* ---- namespaces ------------------------------------------------------------------------------ */

static void put_whole_ns(struct bytes *b)
{
	put_u64(b, PIDNS_A_NS_COOKIE, UINT64_C(0x123456789abcdef0));
	put_u32(b, PIDNS_A_NS_INO, 4026532179);
	put_u64(b, PIDNS_A_NS_PARENT, 5);
	put_u32(b, PIDNS_A_NS_PARENT_INO, 4026531836);
	put_u32(b, PIDNS_A_NS_LEVEL, 1);
	put_u32(b, PIDNS_A_NS_STATE, PIDNS_NS_STATE_ZOMBIE_INIT);
	put_u32(b, PIDNS_A_NS_REAPER, 6025);
	put_u64(b, PIDNS_A_NS_REAPER_START, UINT64_C(123456789012));
	put_u32(b, PIDNS_A_NS_USED, 11);
	put_u32(b, PIDNS_A_NS_PEAK, 12);
	put_u64(b, PIDNS_A_NS_FAILURES, UINT64_C(1) << 40);
	put_u32(b, PIDNS_A_NS_LAST_PID, 146);
	put_u32(b, PIDNS_A_NS_PID_MAX, 32768);
	put_u32(b, PIDNS_A_NS_OWNER_UID, 4294967294);
	put_u32(b, PIDNS_A_NS_OWNER_NS, 4026531837);
}

static void test_ns(void **state)
{
	struct bytes b = {0};
	struct raw_ns ns;

	(void)state;
	put_whole_ns(&b);
	assert_int_equal(parse_ns(&b, &ns), 0);
	assert_int_equal(ns.known, PIDNS_NS_INO | PIDNS_NS_COOKIE | PIDNS_NS_PARENT |
					   PIDNS_NS_LEVEL | PIDNS_NS_STATE | PIDNS_NS_REAPER |
					   PIDNS_NS_REAPER_START | PIDNS_NS_OWNER_UID |
					   PIDNS_NS_OWNER_NS | PIDNS_NS_PIDS_USED |
					   PIDNS_NS_PIDS_PEAK | PIDNS_NS_ALLOC_FAILURES |
					   PIDNS_NS_LAST_PID | PIDNS_NS_PIDS_MAX);
	assert_true(ns.cookie == UINT64_C(0x123456789abcdef0));
	assert_true(ns.ino == 4026532179 && ns.parent_ino == 4026531836);
	assert_int_equal(ns.level, 1);
	assert_int_equal(ns.state, PIDNS_STATE_ZOMBIE_INIT);
	assert_int_equal(ns.reaper, 6025);
	assert_true(ns.reaper_start_ns == UINT64_C(123456789012));
	assert_int_equal(ns.pids_used, 11);
	assert_int_equal(ns.pids_peak, 12);
	assert_true(ns.alloc_failures == UINT64_C(1) << 40);
	assert_int_equal(ns.last_pid, 146);
	assert_int_equal(ns.pids_max, 32768);
	assert_true(ns.owner_uid == 4294967294 && ns.owner_ns == 4026531837);
}

/* Absent is not zero, but a namespace without an init has no reaper for certain. */
static void test_ns_absent(void **state)
{
	static const struct {
		uint32_t state;
		uint64_t known;
	} cases[] = {
		{PIDNS_NS_STATE_ALIVE, PIDNS_NS_INO | PIDNS_NS_STATE},
		{PIDNS_NS_STATE_UNBORN, PIDNS_NS_INO | PIDNS_NS_STATE | PIDNS_NS_REAPER},
		{PIDNS_NS_STATE_DYING, PIDNS_NS_INO | PIDNS_NS_STATE},
		{PIDNS_NS_STATE_DEAD, PIDNS_NS_INO | PIDNS_NS_STATE | PIDNS_NS_REAPER},
		{PIDNS_NS_STATE_ZOMBIE_INIT, PIDNS_NS_INO | PIDNS_NS_STATE},
		{PIDNS_NS_STATE_ZOMBIE_INIT + 1, PIDNS_NS_INO}, /* a newer kernel's */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes b = {0};
		struct raw_ns ns;

		put_u32(&b, PIDNS_A_NS_INO, 10);
		put_u32(&b, PIDNS_A_NS_STATE, cases[i].state);
		assert_int_equal(parse_ns(&b, &ns), 0);
		assert_int_equal(ns.known, cases[i].known);
		assert_int_equal(ns.reaper, 0);
	}
}

static void test_ns_newer(void **state)
{
	struct bytes b = {0};
	struct raw_ns ns;

	(void)state;
	put_attr(&b, 40, "whatever", 8);
	put_ns(&b, 10, 0);
	put_attr(&b, 41 | NLA_F_NESTED, "abc", 3);
	put_attr(&b, 0x3fff, NULL, 0);
	put_attr(&b, 0, "pad", 3);
	assert_int_equal(parse_ns(&b, &ns), 0);
	assert_true(ns.ino == 10);
}

static void test_ns_refused(void **state)
{
	static const struct {
		uint16_t type;
		size_t len;
	} wrong[] = {
		{PIDNS_A_NS_COOKIE, 0},
		{PIDNS_A_NS_COOKIE, 3},
		{PIDNS_A_NS_COOKIE, 5},
		{PIDNS_A_NS_LEVEL, 2},
		{PIDNS_A_NS_LEVEL, 16},
		{PIDNS_A_NS_STATE, 1},
		{PIDNS_A_NS_REAPER, 4}, /* all ones: no number of a task */
		{PIDNS_A_NS_REAPER, 8},
		{PIDNS_A_NS_USED, 8},
		{PIDNS_A_NS_LAST_PID, 4},
		{PIDNS_A_NS_STATE | NLA_F_NESTED, 4},
		{PIDNS_A_NS_STATE | NLA_F_NET_BYTEORDER, 4},
		{PIDNS_A_NS_INO, 4}, /* the second */
	};
	unsigned char ones[16];
	struct raw_ns ns;
	size_t i;

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct bytes b = {0};

		put_u32(&b, PIDNS_A_NS_INO, 10);
		put_attr(&b, wrong[i].type, ones, wrong[i].len);
		if (parse_ns(&b, &ns) != -EPROTO)
			fail_msg("attribute %#x with %zu bytes was taken", wrong[i].type,
				 wrong[i].len);
	}
}

static void test_ns_needs_an_inode(void **state)
{
	struct bytes b = {0};
	struct raw_ns ns;

	(void)state;
	assert_int_equal(parse_ns(&b, &ns), -EPROTO);
	put_u32(&b, PIDNS_A_NS_LEVEL, 0);
	assert_int_equal(parse_ns(&b, &ns), -EPROTO);
	put_u32(&b, PIDNS_A_NS_INO, 0);
	assert_int_equal(parse_ns(&b, &ns), -EPROTO);
}

/* K1 from the other side: lengths that lie. */
static void test_claims(void **state)
{
	static const uint16_t lengths[] = {0, 1, 3, 13, 0x7fff, 65535};
	struct raw_ns ns;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct bytes b = {0};

		put_u32(&b, PIDNS_A_NS_INO, 10);
		put_claim(&b, PIDNS_A_NS_LEVEL, lengths[i]);
		b.len += 4;
		assert_int_equal(parse_ns(&b, &ns), -EPROTO);
	}
}

/* Cut anywhere, it is refused or an honest shorter message, and never read past its end. */
static void test_cut(void **state)
{
	struct bytes b = {0};
	struct raw_ns ns;
	size_t len;
	int r;

	(void)state;
	put_whole_ns(&b);
	for (len = 0; len < b.len; len++) {
		r = parse(ns_parser, &b, len, &ns);
		assert_true(r == 0 || r == -EPROTO);
		if (len % 4)
			assert_int_equal(r, -EPROTO);
	}
}

/* ---- tasks ----------------------------------------------------------------------------------- */

static void test_task(void **state)
{
	struct bytes b = {0};
	struct genl_task task;

	(void)state;
	put_task(&b, 4026532179, 6025, 146);
	put_u32(&b, PIDNS_A_TASK_VPID, 1);
	put_u32(&b, PIDNS_A_TASK_VPGID, 0);
	put_u32(&b, PIDNS_A_TASK_VSID, 1);
	put_u32(&b, PIDNS_A_TASK_UID, 1000);
	put_u32(&b, PIDNS_A_TASK_RUID, 1001);
	put_u32(&b, PIDNS_A_TASK_CPU, 5);
	put_u64(&b, PIDNS_A_TASK_GROUP_CPU, UINT64_C(1) << 40);
	put_u64(&b, PIDNS_A_TASK_RSS, UINT64_C(1) << 33);
	put_u32(&b, PIDNS_A_TASK_CHILDREN_NS_INO, 4026532200);
	assert_int_equal(parse_task(&b, &task), 0);
	assert_int_equal(task.raw.known, PIDNS_TASK_HAS_JOINED - 1);
	assert_int_equal(task.raw.pid, 6025);
	assert_int_equal(task.raw.tid, 6025);
	assert_int_equal(task.raw.ppid, 1);
	assert_int_equal(task.raw.nr_vpids, 3);
	assert_int_equal(task.raw.vpids[0], 6025);
	assert_int_equal(task.raw.vpids[1], 146);
	assert_int_equal(task.raw.vpids[2], 1);
	assert_int_equal(task.raw.vsid, 1);
	assert_int_equal(task.raw.uid, 1000);
	assert_int_equal(task.raw.ruid, 1001);
	assert_true(task.raw.cpu_ns == UINT64_C(1) << 40);
	assert_true(task.raw.rss_bytes == UINT64_C(1) << 33);
	assert_true(task.raw.ns_ino == 4026532179 && task.raw.ns_for_children_ino == 4026532200);
	assert_int_equal(task.raw.state, 'S');
	assert_string_equal(task.raw.comm, "someone");
}

/* One struct is used for all: nothing of the last one shines through. */
static void test_task_after_task(void **state)
{
	struct bytes b = {0}, less = {0};
	struct genl_task task;

	(void)state;
	put_task(&b, 20, 5, 1);
	put_u32(&b, PIDNS_A_TASK_CPU, 9);
	put_u32(&less, PIDNS_A_TASK_TID, 7);
	put_u32(&less, PIDNS_A_TASK_TGID, 6);
	assert_int_equal(parse_task(&b, &task), 0);
	assert_int_equal(task.raw.cpu_ns, 9); /* a thread has its own only */
	assert_int_equal(parse_task(&less, &task), 0);
	assert_int_equal(task.raw.known, 0);
	assert_int_equal(task.raw.nr_vpids, 0);
	assert_int_equal(task.raw.cpu_ns, 0);
	assert_int_equal(task.raw.ns_ino, 0);
}

static void test_task_levels(void **state)
{
	struct genl_task task;
	struct bytes b = {0};
	int i;

	(void)state;
	put_u32(&b, PIDNS_A_TASK_TID, 1);
	put_u32(&b, PIDNS_A_TASK_TGID, 1);
	for (i = 0; i <= PIDNS_LEVEL_MAX; i++)
		put_u32(&b, PIDNS_A_TASK_VPID, (uint32_t)i + 1);
	assert_int_equal(parse_task(&b, &task), 0);
	assert_int_equal(task.raw.nr_vpids, PIDNS_LEVEL_MAX + 1);
	put_u32(&b, PIDNS_A_TASK_VPID, 1);
	assert_int_equal(parse_task(&b, &task), -EPROTO);
}

static void test_task_refused(void **state)
{
	static const struct {
		uint16_t type;
		uint32_t value;
	} wrong[] = {
		{PIDNS_A_TASK_VPID, 0},	   {PIDNS_A_TASK_VPID, UINT32_C(1) << 31},
		{PIDNS_A_TASK_PPID, ~0u},  {PIDNS_A_TASK_STATE, 0},
		{PIDNS_A_TASK_STATE, ' '}, {PIDNS_A_TASK_STATE, 0x7f},
		{PIDNS_A_TASK_STATE, 512}, {PIDNS_A_TASK_TID, 5},
	};
	struct genl_task task;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct bytes b = {0};

		put_u32(&b, PIDNS_A_TASK_TID, 5);
		put_u32(&b, PIDNS_A_TASK_TGID, 5);
		put_u32(&b, wrong[i].type, wrong[i].value);
		if (parse_task(&b, &task) != -EPROTO)
			fail_msg("attribute %u was taken", wrong[i].type);
	}
}

static void test_task_names(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int want;
	} names[] = {
		{"abc", 4, 0},	     {"", 1, 0},       {"\x1b[1m\n\xff", 7, 0},
		{"abc", 3, -EPROTO}, {"", 0, -EPROTO}, {"a\0b", 4, -EPROTO},
	};
	char longest[65];
	struct genl_task task;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bytes b = {0};

		put_u32(&b, PIDNS_A_TASK_TID, 5);
		put_u32(&b, PIDNS_A_TASK_TGID, 5);
		put_attr(&b, PIDNS_A_TASK_COMM, names[i].bytes, names[i].len);
		assert_int_equal(parse_task(&b, &task), names[i].want);
		if (!names[i].want)
			assert_string_equal(task.raw.comm, names[i].bytes);
	}
	memset(longest, 'x', sizeof(longest));
	longest[64] = '\0';
	for (i = 64; i <= 65; i++) {
		struct bytes b = {0};

		put_u32(&b, PIDNS_A_TASK_TID, 5);
		put_u32(&b, PIDNS_A_TASK_TGID, 5);
		put_attr(&b, PIDNS_A_TASK_COMM, longest + 65 - i, i);
		assert_int_equal(parse_task(&b, &task), i == 64 ? 0 : -EPROTO);
	}
}

/* ---- occupancy ------------------------------------------------------------------------------- */

static void test_pidmap(void **state)
{
	static struct genl_pidmap map;
	struct bytes b = {0};

	(void)state;
	put_u64(&b, PIDNS_A_PIDMAP_NS, 99);
	put_u32(&b, PIDNS_A_PIDMAP_NS_INO, 10);
	assert_int_equal(parse_pidmap(&b, &map), -EPROTO); /* blocks of what size? */
	put_u32(&b, PIDNS_A_PIDMAP_BLOCK_SIZE, 32768);
	assert_int_equal(parse_pidmap(&b, &map), 0);
	assert_int_equal(map.nr_blocks, 0);
	put_u32(&b, PIDNS_A_PIDMAP_USED, 118);
	put_u32(&b, PIDNS_A_PIDMAP_USED, 0);
	put_u32(&b, PIDNS_A_PIDMAP_USED, 3);
	assert_int_equal(parse_pidmap(&b, &map), 0);
	assert_int_equal(map.nr_blocks, 3);
	assert_int_equal(map.used[0], 118);
	assert_int_equal(map.used[2], 3);
	put_attr(&b, PIDNS_A_PIDMAP_USED, "abc", 3);
	assert_int_equal(parse_pidmap(&b, &map), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ns),
		cmocka_unit_test(test_ns_absent),
		cmocka_unit_test(test_ns_newer),
		cmocka_unit_test(test_ns_refused),
		cmocka_unit_test(test_ns_needs_an_inode),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_task),
		cmocka_unit_test(test_task_after_task),
		cmocka_unit_test(test_task_levels),
		cmocka_unit_test(test_task_refused),
		cmocka_unit_test(test_task_names),
		cmocka_unit_test(test_pidmap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
