/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thread.h - a thread that leaves every signal to the main one. */
#ifndef PIDNS_TOP_THREAD_H
#define PIDNS_TOP_THREAD_H

#include <pthread.h>

/* 0, or -Exxx of pthread_create(3). */
int thread_start(pthread_t *ret_thread, void *(*run)(void *), void *arg);

#endif /* PIDNS_TOP_THREAD_H */
