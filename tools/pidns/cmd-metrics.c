// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-metrics.c - pidns metrics: gauges and counters for Prometheus. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/message.h"
#include "metrics/metrics.h"
#include "options.h"

/* The port where no other is named. */
#define DEFAULT_ADDRESS "127.0.0.1:9836"

static int parse_top(const struct options *options, size_t *ret)
{
	char *end;

	*ret = METRICS_TOP_DEFAULT;
	if (!options->top)
		return 0;
	errno = 0;
	*ret = strtoul(options->top, &end, 10);
	if (*options->top < '0' || *options->top > '9' || *end || errno)
		return usage_error(options, "--top: \"%.64s\" is not a number", options->top);
	return 0;
}

int cmd_metrics(const struct options *options)
{
	_cleanup_ctx_ struct pidns_ctx *ctx = NULL;
	struct metrics metrics = {.options = options};
	int r = parse_top(options, &metrics.top);

	if (r)
		return r;
	if (options->write && options->listen)
		return usage_error(options, "--write and --listen exclude each other");
	r = source_open(&options->source, 0, &ctx);
	if (r)
		return r;
	metrics.ctx = ctx;
	if (options->listen)
		return metrics_listen(&metrics,
				      *options->listen ? options->listen : DEFAULT_ADDRESS);
	if (options->write && strcmp(options->write, "-") != 0)
		return metrics_save(&metrics, options->write);
	return metrics_write(&metrics, stdout);
}
