// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Containers, from recorded machines: each file of tests/fixtures/containers is a snapshot, the files
 * that go with it, and what must be said of each namespace. Sections begin with "%%":
 *
 *	%% snapshot			lines of a recording
 *	%% task PID PPID START NSPID,… COMM	its stat and status
 *	%% file PATH			the lines that follow
 *	%% link PATH TARGET, %% fifo PATH, %% mode PATH OCTAL, %% size PATH BYTES
 *	%% users PATH			a folder that is another user's from there down, as far as named
 *	%% expect			"INODE KEY=VALUE …", "INODE none" or "INODE unknown"; others are not looked at
 *	%% without-openat2		the same, after it, where the kernel has no openat2(2)
 */
#include "unit.h"
#include "alloc.h"
#include "machine.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "annotate/containers/containers.h"

/* ---- a case ---------------------------------------------------------------------------------- */

struct recorded {
	char *bytes, *next;
	char *snapshot, *expect;
};

/* The line at *cursor, NUL-terminated in place; NULL at the end. */
static char *next_line(char **cursor)
{
	char *line = *cursor, *end;

	if (!*line)
		return NULL;
	end = strchr(line, '\n');
	assert_non_null(end);
	*end = '\0';
	*cursor = end + 1;
	return line;
}

/* All up to the next section, NUL-terminated; the section's own line follows. */
static char *body_of(struct recorded *c)
{
	char *body = c->next, *end = strstr(body, "%% ");

	while (end && end != body && end[-1] != '\n')
		end = strstr(end + 1, "%% ");
	if (!end)
		end = body + strlen(body);
	c->next = end;
	if (!*end)
		return body;
	/* Keep what is here, and let the section's line begin one later. */
	*end = '\0';
	c->next = end + 1;
	return body;
}

static void put_other(const char *kind, const char *path, const char *argument)
{
	machine_put_parents(path);
	if (!strcmp(kind, "link"))
		machine_put_link(path, argument);
	else if (!strcmp(kind, "fifo"))
		assert_int_equal(mkfifo(machine_path(path), 0600), 0);
	else if (!strcmp(kind, "mode"))
		assert_int_equal(chmod(machine_path(path), (mode_t)strtoul(argument, NULL, 8)), 0);
	else if (!strcmp(kind, "users"))
		machine_give_away(path);
	else if (!strcmp(kind, "size"))
		assert_int_equal(truncate(machine_path(path), atol(argument)), 0);
	else
		fail_msg("what is %s?", kind);
}

/* Linux 5.6; valgrind 3.19 does not know it. Without it no link below a root is followed. */
static bool has_openat2(void)
{
	return syscall(SYS_openat2, -1, "", NULL, (size_t)0) != -1 || errno != ENOSYS;
}

static void read_section(struct recorded *c)
{
	char kind[16], path[512], argument[512] = "";
	char *line = next_line(&c->next), *body;

	/* body_of() has cut its first character off. */
	assert_non_null(line);
	assert_true(sscanf(line, "%% %15s %511s %511[^\n]", kind, path, argument) >= 1);
	if (!strcmp(kind, "task"))
		machine_put_task(strchr(line + 2, ' '));
	body = body_of(c);
	if (!strcmp(kind, "snapshot")) {
		c->snapshot = body;
	} else if (!strcmp(kind, "expect") ||
		   (!strcmp(kind, "without-openat2") && !has_openat2())) {
		c->expect = body;
	} else if (!strcmp(kind, "file")) {
		machine_put_file(path, body);
	} else if (strcmp(kind, "task") != 0 && strcmp(kind, "without-openat2") != 0) {
		put_other(kind, path, argument);
	}
}

static void read_case(struct recorded *c, const char *path)
{
	machine_new();
	*c = (struct recorded){.bytes = read_file(path, NULL)};
	c->next = c->bytes;
	body_of(c);
	while (*c->next)
		read_section(c);
	assert_non_null(c->snapshot);
	assert_non_null(c->expect);
}

/* ---- what is said ---------------------------------------------------------------------------- */

static bool is_as_expected(const char *name, char *expect, const struct pidns_snapshot *snapshot)
{
	char text[2048], *line;
	bool is_right = true;

	assert_true(*expect);
	while ((line = next_line(&expect))) {
		const struct pidns_ns *ns = pidns_ns_find(snapshot, strtoull(line, NULL, 10));

		assert_non_null(ns);
		machine_describe(text, ns);
		if (strcmp(text, line) != 0) {
			print_error("%s: expected %s\n%*s  said %s\n", name, line,
				    (int)strlen(name), "", text);
			is_right = false;
		}
	}
	return is_right;
}

static bool check_case(const char *name)
{
	struct pidns_snapshot *snapshot;
	struct recorded c;
	char path[512];
	bool is_right;

	snprintf(path, sizeof(path), CONTAINER_CASES "/%s", name);
	read_case(&c, path);
	snapshot = snapshot_of(c.snapshot, 0);
	assert_int_equal(machine_annotate(snapshot), 0);
	is_right = is_as_expected(name, c.expect, snapshot);
	pidns_snapshot_unref(snapshot);
	free(c.bytes);
	return is_right;
}

/* Every n-th allocation fails, until none is left to: no answer, or the whole of it. */
static bool check_memory(const char *name)
{
	struct pidns_snapshot *snapshot;
	struct recorded c;
	bool has_failed = true;
	char path[512];
	long n;
	int r;

	snprintf(path, sizeof(path), CONTAINER_CASES "/%s", name);
	read_case(&c, path);
	for (n = 1; has_failed; n++) {
		snapshot = snapshot_of(c.snapshot, 0);
		alloc_fail_after(n);
		r = machine_annotate(snapshot);
		has_failed = alloc_has_failed();
		assert_int_equal(r, has_failed ? -ENOMEM : 0);
		pidns_snapshot_unref(snapshot);
	}
	free(c.bytes);
	return n > 2;
}

/* State files of a user other than the owner say nothing. */
static void test_owner(void **state)
{
	const struct pidns_ns *const *list;
	struct pidns_snapshot *snapshot;
	struct recorded c;
	size_t nr;

	(void)state;
	read_case(&c, CONTAINER_CASES "/runc.case");
	snapshot = snapshot_of(c.snapshot, 0);
	assert_int_equal(machine_annotate_as(snapshot, geteuid() + 1), 0);
	nr = pidns_snapshot_namespaces(snapshot, &list);
	assert_between(nr, 2, 100);
	for (size_t i = 0; i < nr; i++)
		assert_true(!list[i]->notes || !list[i]->notes->container);
	pidns_snapshot_unref(snapshot);
	free(c.bytes);
}

static int for_each_case(bool (*check)(const char *name), int *ret_wrong)
{
	DIR *list = opendir(CONTAINER_CASES);
	struct dirent *entry;
	int nr = 0;

	assert_non_null(list);
	if (!containers_has_parser())
		skip_because("built without json-c");
	while ((entry = readdir(list))) {
		if (!strstr(entry->d_name, ".case"))
			continue;
		nr++;
		*ret_wrong += !check(entry->d_name);
	}
	closedir(list);
	return nr;
}

static void test_cases(void **state)
{
	int wrong = 0;

	(void)state;
	assert_between(for_each_case(check_case, &wrong), 25, 1000);
	assert_int_equal(wrong, 0);
}

static void test_memory(void **state)
{
	int wrong = 0;

	(void)state;
	assert_between(for_each_case(check_memory, &wrong), 25, 1000);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
