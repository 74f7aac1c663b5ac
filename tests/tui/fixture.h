/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fixture.h - a recording as the viewer's rooms get to see it: app, snapshot, rows. */
#ifndef TEST_FIXTURE_H
#define TEST_FIXTURE_H

#include "pidns-top/ui/app.h"
#include "pidns-top/cpu.h"
#include "pidns-top/rows/sample.h"
#include "pidns-top/rows/rows.h"

struct fixture {
	struct app app;
	struct sample sample;
	struct rows rows;
	struct cpu_history *history;
	struct scene scene;
};

/* The recording of that name in tests/fixtures; its rows are made. */
void fixture_open(struct fixture *f, const char *name);
void fixture_close(struct fixture *f);

/* Another recording takes the place of the one shown, as a new look does. */
void fixture_look(struct fixture *f, const char *name);
/* Make the rows anew and settle. */
void fixture_rows(struct fixture *f);
/* Type keys, named as in keys.h and separated by spaces, as the loop would. */
void fixture_press(struct fixture *f, const char *keys);

/* The inode of the i-th row, or its pid; 0: there is no such row. */
uint64_t fixture_ino(const struct fixture *f, size_t i);
int fixture_pid(const struct fixture *f, size_t i);
/* The same of the selected row. */
uint64_t fixture_selected(struct fixture *f);

/* Fail unless the rows are these inodes or pids, in this order, ended by 0. */
void fixture_expect(const struct fixture *f, const uint64_t *wanted);

#endif /* TEST_FIXTURE_H */
