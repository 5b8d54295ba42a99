/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Operations as lines (FORMAT 4). The reader is the hot path of a rebuild: one pass over the canonical
 * tokens, arrays that are reused from line to line, texts borrowed from the payload unless they hold
 * an escape. While a line is read its arrays may move, so they are linked by index until it is whole.
 */
#include "sync_op.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"

#define VALUE_MAX 32768
#define ELEMENT_MAX 400
#define KIND_MAX 32

static const char *const VERBS[] = {"set", "void", "unvoid", "found", "device", "event", "alias", "verdict", "extract",
    "snapshot", "note", "field", "attach"};
#define NVERBS (sizeof(VERBS) / sizeof(VERBS[0]))

const char *
jc_verb_word(enum jc_verb v)
{
	return VERBS[v];
}

struct vec {
	void *p;
	size_t n, cap, size;
};

struct jc_ops_reader {
	int drafts;
	const char *p, *end;
	size_t line_no;
	struct jc_opctx ctx;
	struct jc_canon c;
	struct jc_buf scratch;
	struct vec field, name, ref, elem;
	const char *why;
};

/* While reading, pointers hold an index + 1 into their array. */
#define AS_INDEX(i) ((const void *)(size_t)((i) + 1))
#define INDEX_OF(p) ((size_t)(p)-1)

static void *
vec_add(struct vec *v)
{
	if (v->n == v->cap) {
		size_t cap = v->cap != 0 ? v->cap * 2 : 32;
		void *p = jc_realloc(v->p, cap * v->size);

		if (p == NULL)
			return NULL;
		v->p = p;
		v->cap = cap;
	}
	return (char *)v->p + v->n++ * v->size;
}

int
jc_ops_reader_new(struct jc_ops_reader **out, int drafts, struct jc_err *err)
{
	struct jc_ops_reader *r = jc_calloc(1, sizeof(*r));

	*out = r;
	if (r == NULL)
		return JC_NOMEM(err, "jc_ops_reader_new");
	r->drafts = drafts;
	r->field.size = sizeof(struct jc_opfield);
	r->name.size = sizeof(struct jc_opnames);
	r->ref.size = sizeof(struct jc_opref);
	r->elem.size = sizeof(struct jc_slice);
	jc_buf_init(&r->scratch, JC_LINE_MAX + 16);
	return 0;
}

void
jc_ops_reader_free(struct jc_ops_reader *r)
{
	if (r == NULL)
		return;
	jc_buf_free(&r->scratch);
	jc_free(r->field.p);
	jc_free(r->name.p);
	jc_free(r->ref.p);
	jc_free(r->elem.p);
	jc_free(r);
}

void
jc_ops_begin(struct jc_ops_reader *r, const char *p, size_t n)
{
	r->p = p;
	r->end = p + n;
	r->line_no = 0;
	memset(&r->ctx, 0, sizeof(r->ctx));
}

/* ---- references ---- */

void
jc_opref_put(struct jc_buf *b, const struct jc_opref *ref)
{
	if (ref->kind == JC_REF_HASH)
		jc_buf_b64(b, ref->h, JC_H16);
	jc_buf_putf(b, ref->kind == JC_REF_LOCAL ? "#%lld" : ".%lld", (long long)ref->n);
}

static int
number_parse(int64_t *out, const char *p, size_t n)
{
	*out = 0;
	if (n == 0 || n > 15 || (p[0] == '0' && n > 1))
		return JC_EFORMAT;
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return JC_EFORMAT;
		*out = *out * 10 + (p[i] - '0');
	}
	return 0;
}

int
jc_opref_parse(struct jc_opref *out, struct jc_slice s, int drafts)
{
	size_t at = 0;

	memset(out, 0, sizeof(*out));
	if (s.n == 0)
		return JC_EFORMAT;
	if (s.p[0] == '#') {
		out->kind = JC_REF_LOCAL;
		return !drafts || number_parse(&out->n, s.p + 1, s.n - 1) < 0 || out->n == 0 ? JC_EFORMAT : 0;
	}
	if (s.p[0] != '.') {
		out->kind = JC_REF_HASH;
		at = 22;
		if (s.n < 24 || s.p[22] != '.' || jc_b64_decode(out->h, JC_H16, s.p, 22) != JC_H16)
			return JC_EFORMAT;
	}
	return number_parse(&out->n, s.p + at + 1, s.n - at - 1) < 0 || out->n >= JC_OPS_MAX ? JC_EFORMAT : 0;
}

