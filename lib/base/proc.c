// SPDX-License-Identifier: LGPL-2.1-or-later
/* proc.c - pure parsers of what /proc says; nothing is allocated, copied or assumed to end in NUL. */
#include "proc.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool skip_fields(struct text *c, unsigned int count)
{
	struct text field;

	while (count--)
		if (!text_cut(c, ' ', &field) || !field.len)
			return false;
	return true;
}

static bool parse_u32(struct text text, uint32_t *ret)
{
	uint64_t value;

	if (!text_parse_range(text, 0, UINT32_MAX, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

/* A number a task can have, or 0 where there is none. */
static bool parse_id(struct text text, int32_t min, int32_t *ret)
{
	uint64_t value;

	if (!text_parse_range(text, (uint64_t)min, INT32_MAX, &value))
		return false;
	*ret = (int32_t)value;
	return true;
}

static bool cut_u64(struct text *c, uint64_t *ret)
{
	struct text field;

	return text_cut(c, ' ', &field) && text_parse_u64(field.text, field.len, ret) == 0;
}

static bool cut_u32(struct text *c, uint32_t *ret)
{
	struct text field;

	return text_cut(c, ' ', &field) && parse_u32(field, ret);
}

static bool cut_id(struct text *c, int32_t min, int32_t *ret)
{
	struct text field;

	return text_cut(c, ' ', &field) && parse_id(field, min, ret);
}

/* ---- stat ------------------------------------------------------------------------------------ */

/* "PID (COMM) ": comm ends at the last ')' of the whole text, since nothing after it can hold one. */
static bool cut_stat_name(struct text *c, struct proc_stat *s)
{
	const char *stop = memrchr(c->text, ')', c->len), *end = c->text + c->len;
	size_t len;

	if (!cut_id(c, 1, &s->pid) || !text_strip_start(c, "("))
		return false;
	if (!stop || stop < c->text || stop + 1 == end || stop[1] != ' ')
		return false;
	len = (size_t)(stop - c->text);
	if (len >= sizeof(s->comm) || memchr(c->text, '\0', len))
		return false;
	memcpy(s->comm, c->text, len);
	s->comm[len] = '\0';
	*c = (struct text){stop + 2, (size_t)(end - stop - 2)};
	return true;
}

static bool cut_stat_state(struct text *c, struct proc_stat *s)
{
	struct text field;

	if (!text_cut(c, ' ', &field) || field.len != 1)
		return false;
	s->state = (unsigned char)field.text[0];
	return (s->state >= 'A' && s->state <= 'Z') || (s->state >= 'a' && s->state <= 'z');
}

int proc_parse_stat(const char *buf, size_t len, struct proc_stat *ret)
{
	struct text c = {buf, len};
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
static bool status_tgid(struct text value, struct proc_status *s)
{
	return parse_id(value, 1, &s->tgid);
}

static bool status_ppid(struct text value, struct proc_status *s)
{
	return parse_id(value, 0, &s->ppid);
}

/* "REAL\tEFFECTIVE\tSAVED\tFS" */
static bool status_uid(struct text value, struct proc_status *s)
{
	struct text ruid, euid;

	return text_cut(&value, '\t', &ruid) && text_cut(&value, '\t', &euid) &&
	       parse_u32(ruid, &s->ruid) && parse_u32(euid, &s->euid);
}

/* Numbers separated by tabs, one a level; all three lists have as many as the first met. */
static bool status_levels(struct text value, int32_t min, int32_t *ids, struct proc_status *s)
{
	uint32_t count = 0;
	struct text field;
	bool more = true;

	while (more) {
		more = text_cut(&value, '\t', &field);
		if (!more)
			field = value;
		if (count == PROC_LEVELS || !parse_id(field, min, &ids[count]))
			return false;
		count++;
	}
	if (s->nr_nspid && s->nr_nspid != count)
		return false;
	s->nr_nspid = count;
	return true;
}

static bool status_nspid(struct text value, struct proc_status *s)
{
	return status_levels(value, 1, s->nspid, s);
}

/* A group or session that began outside a namespace has no number in it: 0. */
static bool status_nspgid(struct text value, struct proc_status *s)
{
	return status_levels(value, 0, s->nspgid, s);
}

static bool status_nssid(struct text value, struct proc_status *s)
{
	return status_levels(value, 0, s->nssid, s);
}

/* Masks of 64 bits; what is none is not known, and harms nothing else. */
static bool status_mask(struct text value, uint32_t bit, uint64_t *ret, struct proc_status *s)
{
	if (value.len != 16 || text_parse_hex(value, ret) < 0)
		s->known &= ~bit;
	return true;
}

static bool status_caps(struct text value, struct proc_status *s)
{
	return status_mask(value, PROC_STATUS_CAPS, &s->caps, s);
}

static bool status_ignored(struct text value, struct proc_status *s)
{
	return status_mask(value, PROC_STATUS_IGNORED, &s->ignored, s);
}

static bool status_handled(struct text value, struct proc_status *s)
{
	return status_mask(value, PROC_STATUS_HANDLED, &s->handled, s);
}

#define STATUS_LINE(key, bit, parse)                     \
	{                                                \
		key ":", sizeof(key ":") - 1, bit, parse \
	}

static const struct {
	const char *key;
	size_t len;
	uint32_t bit;
	bool (*parse)(struct text value, struct proc_status *s);
} status_lines[] = {
	STATUS_LINE("Tgid", PROC_STATUS_TGID, status_tgid),
	STATUS_LINE("PPid", PROC_STATUS_PPID, status_ppid),
	STATUS_LINE("Uid", PROC_STATUS_UID, status_uid),
	STATUS_LINE("NSpid", PROC_STATUS_NSPID, status_nspid),
	STATUS_LINE("NSpgid", PROC_STATUS_NSPGID, status_nspgid),
	STATUS_LINE("NSsid", PROC_STATUS_NSSID, status_nssid),
	STATUS_LINE("SigIgn", PROC_STATUS_IGNORED, status_ignored),
	STATUS_LINE("SigCgt", PROC_STATUS_HANDLED, status_handled),
	STATUS_LINE("CapEff", PROC_STATUS_CAPS, status_caps),
};

static bool parse_status_line(struct text line, struct proc_status *s)
{
	for (size_t i = 0; i < sizeof(status_lines) / sizeof(status_lines[0]); i++) {
		uint32_t bit = status_lines[i].bit;
		size_t len = status_lines[i].len;

		if (line.len < len || memcmp(line.text, status_lines[i].key, len))
			continue;
		if (s->known & bit)
			return true;
		s->known |= bit;
		len += line.len > len && line.text[len] == '\t';
		return status_lines[i].parse((struct text){line.text + len, line.len - len}, s);
	}
	return true;
}

int proc_parse_status(const char *buf, size_t len, struct proc_status *ret)
{
	struct text c = {buf, len};
	struct proc_status s = {0};
	struct text line;

	/* A last line without its newline may be cut short, and is not looked at. */
	while (text_cut(&c, '\n', &line))
		if (!parse_status_line(line, &s))
			return -EPROTO;
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
	if (text_parse_u64(text + head + 2, len - head - 3, &ino) < 0 || !ino)
		return -EPROTO;
	*ret_ino = ino;
	return 0;
}

int proc_parse_pid(const char *name, int32_t *ret_pid)
{
	return name[0] != '0' && parse_id((struct text){name, strlen(name)}, 1, ret_pid) ? 0
											 : -EPROTO;
}

/* "0.20 0.18 0.12 1/80 11206" */
int proc_parse_loadavg(const char *buf, size_t len, struct proc_loadavg *ret)
{
	struct text c = {buf, len}, running, last;
	struct proc_loadavg l;

	if (!skip_fields(&c, 3) || !text_cut(&c, '/', &running) || !cut_u64(&c, &l.tasks) ||
	    !text_cut(&c, '\n', &last) || !parse_id(last, 0, &l.last_pid))
		return -EPROTO;
	*ret = l;
	return 0;
}

int proc_parse_fdinfo(const char *buf, size_t len, struct proc_fdinfo *ret)
{
	struct text text = {buf, len}, value;
	struct proc_fdinfo f = {.mount_id = -1, .pid = -1};

	if (text_find_line(text, "mnt_id:\t", &value) && !parse_id(value, 0, &f.mount_id))
		return -EPROTO;
	f.is_pidfd = text_find_line(text, "Pid:\t", &value);
	if (f.is_pidfd && !text_is(value, "-1") && !parse_id(value, 0, &f.pid))
		return -EPROTO;
	*ret = f;
	return 0;
}

int proc_parse_nproc(const char *buf, size_t len, uint64_t *ret)
{
	struct text line, soft;

	if (!text_find_line((struct text){buf, len}, "Max processes ", &line))
		return -EPROTO;
	soft = text_next_word(&line);
	if (text_is(soft, "unlimited"))
		return 0;
	return text_parse_u64(soft.text, soft.len, ret) < 0 ? -EPROTO : 1;
}

/* "0 1000 1" is one line: the first there, the first here, how many. */
int proc_parse_uid_map(const char *buf, size_t len, uint32_t *ret_root)
{
	struct text rest = {buf, len}, line;

	while (text_next(&rest, '\n', &line)) {
		struct text here;
		uint64_t root;

		if (!text_is(text_next_word(&line), "0"))
			continue;
		here = text_next_word(&line);
		if (!text_parse_range(here, 0, UINT32_MAX - 1, &root))
			return -EPROTO;
		*ret_root = (uint32_t)root;
		return 0;
	}
	return -EPROTO;
}

int proc_parse_pidns(const char *buf, size_t len, uint64_t *ret_ino)
{
	struct text c = {buf, len}, comment;
	uint64_t ino;

	while (c.len && *c.text == '#')
		if (!text_next(&c, '\n', &comment))
			return -EPROTO;
	if (!cut_u64(&c, &ino) || !ino)
		return -EPROTO;
	*ret_ino = ino;
	return 0;
}

int proc_next_cgroup(const char **cursor, const char *end, struct proc_cgroup *ret)
{
	struct text rest = {*cursor, (size_t)(end - *cursor)}, line, number;
	struct proc_cgroup cgroup;

	if (!rest.len)
		return 0;
	if (!text_cut(&rest, '\n', &line) || memchr(line.text, '\0', line.len) ||
	    !text_cut(&line, ':', &number) ||
	    text_parse_u64(number.text, number.len, &cgroup.hierarchy) < 0 ||
	    !text_cut(&line, ':', &cgroup.controllers) || !line.len || *line.text != '/')
		return -EPROTO;
	cgroup.path = line; /* which may hold colons */
	*cursor = rest.text;
	*ret = cgroup;
	return 1;
}

/* ---- mountinfo ------------------------------------------------------------------------------- */

/* ID PARENT MAJOR:MINOR ROOT MOUNT_POINT OPTIONS [TAG]... - TYPE SOURCE SUPER_OPTIONS */
static bool parse_mount(struct text c, struct proc_mount *m)
{
	struct text field;

	if (!cut_id(&c, 0, &m->id) || !cut_id(&c, 0, &m->parent) || !text_cut(&c, ':', &field) ||
	    !parse_u32(field, &m->major) || !cut_u32(&c, &m->minor) ||
	    !text_cut(&c, ' ', &m->root) || !text_cut(&c, ' ', &m->mount_point) ||
	    !text_cut(&c, ' ', &m->options))
		return false;
	do {
		if (!text_cut(&c, ' ', &field))
			return false;
	} while (!text_is(field, "-"));
	/* The source may be empty: mount -t tmpfs "" /mnt. */
	if (!text_cut(&c, ' ', &m->type) || !text_cut(&c, ' ', &m->source))
		return false;
	m->super_options = c;
	return true;
}

int proc_next_mount(const char **cursor, const char *end, struct proc_mount *ret)
{
	struct text rest = {*cursor, (size_t)(end - *cursor)}, line;
	struct proc_mount m;

	while (text_next(&rest, '\n', &line)) {
		*cursor = rest.text;
		if (!parse_mount(line, &m))
			continue;
		*ret = m;
		return 1;
	}
	return 0;
}
