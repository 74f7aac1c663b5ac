// SPDX-License-Identifier: LGPL-2.1-or-later
/* proc.c - pure parsers of what /proc says; nothing is allocated, copied or assumed to end in NUL. */
#include "proc.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* What is left of a line; fields are cut off its front. */
struct cursor {
	const char *at, *end;
};

/* The field up to `separator`, which is eaten; false where the text ends without one. */
static bool cut_field(struct cursor *c, char separator, struct proc_text *ret)
{
	const char *stop = memchr(c->at, separator, (size_t)(c->end - c->at));

	if (!stop)
		return false;
	*ret = (struct proc_text){c->at, (size_t)(stop - c->at)};
	c->at = stop + 1;
	return true;
}

static bool skip_fields(struct cursor *c, unsigned int count)
{
	struct proc_text field;

	while (count--)
		if (!cut_field(c, ' ', &field) || !field.len)
			return false;
	return true;
}

int proc_parse_u64(const char *text, size_t len, uint64_t *ret)
{
	uint64_t value = 0;
	size_t i;

	if (!len)
		return -EPROTO;
	for (i = 0; i < len; i++) {
		unsigned int digit = (unsigned char)text[i] - (unsigned int)'0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return -EPROTO;
		value = value * 10 + digit;
	}
	*ret = value;
	return 0;
}

static bool parse_up_to(struct proc_text text, uint64_t max, uint64_t *ret)
{
	uint64_t value;

	if (proc_parse_u64(text.text, text.len, &value) < 0 || value > max)
		return false;
	*ret = value;
	return true;
}

