// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/cgroup, whose paths any user that may make cgroups chooses; and files of machined. */
#include "annotate/containers/containers.h"
#include "fuzz.h"

static void must_lie_in(struct text text, const char *start, const char *end)
{
	must(text.text >= start && text.text + text.len <= end);
	must(!memchr(text.text, '\n', text.len));
}

static void must_be_id(const char *id)
{
	must(!*id || (strlen(id) == 64 && strspn(id, "0123456789abcdef") == 64));
}

static void try_cgroup(const char *text, size_t size)
{
	struct cgroup_place place;

	if (containers_parse_cgroup(text, size, &place) < 0)
		return;
	must_lie_in(place.controllers, text, text + size);
	must_lie_in(place.path, text, text + size);
	must(place.path.len && *place.path.text == '/');
	must(place.container_len <= place.path.len);
	must(!place.container_len == (place.shape == CGROUP_SHAPE_NONE));
	must_be_id(place.id);
	must(!*place.id == (place.shape != CGROUP_SHAPE_ENGINE));
	must(strlen(place.name) < sizeof(place.name));
	must(strlen(place.pod) < sizeof(place.pod));
	must(!place.service_len == !*place.service);
	must(place.service_len <= place.path.len);
}

static void try_machine(const char *text, size_t size)
{
	struct machine machine;

	if (containers_parse_machine(text, size, &machine) < 0)
		return;
	must(machine.leader > 0 && *machine.name && *machine.unit);
	must(strlen(machine.name) < sizeof(machine.name));
	must(strlen(machine.unit) < sizeof(machine.unit));
	must(strlen(machine.service) < sizeof(machine.service));
	must(strlen(machine.id) < sizeof(machine.id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_cgroup((const char *)data, size);
	try_machine((const char *)data, size);
	return 0;
}