/* ---- parts of a line; each returns 0 or sets why ---- */

static int
wrong(struct jc_ops_reader *r, const char *why)
{
	r->why = why;
	return JC_EFORMAT;
}

static int
text(struct jc_ops_reader *r, struct jc_slice *out, size_t max)
{
	if (jc_canon_text(out, r->c.raw, &r->scratch) < 0)
		return JC_ENOMEM;
	return out->n <= max ? 0 : wrong(r, "text too long");
}

static int
str(struct jc_ops_reader *r, struct jc_slice *out, size_t max)
{
	if (jc_canon_next(&r->c) != JC_TOK_STR)
		return wrong(r, "not a text");
	return text(r, out, max);
}

static int
name_ok(struct jc_slice s, size_t max)
{
	if (s.n == 0 || s.n > max || s.p[0] < 'a' || s.p[0] > 'z')
		return 0;
	for (size_t i = 1; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_'))
			return 0;
	return 1;
}

static int
id(struct jc_ops_reader *r, jc_id out)
{
	struct jc_slice s;
	int rc = str(r, &s, JC_ID_LEN);

	if (rc < 0 || !jc_id_ok(s.p, s.n))
		return rc < 0 ? rc : wrong(r, "not an id");
	memcpy(out, s.p, JC_ID_LEN);
	out[JC_ID_LEN] = '\0';
	return 0;
}

/* Elements of an array of texts, sorted, no duplicates, not empty. */
static int
elements(struct jc_ops_reader *r, size_t *first, size_t *n)
{
	struct jc_slice last = {NULL, 0};
	enum jc_tok t;

	*first = r->elem.n;
	if (jc_canon_next(&r->c) != JC_TOK_ARR)
		return wrong(r, "set without list");
	while ((t = jc_canon_next(&r->c)) == JC_TOK_STR) {
		struct jc_slice *s = vec_add(&r->elem), got;
		int rc;

		if (s == NULL)
			return JC_ENOMEM;
		if ((rc = text(r, &got, ELEMENT_MAX)) < 0)
			return rc;
		if (got.n == 0 || (last.p != NULL && jc_slice_cmp(last, got) >= 0))
			return wrong(r, "set elements not in order");
		last = *s = got;
	}
	*n = r->elem.n - *first;
	return t == JC_TOK_ARR_END && *n > 0 ? 0 : wrong(r, "set elements");
}

static int
set_value(struct jc_ops_reader *r, struct jc_opfield *f, int removed)
{
	size_t first, n;
	int rc = elements(r, &first, &n);

	if (rc < 0)
		return rc;
	if (removed) {
		f->del = AS_INDEX(first);
		f->ndel = n;
	} else {
		f->add = AS_INDEX(first);
		f->nadd = n;
	}
	return 0;
}

static int
object_value(struct jc_ops_reader *r, struct jc_opfield *f)
{
	enum jc_tok t = jc_canon_next(&r->c);
	int rc = 0, any = 0;

	if (t == JC_TOK_KEY && jc_slice_is(r->c.raw, "?")) {
		f->kind = JC_VAL_RAW;
		if ((rc = str(r, &f->text, VALUE_MAX)) < 0)
			return rc;
		return jc_canon_next(&r->c) == JC_TOK_OBJ_END && f->text.n > 0 ? 0 : wrong(r, "raw value");
	}
	f->kind = JC_VAL_SET;
	for (; rc == 0 && t == JC_TOK_KEY; t = rc == 0 ? jc_canon_next(&r->c) : t, any = 1) {
		if (!jc_slice_is(r->c.raw, "+") && !jc_slice_is(r->c.raw, "-"))
			return wrong(r, "unknown form of value");
		rc = set_value(r, f, r->c.raw.p[0] == '-');
	}
	return rc < 0 ? rc : any && t == JC_TOK_OBJ_END ? 0 : wrong(r, "set value");
}

static int
field_value(struct jc_ops_reader *r, struct jc_opfield *f)
{
	switch (jc_canon_next(&r->c)) {
	case JC_TOK_STR:
		f->kind = JC_VAL_TEXT;
		return text(r, &f->text, VALUE_MAX);
	case JC_TOK_NULL:
		f->kind = JC_VAL_NULL;
		return 0;
	case JC_TOK_OBJ:
		return object_value(r, f);
	default:
		return wrong(r, "value");
	}
}

/* An object of fields, appended to the fields read so far. */
static int
fields(struct jc_ops_reader *r, int boxed)
{
	enum jc_tok t;
	int rc, any = 0;

	if (jc_canon_next(&r->c) != JC_TOK_OBJ)
		return wrong(r, "fields");
	while ((t = jc_canon_next(&r->c)) == JC_TOK_KEY) {
		struct jc_opfield f = {.boxed = boxed}, *at;

		f.name = r->c.raw;
		if (!name_ok(f.name, 40) && (boxed || !jc_slice_is(f.name, "*")))
			return wrong(r, "field name");
		if ((rc = field_value(r, &f)) < 0)
			return rc;
		if ((at = vec_add(&r->field)) == NULL)
			return JC_ENOMEM;
		*at = f;
		any = 1;
	}
	return t == JC_TOK_OBJ_END && any ? 0 : wrong(r, "fields");
}

static int
box(struct jc_ops_reader *r)
{
	int rc;

	if (jc_canon_next(&r->c) != JC_TOK_OBJ || jc_canon_next(&r->c) != JC_TOK_KEY || !jc_slice_is(r->c.raw, "a") ||
	    jc_canon_next(&r->c) != JC_TOK_INT || r->c.num != 0 || jc_canon_next(&r->c) != JC_TOK_KEY ||
	    !jc_slice_is(r->c.raw, "f"))
		return wrong(r, "box");
	if ((rc = fields(r, 1)) < 0)
		return rc;
	return jc_canon_next(&r->c) == JC_TOK_OBJ_END ? 0 : wrong(r, "box");
}

static int
refs(struct jc_ops_reader *r, struct jc_opnames *name)
{
	struct jc_slice last = {NULL, 0};
	size_t first = r->ref.n;
	enum jc_tok t;

	if (jc_canon_next(&r->c) != JC_TOK_ARR)
		return wrong(r, "names without list");
	while ((t = jc_canon_next(&r->c)) == JC_TOK_STR) {
		struct jc_opref *ref = vec_add(&r->ref);

		if (ref == NULL)
			return JC_ENOMEM;
		if (jc_opref_parse(ref, r->c.raw, r->drafts) < 0)
			return wrong(r, "reference");
		if (last.p != NULL && jc_slice_cmp(last, r->c.raw) >= 0)
			return wrong(r, "references not in order");
		last = r->c.raw;
	}
	name->refs = AS_INDEX(first);
	name->nrefs = r->ref.n - first;
	return t == JC_TOK_ARR_END && name->nrefs > 0 ? 0 : wrong(r, "references");
}

static int
names(struct jc_ops_reader *r)
{
	enum jc_tok t;
	int rc;

	if (jc_canon_next(&r->c) != JC_TOK_OBJ)
		return wrong(r, "names");
	while ((t = jc_canon_next(&r->c)) == JC_TOK_KEY) {
		struct jc_opnames name = {.field = r->c.raw}, *at;

		if (!name_ok(name.field, 40) && !jc_slice_is(name.field, "~") && !jc_slice_is(name.field, "*"))
			return wrong(r, "field name");
		if ((rc = refs(r, &name)) < 0)
			return rc;
		if ((at = vec_add(&r->name)) == NULL)
			return JC_ENOMEM;
		*at = name;
	}
	return t == JC_TOK_OBJ_END && r->name.n > 0 ? 0 : wrong(r, "names");
}

static int
batch(struct jc_ops_reader *r, struct jc_op *op)
{
	struct jc_opctx *c = &r->ctx;
	int rc;

	if (jc_canon_next(&r->c) != JC_TOK_ARR)
		return wrong(r, "t");
	if ((rc = id(r, op->batch)) < 0)
		return rc;
	if (jc_canon_next(&r->c) != JC_TOK_INT || r->c.num < 0)
		return wrong(r, "t");
	op->place = r->c.num;
	if (jc_canon_next(&r->c) != JC_TOK_INT || r->c.num < 0)
		return wrong(r, "t");
	op->time = r->c.num;
	if (jc_canon_next(&r->c) != JC_TOK_ARR_END)
		return wrong(r, "t");
	if (c->any && strcmp(c->batch, op->batch) == 0 && c->place + 1 == op->place && c->time == op->time)
		return wrong(r, "t says what is known");
	return 0;
}

static int
verb(struct jc_ops_reader *r, struct jc_op *op)
{
	struct jc_slice s;
	int rc = str(r, &s, 16);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < NVERBS; i++)
		if (jc_slice_is(s, VERBS[i])) {
			op->verb = (enum jc_verb)i;
			return 0;
		}
	return wrong(r, "unknown verb");
}

