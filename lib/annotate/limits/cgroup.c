// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * cgroup.c - pids.max of a cgroup and of all above it: cgroup v1, v2, or both side by side.
 *
 * The path of a cgroup is told relative to the reader's cgroup namespace, and a mount may show only a
 * part of its tree. What lies outside of both is said to be out of sight. Each cgroup is read once.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "hierarchy.h"
#include "parse.h"
#include "base/file.h"
#include "base/map.h"
#include "base/proc.h"
#include "base/root.h"
#include "core/snapshot.h"

#define PROC_MAGIC	  0x9fa0	       /* linux/magic.h */
#define INITIAL_CGROUP_NS UINT64_C(4026531835) /* PROC_CGROUP_INIT_INO */

struct node {
	struct node *parent;
	struct node *same_hash; /* another one */
	const struct hierarchy *hierarchy;
	const struct pidns_limit *limit; /* NULL: it has none */
	uint64_t list;			 /* the last list it was added to */
	uint32_t place;			 /* among all, + 1 */
	char path[];
};

struct limits_cgroups {
	struct hierarchy v1, v2;
	struct node **nodes;
	size_t nr, room;
	struct map by_hash; /* of path and hierarchy: place + 1 */
	struct map by_id;   /* of those whose id is known: place + 1 */
	uint64_t list;
	int view;	 /* the root directory of the machine that is asked; -1: "/" */
	bool is_fixture; /* not the kernel's own procfs: then its cgroups are none of the kernel's */
	bool is_private; /* the caller's cgroup namespace begins below the root of all cgroups */
	const struct pidns_limit *of_hidden; /* of tasks that do not say which cgroup is theirs */
	uint64_t hidden_list;		     /* the last list that was added to */
};

/* ---- mounts ---------------------------------------------------------------------------------- */

/* The mounts of the machine that is asked: its init has them all. The caller has another root there, and is
 * not in each procfs. */
static int read_mounts(struct limits *l, char **ret_text, size_t *ret_len)
{
	struct limits_cgroups *c = l->cgroups;
	int r = -ENOENT;

	if (l->a->root < 0)
		r = file_read_whole(l->a->procfs, "self/mountinfo", ANNOTATE_READ_MAX, ret_text,
				    ret_len);
	if (r != -ENOENT)
		return r;
	c->view = l->a->root < 0 ? openat(l->a->procfs, "1/root", O_PATH | O_DIRECTORY | O_CLOEXEC)
				 : fcntl(l->a->root, F_DUPFD_CLOEXEC, 0);
	if (c->view < 0)
		return r;
	return file_read_whole(l->a->procfs, "1/mountinfo", ANNOTATE_READ_MAX, ret_text, ret_len);
}

static int find_mounts(struct limits *l)
{
	_cleanup_free_ char *text = NULL;
	struct limits_cgroups *c = l->cgroups;
	const char *cursor, *end;
	struct proc_mount mount;
	size_t len = 0;
	int r = read_mounts(l, &text, &len);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	cursor = text;
	end = text + len;
	while (r >= 0 && proc_next_mount(&cursor, end, &mount)) {
		r = hierarchy_consider(&c->v1, &mount, c->view, c->is_fixture);
		if (r >= 0)
			r = hierarchy_consider(&c->v2, &mount, c->view, c->is_fixture);
	}
	return r;
}

/* Before Linux 4.6 there is one for all. */
static bool has_private_namespace(const struct limits *l, const struct limits_cgroups *c)
{
	uint64_t ino = limits_read_link(l->a->procfs, "self/ns/cgroup", "cgroup");

	if (!ino && (c->is_fixture || l->own_ns))
		return false;
	return ino != INITIAL_CGROUP_NS;
}

int limits_cgroup_open(struct limits *l)
{
	struct limits_cgroups *c = calloc(1, sizeof(*c));
	struct statfs fs;

	if (!c)
		return -ENOMEM;
	l->cgroups = c;
	c->v1.fd = c->v2.fd = c->view = -1;
	c->v2.is_v2 = true;
	c->is_fixture = fstatfs(l->a->procfs, &fs) < 0 || fs.f_type != PROC_MAGIC;
	c->is_private = has_private_namespace(l, c);
	return find_mounts(l);
}

void limits_cgroup_close(struct limits *l)
{
	struct limits_cgroups *c = l->cgroups;

	if (!c)
		return;
	util_closep(&c->view);
	hierarchy_clear(&c->v1);
	hierarchy_clear(&c->v2);
	for (size_t i = 0; i < c->nr; i++)
		free(c->nodes[i]);
	map_clear(&c->by_hash);
	map_clear(&c->by_id);
	free(c->nodes);
	free(c);
}

/* ---- one cgroup ------------------------------------------------------------------------------ */

/* How often it was this limit that refused. Where forks are refused by an ancestor, pids.events of
 * v1 and of older kernels counts that, too: there is nothing better. */
