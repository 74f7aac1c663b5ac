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
#include "base/util.h"

#include <errno.h>
#include <string.h>

#define ID_LEN	 64
#define NEST_MAX 8

/* A container's component of a path. */
struct found {
	uint32_t shape;
	const char *runtime;
	struct proc_text text; /* the id or the name */
	struct proc_text pod;
	size_t end; /* in the path */
};

/* One line. */
struct chain {
	struct proc_text controllers, path, service;
	struct found found[NEST_MAX];
	size_t nr;
	uint32_t rank; /* of the hierarchy, where lines say the same */
};

/* Before or after an id: what tells the engine. */
static const struct {
	const char *before, *after;
	const char *runtime;
} id_shapes[] = {
	{"docker-", ".scope", "docker"},
	{"cri-containerd-", ".scope", "containerd"},
	{"nerdctl-", ".scope", "containerd"},
	{"crio-", ".scope", "cri-o"},
	{"crio-", "", "cri-o"},
	{"libpod-", ".scope", "podman"},
	{"libpod-", "", "podman"},
	{"libpod-payload-", "", "podman"}, /* --cgroups=split */
};

static bool is_text(struct proc_text t, const char *text)
{
	return t.len == strlen(text) && !memcmp(t.text, text, t.len);
}

static bool is_same(struct proc_text a, struct proc_text b)
{
	return a.len == b.len && !memcmp(a.text, b.text, a.len);
}

static bool strip_start(struct proc_text *t, const char *start)
{
	size_t len = strlen(start);

	if (t->len < len || memcmp(t->text, start, len))
		return false;
	t->text += len;
	t->len -= len;
	return true;
}

static bool strip_end(struct proc_text *t, const char *end)
{
	size_t len = strlen(end);

	if (t->len < len || memcmp(t->text + t->len - len, end, len))
		return false;
	t->len -= len;
	return true;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_id(struct proc_text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (!is_hex(t.text[i]))
			return false;
	return t.len == ID_LEN;
}

/* Digits in groups; a unit's name has '_' between them. Those of static pods are in one piece. */
static bool is_uid(struct proc_text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (!is_hex(t.text[i]) && t.text[i] != '-' && t.text[i] != '_')
			return false;
	return t.len >= 32 && t.len <= 36;
}

/* While a path is walked. */
struct walk {
	struct proc_text above;	 /* the component above that */
	struct proc_text before; /* the component above */
	struct proc_text pod;
	bool is_kubelets;
};

static bool next_component(struct proc_text path, size_t *at, struct proc_text *ret)
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

/* "kubepods-besteffort-podUID.slice", or "podUID" below "kubepods". */
static bool find_pod_of_kubelet(struct walk *w, struct proc_text c)
{
	bool is_slice = strip_end(&c, ".slice");

	strip_start(&c, "kubelet-"); /* the kubelet's own slice, as kind has it */
	w->is_kubelets |= c.len >= 8 && !memcmp(c.text, "kubepods", 8);
	if (!w->is_kubelets)
		return false;
	while (is_slice && c.len > 4 && memcmp(c.text, "-pod", 4)) {
		c.text++;
		c.len--;
	}
	if (is_slice ? !strip_start(&c, "-pod") : !strip_start(&c, "pod"))
		return false;
	if (!is_uid(c))
		return false;
	w->pod = c;
	return true;
}

/* "machine-libpod_pod_ID.slice", or an id below "libpod_parent". */
static bool find_pod_of_podman(struct walk *w, struct proc_text c)
{
	if (is_text(w->before, "libpod_parent") && is_id(c)) {
		w->pod = c;
		return true;
	}
	if (!strip_end(&c, ".slice"))
		return false;
	if (!strip_start(&c, "machine-") && !strip_start(&c, "user-"))
		return false;
	if (!strip_start(&c, "libpod_pod_") || !is_id(c))
		return false;
	w->pod = c;
	return true;
}

static bool find_id(const struct walk *w, struct proc_text c, struct found *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(id_shapes); i++) {
		struct proc_text id = c;

		if (!strip_start(&id, id_shapes[i].before) || !strip_end(&id, id_shapes[i].after) ||
		    !is_id(id))
			continue;
		ret->text = id;
		ret->runtime = id_shapes[i].runtime;
		return true;
	}
	if (!is_id(c))
		return false;
	ret->text = c;
	/* "/ecs/TASK/ID", by an agent that asks docker. */
	if (is_text(w->before, "docker") || is_text(w->above, "ecs")) {
		ret->runtime = "docker";
		return true;
	}
	/* The kubelet's pods: of whichever engine it uses. */
	ret->runtime = NULL;
	return w->pod.len && w->is_kubelets;
}

