// SPDX-License-Identifier: LGPL-2.1-or-later
/* facts.c - what a record in the shared buffer says: numbers in, facts out, nothing taken on trust. */
#include "internal.h"

#include <errno.h>
#include <string.h>

/* task_struct.__state and .exit_state, include/linux/sched.h: the same since Linux 4.14. */
#define STATE_UNINTERRUPTIBLE 0x0002u
#define STATE_REPORTED	      0x007fu
#define STATE_NOLOAD	      0x0400u
#define STATE_RTLOCK_WAIT     0x1000u
#define STATE_FROZEN	      0x8000u
/* task_struct.flags */
#define FLAG_EXITING 0x00000004u
/* pid_namespace.pid_allocated: more may come (PIDNS_ADDING). */
#define NS_IS_OPEN 0x80000000u

/* The letter of proc(5): that of the highest bit (task_state_index()). */
static uint32_t state_letter(const struct bpf_task_record *record)
{
	static const char letters[] = "RSDTtXZP";
	uint32_t state = (record->state | record->exit_state) & STATE_REPORTED, i = 0;

	if ((record->state & (STATE_UNINTERRUPTIBLE | STATE_NOLOAD)) ==
	    (STATE_UNINTERRUPTIBLE | STATE_NOLOAD))
		return 'I';
	if (record->state & (STATE_RTLOCK_WAIT | STATE_FROZEN))
		state = STATE_UNINTERRUPTIBLE;
	for (; state; state >>= 1)
		i++;
	return (uint32_t)letters[i];
}

static const struct bpf_caller *caller_of(const struct bpf_kernel *kernel)
{
	return kernel->caller ? kernel->caller : &kernel->shared->caller;
}

/* As the caller's user namespace has it (from_kuid_munged()). */
static uint32_t translate_uid(const struct bpf_kernel *kernel, uint32_t uid)
{
	const struct bpf_caller *caller = caller_of(kernel);
	uint32_t i;

	for (i = 0; i < caller->nr_extents && i < BPF_EXTENTS; i++) {
		const struct bpf_extent *extent = &caller->extents[i];

		if (uid >= extent->lower_first && uid - extent->lower_first < extent->count)
			return extent->first + (uid - extent->lower_first);
	}
	return kernel->overflow_uid;
}

static uint64_t translate_time(const struct bpf_kernel *kernel, uint64_t start_ns)
{
	return start_ns + (uint64_t)caller_of(kernel)->boot_offset_ns;
}

static void read_facts(const struct bpf_kernel *kernel, const struct bpf_task_record *record,
		       struct raw_task *raw)
{
	if (record->facts & BPF_FACTS_BASIC) {
		raw->ppid = record->ppid;
		raw->state = state_letter(record);
		raw->exiting = record->flags & FLAG_EXITING;
		raw->start_ns = translate_time(kernel, record->start_ns);
		raw->threads = record->threads;
		raw->known |= PIDNS_TASK_PPID | PIDNS_TASK_STATE | PIDNS_TASK_START |
			      PIDNS_TASK_THREADS;
	}
	if (record->facts & BPF_FACTS_GROUPS) {
		raw->vpgid = record->vpgid;
		raw->vsid = record->vsid;
		raw->known |= PIDNS_TASK_VPGID | PIDNS_TASK_VSID;
	}
	if (record->facts & BPF_FACTS_CREDS) {
		raw->uid = translate_uid(kernel, record->euid);
		raw->ruid = translate_uid(kernel, record->uid);
		raw->known |= PIDNS_TASK_UID | PIDNS_TASK_RUID;
	}
	if (record->facts & BPF_FACTS_COMM) {
		raw->comm = record->comm;
		raw->known |= PIDNS_TASK_COMM;
	}
	if (record->facts & BPF_FACTS_CPU) {
		raw->cpu_ns = record->cpu_ns;
		raw->known |= PIDNS_TASK_CPU;
	}
	if (record->facts & BPF_FACTS_MEMORY) {
		raw->rss_bytes = record->rss_pages * kernel->page_size;
		raw->known |= PIDNS_TASK_RSS;
	}
	/* Who has exited has none. */
	if (record->facts & BPF_FACTS_CHILDREN && record->children_ino) {
		raw->ns_for_children_ino = record->children_ino;
		raw->known |= PIDNS_TASK_NS_FOR_CHILDREN;
	}
}

