// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a ring has: its producer's counter in the first four bytes, then the data; each record that comes
 * out is parsed, and applied to a mirror, which must stay a forest.
 */
#include "fuzz.h"
#include "bpf/events/events.h"
#include "core/mirror.h"

enum { RING_SIZE = 4096 };

static void check_event(const struct raw_event *e)
{
	uint32_t i;

	must(e->task.pid > 0 && e->task.tid > 0 && e->task.ppid >= 0);
	must(e->task.nr_vpids <= PIDNS_LEVEL_MAX + 1);
	for (i = 0; i < e->task.nr_vpids; i++)
		must(e->task.vpids[i] > 0);
	must(strlen(e->task.comm) < BPF_COMM && strlen(e->parent_comm) < BPF_COMM);
	if (e->type != RAW_REFUSED)
		return;
	must(pidns_call_name(e->refused.call) && e->refused.error > 0);
	if (e->refused.source)
		must(strlen(e->refused.source) > 0);
	if (e->refused.known & PIDNS_REFUSED_KIND && e->refused.kind)
		must(pidns_limit_name(e->refused.kind) != NULL);
}

/* A batch that is not empty can be told, whatever was in it. */
static void end_batch(struct mirror *m)
{
	struct pidns_snapshot *before = NULL, *after = NULL;
	struct pidns_diff *diff;

	if (mirror_end(m, &before, &after) == 0 && after &&
	    pidns_diff_open(before, after, &diff) == 0)
		pidns_diff_close(diff);
	pidns_snapshot_unref(before);
	pidns_snapshot_unref(after);
	mirror_begin(m);
}

static void apply(struct mirror *m, const struct raw_event *e)
{
	struct pidns_snapshot *shown = NULL;
	int i;

	if (e->type == RAW_REFUSED) {
		mirror_show(m, &e->task, &shown);
		pidns_snapshot_unref(shown);
		return;
	}
	/* What does not fit this batch fits the next, or the one after. */
	for (i = 0; i < 8 && mirror_apply(m, e) > 0; i++)
		end_batch(m);
	must(i < 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char bytes[2 * RING_SIZE] __attribute__((aligned(8)));
	unsigned long consumer = 0, producer = 0;
	struct event_ring ring = {.consumer = &consumer,
				  .producer = &producer,
				  .data = bytes,
				  .size = RING_SIZE,
				  .page = RING_SIZE};
	struct mirror *m = mirror_new("bpf", true);
	struct event_reader reader;
	struct raw_event event;
	const void *record;
	uint32_t end = 0;
	size_t len;

	if (!m || size < sizeof(end)) {
		mirror_free(m);
		return 0;
	}
	memcpy(&end, data, sizeof(end));
	producer = end;
	memset(bytes, 0, sizeof(bytes));
	size -= sizeof(end);
	memcpy(bytes, data + sizeof(end), size < RING_SIZE ? size : RING_SIZE);
	memcpy(bytes + RING_SIZE, bytes, RING_SIZE);
	event_reader_init(&reader, 0, 32768);
	mirror_begin(m);
	while (event_ring_next(&ring, &record, &len) > 0) {
		must(len <= RING_SIZE && consumer <= producer);
		if (event_parse(&reader, record, len, &event) < 0)
			continue;
		check_event(&event);
		apply(m, &event);
	}
	end_batch(m);
	mirror_free(m);
	return 0;
}