/* The last colon of a text; NULL: none. */
static const char *last_colon(struct proc_text t)
{
	return memrchr(t.text, ':', t.len);
}

/*
 * "SLICE:PREFIX:ID": what is meant for the systemd driver of an engine, where its runtime takes it for
 * a path all the same. The slice may be that of a pod.
 */
static bool find_triple(struct walk *w, struct proc_text c, struct found *ret)
{
	static const struct {
		const char *prefix, *runtime;
	} prefixes[] = {
		{"docker", "docker"},	   {"cri-containerd", "containerd"},
		{"nerdctl", "containerd"}, {"crio", "cri-o"},
		{"libpod", "podman"},
	};
	const char *second = last_colon(c), *first;
	struct proc_text slice = c, prefix, id;

	if (!second)
		return false;
	slice.len = (size_t)(second - c.text);
	first = last_colon(slice);
	if (!first)
		return false;
	id = (struct proc_text){second + 1, c.len - slice.len - 1};
	slice.len = (size_t)(first - c.text);
	prefix = (struct proc_text){first + 1, (size_t)(second - first - 1)};
	if (!is_id(id))
		return false;
	find_pod_of_kubelet(w, slice);
	ret->pod = w->pod;
	ret->text = id;
	ret->runtime = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (is_text(prefix, prefixes[i].prefix))
			ret->runtime = prefixes[i].runtime;
	return ret->runtime || w->pod.len;
}

/* "app-flatpak-APPID-NUMBER.scope" */
static bool find_app(struct proc_text c, struct found *ret)
{
	size_t digits = 0;

	if (!strip_end(&c, ".scope") || !strip_start(&c, "app-flatpak-"))
		return false;
	while (digits < c.len && is_digit(c.text[c.len - 1 - digits]))
		digits++;
	if (!digits || digits + 1 >= c.len || c.text[c.len - 1 - digits] != '-')
		return false;
	c.len -= digits + 1;
	ret->text = c;
	ret->runtime = "flatpak";
	return true;
}

static bool find_lxc(const struct walk *w, struct proc_text c, struct found *ret)
{
	ret->text = c;
	ret->runtime = "lxc";
	if (strip_start(&ret->text, "lxc.payload."))
		return ret->text.len;
	return is_text(w->before, "lxc.payload") || is_text(w->before, "lxc");
}

static bool find_machine(struct proc_text c, struct found *ret)
{
	ret->text = c;
	ret->runtime = NULL;
	return strip_end(&ret->text, ".scope") && strip_start(&ret->text, "machine-") &&
	       ret->text.len;
}

static bool find_container(struct walk *w, struct proc_text c, struct found *ret)
{
	ret->pod = w->pod;
	if (find_id(w, c, ret) || find_triple(w, c, ret))
		ret->shape = CGROUP_SHAPE_ENGINE;
	else if (find_app(c, ret))
		ret->shape = CGROUP_SHAPE_APP;
	else if (find_lxc(w, c, ret))
		ret->shape = CGROUP_SHAPE_LXC;
	else if (find_machine(c, ret))
		ret->shape = CGROUP_SHAPE_MACHINE;
	else
		return false;
	return true;
}

/* The innermost unit counts; a scope is a session or an application, not a service. What is below a
 * kubelet's slice is of a pod, whichever service started it. */
