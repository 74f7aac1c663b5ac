// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * state.c - parsers of the JSON in which engines and OCI runtimes keep their state.
 *
 * Only the keys that are named here are looked at. The user who starts a container may annotate it
 * with what another engine would write; so each key counts for its own engine alone.
 */
#include "containers.h"
#include "base/util.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#define MANAGER "io.container.manager"

/* io.container.manager as an engine names itself. */
static const struct {
	const char *manager, *runtime;
} managers[] = {
	{"libpod", "podman"},
	{"cri-o", "cri-o"},
};

/* Annotations and labels, the better one of two last. */
static const struct {
	const char *runtime, *key;
	size_t field; /* of struct container_state */
} annotations[] = {
	{"containerd", "io.kubernetes.cri.sandbox-uid", offsetof(struct container_state, pod)},
	{"containerd", "io.kubernetes.cri.sandbox-name", offsetof(struct container_state, pod)},
	{"containerd", "io.kubernetes.cri.container-name", offsetof(struct container_state, name)},
	{"containerd", "nerdctl/name", offsetof(struct container_state, name)},
	{"cri-o", "io.kubernetes.pod.uid", offsetof(struct container_state, pod)},
	{"cri-o", "io.kubernetes.pod.name", offsetof(struct container_state, pod)},
	{"cri-o", "io.kubernetes.container.name", offsetof(struct container_state, name)},
};

/* What cri-o calls the container that is the pod's own. */
#define CRIO_SANDBOX "POD"

void container_state_clear(struct container_state *state)
{
	free(state->id);
	free(state->name);
	free(state->pod);
	*state = (struct container_state){0};
}

bool containers_has_parser(void)
{
	return true;
}

/* One value, which must be an object or an array; to be put. */
static int parse(const char *buf, size_t len, enum json_type type, struct json_object **ret)
{
	struct json_tokener *tok;
	struct json_object *o;

	if (len > INT_MAX)
		return -EPROTO;
	tok = json_tokener_new();
	if (!tok)
		return -ENOMEM;
	o = json_tokener_parse_ex(tok, buf, (int)len);
	json_tokener_free(tok);
	if (!json_object_is_type(o, type)) {
		json_object_put(o);
		return -EPROTO;
	}
	*ret = o;
	return 0;
}

/* NULL: no such member, or of another type. */
static struct json_object *member(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(o, json_type_object) || !json_object_object_get_ex(o, key, &value))
		return NULL;
	return json_object_is_type(value, type) ? value : NULL;
}

/* A string without a NUL in it, or NULL. */
static const char *text_of(struct json_object *o)
{
	const char *text = json_object_is_type(o, json_type_string) ? json_object_get_string(o)
								    : NULL;

	return text && strlen(text) == (size_t)json_object_get_string_len(o) ? text : NULL;
}

/* No engine has names so long. Annotations may be as long as the user likes. */
#define STATE_TEXT_MAX 1024

/* Nothing is changed by what is no text, or an empty one, or too long for a name. 0 or -ENOMEM. */
static int set_text(char **to, const char *text)
{
	char *copy;

	if (!text || !*text || strlen(text) > STATE_TEXT_MAX)
		return 0;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	free(*to);
	*to = copy;
	return 0;
}

static int parse_init(struct json_object *o, const char *pid_key, const char *start_key,
		      struct container_state *ret)
{
	struct json_object *pid = member(o, pid_key, json_type_int);
	struct json_object *start = member(o, start_key, json_type_int);

	if (!pid || !start || json_object_get_int64(pid) <= 0 ||
	    json_object_get_int64(pid) > INT32_MAX || json_object_get_int64(start) <= 0)
		return -EPROTO;
	ret->pid = (int32_t)json_object_get_int64(pid);
	ret->start_ticks = (uint64_t)json_object_get_int64(start);
	return 0;
}

/* The value of a key, whichever way they are kept. */
typedef const char *look_up(struct json_object *list, const char *key);

/* "KEY=VALUE" in an array. */
static const char *label_of(struct json_object *list, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const char *text = text_of(json_object_array_get_idx(list, i));

		if (text && !strncmp(text, key, len) && text[len] == '=')
			return text + len + 1;
	}
	return NULL;
}

static const char *annotation_of(struct json_object *list, const char *key)
{
	return text_of(member(list, key, json_type_string));
}

/* Counts only where no pod or container has an entry of its own. */
static bool is_generic(const char *runtime)
{
	return runtime && (!strcmp(runtime, "runc") || !strcmp(runtime, "crun"));
}

