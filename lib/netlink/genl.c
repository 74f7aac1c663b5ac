// SPDX-License-Identifier: LGPL-2.1-or-later
/* genl.c - messages of the generic netlink family "pidns": attributes to facts. */
#include "genl.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/pidns.h>
#include <string.h>

/*
 * A task has some twenty attributes, and going through them is most of what a dump of tasks costs on
 * this side: so what is done for each is inlined, for the table at hand, and its state kept in locals.
 */
#define INLINE static inline __attribute__((always_inline))

/* ---- attributes ------------------------------------------------------------------------------ */

struct attr {
	uint16_t type; /* flags included: none of ours has any */
	uint16_t len;  /* of the value */
	const unsigned char *value;
};

struct walk {
	const unsigned char *at;
	size_t left;
};

/* 1 and the next attribute; 0 at the end; -EPROTO: what is left is no attribute. */
INLINE int next_attr(struct walk *walk, struct attr *ret)
{
	struct nlattr head;
	size_t step, len;

	if (walk->left < sizeof(head))
		return walk->left ? -EPROTO : 0;
	memcpy(&head, walk->at, sizeof(head));
	/* Less than its own head wraps around, to more than there can be. */
	len = (size_t)head.nla_len - sizeof(head);
	if (len > walk->left - sizeof(head))
		return -EPROTO;
	*ret = (struct attr){
		.type = head.nla_type,
		.len = (uint16_t)len,
		.value = walk->at + sizeof(head),
	};
	/* The padding of the last one may be left out. */
	step = NLA_ALIGN(head.nla_len);
	step = step < walk->left ? step : walk->left;
	walk->at += step;
	walk->left -= step;
	return 1;
}

/* The kernel's "uint": four bytes where the value fits, else eight. */
INLINE int read_uint(const struct attr *attr, uint64_t *ret)
{
	uint32_t narrow;

	if (attr->len == sizeof(narrow)) {
		memcpy(&narrow, attr->value, sizeof(narrow));
		*ret = narrow;
		return 0;
	}
	if (attr->len != sizeof(*ret))
		return -EPROTO;
	memcpy(ret, attr->value, sizeof(*ret));
	return 0;
}

/* ---- one value, one field -------------------------------------------------------------------- */

enum kind {
	NONE, /* not in a reply, or nothing we keep */
	U64,
	U32,
	NUMBER,	     /* of a task or group: 0 … INT32_MAX */
	TASK_NUMBER, /* 1 … INT32_MAX */
	NS_STATE,    /* to PIDNS_STATE_* */
	LETTER,	     /* proc(5) has it */
	REPEATED,    /* left to the caller */
};

/* Where an attribute goes: a row for each type. */
struct attr_place {
	enum kind kind;
	uint64_t known; /* the bit that its presence sets; 0: none */
	size_t offset;
};

static const uint32_t ns_states[] = {
	[PIDNS_NS_STATE_ALIVE] = PIDNS_STATE_ALIVE,
	[PIDNS_NS_STATE_UNBORN] = PIDNS_STATE_UNBORN,
	[PIDNS_NS_STATE_DYING] = PIDNS_STATE_DYING,
	[PIDNS_NS_STATE_DEAD] = PIDNS_STATE_DEAD,
	[PIDNS_NS_STATE_ZOMBIE_INIT] = PIDNS_STATE_ZOMBIE_INIT,
};

static const struct {
	uint64_t min, max;
} ranges[] = {
	[U64] = {0, UINT64_MAX},	[U32] = {0, UINT32_MAX},     [NUMBER] = {0, INT32_MAX},
	[TASK_NUMBER] = {1, INT32_MAX}, [NS_STATE] = {0, INT32_MAX}, [LETTER] = {' ' + 1, 0x7e},
};

INLINE int check_range(enum kind kind, uint64_t value)
{
	return value >= ranges[kind].min && value <= ranges[kind].max ? 0 : -EPROTO;
}

/* A state that only a newer kernel knows is left unknown. */
INLINE int store(const struct attr_place *field, const struct attr *attr, void *record,
		 uint64_t *known)
{
	unsigned char *at = (unsigned char *)record + field->offset;
	uint64_t value;
	uint32_t narrow;
	int r = read_uint(attr, &value);

	if (r >= 0)
		r = check_range(field->kind, value);
	if (r < 0)
		return r;
	narrow = (uint32_t)value;
	if (field->kind == NS_STATE) {
		if (value >= ARRAY_SIZE(ns_states))
			return 0;
		narrow = ns_states[value];
	}
	if (field->kind == U64)
		memcpy(at, &value, sizeof(value));
	else
		memcpy(at, &narrow, sizeof(narrow));
	*known |= field->known;
	return 0;
}

/*
 * Attributes up to the first that the table has not: 1, and it is in *ret; 0 at the end. `seen` has a
 * bit for each type that was met; a second one is nonsense.
 */
