// SPDX-License-Identifier: GPL-2.0-or-later
/* The parsers of /proc, fed what the kernel writes and what it never would. */
#include "unit.h"

#include <errno.h>

#include "base/proc.h"

/* The parsers are given a length: hand over a block that ends exactly there, without a NUL, so that
 * the sanitizers and valgrind see one byte too many. */
static char *exact(const char *text, size_t len)
{
	char *block = malloc(len + !len);

	assert_non_null(block);
	memcpy(block, text, len);
	return block;
}

static int parse_stat(const char *text, struct proc_stat *ret)
{
	size_t len = strlen(text);
	char *block = exact(text, len);
	int r = proc_parse_stat(block, len, ret);

	free(block);
	return r;
}

static int parse_status(const char *text, struct proc_status *ret)
{
	size_t len = strlen(text);
	char *block = exact(text, len);
	int r = proc_parse_status(block, len, ret);

	free(block);
	return r;
}

/* ---- stat ------------------------------------------------------------------------------------ */

#define AFTER_COMM                                                                        \
	" S 41 42 42 34816 -1 4194564 100 7 0 0 12 34 -5 6 20 -3 9 0 137660 3133440 409 " \
	"18446744073709551615 94496419393536 0 0 0\n"

static void test_stat(void **state)
{
	struct proc_stat s;

	(void)state;
	assert_int_equal(parse_stat("42 (cat)" AFTER_COMM, &s), 0);
	assert_int_equal(s.pid, 42);
	assert_string_equal(s.comm, "cat");
	assert_int_equal(s.state, 'S');
	assert_int_equal(s.ppid, 41);
	assert_int_equal(s.flags, 4194564);
	assert_true(s.flags & PROC_PF_EXITING);
	assert_int_equal(s.utime, 12);
	assert_int_equal(s.stime, 34);
	assert_int_equal(s.threads, 9);
	assert_int_equal(s.start_time, 137660);
	assert_int_equal(s.rss_pages, 409);
}

/* P1, and whatever else prctl(PR_SET_NAME) takes. */
static void test_stat_names(void **state)
{
	static const char *const names[] = {") R 1 1 1", "",	 " ",  ")",	   "(",
					    "((((",	 "))))", ") ", " (",	   "a) S 1 (b",
					    "\n",	 "\t",	 "\\", "\xff\xfe", "1 (x) R 1"};
	struct proc_stat s;
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "42 (%s)" AFTER_COMM, names[i]);
		assert_int_equal(parse_stat(text, &s), 0);
		assert_string_equal(s.comm, names[i]);
		assert_int_equal(s.state, 'S');
		assert_int_equal(s.ppid, 41);
	}
}

static void test_stat_long_names(void **state)
{
	char text[512], name[PROC_COMM_SIZE + 1];
	struct proc_stat s;

	(void)state;
	memset(name, 'x', sizeof(name));
	name[PROC_COMM_SIZE - 1] = '\0';
	snprintf(text, sizeof(text), "42 (%s)" AFTER_COMM, name);
	assert_int_equal(parse_stat(text, &s), 0);
	assert_string_equal(s.comm, name);
	name[PROC_COMM_SIZE - 1] = 'x';
	name[PROC_COMM_SIZE] = '\0';
	snprintf(text, sizeof(text), "42 (%s)" AFTER_COMM, name);
	assert_int_equal(parse_stat(text, &s), -EPROTO);
}

/* Whatever is cut off, no number is taken for a shorter one: all or nothing. */
static void test_stat_cut(void **state)
{
	static const char whole[] = "42 (cat)" AFTER_COMM;
	const size_t enough = (size_t)(strstr(whole, " 409 ") - whole) + strlen(" 409 ");
	struct proc_stat s;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(whole); len++) {
		char *block = exact(whole, len);

		memset(&s, 0x55, sizeof(s));
		if (len < enough) {
			assert_int_equal(proc_parse_stat(block, len, &s), -EPROTO);
			assert_int_equal(s.pid, 0x55555555);
		} else {
			assert_int_equal(proc_parse_stat(block, len, &s), 0);
			assert_int_equal(s.rss_pages, 409);
		}
		free(block);
	}
}

