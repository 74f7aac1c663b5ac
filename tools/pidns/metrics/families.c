// SPDX-License-Identifier: GPL-2.0-or-later
/* families.c - what there is to say about a snapshot, a family of series after the other. */
#include "metrics.h"
#include "refused.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../note.h"
#include "common/cleanup.h"
#include "common/escape.h"
#include "common/findings.h"
#include "common/limit.h"
#include "common/message.h"

#define NR_STATES (PIDNS_STATE_ZOMBIE_INIT + 1)
#define NR_KINDS  32 /* of limits */
#define NS_FIELDS                                                                       \
	(PIDNS_NS_COOKIE | PIDNS_NS_STATE | PIDNS_NS_PIDS_USED | PIDNS_NS_PIDS_PEAK |   \
	 PIDNS_NS_PIDS_MAX | PIDNS_NS_PROCESSES | PIDNS_NS_THREADS | PIDNS_NS_ZOMBIES | \
	 PIDNS_NS_JOINED | PIDNS_NS_ALLOC_FAILURES)

/* A number that a namespace has one of. */
struct figure {
	const char *name, *type, *help;
	uint64_t bit;	/* PIDNS_NS_* */
	size_t offset;	/* in struct pidns_ns */
	bool is_wide;	/* a uint64_t there, else a uint32_t */
	bool is_summed; /* those of several namespaces add up */
};

#define AT(member) offsetof(struct pidns_ns, member)

static const struct figure figures[] = {
	{"pidns_pids", "gauge", "PIDs in use, namespaces below included.", PIDNS_NS_PIDS_USED,
	 AT(pids_used), false, true},
	{"pidns_pids_peak", "gauge", "The most PIDs ever in use.", PIDNS_NS_PIDS_PEAK,
	 AT(pids_peak), false, false},
	{"pidns_pids_limit", "gauge", "Least pid_max of the namespace and its ancestors.",
	 PIDNS_NS_PIDS_MAX, AT(pids_max), false, false},
	{"pidns_processes", "gauge", "Processes, zombies included.", PIDNS_NS_PROCESSES,
	 AT(processes), false, true},
	{"pidns_threads", "gauge", "Threads.", PIDNS_NS_THREADS, AT(threads), false, true},
	{"pidns_zombies", "gauge", "Processes that have exited and are not reaped.",
	 PIDNS_NS_ZOMBIES, AT(zombies), false, true},
	{"pidns_joined", "gauge", "Processes whose parent is outside.", PIDNS_NS_JOINED, AT(joined),
	 false, true},
	{"pidns_alloc_failures_total", "counter", "How often no PID was left.",
	 PIDNS_NS_ALLOC_FAILURES, AT(alloc_failures), true, true},
};

#undef AT

/* What is written, and to where. */
struct page {
	FILE *file;
	const struct pidns_snapshot *snapshot;
	const struct pidns_ns **list; /* the fullest first */
	size_t nr, nr_shown;
	const struct refusals *refusals;
};