static void read_hits(const struct hierarchy *h, struct text below, struct pidns_limit *limit)
{
	static const char *const files[] = {"pids.events.local", "pids.events", "pids.failcnt"};
	char buf[256];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		ssize_t len = hierarchy_read(h, below, files[i], buf, sizeof(buf));

		if (len < 0 || limits_parse_events(buf, (size_t)len, &limit->hits) < 0)
			continue;
		limit->known |= PIDNS_LIMIT_HITS;
		return;
	}
}

static int add_unreadable(struct limits *l, struct node *node, struct text below)
{
	node->limit = limits_new(l, PIDNS_LIMIT_CGROUP_PIDS, EAGAIN,
				 "%s%.*s/pids.max, which cannot be read",
				 node->hierarchy->mount_point, (int)below.len, below.text);
	return node->limit ? 0 : -ENOMEM;
}

/* 0 also where the controller is off or sets no limit. */
static int read_limit(struct limits *l, struct node *node, struct text below)
{
	const struct hierarchy *h = node->hierarchy;
	struct pidns_limit *limit;
	uint64_t max;
	char buf[64];
	ssize_t len = hierarchy_read(h, below, "pids.max", buf, sizeof(buf));

	int has_max = len > 0 ? limits_parse_max(buf, (size_t)len, &max) : -EPROTO;

	if (len == -ENOENT && hierarchy_id(h, below))
		return 0;
	if (has_max < 0)
		return add_unreadable(l, node, below);
	if (!has_max)
		return 0;
	limit = limits_new(l, PIDNS_LIMIT_CGROUP_PIDS, EAGAIN, "%s%.*s/pids.max", h->mount_point,
			   (int)below.len, below.text);
	if (!limit)
		return -ENOMEM;
	limit->max = max;
	limit->known = PIDNS_LIMIT_MAX;
	len = hierarchy_read(h, below, "pids.current", buf, sizeof(buf));
	if (len > 0 && limits_parse_number(buf, (size_t)len, &limit->used) == 0)
		limit->known |= PIDNS_LIMIT_USED;
	read_hits(h, below, limit);
	node->limit = limit;
	return 0;
}

/* ---- each once ------------------------------------------------------------------------------- */

static uint64_t hash_of(const struct hierarchy *h, struct text path)
{
	return util_hash(FNV_START, path.text, path.len) + h->is_v2;
}

static struct node *node_find(const struct limits_cgroups *c, const struct hierarchy *h,
			      struct text path)
{
	uint32_t at = map_get(&c->by_hash, hash_of(h, path));
	struct node *node = at ? c->nodes[at - 1] : NULL;

	while (node && (node->hierarchy != h || strlen(node->path) != path.len ||
			memcmp(node->path, path.text, path.len)))
		node = node->same_hash;
	return node;
}

static int node_new(struct limits_cgroups *c, const struct hierarchy *h, struct text path,
		    struct node **ret_node)
{
	uint64_t hash = hash_of(h, path);
	uint32_t at = map_get(&c->by_hash, hash);
	struct node *node = calloc(1, sizeof(*node) + path.len + 1);

	if (!node || util_grow(&c->nodes, &c->room, c->nr, sizeof(*c->nodes)) < 0 ||
	    map_put(&c->by_hash, hash, (uint32_t)c->nr + 1) < 0) {
		free(node);
		return -ENOMEM;
	}
	memcpy(node->path, path.text, path.len);
	node->hierarchy = h;
	node->same_hash = at ? c->nodes[at - 1] : NULL;
	c->nodes[c->nr++] = node;
	node->place = (uint32_t)c->nr;
	*ret_node = node;
	return 0;
}

/* What no cgroup has for a path stands for those above the mount. */
static const struct text above_mount = {"", 0};

static int node_get_above(struct limits *l, const struct hierarchy *h, struct node **ret_node)
{
	struct node *node = node_find(l->cgroups, h, above_mount);
	int r = 0;

	if (!node) {
		r = node_new(l->cgroups, h, above_mount, &node);
		if (r >= 0 && !hierarchy_is_whole(h)) {
			node->limit = limits_new(l, PIDNS_LIMIT_CGROUP_PIDS, EAGAIN,
						 "pids.max of the cgroups above %s, which are out "
						 "of sight",
						 h->mount_point);
			r = node->limit ? 0 : -ENOMEM;
		}
	}
	if (r >= 0)
		*ret_node = node;
	return r;
}

/* The cgroup above; without text: it is the top of the mount. */
static struct text path_above(struct text path, struct text below)
{
	size_t rest = below.len;

	if (!rest)
		return above_mount;
	while (rest && below.text[rest - 1] != '/')
		rest--;
	rest = rest ? rest - 1 : 0;
	path.len -= below.len - rest;
	return path.len ? path : (struct text){"/", 1};
}

/* A cgroup that cannot be looked at. The root has no limit, seen or not. */
static int node_get_elsewhere(struct limits *l, const struct hierarchy *h, struct text path,
			      struct node **ret_node)
{
	struct node *node;
	int r = node_new(l->cgroups, h, path, &node);

