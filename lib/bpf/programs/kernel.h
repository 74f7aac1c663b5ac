/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel.h - of the kernel's types, what the programs look at, and no more.
 *
 * Where a member really lies is found out by the kernel when it loads the program (CO-RE), by name;
 * so order, neighbours and sizes mean nothing here, and the build needs no vmlinux.h of whatever
 * kernel it happens to run on. What only some kernels have is asked for with
 * bpf_core_field_exists(), and says since when.
 */
#ifndef PIDNS_BPF_KERNEL_H
#define PIDNS_BPF_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What bpf_helpers.h expects of linux/types.h and linux/bpf.h. */
typedef uint8_t __u8;
typedef uint16_t __u16;
typedef uint32_t __u32;
typedef uint64_t __u64;
typedef int32_t __s32;
typedef int64_t __s64;
typedef uint16_t __be16;
typedef uint32_t __be32;
typedef uint32_t __wsum;

enum {
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_F_MMAPABLE = 1 << 10,
};

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

/* ---- numbers --------------------------------------------------------------------------------- */

struct xa_node {
	unsigned char shift;
	unsigned char count;
	void *slots[64]; /* 16 with CONFIG_BASE_SMALL */
};

struct xarray {
	void *xa_head;
};

struct idr {
	struct xarray idr_rt;
	unsigned int idr_next;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

enum { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID };

struct pid {
	unsigned int level;
	uint64_t ino; /* since 6.9, of its pidfds */
	struct hlist_head tasks[4];
	struct upid numbers[1]; /* without a length since 6.5 */
};

/* ---- namespaces ------------------------------------------------------------------------------ */

struct ns_common {
	const void *ops;
	unsigned int inum;
	uint64_t ns_id;		       /* since 6.18 */
	struct list_head ns_list_node; /* 6.18 only */
};

struct ns_tree_node___since_6_19 {
	struct list_head ns_list_entry;
};

struct ns_common___since_6_19 {
	struct ns_tree_node___since_6_19 ns_tree_node; /* in an unnamed member */
};

struct pid_namespace___since_6_19 {
	struct ns_common___since_6_19 ns;
};

typedef struct {
	unsigned int val;
} kuid_t;

struct uid_gid_extent {
	uint32_t first, lower_first, count;
};

struct uid_gid_map {
	uint32_t nr_extents;
	struct uid_gid_extent extent[5];
	struct uid_gid_extent *forward; /* in place of these, where there are more */
};

struct user_namespace {
	struct uid_gid_map uid_map;
	struct user_namespace *parent;
	int level;
	kuid_t owner;
	struct ns_common ns;
	struct ucounts *ucounts; /* of its maker, in the namespace above */
	long ucount_max[8];
	long rlimit_max[1]; /* since 6.0 */
};

struct pid_namespace {
	struct idr idr;
	unsigned int pid_allocated;
	unsigned int level;
	int pid_max; /* since 6.14 */
	struct pid_namespace *parent;
	struct user_namespace *user_ns;
	struct ns_common ns;
};

struct timespec64 {
	int64_t tv_sec;
	long tv_nsec;
};

struct timens_offsets {
	struct timespec64 boottime;
};

struct time_namespace {
	struct ns_common ns;
	struct timens_offsets offsets;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct net {
	struct ns_common ns;
};

struct ipc_namespace {
	struct ns_common ns;
};

struct uts_namespace {
	struct ns_common ns;
};

struct cgroup_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
	struct net *net_ns;
	struct time_namespace *time_ns; /* since 5.6 */
	struct time_namespace *time_ns_for_children;
	struct cgroup_namespace *cgroup_ns;
};

/* ---- files ----------------------------------------------------------------------------------- */

struct super_block {
	unsigned long s_magic;
};

struct inode {
	struct super_block *i_sb;
	unsigned long i_ino;
	void *i_private;
};

struct file {
	struct inode *f_inode;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
	unsigned long *open_fds;
};

struct files_struct {
	struct fdtable *fdt;
};

/* ---- tasks ----------------------------------------------------------------------------------- */

struct percpu_counter {
	int64_t count;
};

struct mm_struct {
	struct percpu_counter rss_stat[4]; /* since 6.2 */
};

typedef struct {
	long counter;
} atomic_long_t;

struct mm_rss_stat {
	atomic_long_t count[4];
};

struct mm_struct___before_6_2 {
	struct mm_rss_stat rss_stat;
};

struct rlimit {
	unsigned long rlim_cur;
};

enum { RLIMIT_NPROC = 6 };

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	int64_t counter;
} atomic64_t;

/* What a user has in a user namespace. */
struct ucounts {
	struct user_namespace *ns;
	kuid_t uid;
	atomic_long_t ucount[8];
	atomic_long_t rlimit[1]; /* since 6.0 */
};

struct signal_struct {
	atomic_t live;
	int nr_threads;
	unsigned int flags;
	struct list_head thread_head;
	struct pid *pids[4];
	unsigned long long sum_sched_runtime; /* of threads that have ended */
	struct rlimit rlim[16];
};

typedef struct {
	char words[8]; /* two of 32 bits before 6.3, then one of 64 */
} kernel_cap_t;

struct cred {
	kuid_t uid;
	kuid_t euid;
	kernel_cap_t cap_effective;
	struct user_namespace *user_ns;
	struct ucounts *ucounts;
};

struct kernfs_node {
	struct kernfs_node *parent; /* before 6.15 */
	const char *name;
	uint64_t id; /* since 5.5, never given to another; on 64 bits it is the inode, too */
};

struct kernfs_node___since_6_15 {
	struct kernfs_node *__parent;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct pids_cgroup {
	struct cgroup_subsys_state css;
	atomic64_t counter;
	atomic64_t limit;
};

struct kernel_clone_args {
	uint64_t flags;
};

#ifdef __TARGET_ARCH_x86
struct thread_info {
	uint32_t status;
};

struct pt_regs {
	unsigned long di;
	unsigned long orig_ax;
};
#else
struct pt_regs {
	uint64_t regs[31];
	int32_t syscallno;
};
#endif

struct css_set {
	struct cgroup_subsys_state *subsys[1]; /* by controller: the cgroup that counts for it */
};

enum cgroup_subsys_id { pids_cgrp_id = 1 };

struct sched_entity {
	uint64_t sum_exec_runtime;
};

struct task_struct {
	unsigned int __state;
#ifdef __TARGET_ARCH_x86
	struct thread_info thread_info;
#endif
	unsigned int flags;
	unsigned int policy;
	struct sched_entity se;
	struct mm_struct *mm;
	int exit_state;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct pid *thread_pid;
	struct hlist_node pid_links[4];
	struct list_head thread_node;
	uint64_t start_boottime;
	const struct cred *real_cred;
	const struct cred *cred;
	char comm[16];
	struct task_struct *group_leader;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct css_set *cgroups; /* with CONFIG_CGROUPS */
};

#pragma clang attribute pop

#endif /* PIDNS_BPF_KERNEL_H */
