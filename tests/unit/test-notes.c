// SPDX-License-Identifier: GPL-2.0-or-later
/* Notes in recordings: they come back as they were, and what is wrong with them is refused. */
#include "unit.h"

#include <errno.h>

#define NAMESPACES            \
	"ns ino=10 depth=0\n" \
	"ns ino=20 parent=10 depth=1\n"

static const char notes[] =
	"notes ns=10 known=limits,container\n"
	"limit ns=10 kind=init source=a\\040b error=ENOMEM is_fork=1\n"
	"limit ns=10 kind=nproc used=7 max=9 hits=0 source=c error=EAGAIN is_fork=0\n"
	"pin ns=10 kind=descendant pid=1 fd=2 parent=3 path=/\\377 below=20 count=4\n"
	"notes ns=20 known=container,zombie\n"
	"container ns=20 name=n\\011 id=i runtime=r source=s pod=p\n"
	"zombie ns=20 pid=5 parent=6 start_ns=7 sigchld=handled parent_is_reaper=1\n"
	"limit kind=level used=32 max=32 error=ENOSPC is_fork=0\n";

static const struct pidns_notes *notes_of(const struct pidns_snapshot *s, uint64_t ino)
{
	const struct pidns_ns *ns = pidns_ns_find(s, ino);

	assert_non_null(ns);
	return ns->known & PIDNS_NS_NOTES ? ns->notes : NULL;
}

static void test_limits(void **state)
{
	struct pidns_snapshot *s = snapshot_of(NAMESPACES, 0), *noted;
	const struct pidns_limit *const *list;
	const struct pidns_notes *n;

	(void)state;
	assert_null(notes_of(s, 10));
	assert_int_equal(pidns_snapshot_limits(s, &list), 0);
	pidns_snapshot_unref(s);

	noted = snapshot_of(NAMESPACES
			    "limit ns=10 kind=init source=a\\040b error=ENOMEM is_fork=1\n"
			    "limit ns=10 kind=nproc used=7 max=9 hits=0 error=EAGAIN is_fork=0\n"
			    "limit kind=level used=32 max=32 error=ENOSPC is_fork=0\n",
			    0);
	n = notes_of(noted, 10);
	assert_int_equal(n->known, PIDNS_NOTE_LIMITS);
	assert_int_equal(n->nr_limits, 2);
	assert_int_equal(n->limits[0]->kind, PIDNS_LIMIT_INIT);
	assert_int_equal(n->limits[0]->known, 0);
	assert_string_equal(n->limits[0]->source, "a b");
	assert_int_equal(n->limits[0]->error, ENOMEM);
	assert_int_equal(n->limits[0]->is_fork, 1);
	assert_int_equal(n->limits[1]->known,
			 PIDNS_LIMIT_USED | PIDNS_LIMIT_MAX | PIDNS_LIMIT_HITS);
	assert_int_equal(n->limits[1]->used, 7);
	assert_int_equal(n->limits[1]->max, 9);
	assert_int_equal(n->limits[1]->error, EAGAIN);
	assert_int_equal(n->limits[1]->is_fork, 0);
	assert_int_equal(pidns_snapshot_limits(noted, &list), 1);
	assert_int_equal(list[0]->kind, PIDNS_LIMIT_LEVEL);
	assert_int_equal(list[0]->error, ENOSPC);
	pidns_snapshot_unref(noted);
}