INLINE int store_next(struct walk *walk, const struct attr_place *fields, size_t nr_fields,
		      uint64_t *seen, void *record, uint64_t *known, struct attr *ret)
{
	int r;

	while ((r = next_attr(walk, ret)) > 0) {
		const struct attr_place *field = ret->type < nr_fields ? &fields[ret->type] : NULL;

		if (!field) {
			/* A known type in disguise is no newer kernel's. */
			if (ret->type & ~NLA_TYPE_MASK && (ret->type & NLA_TYPE_MASK) < nr_fields)
				return -EPROTO;
			continue;
		}
		if (field->kind == REPEATED)
			return 1;
		if (field->kind == NONE)
			continue;
		if (*seen & UINT64_C(1) << ret->type)
			return -EPROTO;
		*seen |= UINT64_C(1) << ret->type;
		r = store(field, ret, record, known);
		if (r < 0)
			return r;
	}
	return r;
}

static bool has_seen(uint64_t seen, unsigned int type)
{
	return seen & UINT64_C(1) << type;
}

/* ---- namespaces ------------------------------------------------------------------------------ */

#define AT(member) offsetof(struct raw_ns, member)

static const struct attr_place ns_fields[] = {
	[PIDNS_A_NS_COOKIE] = {U64, PIDNS_NS_COOKIE, AT(cookie)},
	[PIDNS_A_NS_INO] = {U64, PIDNS_NS_INO, AT(ino)},
	[PIDNS_A_NS_PARENT_INO] = {U64, PIDNS_NS_PARENT, AT(parent_ino)},
	[PIDNS_A_NS_LEVEL] = {U32, PIDNS_NS_LEVEL, AT(level)},
	[PIDNS_A_NS_STATE] = {NS_STATE, PIDNS_NS_STATE, AT(state)},
	[PIDNS_A_NS_REAPER] = {TASK_NUMBER, PIDNS_NS_REAPER, AT(reaper)},
	[PIDNS_A_NS_REAPER_START] = {U64, PIDNS_NS_REAPER_START, AT(reaper_start_ns)},
	[PIDNS_A_NS_USED] = {U32, PIDNS_NS_PIDS_USED, AT(pids_used)},
	[PIDNS_A_NS_PEAK] = {U32, PIDNS_NS_PIDS_PEAK, AT(pids_peak)},
	[PIDNS_A_NS_FAILURES] = {U64, PIDNS_NS_ALLOC_FAILURES, AT(alloc_failures)},
	[PIDNS_A_NS_LAST_PID] = {NUMBER, PIDNS_NS_LAST_PID, AT(last_pid)},
	[PIDNS_A_NS_PID_MAX] = {U32, PIDNS_NS_PIDS_MAX, AT(pids_max)},
	[PIDNS_A_NS_OWNER_UID] = {U32, PIDNS_NS_OWNER_UID, AT(owner_uid)},
	[PIDNS_A_NS_OWNER_NS] = {U64, PIDNS_NS_OWNER_NS, AT(owner_ns)},
	[PIDNS_A_NS_PROCESSES] = {U32, PIDNS_NS_PROCESSES, AT(processes)},
	[PIDNS_A_NS_THREADS] = {U32, PIDNS_NS_THREADS, AT(threads)},
	[PIDNS_A_NS_ZOMBIES] = {U32, PIDNS_NS_ZOMBIES, AT(zombies)},
};

#undef AT

int genl_parse_ns(const void *attrs, size_t len, struct raw_ns *ret)
{
	struct walk walk = {attrs, len};
	struct attr attr;
	uint64_t seen = 0;
	int r;

	*ret = (struct raw_ns){0};
	r = store_next(&walk, ns_fields, ARRAY_SIZE(ns_fields), &seen, ret, &ret->known, &attr);
	if (r < 0)
		return r;
	/* Where none is told there is none, unless one has yet to come or go. */
	if (!has_seen(seen, PIDNS_A_NS_REAPER) &&
	    (ret->state == PIDNS_STATE_UNBORN || ret->state == PIDNS_STATE_DEAD))
		ret->known |= PIDNS_NS_REAPER;
	return ret->ino ? 0 : -EPROTO;
}

