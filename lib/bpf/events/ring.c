// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ring.c - the consumer's half of a BPF ring buffer: Documentation/bpf/ringbuf.rst.
 *
 * Two counters and the data are shared with the kernel. The kernel's are not taken on trust: a record
 * lies between the counters and within the ring, or the ring is given up.
 */
#include "events.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAD_SIZE   8u
#define LEN_BUSY    (1u << 31)
#define LEN_DISCARD (1u << 30)
#define LEN_MASK    (LEN_DISCARD - 1)

int event_ring_map(int fd, size_t size, struct event_ring *ret)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *consumer, *producer;
	int r;

	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED)
		return -errno;
	producer = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (producer == MAP_FAILED) {
		r = -errno;
		munmap(consumer, page);
		return r;
	}
	*ret = (struct event_ring){
		.consumer = consumer,
		.producer = producer,
		.data = (const unsigned char *)producer + page,
		.size = size,
		.page = page,
	};
	ret->pending = __atomic_load_n(ret->consumer, __ATOMIC_ACQUIRE);
	return 0;
}

void event_ring_unmap(struct event_ring *ring)
{
	if (!ring->consumer)
		return;
	munmap(ring->consumer, ring->page);
	munmap((void *)(uintptr_t)ring->producer, ring->page + 2 * ring->size);
	ring->consumer = NULL;
}

/* The room of what was read is given back: only now may the kernel write there again. */
static void give_back(struct event_ring *ring)
{
	__atomic_store_n(ring->consumer, ring->pending, __ATOMIC_RELEASE);
}

int event_ring_next(struct event_ring *ring, const void **ret_record, size_t *ret_len)
{
	unsigned long end, at;
	uint32_t head, len, room;

	for (;;) {
		give_back(ring);
		at = ring->pending;
		end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
		if (end == at)
			return 0;
		if (end - at > ring->size || end - at < HEAD_SIZE || at % HEAD_SIZE)
			return -EPROTO;
		head = __atomic_load_n(
			(const uint32_t *)(const void *)(ring->data + at % ring->size),
			__ATOMIC_ACQUIRE);
		if (head & LEN_BUSY)
			return 0;
		len = head & LEN_MASK;
		room = (len + HEAD_SIZE - 1) & ~(HEAD_SIZE - 1);
		if (room > end - at - HEAD_SIZE)
			return -EPROTO;
		ring->pending = at + HEAD_SIZE + room;
		if (head & LEN_DISCARD)
			continue;
		*ret_record = ring->data + at % ring->size + HEAD_SIZE;
		*ret_len = len;
		return 1;
	}
}