static int
date_ok(struct jc_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (i == 4 || i == 7 ? s.p[i] != '-' : s.p[i] < '0' || s.p[i] > '9')
			return 0;
	return s.n == 10;
}

static int
member(struct jc_ops_reader *r, struct jc_op *op, char key)
{
	struct jc_slice s;
	int rc;

	switch (key) {
	case 'a':
		return str(r, &op->actor, 60);
	case 'b':
		return box(r);
	case 'd':
		rc = str(r, &op->date, 10);
		return rc < 0 ? rc : date_ok(op->date) ? 0 : wrong(r, "date");
	case 'f':
		return fields(r, 0);
	case 'h':
		return str(r, &op->hat, 20);
	case 'k':
		rc = str(r, &op->kind, KIND_MAX);
		return rc < 0 ? rc : name_ok(op->kind, KIND_MAX) ? 0 : wrong(r, "kind");
	case 'n':
		if (jc_canon_next(&r->c) != JC_TOK_INT || r->c.num < 1 || r->c.num > 1000000)
			return wrong(r, "n");
		op->count = r->c.num;
		return 0;
	case 'o':
		op->has_origin = 1;
		rc = str(r, &s, 64);
		return rc < 0 ? rc : jc_opref_parse(&op->origin, s, r->drafts) < 0 ? wrong(r, "origin") : 0;
	case 'p':
		return names(r);
	case 'r':
		return id(r, op->rec);
	case 't':
		return batch(r, op);
	case 'v':
		return verb(r, op);
	case 'w':
		return str(r, &op->behalf, 60);
	default:
		return wrong(r, "unknown member");
	}
}

