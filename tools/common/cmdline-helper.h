/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmdline-helper.h - what cmdline.c and its helper process say to each other on a socket. */
#ifndef PIDNS_CMDLINE_HELPER_H
#define PIDNS_CMDLINE_HELPER_H

#include <stddef.h>
#include <stdint.h>

struct cmdline_question {
	uint64_t start_ns;
	int32_t pid;
	uint32_t place; /* comes back with the answer */
};

/* Followed by `len` bytes. */
struct cmdline_answer {
	uint32_t place;
	uint32_t is_there; /* 0: gone, not the one that was meant, or not ours to read */
	uint32_t len;
};

/* The helper's whole life: answer in order until the socket ends. */
_Noreturn void cmdline_helper_run(int socket, const char *proc, size_t max);

#endif /* PIDNS_CMDLINE_HELPER_H */
