/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz.h - what all targets share. Each is one function over any bytes; libFuzzer calls it with what
 * it thinks up, driver.c with the files of the corpus. */
#ifndef PIDNS_FUZZ_H
#define PIDNS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the input is; unlike assert(), in every build. */
#define must(condition)           \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

#endif /* PIDNS_FUZZ_H */