/* A pod's name is unique in its Kubernetes namespace only: "NAMESPACE/POD". 0 or -ENOMEM. */
static int name_pod(struct json_object *list, look_up *value_of, struct container_state *ret)
{
	static const struct {
		const char *runtime, *name, *namespace;
	} keys[] = {
		{"containerd", "io.kubernetes.cri.sandbox-name",
		 "io.kubernetes.cri.sandbox-namespace"},
		{"cri-o", "io.kubernetes.pod.name", "io.kubernetes.pod.namespace"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys) && ret->runtime; i++) {
		const char *name = value_of(list, keys[i].name);
		const char *namespace = value_of(list, keys[i].namespace);
		char *pod;

		if (strcmp(ret->runtime, keys[i].runtime) != 0 || !name || !*name || !namespace ||
		    !*namespace || strlen(namespace) + strlen(name) > STATE_TEXT_MAX)
			continue;
		if (asprintf(&pod, "%s/%s", namespace, name) < 0)
			return -ENOMEM;
		free(ret->pod);
		ret->pod = pod;
	}
	return 0;
}

static int apply(struct json_object *list, look_up *value_of, struct container_state *ret)
{
	const char *manager = value_of(list, MANAGER);
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(managers) && manager && is_generic(ret->runtime); i++)
		if (!strcmp(manager, managers[i].manager))
			ret->runtime = managers[i].runtime;
	for (size_t i = 0; i < ARRAY_SIZE(annotations) && r >= 0 && ret->runtime; i++)
		if (!strcmp(ret->runtime, annotations[i].runtime))
			r = set_text((char **)((char *)ret + annotations[i].field),
				     value_of(list, annotations[i].key));
	if (r >= 0)
		r = name_pod(list, value_of, ret);
	if (r >= 0 && ret->name && !strcmp(ret->name, CRIO_SANDBOX) &&
	    !strcmp(ret->runtime, "cri-o")) {
		free(ret->name);
		ret->name = NULL;
	}
	return r;
}

int containers_parse_runc(const char *buf, size_t len, struct container_state *ret)
{
	struct json_object *o, *labels;
	int r = parse(buf, len, json_type_object, &o);

	if (r < 0)
		return r;
	r = parse_init(o, "init_process_pid", "init_process_start", ret);
	if (r >= 0)
		r = set_text(&ret->id, text_of(member(o, "id", json_type_string)));
	labels = member(member(o, "config", json_type_object), "labels", json_type_array);
	if (r >= 0 && labels)
		r = apply(labels, label_of, ret);
	json_object_put(o);
	return r < 0 ? r : ret->id ? 0 : -EPROTO;
}

int containers_parse_crun(const char *buf, size_t len, struct container_state *ret)
{
	struct json_object *o;
	int r = parse(buf, len, json_type_object, &o);

	if (r < 0)
		return r;
	r = parse_init(o, "pid", "process-start-time", ret);
	json_object_put(o);
	return r;
}

int containers_parse_bundle(const char *buf, size_t len, struct container_state *ret)
{
	struct json_object *o, *list;
	int r = parse(buf, len, json_type_object, &o);

	if (r < 0)
		return r;
	list = member(o, "annotations", json_type_object);
	if (list)
		r = apply(list, annotation_of, ret);
	json_object_put(o);
	return r;
}

int containers_parse_docker(const char *buf, size_t len, struct container_state *ret)
{
	struct json_object *o;
	const char *name;
	int r = parse(buf, len, json_type_object, &o);

	if (r < 0)
		return r;
	name = text_of(member(o, "Name", json_type_string));
	if (name && *name == '/')
		name++;
	r = set_text(&ret->id, text_of(member(o, "ID", json_type_string)));
	if (r >= 0)
		r = set_text(&ret->name, name);
	json_object_put(o);
	return r < 0 ? r : ret->id ? 0 : -EPROTO;
}

static int add_name(struct container_names *names, struct json_object *o)
{
	struct json_object *list = member(o, "names", json_type_array);
	const char *id = text_of(member(o, "id", json_type_string));
	const char *name = list ? text_of(json_object_array_get_idx(list, 0)) : NULL;
	struct container_name pair = {0};
	int r;

	if (!id || !name)
		return 0;
	r = util_grow(&names->list, &names->room, names->nr, sizeof(*names->list));
	if (r >= 0)
		r = set_text(&pair.id, id);
	if (r >= 0)
		r = set_text(&pair.name, name);
	if (r >= 0 && pair.id && pair.name) {
		names->list[names->nr++] = pair;
		return 0;
	}
	free(pair.id);
	free(pair.name);
	return r;
}

int containers_parse_storage(const char *buf, size_t len, struct container_names *names)
{
	struct json_object *list;
	int r = parse(buf, len, json_type_array, &list);

	if (r < 0)
		return r;
	for (size_t i = 0; i < json_object_array_length(list) && r >= 0; i++)
		r = add_name(names, json_object_array_get_idx(list, i));
	json_object_put(list);
	return r;
}