/* ---- tasks ----------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct genl_task, member)

static const struct attr_place task_fields[] = {
	[PIDNS_A_TASK_NS_INO] = {U64, 0, AT(raw.ns_ino)},
	[PIDNS_A_TASK_CHILDREN_NS_INO] = {U64, PIDNS_TASK_NS_FOR_CHILDREN,
					  AT(raw.ns_for_children_ino)},
	[PIDNS_A_TASK_TID] = {TASK_NUMBER, 0, AT(raw.tid)},
	[PIDNS_A_TASK_TGID] = {TASK_NUMBER, 0, AT(raw.pid)},
	[PIDNS_A_TASK_PPID] = {NUMBER, PIDNS_TASK_PPID, AT(raw.ppid)},
	[PIDNS_A_TASK_VPID] = {REPEATED, 0, 0},
	[PIDNS_A_TASK_VPGID] = {NUMBER, PIDNS_TASK_VPGID, AT(raw.vpgid)},
	[PIDNS_A_TASK_VSID] = {NUMBER, PIDNS_TASK_VSID, AT(raw.vsid)},
	[PIDNS_A_TASK_STATE] = {LETTER, PIDNS_TASK_STATE, AT(raw.state)},
	[PIDNS_A_TASK_UID] = {U32, PIDNS_TASK_UID, AT(raw.uid)},
	[PIDNS_A_TASK_RUID] = {U32, PIDNS_TASK_RUID, AT(raw.ruid)},
	[PIDNS_A_TASK_COMM] = {REPEATED, 0, 0},
	[PIDNS_A_TASK_START] = {U64, PIDNS_TASK_START, AT(raw.start_ns)},
	[PIDNS_A_TASK_CPU] = {U64, PIDNS_TASK_CPU, AT(thread_cpu_ns)},
	[PIDNS_A_TASK_GROUP_CPU] = {U64, PIDNS_TASK_CPU, AT(raw.cpu_ns)},
	[PIDNS_A_TASK_RSS] = {U64, PIDNS_TASK_RSS, AT(raw.rss_bytes)},
	[PIDNS_A_TASK_THREADS] = {U32, PIDNS_TASK_THREADS, AT(raw.threads)},
};

#undef AT

static int add_vpid(struct genl_task *task, const struct attr *attr)
{
	uint64_t value;

	if (task->raw.nr_vpids == ARRAY_SIZE(task->vpids) || read_uint(attr, &value) < 0 ||
	    check_range(TASK_NUMBER, value) < 0)
		return -EPROTO;
	task->vpids[task->raw.nr_vpids++] = (int32_t)value;
	return 0;
}

/* With its NUL, and none before. */
static int set_comm(struct genl_task *task, const struct attr *attr)
{
	if (task->raw.known & PIDNS_TASK_COMM || !attr->len || attr->len > sizeof(task->comm) ||
	    memchr(attr->value, '\0', attr->len) != attr->value + attr->len - 1)
		return -EPROTO;
	memcpy(task->comm, attr->value, attr->len);
	task->raw.known |= PIDNS_TASK_COMM;
	return 0;
}

int genl_parse_task(const void *attrs, size_t len, struct genl_task *ret)
{
	struct walk walk = {attrs, len};
	struct attr attr;
	uint64_t seen = 0, known = 0;
	int r;

	ret->raw = (struct raw_task){.vpids = ret->vpids, .comm = ret->comm};
	ret->thread_cpu_ns = 0;
	while ((r = store_next(&walk, task_fields, ARRAY_SIZE(task_fields), &seen, ret, &known,
			       &attr)) > 0) {
		r = attr.type == PIDNS_A_TASK_COMM ? set_comm(ret, &attr) : add_vpid(ret, &attr);
		if (r < 0)
			break;
	}
	if (r < 0)
		return r;
	ret->raw.known |= known;
	if (ret->raw.nr_vpids)
		ret->raw.known |= PIDNS_TASK_VPIDS;
	/* A thread that is not a leader has its own time only. */
	if (!has_seen(seen, PIDNS_A_TASK_GROUP_CPU))
		ret->raw.cpu_ns = ret->thread_cpu_ns;
	return ret->raw.pid && ret->raw.tid ? 0 : -EPROTO;
}

/* ---- occupancy ------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct genl_pidmap, member)

static const struct attr_place pidmap_fields[] = {
	[PIDNS_A_PIDMAP_NS_INO] = {U64, 0, AT(ns_ino)},
	[PIDNS_A_PIDMAP_BLOCK_SIZE] = {U32, 0, AT(block_size)},
	[PIDNS_A_PIDMAP_USED] = {REPEATED, 0, 0},
};

#undef AT

int genl_parse_pidmap(const void *attrs, size_t len, struct genl_pidmap *ret)
{
	struct walk walk = {attrs, len};
	struct attr attr;
	uint64_t seen = 0, known = 0, value;
	int r;

	ret->ns_ino = 0;
	ret->block_size = ret->nr_blocks = 0;
	while ((r = store_next(&walk, pidmap_fields, ARRAY_SIZE(pidmap_fields), &seen, ret, &known,
			       &attr)) > 0) {
		if (ret->nr_blocks == GENL_BLOCKS_MAX || read_uint(&attr, &value) < 0 ||
		    check_range(U32, value) < 0)
			return -EPROTO;
		ret->used[ret->nr_blocks++] = (uint32_t)value;
	}
	if (r < 0)
		return r;
	return ret->ns_ino && ret->block_size ? 0 : -EPROTO;
}