static void test_stat_nonsense(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"0 (a)" AFTER_COMM,
		"-1 (a)" AFTER_COMM,
		"+1 (a)" AFTER_COMM,
		"1x (a)" AFTER_COMM,
		"2147483648 (a)" AFTER_COMM,
		"1 a)" AFTER_COMM,
		"1 (a" AFTER_COMM,
		"1  (a)" AFTER_COMM,
		"1 (a) SS 1 1 1 0 -1 1 0 0 0 0 1 1 1 1 20 0 1 0 1 1 1 1\n",
		"1 (a) 5 1 1 1 0 -1 1 0 0 0 0 1 1 1 1 20 0 1 0 1 1 1 1\n",
		"1 (a) S x 1 1 0 -1 1 0 0 0 0 1 1 1 1 20 0 1 0 1 1 1 1\n",
		"1 (a) S -1 1 1 0 -1 1 0 0 0 0 1 1 1 1 20 0 1 0 1 1 1 1\n",
		"1 (a) S 1 1 1 0 -1 4294967296 0 0 0 0 1 1 1 1 20 0 1 0 1 1 1 1\n",
		"1 (a) S 1 1 1 0 -1 1 0 0 0 0 18446744073709551616 1 1 1 20 0 1 0 1 1 1 1\n",
		"1 (a) S 1 1 1  -1 1 0 0 0 0 1 1 1 1 20 0 1 0 1 1 1 1\n",
		"1 (a) S 1 1 1 0 -1 1 0 0 0 0 1 1 1 1 20 0 1 0 1 1\n",
	};
	struct proc_stat s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (parse_stat(texts[i], &s) != -EPROTO)
			fail_msg("accepted: %s", texts[i]);
	assert_int_equal(
		proc_parse_stat("1 (a\0b)" AFTER_COMM, sizeof("1 (a\0b)" AFTER_COMM) - 1, &s),
		-EPROTO);
}

/* ---- status ---------------------------------------------------------------------------------- */

static void test_status(void **state)
{
	struct proc_status s;

	(void)state;
	assert_int_equal(
		parse_status("Name:\tcat\nUmask:\t0022\nState:\tR (running)\nTgid:\t8546\n"
			     "Pid:\t8547\nPPid:\t8541\nUid:\t1000\t1001\t1002\t1003\n"
			     "Gid:\t0\t0\t0\t0\nGroups:\t \nNStgid:\t8546\t12\t1\n"
			     "NSpid:\t8547\t13\t2\nNSpgid:\t8546\t0\t0\nNSsid:\t6042\t0\t0\n"
			     "VmPeak:\t    3060 kB\nThreads:\t1\n",
			     &s),
		0);
	assert_true(s.known & PROC_STATUS_UID && s.known & PROC_STATUS_TGID);
	assert_true(s.known & PROC_STATUS_NSPID && s.known & PROC_STATUS_NSPGID);
	assert_true(s.known & PROC_STATUS_NSSID);
	assert_int_equal(s.ruid, 1000);
	assert_int_equal(s.euid, 1001);
	assert_int_equal(s.tgid, 8546);
	assert_int_equal(s.nr_nspid, 3);
	assert_int_equal(s.nspid[0], 8547);
	assert_int_equal(s.nspid[2], 2);
	assert_int_equal(s.nspgid[0], 8546);
	assert_int_equal(s.nspgid[2], 0);
	assert_int_equal(s.nssid[0], 6042);
}

