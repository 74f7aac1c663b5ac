/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * containers.h - the rooms of the annotator that says which container a namespace is.
 *
 * containers.c decides. Pure parsers, bytes in and values out: annotate/containers/cgroup.c (what a path of
 * cgroups says), annotate/containers/machine.c (machined's files), annotate/containers/state.c (JSON of the engines;
 * annotate/containers/state-none.c stands in where there is no json-c). annotate/containers/index.c lists the state
 * files there are, annotate/containers/names.c looks names up by id, annotate/containers/members.c asks who else is in
 * a cgroup, annotate/containers/upward.c what a path means that leads out of sight, annotate/containers/task.c who made a namespace, annotate/containers/lxc.c by which name its monitor
 * listens, and annotate/containers/files.c opens what the others read.
 */
#ifndef PIDNS_CONTAINERS_H
#define PIDNS_CONTAINERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "annotate/annotate.h"
#include "base/map.h"
#include "base/proc.h"

/* Where the machine's files are: "/" and root's, or a fixture's folder and its owner. */
struct containers_source {
	int root;
	uid_t owner;
};

/* As the annotator, with another machine's files. */
int containers_annotate(struct annotation *a, const struct containers_source *source);

/* ---- annotate/containers/cgroup.c ---------------------------------------------------------------------- */

/* Values of cgroup_place.shape: what the innermost container's part of the path is like. */
#define CGROUP_SHAPE_NONE    0 /* there is none */
#define CGROUP_SHAPE_ENGINE  1 /* an id of 64 hexadecimal digits where an engine puts it */
#define CGROUP_SHAPE_LXC     2 /* a name where liblxc puts it */
#define CGROUP_SHAPE_MACHINE 3 /* a scope called after a machine */
#define CGROUP_SHAPE_APP     4 /* a scope called after an application, of flatpak */

/* What the cgroups of a task say. Texts point into the buffer that was parsed. */
struct cgroup_place {
	uint32_t shape;
	struct text controllers; /* of the line that says most: "" in the unified hierarchy */
	struct text path;
	size_t container_len; /* so much of the path is the innermost container's own; or 0 */
	const char *runtime;  /* NULL: such paths have more than one engine */
	char id[65];	      /* "": none */
	char name[256];
	bool name_may_differ; /* it ends in what liblxc adds where a name is taken */
	char pod[65];	      /* uid, or podman's id */
	bool is_nested;	      /* there is another container around it */
	char service[256];    /* the innermost unit, inside the innermost container; "": none */
	size_t service_len;   /* so much of the path is that unit's */
	int mount;	      /* which the path begins at; -1: where the source's hierarchies are */
};

/* /proc/PID/cgroup, cgroups(7). 0; -EPROTO: not such a file, or its lines contradict each other. */
int containers_parse_cgroup(const char *buf, size_t len, struct cgroup_place *ret);
/* How much of the path there is down to that component; 0: it has none that is called so. */
size_t containers_path_find(struct text path, const char *unit);

/* ---- annotate/containers/upward.c ---------------------------------------------------------------------- */

/* What a path means that leads above the reader's cgroup namespace; begins as {.mount = -1}. */
struct upward {
	bool is_known; /* found out, when it is first needed */
	int mount;     /* of the unified hierarchy, from above; -1: there is none */
	size_t depth;  /* so many levels above the root of the reader's namespace */
	char *own;     /* that root's path in it; NULL: not known */
};

void containers_upward_close(struct upward *u);
/* Write such a path in full, in what /proc/PID/cgroup said. 1: it begins at u->mount now; 0: it is none, or
 * nothing in sight tells; -ENOMEM. *text must be NUL-terminated. */
int containers_upward_resolve(const struct annotation *a, struct upward *u, char **text,
			      size_t *len);

/* ---- annotate/containers/machine.c --------------------------------------------------------------------- */

/* A file of /run/systemd/machines. "": not said. */
struct machine {
	int32_t leader;
	bool is_container;
	char name[65];
	char service[65]; /* what registered it: "systemd-nspawn", "libvirt-lxc" */
	char unit[256];
	char id[33];  /* the machine id */
	uint32_t uid; /* the user who registered it. Since systemd 258; else 0 */
};

/* 0; -EPROTO: without a name, a unit and a leader; ret untouched. */
int containers_parse_machine(const char *buf, size_t len, struct machine *ret);

/* ---- annotate/containers/state.c ----------------------------------------------------------------------- */

/* What a state file says. Strings are owned; NULL: not said. */
struct container_state {
	int32_t pid;
	uint64_t start_ticks; /* of the init, as /proc/PID/stat has it */
	const char *runtime;  /* static */
	char *id;
	char *name;
	char *pod;
	uint32_t same_pid; /* of another one with that pid: place + 1 */
};

void container_state_clear(struct container_state *state);

/*
 * Each parses one file, takes `ret` empty but for what is said here, and gives 0, -ENOMEM, -EPROTO,
 * or -EOPNOTSUPP in a build without json-c. On failure too the caller clears it.
 */
/* runc's state.json. ret->runtime: the engine of that folder; podman and cri-o are told apart by
 * it. */
