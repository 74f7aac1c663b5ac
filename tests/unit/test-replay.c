// SPDX-License-Identifier: GPL-2.0-or-later
/* Recordings that are not what they should be: one sentence, -EPROTO, and nothing else (V5). */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char good[] =
	"snapshot time_ns=1 provider=test flags=threads,raced cannot_see=fd,bind root=10\n"
	"ns ino=10 level=0 depth=0 state=alive reaper=1 pids_max=32768\n"
	"ns ino=20 cookie=7 parent=10 level=1 depth=1 reaper=100 alloc_failures=3\n"
	"ns ino=30 parent=20 depth=2\n"
	"task pid=1 tid=1 ns=10 vpids=1 ppid=0 state=S uid=0 ruid=0 comm=init start_ns=1\n"
	"task pid=100 tid=100 ns=20 vpids=100,1 ppid=1 state=Z cpu_ns=4 rss_bytes=5 threads=2\n"
	"task pid=100 tid=101 ns=20 vpids=101,2 ppid=1 vpgid=1 vsid=0 ns_for_children=30\n"
	"task pid=102 tid=102 ns=30 vpids=102,3,1\n"
	"task pid=103 tid=103 comm=a\\040\\134b\n";

/* The file is refused with -EPROTO, and the sentence holds `part`. */
static void refuse(const char *path, const char *part)
{
	struct pidns_ctx *ctx = (void *)&good;
	char why[256];
	int r = open_recording(path, why, &ctx);

	if (r != -EPROTO || !strstr(why, part) || strchr(why, '\n'))
		fail_msg("%d, \"%s\" instead of \"…%s…\"", r, why, part);
	assert_ptr_equal(ctx, &good);
}

static void refuse_text(const char *text, const char *part)
{
	const char *path = scratch("text.rec");

	write_file(path, text, strlen(text));
	refuse(path, part);
}

static void refuse_body(const char *body, const char *part)
{
	refuse(write_recording(body), part);
}

/* Also proves that what the others refuse is refused for its own fault. */
static void test_good(void **state)
{
	struct pidns_ctx *ctx;
	char why[256];

	(void)state;
	if (open_recording(write_recording(good), why, &ctx) < 0)
		fail_msg("%s", why);
	pidns_close(ctx);
	/* Nothing in it but what must be. */
	if (open_recording(write_recording(""), why, &ctx) < 0)
		fail_msg("%s", why);
	pidns_close(ctx);
}