/* Linux before 4.1, or without CONFIG_PID_NS. */
static void test_status_without_nspid(void **state)
{
	struct proc_status s;

	(void)state;
	assert_int_equal(parse_status("Name:\tcat\nTgid:\t7\nUid:\t0\t0\t0\t0\n", &s), 0);
	assert_true(s.known & PROC_STATUS_TGID && s.known & PROC_STATUS_UID);
	assert_false(s.known & (PROC_STATUS_NSPID | PROC_STATUS_NSPGID | PROC_STATUS_NSSID));
	assert_int_equal(s.nr_nspid, 0);
	assert_int_equal(parse_status("", &s), 0);
	assert_int_equal(s.known, 0);
}

/* P2. The kernel writes a newline in a name as \n; that a key stands in it must not matter. */
static void test_status_names(void **state)
{
	struct proc_status s;

	(void)state;
	assert_int_equal(parse_status("Name:\tx\\nNSpid:\\t1\nNSpid:\t42\t7\n", &s), 0);
	assert_int_equal(s.nr_nspid, 2);
	assert_int_equal(s.nspid[0], 42);
	assert_int_equal(parse_status("Name:\tNSpid:\t1\nNSpid:\t42\t7\n", &s), 0);
	assert_int_equal(s.nspid[1], 7);
	assert_int_equal(parse_status("Name:\t\nXNSpid:\t1\nNSpid\t5\nNSpid:\t42\n", &s), 0);
	assert_int_equal(s.nr_nspid, 1);
	assert_int_equal(s.nspid[0], 42);
	/* The first of two counts. */
	assert_int_equal(parse_status("NSpid:\t42\nNSpid:\t43\nTgid:\t1\nTgid:\t2\n", &s), 0);
	assert_int_equal(s.nspid[0], 42);
	assert_int_equal(s.tgid, 1);
}

static void test_status_levels(void **state)
{
	char text[512] = "NSpid:";
	struct proc_status s;
	int i;

	(void)state;
	for (i = 1; i <= PROC_LEVELS; i++)
		sprintf(text + strlen(text), "\t%d", i);
	strcat(text, "\n");
	assert_int_equal(parse_status(text, &s), 0);
	assert_int_equal(s.nr_nspid, PROC_LEVELS);
	assert_int_equal(s.nspid[PROC_LEVELS - 1], PROC_LEVELS);
	text[strlen(text) - 1] = '\0';
	strcat(text, "\t34\n");
	assert_int_equal(parse_status(text, &s), -EPROTO);
}

static void test_status_cut(void **state)
{
	struct proc_status s;

	(void)state;
	/* 4 might have gone on as 42: what has no newline is not there. */
	assert_int_equal(parse_status("Tgid:\t9\nNSpid:\t4", &s), 0);
	assert_int_equal(s.known, PROC_STATUS_TGID);
}

static void test_status_nonsense(void **state)
{
	static const char *const texts[] = {
		"NSpid:\n",
		"NSpid:\t\n",
		"NSpid:\t0\n",
		"NSpid:\t-1\n",
		"NSpid:\t1x\n",
		"NSpid:\t1 2\n",
		"NSpid:\t1\t\n",
		"NSpid:\t1\t\t2\n",
		"NSpid:\t2147483648\n",
		"Tgid:\t0\n",
		"Tgid:\t\n",
		"Tgid:\t1\t2\n",
		"Uid:\t1\n",
		"Uid:\ta\tb\tc\td\n",
		"NSpgid:\t-1\n",
		"Uid:\t4294967296\t0\t0\t0\n",
		"NSpid:\t1\t2\nNSpgid:\t1\n",
		"NSsid:\t1\nNSpid:\t1\t2\n",
	};
	struct proc_status s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (parse_status(texts[i], &s) != -EPROTO)
			fail_msg("accepted: %s", texts[i]);
}

/* ---- the small ones -------------------------------------------------------------------------- */

static int parse_link(const char *text, uint64_t *ret)
{
	size_t len = strlen(text);
	char *block = exact(text, len);
	int r = proc_parse_ns_link(block, len, "pid", ret);

	free(block);
	return r;
}

