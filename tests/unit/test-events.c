// SPDX-License-Identifier: GPL-2.0-or-later
/* What attached programs write: the ring, its records, and the mirror that is kept of them. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "bpf/events/events.h"
#include "core/builder.h"
#include "core/mirror.h"

#define ROOT  4026531836u
#define CHILD 4026532200u

static struct event_reader reader;

/* ---- records --------------------------------------------------------------------------------- */

static struct bpf_event_refused record_of(uint32_t kind, int32_t pid)
{
	struct bpf_event_refused r = {
		.full.head = {.time_ns = 1000,
			      .start_ns = 900,
			      .kind = kind,
			      .tid = pid,
			      .tgid = pid,
			      .ppid = 1,
			      .ns_ino = ROOT,
			      .comm = "name",
			      .vpids = {pid}},
		.error = EAGAIN,
		.call = PIDNS_CALL_CLONE3,
		.is_traced = 1,
	};

	return r;
}

static struct bpf_event_refused init_of(int32_t pid)
{
	struct bpf_event_refused r = record_of(BPF_EVENT_FORK, pid);

	r.full.head.level = 1;
	r.full.head.ns_ino = CHILD;
	r.full.head.vpids[1] = 1;
	r.full.ns = (struct bpf_ns_record){.told = BPF_NS_INIT,
					   .ino = CHILD,
					   .parent_ino = ROOT,
					   .level = 1,
					   .allocated = 0x80000001u,
					   .init = pid,
					   .init_start_ns = 900};
	return r;
}

static int parse(const struct bpf_event_refused *record, size_t len, struct raw_event *ret)
{
	event_reader_init(&reader, 0, 32768);
	strcpy(reader.cgroups, "/sys/fs/cgroup");
	return event_parse(&reader, record, len, ret);
}

static void test_birth(void **state)
{
	struct bpf_event_refused r = record_of(BPF_EVENT_FORK, 7);
	struct raw_event event;

	(void)state;
	assert_int_equal(parse(&r, sizeof(struct bpf_event), &event), 0);
	assert_int_equal(event.type, RAW_BORN);
	assert_int_equal(event.task.nr_vpids, 1);
	assert_int_equal(event.ns.ino, 0);
	r = init_of(8);
	assert_int_equal(parse(&r, sizeof(struct bpf_event_full), &event), 0);
	assert_int_equal(event.ns.ino, CHILD);
	assert_int_equal(event.ns.state, PIDNS_STATE_ALIVE);
	assert_int_equal(event.task.vpids[1], 1);
}

/* Nothing is taken on trust. */
static void test_impossible_records(void **state)
{
	struct bpf_event_refused r;
	struct raw_event event;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(r) + 8; len++) {
		r = record_of(BPF_EVENT_FORK, 7);
		if (len != sizeof(struct bpf_event) && len != sizeof(struct bpf_event_full))
			assert_int_equal(parse(&r, len, &event), -EPROTO);
	}
#define IMPOSSIBLE(what)                                                                     \
	do {                                                                                 \
		r = init_of(7);                                                              \
		what;                                                                        \
		assert_int_equal(parse(&r, sizeof(struct bpf_event_full), &event), -EPROTO); \
	} while (0)
	IMPOSSIBLE(r.full.head.kind = 0);
	IMPOSSIBLE(r.full.head.kind = 99);
	IMPOSSIBLE(r.full.head.tid = 0);
	IMPOSSIBLE(r.full.head.vpids[0] = 6);
	IMPOSSIBLE(r.full.head.vpids[1] = 0);
	IMPOSSIBLE(r.full.head.level = 33);
	IMPOSSIBLE(r.full.head.ns_ino = 0);
	IMPOSSIBLE(memset(r.full.head.comm, 'x', BPF_COMM));
	IMPOSSIBLE(r.full.ns.ino = ROOT);
	IMPOSSIBLE(r.full.ns.parent_ino = 0);
	IMPOSSIBLE(r.full.ns.init = 9);
}

