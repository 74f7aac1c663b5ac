// SPDX-License-Identifier: GPL-2.0-or-later
/* test-past.c - the moments that were shown: bounded, the oldest dropped, each known by its number. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "pidns-top/events.h"
#include "pidns-top/past.h"

#define MOMENTS 40

static uint64_t time_of(const struct sample *moment)
{
	return pidns_snapshot_time(moment->snapshot);
}

/* What is shown becomes the past, each time before another is. */
static void fill(struct fixture *f, struct past *past, size_t moments, size_t bytes_max)
{
	for (size_t i = 0; i < moments; i++) {
		past_keep(past, &f->sample, bytes_max);
		assert_null(f->sample.snapshot);
		fixture_look(f, i % 2 ? "top-machine" : "top-later");
	}
}

static void test_all_are_kept(void **state)
{
	struct fixture f;
	struct past past = {0};
	uint64_t first, second, number = 0;

	(void)state;
	fixture_open(&f, "top-machine");
	first = pidns_snapshot_time(f.sample.snapshot);
	fill(&f, &past, 2, PAST_BYTES_MAX);
	second = time_of(past_find(&past, &(uint64_t){1}));
	assert_int_equal(time_of(past_find(&past, &number)), first);
	assert_int_equal(second - first, 60 * UINT64_C(1000000000));
	number = 2;
	assert_null(past_find(&past, &number));
	past_clear(&past);
	fixture_close(&f);
}

static void test_the_oldest_are_dropped(void **state)
{
	struct fixture f;
	struct past past = {0};
	uint64_t number = 0;
	size_t one;

	(void)state;
	fixture_open(&f, "top-machine");
	one = past_size_of(&f.sample);
	fill(&f, &past, MOMENTS, one * 10);
	assert_true(past.bytes <= one * 10);
	assert_in_range(past.count, 9, 12);
	assert_int_equal(past.first + past.count, MOMENTS);
	assert_int_equal(time_of(past_find(&past, &number)), time_of(past.list[0]));
	assert_int_equal(number, past.first);
	past_clear(&past);
	assert_int_equal(past.bytes, 0);
	fixture_close(&f);
}

/* One that is larger than all that may be kept is kept all the same, alone. */
static void test_too_large(void **state)
{
	struct fixture f;
	struct past past = {0};

	(void)state;
	fixture_open(&f, "top-machine");
	fill(&f, &past, 3, 1);
	assert_int_equal(past.count, 1);
	assert_int_equal(past.first, 2);
	past_clear(&past);
	fixture_close(&f);
}

/* Notes are of the snapshot that has them, which lives as long as what was noted. */
static void test_notes_stay(void **state)
{
	struct fixture f;
	struct past past = {0};
	const struct sample *moment;

	(void)state;
	fixture_open(&f, "notes");
	fill(&f, &past, 3, PAST_BYTES_MAX);
	moment = past_find(&past, &(uint64_t){0});
	assert_non_null(moment->noted.snapshot);
	assert_ptr_equal(moment->noted.snapshot, moment->snapshot);
	past_clear(&past);
	fixture_close(&f);
}

/* Samples of a day, one in two seconds: all comes and goes in each of them. */
#define DAY	  43200
#define SETTLED	  10000
#define BYTES_MAX ((size_t)4 << 20)

static void next_sample(struct fixture *f, struct past *past, struct events *all,
			struct pidns_snapshot *const *two, size_t i)
{
	struct events events = {0};

	past_keep(past, &f->sample, BYTES_MAX);
	f->sample.snapshot = pidns_snapshot_ref(two[i % 2]);
	assert_int_equal(usage_make(&f->sample.usage, f->history, f->sample.snapshot, 0), 0);
	forks_make(&f->sample.forks, f->sample.snapshot);
	noted_keep(&f->sample.noted, f->sample.snapshot, NOTED_FLAGS);
	assert_int_equal(events_make(&events, two[0], two[1]), 0);
	events_append(all, &events);
	assert_true(all->count <= EVENTS_MAX);
	assert_true(past->bytes <= BYTES_MAX);
}

static void test_a_day_of_churn(void **state)
{
	struct fixture f;
	struct past past = {0};
	struct events all = {0};
	struct pidns_snapshot *two[2];
	size_t settled = 0;

	(void)state;
	fixture_open(&f, "top-machine");
	two[0] = pidns_snapshot_ref(f.sample.snapshot);
	fixture_look(&f, "top-later");
	two[1] = pidns_snapshot_ref(f.sample.snapshot);
	for (size_t i = 0; i < DAY; i++) {
		next_sample(&f, &past, &all, two, i);
		if (i == SETTLED)
			settled = mallinfo2().uordblks;
	}
	assert_in_range(mallinfo2().uordblks, 0, settled + 256 * 1024);
	events_clear(&all);
	past_clear(&past);
	pidns_snapshot_unref(two[0]);
	pidns_snapshot_unref(two[1]);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_are_kept),
		cmocka_unit_test(test_the_oldest_are_dropped),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_notes_stay),
		cmocka_unit_test(test_a_day_of_churn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