static void test_others(void **state)
{
	char *body = malloc(sizeof(NAMESPACES) + sizeof(notes));
	const struct pidns_notes *n;
	struct pidns_snapshot *s;

	(void)state;
	s = snapshot_of(strcat(strcpy(body, NAMESPACES), notes), 0);
	n = notes_of(s, 10);
	/* A line of its kind says as much as a word of "known". */
	assert_int_equal(n->known, PIDNS_NOTE_LIMITS | PIDNS_NOTE_CONTAINER | PIDNS_NOTE_PINS);
	assert_null(n->container);
	assert_int_equal(n->nr_pins, 1);
	assert_int_equal(n->pins[0]->kind, PIDNS_PIN_DESCENDANT);
	assert_int_equal(n->pins[0]->pid, 1);
	assert_int_equal(n->pins[0]->fd, 2);
	assert_int_equal(n->pins[0]->parent, 3);
	assert_string_equal(n->pins[0]->path, "/\377");
	assert_ptr_equal(n->pins[0]->ns, pidns_ns_find(s, 20));
	assert_int_equal(n->pins[0]->count, 4);
	n = notes_of(s, 20);
	assert_int_equal(n->known, PIDNS_NOTE_CONTAINER | PIDNS_NOTE_ZOMBIE);
	assert_string_equal(n->container->name, "n\t");
	assert_string_equal(n->container->id, "i");
	assert_string_equal(n->container->runtime, "r");
	assert_string_equal(n->container->source, "s");
	assert_string_equal(n->container->pod, "p");
	assert_int_equal(n->zombie->pid, 5);
	assert_int_equal(n->zombie->parent, 6);
	assert_int_equal(n->zombie->start_ns, 7);
	assert_int_equal(n->zombie->sigchld, PIDNS_SIGCHLD_HANDLED);
	assert_int_equal(n->zombie->parent_is_reaper, 1);
	pidns_snapshot_unref(s);
	free(body);
}

/* What is written is what was read, to the byte. */
static void test_written_again(void **state)
{
	char *body = malloc(sizeof(NAMESPACES) + sizeof(notes)), *bytes;
	struct pidns_snapshot *s;
	size_t len;

	(void)state;
	s = snapshot_of(strcat(strcpy(body, NAMESPACES), notes), 0);
	bytes = bytes_of(s, &len);
	assert_non_null(strstr(bytes, "notes ns=10 known=limits,container,pins\n"));
	assert_non_null(strstr(bytes, strchr(notes, '\n') + 1));
	free(bytes);
	pidns_snapshot_unref(s);
	free(body);
}

/* Kinds and words of a newer version are passed over, and nothing with them. */
static void test_newer(void **state)
{
	struct pidns_snapshot *s = snapshot_of(NAMESPACES "notes ns=10 known=limits,taste\n"
							  "limit ns=10 kind=taste used=1\n"
							  "limit ns=10 kind=nproc error=EBITTER\n"
							  "pin ns=20 kind=glue\n"
							  "smell ns=10\n",
					       0);
	const struct pidns_notes *n = notes_of(s, 10);

	(void)state;
	assert_int_equal(n->known, PIDNS_NOTE_LIMITS);
	assert_int_equal(n->nr_limits, 1);
	assert_int_equal(n->limits[0]->error, 0);
	assert_null(notes_of(s, 20));
	pidns_snapshot_unref(s);
}

static void refuse(const char *line, const char *part)
{
	char body[512], why[256];
	struct pidns_ctx *ctx;

	snprintf(body, sizeof(body), NAMESPACES "%s", line);
	assert_int_equal(open_recording(write_recording(body), why, &ctx), -EPROTO);
	if (!strstr(why, part))
		fail_msg("\"%s\" instead of \"…%s…\"", why, part);
}

static void test_refused(void **state)
{
	(void)state;
	refuse("notes known=limits\n", "no ns");
	refuse("container name=x\n", "no ns");
	refuse("pin kind=fd\n", "no ns");
	refuse("notes ns=30 known=-\n", "namespace 30 of a note is missing");
	refuse("limit ns=30 kind=init\n", "namespace 30 of a note is missing");
	refuse("limit ns=0 kind=init\n", "ns is no inode");
	refuse("pin ns=10 kind=descendant below=30\n", "namespace 30 of a pin is missing");
	refuse("container ns=10\ncontainer ns=10\n", "a note on namespace 10 is there twice");
	refuse("zombie ns=10\nlimit ns=10 kind=init\nzombie ns=10\n", "is there twice");
	refuse("notes ns=10 known=-\nnotes ns=10 known=-\n", "is there twice");
	refuse("limit ns=10 kind=init kind=init\n", "kind is there twice");
	refuse("limit ns=10 kind=init used=-1\n", "used is no 64-bit number");
	refuse("container ns=10 name=\\8\n", "name is wrongly escaped");
	refuse("zombie ns=10 pid=4294967295\n", "pid is no 31-bit number");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),	      cmocka_unit_test(test_others),
		cmocka_unit_test(test_written_again), cmocka_unit_test(test_newer),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