static void find_service(const struct walk *w, struct chain *chain, struct proc_text c)
{
	struct proc_text stem = c;

	if (w->is_kubelets)
		chain->service.len = 0;
	else if (strip_end(&stem, ".scope") || strip_start(&stem, "user@"))
		chain->service.len = 0;
	else if (strip_end(&stem, ".service") && stem.len && c.len < 256)
		chain->service = c;
}

/* 0 or -EPROTO: nested deeper than anybody does. */
static int walk_path(struct chain *chain)
{
	struct walk w = {.above = {.text = "", .len = 0}, .before = {.text = "", .len = 0}};
	struct proc_text c;
	size_t at = 0;

	while (next_component(chain->path, &at, &c)) {
		struct found found = {.end = at};

		if (find_container(&w, c, &found)) {
			if (chain->nr == NEST_MAX)
				return -EPROTO;
			chain->found[chain->nr++] = found;
			chain->service.len = 0;
			w = (struct walk){.above = w.before, .before = c};
			continue;
		}
		if (!find_pod_of_kubelet(&w, c))
			find_pod_of_podman(&w, c);
		find_service(&w, chain, c);
		w.above = w.before;
		w.before = c;
	}
	return 0;
}

/* "ID:CONTROLLERS:PATH" */
static int parse_line(const char *line, size_t len, struct chain *ret)
{
	const char *first = memchr(line, ':', len), *second;
	uint64_t id;

	if (!first)
		return -EPROTO;
	second = memchr(first + 1, ':', len - (size_t)(first + 1 - line));
	if (!second || proc_parse_u64(line, (size_t)(first - line), &id) < 0)
		return -EPROTO;
	memset(ret, 0, sizeof(*ret));
	ret->controllers.text = first + 1;
	ret->controllers.len = (size_t)(second - first - 1);
	ret->path.text = second + 1;
	ret->path.len = len - (size_t)(second + 1 - line);
	if (!ret->path.len || *ret->path.text != '/')
		return -EPROTO;
	if (!ret->controllers.len)
		ret->rank = 2;
	else if (is_text(ret->controllers, "name=systemd"))
		ret->rank = 1;
	return walk_path(ret);
}

/* Does one of them only stop short of where the other goes? */
static bool agree(const struct chain *a, const struct chain *b)
{
	for (size_t i = 0; i < a->nr && i < b->nr; i++)
		if (!is_same(a->found[i].text, b->found[i].text))
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

static void copy(char *to, size_t size, struct proc_text from)
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
		if (byte != '\\' || name[0] != 'x' || !is_hex(name[1]) || !is_hex(name[2]))
			continue;
		byte = 0;
		for (size_t i = 1; i <= 2; i++)
			byte = byte * 16 + (unsigned int)(is_digit(name[i]) ? name[i] - '0'
									    : name[i] - 'a' + 10);
		name += 3;
	}
	*to = '\0';
}

/* liblxc makes "NAME-1" where "NAME" is still there. */
static bool ends_in_number(const char *name)
{
	size_t len = strlen(name), end = len;

	while (len && is_digit(name[len - 1]))
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
	const char *end = buf + len, *line = buf, *next;
	struct chain best = {.path = {.text = "/", .len = 1}}, chain;
	bool has_line = false;

	if (len && memchr(buf, '\0', len)) /* no path has one, and copies would end there */
		return -EPROTO;
	for (; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (!next)
			return -EPROTO; /* cut off */
		if (parse_line(line, (size_t)(next - line), &chain) < 0 || !agree(&chain, &best))
			return -EPROTO;
		if (!has_line || says_more(&chain, &best))
			best = chain;
		has_line = true;
	}
	if (!has_line)
		return -EPROTO;
	memset(ret, 0, sizeof(*ret));
	ret->controllers = best.controllers;
	ret->path = best.path;
	if (best.nr)
		fill_container(&best.found[best.nr - 1], ret);
	copy(ret->service, sizeof(ret->service), best.service);
	return 0;
}

bool containers_path_has(struct proc_text path, const char *unit)
{
	struct proc_text c;
	size_t at = 0;

	while (next_component(path, &at, &c))
		if (is_text(c, unit))
			return true;
	return false;
}
