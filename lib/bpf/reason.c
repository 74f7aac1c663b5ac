// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * reason.c - why the programs cannot be loaded, in one sentence.
 *
 * The kernel gives a number, and the same one for many reasons. So what it could be is looked at
 * afterwards, the most certain first.
 */
#include "internal.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of Linux 5.8: the headers of an older system lack them. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF	    39
#endif

/* The initial user namespace: PROC_USER_INIT_INO, include/linux/proc_ns.h. */
#define INITIAL_USER_NS_INO 0xEFFFFFFDu

static bool has_capability(const struct __user_cap_data_struct *data, unsigned int cap)
{
	return data[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap);
}

/* CAP_SYS_ADMIN stands for both (bpf_capable(), perfmon_capable()). */
int bpf_may_load(const struct why *why)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
	bool may = syscall(SYS_capget, &head, data) == 0 &&
		   (has_capability(data, CAP_SYS_ADMIN) ||
		    (has_capability(data, CAP_BPF) && has_capability(data, CAP_PERFMON)));
	struct stat st;

	if (!may)
		return why_set(why, -EPERM, "bpf: needs CAP_BPF and CAP_PERFMON");
	if (stat("/proc/self/ns/user", &st) == 0 && st.st_ino != INITIAL_USER_NS_INO)
		return why_set(why, -EPERM,
			       "bpf: capabilities count in the initial user namespace only");
	return 0;
}

/* security(7) lockdown: "none integrity [confidentiality]". */
static bool is_locked_down(void)
{
	_cleanup_close_ int dir = open("/sys/kernel/security", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char text[128];

	return dir >= 0 && file_read(dir, "lockdown", text, sizeof(text)) > 0 &&
	       strstr(text, "[confidentiality]");
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* A kernel that has bpf(2) at all has this setting. */
static bool has_bpf(void)
{
	return exists("/proc/sys/kernel/unprivileged_bpf_disabled");
}

/*
 * Before Linux 5.11 maps count against RLIMIT_MEMLOCK, and what is too large is EPERM as well: one of a page
 * can then still be had.
 */
static bool gives_small_map(void)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = attr.value_size = sizeof(uint32_t);
	attr.max_entries = 1;
	fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int explain_old_kernel(int error, const struct why *why)
{
	return why_set(why, -EOPNOTSUPP,
		       "bpf: this kernel does not take the programs, which need Linux 5.17: %s",
		       strerror(-error));
}

static int explain_refusal(int error, const struct why *why)
{
	if (!has_bpf() && exists("/proc/sys/kernel"))
		return why_set(why, -EOPNOTSUPP, "bpf: this kernel has no bpf(2)");
	if (error == -EPERM && gives_small_map())
		return explain_old_kernel(error, why);
	return why_set(why, error, "bpf: bpf(2) is denied to this process (by seccomp?)");
}

int bpf_explain(int error, const struct why *why)
{
	if (error == -ENOMEM || error == -EMFILE || error == -ENFILE)
		return why_set(why, error, "bpf: %s", strerror(-error));
	if (is_locked_down())
		return why_set(why, -EPERM,
			       "bpf: the kernel is locked down: its memory cannot be read");
	if (error == -EPERM || error == -EACCES || error == -ENOSYS)
		return explain_refusal(error, why);
	if (!exists("/sys/kernel/btf/vmlinux") && exists("/sys/kernel"))
		return why_set(why, -EOPNOTSUPP,
			       "bpf: this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)");
	return explain_old_kernel(error, why);
}
