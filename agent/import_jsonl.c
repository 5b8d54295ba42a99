/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * JSON Lines: one record a line, {"kind":"member","key":"m-17","set":{"name":"...","posts":["chair"]}}. The key
 * is an external key, or "id:" and a record's id as an export writes it. "" and null are no value.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "import.h"

#define LINE_MAX_BYTES (1u << 20)

struct source {
	struct jc_import_source base; /* first */
	const struct jc_kind *kind;   /* of lines that name none; may be NULL */
	const char *p;
	size_t n, at;
	int64_t line;
	json_t *doc;                  /* the line at work */
	struct jc_import_cell *cell;
	size_t cap;
	struct jc_buf numbers;        /* texts of numbers and truth values */
};

/* The text of a JSON scalar as a person would type it; kept in src->numbers where it is no string. */
static int
scalar(struct source *src, struct jc_slice *out, const json_t *v)
{
	size_t at = src->numbers.len;
	char *text;

	if (json_is_string(v)) {
		*out = (struct jc_slice){json_string_value(v), json_string_length(v)};
		return 0;
	}
	if (json_is_null(v))
		return 0;
	if (json_is_true(v) || json_is_false(v)) {
		jc_buf_putc(&src->numbers, json_is_true(v) ? '1' : '0');
	} else if (json_is_number(v) && (text = json_dumps(v, JSON_ENCODE_ANY)) != NULL) {
		jc_buf_puts(&src->numbers, text);
		free(text);
	} else {
		return -1;
	}
	*out = (struct jc_slice){(const char *)at, src->numbers.len - at}; /* an offset: the buffer may still move */
	return 1;
}

static int
cells_room(struct source *src, size_t n)
{
	struct jc_import_cell *v;

	if (n <= src->cap)
		return 0;
	if ((v = jc_realloc(src->cell, n * sizeof(*v))) == NULL)
		return -1;
	src->cell = v;
	src->cap = n;
	return 0;
}

/* One member of "set"; 0, or 1 for a bad row. */
static int
member_take(struct source *src, struct jc_import_row *row, const char *name, const json_t *v)
{
	struct jc_import_cell *c = &src->cell[row->ncells];
	const struct jc_field *f = jc_catalogue_field(row->kind, name, strlen(name));
	int how;

	if (f == NULL)
		f = jc_catalogue_field_typed(row->kind, name);
	if (f == NULL)
		return jc_import_bad(
		    row, name, JC_T("没有“%s”这一项", "There is no field \"%s\""), name);
	*c = (struct jc_import_cell){.field = f, .text = {"", 0}};
	if (f->set && json_is_array(v)) {
		c->elements = v;
	} else if ((how = scalar(src, &c->text, v)) < 0) {
		return jc_import_bad(row, jc_field_label(f),
		    JC_T("“%s”的内容要是文字", "\"%s\" must be a text"), jc_field_label(f));
	} else if (how == 1) {
		c->blank_stays = 2; /* marks an offset */
	}
	row->ncells++;
	return 0;
}

static void
offsets_resolve(struct source *src, struct jc_import_row *row)
{
	for (size_t i = 0; i < row->ncells; i++)
		if (src->cell[i].blank_stays == 2) {
			src->cell[i].text.p = src->numbers.data + (size_t)src->cell[i].text.p;
			src->cell[i].blank_stays = 0;
		}
	row->cell = src->cell;
}

static int
key_take(struct jc_import_row *row, const json_t *key)
{
	row->by = JC_IMPORT_BY_CONTENT;
	if (key == NULL || json_is_null(key) ||
	    (json_is_string(key) && json_string_length(key) == 0))
		return 0;
	if (!json_is_string(key) || json_string_length(key) > 500)
		return jc_import_bad(row, "key",
		    JC_T("key 要是文字，最多500字节", "key must be a text of at most 500 bytes"));
	row->key = (struct jc_slice){json_string_value(key), json_string_length(key)};
	row->by = JC_IMPORT_BY_KEY;
	if (row->key.n == 3 + JC_ID_LEN && memcmp(row->key.p, "id:", 3) == 0 &&
	    jc_id_ok(row->key.p + 3, JC_ID_LEN)) {
		row->key.p += 3;
		row->key.n = JC_ID_LEN;
		row->by = JC_IMPORT_BY_ID;
	}
	return 0;
}