int containers_parse_runc(const char *buf, size_t len, struct container_state *ret);
/* crun's status: pid and start. */
int containers_parse_crun(const char *buf, size_t len, struct container_state *ret);
/* config.json of a bundle: annotations. ret as above. */
int containers_parse_bundle(const char *buf, size_t len, struct container_state *ret);
/* docker's config.v2.json: id and name. */
int containers_parse_docker(const char *buf, size_t len, struct container_state *ret);

/* The names that podman's storage has for ids. */
struct container_names {
	struct container_name {
		char *id;
		char *name;
	} * list;
	size_t nr, room;
};

/* containers.json: adds to *names. 0, -ENOMEM, -EPROTO, -EOPNOTSUPP; what was added remains. */
int containers_parse_storage(const char *buf, size_t len, struct container_names *names);
/* Is there a parser at all? */
bool containers_has_parser(void);

/* ---- annotate/containers/files.c ----------------------------------------------------------------------- */

#define CONTAINERS_STATE_MAX   ((size_t)1 << 20)
#define CONTAINERS_STORAGE_MAX ((size_t)16 << 20)

/* A directory that none but the source's owner can write to. A descriptor, or -Exxx. */
int containers_open_dir(const struct containers_source *source, int dir, const char *path);
/* A regular file of the source's owner, writable by the owner only, and no link. 0 with what
 * the caller frees, or -Exxx; -EFBIG above `max`. */
int containers_read_state(const struct containers_source *source, int dir, const char *path,
			  size_t max, char **ret_buf, size_t *ret_len);

/* ---- annotate/containers/index.c ----------------------------------------------------------------------- */

/* All state files of the machine, by the pid of the init they name. */
struct containers_index {
	struct container_state *states;
	size_t nr_states, room_states;
	struct machine *machines;
	size_t nr_machines, room_machines;
	struct map by_pid, by_leader; /* place + 1 */
};

/* 0 or -ENOMEM; to be freed in any case. */
int containers_index_read(struct containers_index *index, const struct containers_source *source);
void containers_index_free(struct containers_index *index);
/* The state file of the container whose init this is; NULL: there is none. */
const struct container_state *containers_index_find(const struct containers_index *index,
						    int32_t pid, uint64_t start_ticks);
/* The machine whose leader this is, and whose unit it is in. */
const struct machine *containers_index_find_machine(const struct containers_index *index,
						    int32_t pid, struct text path);

/* ---- annotate/containers/names.c ----------------------------------------------------------------------- */

/* The name that docker has for an id, to be freed; NULL: not known. 0 or -ENOMEM. */
int containers_name_of_docker(const struct containers_source *source, const char *id,
			      char **ret_name);
/* All names of podman, by id; to be freed in any case. 0 or -ENOMEM. */
int containers_names_read(const struct containers_source *source, struct container_names *names);
const char *containers_names_find(const struct container_names *names, const char *id);
void containers_names_free(struct container_names *names);

/* ---- annotate/containers/members.c --------------------------------------------------------------------- */

/* Is the reaper where a container's init is, and do all tasks there live in its namespace or below?
 * Then the container that the cgroup was made for has this namespace for its own. 1, 0, or -ENOMEM. */
int containers_members_are_of(const struct annotation *a, const struct containers_source *source,
			      const struct cgroup_place *place, const struct pidns_ns *ns);
/* Can an ordinary user have made the folder at the end of these `len` bytes of the path, and so its name? 1
 * with the owner of the first folder that is not the source's owner's alone; 0; -Exxx. */
int containers_cgroup_is_users(const struct containers_source *source,
			       const struct cgroup_place *place, size_t len, uid_t *ret_uid);

/* ---- annotate/containers/task.c ------------------------------------------------------------------------ */

/* A descriptor of /proc/PID, or -Exxx. */
int containers_open_task(const struct annotation *a, int32_t pid);
/* /proc/PID/stat. 0, -Exxx. */
int containers_read_stat(int dir, struct proc_stat *ret);

/* Who made a namespace: the parent of its reaper, where it cannot have been given to another. */
struct maker {
	char comm[PROC_COMM_SIZE]; /* "": not known */
	int32_t pid;		   /* 0: not known */
	bool is_root;
};

/* 0, with no comm where that cannot be told, or -ENOMEM. */
int containers_find_maker(const struct annotation *a, const struct containers_source *source,
			  int reaper_dir, struct maker *ret);
/* Of which runtime that program is; NULL: of none. */
const char *containers_made_by(const struct maker *maker);

/* ---- annotate/containers/lxc.c ------------------------------------------------------------------------- */

/* The sockets that may be monitors', read once a snapshot, when they are first needed. */
struct lxc_sockets {
	bool is_read;
	struct lxc_socket *list; /* by inode */
	size_t nr, room;
};

void containers_lxc_free(struct lxc_sockets *sockets);
/*
 * The name of the container whose cgroup is called "NAME", or "NAME-1" where the first was taken: its maker
 * listens by it. 0 with NULL where that cannot be told, or -ENOMEM. Good until containers_lxc_free().
 */
int containers_lxc_name(const struct annotation *a, struct lxc_sockets *sockets, int reaper_dir,
			const struct maker *maker, const char *cgroup, const char **ret_name);

#endif /* PIDNS_CONTAINERS_H */