/* Fields of clear text and box together, in order; they are few. */
static int
fields_sort(struct jc_ops_reader *r)
{
	struct jc_opfield *f = r->field.p;

	for (size_t i = 1; i < r->field.n; i++)
		for (size_t k = i; k > 0; k--) {
			int c = jc_slice_cmp(f[k - 1].name, f[k].name);
			struct jc_opfield t = f[k];

			if (c == 0)
				return wrong(r, "field in clear and in the box");
			if (c < 0)
				break;
			f[k] = f[k - 1];
			f[k - 1] = t;
		}
	return 0;
}

static void
link_arrays(struct jc_ops_reader *r, struct jc_op *op)
{
	struct jc_opfield *f = r->field.p;
	struct jc_opnames *n = r->name.p;
	struct jc_slice *e = r->elem.p;
	struct jc_opref *ref = r->ref.p;

	for (size_t i = 0; i < r->field.n; i++) {
		f[i].add = f[i].nadd != 0 ? e + INDEX_OF(f[i].add) : NULL;
		f[i].del = f[i].ndel != 0 ? e + INDEX_OF(f[i].del) : NULL;
	}
	for (size_t i = 0; i < r->name.n; i++)
		n[i].refs = ref + INDEX_OF(n[i].refs);
	op->fields = f;
	op->nfields = r->field.n;
	op->names = n;
	op->nnames = r->name.n;
}

