// SPDX-License-Identifier: GPL-2.0-or-later
/* The option structs, the table of providers, and what a snapshot owes to the context it is of. */
#include "unit.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_left_out(const char *name)
{
	char why[256] = "";

	return pidns_probe(name, why, sizeof(why)) == -EOPNOTSUPP &&
	       strstr(why, "left out of this build");
}

static void test_names(void **state)
{
	bool has_procfs = false, has_replay = false;
	const char *name;
	char why[256];
	size_t i;

	(void)state;
	for (i = 0; (name = pidns_provider_name(i)); i++) {
		has_procfs |= !strcmp(name, "procfs");
		has_replay |= !strcmp(name, "replay");
	}
	assert_true(has_procfs && has_replay);
	assert_string_equal(pidns_provider_name(0), "netlink");
	assert_string_equal(pidns_provider_name(1), "bpf");
	assert_null(pidns_provider_name(i + 1));
	assert_null(pidns_provider_name(SIZE_MAX));
	assert_int_equal(pidns_provider_flags("netlink"),
			 PIDNS_PROVIDER_COUNTS_PIDS * !is_left_out("netlink"));
	assert_int_equal(pidns_provider_flags("bpf"),
			 PIDNS_PROVIDER_COUNTS_PIDS * !is_left_out("bpf"));
	assert_int_equal(pidns_provider_flags("procfs"), PIDNS_PROVIDER_PROCFS);
	assert_int_equal(pidns_provider_flags("replay"), PIDNS_PROVIDER_RECORDED);
	assert_int_equal(pidns_provider_flags("nonesuch"), 0);
	assert_int_equal(pidns_provider_flags(NULL), 0);
	assert_int_equal(pidns_probe("nonesuch", why, sizeof(why)), -EINVAL);
	assert_int_equal(pidns_probe("", NULL, 0), -EINVAL);
	assert_int_equal(pidns_probe(NULL, NULL, 0), -EINVAL);
}

static int open_with(size_t size, const char *provider, const char *source, uint32_t flags)
{
	struct {
		struct pidns_open_opts known;
		unsigned char newer[16];
	} opts = {.known = {.size = size, .provider = provider, .source = source, .flags = flags}};
	struct pidns_ctx *ctx = NULL;
	int r;

	if (size > sizeof(opts.known) && size <= sizeof(opts))
		opts.newer[size - sizeof(opts.known) - 1] = flags == 77;
	if (flags == 77)
		opts.known.flags = 0;
	r = pidns_open(&opts.known, &ctx);
	assert_int_equal(!ctx, r < 0);
	pidns_close(ctx);
	return r;
}

static void test_open_opts(void **state)
{
	const size_t size = sizeof(struct pidns_open_opts);
	char path[512];

	(void)state;
	strcpy(path, write_recording(""));
	assert_int_equal(open_with(size, "replay", path, 0), 0);
	assert_int_equal(open_with(size, NULL, path, 0), 0);
	assert_int_equal(open_with(size, "auto", path, PIDNS_OPEN_LONG_LIVED), 0);
	assert_int_equal(open_with(size, "auto", path, PIDNS_OPEN_ALL), 0);
	/* As an older and as a newer program would. */
	assert_int_equal(open_with(offsetof(struct pidns_open_opts, flags), "replay", path, 0), 0);
	assert_int_equal(open_with(size + 8, "replay", path, 0), 0);
	assert_int_equal(open_with(size + 8, "replay", path, 77), -E2BIG);
	assert_int_equal(open_with(0, "replay", path, 0), -EINVAL);
	assert_int_equal(open_with(SIZE_MAX, "replay", path, 0), -E2BIG);
	assert_int_equal(open_with(size, "replay", path, UINT32_C(1) << 31), -EINVAL);
	assert_int_equal(open_with(size, "nonesuch", path, 0), -EINVAL);
	assert_int_equal(open_with(size, NULL, scratch("missing"), 0), -ENOENT);
	assert_int_equal(open_with(size, "procfs", scratch("missing"), 0), -ENOENT);
	assert_int_equal(open_with(size, "procfs", path, 0), -ENOTDIR);
	/* A directory that is no procfs. */
	assert_int_equal(open_with(size, NULL, "/", 0), -EPROTO);
	assert_null(pidns_close(NULL));
}

