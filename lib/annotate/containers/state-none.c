// SPDX-License-Identifier: LGPL-2.1-or-later
/* state-none.c - stands in for annotate/containers/state.c where the library is built without
 * json-c: containers are then known by all that is no JSON. */
#include "containers.h"

#include <errno.h>

void container_state_clear(struct container_state *state)
{
	*state = (struct container_state){0};
}

bool containers_has_parser(void)
{
	return false;
}

static int parse_nothing(const char *buf, size_t len, const void *ret)
{
	(void)buf;
	(void)len;
	(void)ret;
	return -EOPNOTSUPP;
}

int containers_parse_runc(const char *buf, size_t len, struct container_state *ret)
{
	return parse_nothing(buf, len, ret);
}

int containers_parse_crun(const char *buf, size_t len, struct container_state *ret)
{
	return parse_nothing(buf, len, ret);
}

int containers_parse_bundle(const char *buf, size_t len, struct container_state *ret)
{
	return parse_nothing(buf, len, ret);
}

int containers_parse_docker(const char *buf, size_t len, struct container_state *ret)
{
	return parse_nothing(buf, len, ret);
}

int containers_parse_storage(const char *buf, size_t len, struct container_names *names)
{
	return parse_nothing(buf, len, names);
}