static void test_no_source(void **state)
{
	struct pidns_ctx *ctx;
	char why[256];

	(void)state;
	assert_int_equal(open_recording(NULL, why, &ctx), -EINVAL);
	assert_string_equal(why, "replay needs a recording as its source");
	assert_int_equal(pidns_probe("replay", why, sizeof(why)), -EINVAL);
	assert_string_equal(why, "replay needs a recording as its source");
	assert_int_equal(open_recording(scratch("missing"), why, &ctx), -ENOENT);
	assert_non_null(strstr(why, "No such file"));
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_between(strlen(path), 1, sizeof(address.sun_path) - 1);
	strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

/* None of these may block, either. */
static void test_no_regular_file(void **state)
{
	(void)state;
	assert_int_equal(mkdir(scratch("dir"), 0755), 0);
	assert_int_equal(mkfifo(scratch("fifo"), 0600), 0);
	make_socket(scratch("socket"));
	refuse(scratch("dir"), "not a recording but a directory");
	refuse(scratch("fifo"), "not a recording but a pipe");
	refuse(scratch("socket"), "not a recording but a socket");
	refuse("/dev/null", "not a recording but a device");
	refuse("/dev/zero", "not a recording but a device");
}

static void test_other_files(void **state)
{
	(void)state;
	refuse_text("", "empty");
	refuse_text("x", "not a recording");
	refuse_text("root:x:0:0:root:/root:/bin/bash\n", "not a recording");
	refuse_text("pidns-recordings 1\n", "not a recording");
	refuse_text("pidns-recording\n", "not a recording");
	refuse_text("pidns-recording \n", "not a recording");
	refuse_text("pidns-recording one\n", "not a recording");
	refuse_text("pidns-recording 0\n", "not a recording");
	refuse_text("pidns-recording 1 \n", "not a recording");
	refuse_text("pidns-recording -1\n", "not a recording");
}

static void test_newer_version(void **state)
{
	(void)state;
	refuse_text("pidns-recording 2\nwhatever that is\n",
		    "made by a newer pidns (format 2, this one reads 1)");
	refuse_text("pidns-recording 18446744073709551615\n", "made by a newer pidns");
}

/* A recording of a newer minor kind: what is not known is passed over. */
static void test_what_is_not_known(void **state)
{
	struct pidns_snapshot *s =
		snapshot_of("snapshot time_ns=1 provider=test flags=partial,odd cannot_see=fd,odd "
			    "root=10 odd=1\n"
			    "odd\n"
			    "odd what=ever\n"
			    "ns ino=10 depth=0 state=undead odd=x odd=y level=3\n"
			    "task pid=5 tid=5 ns=10 odd= vpids=5\n",
			    0);
	const struct pidns_ns *ns = pidns_ns_find(s, 10);

	(void)state;
	assert_int_equal(pidns_snapshot_flags(s), PIDNS_SNAPSHOT_PARTIAL);
	assert_int_equal(pidns_snapshot_cannot_see(s), PIDNS_UNSEEN_FD);
	assert_false(ns->known & PIDNS_NS_STATE);
	assert_int_equal(ns->level, 3);
	assert_non_null(pidns_task_find(s, ns, 5));
	pidns_snapshot_unref(s);
}

/* ---- harmed on the way ----------------------------------------------------------------------- */

static void test_cut_anywhere(void **state)
{
	char *text, *path;
	size_t len, i;

	(void)state;
	text = read_file(write_recording("ns ino=10 depth=0\ntask pid=5 tid=5 ns=10\n"), &len);
	path = strdup(scratch("cut.rec"));
	for (i = 0; i < len; i++) {
		write_file(path, text, i);
		refuse(path, path);
	}
	free(path);
	free(text);
}

/* Every bit of every byte: none may pass. */
static void test_bit_flips(void **state)
{
	char *text, *path;
	size_t len, i;

	(void)state;
	text = read_file(write_recording("ns ino=10 depth=0\n"
					 "task pid=5 tid=5 ns=10 vpids=5 comm=x odd=1\n"
					 "odd a=b\n"),
			 &len);
	path = strdup(scratch("flip.rec"));
	for (i = 0; i < len * 8; i++) {
		text[i / 8] ^= (char)(1 << i % 8);
		write_file(path, text, len);
		refuse(path, path);
		text[i / 8] ^= (char)(1 << i % 8);
	}
	free(path);
	free(text);
}

static void test_changed_by_hand(void **state)
{
	const char *path = write_recording("ns ino=10 depth=0\n");
	size_t len;
	char *text = read_file(path, &len);

	(void)state;
	*strstr(text, "ino=10") = 'I';
	write_file(path, text, len);
	refuse(path, "its checksum does not fit");
	free(text);
}

static void test_goes_on(void **state)
{
	const char *path = write_recording("ns ino=10 depth=0\n");
	size_t len;
	char *text = read_file(path, &len), *longer = malloc(2 * len);

	(void)state;
	assert_non_null(longer);
	memcpy(longer, text, len);
	longer[len] = '\n';
	write_file(path, longer, len + 1);
	refuse(path, "goes on after its last line");
	longer[len] = 'x';
	write_file(path, longer, len + 1);
	refuse(path, "cut short in line");
	free(longer);
	free(text);
}

static void test_nul_bytes(void **state)
{
	static const char text[] = "pidns-recording 1\nns ino=1\0 depth=0\n";

	(void)state;
	write_file(scratch("nul.rec"), text, sizeof(text) - 1);
	refuse(scratch("nul.rec"), "line 2 holds a NUL byte");
	write_file(scratch("nul.rec"), "pidns-recording 1\0\n", 19);
	refuse(scratch("nul.rec"), "not a recording");
}

static void test_long_lines(void **state)
{
	size_t len = 200000;
	char *text = malloc(len + 1);

	(void)state;
	assert_non_null(text);
	strcpy(text, "pidns-recording 1\ntask ");
	memset(text + strlen(text), 'x', len - strlen(text));
	text[len - 1] = '\n';
	text[len] = '\0';
	refuse_text(text, "line 2 is too long");
	/* One of 60,000 bytes is merely odd. */
	strcpy(text, "task pid=5 tid=5 odd=");
	memset(text + strlen(text), 'x', 60000);
	strcpy(text + 60000, "\n");
	pidns_snapshot_unref(snapshot_of(text, 0));
	free(text);
}

/* A hole of a terabyte after the first line: it ends at the first NUL, in little memory. */
static void test_huge_file(void **state)
{
	const char *path = scratch("huge.rec");
	struct rusage before, after;

	(void)state;
	write_file(path, "pidns-recording 1\n", 18);
	if (truncate(path, (off_t)1 << 40) < 0)
		skip_because("no sparse files of a terabyte here");
	getrusage(RUSAGE_SELF, &before);
	refuse(path, "line 2 is too long");
	getrusage(RUSAGE_SELF, &after);
	assert_between(after.ru_maxrss - before.ru_maxrss, 0, 8192);
}

/* ---- contradictions, with a checksum that is right ------------------------------------------- */

static void refuse_end(const char *words, const char *part)
{
	refuse(write_recording_with_end("ns ino=10 depth=0\ntask pid=5 tid=5 ns=10\n", words),
	       part);
}

static void test_counts(void **state)
{
	(void)state;
	/* No memory is had on the strength of a promise. */
	refuse_end("namespaces=18446744073709551615 tasks=1", "counts are not those");
	refuse_end("namespaces=1 tasks=4000000000", "counts are not those");
	refuse_end("namespaces=1 tasks=0", "counts are not those");
	refuse_end("namespaces=0 tasks=1", "counts are not those");
	refuse_end("namespaces=1", "counts are not those");
	refuse_end("odd=1", "no counts");
	refuse_end("namespaces=x tasks=1", "namespaces is no 64-bit number");
	refuse_end("namespaces=1 tasks=18446744073709551616", "tasks is no 64-bit number");
}

static void test_no_checksum(void **state)
{
	(void)state;
	refuse_text("pidns-recording 1\nend namespaces=0 tasks=0\n", "no checksum");
	refuse_text("pidns-recording 1\nend fnv1a64=\n", "no checksum");
	refuse_text("pidns-recording 1\nend fnv1a64=0123456789abcdeg\n", "checksum does not fit");
	refuse_text("pidns-recording 1\nsnapshot time_ns=1\n", "cut short after line 2");
}

static void test_heads(void **state)
{
	(void)state;
	refuse_body("snapshot provider=x\n", "no time_ns");
	refuse_body("snapshot time_ns=1\nsnapshot time_ns=1\n", "line 3: a second line");
	refuse_body("snapshot time_ns=1 root=99\n", "the root namespace is missing");
	refuse_body("snapshot time_ns=1 root=20\nns ino=10\nns ino=20 parent=10\n",
		    "the root namespace has a parent");
	refuse_body("snapshot time_ns=1 time_ns=1\n", "line 2: time_ns is there twice");
}

static void test_namespaces(void **state)
{
	(void)state;
	refuse_body("ns ino=10 parent=10\n", "more than 32 ancestors, or is its own");
	refuse_body("ns ino=1\nns ino=10 parent=30\nns ino=20 parent=10\nns ino=30 parent=20\n",
		    "more than 32 ancestors, or is its own");
	refuse_body("ns ino=10\nns ino=10\n", "namespace 10 is there twice");
	refuse_body("ns ino=10 parent=11\n", "the parent of namespace 10 is missing");
	refuse_body("ns ino=10 parent=0\n", "line 3: parent is no inode");
	refuse_body("ns ino=10 depth=0\nns ino=11 depth=2 parent=10\n",
		    "namespace 11 is not at its depth");
	refuse_body("ns ino=10 ino=10\n", "line 3: ino is there twice");
	refuse_body("ns\n", "nothing after");
}

/* 32 below the first is what the kernel allows. */
static void test_nesting(void **state)
{
	char body[4096] = "ns ino=1\n";
	int ino;

	(void)state;
	for (ino = 2; ino <= PIDNS_LEVEL_MAX + 1; ino++)
		sprintf(body + strlen(body), "ns ino=%d parent=%d\n", ino, ino - 1);
	pidns_snapshot_unref(snapshot_of(body, 0));
	sprintf(body + strlen(body), "ns ino=%d parent=%d\n", ino, ino - 1);
	refuse_body(body, "more than 32 ancestors");
}

static void test_values(void **state)
{
	static const char *const numbers[] = {"",    "x",   "-1", "+1",
					      "1.0", "0x1", "1x", "1\t",
					      "1e3", "1,2", " ",  "18446744073709551616"};
	static const char *const keys[] = {"cookie",   "level",	    "reaper",	 "reaper_start_ns",
					   "owner_ns", "owner_uid", "pids_peak", "alloc_failures",
					   "last_pid", "pids_max",  "pids_used"};
	char body[256];
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		for (j = 0; j < sizeof(numbers) / sizeof(numbers[0]); j++) {
			snprintf(body, sizeof(body), "ns ino=10 %s=%s\n", keys[i], numbers[j]);
			refuse_body(body, "line 3: ");
		}
	refuse_body("ns ino=10 level=4294967296\n", "level is no 32-bit number");
	refuse_body("ns ino=10 reaper=2147483648\n", "reaper is no 31-bit number");
	refuse_body("task pid=5 tid=5 state=\n", "state is no letter");
	refuse_body("task pid=5 tid=5 state=SS\n", "state is no letter");
	refuse_body("task pid=5 tid=5 comm=\\\n", "comm is wrongly escaped");
	refuse_body("task pid=5 tid=5 comm=\\04\n", "comm is wrongly escaped");
	refuse_body("task pid=5 tid=5 comm=\\048\n", "comm is wrongly escaped");
	refuse_body("task pid=5 tid=5 comm=\\000\n", "comm is wrongly escaped");
	refuse_body("task pid=5 tid=5 comm=\\400\n", "comm is wrongly escaped");
}

static void test_words(void **state)
{
	(void)state;
	refuse_body("ns ino=10 level\n", "line 3: a word that is not key=value");
	refuse_body("ns ino=10  level=1\n", "a word that is not key=value");
	refuse_body("ns ino=10 \n", "a word that is not key=value");
	refuse_body("ns  ino=10\n", "a word that is not key=value");
	refuse_body("ns =1\n", "a word that is not key=value");
	refuse_body("task pid=5 tid=5 pid=5\n", "pid is there twice");
}

static void test_tasks(void **state)
{
	(void)state;
	refuse_body("task tid=5\n", "no pid or no tid");
	refuse_body("task pid=5\n", "no pid or no tid");
	refuse_body("task pid=0 tid=0\n", "no pid or no tid");
	refuse_body("task pid=5 tid=5\ntask pid=6 tid=5\n", "task 5 is there twice");
	refuse_body("task pid=5 tid=5 ns=10\n", "the namespace of task 5 is missing");
	refuse_body("task pid=5 tid=5 ns_for_children=10\n",
		    "ns_for_children of task 5 is missing");
	refuse_body("task pid=5 tid=5 vpids=6\n", "vpids does not begin with tid");
}

static void test_vpids(void **state)
{
	static const char *const lists[] = {"",	   ",", "5,", ",5",  "5,,1",
					    "5,0", "0", "-5", "5,x", "5,2147483648"};
	char body[512] = "ns ino=10 depth=0\nns ino=20 depth=1 parent=10\n";
	size_t len = strlen(body), i;

	(void)state;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		sprintf(body + len, "task pid=5 tid=5 ns=20 vpids=%s\n", lists[i]);
		refuse_body(body, "vpids is no list of 1 to 33 positive numbers");
	}
	strcpy(body + len, "task pid=5 tid=5 ns=20 vpids=5\n");
	refuse_body(body, "task 5 has 1 PIDs at depth 1");
	strcpy(body + len, "task pid=5 tid=5 ns=20 vpids=5,6,7\n");
	refuse_body(body, "task 5 has 3 PIDs at depth 1");
	strcpy(body + len, "task pid=5 tid=5 vpids=5");
	for (i = 0; i < PIDNS_LEVEL_MAX; i++)
		strcat(body, ",1");
	strcat(body, "\n");
	pidns_snapshot_unref(snapshot_of(body, 0));
	strcpy(body + strlen(body) - 1, ",1\n");
	refuse_body(body, "vpids is no list of 1 to 33 positive numbers");
}

