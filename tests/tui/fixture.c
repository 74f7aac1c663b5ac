// SPDX-License-Identifier: GPL-2.0-or-later
/* fixture.c - a recording as the viewer's rooms get to see it. */
#include "fixture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pidns-top/ui/keys.h"

void fixture_look(struct fixture *f, const char *name)
{
	struct pidns_open_opts opts = {.size = sizeof(opts), .provider = "replay"};
	struct pidns_take_opts all = {
		.size = sizeof(all),
		.ns_fields = PIDNS_FIELDS_ALL,
		.task_fields = PIDNS_FIELDS_ALL,
	};
	struct pidns_ctx *ctx;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.pidns", FIXTURES, name);
	opts.source = path;
	assert_int_equal(pidns_open(&opts, &ctx), 0);
	pidns_snapshot_unref(f->sample.snapshot);
	assert_true(pidns_snapshot_take(ctx, &all, &f->sample.snapshot) >= 0);
	pidns_close(ctx);
	assert_int_equal(usage_make(&f->sample.usage, f->history, f->sample.snapshot, 0), 0);
	forks_make(&f->sample.forks, f->sample.snapshot);
	noted_keep(&f->sample.noted, f->sample.snapshot, NOTED_FLAGS);
	fixture_rows(f);
}

void fixture_open(struct fixture *f, const char *name)
{
	memset(f, 0, sizeof(*f));
	app_init(&f->app);
	f->app.page = 10;
	f->app.help_page = 10;
	f->history = cpu_history_new();
	assert_non_null(f->history);
	f->scene = (struct scene){&f->rows, &f->sample};
	fixture_look(f, name);
}

void fixture_close(struct fixture *f)
{
	rows_clear(&f->rows);
	usage_clear(&f->sample.usage);
	forks_clear(&f->sample.forks);
	noted_clear(&f->sample.noted);
	f->sample.snapshot = pidns_snapshot_unref(f->sample.snapshot);
	f->history = cpu_history_free(f->history);
	app_clear(&f->app);
}

void fixture_rows(struct fixture *f)
{
	int r = rows_make(&f->rows, &f->app, &f->sample);

	if (r == -ENOENT) {
		app_leave_namespace(&f->app);
		r = rows_make(&f->rows, &f->app, &f->sample);
	}
	assert_int_equal(r, 0);
	f->app.wants_rows = false;
	app_settle(&f->app, &f->rows);
}

void fixture_press(struct fixture *f, const char *keys)
{
	while (*keys) {
		size_t len = strcspn(keys, " ");
		int key = key_parse(keys, len);

		assert_int_not_equal(key, TOP_KEY_NONE);
		app_key(&f->app, &f->scene, key);
		if (f->app.wants_rows)
			fixture_rows(f);
		keys += len;
		keys += strspn(keys, " ");
	}
}

uint64_t fixture_ino(const struct fixture *f, size_t i)
{
	return i < f->rows.count ? f->rows.list[i].ns->ino : 0;
}

int fixture_pid(const struct fixture *f, size_t i)
{
	return i < f->rows.count && f->rows.list[i].task ? f->rows.list[i].task->pid : 0;
}

uint64_t fixture_selected(struct fixture *f)
{
	size_t i = app_place(&f->app)->selected;

	return f->app.view == APP_PROCESSES ? (uint64_t)fixture_pid(f, i) : fixture_ino(f, i);
}

void fixture_expect(const struct fixture *f, const uint64_t *wanted)
{
	size_t i;

	for (i = 0; wanted[i]; i++) {
		uint64_t got = f->app.view == APP_PROCESSES ? (uint64_t)fixture_pid(f, i)
							    : fixture_ino(f, i);

		assert_int_equal(got, wanted[i]);
	}
	assert_int_equal(f->rows.count, i);
}