	if (r < 0)
		return r;
	*ret_node = node;
	if (path.len == 1 && !l->cgroups->is_private)
		return 0;
	node->limit = limits_new(l, PIDNS_LIMIT_CGROUP_PIDS, EAGAIN,
				 "pids.max of cgroup %s, which no mount in sight shows",
				 node->path);
	return node->limit ? 0 : -ENOMEM;
}

/* Goes down from the first ancestor that is known to the cgroup itself, whose path is bounded by
 * what /proc can tell, a page. */
static int node_get(struct limits *l, const struct hierarchy *h, struct text path,
		    struct node **ret_node)
{
	struct node *node = node_find(l->cgroups, h, path), *parent = NULL;
	struct text below;
	int r;

	if (node) {
		*ret_node = node;
		return 0;
	}
	if (!h->mount_point || limits_below_root(path, h->root, &below) < 0)
		return node_get_elsewhere(l, h, path, ret_node);
	if (below.len)
		r = node_get(l, h, path_above(path, below), &parent);
	else
		r = node_get_above(l, h, &parent);
	if (r >= 0)
		r = node_new(l->cgroups, h, path, &node);
	if (r < 0)
		return r;
	node->parent = parent;
	*ret_node = node;
	return read_limit(l, node, below);
}

/* ---- a task's -------------------------------------------------------------------------------- */

void limits_cgroup_begin(struct limits *l)
{
	l->cgroups->list++;
}

/* Whatever is above one that is in the list is in it, too. */
static int add_node(struct limits *l, struct node *node)
{
	int r = 0;

	for (; r >= 0 && node && node->list != l->cgroups->list; node = node->parent) {
		node->list = l->cgroups->list;
		r = limits_add(l, node->limit);
	}
	return r;
}

static int add_path(struct limits *l, const struct hierarchy *h, struct text path)
{
	struct node *node;
	int r = node_get(l, h, path, &node);

	return r < 0 ? r : add_node(l, node);
}

static bool has_id(const struct node *node, uint64_t id)
{
	const struct hierarchy *h = node->hierarchy;
	struct text below, path = {node->path, strlen(node->path)};

	return h->mount_point && limits_below_root(path, h->root, &below) >= 0 &&
	       hierarchy_id(h, below) == id;
}

/* The cgroup that counts PIDs is the one of the path, or in the unified hierarchy one above. It is neither
 * where the process has moved since its id was told. */
static int remember_id(struct limits *l, const struct hierarchy *h, struct text path, uint64_t id)
{
	const struct node *node = node_find(l->cgroups, h, path);

	while (node && !has_id(node, id))
		node = node->parent;
	return node ? map_put(&l->cgroups->by_id, id, node->place) : 0;
}

static int add_hidden(struct limits *l)
{
	struct limits_cgroups *c = l->cgroups;

	if (c->hidden_list == c->list)
		return 0;
	c->hidden_list = c->list;
	if (!c->of_hidden)
		c->of_hidden = limits_new(l, PIDNS_LIMIT_CGROUP_PIDS, EAGAIN,
					  "pids.max of cgroups whose tasks do not show them");
	return c->of_hidden ? limits_add(l, c->of_hidden) : -ENOMEM;
}

/* By its file. id: of the one that counts its PIDs, or 0. */
static int add_by_file(struct limits *l, int32_t pid, uint64_t id)
{
	struct text in_v1 = {NULL, 0}, in_v2 = {NULL, 0}, path;
	const struct hierarchy *h;
	struct proc_cgroup cgroup;
	const char *cursor, *end;
	char buf[16384], name[32];
	ssize_t len;
	int r;

	snprintf(name, sizeof(name), "%" PRId32 "/cgroup", pid);
	len = file_read_once(l->a->procfs, name, buf, sizeof(buf));
	if (len <= 0)
		return limits_is_gone(len) ? 0 : add_hidden(l);
	cursor = buf;
	end = buf + len;
	while ((r = proc_next_cgroup(&cursor, end, &cgroup)) > 0) {
		if (!cgroup.hierarchy)
			in_v2 = cgroup.path;
		else if (text_list_has(cgroup.controllers, "pids"))
			in_v1 = cgroup.path;
	}
	if (r < 0)
		return add_hidden(l);
	/* A controller is in one hierarchy only. */
	h = in_v1.text ? &l->cgroups->v1 : &l->cgroups->v2;
	path = in_v1.text ? in_v1 : in_v2;
	r = path.text ? add_path(l, h, path) : 0;
	return r >= 0 && path.text && id ? remember_id(l, h, path, id) : r;
}

int limits_cgroup_add(struct limits *l, int32_t pid)
{
	const struct task_extra *extra = snapshot_extra(l->a->snapshot, pid);
	uint32_t at = extra && extra->cgroup ? map_get(&l->cgroups->by_id, extra->cgroup) : 0;

	if (at)
		return add_node(l, l->cgroups->nodes[at - 1]);
	return add_by_file(l, pid, extra ? extra->cgroup : 0);
}
