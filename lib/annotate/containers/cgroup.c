// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * cgroup.c - what a path of cgroups says about containers: a parser of /proc/PID/cgroup.
 *
 * Engines give each container a cgroup, and most call it after the container. A container within
 * another has its cgroup below that one's, so the innermost counts. A hierarchy may have been left
 * out (by an engine that does not use it, or a systemd inside), but two that name different
 * containers contradict each other, and then nothing is said.
 */
#include "containers.h"
#include "shape.h"
#include "base/util.h"

#include <errno.h>
#include <string.h>

#define NEST_MAX 8

/* One line. */
struct chain {
	struct text controllers, path, service;
	struct found found[NEST_MAX];
	size_t nr;
	uint32_t rank; /* of the hierarchy, where lines say the same */
};

static bool next_component(struct text path, size_t *at, struct text *ret)
{
	const char *slash;

	while (*at < path.len && path.text[*at] == '/')
		++*at;
	if (*at == path.len)
		return false;
	ret->text = path.text + *at;
	slash = memchr(ret->text, '/', path.len - *at);
	ret->len = slash ? (size_t)(slash - ret->text) : path.len - *at;
	*at += ret->len;
	return true;
}

/* The innermost unit counts; a scope is a session or an application, not a service. What is below a
 * kubelet's slice is of a pod, whichever service started it. */
static void find_service(const struct walk *w, struct chain *chain, struct text c)
{
	struct text stem = c;

	if (w->is_kubelets)
		chain->service.len = 0;
	else if (text_strip_end(&stem, ".scope") || text_strip_start(&stem, "user@"))
		chain->service.len = 0;
	else if (text_strip_end(&stem, ".service") && stem.len && c.len < 256)
		chain->service = c;
}

/* 0 or -EPROTO: nested deeper than any real machine. */
static int walk_path(struct chain *chain)
{
	struct walk w = {.above = {.text = "", .len = 0}, .before = {.text = "", .len = 0}};
	struct text c;
	size_t at = 0;

	while (next_component(chain->path, &at, &c)) {
		struct found found = {.end = at};

		if (shape_find_container(&w, c, &found)) {
			if (chain->nr == NEST_MAX)
				return -EPROTO;
			chain->found[chain->nr++] = found;
			chain->service.len = 0;
			w = (struct walk){
				.above = w.before, .before = c, .is_kubelets = w.is_kubelets};
			continue;
		}
		shape_find_pod(&w, c);
		find_service(&w, chain, c);
		w.above = w.before;
		w.before = c;
	}
	return 0;
}

static int read_chain(const struct proc_cgroup *line, struct chain *ret)
{
	*ret = (struct chain){.controllers = line->controllers, .path = line->path};
	if (!line->controllers.len)
		ret->rank = 2;
	else if (text_is(line->controllers, "name=systemd"))
		ret->rank = 1;
	return walk_path(ret);
}

/* Does one of them only stop short of where the other goes? */
static bool agree(const struct chain *a, const struct chain *b)
{
	for (size_t i = 0; i < a->nr && i < b->nr; i++)
		if (!text_is_same(a->found[i].text, b->found[i].text))
			return false;
	return true;
}

static bool says_more(const struct chain *a, const struct chain *b)
{
	if (a->nr != b->nr)
		return a->nr > b->nr;
	if (!a->service.len != !b->service.len)
		return a->service.len;
	return a->rank > b->rank;
}

static void copy(char *to, size_t size, struct text from)
{
	size_t len = from.len < size ? from.len : 0;

	memcpy(to, from.text ? from.text : "", len);
	to[len] = '\0';
}

/* systemd.unit(5): "\x2d" is a dash. */
static void unescape(char *name)
{
	char *to = name;
	unsigned int byte;

	for (; *name; *to++ = (char)byte) {
		byte = (unsigned char)*name++;
		if (byte != '\\' || name[0] != 'x' || text_hex_digit(name[1]) < 0 ||
		    text_hex_digit(name[2]) < 0)
			continue;
		byte = (unsigned int)(text_hex_digit(name[1]) * 16 + text_hex_digit(name[2]));
		name += 3;
	}
	*to = '\0';
}

/* liblxc makes "NAME-1" where "NAME" is still there. */
static bool ends_in_number(const char *name)
{
	size_t len = strlen(name), end = len;

	while (len && text_is_digit(name[len - 1]))
		len--;
	return len < end && len && name[len - 1] == '-';
}

static void fill_container(const struct found *found, struct cgroup_place *ret)
{
	ret->shape = found->shape;
	ret->runtime = found->runtime;
	ret->container_len = found->end;
	copy(ret->pod, sizeof(ret->pod), found->pod);
	for (char *c = ret->pod; *c; c++)
		if (*c == '_')
			*c = '-';
	if (found->shape == CGROUP_SHAPE_ENGINE)
		copy(ret->id, sizeof(ret->id), found->text);
	else
		copy(ret->name, sizeof(ret->name), found->text);
	if (found->shape == CGROUP_SHAPE_MACHINE || found->shape == CGROUP_SHAPE_APP)
		unescape(ret->name);
	ret->name_may_differ = found->shape == CGROUP_SHAPE_LXC && ends_in_number(ret->name);
}

int containers_parse_cgroup(const char *buf, size_t len, struct cgroup_place *ret)
{
	const char *end = buf + len;
	struct chain best = {.path = {.text = "/", .len = 1}}, chain;
	struct proc_cgroup line;
	bool has_line = false;
	int r;

	while ((r = proc_next_cgroup(&buf, end, &line)) > 0) {
		if (read_chain(&line, &chain) < 0 || !agree(&chain, &best))
			return -EPROTO;
		if (!has_line || says_more(&chain, &best))
			best = chain;
		has_line = true;
	}
	if (r < 0 || !has_line)
		return -EPROTO;
	memset(ret, 0, sizeof(*ret));
	ret->mount = -1;
	ret->controllers = best.controllers;
	ret->path = best.path;
	if (best.nr)
		fill_container(&best.found[best.nr - 1], ret);
	ret->is_nested = best.nr > 1;
	copy(ret->service, sizeof(ret->service), best.service);
	if (best.service.len)
		ret->service_len = (size_t)(best.service.text - best.path.text) + best.service.len;
	return 0;
}

size_t containers_path_find(struct text path, const char *unit)
{
	struct text c;
	size_t at = 0;

	while (next_component(path, &at, &c))
		if (text_is(c, unit))
			return at;
	return 0;
}
