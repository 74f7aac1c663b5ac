// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * index.c - all state files of the machine, by the init they name.
 *
 * Each place where engines and runtimes keep one folder a container is listed. A state file
 * proves what it says by two numbers, the pid of the init and when that was started: no later
 * process has both, and no process of another machine whose files may be mounted here.
 */
#include "containers.h"
#include "base/file.h"
#include "base/util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More folders than a machine can have containers: they are filled on purpose. */
#define FOLDERS_MAX 65536
/* And more than all of them say: that is read in a second or two. */
#define BYTES_MAX ((size_t)256 << 20)

typedef int parser(const char *buf, size_t len, struct container_state *ret);

static const struct place {
	const char *path;
	const char *file;
	parser *parse;
	const char *bundle;  /* a second file, for the annotations */
	const char *runtime; /* the engine that keeps containers there */
	bool has_namespaces; /* of containerd: a folder above for each */
} places[] = {
	{"run/runc", "state.json", containers_parse_runc, NULL, "runc", false},
	{"run/crun", "status", containers_parse_crun, "config.json", "crun", false},
	{"run/docker/runtime-runc/moby", "state.json", containers_parse_runc, NULL, "docker",
	 false},
	{"run/containerd/runc", "state.json", containers_parse_runc, NULL, "containerd", true},
	/* with crun in runc's place */
	{"run/containerd/runc", "status", containers_parse_crun, "config.json", "containerd", true},
};

/* docker's own namespace of containerd. */
#define MOBY "moby"

#define MACHINES "run/systemd/machines"

struct listing {
	struct containers_index *index;
	const struct containers_source *source;
	const struct place *place;
	const char *runtime;
	size_t nr_folders, bytes;
};

/* Only want of memory ends it: what is not there, or not to be believed, says nothing. */
static int unless_memory(int r)
{
	return r == -ENOMEM ? r : 0;
}

/* Call `add` for each name in that folder. */
static int for_each(struct listing *l, int dir, const char *path,
		    int (*add)(struct listing *l, int dir, const char *name))
{
	_cleanup_close_ int fd = containers_open_dir(l->source, dir, path);
	struct file_list list = {.fd = fd};
	const char *name;
	int r = 0;

	if (fd < 0)
		return unless_memory(fd);
	while (r >= 0 && (name = file_list_next(&list))) {
		if (++l->nr_folders > FOLDERS_MAX || l->bytes > BYTES_MAX)
			break;
		r = add(l, fd, name);
	}
	return r;
}

/* The place's file in `folder`. */
static int read_folder(struct listing *l, int folder, struct container_state *state)
{
	_cleanup_free_ char *buf = NULL, *bundle = NULL;
	size_t len;
	int r = containers_read_state(l->source, folder, l->place->file, CONTAINERS_STATE_MAX, &buf,
				      &len);

	if (r >= 0) {
		l->bytes += len;
		r = l->place->parse(buf, len, state);
	}
	if (r < 0 || !l->place->bundle)
		return r;
	r = containers_read_state(l->source, folder, l->place->bundle, CONTAINERS_STATE_MAX,
				  &bundle, &len);
	if (r >= 0) {
		l->bytes += len;
		r = containers_parse_bundle(bundle, len, state);
	}
	return r == -ENOMEM ? r : 0;
}

static int add_state(struct listing *l, int dir, const char *name)
{
	_cleanup_close_ int folder = containers_open_dir(l->source, dir, name);
	struct container_state state = {.runtime = l->runtime};
	int r = folder < 0 ? folder : read_folder(l, folder, &state);

	if (r >= 0 && !state.id && !(state.id = strdup(name)))
		r = -ENOMEM;
	/* The folder is called after the container, or it is not that container's. */
	if (r >= 0 && strcmp(state.id, name) != 0)
		r = -EPROTO;
	if (r >= 0)
		r = util_grow(&l->index->states, &l->index->room_states, l->index->nr_states,
			      sizeof(state));
	if (r < 0) {
		container_state_clear(&state);
		return unless_memory(r);
	}
	l->index->states[l->index->nr_states++] = state;
	return 0;
}

static int add_namespace(struct listing *l, int dir, const char *name)
{
	l->runtime = strcmp(name, MOBY) ? l->place->runtime : "docker";
	return for_each(l, dir, name, add_state);
}

static int add_machine(struct listing *l, int dir, const char *name)
{
	_cleanup_free_ char *buf = NULL;
	struct machine machine;
	size_t len;
	int r;

	if (!strncmp(name, "unit:", 5)) /* links to the others, by unit */
		return 0;
	r = containers_read_state(l->source, dir, name, CONTAINERS_STATE_MAX, &buf, &len);
	if (r >= 0)
		r = containers_parse_machine(buf, len, &machine);
	if (r >= 0 && !machine.is_container)
		return 0;
	if (r >= 0)
		r = util_grow(&l->index->machines, &l->index->room_machines, l->index->nr_machines,
			      sizeof(machine));
	if (r < 0)
		return unless_memory(r);
	l->index->machines[l->index->nr_machines++] = machine;
	return 0;
}

/* Of several that name the same init, the one that was read first is found first. */
static int index_states(struct containers_index *index)
{
	int r = 0;

	for (size_t i = index->nr_states; r >= 0 && i; i--) {
		struct container_state *state = &index->states[i - 1];

		state->same_pid = map_get(&index->by_pid, (uint64_t)state->pid);
		r = map_put(&index->by_pid, (uint64_t)state->pid, (uint32_t)i);
	}
	for (size_t i = index->nr_machines; r >= 0 && i; i--)
		r = map_put(&index->by_leader, (uint64_t)index->machines[i - 1].leader,
			    (uint32_t)i);
	return r;
}

int containers_index_read(struct containers_index *index, const struct containers_source *source)
{
	struct listing l = {.index = index, .source = source};
	int r = 0;

	*index = (struct containers_index){0};
	for (size_t i = 0; i < ARRAY_SIZE(places) && containers_has_parser() && r >= 0; i++) {
		l.place = &places[i];
		l.runtime = l.place->runtime;
		r = for_each(&l, source->root, l.place->path,
			     l.place->has_namespaces ? add_namespace : add_state);
	}
	if (r >= 0)
		r = for_each(&l, source->root, MACHINES, add_machine);
	return r < 0 ? r : index_states(index);
}

void containers_index_free(struct containers_index *index)
{
	for (size_t i = 0; i < index->nr_states; i++)
		container_state_clear(&index->states[i]);
	free(index->states);
	free(index->machines);
	map_clear(&index->by_pid);
	map_clear(&index->by_leader);
	*index = (struct containers_index){0};
}

const struct container_state *containers_index_find(const struct containers_index *index,
						    int32_t pid, uint64_t start_ticks)
{
	uint32_t at = map_get(&index->by_pid, (uint64_t)pid);

	for (; at; at = index->states[at - 1].same_pid)
		if (index->states[at - 1].start_ticks == start_ticks)
			return &index->states[at - 1];
	return NULL;
}

const struct machine *containers_index_find_machine(const struct containers_index *index,
						    int32_t pid, struct text path)
{
	uint32_t at = map_get(&index->by_leader, (uint64_t)pid);
	const struct machine *machine = at ? &index->machines[at - 1] : NULL;

	return machine && containers_path_find(path, machine->unit) ? machine : NULL;
}