static int open_root_with(const char *root, const char *provider, const char *source)
{
	const struct pidns_open_opts opts = {
		.size = sizeof(opts), .provider = provider, .source = source, .root = root};
	struct pidns_ctx *ctx = NULL;
	int r = pidns_open(&opts, &ctx);

	assert_int_equal(!ctx, r < 0);
	if (ctx)
		assert_string_equal(pidns_provider(ctx), "procfs");
	pidns_close(ctx);
	return r;
}

/* A machine's root has its procfs at /proc, which no link stands for. */
static void test_b6_root(void **state)
{
	char root[512], proc[600];
	int r;

	(void)state;
	assert_int_equal(open_root_with("/", NULL, NULL), 0);
	assert_int_equal(open_root_with("/", "auto", NULL), 0);
	assert_int_equal(open_root_with("/", "procfs", NULL), 0);
	assert_int_equal(open_root_with("/", "replay", NULL), -EINVAL);
	assert_int_equal(open_root_with("/", "nonesuch", NULL), -EINVAL);
	assert_int_equal(open_root_with("/", NULL, "/proc"), -EINVAL);
	strcpy(root, scratch("root"));
	assert_int_equal(open_root_with(root, NULL, NULL), -ENOENT);
	assert_int_equal(mkdir(root, 0755), 0);
	assert_int_equal(open_root_with(root, NULL, NULL), -ENOENT);
	snprintf(proc, sizeof(proc), "%s/proc", root);
	assert_int_equal(symlink("/proc", proc), 0);
	r = open_root_with(root, NULL, NULL);
	assert_true(r == -ENOTDIR || r == -ELOOP);
	assert_int_equal(unlink(proc), 0);
	assert_int_equal(mkdir(proc, 0755), 0);
	assert_int_equal(open_root_with(root, NULL, NULL), -EPROTO);
}

/* From here on socket(2) fails with that error. */
static int deny_sockets(int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {.len = 4, .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno : 0;
}

/* In a child, for such a filter stays. 0: as it should be; 77: filters cannot be had. */
static int open_without_sockets(int error)
{
	char why[256] = "", reason[256] = "";
	const struct pidns_open_opts opts = {
		.size = sizeof(opts), .why = why, .why_len = sizeof(why)};
	struct pidns_ctx *ctx;
	int r;

	if (deny_sockets(error) < 0)
		return 77;
	r = pidns_probe("netlink", reason, sizeof(reason));
	if (r == -EOPNOTSUPP && strstr(reason, "left out of this build"))
		return 0;
	if (r != -error || strncmp(reason, "netlink: no socket", 18))
		return 1;
	if (pidns_open(&opts, &ctx) < 0)
		return 2;
	/* A caller that may have it is told why it has not. */
	r = !strcmp(pidns_provider(ctx), "netlink") || strcmp(why, reason) ? 3 : 0;
	pidns_close(ctx);
	return r;
}

/* P13: the next provider, and said so. */
static void test_sockets_are_denied(void **state)
{
	static const int errors[] = {EPERM, EACCES};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (!pid)
			_exit(open_without_sockets(errors[i]));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
			skip_because("seccomp filters cannot be had");
		assert_int_equal(status, 0);
	}
}

static int take_with(struct pidns_ctx *ctx, size_t size, uint32_t flags, int excess)
{
	struct {
		struct pidns_take_opts known;
		unsigned char newer[16];
	} opts = {.known = {.size = size, .flags = flags}};
	struct pidns_snapshot *s = NULL;
	int r;

	opts.newer[0] = (unsigned char)excess;
	r = pidns_snapshot_take(ctx, &opts.known, &s);
	assert_int_equal(!s, r < 0);
	pidns_snapshot_unref(s);
	return r;
}

