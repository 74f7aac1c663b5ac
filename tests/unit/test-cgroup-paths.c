// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths of cgroups as engines make them, and what each says: the innermost container, its engine where
 * the path tells that, and its pod. */
#include "unit.h"

#include "annotate/containers/containers.h"
#include "base/util.h"

#define ID  "4b5e57f6eb2f42b9039b3d1e13929295f231749c510cbe341cd68036d9af97e2"
#define ID2 "7bdc25d1694ef984782a16f6f1710c1c6bc83ba7a131b515baf532bea021d011"
#define UID "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
/* As a unit's name has it. */
#define UID_ "0a1b2c3d_4e5f_6071_8293_a4b5c6d7e8f9"

static const struct {
	const char *what, *path;
	uint32_t shape;
	const char *name; /* or id */
	const char *runtime, *pod;
} cases[] = {
	{"docker, systemd driver", "/system.slice/docker-" ID ".scope", CGROUP_SHAPE_ENGINE, ID,
	 "docker", ""},
	{"docker, cgroupfs driver", "/docker/" ID, CGROUP_SHAPE_ENGINE, ID, "docker", ""},
	{"docker, rootless",
	 "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "docker", ""},
	{"docker, rootless, app.slice",
	 "/user.slice/user-1000.slice/user@1000.service/app.slice/docker-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "docker", ""},
	{"docker in docker, systemd driver", "/system.slice/docker-" ID ".scope/docker/" ID2,
	 CGROUP_SHAPE_ENGINE, ID2, "docker", ""},
	{"docker in docker, cgroupfs driver", "/docker/" ID "/docker/" ID2, CGROUP_SHAPE_ENGINE,
	 ID2, "docker", ""},
	{"docker in LXC", "/lxc.payload.web/system.slice/docker-" ID ".scope", CGROUP_SHAPE_ENGINE,
	 ID, "docker", ""},
	{"docker in Proxmox LXC", "/lxc/101/ns/system.slice/docker-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "docker", ""},
	{"docker, --cgroup-parent=batch.slice", "/batch.slice/docker-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "docker", ""},
	{"docker, --cgroup-parent, nested slice",
	 "/batch.slice/batch-night.slice/docker-" ID ".scope", CGROUP_SHAPE_ENGINE, ID, "docker",
	 ""},
	{"docker, buildkit's worker", "/system.slice/docker-" ID ".scope/init", CGROUP_SHAPE_ENGINE,
	 ID, "docker", ""},
	{"docker, systemd within", "/system.slice/docker-" ID ".scope/init.scope",
	 CGROUP_SHAPE_ENGINE, ID, "docker", ""},
	{"docker under the kubelet, cgroupfs", "/kubepods/besteffort/pod" UID "/" ID,
	 CGROUP_SHAPE_ENGINE, ID, NULL, UID},
	{"docker under the kubelet, systemd",
	 "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_
	 ".slice/docker-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "docker", UID},
	{"containerd, systemd driver, burstable",
	 "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_
	 ".slice/cri-containerd-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "containerd", UID},
	{"containerd, systemd driver, guaranteed",
	 "/kubepods.slice/kubepods-pod" UID_ ".slice/cri-containerd-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "containerd", UID},
	{"containerd, systemd driver, static pod",
	 "/kubepods.slice/kubepods-burstable.slice/"
	 "kubepods-burstable-pod0a1b2c3d4e5f60718293a4b5c6d7e8f9.slice/cri-containerd-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "containerd", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"},
	{"containerd, cgroupfs driver", "/kubepods/burstable/pod" UID "/" ID, CGROUP_SHAPE_ENGINE,
	 ID, NULL, UID},
	{"containerd, cgroupfs driver, guaranteed", "/kubepods/pod" UID "/" ID, CGROUP_SHAPE_ENGINE,
	 ID, NULL, UID},
	{"containerd, kubelet systemd but containerd not",
	 "/system.slice/containerd.service/kubepods-burstable-pod" UID_ ".slice:cri-containerd:" ID,
	 CGROUP_SHAPE_ENGINE, ID, "containerd", UID},
	{"the same, besteffort",
	 "/system.slice/containerd.service/kubepods-besteffort-pod" UID_
	 ".slice:cri-containerd:" ID,
	 CGROUP_SHAPE_ENGINE, ID, "containerd", UID},
	{"the same, guaranteed",
	 "/system.slice/containerd.service/kubepods-pod" UID_ ".slice:cri-containerd:" ID,
	 CGROUP_SHAPE_ENGINE, ID, "containerd", UID},
	{"the same, below the kubelet's slices",
	 "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_
	 ".slice:cri-containerd:" ID,
	 CGROUP_SHAPE_ENGINE, ID, "containerd", UID},
	{"the same, at the top", "/kubepods-burstable-pod" UID_ ".slice:cri-containerd:" ID,
	 CGROUP_SHAPE_ENGINE, ID, "containerd", UID},
	{"the same, k3s",
	 "/system.slice/k3s.service/kubepods-besteffort-pod" UID_ ".slice:cri-containerd:" ID,
	 CGROUP_SHAPE_ENGINE, ID, "containerd", UID},
	{"the same, docker",
	 "/system.slice/docker.service/kubepods-besteffort-pod" UID_ ".slice:docker:" ID,
	 CGROUP_SHAPE_ENGINE, ID, "docker", UID},
	{"a triple without a pod", "/system.slice:docker:" ID, CGROUP_SHAPE_ENGINE, ID, "docker",
	 ""},
	{"k3s",
	 "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_
	 ".slice/cri-containerd-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "containerd", UID},
	{"kind, the node",
	 "/system.slice/docker-" ID
	 ".scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/"
	 "kubelet-kubepods-burstable-pod" UID_ ".slice/cri-containerd-" ID2 ".scope",
	 CGROUP_SHAPE_ENGINE, ID2, "containerd", UID},
	{"kind, cgroup v1", "/docker/" ID "/kubelet/kubepods/besteffort/pod" UID "/" ID2,
	 CGROUP_SHAPE_ENGINE, ID2, NULL, UID},
	{"CRI-O, systemd",
	 "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_ ".slice/crio-" ID
	 ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "cri-o", UID},
	{"CRI-O, container below its scope",
	 "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID ".scope/container",
	 CGROUP_SHAPE_ENGINE, ID, "cri-o", UID},
	{"CRI-O, cgroupfs", "/kubepods/besteffort/pod" UID "/crio-" ID, CGROUP_SHAPE_ENGINE, ID,
	 "cri-o", UID},
	{"CRI-O's monitor", "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-conmon-" ID ".scope",
	 CGROUP_SHAPE_NONE, "", NULL, ""},
	{"podman", "/machine.slice/libpod-" ID ".scope", CGROUP_SHAPE_ENGINE, ID, "podman", ""},
	{"podman, container below its scope", "/machine.slice/libpod-" ID ".scope/container",
	 CGROUP_SHAPE_ENGINE, ID, "podman", ""},
	{"podman, systemd within", "/machine.slice/libpod-" ID ".scope/container/init.scope",
	 CGROUP_SHAPE_ENGINE, ID, "podman", ""},
	{"podman, a service within",
	 "/machine.slice/libpod-" ID ".scope/container/system.slice/nginx.service",
	 CGROUP_SHAPE_ENGINE, ID, "podman", ""},
	{"podman, cgroupfs", "/libpod_parent/libpod-" ID, CGROUP_SHAPE_ENGINE, ID, "podman", ""},
	{"podman, pod", "/machine.slice/machine-libpod_pod_" ID2 ".slice/libpod-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "podman", ID2},
	{"podman, pod, cgroupfs", "/libpod_parent/" ID2 "/libpod-" ID, CGROUP_SHAPE_ENGINE, ID,
	 "podman", ID2},
	{"podman, rootless",
	 "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container",
	 CGROUP_SHAPE_ENGINE, ID, "podman", ""},
	{"podman, rootless pod",
	 "/user.slice/user-1000.slice/user@1000.service/user.slice/user-libpod_pod_" ID2
	 ".slice/libpod-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "podman", ID2},
	{"podman, quadlet", "/system.slice/web.service/libpod-payload-" ID, CGROUP_SHAPE_ENGINE, ID,
	 "podman", ""},
	{"podman's monitor", "/machine.slice/libpod-conmon-" ID ".scope", CGROUP_SHAPE_NONE, "",
	 NULL, ""},
	{"nerdctl", "/system.slice/nerdctl-" ID ".scope", CGROUP_SHAPE_ENGINE, ID, "containerd",
	 ""},
	{"nerdctl, rootless",
	 "/user.slice/user-1000.slice/user@1000.service/user.slice/nerdctl-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "containerd", ""},
	{"ECS on EC2, cgroupfs", "/ecs/0a1b2c3d4e5f60718293a4b5c6d7e8f9/" ID, CGROUP_SHAPE_ENGINE,
	 ID, "docker", ""},
	{"ECS on EC2, systemd",
	 "/ecstasks.slice/ecstasks-0a1b2c3d4e5f60718293a4b5c6d7e8f9.slice/docker-" ID ".scope",
	 CGROUP_SHAPE_ENGINE, ID, "docker", ""},
	{"Nomad, docker task", "/system.slice/docker-" ID ".scope", CGROUP_SHAPE_ENGINE, ID,
	 "docker", ""},
	{"Nomad, exec task",
	 "/nomad.slice/share.slice/4b5e57f6-eb2f-42b9-039b-3d1e13929295.web.scope",
	 CGROUP_SHAPE_NONE, "", NULL, ""},
	{"LXC", "/lxc.payload.web", CGROUP_SHAPE_LXC, "web", "lxc", ""},
	{"LXC 3", "/lxc/web", CGROUP_SHAPE_LXC, "web", "lxc", ""},
	{"LXC, systemd within", "/lxc.payload.web/init.scope", CGROUP_SHAPE_LXC, "web", "lxc", ""},
	{"LXC's monitor", "/lxc.monitor.web", CGROUP_SHAPE_NONE, "", NULL, ""},
	{"Proxmox", "/lxc/101/ns", CGROUP_SHAPE_LXC, "101", "lxc", ""},
	{"Proxmox, systemd within", "/lxc/101/ns/init.scope", CGROUP_SHAPE_LXC, "101", "lxc", ""},
	{"Proxmox, a service within", "/lxc/101/ns/system.slice/nginx.service", CGROUP_SHAPE_LXC,
	 "101", "lxc", ""},
	{"LXD, Incus", "/lxc.payload.c1/init.scope", CGROUP_SHAPE_LXC, "c1", "lxc", ""},
	{"Incus, a project", "/lxc.payload.blue_c1", CGROUP_SHAPE_LXC, "blue_c1", "lxc", ""},
	{"sysbox", "/system.slice/docker-" ID ".scope/init.scope", CGROUP_SHAPE_ENGINE, ID,
	 "docker", ""},
	{"systemd-nspawn", "/machine.slice/machine-web.scope/payload", CGROUP_SHAPE_MACHINE, "web",
	 NULL, ""},
	{"systemd-nspawn, a dash", "/machine.slice/machine-web\\x2d1.scope/payload/init.scope",
	 CGROUP_SHAPE_MACHINE, "web-1", NULL, ""},
	{"flatpak",
	 "/user.slice/user-1000.slice/user@1000.service/app.slice/"
	 "app-flatpak-org.gnome.Maps-12345.scope",
	 CGROUP_SHAPE_APP, "org.gnome.Maps", "flatpak", ""},
	{"flatpak, a dash in its id",
	 "/user.slice/user-1000.slice/user@1000.service/app.slice/"
	 "app-flatpak-com.a\\x2db.C-7.scope",
	 CGROUP_SHAPE_APP, "com.a-b.C", "flatpak", ""},
	{"snap",
	 "/user.slice/user-1000.slice/user@1000.service/app.slice/snap.firefox.firefox-" UID
	 ".scope",
	 CGROUP_SHAPE_NONE, "", NULL, ""},
	{"an application of a desktop",
	 "/user.slice/user-1000.slice/user@1000.service/app.slice/"
	 "app-gnome-org.gnome.Terminal-4242.scope",
	 CGROUP_SHAPE_NONE, "", NULL, ""},
	{"a session", "/user.slice/user-1000.slice/session-3.scope", CGROUP_SHAPE_NONE, "", NULL,
	 ""},
	{"a service", "/system.slice/nginx.service", CGROUP_SHAPE_NONE, "", NULL, ""},
	{"an id where no engine puts one", "/backup/" ID, CGROUP_SHAPE_NONE, "", NULL, ""},
	{"too short an id",
	 "/system.slice/"
	 "docker-4b5e57f6eb2f42b9039b3d1e13929295f231749c510cbe341cd68036d9af97e.scope",
	 CGROUP_SHAPE_NONE, "", NULL, ""},
	{"a triple whose id is none",
	 "/system.slice/containerd.service/kubepods-podx.slice:cri-containerd:web",
	 CGROUP_SHAPE_NONE, "", NULL, ""},
	{"nothing", "/", CGROUP_SHAPE_NONE, "", NULL, ""},
};

static void test_paths(void **state)
{
	(void)state;
	assert_true(ARRAY_SIZE(cases) >= 60);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cgroup_place place;
		char line[1024];
		const char *name;
		int len = snprintf(line, sizeof(line), "0::%s\n", cases[i].path);

		print_message("%s\n", cases[i].what);
		assert_int_equal(containers_parse_cgroup(line, (size_t)len, &place), 0);
		assert_int_equal(place.shape, cases[i].shape);
		name = place.shape == CGROUP_SHAPE_ENGINE ? place.id : place.name;
		assert_string_equal(name, cases[i].name);
		assert_string_equal(place.pod, cases[i].pod);
		if (cases[i].runtime)
			assert_string_equal(place.runtime, cases[i].runtime);
		else
			assert_null(place.runtime);
	}
}

/* No service's name for what is below a kubelet's slice, and none that a container is in. */
static void test_b2_no_service_of_pods(void **state)
{
	static const char *const lines[] = {
		"0::/kubepods.slice/kubepods-pod" UID_ ".slice/agent.service\n",
		"0::/system.slice/containerd.service/kubepods-burstable-pod" UID_
		".slice:cri-containerd:" ID "\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct cgroup_place place;

		assert_int_equal(containers_parse_cgroup(lines[i], strlen(lines[i]), &place), 0);
		assert_string_equal(place.service, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_b2_no_service_of_pods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
