// SPDX-License-Identifier: LGPL-2.1-or-later
/* shape.c - what one component of a cgroup's path says: by which shape each engine is known. */
#include "shape.h"
#include "containers.h"
#include "base/util.h"

#include <string.h>

#define ID_LEN 64

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

bool shape_is_text(struct proc_text t, const char *text)
{
	return t.len == strlen(text) && !memcmp(t.text, text, t.len);
}

bool shape_strip_start(struct proc_text *t, const char *start)
{
	size_t len = strlen(start);

	if (t->len < len || memcmp(t->text, start, len))
		return false;
	t->text += len;
	t->len -= len;
	return true;
}

bool shape_strip_end(struct proc_text *t, const char *end)
{
	size_t len = strlen(end);

	if (t->len < len || memcmp(t->text + t->len - len, end, len))
		return false;
	t->len -= len;
	return true;
}

bool shape_is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool shape_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_id(struct proc_text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (!shape_is_hex(t.text[i]))
			return false;
	return t.len == ID_LEN;
}

/* Digits in groups; a unit's name has '_' between them. Those of static pods are in one piece. */
static bool is_uid(struct proc_text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (!shape_is_hex(t.text[i]) && t.text[i] != '-' && t.text[i] != '_')
			return false;
	return t.len >= 32 && t.len <= 36;
}

/* "kubepods-besteffort-podUID.slice", or "podUID" below "kubepods". */
static bool find_pod_of_kubelet(struct walk *w, struct proc_text c)
{
	bool is_slice = shape_strip_end(&c, ".slice");

	shape_strip_start(&c, "kubelet-"); /* the kubelet's own slice, as kind has it */
	w->is_kubelets |= c.len >= 8 && !memcmp(c.text, "kubepods", 8);
	if (!w->is_kubelets)
		return false;
	while (is_slice && c.len > 4 && memcmp(c.text, "-pod", 4)) {
		c.text++;
		c.len--;
	}
	if (is_slice ? !shape_strip_start(&c, "-pod") : !shape_strip_start(&c, "pod"))
		return false;
	if (!is_uid(c))
		return false;
	w->pod = c;
	return true;
}

/* "machine-libpod_pod_ID.slice", or an id below "libpod_parent". */
static bool find_pod_of_podman(struct walk *w, struct proc_text c)
{
	if (shape_is_text(w->before, "libpod_parent") && is_id(c)) {
		w->pod = c;
		return true;
	}
	if (!shape_strip_end(&c, ".slice"))
		return false;
	if (!shape_strip_start(&c, "machine-") && !shape_strip_start(&c, "user-"))
		return false;
	if (!shape_strip_start(&c, "libpod_pod_") || !is_id(c))
		return false;
	w->pod = c;
	return true;
}

static bool find_id(const struct walk *w, struct proc_text c, struct found *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(id_shapes); i++) {
		struct proc_text id = c;

		if (!shape_strip_start(&id, id_shapes[i].before) ||
		    !shape_strip_end(&id, id_shapes[i].after) || !is_id(id))
			continue;
		ret->text = id;
		ret->runtime = id_shapes[i].runtime;
		return true;
	}
	if (!is_id(c))
		return false;
	ret->text = c;
	/* "/ecs/TASK/ID", by an agent that asks docker. */
	if (shape_is_text(w->before, "docker") || shape_is_text(w->above, "ecs")) {
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
		if (shape_is_text(prefix, prefixes[i].prefix))
			ret->runtime = prefixes[i].runtime;
	return ret->runtime || w->pod.len;
}

/* "app-flatpak-APPID-NUMBER.scope" */
static bool find_app(struct proc_text c, struct found *ret)
{
	size_t digits = 0;

	if (!shape_strip_end(&c, ".scope") || !shape_strip_start(&c, "app-flatpak-"))
		return false;
	while (digits < c.len && shape_is_digit(c.text[c.len - 1 - digits]))
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
	if (shape_strip_start(&ret->text, "lxc.payload."))
		return ret->text.len;
	return shape_is_text(w->before, "lxc.payload") || shape_is_text(w->before, "lxc");
}

static bool find_machine(struct proc_text c, struct found *ret)
{
	ret->text = c;
	ret->runtime = NULL;
	return shape_strip_end(&ret->text, ".scope") && shape_strip_start(&ret->text, "machine-") &&
	       ret->text.len;
}

bool shape_find_container(struct walk *w, struct proc_text c, struct found *ret)
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

void shape_find_pod(struct walk *w, struct proc_text c)
{
	if (!find_pod_of_kubelet(w, c))
		find_pod_of_podman(w, c);
}