static int
doc_take(struct source *src, struct jc_import_row *row)
{
	const json_t *kind = json_object_get(src->doc, "kind"),
		     *set = json_object_get(src->doc, "set"), *v;
	const char *name;

	row->kind = kind == NULL   ? src->kind
	    : json_is_string(kind) ? jc_catalogue_kind_typed(json_string_value(kind))
				   : NULL;
	if (row->kind == NULL)
		return jc_import_bad(row, "kind",
		    JC_T("没有“%.60s”这种记录", "There is no kind \"%.60s\""),
		    json_is_string(kind) ? json_string_value(kind) : "");
	if (src->kind != NULL && row->kind != src->kind)
		return jc_import_bad(row, "kind",
		    JC_T("这一行不是要导入的种类（%s）",
			"This row is not of the kind to import (%s)"),
		    jc_kind_label(src->kind));
	json_object_foreach(src->doc, name, v) if (strcmp(name, "kind") != 0 &&
	    strcmp(name, "key") != 0 && strcmp(name, "set") != 0) return jc_import_bad(row, name,
	    JC_T("不认识“%.60s”，一行只有 kind、key、set",
		"Unknown member \"%.60s\"; a line has kind, key and set"),
	    name);
	if (!json_is_object(set))
		return jc_import_bad(row, "set", JC_T("缺少 set", "set is missing"));
	if (key_take(row, json_object_get(src->doc, "key")))
		return 1;
	if (cells_room(src, json_object_size(set) + 1) < 0)
		return JC_ENOMEM;
	jc_buf_reset(&src->numbers);
	json_object_foreach((json_t *)(size_t)set, name, v)
		if (member_take(src, row, name, v))
			return 1;
	if (src->numbers.failed)
		return JC_ENOMEM;
	offsets_resolve(src, row);
	return 1;
}

static int
next(struct jc_import_source *base, struct jc_import_row *row, struct jc_err *err)
{
	struct source *src = (struct source *)base;
	const char *lf, *from;
	json_error_t why;
	size_t n;
	int rc;

	do {
		if (src->at >= src->n)
			return 0;
		from = src->p + src->at;
		lf = memchr(from, '\n', src->n - src->at);
		n = lf != NULL ? (size_t)(lf - from) : src->n - src->at;
		src->at += n + 1;
		src->line++;
	} while (strspn(from, " \t\r") >= n);
	memset(row, 0, sizeof(*row));
	row->line = src->line;
	json_decref(src->doc);
	src->doc = NULL;
	if (n > LINE_MAX_BYTES)
		return jc_import_bad(row, "", JC_T("这一行太长", "This line is too long"));
	src->doc = json_loadb(from, n, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(src->doc))
		return jc_import_bad(row, "",
		    JC_T("这一行不是一个 JSON 对象（%s）", "This line is no JSON object (%s)"),
		    src->doc != NULL ? "" : why.text);
	if ((rc = doc_take(src, row)) < 0)
		return JC_NOMEM(err, "import");
	return 1;
}

static void
rewind_it(struct jc_import_source *base)
{
	struct source *src = (struct source *)base;

	src->at = 0;
	src->line = 0;
}

static void
close_it(struct jc_import_source *base)
{
	struct source *src = (struct source *)base;

	json_decref(src->doc);
	json_decref(src->base.ignored);
	jc_buf_free(&src->numbers);
	jc_free(src->cell);
	jc_free(src);
}

int
jc_import_jsonl_open(struct jc_import_source **out, const char *p, size_t n,
    const struct jc_kind *kind, struct jc_err *err)
{
	struct source *src = jc_calloc(1, sizeof(*src));

	*out = NULL;
	if (src == NULL)
		return JC_NOMEM(err, "import");
	src->base = (struct jc_import_source){
	    .next = next, .rewind = rewind_it, .close = close_it, .ignored = json_array()};
	src->kind = kind;
	src->p = p;
	src->n = n;
	jc_buf_init(&src->numbers, 1 << 20);
	*out = &src->base;
	return 0;
}