/* `*` stands alone in an alias; elsewhere it may only be named, as the witness of a set. */
static int
star_ok(const struct jc_op *op)
{
	int alias = op->verb == JC_V_ALIAS;

	if (op->nfields > 0 && jc_slice_is(op->fields[0].name, "*") && !alias) /* sorts before every name */
		return 0;
	return op->nnames == 0 || !jc_slice_is(op->names[0].field, "*") || alias || op->verb == JC_V_SET;
}

static int
shape(struct jc_ops_reader *r, const struct jc_op *op, int has_verb)
{
	int rec = op->rec[0] != '\0' && op->kind.n != 0;

	if (!has_verb)
		return wrong(r, "no verb");
	if (!star_ok(op))
		return wrong(r, "reserved name");
	switch (op->verb) {
	case JC_V_SET:
		return rec && op->nfields > 0 ? 0 : wrong(r, "set");
	case JC_V_ALIAS:
		return rec && op->nfields == 1 && jc_slice_is(op->fields[0].name, "*") && op->fields[0].kind == JC_VAL_SET &&
		        (op->nnames == 0 || (op->nnames == 1 && jc_slice_is(op->names[0].field, "*")))
		    ? 0
		    : wrong(r, "alias");
	case JC_V_VOID:
		return rec && op->nnames > 0 && op->nfields == 1 && jc_slice_is(op->fields[0].name, "reason") &&
		        op->fields[0].kind == JC_VAL_TEXT && !op->fields[0].boxed
		    ? 0
		    : wrong(r, "void");
	case JC_V_UNVOID:
		return rec && op->nfields == 0 && op->nnames <= 1 && (op->nnames == 0 || jc_slice_is(op->names[0].field, "~"))
		    ? 0
		    : wrong(r, "unvoid");
	case JC_V_FOUND:
		return op->rec[0] == '\0' && op->kind.n == 0 && op->nfields > 0 ? 0 : wrong(r, "found");
	case JC_V_DEVICE:
		return op->rec[0] != '\0' && op->kind.n == 0 && op->nfields > 0 ? 0 : wrong(r, "device");
	default:
		return 0;
	}
}

static int
line_read(struct jc_ops_reader *r, struct jc_op *op, size_t n)
{
	int rc, has_t = 0, has_v = 0;
	enum jc_tok t;

	memset(op, 0, sizeof(*op));
	op->line = (struct jc_slice){r->p, n};
	r->field.n = r->name.n = r->ref.n = r->elem.n = 0;
	jc_buf_reset(&r->scratch);
	if (jc_buf_room(&r->scratch, n) == NULL) /* decoded text never outgrows its line: it will not move */
		return JC_ENOMEM;
	r->scratch.len = 0;
	jc_canon_init(&r->c, r->p, n);
	if (jc_canon_next(&r->c) != JC_TOK_OBJ)
		return wrong(r, "not an object");
	while ((t = jc_canon_next(&r->c)) == JC_TOK_KEY) {
		if (r->c.raw.n != 1)
			return wrong(r, "unknown member");
		has_t |= r->c.raw.p[0] == 't';
		has_v |= r->c.raw.p[0] == 'v';
		if ((rc = member(r, op, r->c.raw.p[0])) < 0)
			return rc;
	}
	if (t != JC_TOK_OBJ_END || jc_canon_next(&r->c) != JC_TOK_END)
		return wrong(r, r->c.why != NULL ? r->c.why : "line");
	if (!has_t && !r->ctx.any)
		return wrong(r, "no t");
	if (!has_t) {
		memcpy(op->batch, r->ctx.batch, sizeof(op->batch));
		op->place = r->ctx.place + 1;
		op->time = r->ctx.time;
	}
	if ((rc = fields_sort(r)) < 0)
		return rc;
	link_arrays(r, op);
	return shape(r, op, has_v);
}

