/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics.h - a snapshot in Prometheus's text format 0.0.4 (families.c), and the way it goes: to a
 * file by rename (file.c), or over HTTP (listen.c), which also counts refusals (refused.c).
 */
#ifndef PIDNS_METRICS_H
#define PIDNS_METRICS_H

#include <pidnsinfo.h>
#include <stddef.h>
#include <stdio.h>

#include "../options.h"

/* How many namespaces have series of their own, where --top does not say. */
#define METRICS_TOP_DEFAULT 500

struct refusals;

struct metrics {
	const struct options *options;
	struct pidns_ctx *ctx;
	size_t top; /* namespaces with series of their own; the others are summed up */
	struct refusals *refusals; /* NULL: they are not counted */
};

/* Take a snapshot and write its families. 0, or an exit code after the message is out. */
int metrics_write(const struct metrics *metrics, FILE *file);
/* The same into a file of that name: the whole of it or nothing. */
int metrics_save(const struct metrics *metrics, const char *path);
/*
 * Answer GET /metrics until SIGTERM or SIGINT: on the sockets that systemd.socket(5) passed, else on
 * `address`, an IP address and a port, or a port of the loopback address.
 */
int metrics_listen(struct metrics *metrics, const char *address);

/* The value of a label: escaped as in all text, then as the format wants it, and not longer than
 * METRICS_LABEL_MAX bytes. */
#define METRICS_LABEL_MAX 256
void metrics_label(FILE *file, const char *value, size_t len);
/* What a family begins with. */
void metrics_head(FILE *file, const char *name, const char *type, const char *help);

#endif /* PIDNS_METRICS_H */