static void test_ns_link(void **state)
{
	static const char *const wrong[] = {
		"",
		"pid",
		"pid:",
		"pid:[",
		"pid:[]",
		"pid:[0]",
		"pid:[1",
		"pid:1]",
		"mnt:[1]",
		"pid:[1] ",
		" pid:[1]",
		"pid:[-1]",
		"pid:[1x]",
		"pid:[0x1]",
		"PID:[1]",
		"pid:[1]]",
		"pid:[[1]",
		"pid:[ 1]",
		"pid:[18446744073709551616]",
		"pid_for_children:[1]",
	};
	uint64_t ino = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (parse_link(wrong[i], &ino) != -EPROTO)
			fail_msg("accepted: %s", wrong[i]);
	assert_int_equal(ino, 7);
	assert_int_equal(parse_link("pid:[4026531836]", &ino), 0);
	assert_int_equal(ino, 4026531836);
	assert_int_equal(parse_link("pid:[18446744073709551615]", &ino), 0);
	assert_true(ino == UINT64_MAX);
}

static void test_pid(void **state)
{
	static const char *const wrong[] = {"",	   "0",	   "01",	 "-1",
					    "+1",  "1x",   " 1",	 "1 ",
					    "0x1", "self", "2147483648", "99999999999999999999"};
	int32_t pid = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (proc_parse_pid(wrong[i], &pid) != -EPROTO)
			fail_msg("accepted: %s", wrong[i]);
	assert_int_equal(pid, 7);
	assert_int_equal(proc_parse_pid("1", &pid), 0);
	assert_int_equal(pid, 1);
	assert_int_equal(proc_parse_pid("2147483647", &pid), 0);
	assert_int_equal(pid, INT32_MAX);
}