static void
ctx_take(struct jc_opctx *c, const struct jc_op *op)
{
	c->any = 1;
	memcpy(c->batch, op->batch, sizeof(c->batch));
	c->place = op->place;
	c->time = op->time;
}

int
jc_ops_next(struct jc_ops_reader *r, struct jc_op *op, struct jc_err *err)
{
	const char *lf;
	int rc;

	if (r->p == r->end)
		return 0;
	r->line_no++;
	lf = memchr(r->p, '\n', (size_t)(r->end - r->p));
	r->why = NULL;
	if (lf == NULL && r->drafts)
		lf = r->end; /* a draft is kept without its line end */
	if (lf == NULL)
		rc = wrong(r, "no line end");
	else if (lf - r->p > JC_LINE_MAX || r->line_no > JC_OPS_MAX)
		return jc_err_set(err, JC_ELIMIT, "jc_ops_next",
		    JC_T("第%zu行太长或行数太多", "Line %zu is too long, or there are too many"), r->line_no);
	else
		rc = line_read(r, op, (size_t)(lf - r->p));
	if (rc == JC_ENOMEM)
		return JC_NOMEM(err, "jc_ops_next");
	if (rc < 0)
		return jc_err_set(err, JC_EFORMAT, "jc_ops_next", JC_T("第%zu行格式不对：%s", "Line %zu is malformed: %s"),
		    r->line_no, r->why != NULL ? r->why : "JSON");
	ctx_take(&r->ctx, op);
	r->p = lf < r->end ? lf + 1 : lf;
	return 1;
}

/* ---- writing ---- */

static void
key_put(struct jc_buf *b, char key)
{
	if (b->len != 0 && b->data[b->len - 1] != '{')
		jc_buf_putc(b, ',');
	jc_buf_putc(b, '"');
	jc_buf_putc(b, key);
	jc_buf_puts(b, "\":");
}

static void
text_put(struct jc_buf *b, char key, struct jc_slice s)
{
	if (s.n == 0)
		return;
	key_put(b, key);
	jc_canon_str(b, s.p, s.n);
}

static void
list_put(struct jc_buf *b, char sign, const struct jc_slice *v, size_t n)
{
	key_put(b, sign);
	jc_buf_putc(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			jc_buf_putc(b, ',');
		jc_canon_str(b, v[i].p, v[i].n);
	}
	jc_buf_putc(b, ']');
}

static void
value_put(struct jc_buf *b, const struct jc_opfield *f)
{
	if (f->kind == JC_VAL_NULL) {
		jc_buf_puts(b, "null");
	} else if (f->kind == JC_VAL_TEXT) {
		jc_canon_str(b, f->text.p, f->text.n);
	} else {
		jc_buf_putc(b, '{');
		if (f->kind == JC_VAL_RAW)
			text_put(b, '?', f->text);
		if (f->kind == JC_VAL_SET && f->nadd != 0)
			list_put(b, '+', f->add, f->nadd);
		if (f->kind == JC_VAL_SET && f->ndel != 0)
			list_put(b, '-', f->del, f->ndel);
		jc_buf_putc(b, '}');
	}
}

static void
fields_put(struct jc_buf *b, const struct jc_op *op, int boxed)
{
	int any = 0;

	for (size_t i = 0; i < op->nfields; i++) {
		if (!op->fields[i].boxed != !boxed)
			continue;
		if (!any) {
			key_put(b, boxed ? 'b' : 'f');
			jc_buf_puts(b, boxed ? "{\"a\":0,\"f\":{" : "{");
		} else {
			jc_buf_putc(b, ',');
		}
		jc_canon_str(b, op->fields[i].name.p, op->fields[i].name.n);
		jc_buf_putc(b, ':');
		value_put(b, &op->fields[i]);
		any = 1;
	}
	if (any)
		jc_buf_puts(b, boxed ? "}}" : "}");
}

static void
ref_put(struct jc_buf *b, const struct jc_opref *ref)
{
	jc_buf_putc(b, '"');
	jc_opref_put(b, ref);
	jc_buf_putc(b, '"');
}