static void test_pidmaps(void **state)
{
	static const char *const lists[] = {"",	   ":",	    ":5",   "0:5",	    "x:5",
					    "8:",  "8:5,",  "8:,5", "8:5,,6",	    "8:-1",
					    "8,5", "8:5:6", "8:x",  "4294967296:5", "8:4294967296"};
	static char body[16384] = "ns ino=10 depth=0 pidmap=";
	size_t len = strlen(body), i;
	struct pidns_snapshot *s;

	(void)state;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		sprintf(body + len, "%s\n", lists[i]);
		refuse_body(body, "pidmap is no list of 32-bit numbers by block");
	}
	/* Nothing at all is taken: a list without an element, which is not the same as none. */
	strcpy(body + len, "32768\n");
	s = snapshot_of(body, 0);
	assert_true(pidns_ns_find(s, 10)->known & PIDNS_NS_PIDMAP);
	assert_int_equal(pidns_ns_find(s, 10)->nr_pidmap, 0);
	pidns_snapshot_unref(s);
	strcpy(body + len, "1024:7");
	for (i = 1; i < 4096; i++)
		strcat(body, ",7");
	strcat(body, "\n");
	s = snapshot_of(body, 0);
	assert_int_equal(pidns_ns_find(s, 10)->nr_pidmap, 4096);
	assert_int_equal(pidns_ns_find(s, 10)->pidmap[4095], 7);
	pidns_snapshot_unref(s);
	strcpy(body + strlen(body) - 1, ",7\n");
	refuse_body(body, "pidmap is no list of 32-bit numbers by block");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_no_source),
		cmocka_unit_test(test_no_regular_file),
		cmocka_unit_test(test_other_files),
		cmocka_unit_test(test_newer_version),
		cmocka_unit_test(test_what_is_not_known),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_bit_flips),
		cmocka_unit_test(test_changed_by_hand),
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_nul_bytes),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_huge_file),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_no_checksum),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_namespaces),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_tasks),
		cmocka_unit_test(test_vpids),
		cmocka_unit_test(test_pidmaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