static void test_u64(void **state)
{
	uint64_t value = 7;

	(void)state;
	assert_int_equal(text_parse_u64("", 0, &value), -EPROTO);
	assert_int_equal(text_parse_u64("18446744073709551616", 20, &value), -EPROTO);
	assert_int_equal(text_parse_u64("99999999999999999999", 20, &value), -EPROTO);
	assert_int_equal(value, 7);
	assert_int_equal(text_parse_u64("18446744073709551615", 20, &value), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(text_parse_u64("123", 2, &value), 0);
	assert_int_equal(value, 12);
	assert_int_equal(text_parse_u64("0", 1, &value), 0);
	assert_int_equal(value, 0);
}

static void test_loadavg(void **state)
{
	static const char *const wrong[] = {"",
					    "\n",
					    "0.1 0.2 0.3 1/2\n",
					    "0.1 0.2 0.3 1/2 x\n",
					    "0.1 0.2 0.3 1/2 -1\n",
					    "0.1 0.2 0.3 1 2 34\n",
					    "0.1 0.2 0.3 1/x 34\n",
					    "0.1 0.2 0.3 1/2 34"};
	struct proc_loadavg load = {.last_pid = 7};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(proc_parse_loadavg(wrong[i], strlen(wrong[i]), &load), -EPROTO);
	assert_int_equal(load.last_pid, 7);
	assert_int_equal(proc_parse_loadavg("0.1 0.2 0.3 1/80 34\n", 20, &load), 0);
	assert_int_equal(load.last_pid, 34);
	assert_int_equal(load.tasks, 80);
	/* Nothing was born there yet. */
	assert_int_equal(proc_parse_loadavg("0.1 0.2 0.3 1/80 0\n", 19, &load), 0);
	assert_int_equal(load.last_pid, 0);
}

/* ---- limits, fdinfo, pidns, cgroup ----------------------------------------------------------- */

#define TEXT(s) ((struct text){s, sizeof(s) - 1})

static void test_uid_map(void **state)
{
	static const char late[] =
		"         1     100000      65536\n         0       1000          1\n";
	uint32_t uid = 5;

	(void)state;
	assert_int_equal(proc_parse_uid_map(late, sizeof(late) - 1, &uid), 0);
	assert_int_equal(uid, 1000);
	assert_int_equal(proc_parse_uid_map("0 4294967295 1\n", 15, &uid), -EPROTO);
	assert_int_equal(proc_parse_uid_map("1 0 1\n", 6, &uid), -EPROTO);
	assert_int_equal(proc_parse_uid_map("0\n", 2, &uid), -EPROTO);
	assert_int_equal(proc_parse_uid_map("", 0, &uid), -EPROTO);
	assert_int_equal(uid, 1000);
}

static void test_nproc(void **state)
{
	static const char some[] =
		"Limit Soft Hard Units\n"
		"Max cpu time              unlimited unlimited seconds\n"
		"Max processes             63321                63322      processes\n";
	static const char none[] =
		"Max processes             unlimited            unlimited  processes\n";
	uint64_t n = 5;

	(void)state;
	assert_int_equal(proc_parse_nproc(some, sizeof(some) - 1, &n), 1);
	assert_int_equal(n, 63321);
	assert_int_equal(proc_parse_nproc(none, sizeof(none) - 1, &n), 0);
	assert_int_equal(proc_parse_nproc("Max files 3\n", 12, &n), -EPROTO);
	assert_int_equal(proc_parse_nproc("Max processes  \n", 16, &n), -EPROTO);
	assert_int_equal(proc_parse_nproc("Max processes 12", 16, &n), -EPROTO); /* cut short */
}

static int fdinfo_of(const char *text, struct proc_fdinfo *ret)
{
	return proc_parse_fdinfo(text, strlen(text), ret);
}

static void test_fdinfo(void **state)
{
	struct proc_fdinfo f = {.pid = 7};

	(void)state;
	assert_int_equal(fdinfo_of("pos:\t0\nflags:\t02000002\nmnt_id:\t15\nPid:\t1236\n"
				   "NSpid:\t1236\t9\n",
				   &f),
			 0);
	assert_true(f.is_pidfd && f.pid == 1236 && f.mount_id == 15);
	assert_int_equal(fdinfo_of("Pid:\t-1\nNSpid:\t-1\n", &f), 0);
	assert_true(f.is_pidfd && f.pid == -1 && f.mount_id == -1);
	assert_int_equal(fdinfo_of("Pid:\t0\n", &f), 0);
	assert_true(f.is_pidfd && f.pid == 0);
	assert_int_equal(fdinfo_of("", &f), 0);
	assert_true(!f.is_pidfd && f.pid == -1);
	assert_int_equal(fdinfo_of("Pid:\t12", &f), 0); /* cut short: perhaps 1236 */
	assert_false(f.is_pidfd);
	assert_int_equal(fdinfo_of("NSpid:\t12\n", &f), 0);
	assert_false(f.is_pidfd);
	assert_int_equal(fdinfo_of("Pid:\t-2\n", &f), -EPROTO);
	assert_int_equal(fdinfo_of("Pid:\t2147483648\n", &f), -EPROTO);
	assert_int_equal(fdinfo_of("mnt_id:\tx\n", &f), -EPROTO);
	assert_false(f.is_pidfd);
}

static void test_pidns(void **state)
{
	static const char whole[] =
		"# ino cookie parent\n4026532201 4 -\n4026532300 5 4026532201\n";
	uint64_t ino = 0;

	(void)state;
	assert_int_equal(proc_parse_pidns(whole, strlen(whole), &ino), 0);
	assert_int_equal(ino, UINT64_C(4026532201));
	assert_true(proc_parse_pidns("", 0, &ino) < 0);
	assert_true(proc_parse_pidns("# ino", 5, &ino) < 0);
	assert_true(proc_parse_pidns("#\n42", 4, &ino) < 0); /* cut short */
	assert_true(proc_parse_pidns("0 1\n", 4, &ino) < 0);
	assert_true(proc_parse_pidns("x 1\n", 4, &ino) < 0);
}

static void test_cgroup(void **state)
{
	static const char text[] = "8:pids:/a:b\n"
				   "1:name=systemd:/\n"
				   "0::/system.slice/x.service (deleted)\n";
	static const char *const wrong[] = {"no\n",	  "7:cpu,cpuacct:x\n", "\n",
					    "x:pids:/\n", "4:pids:/last",      "4:pids\n",
					    "4:pids:\n"};
	const char *cursor = text, *end = text + sizeof(text) - 1;
	struct proc_cgroup cgroup;

	(void)state;
	assert_int_equal(proc_next_cgroup(&cursor, end, &cgroup), 1);
	assert_int_equal(cgroup.hierarchy, 8);
	assert_true(text_is(cgroup.controllers, "pids") && text_is(cgroup.path, "/a:b"));
	assert_int_equal(proc_next_cgroup(&cursor, end, &cgroup), 1);
	assert_true(text_is(cgroup.controllers, "name=systemd") && text_is(cgroup.path, "/"));
	assert_int_equal(proc_next_cgroup(&cursor, end, &cgroup), 1);
	assert_int_equal(cgroup.hierarchy, 0);
	assert_true(text_is(cgroup.controllers, "") &&
		    text_is(cgroup.path, "/system.slice/x.service (deleted)"));
	assert_int_equal(proc_next_cgroup(&cursor, end, &cgroup), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cursor = wrong[i];
		assert_int_equal(proc_next_cgroup(&cursor, cursor + strlen(cursor), &cgroup),
				 -EPROTO);
	}
	cursor = "4:pids:/a\0b\n";
	assert_int_equal(proc_next_cgroup(&cursor, cursor + 12, &cgroup), -EPROTO);
}

static void test_masks(void **state)
{
	static const char text[] = "Name:\tCapEff:\nSigIgn:\t0000000000010000\nSigCgt:\t8\n"
				   "CapPrm:\t00000000000000ff\nCapEff:\t000001fffeffffff\n";
	struct proc_status s;

	(void)state;
	assert_int_equal(proc_parse_status(text, sizeof(text) - 1, &s), 0);
	assert_int_equal(s.known, PROC_STATUS_CAPS | PROC_STATUS_IGNORED);
	assert_int_equal(s.caps, UINT64_C(0x1fffeffffff));
	assert_int_equal(s.ignored, 0x10000);
	assert_int_equal(proc_parse_status("CapEff:\t000000000000000G\n", 25, &s), 0);
	assert_int_equal(s.known, 0);
	assert_int_equal(proc_parse_status("CapEff:\t00000000000000001\n", 26, &s), 0);
	assert_int_equal(s.known, 0);
}

static void test_texts(void **state)
{
	struct text rest = TEXT(" \tone two"), line = TEXT("unset");
	char buf[16];

	(void)state;
	assert_true(text_list_has(TEXT("pids"), "pids"));
	assert_true(text_list_has(TEXT("rw,pids"), "pids"));
	assert_true(text_list_has(TEXT("pids,cpu"), "pids"));
	assert_false(text_list_has(TEXT("rpids,pidsx"), "pids"));
	assert_false(text_list_has(TEXT(""), "pids"));
	assert_true(text_is(text_next_word(&rest), "one"));
	assert_true(text_is(text_next_word(&rest), "two"));
	assert_true(text_is(text_next_word(&rest), ""));
	assert_true(text_find_line(TEXT("ab:1\nb:2\nb:3\n"), "b:", &line) && text_is(line, "2"));
	assert_false(text_find_line(TEXT("a:1\nb:2"), "b:", &line));
	assert_int_equal(text_unescape(TEXT("/a\\040b"), buf, sizeof(buf)), 0);
	assert_string_equal(buf, "/a b");
	assert_int_equal(text_unescape(TEXT("\\04"), buf, sizeof(buf)), 0);
	assert_string_equal(buf, "\\04");
	assert_int_equal(text_unescape(TEXT("/a\\040b\\134\\012\\9\\04"), buf, sizeof(buf)), 0);
	assert_string_equal(buf, "/a b\\\n\\9\\04");
	assert_int_equal(text_unescape(TEXT("\\134\\477"), buf, sizeof(buf)),
			 0); /* no byte has that */
	assert_string_equal(buf, "\\\\477");
	assert_int_equal(text_unescape(TEXT("12345678"), buf, 8), -ENAMETOOLONG);
	assert_int_equal(text_unescape(TEXT(""), buf, 0), -ENAMETOOLONG);
}

/* ---- mountinfo ------------------------------------------------------------------------------- */

static void test_mountinfo(void **state)
{
	static const char text[] =
		"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:2 - ext3 /dev/root "
		"rw,errors=continue\n"
		"nonsense\n"
		"37 35 0:4 pid:[4026532179] /run/ns\\040x rw shared:5 - nsfs nsfs rw\n"
		"38 35 0:5 / /a rw -\n"
		"x 35 0:5 / /a rw - tmpfs none rw\n"
		"38 35 05 / /a rw - tmpfs none rw\n"
		"38 35 0:x / /a rw - tmpfs none rw\n"
		"39 35 0:5 / /a rw - tmpfs  rw\n"
		"40 35 0:5 / /b rw - proc proc rw,hidepid=2";
	const char *cursor = text, *end = text + sizeof(text) - 1;
	struct proc_mount m;

	(void)state;
	assert_int_equal(proc_next_mount(&cursor, end, &m), 1);
	assert_int_equal(m.id, 36);
	assert_true(m.major == 98 && m.minor == 0);
	assert_true(text_is(m.root, "/mnt1") && text_is(m.mount_point, "/mnt2"));
	assert_true(text_is(m.options, "rw,noatime") && text_is(m.type, "ext3"));
	assert_true(text_is(m.source, "/dev/root"));
	assert_true(text_is(m.super_options, "rw,errors=continue"));
	assert_int_equal(proc_next_mount(&cursor, end, &m), 1);
	assert_int_equal(m.id, 37);
	assert_true(text_is(m.root, "pid:[4026532179]") && text_is(m.type, "nsfs"));
	assert_true(text_is(m.mount_point, "/run/ns\\040x"));
	/* An empty source is no reason to lose the line. */
	assert_int_equal(proc_next_mount(&cursor, end, &m), 1);
	assert_int_equal(m.id, 39);
	assert_true(text_is(m.source, "") && text_is(m.super_options, "rw"));
	assert_int_equal(proc_next_mount(&cursor, end, &m), 1);
	assert_int_equal(m.id, 40);
	assert_true(text_is(m.super_options, "rw,hidepid=2"));
	assert_int_equal(proc_next_mount(&cursor, end, &m), 0);
	assert_ptr_equal(cursor, end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_stat_names),
		cmocka_unit_test(test_stat_long_names),
		cmocka_unit_test(test_stat_cut),
		cmocka_unit_test(test_stat_nonsense),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_status_without_nspid),
		cmocka_unit_test(test_status_names),
		cmocka_unit_test(test_status_levels),
		cmocka_unit_test(test_status_cut),
		cmocka_unit_test(test_status_nonsense),
		cmocka_unit_test(test_ns_link),
		cmocka_unit_test(test_pid),
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_loadavg),
		cmocka_unit_test(test_nproc),
		cmocka_unit_test(test_uid_map),
		cmocka_unit_test(test_fdinfo),
		cmocka_unit_test(test_pidns),
		cmocka_unit_test(test_cgroup),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_mountinfo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