static void
names_put(struct jc_buf *b, const struct jc_op *op)
{
	if (op->nnames == 0)
		return;
	key_put(b, 'p');
	jc_buf_putc(b, '{');
	for (size_t i = 0; i < op->nnames; i++) {
		if (i > 0)
			jc_buf_putc(b, ',');
		jc_canon_str(b, op->names[i].field.p, op->names[i].field.n);
		jc_buf_puts(b, ":[");
		for (size_t k = 0; k < op->names[i].nrefs; k++) {
			if (k > 0)
				jc_buf_putc(b, ',');
			ref_put(b, &op->names[i].refs[k]);
		}
		jc_buf_putc(b, ']');
	}
	jc_buf_putc(b, '}');
}

static void
batch_put(struct jc_buf *b, const struct jc_op *op, const struct jc_opctx *ctx)
{
	if (ctx->any && strcmp(ctx->batch, op->batch) == 0 && ctx->place + 1 == op->place && ctx->time == op->time)
		return;
	key_put(b, 't');
	jc_buf_putf(b, "[\"%s\",%lld,%lld]", op->batch, (long long)op->place, (long long)op->time);
}

static int
sorted(const struct jc_op *op)
{
	for (size_t i = 1; i < op->nfields; i++)
		if (jc_slice_cmp(op->fields[i - 1].name, op->fields[i].name) >= 0)
			return 0;
	for (size_t i = 1; i < op->nnames; i++)
		if (jc_slice_cmp(op->names[i - 1].field, op->names[i].field) >= 0)
			return 0;
	return 1;
}

int
jc_op_write(struct jc_buf *b, const struct jc_op *op, struct jc_opctx *ctx, struct jc_err *err)
{
	if (!sorted(op))
		return jc_err_code(err, JC_EINVAL, "jc_op_write");
	jc_buf_putc(b, '{');
	text_put(b, 'a', op->actor);
	fields_put(b, op, 1);
	text_put(b, 'd', op->date);
	fields_put(b, op, 0);
	text_put(b, 'h', op->hat);
	text_put(b, 'k', op->kind);
	if (op->count != 0) {
		key_put(b, 'n');
		jc_canon_int(b, op->count);
	}
	if (op->has_origin) {
		key_put(b, 'o');
		ref_put(b, &op->origin);
	}
	names_put(b, op);
	text_put(b, 'r', (struct jc_slice){op->rec, strlen(op->rec)});
	batch_put(b, op, ctx);
	text_put(b, 'v', (struct jc_slice){VERBS[op->verb], strlen(VERBS[op->verb])});
	text_put(b, 'w', op->behalf);
	jc_buf_puts(b, "}\n");
	ctx_take(ctx, op);
	return 0;
}

struct jc_slice
jc_op_text(const struct jc_op *op, const char *name)
{
	for (size_t i = 0; i < op->nfields; i++)
		if (op->fields[i].kind == JC_VAL_TEXT && jc_slice_is(op->fields[i].name, name))
			return op->fields[i].text;
	return (struct jc_slice){"", 0};
}

/* ---- identity of copies ---- */

void
jc_op_content(uint8_t out[JC_HASH_LEN], const struct jc_op *op)
{
	struct jc_hasher h;
	struct jc_canon c;
	int any = 0;

	jc_hasher_init(&h);
	jc_hasher_add(&h, "{", 1);
	jc_canon_init(&c, op->line.p, op->line.n);
	if (jc_canon_next(&c) == JC_TOK_OBJ)
		while (jc_canon_next(&c) == JC_TOK_KEY) {
			const char *start = c.raw.p - 1;
			char key = c.raw.p[0];

			if (jc_canon_skip(&c) < 0)
				break;
			if (key == 'n' || key == 'o' || key == 'p' || key == 't')
				continue;
			if (any++)
				jc_hasher_add(&h, ",", 1);
			jc_hasher_add(&h, start, (size_t)(c.p - start));
		}
	jc_hasher_add(&h, "}", 1);
	jc_hasher_end(&h, out);
}
