// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON of engines and runtimes. The first byte says whose. */
#include "annotate/containers/containers.h"
#include "fuzz.h"

typedef int parser(const char *buf, size_t len, struct container_state *ret);

static const struct {
	const char *runtime;
	parser *parse;
	bool has_init, has_id;
} kinds[] = {
	{"runc", containers_parse_runc, true, true},
	{"containerd", containers_parse_runc, true, true},
	{"crun", containers_parse_crun, true, false},
	{"crun", containers_parse_bundle, false, false},
	{"docker", containers_parse_docker, false, true},
};

static void try_state(size_t kind, const char *text, size_t size)
{
	struct container_state state = {.runtime = kinds[kind].runtime};

	if (kinds[kind].parse(text, size, &state) == 0) {
		must(state.runtime);
		must(!state.name || *state.name);
		must(!state.pod || *state.pod);
		must((state.pid > 0 && state.start_ticks) == kinds[kind].has_init);
		must((state.id && *state.id) == kinds[kind].has_id);
	}
	container_state_clear(&state);
}

static void try_storage(const char *text, size_t size)
{
	struct container_names names = {0};

	containers_parse_storage(text, size, &names);
	for (size_t i = 0; i < names.nr; i++)
		must(*names.list[i].id && *names.list[i].name);
	containers_names_free(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t nr = sizeof(kinds) / sizeof(*kinds);
	size_t kind;

	if (!size)
		return 0;
	kind = (data[0] - (size_t)'0') % (nr + 1);
	if (kind < nr)
		try_state(kind, (const char *)data + 1, size - 1);
	else
		try_storage((const char *)data + 1, size - 1);
	return 0;
}
