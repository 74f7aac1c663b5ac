// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * containers.c - which container a namespace is, and how that is known: doc/containers.md.
 *
 * A namespace is known by its reaper. The ways are tried in the order of what they prove; what none
 * of them proves is left unknown, for a wrong name is worse than none.
 */
#include "containers.h"
#include "core/snapshot.h"
#include "base/util.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INITIAL_INO UINT64_C(0xeffffffc) /* PROC_PID_INIT_INO, include/linux/proc_ns.h */

#define CGROUP_MAX ((size_t)1 << 16)

#define ID_LEN 64

/* One take. */
struct search {
	struct annotation *a;
	const struct containers_source *source;
	uint64_t tick_ns;
	bool has_names;
	struct containers_index index;
	struct container_names names; /* of podman, once they are needed */
	struct lxc_sockets sockets;   /* of LXC's monitors, once they are needed */
	struct upward upward;
	uint64_t *containers; /* of each namespace: hash of the container its reaper is in */
};

/* What is known of one namespace. */
struct evidence {
	const struct pidns_ns *ns;
	int dir; /* of the reaper */
	bool has_place;
	struct cgroup_place place;
	char *cgroup; /* which place points into */
	bool has_made_by;
	struct maker maker;
	const char *made_by; /* of which runtime its maker is; NULL: of none that is known */
};

/* 1, told; 0, this way does not know; -ENOMEM */
typedef int way(struct search *s, struct evidence *e);

/* The reaper's PID may belong to another process by now. 1, 0 or -ENOMEM. */
static int is_reaper(const struct search *s, const struct evidence *e)
{
	struct proc_stat stat;
	char text[64];
	ssize_t len = readlinkat(e->dir, "ns/pid", text, sizeof(text));
	uint64_t ino;
	int r;

	if (len > 0 && !proc_parse_ns_link(text, (size_t)len, "pid", &ino))
		return ino == e->ns->ino;
	if (!(e->ns->known & PIDNS_NS_REAPER_START))
		return 0;
	r = containers_read_stat(e->dir, &stat);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return stat.start_time == e->ns->reaper_start_ns / s->tick_ns;
}

/* ---- notes ------------------------------------------------------------------------------------ */

static int note(struct search *s, const struct pidns_ns *ns,
		const struct pidns_container *container)
{
	struct pidns_notes *notes = annotate_notes(s->a, ns);

	if (!notes)
		return -ENOMEM;
	notes->container = container;
	notes->known |= PIDNS_NOTE_CONTAINER;
	return 0;
}

/* NULL stays NULL, "" becomes it. 0 or -ENOMEM. */
static int keep(struct search *s, const char **text)
{
	if (!*text || !**text) {
		*text = NULL;
		return 0;
	}
	*text = annotate_text(s->a, *text, strlen(*text));
	return *text ? 0 : -ENOMEM;
}

/* 1 or -ENOMEM */
static int tell(struct search *s, const struct pidns_ns *ns, struct pidns_container what)
{
	struct pidns_container *container = annotate_store(s->a, sizeof(*container));

	if (!container || keep(s, &what.name) < 0 || keep(s, &what.id) < 0 ||
	    keep(s, &what.runtime) < 0 || keep(s, &what.pod) < 0)
		return -ENOMEM;
	*container = what;
	return note(s, ns, container) < 0 ? -ENOMEM : 1;
}

/* ---- ways ------------------------------------------------------------------------------------- */