static void test_refused(void **state)
{
	struct bpf_event_refused r = record_of(BPF_EVENT_REFUSED, 7);
	struct raw_event event;

	(void)state;
	r.limit = (struct bpf_limit){
		.used = 4, .max = 4, .kind = BPF_LIMIT_CGROUP_PIDS, .nr_names = 2};
	strcpy(r.limit.names[0], "inner");
	strcpy(r.limit.names[1], "outer");
	assert_int_equal(parse(&r, sizeof(r), &event), 0);
	assert_int_equal(event.refused.kind, PIDNS_LIMIT_CGROUP_PIDS);
	assert_string_equal(event.refused.source, "/sys/fs/cgroup/outer/inner/pids.max");
	assert_int_equal(event.refused.known & (PIDNS_REFUSED_USED | PIDNS_REFUSED_MAX),
			 PIDNS_REFUSED_USED | PIDNS_REFUSED_MAX);
	/* All that could have said so can be traced, and none did. */
	r.limit.kind = 0;
	assert_int_equal(parse(&r, sizeof(r), &event), 0);
	assert_int_equal(event.refused.kind, PIDNS_LIMIT_THREADS_MAX);
	/* Two limits are full: it is not said which it was. */
	r.is_traced = 0;
	r.limit.kinds = 1u << BPF_LIMIT_NPROC | 1u << BPF_LIMIT_CGROUP_PIDS;
	assert_int_equal(parse(&r, sizeof(r), &event), 0);
	assert_false(event.refused.known & PIDNS_REFUSED_KIND);
	assert_int_equal(event.refused.kinds, r.limit.kinds);
	assert_null(event.refused.source);
	/* An argument that is wrong is no limit. */
	r.limit.kinds = 0;
	r.error = EINVAL;
	assert_int_equal(parse(&r, sizeof(r), &event), 0);
	assert_true(event.refused.known & PIDNS_REFUSED_KIND);
	assert_int_equal(event.refused.kind, 0);
	r.error = 0;
	assert_int_equal(parse(&r, sizeof(r), &event), -EPROTO);
}

/* ---- the ring -------------------------------------------------------------------------------- */

static void test_ring(void **state)
{
	static uint32_t words[2 * 16] __attribute__((aligned(8)));
	unsigned long consumer = 0, producer = 32;
	struct event_ring ring = {.consumer = &consumer,
				  .producer = &producer,
				  .data = (const unsigned char *)words,
				  .size = 64};
	const void *record;
	size_t len;

	(void)state;
	words[0] = 4;
	words[2] = 77;
	words[4] = 8 | 1u << 30; /* given up by its writer */
	assert_int_equal(event_ring_next(&ring, &record, &len), 1);
	assert_int_equal(len, 4);
	assert_int_equal(*(const uint32_t *)record, 77);
	assert_int_equal(event_ring_next(&ring, &record, &len), 0);
	assert_int_equal(consumer, 32);
	producer = 48;
	words[8] = 1u << 31; /* still being written */
	assert_int_equal(event_ring_next(&ring, &record, &len), 0);
	words[8] = 64; /* longer than what there is */
	assert_int_equal(event_ring_next(&ring, &record, &len), -EPROTO);
	producer = 32 + 65;
	assert_int_equal(event_ring_next(&ring, &record, &len), -EPROTO);
}

/* ---- the mirror ------------------------------------------------------------------------------ */

/* With the initial namespace and its init. */
static struct mirror *mirror_of_root(void)
{
	const struct raw_ns ns = {.known = PIDNS_NS_INO | PIDNS_NS_STATE | PIDNS_NS_REAPER,
				  .ino = ROOT,
				  .state = PIDNS_STATE_ALIVE,
				  .reaper = 1};
	struct builder *b = builder_new("bpf", 0, NULL);
	struct mirror *m = mirror_new("bpf", true);
	struct pidns_snapshot *s;

	assert_int_equal(builder_add_ns(b, &ns), 0);
	assert_int_equal(builder_set_root(b, ROOT), 0);
	assert_int_equal(builder_freeze(b, &s), 0);
	assert_int_equal(mirror_fill(m, s), 0);
	pidns_snapshot_unref(s);
	mirror_begin(m);
	return m;
}

