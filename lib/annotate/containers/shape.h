/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shape.h - what one component of a cgroup's path says. Implemented in shape.c. */
#ifndef PIDNS_CONTAINERS_SHAPE_H
#define PIDNS_CONTAINERS_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/proc.h"

/* A container's component of a path. */
struct found {
	uint32_t shape;
	const char *runtime;
	struct proc_text text; /* the id or the name */
	struct proc_text pod;
	size_t end; /* in the path */
};

/* While a path is walked. */
struct walk {
	struct proc_text above;	 /* the component above that */
	struct proc_text before; /* the component above */
	struct proc_text pod;
	bool is_kubelets;
};

bool shape_is_text(struct proc_text t, const char *text);
/* Cut it off, if it is there. */
bool shape_strip_start(struct proc_text *t, const char *start);
bool shape_strip_end(struct proc_text *t, const char *end);
bool shape_is_hex(char c);
bool shape_is_digit(char c);

/* Is it a container's? */
bool shape_find_container(struct walk *w, struct proc_text c, struct found *ret);
/* Or a pod's: to be kept in *w. */
void shape_find_pod(struct walk *w, struct proc_text c);

#endif /* PIDNS_CONTAINERS_SHAPE_H */
