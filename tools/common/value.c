// SPDX-License-Identifier: GPL-2.0-or-later
/* value.c - the value of a column: in units people read, and which of two comes first. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "field.h"
#include "format.h"
#include "limit.h"

/* As ps(1) has it: "1-02:03:04", "02:03:04", "03:04". */
static void format_age(uint64_t ns, char *out, size_t size)
{
	uint64_t seconds = ns / 1000000000, days = seconds / 86400;
	char day[24] = "", hour[8] = "";

	if (days)
		snprintf(day, sizeof(day), "%" PRIu64 "-", days);
	if (seconds >= 3600)
		snprintf(hour, sizeof(hour), "%02u:", (unsigned int)(seconds / 3600 % 24));
	snprintf(out, size, "%s%s%02u:%02u", day, hour, (unsigned int)(seconds / 60 % 60),
		 (unsigned int)(seconds % 60));
}

static void format_nearness(const struct pidns_limit *limit, char *out, size_t size)
{
	const char *name = describe_limit_name(limit);

	if (limit->known & PIDNS_LIMIT_USED && limit->known & PIDNS_LIMIT_MAX)
		snprintf(out, size, "%s %" PRIu64 "%%", name, limit_percent(limit));
	else
		snprintf(out, size, "%s", name);
}

void field_format(const struct field *field, const struct value *value, unsigned int width,
		  char *out, size_t size)
{
	switch (field->unit) {
	case UNIT_BYTES:
		format_bytes(value->number, out, size);
		break;
	case UNIT_CPU_TIME:
		format_cpu_time(value->number, out, size);
		break;
	case UNIT_AGE:
		format_age(value->number, out, size);
		break;
	case UNIT_NEARNESS:
		format_nearness(value->limit, out, size);
		break;
	case UNIT_NONE:
		if (value->type == VALUE_TEXT)
			snprintf(out, size, "%.*s", (int)value->len, value->text);
		else
			format_count(value->number, width, out, size);
	}
}

static int compare_numbers(const struct value *a, const struct value *b)
{
	for (uint32_t i = 0; i < a->count && i < b->count; i++)
		if (a->numbers[i] != b->numbers[i])
			return a->numbers[i] < b->numbers[i] ? -1 : 1;
	return (a->count > b->count) - (a->count < b->count);
}

static int compare_texts(const struct value *a, const struct value *b)
{
	int r = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

	return r ? r : (a->len > b->len) - (a->len < b->len);
}

int value_compare(const struct value *a, const struct value *b)
{
	if (a->type != b->type) /* of one column: one of them is unknown */
		return a->type == VALUE_UNKNOWN ? 1 : -1;
	switch (a->type) {
	case VALUE_UNKNOWN:
		return 0;
	case VALUE_TEXT:
	case VALUE_CONTAINER:
		return compare_texts(a, b);
	case VALUE_NUMBERS:
		return compare_numbers(a, b);
	default:
		return (a->number > b->number) - (a->number < b->number);
	}
}
