// SPDX-License-Identifier: LGPL-2.1-or-later
/* when.c - which snapshot of a series a time means. */
#include "moments.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define SECOND UINT64_C(1000000000)
#define DAY    86400

static uint64_t last_time(const struct moments *moments)
{
	return moments->times[moments->nr - 1];
}

/* A whole second includes all that is in it. */
static uint64_t end_of_second(time_t seconds)
{
	return seconds < 0 ? 0 : (uint64_t)seconds * SECOND + SECOND - 1;
}

/* "-90s", "-5m", "-2h", "-1d", and without a letter seconds: so long before the last. */
static int parse_back(const char *at, const struct moments *moments, uint64_t *ret_ns)
{
	static const struct {
		char letter;
		uint32_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', DAY}, {'\0', 1}};
	size_t len = *at == '-' ? strspn(at + 1, "0123456789") : 0;
	uint64_t last = last_time(moments), number;

	if (!len || text_parse_u64(at + 1, len, &number) < 0)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (at[1 + len] != units[i].letter || (units[i].letter && at[2 + len]))
			continue;
		*ret_ns = number > last / SECOND / units[i].seconds
				  ? 0
				  : last - number * units[i].seconds * SECOND;
		return 0;
	}
	return -EINVAL;
}

/* The time of day on the day of the last snapshot, or on the day before where that is later than
 * the last, and the series goes so far back. */
static uint64_t on_a_day(struct tm *of_day, const struct moments *moments)
{
	time_t seconds = (time_t)(last_time(moments) / SECOND);
	struct tm tm;
	uint64_t today, before;

	if (!localtime_r(&seconds, &tm))
		return 0;
	tm.tm_hour = of_day->tm_hour;
	tm.tm_min = of_day->tm_min;
	tm.tm_sec = of_day->tm_sec;
	tm.tm_isdst = -1;
	today = end_of_second(mktime(&tm));
	if (today / SECOND <= last_time(moments) / SECOND)
		return today;
	tm.tm_mday--;
	tm.tm_isdst = -1;
	before = end_of_second(mktime(&tm));
	return before >= moments->times[0] ? before : today;
}

static int parse_clock(const char *at, const struct moments *moments, uint64_t *ret_ns)
{
	static const struct {
		const char *format;
		bool has_date, is_utc;
	} formats[] = {
		{"%H:%M:%S", false, false},	    {"%H:%M", false, false},
		{"%Y-%m-%d %H:%M:%S", true, false}, {"%Y-%m-%d %H:%M", true, false},
		{"%Y-%m-%dT%H:%M:%S", true, false}, {"%Y-%m-%dT%H:%M", true, false},
		{"%Y-%m-%dT%H:%M:%SZ", true, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct tm tm = {.tm_isdst = -1};
		const char *end = strptime(at, formats[i].format, &tm);

		if (!end || *end)
			continue;
		if (!formats[i].has_date)
			*ret_ns = on_a_day(&tm, moments);
		else
			*ret_ns = end_of_second(formats[i].is_utc ? timegm(&tm) : mktime(&tm));
		return 0;
	}
	return -EINVAL;
}

/* "3": the third. */
static int by_number(const struct moments *moments, uint64_t number, const struct why *why,
		     size_t *ret_index)
{
	if (!number || number > moments->nr)
		return why_set(why, -ENOENT, "no snapshot %ju: there are %zu, from 1 on",
			       (uintmax_t)number, moments->nr);
	*ret_index = (size_t)number - 1;
	return 0;
}

static int too_early(const struct moments *moments, const char *at, const struct why *why)
{
	time_t seconds = (time_t)(moments->times[0] / SECOND);
	char first[64] = "";
	struct tm tm;

	if (seconds && localtime_r(&seconds, &tm))
		strftime(first, sizeof(first), ", the first is of %F %T", &tm);
	return why_set(why, -ENOENT, "no snapshot at or before \"%.32s\"%s", at, first);
}

int moments_at(const struct moments *moments, const char *at, const struct why *why,
	       size_t *ret_index)
{
	uint64_t number, ns;

	if (text_parse_u64(at, strlen(at), &number) >= 0)
		return by_number(moments, number, why, ret_index);
	if (parse_back(at, moments, &ns) < 0 && parse_clock(at, moments, &ns) < 0)
		return why_set(why, -EINVAL,
			       "\"%.32s\" is not a time: try HH:MM:SS, \"YYYY-MM-DD HH:MM:SS\", "
			       "-60s, -5m or a number from 1 on",
			       at);
	for (size_t i = moments->nr; i--;)
		if (moments->times[i] && moments->times[i] <= ns) {
			*ret_index = i;
			return 0;
		}
	return too_early(moments, at, why);
}