int bpf_read_task(const struct bpf_kernel *kernel, const struct bpf_task_record *record,
		  struct raw_task *ret_raw)
{
	uint32_t i;

	if (!record->ns_ino || !record->nr_vpids || record->nr_vpids > PIDNS_LEVEL_MAX + 1 ||
	    record->pid <= 0 || !memchr(record->comm, '\0', sizeof(record->comm)))
		return -EPROTO;
	for (i = 0; i < record->nr_vpids; i++)
		if (record->vpids[i] <= 0)
			return -EPROTO;
	*ret_raw = (struct raw_task){
		.known = PIDNS_TASK_VPIDS,
		.ns_ino = record->ns_ino,
		.vpids = record->vpids,
		.nr_vpids = record->nr_vpids,
		.pid = record->pid,
		.tid = record->vpids[0],
	};
	if (record->pidfd_ino) {
		ret_raw->pidfd_ino = record->pidfd_ino;
		ret_raw->known |= PIDNS_TASK_PIDFD_INO;
	}
	read_facts(kernel, record, ret_raw);
	return 0;
}

static uint32_t ns_state(const struct bpf_ns_record *record)
{
	if (record->allocated & NS_IS_OPEN)
		return record->allocated == NS_IS_OPEN ? PIDNS_STATE_UNBORN : PIDNS_STATE_ALIVE;
	if (!(record->told & BPF_NS_INIT))
		return PIDNS_STATE_DEAD;
	return record->init_exit_state && record->init_threads <= 1 ? PIDNS_STATE_ZOMBIE_INIT
								    : PIDNS_STATE_DYING;
}

static void read_optional(const struct bpf_kernel *kernel, const struct bpf_ns_record *record,
			  struct raw_ns *raw)
{
	if (record->parent_ino) {
		raw->parent_ino = record->parent_ino;
		raw->known |= PIDNS_NS_PARENT;
	}
	if (record->told & BPF_NS_COOKIE) {
		raw->cookie = record->cookie;
		raw->known |= PIDNS_NS_COOKIE;
	}
	if (record->told & BPF_NS_OWNER) {
		raw->owner_ns = record->owner_ino;
		raw->owner_uid = translate_uid(kernel, record->owner_uid);
		raw->known |= PIDNS_NS_OWNER_NS | PIDNS_NS_OWNER_UID;
	}
	raw->pids_max = record->told & BPF_NS_PID_MAX ? record->pid_max : kernel->pid_max;
	if (raw->pids_max)
		raw->known |= PIDNS_NS_PIDS_MAX;
	if (record->told & BPF_NS_INIT) {
		raw->reaper_start_ns = translate_time(kernel, record->init_start_ns);
		raw->known |= PIDNS_NS_REAPER_START;
	}
}

int bpf_read_ns(const struct bpf_kernel *kernel, const struct bpf_ns_record *record,
		struct raw_ns *ret_raw)
{
	if (!record->ino || record->level > PIDNS_LEVEL_MAX || record->init < 0 ||
	    record->parent_ino == record->ino)
		return -EPROTO;
	*ret_raw = (struct raw_ns){
		.known = PIDNS_NS_INO | PIDNS_NS_LEVEL | PIDNS_NS_STATE | PIDNS_NS_REAPER |
			 PIDNS_NS_PIDS_USED | PIDNS_NS_LAST_PID,
		.ino = record->ino,
		.level = record->level,
		.state = ns_state(record),
		.reaper = record->init,
		.pids_used = record->allocated & ~NS_IS_OPEN,
		.last_pid = record->next_number ? (int32_t)(record->next_number - 1) : 0,
	};
	read_optional(kernel, record, ret_raw);
	return 0;
}