static bool parse_u32(struct proc_text text, uint32_t *ret)
{
	uint64_t value;

	if (!parse_up_to(text, UINT32_MAX, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

/* A number a task can have, or 0 where it is nobody's. */
static bool parse_id(struct proc_text text, int32_t min, int32_t *ret)
{
	uint64_t value;

	if (!parse_up_to(text, INT32_MAX, &value) || (int32_t)value < min)
		return false;
	*ret = (int32_t)value;
	return true;
}

static bool cut_u64(struct cursor *c, uint64_t *ret)
{
	struct proc_text field;

	return cut_field(c, ' ', &field) && parse_up_to(field, UINT64_MAX, ret);
}

static bool cut_u32(struct cursor *c, uint32_t *ret)
{
	struct proc_text field;

	return cut_field(c, ' ', &field) && parse_u32(field, ret);
}

static bool cut_id(struct cursor *c, int32_t min, int32_t *ret)
{
	struct proc_text field;

	return cut_field(c, ' ', &field) && parse_id(field, min, ret);
}

/* ---- stat ------------------------------------------------------------------------------------ */

/* "PID (COMM) ": comm ends at the last ')' of the whole text, since nothing after it can hold one. */
static bool cut_stat_name(struct cursor *c, struct proc_stat *s)
{
	const char *stop = memrchr(c->at, ')', (size_t)(c->end - c->at));
	struct proc_text name;

	if (!cut_id(c, 1, &s->pid) || c->at == c->end || *c->at++ != '(')
		return false;
	if (!stop || stop < c->at || stop + 1 == c->end || stop[1] != ' ')
		return false;
	name = (struct proc_text){c->at, (size_t)(stop - c->at)};
	if (name.len >= sizeof(s->comm) || memchr(name.text, '\0', name.len))
		return false;
	memcpy(s->comm, name.text, name.len);
	s->comm[name.len] = '\0';
	c->at = stop + 2;
	return true;
}

static bool cut_stat_state(struct cursor *c, struct proc_stat *s)
{
	struct proc_text field;

	if (!cut_field(c, ' ', &field) || field.len != 1)
		return false;
	s->state = (unsigned char)field.text[0];
	return (s->state >= 'A' && s->state <= 'Z') || (s->state >= 'a' && s->state <= 'z');
}

int proc_parse_stat(const char *buf, size_t len, struct proc_stat *ret)
{
	struct cursor c = {buf, buf + len};
	struct proc_stat s;

	/* Every number used must be followed by a space, so that one cut short cannot pass. */
	if (!len || !cut_stat_name(&c, &s) || !cut_stat_state(&c, &s) || !cut_id(&c, 0, &s.ppid) ||
	    !skip_fields(&c, 4) ||			     /* pgrp session tty_nr tpgid */
	    !cut_u32(&c, &s.flags) || !skip_fields(&c, 4) || /* minflt cminflt majflt cmajflt */
	    !cut_u64(&c, &s.utime) || !cut_u64(&c, &s.stime) ||
	    !skip_fields(&c, 4) || /* cutime cstime priority nice */
	    !cut_u32(&c, &s.threads) || !skip_fields(&c, 1) /* itrealvalue */ ||
	    !cut_u64(&c, &s.start_time) || !skip_fields(&c, 1) /* vsize */ ||
	    !cut_u64(&c, &s.rss_pages))
		return -EPROTO;
	*ret = s;
	return 0;
}

/* ---- status ---------------------------------------------------------------------------------- */

/* Tgid and NSpid are 0 where the task was reaped while the kernel wrote the file: no such task. */
static bool status_tgid(struct cursor value, struct proc_status *s)
{
	return parse_id((struct proc_text){value.at, (size_t)(value.end - value.at)}, 1, &s->tgid);
}

/* "REAL\tEFFECTIVE\tSAVED\tFS" */
static bool status_ppid(struct cursor value, struct proc_status *s)
{
	return parse_id((struct proc_text){value.at, (size_t)(value.end - value.at)}, 0, &s->ppid);
}

static bool status_uid(struct cursor value, struct proc_status *s)
{
	struct proc_text ruid, euid;

	return cut_field(&value, '\t', &ruid) && cut_field(&value, '\t', &euid) &&
	       parse_u32(ruid, &s->ruid) && parse_u32(euid, &s->euid);
}

/* Numbers parted by tabs, one a level; all three lists have as many as the first met. */
static bool status_levels(struct cursor value, int32_t min, int32_t *ids, struct proc_status *s)
{
	uint32_t count = 0;
	struct proc_text field;
	bool more = true;

	while (more) {
		more = cut_field(&value, '\t', &field);
		if (!more)
			field = (struct proc_text){value.at, (size_t)(value.end - value.at)};
		if (count == PROC_LEVELS || !parse_id(field, min, &ids[count]))
			return false;
		count++;
	}
	if (s->nr_nspid && s->nr_nspid != count)
		return false;
	s->nr_nspid = count;
	return true;
}

static bool status_nspid(struct cursor value, struct proc_status *s)
{
	return status_levels(value, 1, s->nspid, s);
}

/* A group or session that began outside a namespace has no number in it: 0. */
static bool status_nspgid(struct cursor value, struct proc_status *s)
{
	return status_levels(value, 0, s->nspgid, s);
}

static bool status_nssid(struct cursor value, struct proc_status *s)
{
	return status_levels(value, 0, s->nssid, s);
}

static const struct {
	const char *key;
	uint32_t bit;
	bool (*parse)(struct cursor value, struct proc_status *s);
} status_lines[] = {
	{"Tgid", PROC_STATUS_TGID, status_tgid},       {"PPid", PROC_STATUS_PPID, status_ppid},
	{"Uid", PROC_STATUS_UID, status_uid},	       {"NSpid", PROC_STATUS_NSPID, status_nspid},
	{"NSpgid", PROC_STATUS_NSPGID, status_nspgid}, {"NSsid", PROC_STATUS_NSSID, status_nssid},
};

static bool parse_status_line(struct proc_text key, struct cursor value, struct proc_status *s)
{
	size_t i;

	for (i = 0; i < sizeof(status_lines) / sizeof(status_lines[0]); i++) {
		uint32_t bit = status_lines[i].bit;

		if (key.len != strlen(status_lines[i].key) ||
		    memcmp(key.text, status_lines[i].key, key.len))
			continue;
		if (s->known & bit)
			return true;
		s->known |= bit;
		return status_lines[i].parse(value, s);
	}
	return true;
}

int proc_parse_status(const char *buf, size_t len, struct proc_status *ret)
{
	struct cursor c = {buf, buf + len};
	struct proc_status s = {0};
	struct proc_text line, key;

	/* A last line without its newline may be cut short, and is not looked at. */
	while (cut_field(&c, '\n', &line)) {
		struct cursor value = {line.text, line.text + line.len};

		if (!cut_field(&value, ':', &key))
			continue;
		if (value.at < value.end && *value.at == '\t')
			value.at++;
		if (!parse_status_line(key, value, &s))
			return -EPROTO;
	}
	*ret = s;
	return 0;
}

/* ---- the small ones -------------------------------------------------------------------------- */

int proc_parse_ns_link(const char *text, size_t len, const char *type, uint64_t *ret_ino)
{
	size_t head = strlen(type);
	uint64_t ino;

	if (len < head + 4 || memcmp(text, type, head) || memcmp(text + head, ":[", 2) ||
	    text[len - 1] != ']')
		return -EPROTO;
	if (proc_parse_u64(text + head + 2, len - head - 3, &ino) < 0 || !ino)
		return -EPROTO;
	*ret_ino = ino;
	return 0;
}

int proc_parse_pid(const char *name, int32_t *ret_pid)
{
	struct proc_text text = {name, strlen(name)};

	return name[0] != '0' && parse_id(text, 1, ret_pid) ? 0 : -EPROTO;
}

int proc_parse_loadavg(const char *buf, size_t len, int32_t *ret_last_pid)
{
	struct cursor c = {buf, buf + len};
	struct proc_text last;

	if (!len || !skip_fields(&c, 4) || !cut_field(&c, '\n', &last) ||
	    !parse_id(last, 1, ret_last_pid))
		return -EPROTO;
	return 0;
}

/* ---- mountinfo ------------------------------------------------------------------------------- */

/* ID PARENT MAJOR:MINOR ROOT MOUNT_POINT OPTIONS [TAG]... - TYPE SOURCE SUPER_OPTIONS */
static bool parse_mount(struct cursor c, struct proc_mount *m)
{
	struct proc_text field;

	if (!cut_id(&c, 0, &m->id) || !skip_fields(&c, 1) || !cut_field(&c, ':', &field) ||
	    !parse_u32(field, &m->major) || !cut_u32(&c, &m->minor) ||
	    !cut_field(&c, ' ', &m->root) || !cut_field(&c, ' ', &m->mount_point) ||
	    !cut_field(&c, ' ', &m->options))
		return false;
	do {
		if (!cut_field(&c, ' ', &field))
			return false;
	} while (field.len != 1 || field.text[0] != '-');
	/* The source may be empty: mount -t tmpfs "" /mnt. */
	if (!cut_field(&c, ' ', &m->type) || !cut_field(&c, ' ', &m->source))
		return false;
	m->super_options = (struct proc_text){c.at, (size_t)(c.end - c.at)};
	return true;
}

int proc_next_mount(const char **cursor, const char *end, struct proc_mount *ret)
{
	while (*cursor < end) {
		const char *start = *cursor;
		const char *stop = memchr(start, '\n', (size_t)(end - start));
		struct proc_mount m;

		*cursor = stop ? stop + 1 : end;
		if (!parse_mount((struct cursor){start, stop ? stop : end}, &m))
			continue;
		*ret = m;
		return 1;
	}
	return 0;
}
