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

static bool is_id(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (text_hex_digit(t.text[i]) < 0)
			return false;
	return t.len == ID_LEN;
}

/* Digits in groups; a unit's name has '_' between them. Those of static pods are in one piece. */
static bool is_uid(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (text_hex_digit(t.text[i]) < 0 && t.text[i] != '-' && t.text[i] != '_')
			return false;
	return t.len >= 32 && t.len <= 36;
}

/* "kubepods-besteffort-podUID.slice", or "podUID" below "kubepods". */
static bool find_pod_of_kubelet(struct walk *w, struct text c)
{
	bool is_slice = text_strip_end(&c, ".slice");

	text_strip_start(&c, "kubelet-"); /* the kubelet's own slice, as kind has it */
	w->is_kubelets |= c.len >= 8 && !memcmp(c.text, "kubepods", 8);
	if (!w->is_kubelets)
		return false;
	while (is_slice && c.len > 4 && memcmp(c.text, "-pod", 4)) {
		c.text++;
		c.len--;
	}
	if (is_slice ? !text_strip_start(&c, "-pod") : !text_strip_start(&c, "pod"))
		return false;
	if (!is_uid(c))
		return false;
	w->pod = c;
	return true;
}

/* "machine-libpod_pod_ID.slice", or an id below "libpod_parent". */
static bool find_pod_of_podman(struct walk *w, struct text c)
{
	if (text_is(w->before, "libpod_parent") && is_id(c)) {
		w->pod = c;
		return true;
	}
	if (!text_strip_end(&c, ".slice"))
		return false;
	if (!text_strip_start(&c, "machine-") && !text_strip_start(&c, "user-"))
		return false;
	if (!text_strip_start(&c, "libpod_pod_") || !is_id(c))
		return false;
	w->pod = c;
	return true;
}

static bool find_id(const struct walk *w, struct text c, struct found *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(id_shapes); i++) {
		struct text id = c;

		if (!text_strip_start(&id, id_shapes[i].before) ||
		    !text_strip_end(&id, id_shapes[i].after) || !is_id(id))
			continue;
		ret->text = id;
		ret->runtime = id_shapes[i].runtime;
		return true;
	}
	if (!is_id(c))
		return false;
	ret->text = c;
	/* "/ecs/TASK/ID", by an agent that asks docker. */
	if (text_is(w->before, "docker") || text_is(w->above, "ecs")) {
		ret->runtime = "docker";
		return true;
	}
	/* The kubelet's pods: of whichever engine it uses. */
	ret->runtime = NULL;
	return w->pod.len && w->is_kubelets;
}

/* The last colon of a text; NULL: none. */
static const char *last_colon(struct text t)
{
	return memrchr(t.text, ':', t.len);
}

/*
 * "SLICE:PREFIX:ID": what is meant for the systemd driver of an engine, where its runtime takes it for
 * a path all the same. The slice may be that of a pod.
 */
static bool find_triple(struct walk *w, struct text c, struct found *ret)
{
	static const struct {
		const char *prefix, *runtime;
	} prefixes[] = {
		{"docker", "docker"},	   {"cri-containerd", "containerd"},
		{"nerdctl", "containerd"}, {"crio", "cri-o"},
		{"libpod", "podman"},
	};
	const char *second = last_colon(c), *first;
	struct text slice = c, prefix, id;

	if (!second)
		return false;
	slice.len = (size_t)(second - c.text);
	first = last_colon(slice);
	if (!first)
		return false;
	id = (struct text){second + 1, c.len - slice.len - 1};
	slice.len = (size_t)(first - c.text);
	prefix = (struct text){first + 1, (size_t)(second - first - 1)};
	if (!is_id(id))
		return false;
	find_pod_of_kubelet(w, slice);
	ret->pod = w->pod;
	ret->text = id;
	ret->runtime = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (text_is(prefix, prefixes[i].prefix))
			ret->runtime = prefixes[i].runtime;
	return ret->runtime || w->pod.len;
}

/* "app-flatpak-APPID-NUMBER.scope" */
static bool find_app(struct text c, struct found *ret)
{
	size_t digits = 0;

	if (!text_strip_end(&c, ".scope") || !text_strip_start(&c, "app-flatpak-"))
		return false;
	while (digits < c.len && text_is_digit(c.text[c.len - 1 - digits]))
		digits++;
	if (!digits || digits + 1 >= c.len || c.text[c.len - 1 - digits] != '-')
		return false;
	c.len -= digits + 1;
	ret->text = c;
	ret->runtime = "flatpak";
	return true;
}

static bool find_lxc(const struct walk *w, struct text c, struct found *ret)
{
	ret->text = c;
	ret->runtime = "lxc";
	if (text_strip_start(&ret->text, "lxc.payload."))
		return ret->text.len;
	return text_is(w->before, "lxc.payload") || text_is(w->before, "lxc");
}

static bool find_machine(struct text c, struct found *ret)
{
	ret->text = c;
	ret->runtime = NULL;
	return text_strip_end(&ret->text, ".scope") && text_strip_start(&ret->text, "machine-") &&
	       ret->text.len;
}

bool shape_find_container(struct walk *w, struct text c, struct found *ret)
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

void shape_find_pod(struct walk *w, struct text c)
{
	if (!find_pod_of_kubelet(w, c))
		find_pod_of_podman(w, c);
}
