// SPDX-License-Identifier: LGPL-2.1-or-later
/* line.c - reads one line of a recording: key=value words into raw facts. */
#include "line.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

/* A key this version knows, and where its value goes in the struct of its kind of line. */
struct line_field {
	const char *key;
	uint64_t known;
	enum recording_type type;
	size_t offset;
};

#define HEAD_FIELD(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct recording_head, raw)},
#define END_FIELD(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct recording_end, raw)},
#define NS_POURED(type, member, at, name, bit, help) \
	{#member, PIDNS_NS_##name, RECORDING_##type, offsetof(struct ns_line, raw.member)},
#define NS_SPECIAL(type, key, member, raw, at, name, bit, help) \
	{#key, PIDNS_NS_##name, RECORDING_##type, offsetof(struct ns_line, raw)},
#define NS_LINK(type, key, member, raw, name, bit, help) \
	NS_SPECIAL(type, key, member, raw, 0, name, bit, help)
#define TASK_POURED(type, member, at, name, bit, help) \
	{#member, PIDNS_TASK_##name, RECORDING_##type, offsetof(struct task_line, raw.member)},
#define TASK_SPECIAL(type, key, member, raw, at, name, bit, help) \
	{#key, PIDNS_TASK_##name, RECORDING_##type, offsetof(struct task_line, raw)},
#define NOTE_FIELD(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct note_line, raw)},
/* What every line of notes begins with. */
#define NOTE_NS {"ns", 0, RECORDING_REF, offsetof(struct note_line, ns)},

static const struct line_field head_fields[] = {RECORDING_HEAD_FIELDS(HEAD_FIELD)};
static const struct line_field end_fields[] = {RECORDING_END_FIELDS(END_FIELD)};
static const struct line_field ns_fields[] = {
	PIDNS_NS_FACTS(NS_POURED, FACT_SKIP, FACT_SKIP, NS_SPECIAL, NS_LINK, FACT_SKIP)};
static const struct line_field task_fields[] = {
	PIDNS_TASK_FACTS(TASK_POURED, FACT_SKIP, FACT_SKIP, TASK_SPECIAL, FACT_SKIP, FACT_SKIP)};
static const struct line_field notes_fields[] = {NOTE_NS RECORDING_NOTES_FIELDS(NOTE_FIELD)};
static const struct line_field container_fields[] = {
	NOTE_NS RECORDING_CONTAINER_FIELDS(NOTE_FIELD)};
static const struct line_field limit_fields[] = {NOTE_NS RECORDING_LIMIT_FIELDS(NOTE_FIELD)};
static const struct line_field pin_fields[] = {NOTE_NS RECORDING_PIN_FIELDS(NOTE_FIELD)};
static const struct line_field zombie_fields[] = {NOTE_NS RECORDING_ZOMBIE_FIELDS(NOTE_FIELD)};

/* ---- values: 1 taken, 0 of no meaning to this version, -EPROTO ------------------------------- */

static int get_up_to(const char *text, size_t len, uint64_t max, uint64_t *ret)
{
	uint64_t value;

	if (text_parse_u64(text, len, &value) < 0 || value > max)
		return -EPROTO;
	*ret = value;
	return 1;
}

static int get_u64(char *text, const struct line_field *field, char *line)
{
	uint64_t value;
	int r = get_up_to(text, strlen(text), UINT64_MAX, &value);

	if (r > 0)
		memcpy(line + field->offset, &value, sizeof(value));
	return r;
}

static int store_u32(uint32_t value, const struct line_field *field, char *line)
{
	memcpy(line + field->offset, &value, sizeof(value));
	return 1;
}

static int get_u32(char *text, const struct line_field *field, char *line)
{
	uint64_t value;
	int r = get_up_to(text, strlen(text), UINT32_MAX, &value);

	return r > 0 ? store_u32((uint32_t)value, field, line) : r;
}

static int get_i32(char *text, const struct line_field *field, char *line)
{
	uint64_t value;
	int r = get_up_to(text, strlen(text), INT32_MAX, &value);

	return r > 0 ? store_u32((uint32_t)value, field, line) : r;
}

/* A word of a newer version is passed over. */
static int get_word(char *text, const struct line_field *field, char *line)
{
	const char *name;
	uint32_t value;

	for (value = 1; (name = recording_word(field->type, value)); value++)
		if (!strcmp(text, name))
			return store_u32(value, field, line);
	return 0;
}

static int get_error(char *text, const struct line_field *field, char *line)
{
	const char *name;
	int32_t error;

	for (size_t i = 0; (name = recording_error_name(i, &error)); i++)
		if (!strcmp(text, name))
			return store_u32((uint32_t)error, field, line);
	return 0;
}

static int get_letter(char *text, const struct line_field *field, char *line)
{
	if (text[0] <= ' ' || text[0] >= 0x7f || text[1])
		return -EPROTO;
	return store_u32((unsigned char)text[0], field, line);
}

/* \ooo back into the byte it was; never NUL, which would end the text early. */
static int get_octal(const char *digits)
{
	unsigned int value = 0, i;

	for (i = 0; i < 3; i++) {
		if (digits[i] < '0' || digits[i] > '7')
			return -EPROTO;
		value = value << 3 | (unsigned int)(digits[i] - '0');
	}
	return value && value < 256 ? (int)value : -EPROTO;
}

static int get_text(char *text, const struct line_field *field, char *line)
{
	const char *from = text;
	char *to = text;

	while (*from) {
		int byte = (unsigned char)*from++;

		if (byte == '\\') {
			byte = get_octal(from);
			from += 3;
		}
		if (byte < 0)
			return byte;
		*to++ = (char)byte;
	}
	*to = '\0';
	memcpy(line + field->offset, &text, sizeof(text));
	return 1;
}

static int get_vpids(char *text, const struct line_field *field, char *line)
{
	struct task_line *task = (struct task_line *)(void *)line;
	uint64_t value;
	uint32_t nr = 0;

	(void)field;
	for (;;) {
		size_t len = strcspn(text, ",");

		if (nr == ARRAY_SIZE(task->vpids) || get_up_to(text, len, INT32_MAX, &value) < 0 ||
		    !value)
			return -EPROTO;
		task->vpids[nr++] = (int32_t)value;
		if (!text[len])
			break;
		text += len + 1;
	}
	task->raw.nr_vpids = nr;
	return 1;
}

/* "32768:118,0,3": the numbers of a block, and how many of each are taken. */
static int get_pidmap(char *text, const struct line_field *field, char *line)
{
	struct ns_line *ns = (struct ns_line *)(void *)line;
	size_t len = strcspn(text, ":");
	uint64_t value;
	uint32_t nr = 0;

	(void)field;
	if (get_up_to(text, len, UINT32_MAX, &value) < 0 || !value)
		return -EPROTO;
	ns->raw.pidmap_block = (uint32_t)value;
	while (text[len]) {
		text += len + 1;
		len = strcspn(text, ",");
		if (nr == ARRAY_SIZE(ns->pidmap) || get_up_to(text, len, UINT32_MAX, &value) < 0)
			return -EPROTO;
		ns->pidmap[nr++] = (uint32_t)value;
	}
	ns->raw.nr_pidmap = nr;
	return 1;
}

/* An inode; 0 names no namespace. */
static int get_ns(char *text, const struct line_field *field, char *line)
{
	uint64_t ino;
	int r = get_up_to(text, strlen(text), UINT64_MAX, &ino);

	if (r < 0 || !ino)
		return -EPROTO;
	memcpy(line + field->offset, &ino, sizeof(ino));
	return 1;
}

/* Words of a newer version are passed over, as unknown bits are. */
static int get_words(char *text, const struct line_field *field, char *line)
{
	char *rest = text, *word;
	uint32_t bits = 0, bit;

	while ((word = strsep(&rest, ",")))
		for (bit = 1; bit; bit <<= 1) {
			const char *name = recording_word(field->type, bit);

			if (name && !strcmp(name, word))
				bits |= bit;
		}
	return store_u32(bits, field, line);
}

static const struct {
	int (*get)(char *text, const struct line_field *field, char *line);
	const char *wrong; /* what a value is that it cannot read */
} types[] = {
	[RECORDING_U64] = {get_u64, "no 64-bit number"},
	[RECORDING_U32] = {get_u32, "no 32-bit number"},
	[RECORDING_I32] = {get_i32, "no 31-bit number"},
	[RECORDING_PID] = {get_i32, "no 31-bit number"},
	[RECORDING_BOOL] = {get_u32, "no 32-bit number"},
	[RECORDING_STATE] = {get_word, "no state"},
	[RECORDING_LETTER] = {get_letter, "no letter"},
	[RECORDING_TEXT] = {get_text, "wrongly escaped"},
	[RECORDING_VPIDS] = {get_vpids, "no list of 1 to 33 positive numbers"},
	[RECORDING_PIDMAP] = {get_pidmap, "no list of 32-bit numbers by block"},
	[RECORDING_PARENT] = {get_ns, "no inode"},
	[RECORDING_REF] = {get_ns, "no inode"},
	[RECORDING_FLAGS] = {get_words, "no list of words"},
	[RECORDING_UNSEEN] = {get_words, "no list of words"},
	[RECORDING_BELOW] = {get_ns, "no inode"},
	[RECORDING_NOTED] = {get_words, "no list of words"},
	[RECORDING_LKIND] = {get_word, "no kind"},
	[RECORDING_PKIND] = {get_word, "no kind"},
	[RECORDING_CHILD] = {get_word, "no word"},
	[RECORDING_ERRNO] = {get_error, "no errno"},
};

/* ---- lines ----------------------------------------------------------------------------------- */

static const struct line_field *field_find(const struct line_field *fields, size_t nr,
					   const char *key)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(fields[i].key, key))
			return &fields[i];
	return NULL;
}

/* All structs of lines begin with the `known` of what was read. */
static int read_words(char *words, const struct line_field *fields, size_t nr,
		      const struct why *why, void *ret_line)
{
	uint64_t seen = 0, *known = ret_line;
	char *word, *value;
	int r;

	while ((word = strsep(&words, " "))) {
		const struct line_field *field;

		value = strchr(word, '=');
		if (!value || value == word)
			return why_set(why, -EPROTO, "a word that is not key=value");
		*value++ = '\0';
		field = field_find(fields, nr, word);
		if (!field)
			continue;
		if (seen & UINT64_C(1) << (field - fields))
			return why_set(why, -EPROTO, "%s is there twice", field->key);
		seen |= UINT64_C(1) << (field - fields);
		r = types[field->type].get(value, field, ret_line);
		if (r < 0)
			return why_set(why, r, "%s is %s", field->key, types[field->type].wrong);
		if (r)
			*known |= field->known;
	}
	return 0;
}

int line_read_head(char *words, const struct why *why, struct recording_head *ret)
{
	int r;

	*ret = (struct recording_head){.provider = ""};
	r = read_words(words, head_fields, ARRAY_SIZE(head_fields), why, ret);
	if (r >= 0 && !(ret->known & RECORDING_KNOWN_TIME))
		return why_set(why, -EPROTO, "no time_ns");
	return r;
}

int line_read_ns(char *words, const struct why *why, struct ns_line *ret)
{
	int r;

	memset(ret, 0, offsetof(struct ns_line, pidmap));
	ret->depth = LINE_NO_DEPTH;
	r = read_words(words, ns_fields, ARRAY_SIZE(ns_fields), why, ret);
	ret->raw.pidmap = ret->pidmap;
	/* A lower bound is the builder's own, made of the tasks. */
	if (!ret->pids_used_exact)
		ret->raw.known &= ~PIDNS_NS_PIDS_USED;
	return r;
}

int line_read_task(char *words, const struct why *why, struct task_line *ret)
{
	int r;

	*ret = (struct task_line){0};
	r = read_words(words, task_fields, ARRAY_SIZE(task_fields), why, ret);
	if (r < 0)
		return r;
	if (!ret->raw.pid || !ret->raw.tid)
		return why_set(why, -EPROTO, "no pid or no tid");
	if (ret->raw.known & PIDNS_TASK_VPIDS && ret->vpids[0] != ret->raw.tid)
		return why_set(why, -EPROTO, "vpids does not begin with tid");
	ret->raw.vpids = ret->vpids;
	ret->raw.comm = ret->comm;
	return 0;
}

static const struct {
	const char *kind;
	const struct line_field *fields;
	size_t nr;
	uint32_t note;
} note_kinds[] = {
	{RECORDING_NOTES, notes_fields, ARRAY_SIZE(notes_fields), 0},
	{RECORDING_CONTAINER, container_fields, ARRAY_SIZE(container_fields), PIDNS_NOTE_CONTAINER},
	{RECORDING_LIMIT, limit_fields, ARRAY_SIZE(limit_fields), PIDNS_NOTE_LIMITS},
	{RECORDING_PIN, pin_fields, ARRAY_SIZE(pin_fields), PIDNS_NOTE_PINS},
	{RECORDING_ZOMBIE, zombie_fields, ARRAY_SIZE(zombie_fields), PIDNS_NOTE_ZOMBIE},
};

int line_read_note(const char *kind, char *words, const struct why *why, struct note_line *ret)
{
	size_t i = 0;
	int r;

	while (i + 1 < ARRAY_SIZE(note_kinds) && strcmp(note_kinds[i].kind, kind) != 0)
		i++;
	memset(ret, 0, sizeof(*ret));
	ret->kind = note_kinds[i].note;
	r = read_words(words, note_kinds[i].fields, note_kinds[i].nr, why, ret);
	if (r < 0)
		return r;
	/* Only the limits of a task can do without. */
	if (!ret->ns && ret->kind != PIDNS_NOTE_LIMITS)
		return why_set(why, -EPROTO, "no ns");
	if (ret->kind == PIDNS_NOTE_LIMITS)
		ret->limit.known = (uint32_t)ret->known;
	return 0;
}

int line_read_end(char *words, const struct why *why, struct recording_end *ret)
{
	int r;

	*ret = (struct recording_end){0};
	r = read_words(words, end_fields, ARRAY_SIZE(end_fields), why, ret);
	if (r >= 0 && !(ret->known & RECORDING_KNOWN_COUNT))
		return why_set(why, -EPROTO, "no counts");
	return r;
}