static void test_take_opts(void **state)
{
	const size_t size = sizeof(struct pidns_take_opts);
	struct pidns_ctx *ctx;
	char why[256];

	(void)state;
	assert_int_equal(open_recording(write_recording(""), why, &ctx), 0);
	assert_int_equal(take_with(ctx, size, 0, 0), 0);
	assert_int_equal(take_with(ctx, size, PIDNS_TAKE_ALL | PIDNS_TAKE_THREADS, 0), 0);
	assert_int_equal(take_with(ctx, offsetof(struct pidns_take_opts, why), 0, 0), 0);
	assert_int_equal(take_with(ctx, size + 8, 0, 0), 0);
	assert_int_equal(take_with(ctx, size + 8, 0, 1), -E2BIG);
	assert_int_equal(take_with(ctx, 1, 0, 0), -EINVAL);
	assert_int_equal(take_with(ctx, size, UINT32_C(1) << 31, 0), -EINVAL);
	pidns_close(ctx);
}

/* The sentence is cut, never overrun, and nothing is written where there is no room. */
static void test_why_is_bounded(void **state)
{
	char why[8] = "1234567";
	struct pidns_open_opts opts = {
		.size = sizeof(opts), .provider = "nonesuch", .why = why, .why_len = 5};
	struct pidns_ctx *ctx;

	(void)state;
	assert_int_equal(pidns_open(&opts, &ctx), -EINVAL);
	assert_int_equal(strlen(why), 4);
	assert_string_equal(why + 5, "67");
	why[0] = '1';
	opts.why_len = 0;
	assert_int_equal(pidns_open(&opts, &ctx), -EINVAL);
	assert_int_equal(why[0], '1');
}

static void test_a_snapshot_outlives_its_context(void **state)
{
	struct pidns_snapshot *s =
		snapshot_of("snapshot time_ns=7 provider=procfs flags=- cannot_see=- root=10\n"
			    "ns ino=10\ntask pid=5 tid=5 ns=10 vpids=5 comm=late\n",
			    0);
	const struct pidns_task *task = pidns_task_find(s, NULL, 5);

	(void)state;
	/* snapshot_of() has closed it, and the file may go too. */
	assert_int_equal(remove(scratch("written.rec")), 0);
	assert_string_equal(task->comm, "late");
	assert_string_equal(pidns_snapshot_provider(s), "replay");
	assert_ptr_equal(pidns_snapshot_ref(s), s);
	assert_null(pidns_snapshot_unref(s));
	assert_int_equal(task->vpids[0], 5);
	assert_null(pidns_snapshot_unref(s));
}

/* Records of one snapshot are strangers in another. */
static void test_two_snapshots(void **state)
{
	static const char body[] =
		"snapshot time_ns=7 provider=procfs flags=- cannot_see=- root=10\n"
		"ns ino=10 depth=0\nns ino=20 depth=1 parent=10\n"
		"task pid=5 tid=5 ns=20 vpids=5,1\n";
	struct pidns_snapshot *a = snapshot_of(body, 0), *b = snapshot_of(body, 0);
	const struct pidns_task *task = pidns_task_find(a, NULL, 5);

	(void)state;
	assert_int_equal(pidns_task_vpid(task, pidns_ns_find(a, 20)), 1);
	assert_int_equal(pidns_task_vpid(task, pidns_ns_find(b, 20)), 0);
	pidns_snapshot_unref(a);
	pidns_snapshot_unref(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_open_opts),
		cmocka_unit_test(test_b6_root),
		cmocka_unit_test(test_sockets_are_denied),
		cmocka_unit_test(test_take_opts),
		cmocka_unit_test(test_why_is_bounded),
		cmocka_unit_test(test_a_snapshot_outlives_its_context),
		cmocka_unit_test(test_two_snapshots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
