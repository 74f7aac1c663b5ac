// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Paths of cgroups as engines make them, tests/fixtures/containers/paths.txt: each with the right name or
 * rightly none, and a twin that an ordinary user has made, which neither misleads nor takes a name away.
 *
 *	# WHAT, by COMM
 *	PATH, or lines of /proc/PID/cgroup with a space between
 *		what is said of the first
 *		what is said of the twin
 */
#include "unit.h"
#include "machine.h"

#include <unistd.h>

#include "annotate/containers/containers.h"
#include "base/util.h"

#define ID   "4b5e57f6eb2f42b9039b3d1e13929295f231749c510cbe341cd68036d9af97e2"
#define ID2  "7bdc25d1694ef984782a16f6f1710c1c6bc83ba7a131b515baf532bea021d011"
#define UID  "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
#define UID_ "0a1b2c3d_4e5f_6071_8293_a4b5c6d7e8f9" /* as a unit's name has it */

#define USER "/user.slice/user-1000.slice/user@1000.service"
/* Of another user than the one whose own containers are in the table. */
#define TWIN "/user.slice/user-1001.slice/user@1001.service"

#define LINE 2048

static const struct {
	const char *word, *means;
} words[] = {{"ID1", ID}, {"ID2", ID2}, {"UID-", UID}, {"UID_", UID_}};

static void expand(char *to, const char *from)
{
	while (*from) {
		size_t i = 0;

		while (i < ARRAY_SIZE(words) &&
		       strncmp(from, words[i].word, strlen(words[i].word)) != 0)
			i++;
		if (i == ARRAY_SIZE(words)) {
			*to++ = *from++;
			continue;
		}
		to = stpcpy(to, words[i].means);
		from += strlen(words[i].word);
	}
	*to = '\0';
}

/* ---- a machine -------------------------------------------------------------------------------- */

static void put_stores(void)
{
	static const struct {
		const char *id, *name;
	} list[] = {{ID, "web"}, {ID2, "inner"}};
	char path[256], text[512];

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		sprintf(path, "var/lib/docker/containers/%s/config.v2.json", list[i].id);
		sprintf(text, "{\"ID\":\"%s\",\"Name\":\"/%s\"}", list[i].id, list[i].name);
		machine_put_file(path, text);
	}
	sprintf(text, "[{\"id\":\"%s\",\"names\":[\"web\"]},{\"id\":\"%s\",\"names\":[\"inner\"]}]",
		ID, ID2);
	machine_put_file("var/lib/containers/storage/overlay-containers/containers.json", text);
}

/* Where that hierarchy is mounted. */
static const char *folder_of(const char *controllers, bool is_alone)
{
	if (!*controllers)
		return is_alone ? "" : "/unified";
	return !strcmp(controllers, "name=systemd") ? "/systemd" : "/pids";
}

/* Each folder of the path has its file, as the kernel makes them; the last names the reaper. */
static void put_cgroup(const char *folder, const char *cgroup, int pid)
{
	char path[LINE], procs[LINE + 64], text[16];
	const char *at = cgroup;

	sprintf(text, "%d\n", pid);
	while ((at = strchr(at + 1, '/'))) {
		sprintf(path, "sys/fs/cgroup%s%.*s/cgroup.procs", folder, (int)(at - cgroup),
			cgroup);
		machine_put_file(path, "");
	}
	sprintf(procs, "sys/fs/cgroup%s%s/cgroup.procs", folder, cgroup);
	machine_put_file(procs, text);
}

/* A reaper below `prefix`, which is given away where it is an ordinary user's. */
static void put_reaper(int pid, const char *lines, const char *prefix, bool is_users)
{
	char text[LINE] = "", name[64], path[LINE], *copy = strdup(lines), *save, *line;
	bool is_alone = !strchr(lines, ' ');

	for (line = strtok_r(copy, " ", &save); line; line = strtok_r(NULL, " ", &save)) {
		char *controllers = strchr(line, ':') + 1, *at = strchr(controllers, ':');
		const char *folder;

		*at++ = '\0';
		folder = folder_of(controllers, is_alone);
		sprintf(text + strlen(text), "%s:%s%s\n", line, prefix, at);
		sprintf(path, "%s%s", prefix, at);
		put_cgroup(folder, path, pid);
		if (!is_users && strncmp(at, USER, strlen(USER)) != 0)
			continue;
		sprintf(path, "sys/fs/cgroup%s%s", folder, is_users ? TWIN : USER);
		machine_give_away(path);
	}
	sprintf(name, "proc/%d/cgroup", pid);
	machine_put_file(name, text);
	free(copy);
}

#define ROOT_NS "4026531836"

