// SPDX-License-Identifier: GPL-2.0-or-later
/* machine.c - a machine's files in a scratch directory. */
#include "machine.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "annotate/containers/containers.h"

static char root[256];

const char *machine_path(const char *name)
{
	static char path[1024];

	assert_between(snprintf(path, sizeof(path), "%s/%s", root, name), 0, sizeof(path) - 1);
	return path;
}

void machine_put_parents(const char *name)
{
	char path[1024];
	char *slash;

	strcpy(path, machine_path(name));
	for (slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0)
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
}

void machine_new(void)
{
	static int nr;
	char name[32];

	snprintf(name, sizeof(name), "machine-%d", nr++);
	strcpy(root, scratch(name));
	assert_int_equal(mkdir(root, 0755), 0);
	machine_put_parents("proc/");
}

void machine_put_file(const char *name, const char *text)
{
	machine_put_parents(name);
	write_file(machine_path(name), text, strlen(text));
}

void machine_put_link(const char *name, const char *target)
{
	machine_put_parents(name);
	assert_int_equal(symlink(target, machine_path(name)), 0);
}

void machine_put_task(const char *words)
{
	char path[64], text[512], comm[64], nspid[64];
	int pid, ppid;
	long start;

	assert_int_equal(sscanf(words, "%d %d %ld %63s %63s", &pid, &ppid, &start, nspid, comm), 5);
	snprintf(path, sizeof(path), "proc/%d/stat", pid);
	snprintf(text, sizeof(text),
		 "%d (%s) S %d 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 %ld 1000 100 0\n", pid,
		 comm, ppid, start);
	machine_put_file(path, text);
	for (char *c = nspid; *c; c++)
		if (*c == ',')
			*c = '\t';
	snprintf(text, sizeof(text), "Name:\t%s\nTgid:\t%d\nPPid:\t%d\nNSpid:\t%s\n", comm, pid,
		 ppid, nspid);
	snprintf(path, sizeof(path), "proc/%d/status", pid);
	machine_put_file(path, text);
}

int machine_annotate_as(struct pidns_snapshot *snapshot, uid_t owner)
{
	struct containers_source source = {.owner = owner};
	struct annotation a = {.snapshot = snapshot, .flags = PIDNS_TAKE_CONTAINERS};
	int r;

	source.root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	a.procfs = open(machine_path("proc"), O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(source.root >= 0 && a.procfs >= 0);
	r = containers_annotate(&a, &source);
	close(source.root);
	close(a.procfs);
	return r;
}

int machine_annotate(struct pidns_snapshot *snapshot)
{
	return machine_annotate_as(snapshot, geteuid());
}

void machine_give_away(const char *name)
{
	if (geteuid() == 0)
		assert_int_equal(chown(machine_path(name), 1000, 1000), 0);
	else /* the same as being another's, as far as it may be tried */
		assert_int_equal(chmod(machine_path(name), 0777), 0);
}

static char *put_word(char *to, const char *key, const char *text)
{
	to += sprintf(to, " %s=%s", key, text ? "" : "-");
	for (; text && *text; text++)
		to += sprintf(to, (unsigned char)*text < ' ' ? "\\%03o" : "%c",
			      (unsigned char)*text);
	return to;
}

void machine_describe(char text[MACHINE_TEXT], const struct pidns_ns *ns)
{
	const struct pidns_notes *notes = ns->known & PIDNS_NS_NOTES ? ns->notes : NULL;
	const struct pidns_container *c;

	text += sprintf(text, "%" PRIu64, ns->ino);
	if (!notes || !(notes->known & PIDNS_NOTE_CONTAINER)) {
		strcpy(text, " unknown");
		return;
	}
	c = notes->container;
	if (!c) {
		strcpy(text, " none");
		return;
	}
	text = put_word(text, "name", c->name);
	text = put_word(text, "id", c->id);
	text = put_word(text, "runtime", c->runtime);
	text = put_word(text, "pod", c->pod);
	text = put_word(text, "source", c->source);
	if (c->is_users)
		strcpy(text, " users");
}
