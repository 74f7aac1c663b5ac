/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scratch.h - a directory of a test's own in $TMPDIR, or in /tmp; removed when the program ends. */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

/* The path of that name in the directory. Valid until the next call. */
const char *scratch(const char *name);

/* Removes the directory and all it holds; the next call of scratch() makes a new one. */
void scratch_clear(void);

#endif /* TEST_SCRATCH_H */
