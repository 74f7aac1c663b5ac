// SPDX-License-Identifier: LGPL-2.1-or-later
/* zst-frames.c - where the frames of a compressed recording are. */
#include "zst.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* RFC 8878: of a frame; and of one that decoders skip, of which there are sixteen. */
#define MAGIC	    UINT32_C(0xfd2fb528)
#define SKIPPABLE   UINT32_C(0x184d2a50)
#define OUR_TRAILER (SKIPPABLE + 0xd)

static uint32_t get_u32(const unsigned char *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return le32toh(value);
}

static uint64_t get_u64(const unsigned char *bytes)
{
	return (uint64_t)get_u32(bytes + 4) << 32 | get_u32(bytes);
}

static void put_u32(unsigned char *bytes, uint32_t value)
{
	value = htole32(value);
	memcpy(bytes, &value, sizeof(value));
}

static void put_u64(unsigned char *bytes, uint64_t value)
{
	put_u32(bytes, (uint32_t)value);
	put_u32(bytes + 4, (uint32_t)(value >> 32));
}

bool zst_is_magic(const void *bytes)
{
	uint32_t magic = get_u32(bytes);

	return magic == MAGIC || (magic & ~UINT32_C(15)) == SKIPPABLE;
}

bool zst_is_name(const char *path)
{
	static const char ending[] = ".zst";
	size_t len = strlen(path);

	return len > sizeof(ending) - 1 && !strcmp(path + len - (sizeof(ending) - 1), ending);
}

int zst_frames_add(struct zst_frames *frames, uint64_t place, uint64_t start)
{
	size_t room = frames->room;
	int r;

	if (frames->nr >= ZST_FRAMES_MAX)
		return -EFBIG;
	r = util_grow(&frames->places, &room, frames->nr, sizeof(*frames->places));
	room = frames->room;
	if (r >= 0)
		r = util_grow(&frames->starts, &room, frames->nr, sizeof(*frames->starts));
	if (r < 0)
		return r;
	frames->room = room;
	frames->places[frames->nr] = place;
	frames->starts[frames->nr++] = start;
	return 0;
}

void zst_frames_free(struct zst_frames *frames)
{
	free(frames->places);
	free(frames->starts);
	*frames = (struct zst_frames){0};
}

size_t zst_frames_find(const struct zst_frames *frames, uint64_t at)
{
	size_t low = 0, high = frames->nr;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (frames->starts[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

uint64_t zst_frames_end(const struct zst_frames *frames, uint64_t at)
{
	size_t i = zst_frames_find(frames, at - 1);

	if (i + 1 < frames->nr)
		return frames->starts[i + 1] == at ? frames->places[i + 1] : 0;
	return frames->content == at && frames->end > frames->places[i] ? frames->end : 0;
}

/* ---- trailers -------------------------------------------------------------------------------- */

static const char name[8] = "pidnsidx";

void zst_trailer_put(const struct zst_trailer *trailer, unsigned char bytes[ZST_TRAILER_SIZE])
{
	put_u32(bytes, OUR_TRAILER);
	put_u32(bytes + 4, ZST_TRAILER_SIZE - 8);
	memcpy(bytes + 8, name, sizeof(name));
	put_u64(bytes + 16, trailer->size);
	put_u64(bytes + 24, trailer->content);
	put_u64(bytes + 32, trailer->wall_time_ns);
}

bool zst_trailer_get(const unsigned char bytes[ZST_TRAILER_SIZE], struct zst_trailer *ret)
{
	if (get_u32(bytes) != OUR_TRAILER || get_u32(bytes + 4) != ZST_TRAILER_SIZE - 8 ||
	    memcmp(bytes + 8, name, sizeof(name)) != 0)
		return false;
	ret->size = get_u64(bytes + 16);
	ret->content = get_u64(bytes + 24);
	ret->wall_time_ns = get_u64(bytes + 32);
	return true;
}