static bool is(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* The name an engine has for an id, to be freed; NULL: none that can be found. 0 or -ENOMEM. */
static int find_name(struct search *s, const char *runtime, const char *id, char **ret_name)
{
	const char *name;
	int r;

	*ret_name = NULL;
	if (is(runtime, "docker"))
		return containers_name_of_docker(s->source, id, ret_name);
	if (!is(runtime, "podman"))
		return 0;
	if (!s->has_names) {
		r = containers_names_read(s->source, &s->names);
		if (r < 0)
			return r;
		s->has_names = true;
	}
	name = containers_names_find(&s->names, id);
	if (name && !(*ret_name = strdup(name)))
		return -ENOMEM;
	return 0;
}

/* The init that a state file names, started when it says. */
static int by_state(struct search *s, struct evidence *e)
{
	const struct pidns_ns *ns = e->ns;
	const struct container_state *state;
	const struct cgroup_place *place = &e->place;
	struct pidns_container what = {.source = "state-file"};
	_cleanup_free_ char *name = NULL;
	int r;

	if (!(ns->known & PIDNS_NS_REAPER_START))
		return 0;
	state = containers_index_find(&s->index, ns->reaper, ns->reaper_start_ns / s->tick_ns);
	if (!state)
		return 0;
	what.id = state->id;
	what.name = state->name;
	what.pod = state->pod;
	what.runtime = state->runtime;
	if (place->shape == CGROUP_SHAPE_ENGINE && is(place->id, state->id)) {
		if (place->runtime && (is(what.runtime, "runc") || is(what.runtime, "crun")))
			what.runtime = place->runtime;
		if (!what.pod)
			what.pod = place->pod;
	}
	r = what.name ? 0 : find_name(s, what.runtime, what.id, &name);
	if (r < 0)
		return r;
	if (name)
		what.name = name;
	/* The id was chosen by the user: it is the name. */
	if (!what.name && strlen(what.id) != ID_LEN)
		what.name = what.id;
	return tell(s, ns, what);
}

/* Whose word are the first `len` bytes of the path? 1 with what->is_users; 0: that cannot be told; or
 * -ENOMEM. */
static int find_owner(const struct search *s, const struct evidence *e, size_t len,
		      struct pidns_container *what)
{
	uid_t uid;
	int r = containers_cgroup_is_users(s->source, &e->place, len, &uid);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (r) {
		what->is_users = 1;
		what->owner_uid = uid;
	}
	return 1;
}

/* A leader that machined knows, in the unit that it knows it by. */
static int by_machine(struct search *s, struct evidence *e)
{
	const struct machine *machine =
		e->has_place
			? containers_index_find_machine(&s->index, e->ns->reaper, e->place.path)
			: NULL;

	struct pidns_container what = {.source = "machined"};
	int r;

	if (!machine)
		return 0;
	r = find_owner(s, e, containers_path_find(e->place.path, machine->unit), &what);
	if (r < 0)
		return r;
	if (machine->uid) {
		what.is_users = 1;
		what.owner_uid = machine->uid;
	}
	what.name = machine->name;
	what.id = machine->id;
	what.runtime = is(machine->service, "systemd-nspawn") ? "nspawn" : machine->service;
	return tell(s, e->ns, what);
}

/* Asked only where cgroups leave it open. 0 with e->made_by, or -ENOMEM. */
static int find_maker(const struct search *s, struct evidence *e)
{
	int r;

	if (e->has_made_by)
		return 0;
	r = containers_find_maker(s->a, s->source, e->dir, &e->maker);
	if (r < 0)
		return r;
	e->made_by = containers_made_by(&e->maker);
	e->has_made_by = true;
	return 0;
}

static int tell_lxc(struct search *s, struct evidence *e, struct pidns_container what)
{
	const char *name = e->place.name;
	int r = find_maker(s, e);

	if (r >= 0 && e->place.name_may_differ)
		r = containers_lxc_name(s->a, &s->sockets, e->dir, &e->maker, e->place.name, &name);
	if (r < 0)
		return r;
	/* incus and LXD start each container in a process of their own. */
	if (is(e->made_by, "incus") || is(e->made_by, "lxd")) {
		what.runtime = e->made_by;
		/* "PROJECT_NAME": no name of theirs has an underscore. */
		if (name && strrchr(name, '_'))
			name = strrchr(name, '_') + 1;
	}
	what.name = name;
	return tell(s, e->ns, what);
}

static int tell_machine(struct search *s, struct evidence *e, struct pidns_container what)
{
	int r = find_maker(s, e);

	/* libvirt calls the scopes of its machines so, too. */
	if (r < 0 || !is(e->made_by, "nspawn"))
		return r;
	what.runtime = e->made_by;
	what.name = e->place.name;
	return tell(s, e->ns, what);
}

/* Is its reaper in the same container as that of the namespace above? */
static bool is_within_parents(const struct search *s, const struct evidence *e)
{
	const struct pidns_ns *parent = pidns_ns_parent(e->ns);
	const struct ns_entry *entry = (const struct ns_entry *)e->ns;
	const struct ns_entry *above = (const struct ns_entry *)parent;

	return parent && s->containers[entry->order] == s->containers[above->order];
}

/* The cgroup of a container, with members of this namespace only. */
static int by_cgroup(struct search *s, struct evidence *e)
{
	const struct cgroup_place *place = &e->place;
	struct pidns_container what = {
		.id = place->id, .runtime = place->runtime, .pod = place->pod, .source = "cgroup"};
	_cleanup_free_ char *name = NULL;
	int r;

	if (place->shape == CGROUP_SHAPE_NONE || is_within_parents(s, e))
		return 0;
	r = containers_members_are_of(s->a, s->source, place, e->ns);
	if (r <= 0)
		return r;
	r = find_owner(s, e, place->container_len, &what);
	if (r <= 0)
		return r;
	if (place->shape == CGROUP_SHAPE_LXC)
		return tell_lxc(s, e, what);
	if (place->shape == CGROUP_SHAPE_MACHINE)
		return tell_machine(s, e, what);
	if (place->shape == CGROUP_SHAPE_APP)
		what.name = place->name;
	else if (!what.is_users && !place->is_nested) /* what is in another has other stores */
		r = find_name(s, place->runtime, place->id, &name);
	if (name)
		what.name = name;
	return r < 0 ? r : tell(s, e->ns, what);
}

/* Claimed by the owner of the namespace. */
static int by_command(struct search *s, struct evidence *e)
{
	int r = find_maker(s, e);

	if (r < 0 || !e->made_by)
		return r;
	return tell(s, e->ns, (struct pidns_container){.runtime = e->made_by, .source = "command"});
}

/* No container of an engine, but a service has it. */
static int by_service(struct search *s, struct evidence *e)
{
	struct pidns_container what = {
		.name = e->place.service, .runtime = "systemd", .source = "cgroup"};

	int r = *e->place.service ? find_owner(s, e, e->place.service_len, &what) : 0;

	return r <= 0 ? r : tell(s, e->ns, what);
}

static way *const ways[] = {by_state, by_machine, by_cgroup, by_command, by_service};

/* ---- namespaces ------------------------------------------------------------------------------- */

/* The cgroup of the reaper, if it is still that. 1, 0 or -ENOMEM. */
static int gather(struct search *s, struct evidence *e)
{
	const struct ns_entry *entry = (const struct ns_entry *)e->ns;
	size_t len;
	int r = file_read_whole(e->dir, "cgroup", CGROUP_MAX, &e->cgroup, &len);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	r = is_reaper(s, e);
	if (r <= 0)
		return r;
	r = containers_upward_resolve(s->a, &s->upward, &e->cgroup, &len);
	if (r < 0)
		return r;
	e->has_place = containers_parse_cgroup(e->cgroup, len, &e->place) == 0;
	if (r && e->has_place && !e->place.controllers.len)
		e->place.mount = s->upward.mount;
	if (e->place.container_len)
		s->containers[entry->order] =
			util_hash(FNV_START, e->place.path.text, e->place.container_len);
	return 1;
}

static int decide(struct search *s, struct evidence *e)
{
	int r = gather(s, e);

	if (r <= 0)
		return r;
	r = 0;
	for (size_t i = 0; i < ARRAY_SIZE(ways) && !r; i++)
		r = ways[i](s, e);
	return r;
}

static bool is_initial(const struct pidns_ns *ns)
{
	return ns->ino == INITIAL_INO;
}

static int look_at(struct search *s, const struct pidns_ns *ns)
{
	struct evidence e = {.ns = ns, .dir = -1};
	int r = 0;

	if (is_initial(ns))
		return note(s, ns, NULL);
	if (!(ns->known & PIDNS_NS_REAPER) || ns->reaper <= 0)
		return 0;
	e.dir = containers_open_task(s->a, ns->reaper);
	if (e.dir >= 0) {
		r = decide(s, &e);
		close(e.dir);
	}
	free(e.cgroup);
	return r;
}

int containers_annotate(struct annotation *a, const struct containers_source *source)
{
	struct search s = {.a = a,
			   .source = source,
			   .upward = {.mount = -1},
			   .tick_ns = UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK)};
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(a->snapshot, &list);
	int r = 0;

	s.containers = calloc(nr + 1, sizeof(*s.containers));
	if (!s.containers)
		return -ENOMEM;
	/* With the initial namespace alone there is nothing to find out. */
	if (nr > 1 || (nr && !is_initial(list[0])))
		r = containers_index_read(&s.index, source);
	for (size_t i = 0; i < nr && r >= 0; i++)
		r = annotate_is_wanted(a, list[i]) ? look_at(&s, list[i]) : 0;
	containers_index_free(&s.index);
	containers_names_free(&s.names);
	containers_lxc_free(&s.sockets);
	containers_upward_close(&s.upward);
	free(s.containers);
	return r < 0 ? r : 0;
}

int annotate_containers(struct annotation *a)
{
	_cleanup_close_ int root = a->root < 0 ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	const struct containers_source source = {.root = a->root < 0 ? root : a->root, .owner = 0};

	return source.root < 0 ? 0 : containers_annotate(a, &source);
}
