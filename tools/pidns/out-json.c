// SPDX-License-Identifier: GPL-2.0-or-later
/* out-json.c - rows as a JSON document; in a tree the rows below one are its "children". */
#include "out.h"

static int json_begin(struct out *out)
{
	json_head(&out->json, out->snapshot);
	json_line(&out->json, out->array);
	json_open(&out->json, '[');
	return 0;
}

static void close_rows(struct out *out, uint32_t nr_left)
{
	for (; out->nr_open > nr_left; out->nr_open--) {
		json_close(&out->json, ']');
		json_close(&out->json, '}');
	}
}

static int json_row(struct out *out, const struct field_row *row, uint32_t depth)
{
	struct value value;

	close_rows(out, depth);
	json_line(&out->json, NULL);
	json_open(&out->json, '{');
	for (size_t i = 0; i < out->columns->nr_fields; i++) {
		const struct field *field = out->columns->fields[i];

		field_get(field, row, &value);
		json_item(&out->json, field->name);
		json_value(&out->json, &value);
	}
	if (!out->is_tree) {
		json_close(&out->json, '}');
		return 0;
	}
	json_item(&out->json, "children");
	json_open(&out->json, '[');
	out->nr_open = depth + 1;
	return 0;
}

static int json_finish(struct out *out)
{
	close_rows(out, 0);
	json_close(&out->json, ']');
	json_end(&out->json);
	return 0;
}

const struct out_ops out_json = {json_begin, json_row, json_finish};
