/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format.h - numbers as people read them, in as few columns as they need. */
#ifndef PIDNS_FORMAT_H
#define PIDNS_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/* Decimal digits of the number: the columns it takes. */
unsigned int format_digits(uint64_t number);

/*
 * The number in at most `width` columns (0: any): its digits where these fit, else in thousands, as
 * "12k" or "1.2M". Digits are never cut off; three columns are enough for any number.
 */
void format_count(uint64_t number, unsigned int width, char *out, size_t size);
/* "812K", "1.2G": 1024 based, never more than five columns. */
void format_bytes(uint64_t bytes, char *out, size_t size);
/* "0.3", "99.9", "100", "12345", "820k": never more than five columns. */
void format_percent(double percent, char *out, size_t size);
/* CPU time as top shows it: "3:07.25"; "1234:56"; from 100 hours on "123h". Never more than nine
 * columns. */
void format_cpu_time(uint64_t ns, char *out, size_t size);
/* "45s", "15m", "3h", "12d", "4y": in its one largest unit, never more than four columns. */
void format_short_age(uint64_t ns, char *out, size_t size);
/* "0", "0.3", "38", "1.2k": so many a second, never more than four columns. */
void format_rate(double rate, char *out, size_t size);
/* "2 days, 03:14", "03:14". */
void format_uptime(double seconds, char *out, size_t size);

/*
 * "[|||||     label]" in exactly `width` columns: the bar is `percent` of what the label leaves. Too
 * narrow for both: the label alone, to the right.
 */
void format_bar(double percent, const char *label, unsigned int width, char *out, size_t size);

#endif /* PIDNS_FORMAT_H */
