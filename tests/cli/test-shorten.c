// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths of containers on lines of 80 columns, and remedies that name what turns a limit there. */
#include <pidnsinfo.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/remedy.h"
#include "common/shorten.h"

#define ID "3f4e8a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7"

static void check(const char *text, size_t width, const char *wanted)
{
	char out[512];
	size_t len = shorten(text, width, out, sizeof(out));

	assert_string_equal(out, wanted);
	assert_int_equal(len, strlen(wanted));
}

static void test_d_paths(void **state)
{
	(void)state;
	check("/sys/fs/cgroup/docker/" ID "/pids.max", 200,
	      "/sys/fs/cgroup/docker/" ID "/pids.max");
	check("/sys/fs/cgroup/docker/" ID "/pids.max", 61,
	      "/sys/fs/cgroup/docker/3f4e8a1b2c3d.../pids.max");
	check("/sys/fs/cgroup/system.slice/docker-" ID ".scope/pids.max", 30,
	      "/sys/fs/cgroup...cope/pids.max");
	check("/a/b", 2, "/a/b");
	check("pids.max of the cgroups above /sys/fs/cgroup, which are out of sight", 20,
	      "pids.max of the cgroups above /sys/fs/cgroup, which are out of sight");
	check("/a\\012/" ID, 20, "/a\\012/" ID);
	check("", 0, "");
}

static void check_remedy(uint32_t kind, const char *source, const struct pidns_container *container,
			 const char *part)
{
	struct pidns_limit limit = {.kind = kind, .source = source};
	char text[REMEDY_MAX];

	assert_non_null(strstr(remedy_of_limit(&limit, container, text), part));
}

static void test_remedies(void **state)
{
	const struct pidns_container web = {.name = "web", .id = ID, .runtime = "docker"};
	const struct pidns_container pod = {.id = ID, .runtime = "containerd", .pod = "shop/web-0"};
	const struct pidns_container incus = {.name = "c1", .runtime = "incus"};
	const char *own = "/sys/fs/cgroup/system.slice/docker-" ID ".scope/pids.max";

	(void)state;
	check_remedy(PIDNS_LIMIT_CGROUP_PIDS, own, &web, "docker update --pids-limit N web,");
	check_remedy(PIDNS_LIMIT_CGROUP_PIDS, "/sys/fs/cgroup/system.slice/pids.max", &web,
		     "systemctl set-property system.slice TasksMax=N,");
	check_remedy(PIDNS_LIMIT_CGROUP_PIDS, "/sys/fs/cgroup/user.slice/user-1000.slice/pids.max",
		     NULL, "systemctl set-property user-1000.slice TasksMax=N,");
	check_remedy(PIDNS_LIMIT_CGROUP_PIDS, "/sys/fs/cgroup/kubepods/burstable/podx/pids.max",
		     &pod,
		     "podPidsLimit in the kubelet's configuration for pods such as shop/web-0,");
	check_remedy(PIDNS_LIMIT_CGROUP_PIDS, "/sys/fs/cgroup/lxc.payload.c1/pids.max", &incus,
		     "incus config set c1 limits.processes N,");
	check_remedy(PIDNS_LIMIT_CGROUP_PIDS, "/sys/fs/cgroup/mine/pids.max", NULL, "TasksMax=");
	check_remedy(PIDNS_LIMIT_CGROUP_PIDS, NULL, NULL, "--pids-limit");
	check_remedy(PIDNS_LIMIT_NPROC, "RLIMIT_NPROC of uid 0", &web, "--ulimit nproc=N");
	check_remedy(PIDNS_LIMIT_NPROC, "RLIMIT_NPROC of uid 0", NULL, "LimitNPROC=");
	check_remedy(PIDNS_LIMIT_PID_MAX, "/proc/sys/kernel/pid_max", &web, "kernel.pid_max");
	check_remedy(PIDNS_LIMIT_THREADS_MAX, "x", NULL, "kernel.threads-max");
	check_remedy(PIDNS_LIMIT_USER_NAMESPACES, "x", &web, "user.max_user_namespaces");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_d_paths),
		cmocka_unit_test(test_remedies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
