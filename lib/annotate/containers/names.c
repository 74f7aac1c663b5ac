// SPDX-License-Identifier: LGPL-2.1-or-later
/* names.c - the names that docker and podman have for ids, where they keep them. */
#include "containers.h"
#include "base/util.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCKER_CONTAINERS "var/lib/docker/containers"

/* One folder of podman's storage for each driver. */
static const char *const storages[] = {
	"var/lib/containers/storage/overlay-containers",
	"var/lib/containers/storage/vfs-containers",
	"var/lib/containers/storage/btrfs-containers",
	"var/lib/containers/storage/zfs-containers",
};

static const char *const storage_files[] = {"containers.json", "volatile-containers.json"};

static int unless_memory(int r)
{
	return r == -ENOMEM ? r : 0;
}

int containers_name_of_docker(const struct containers_source *source, const char *id,
			      char **ret_name)
{
	struct container_state state = {0};
	_cleanup_close_ int dir = -1;
	_cleanup_free_ char *buf = NULL;
	char path[sizeof(DOCKER_CONTAINERS) + 80];
	size_t len;
	int r;

	*ret_name = NULL;
	if (snprintf(path, sizeof(path), "%s/%s", DOCKER_CONTAINERS, id) >= (int)sizeof(path))
		return 0;
	dir = containers_open_dir(source, source->root, path);
	if (dir < 0)
		return unless_memory(dir);
	r = containers_read_state(source, dir, "config.v2.json", CONTAINERS_STATE_MAX, &buf, &len);
	if (r >= 0)
		r = containers_parse_docker(buf, len, &state);
	if (r >= 0 && !strcmp(state.id, id))
		*ret_name = steal_pointer(&state.name);
	container_state_clear(&state);
	return unless_memory(r);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct container_name *)a)->id,
		      ((const struct container_name *)b)->id);
}

static int read_storage(const struct containers_source *source, const char *path,
			struct container_names *names)
{
	_cleanup_close_ int dir = containers_open_dir(source, source->root, path);
	int r = dir < 0 ? dir : 0;

	for (size_t i = 0; i < ARRAY_SIZE(storage_files) && dir >= 0 && r != -ENOMEM; i++) {
		_cleanup_free_ char *buf = NULL;
		size_t len;

		r = containers_read_state(source, dir, storage_files[i], CONTAINERS_STORAGE_MAX,
					  &buf, &len);
		if (r >= 0)
			r = containers_parse_storage(buf, len, names);
	}
	return unless_memory(r);
}

int containers_names_read(const struct containers_source *source, struct container_names *names)
{
	int r = 0;

	*names = (struct container_names){0};
	for (size_t i = 0; i < ARRAY_SIZE(storages) && r >= 0; i++)
		r = read_storage(source, storages[i], names);
	if (names->nr)
		qsort(names->list, names->nr, sizeof(*names->list), by_id);
	return r;
}

const char *containers_names_find(const struct container_names *names, const char *id)
{
	const struct container_name key = {.id = (char *)(uintptr_t)id};
	const struct container_name *found =
		names->nr ? bsearch(&key, names->list, names->nr, sizeof(key), by_id) : NULL;

	return found ? found->name : NULL;
}

void containers_names_free(struct container_names *names)
{
	for (size_t i = 0; i < names->nr; i++) {
		free(names->list[i].id);
		free(names->list[i].name);
	}
	free(names->list);
	*names = (struct container_names){0};
}