void metrics_head(FILE *file, const char *name, const char *type, const char *help)
{
	fprintf(file, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void head(const struct page *page, const char *name, const char *type, const char *help)
{
	metrics_head(page->file, name, type, help);
}

void metrics_label(FILE *file, const char *value, size_t len)
{
	char text[METRICS_LABEL_MAX + 1];
	size_t n = escape_text(value, len, text, sizeof(text));

	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\\' || text[i] == '"')
			putc('\\', file);
		putc(text[i], file);
	}
}

static void put_label(const struct page *page, char before, const char *name, const char *value)
{
	fprintf(page->file, "%c%s=\"", before, name);
	metrics_label(page->file, value, strlen(value));
	putc('"', page->file);
}

/* What tells a namespace from all others. An inode number is used again, a cookie is not. */
static void put_identity(const struct page *page, const struct pidns_ns *ns)
{
	fprintf(page->file, "{ino=\"%" PRIu64 "\"", ns->ino);
	if (ns->known & PIDNS_NS_COOKIE)
		fprintf(page->file, ",cookie=\"%" PRIu64 "\"", ns->cookie);
}

/* ---- which namespaces ------------------------------------------------------------------------- */

struct ranked {
	const struct pidns_ns *ns;
	uint64_t share;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	if (left->share != right->share)
		return left->share < right->share ? 1 : -1;
	if (left->ns->pids_used != right->ns->pids_used)
		return left->ns->pids_used < right->ns->pids_used ? 1 : -1;
	return (left->ns->ino > right->ns->ino) - (left->ns->ino < right->ns->ino);
}

static uint64_t nearest_share(const struct pidns_ns *ns)
{
	const struct pidns_limit *const *limits;
	size_t nr = describe_limits(ns, &limits);
	const struct pidns_limit *nearest = describe_nearest(limits, nr);

	return nearest ? limit_share(nearest) : 0;
}

/* A record without an inode number is no namespace; its tasks are counted as left out. */
static int rank_namespaces(struct page *page, size_t top)
{
	const struct pidns_ns *const *all;
	size_t nr = pidns_snapshot_namespaces(page->snapshot, &all);
	_cleanup_free_ struct ranked *ranked = calloc(nr + 1, sizeof(*ranked));

	page->list = calloc(nr + 1, sizeof(const struct pidns_ns *));
	if (!ranked || !page->list)
		return -1;
	for (size_t i = 0; i < nr; i++)
		if (all[i]->known & PIDNS_NS_INO)
			ranked[page->nr++] =
				(struct ranked){.ns = all[i], .share = nearest_share(all[i])};
	qsort(ranked, page->nr, sizeof(*ranked), compare_ranked);
	for (size_t i = 0; i < page->nr; i++)
		page->list[i] = ranked[i].ns;
	page->nr_shown = page->nr < top ? page->nr : top;
	return 0;
}

/* ---- families --------------------------------------------------------------------------------- */

static void put_states(const struct page *page)
{
	uint64_t counts[NR_STATES] = {0};

	for (size_t i = 0; i < page->nr; i++) {
		const struct pidns_ns *ns = page->list[i];
		bool is_known = ns->known & PIDNS_NS_STATE && ns->state < NR_STATES;

		counts[is_known ? ns->state : 0]++;
	}
	head(page, "pidns_namespaces", "gauge", "PID namespaces by state.");
	for (uint32_t state = 0; state < NR_STATES; state++)
		fprintf(page->file, "pidns_namespaces{state=\"%s\"} %" PRIu64 "\n",
			state ? pidns_state_name(state) : "unknown", counts[state]);
	head(page, "pidns_namespaces_left_out", "gauge",
	     "PID namespaces without series of their own: they are summed up as ino=\"other\".");
	fprintf(page->file, "pidns_namespaces_left_out %zu\n", page->nr - page->nr_shown);
}

static void put_container(const struct page *page, const struct pidns_container *container)
{
	if (container->name)
		put_label(page, ',', "container", container->name);
	if (container->id)
		put_label(page, ',', "container_id", container->id);
	if (container->runtime)
		put_label(page, ',', "runtime", container->runtime);
	if (container->is_users)
		fprintf(page->file, ",named_by_uid=\"%" PRIu32 "\"", container->owner_uid);
}

/* "NAMESPACE/POD", or the one of them that is known. */
static void put_pod(const struct page *page, const char *pod)
{
	const char *slash = strchr(pod, '/');

	put_label(page, ',', "pod", slash ? slash + 1 : pod);
	if (!slash)
		return;
	fputs(",namespace=\"", page->file);
	metrics_label(page->file, pod, (size_t)(slash - pod));
	putc('"', page->file);
}

static void put_info(const struct page *page)
{
	head(page, "pidns_namespace_info", "gauge", "What a PID namespace is; always 1.");
	for (size_t i = 0; i < page->nr_shown; i++) {
		const struct pidns_ns *ns = page->list[i];
		const struct pidns_ns *parent = pidns_ns_parent(ns);
		const struct pidns_container *container = describe_container(ns);

		fputs("pidns_namespace_info", page->file);
		put_identity(page, ns);
		if (parent && ns->known & PIDNS_NS_PARENT)
			fprintf(page->file, ",parent=\"%" PRIu64 "\"", parent->ino);
		if (container)
			put_container(page, container);
		if (container && container->pod)
			put_pod(page, container->pod);
		fputs("} 1\n", page->file);
	}
}

static uint64_t figure_of(const struct figure *figure, const struct pidns_ns *ns)
{
	const char *at = (const char *)ns + figure->offset;
	uint64_t wide;
	uint32_t narrow;

	if (figure->is_wide) {
		memcpy(&wide, at, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, at, sizeof(narrow));
	return narrow;
}

static void put_figure(const struct page *page, const struct figure *figure)
{
	uint64_t rest = 0;
	bool has_rest = false;

	head(page, figure->name, figure->type, figure->help);
	for (size_t i = 0; i < page->nr; i++) {
		const struct pidns_ns *ns = page->list[i];

		if (!(ns->known & figure->bit))
			continue;
		if (i < page->nr_shown) {
			fputs(figure->name, page->file);
			put_identity(page, ns);
			fprintf(page->file, "} %" PRIu64 "\n", figure_of(figure, ns));
		} else {
			has_rest = true;
			rest += figure_of(figure, ns);
		}
	}
	if (has_rest && figure->is_summed)
		fprintf(page->file, "%s{ino=\"other\"} %" PRIu64 "\n", figure->name, rest);
}

static void put_oldest(const struct page *page)
{
	uint64_t now = pidns_snapshot_time(page->snapshot);

	head(page, "pidns_zombie_oldest_seconds", "gauge",
	     "Since the zombie that started first was started; the kernel keeps no time of its "
	     "end.");
	for (size_t i = 0; i < page->nr_shown; i++) {
		const struct pidns_ns *ns = page->list[i];
		const struct pidns_zombie *zombie =
			describe_has(ns, PIDNS_NOTE_ZOMBIE) ? ns->notes->zombie : NULL;

		if (!zombie || !zombie->start_ns || zombie->start_ns > now)
			continue;
		fputs("pidns_zombie_oldest_seconds", page->file);
		put_identity(page, ns);
		fprintf(page->file, "} %.2f\n", (double)(now - zombie->start_ns) / 1e9);
	}
}

/* Of each kind the fullest, which comes first. */
static void put_ratios_of(const struct page *page, const struct pidns_ns *ns)
{
	const struct pidns_limit *const *limits;
	size_t nr = describe_limits(ns, &limits);
	uint64_t seen = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct pidns_limit *limit = limits[i];
		const char *kind = pidns_limit_name(limit->kind);

		if (!kind || limit->kind >= NR_KINDS || seen & UINT64_C(1) << limit->kind ||
		    !limit_has_share(limit))
			continue;
		seen |= UINT64_C(1) << limit->kind;
		fputs("pidns_limit_used_ratio", page->file);
		put_identity(page, ns);
		fprintf(page->file, ",kind=\"%s\"} %.4f\n", kind,
			(double)limit_share(limit) / LIMIT_FULL);
	}
}

static void put_hits_of(const struct page *page, const struct pidns_ns *ns)
{
	const struct pidns_limit *const *limits;
	size_t nr = describe_limits(ns, &limits);
	uint64_t hits[NR_KINDS] = {0}, known = 0;

	for (size_t i = 0; i < nr; i++) {
		if (!(limits[i]->known & PIDNS_LIMIT_HITS) || limits[i]->kind >= NR_KINDS)
			continue;
		known |= UINT64_C(1) << limits[i]->kind;
		hits[limits[i]->kind] += limits[i]->hits;
	}
	for (uint32_t kind = 0; kind < NR_KINDS; kind++) {
		if (!(known & UINT64_C(1) << kind) || !pidns_limit_name(kind))
			continue;
		fputs("pidns_limit_hits_total", page->file);
		put_identity(page, ns);
		fprintf(page->file, ",kind=\"%s\"} %" PRIu64 "\n", pidns_limit_name(kind),
			hits[kind]);
	}
}

static void put_limits(const struct page *page)
{
	head(page, "pidns_limit_used_ratio", "gauge",
	     "Share in use of the fullest limit of a kind, 1 where it is full.");
	for (size_t i = 0; i < page->nr_shown; i++)
		put_ratios_of(page, page->list[i]);
	head(page, "pidns_limit_hits_total", "counter", "How often limits of a kind have refused.");
	for (size_t i = 0; i < page->nr_shown; i++)
		put_hits_of(page, page->list[i]);
}

static void put_findings(const struct page *page, const struct findings *findings)
{
	uint64_t counts[FINDING_REFUSED + 1] = {0};

	for (size_t i = 0; i < findings->nr; i++)
		counts[findings->list[i].kind]++;
	head(page, "pidns_findings", "gauge", "What pidns doctor finds, by kind.");
	for (size_t kind = 0; kind <= FINDING_REFUSED; kind++)
		fprintf(page->file, "pidns_findings{kind=\"%s\"} %" PRIu64 "\n",
			finding_name((enum finding_kind)kind), counts[kind]);
}

static void put_unseen(const struct page *page)
{
	uint32_t unseen = pidns_snapshot_cannot_see(page->snapshot);
	const char *word;

	head(page, "pidns_cannot_see", "gauge",
	     "1 where this much of the machine is out of the exporter's sight.");
	for (uint32_t bit = 1; bit && (word = pidns_unseen_name(bit)); bit <<= 1)
		fprintf(page->file, "pidns_cannot_see{what=\"%s\"} %d\n", word, !!(unseen & bit));
	fprintf(page->file, "pidns_cannot_see{what=\"refused\"} %d\n",
		!refusals_are_followed(page->refusals));
	fprintf(page->file, "pidns_cannot_see{what=\"refused-limits\"} %d\n",
		!refusals_have_limits(page->refusals));
}

static void put_build(const struct page *page, double seconds)
{
	head(page, "pidns_scrape_duration_seconds", "gauge", "What it took to find all this out.");
	fprintf(page->file, "pidns_scrape_duration_seconds %.6f\n", seconds);
	head(page, "pidns_build_info", "gauge", "The exporter; always 1.");
	fprintf(page->file, "pidns_build_info{version=\"%s\",provider=\"%s\"} 1\n", PIDNS_VERSION,
		pidns_snapshot_provider(page->snapshot));
}

/* ---- the whole -------------------------------------------------------------------------------- */

static double seconds_since(const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - begin->tv_sec) + (double)(now.tv_nsec - begin->tv_nsec) / 1e9;
}

static int write_page(struct page *page, size_t top, const struct findings *findings,
		      const struct timespec *begin)
{
	if (rank_namespaces(page, top) < 0)
		return message_exit(EXIT_FAILED, "out of memory");
	put_states(page);
	put_info(page);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		put_figure(page, &figures[i]);
	put_oldest(page);
	put_limits(page);
	put_findings(page, findings);
	refusals_write(page->refusals, page->file);
	put_unseen(page);
	put_build(page, seconds_since(begin));
	return 0;
}

int metrics_write(const struct metrics *metrics, FILE *file)
{
	struct page page = {.file = file, .refusals = metrics->refusals};
	struct findings findings = {0};
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	struct pidns_take_opts opts = {
		.size = sizeof(opts), .ns_fields = NS_FIELDS, .flags = PIDNS_TAKE_CONTAINERS};
	struct timespec begin;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	r = findings_take(&metrics->options->source, metrics->ctx, &opts, &snapshot, &findings);
	page.snapshot = snapshot;
	if (!r)
		r = write_page(&page, metrics->top, &findings, &begin);
	findings_clear(&findings);
	free(page.list);
	return r;
}
