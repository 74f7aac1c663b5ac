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
	struct text text; /* the id or the name */
	struct text pod;
	size_t end; /* in the path */
};

/* While a path is walked. */
struct walk {
	struct text above;  /* the component above that */
	struct text before; /* the component above */
	struct text pod;
	bool is_kubelets;
};

/* Is it a container's? */
bool shape_find_container(struct walk *w, struct text c, struct found *ret);
/* Or a pod's: to be kept in *w. */
void shape_find_pod(struct walk *w, struct text c);

#endif /* PIDNS_CONTAINERS_SHAPE_H */