static size_t events_of_batch(struct mirror *m, uint32_t *types, size_t room)
{
	struct pidns_snapshot *before, *after;
	const struct pidns_event *const *list;
	struct pidns_diff *diff;
	size_t nr = 0, i;

	assert_int_equal(mirror_end(m, &before, &after), 0);
	if (after) {
		assert_int_equal(pidns_diff_open(before, after, &diff), 0);
		nr = pidns_diff_events(diff, &list);
		assert_true(nr <= room);
		for (i = 0; i < nr; i++)
			types[i] = list[i]->type;
		pidns_diff_close(diff);
	}
	pidns_snapshot_unref(before);
	pidns_snapshot_unref(after);
	mirror_begin(m);
	return nr;
}

static int apply(struct mirror *m, const struct bpf_event_refused *r, size_t len)
{
	struct raw_event event;

	assert_int_equal(parse(r, len, &event), 0);
	return mirror_apply(m, &event);
}

static void test_a_namespace_comes_and_goes(void **state)
{
	struct bpf_event_refused birth = init_of(8), end = init_of(8), freed;
	struct mirror *m = mirror_of_root();
	uint32_t types[8];

	(void)state;
	assert_int_equal(apply(m, &birth, sizeof(struct bpf_event_full)), 0);
	/* A batch changes nothing twice. */
	end.full.head.kind = BPF_EVENT_EXIT;
	end.full.ns.ino = 0;
	assert_int_equal(apply(m, &end, sizeof(struct bpf_event_full)), 1);
	assert_int_equal(events_of_batch(m, types, 8), 2);
	assert_int_equal(types[0], PIDNS_EVENT_NS_NEW);
	assert_int_equal(types[1], PIDNS_EVENT_TASK_NEW);
	/* That it was born is known: no event. */
	assert_int_equal(apply(m, &birth, sizeof(struct bpf_event_full)), 0);
	assert_int_equal(events_of_batch(m, types, 8), 0);
	assert_int_equal(apply(m, &end, sizeof(struct bpf_event_full)), 0);
	assert_int_equal(events_of_batch(m, types, 8), 1);
	assert_int_equal(types[0], PIDNS_EVENT_REAPER);
	freed = record_of(BPF_EVENT_FREE, 8);
	assert_int_equal(apply(m, &freed, sizeof(struct bpf_event)), 0);
	assert_int_equal(events_of_batch(m, types, 8), 1);
	assert_int_equal(types[0], PIDNS_EVENT_TASK_GONE);
	assert_int_equal(mirror_doubt(m), MIRROR_NEW_DOUBT);
	assert_null(mirror_free(m));
}

/* Its inode is another one's before its end is told: it is gone first. */
static void test_an_inode_is_used_again(void **state)
{
	struct bpf_event_refused first = init_of(8), second = init_of(9);
	struct mirror *m = mirror_of_root();
	uint32_t types[8];

	(void)state;
	assert_int_equal(apply(m, &first, sizeof(struct bpf_event_full)), 0);
	events_of_batch(m, types, 8);
	second.full.head.start_ns = second.full.ns.init_start_ns = 950;
	assert_int_equal(apply(m, &second, sizeof(struct bpf_event_full)), 1);
	assert_int_equal(events_of_batch(m, types, 8), 2);
	assert_int_equal(types[0], PIDNS_EVENT_TASK_GONE);
	assert_int_equal(types[1], PIDNS_EVENT_NS_GONE);
	assert_int_equal(apply(m, &second, sizeof(struct bpf_event_full)), 0);
	assert_int_equal(events_of_batch(m, types, 8), 2);
	assert_int_equal(types[0], PIDNS_EVENT_NS_NEW);
	mirror_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_birth),
		cmocka_unit_test(test_impossible_records),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_a_namespace_comes_and_goes),
		cmocka_unit_test(test_an_inode_is_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
