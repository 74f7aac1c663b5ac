// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-doctor.c - pidns doctor: what is wrong on this machine, worst first. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/findings.h"
#include "json.h"
#include "common/message.h"
#include "note.h"
#include "options.h"
#include "out.h"

/* Its inode, else its init as an operand names it: "@6025". */
static bool put_name(const struct pidns_ns *ns)
{
	const struct pidns_container *container = describe_container(ns);
	char label[DESCRIBE_LABEL_MAX];

	if (ns->known & PIDNS_NS_INO)
		printf("%" PRIu64, ns->ino);
	else if (ns->known & PIDNS_NS_REAPER)
		printf("@%" PRId32, ns->reaper);
	else
		return false;
	if (container) {
		fputs(" (", stdout);
		out_text(stdout, label, describe_container_label(container, label));
		putchar(')');
	}
	return true;
}

/* Each of the holders, of which the message names a few. */
static void print_holders(const struct finding *finding)
{
	if (finding_has_pins(finding) && finding->ns->notes->nr_pins > 1)
		note_print_pins(finding->ns->notes->pins, finding->ns->notes->nr_pins);
}

static void print_finding(const struct finding *finding, bool is_verbose)
{
	bool has_name = finding->ns->known & (PIDNS_NS_INO | PIDNS_NS_REAPER);
	char many[FINDING_MANY_SIZE] = "";

	if (!is_verbose)
		finding_many(finding, many);
	printf("%s%s%s", finding_name(finding->kind), *many || !has_name ? ": " : " ", many);
	if (put_name(finding->ns))
		fputs(": ", stdout);
	note_print_finding(finding);
	if (is_verbose)
		print_holders(finding);
}

static void print_doctor_text(const struct findings *findings, bool is_verbose)
{
	for (size_t i = 0; i < findings->nr; i++)
		if (is_verbose || findings->list[i].alike)
			print_finding(&findings->list[i], is_verbose);
}

static void print_doctor_json(const struct findings *findings,
			      const struct pidns_snapshot *snapshot)
{
	struct json j = {.file = stdout};

	json_head(&j, snapshot);
	json_line(&j, "findings");
	json_open(&j, '[');
	for (size_t i = 0; i < findings->nr; i++) {
		json_line(&j, NULL);
		note_json_finding(&j, &findings->list[i]);
	}
	json_close(&j, ']');
	json_end(&j);
}

static int examine(const struct options *options, struct findings *findings)
{
	_cleanup_ctx_ struct pidns_ctx *ctx = NULL;
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	struct pidns_take_opts opts = {.size = sizeof(opts), .flags = PIDNS_TAKE_CONTAINERS};
	int r = source_open(&options->source, 0, &ctx);

	if (!r)
		r = findings_take(&options->source, ctx, &opts, &snapshot, findings);
	if (r)
		return r;
	if (options->json)
		print_doctor_json(findings, snapshot);
	else
		print_doctor_text(findings, options->verbose);
	source_tell_unseen(snapshot, PIDNS_TAKE_ALL, SOURCE_UNSEEN_TASKS);
	return findings->nr ? EXIT_ANSWER_NO : EXIT_DONE;
}

int cmd_doctor(const struct options *options)
{
	struct findings findings = {0};
	int r = examine(options, &findings);

	findings_clear(&findings);
	return r;
}
