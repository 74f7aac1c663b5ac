// SPDX-License-Identifier: GPL-2.0-or-later
/* format.c - numbers as people read them. */
#include "format.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

unsigned int format_digits(uint64_t number)
{
	unsigned int digits = 1;

	while (number >= 10) {
		number /= 10;
		digits++;
	}
	return digits;
}

/* Of an amount below 1000 with its unit; false: too wide. Rounded to what is shown. */
static bool format_amount(double amount, char unit, unsigned int width, char *out, size_t size)
{
	char text[32];

	if (amount < 9.95 && width >= 4)
		snprintf(text, sizeof(text), "%.1f%c", amount, unit);
	else if (amount < 0.95)
		snprintf(text, sizeof(text), ".%.0f%c", amount * 10, unit);
	else
		snprintf(text, sizeof(text), "%.0f%c", amount, unit);
	if (strlen(text) > width || amount < 0.095)
		return false;
	snprintf(out, size, "%s", text);
	return true;
}

void format_count(uint64_t number, unsigned int width, char *out, size_t size)
{
	static const char units[] = "kMGTPE";
	double amount = (double)number;

	if (!width || format_digits(number) <= width) {
		snprintf(out, size, "%" PRIu64, number);
		return;
	}
	for (size_t unit = 0; units[unit]; unit++) {
		amount /= 1000;
		if (amount < 999.5 && format_amount(amount, units[unit], width, out, size))
			return;
	}
	/* Too narrow for any unit: more than there is room for. */
	snprintf(out, size, "+");
}

void format_bytes(uint64_t bytes, char *out, size_t size)
{
	static const char units[] = "KMGTPE";
	double amount = (double)bytes / 1024;
	size_t unit = 0;

	if (!bytes) {
		snprintf(out, size, "0");
		return;
	}
	while (amount >= 999.5 && units[unit + 1]) {
		amount /= 1024;
		unit++;
	}
	snprintf(out, size, unit && amount < 9.95 ? "%.1f%c" : "%.0f%c", amount, units[unit]);
}

void format_percent(double percent, char *out, size_t size)
{
	if (percent >= 99999.5) {
		format_count(percent < 1e18 ? (uint64_t)percent : UINT64_MAX, 5, out, size);
		return;
	}
	snprintf(out, size, percent < 99.95 ? "%.1f" : "%.0f", percent);
}

void format_cpu_time(uint64_t ns, char *out, size_t size)
{
	uint64_t hundredths = ns / (NS_PER_S / 100);
	uint64_t minutes = hundredths / 6000;

	if (minutes >= 6000)
		snprintf(out, size, "%" PRIu64 "h", minutes / 60);
	else if (minutes >= 1000)
		snprintf(out, size, "%" PRIu64 ":%02u", minutes,
			 (unsigned int)(hundredths / 100 % 60));
	else
		snprintf(out, size, "%" PRIu64 ":%02u.%02u", minutes,
			 (unsigned int)(hundredths / 100 % 60), (unsigned int)(hundredths % 100));
}

void format_short_age(uint64_t ns, char *out, size_t size)
{
	static const struct {
		uint64_t seconds, most; /* of the unit; so many of it are shown */
		char name;
	} units[] = {
		{1, 99, 's'},	   {60, 99, 'm'},	 {3600, 47, 'h'},
		{86400, 999, 'd'}, {31557600, 999, 'y'},
	};
	uint64_t seconds = ns / NS_PER_S;
	size_t i = 0;

	while (seconds / units[i].seconds > units[i].most && units[i].name != 'y')
		i++;
	snprintf(out, size, "%" PRIu64 "%c", seconds / units[i].seconds, units[i].name);
}

void format_rate(double rate, char *out, size_t size)
{
	if (rate <= 0)
		snprintf(out, size, "0");
	else if (rate < 9.95)
		snprintf(out, size, "%.1f", rate < 0.1 ? 0.1 : rate);
	else
		format_count(rate < 1e15 ? (uint64_t)(rate + 0.5) : UINT64_MAX, 4, out, size);
}

void format_uptime(double seconds, char *out, size_t size)
{
	uint64_t minutes = (uint64_t)seconds / 60;
	uint64_t days = minutes / (24 * 60);
	unsigned int hour = (unsigned int)(minutes / 60 % 24);
	unsigned int minute = (unsigned int)(minutes % 60);

	if (days)
		snprintf(out, size, "%" PRIu64 " day%s, %02u:%02u", days, days == 1 ? "" : "s",
			 hour, minute);
	else
		snprintf(out, size, "%02u:%02u", hour, minute);
}

void format_bar(double percent, const char *label, unsigned int width, char *out, size_t size)
{
	size_t label_len = strlen(label);
	size_t room = width > 2 ? width - 2 : 0;
	size_t bar, filled;

	if (room < label_len || width + 1 > size) {
		snprintf(out, size, "%*s", (int)width, label);
		return;
	}
	percent = percent < 0 ? 0 : percent > 100 ? 100 : percent;
	bar = room - label_len;
	filled = (size_t)(percent / 100 * (double)bar + 0.5);
	/* Empty means nothing, and full means full. */
	if (!filled && percent > 0.5 && bar)
		filled = 1;
	if (filled == bar && percent < 100 && filled > 1)
		filled--;
	out[0] = '[';
	memset(out + 1, ' ', room);
	memset(out + 1, '|', filled);
	memcpy(out + 1 + room - label_len, label, label_len);
	out[1 + room] = ']';
	out[2 + room] = '\0';
}
