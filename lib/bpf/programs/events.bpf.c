// SPDX-License-Identifier: LGPL-2.1-or-later
/* events.bpf.c - what any kernel reports through raw tracepoints, which need no ftrace. */
#include "attached.h"

/* LGPL-2.1 section 3 lets it be had under the GPL; the helpers that read the kernel ask for that. */
char LICENSE[] SEC("license") = "GPL";
