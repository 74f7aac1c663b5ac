/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe.h - the notes on a namespace, and the words for them: containers, limits, pins. */
#ifndef PIDNS_DESCRIBE_H
#define PIDNS_DESCRIBE_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is that (PIDNS_NOTE_*) known of it? */
bool describe_has(const struct pidns_ns *ns, uint64_t bit);
/* NULL: it is none, or that is not known. */
const struct pidns_container *describe_container(const struct pidns_ns *ns);
/* Those of a namespace, the fullest first. Returns how many; none where they are not known. */
size_t describe_limits(const struct pidns_ns *ns, const struct pidns_limit *const **ret_list);
/* The first of them that stops fork(2), or of one that stops the making of namespaces and is reached; NULL:
 * none. */
const struct pidns_limit *describe_nearest(const struct pidns_limit *const *limits, size_t nr);
/* How many things keep it alive, those counted together each for itself. */
uint64_t describe_count_pins(const struct pidns_ns *ns);

/* What a parent does about SIGCHLD, PIDNS_SIGCHLD_*; NULL: not known. */
const char *describe_sigchld(uint32_t sigchld);

/* The numbers of a limit, "-" where they are not known. */
struct limit_words {
	const char *kind, *error, *source;
	char used[24], max[24], percent[24];
	char hits[48];	     /* ", refused 3 so far", or "" */
	const char *holders; /* its users, or "" … */
	char in[64];	     /* … and what goes before them: "; in them: " */
};

void describe_limit(const struct pidns_limit *limit, struct limit_words *ret);
bool describe_is_at_least(const struct pidns_limit *limit);

/* Does the pin have a descriptor? */
bool describe_pin_has_fd(const struct pidns_pin *pin);
/* The pin beside its kind: its holder, where, and how many more there are. Paths in it are
 * untrusted. The caller frees it; NULL: no memory. */
char *describe_pin(const struct pidns_pin *pin);

/* The library's words; "other" for what it does not know. */
const char *describe_limit_name(const struct pidns_limit *limit);
const char *describe_pin_name(const struct pidns_pin *pin);

/* By its name; else its id, as far as people need to tell it from others; else its runtime. */
const char *describe_container_name(const struct pidns_container *container, size_t *ret_len);
/* The same as it is shown: a runtime, which is no name, in parentheses; and behind what an ordinary user
 * could have made up, that user. The length, for it is not NUL-terminated where it is cut off. */
#define DESCRIBE_LABEL_MAX 320
size_t describe_container_label(const struct pidns_container *container,
				char label[DESCRIBE_LABEL_MAX]);

#endif /* PIDNS_DESCRIBE_H */