static const char snapshot_text[] =
	"snapshot time_ns=9000000000000 provider=procfs flags=- cannot_see=- root=" ROOT_NS "\n"
	"ns ino=" ROOT_NS " level=0 depth=0 state=alive reaper=1 reaper_start_ns=100000000\n"
	"ns ino=4026532101 parent=" ROOT_NS " depth=1 state=alive reaper=4242 "
	"reaper_start_ns=200000000000\n"
	"ns ino=4026532102 parent=" ROOT_NS " depth=1 state=alive reaper=4343 "
	"reaper_start_ns=201000000000\n"
	"task pid=1 tid=1 ns=" ROOT_NS " vpids=1 ppid=0 start_ns=100000000 comm=systemd\n"
	"task pid=4242 tid=4242 ns=4026532101 vpids=4242,1 ppid=4200 start_ns=200000000000 "
	"comm=sh\n"
	"task pid=4343 tid=4343 ns=4026532102 vpids=4343,1 ppid=1 start_ns=201000000000 comm=sh\n";

/* What is said of both, and what must be. */
static bool check_machine(const char *what, const char *lines, const char *expected[2])
{
	struct pidns_snapshot *snapshot = snapshot_of(snapshot_text, 0);
	const char *comm = strstr(what, ", by ");
	bool is_right = true;
	char text[MACHINE_TEXT];

	machine_new();
	put_stores();
	machine_put_task("1 0 10 1 systemd");
	snprintf(text, sizeof(text), "4200 1 19000 4200 %s", comm ? comm + 5 : "sh");
	machine_put_task(text);
	machine_put_task("4242 4200 20000 4242,1 sh");
	machine_put_task("4343 1 20100 4343,1 sh");
	put_reaper(4242, lines, "", false);
	put_reaper(4343, lines, TWIN, true);
	assert_int_equal(machine_annotate(snapshot), 0);
	for (uint64_t i = 0; i < 2; i++) {
		machine_describe(text, pidns_ns_find(snapshot, UINT64_C(4026532101) + i));
		if (!strcmp(strchr(text, ' ') + 1, expected[i]))
			continue;
		print_error("%s (%s)\n\texpected %s\n\tsaid%s\n", what, i ? "a user's" : "root's",
			    expected[i], strchr(text, ' '));
		is_right = false;
	}
	pidns_snapshot_unref(snapshot);
	return is_right;
}

/* ---- the table -------------------------------------------------------------------------------- */

static char *next_line(char **cursor)
{
	char *line = strsep(cursor, "\n");

	return line && *line == '\t' ? line + 1 : line;
}

/* What the table is to have, by the words of its headings. */
static const char *const engines[] = {"docker, systemd driver",
				      "docker, cgroupfs driver",
				      "docker, rootless",
				      "docker in docker",
				      "docker in LXC",
				      "docker, --cgroup-parent=",
				      "containerd, systemd driver",
				      "containerd, cgroupfs driver",
				      "k3s",
				      "kind",
				      "CRI-O",
				      "podman",
				      "podman, rootless",
				      "podman, pod",
				      "podman, quadlet",
				      "podman, systemd within",
				      "nerdctl",
				      "Nomad",
				      "ECS",
				      "Proxmox",
				      "LXD",
				      "Incus",
				      "sysbox",
				      "flatpak",
				      "snap",
				      "systemd-nspawn",
				      "buildkit",
				      "a user's service"};

static bool begins_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Of the one that an ordinary user has made: nothing, or what he says, told to be his; never what a store
 * of root's has for that id. */
static bool is_harmless(const char *said)
{
	size_t len = strlen(said), tail = strlen(" users");
	bool is_his = len > tail && !strcmp(said + len - tail, " users");

	return !strcmp(said, "unknown") ||
	       (is_his && (begins_with(said, "name=- ") || strstr(said, " id=- ")));
}

static void test_b1_paths_and_their_twins(void **state)
{
	char *bytes = read_file(CONTAINER_CASES "/paths.txt", NULL), *cursor = bytes, *line;
	int nr = 0, nr_containers = 0, nr_twins = 0, wrong = 0;
	bool has[ARRAY_SIZE(engines)] = {0};

	(void)state;
	if (!containers_has_parser())
		skip_because("built without json-c");
	while ((line = next_line(&cursor))) {
		char *what = line + 2, path[LINE], lines[LINE + 8], said[2][LINE];

		if (*line != '#' || !cursor || *cursor == '#' || *cursor == '\n')
			continue;
		expand(path, next_line(&cursor));
		snprintf(lines, sizeof(lines), "%s%s", *path == '/' ? "0::" : "", path);
		for (int i = 0; i < 2; i++)
			expand(said[i], next_line(&cursor));
		wrong += !check_machine(what, lines, (const char *[]){said[0], said[1]});
		nr++;
		nr_containers += strcmp(said[0], "unknown") != 0;
		nr_twins += is_harmless(said[1]);
		for (size_t i = 0; i < ARRAY_SIZE(engines); i++)
			has[i] |= begins_with(what, engines[i]);
	}
	assert_between(nr_containers, 60, 1000);
	assert_int_equal(nr_twins, nr);
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++)
		if (!has[i])
			fail_msg("no path of %s", engines[i]);
	assert_int_equal(wrong, 0);
	free(bytes);
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
		cmocka_unit_test(test_b1_paths_and_their_twins),
		cmocka_unit_test(test_b2_no_service_of_pods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
