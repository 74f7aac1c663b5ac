/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* look.h - struct pid and task_struct in pieces: what costs is each look, not what is seen by it. */
#ifndef PIDNS_BPF_LOOK_H
#define PIDNS_BPF_LOOK_H

#include "context.h"

/* What a struct pid says by itself. */
struct pid_look {
	const struct pid *pid;
	const struct task_struct *task; /* NULL: only a group or session has the number */
	const struct pid_namespace *own;
	uint64_t pidfd_ino;
	uint32_t level;
	int32_t number; /* in that namespace */
	bool is_leader;
};

/* What lies there in the piece of it that was read. A mask, as a branch has the verifier go both ways. */
static __always_inline uint64_t pid_piece_at(const struct scratch *n, uint32_t offset)
{
	return *(const uint64_t *)(n->pid_piece + (as_index(offset) & (PID_PIECE - 1)));
}

static __always_inline void look_at_pid(struct scratch *n, const struct pid *pid,
					struct pid_look *look)
{
	const uint32_t of_one = bpf_core_type_size(struct upid);
	const struct upid *upid;

	look->pid = pid;
	bpf_probe_read_kernel(n->pid_piece, as_index(n->pid.numbers + 2 * of_one) & (PID_PIECE - 1),
			      pid);
	look->level = (uint32_t)pid_piece_at(n, n->pid.level);
	look->task = link_task((const void *)pid_piece_at(n, n->pid.tasks));
	look->is_leader = pid_piece_at(n, n->pid.tasks + PIDTYPE_TGID * sizeof(void *));
	look->pidfd_ino = n->pid.ino ? pid_piece_at(n, n->pid.ino) : 0;
	if (look->level <= 1) {
		const uint32_t at = n->pid.numbers + look->level * of_one;

		look->number =
			(int32_t)pid_piece_at(n, at + bpf_core_field_offset(struct upid, nr));
		look->own =
			(const void *)pid_piece_at(n, at + bpf_core_field_offset(struct upid, ns));
		return;
	}
	upid = pid_upid(n, pid, look->level);
	look->number = BPF_CORE_READ(upid, nr);
	look->own = BPF_CORE_READ(upid, ns);
}

/*
 * Most of what is wanted of a task lies in two places, in all kernels so far: each is read in one
 * piece. What does not lie there, which is known when the program is loaded, is read by itself.
 */
static __always_inline uint32_t head_start(void)
{
	return bpf_core_field_offset(struct task_struct, __state) & ~7u;
}

static __always_inline uint32_t head_end(void)
{
	return bpf_core_field_offset(struct task_struct, se.sum_exec_runtime) + 8;
}

static __always_inline uint32_t body_start(void)
{
	return bpf_core_field_offset(struct task_struct, mm) & ~7u;
}

static __always_inline uint32_t body_end(void)
{
	return bpf_core_field_offset(struct task_struct, signal) + 8;
}

static __always_inline void read_piece(unsigned char *piece, uint32_t room,
				       const struct task_struct *task, uint32_t start, uint32_t end)
{
	uint64_t size = as_index(end - start);

	if (size > room)
		size = room;
	bpf_probe_read_kernel(piece, size, (const char *)task + start);
}

static __always_inline void look_at_task(struct scratch *n, const struct task_struct *task)
{
	read_piece(n->task_head, TASK_HEAD, task, head_start(), head_end());
	read_piece(n->task_body, TASK_BODY, task, body_start(), body_end());
}

/* Where the member at that offset is among what was read, or NULL. */
static __always_inline const void *find_piece(const struct scratch *n, uint32_t offset,
					      uint32_t size)
{
	uint64_t in_head = as_index(offset - head_start());
	uint64_t in_body = as_index(offset - body_start());

	if (in_head <= TASK_HEAD - size && offset + size <= head_end())
		return n->task_head + in_head;
	if (in_body <= TASK_BODY - size && offset + size <= body_end())
		return n->task_body + in_body;
	return NULL;
}

#define TASK_READ(n, task, field)                                                             \
	({                                                                                    \
		__typeof__(((struct task_struct *)0)->field) _value;                          \
		const void *_piece = find_piece(                                              \
			n, bpf_core_field_offset(struct task_struct, field), sizeof(_value)); \
		if (_piece)                                                                   \
			_value = *(const __typeof__(_value) *)_piece;                         \
		else                                                                          \
			bpf_core_read(&_value, sizeof(_value), &(task)->field);               \
		_value;                                                                       \
	})

#endif /* PIDNS_BPF_LOOK_H */
