/* SPDX-License-Identifier: MulanPSL-2.0 */
/* history: who wrote what on a record, in order of arrival. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "out.h"
#include "record_io.h"

struct history {
	const struct jc_kind *kind; /* NULL: of a newer program */
	int64_t now;
	int first, full;
	json_t *json;               /* NULL: print for people */
};

static const char *
verb_word(const struct history *h, const struct jc_op *o)
{
	switch (o->verb) {
	case JC_V_SET:
		return h->first ? JC_T("新增", "added") : JC_T("修改", "changed");
	case JC_V_VOID:
		return JC_T("作废", "voided");
	case JC_V_UNVOID:
		return JC_T("恢复", "brought back");
	case JC_V_ALIAS:
		return JC_T("查重", "decided on duplicates");
	default:
		return jc_verb_word(o->verb);
	}
}

static void
element_put(struct jc_buf *b, const struct history *h, const struct jc_field *f, struct jc_slice s)
{
	if (f == NULL)
		jc_buf_slice(b, s);
	else if (h->full)
		jc_value_show(b, f, s.p, s.n);
	else
		jc_value_show_masked(b, f, s.p, s.n);
}

static void
elements_put(struct jc_buf *b, const struct history *h, const struct jc_field *f, const char *sign, const struct jc_slice *v,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		jc_buf_puts(b, sign);
		element_put(b, h, f, v[i]);
		jc_buf_putc(b, ' ');
	}
}

/* A field of an operation as "姓名 张三"; the text is freed by the caller. */
static void
field_put(struct jc_buf *b, const struct history *h, const struct jc_op *o, const struct jc_opfield *of)
{
	const struct jc_field *f = h->kind != NULL ? jc_catalogue_field(h->kind, of->name.p, of->name.n) : NULL;
	struct jc_buf raw;

	if (o->verb == JC_V_VOID && jc_slice_is(of->name, "reason"))
		jc_buf_puts(b, JC_T("原因", "reason"));
	else if (f != NULL)
		jc_buf_puts(b, jc_field_label(f));
	else
		jc_buf_slice(b, of->name);
	jc_buf_puts(b, " ");
	switch (of->kind) {
	case JC_VAL_NULL:
		jc_buf_puts(b, JC_T("（清空）", "(cleared)"));
		break;
	case JC_VAL_SET:
		elements_put(b, h, f, "+", of->add, of->nadd);
		elements_put(b, h, f, "-", of->del, of->ndel);
		break;
	case JC_VAL_RAW:
		jc_buf_init(&raw, 1 << 20);
		jc_buf_putc(&raw, '?');
		jc_buf_slice(&raw, of->text);
		element_put(b, h, f, (struct jc_slice){raw.data, raw.len});
		jc_buf_free(&raw);
		break;
	case JC_VAL_TEXT:
		element_put(b, h, f, of->text);
		break;
	}
}

static void
line_print(const struct jc_buf *b)
{
	printf("    ");
	for (size_t i = 0; i < b->len; i++)
		putchar(b->data[i] == '\n' ? ' ' : b->data[i]);
	printf("\n");
}

static void
entry_print(struct history *h, const struct jc_history *e)
{
	char time[JC_TIME_ROOM], clock[JC_CLOCK_ROOM];

	jc_out_time(time, e->time, h->now);
	jc_clock_mark(clock, sizeof(clock), e->skew);
	printf("%s%s  %s", time, clock, verb_word(h, e->o));
	if (e->label[0] != '\0')
		printf("  %s", e->label);
	printf("%s\n", e->commit_no == 0 ? JC_T("  （还没有送出）", "  (not sent yet)") : "");
	for (size_t i = 0; i < e->o->nfields; i++) {
		struct jc_buf b;

		jc_buf_init(&b, 1 << 20);
		field_put(&b, h, e->o, &e->o->fields[i]);
		if (jc_buf_check(&b, "history", NULL) == 0)
			line_print(&b);
		jc_buf_free(&b);
	}
}

static json_t *
elements_json(const struct jc_slice *v, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_stringn(v[i].p, v[i].n));
	return a;
}

static json_t *
fields_json(const struct jc_op *o)
{
	json_t *fields = json_object();

	for (size_t i = 0; i < o->nfields; i++) {
		const struct jc_opfield *f = &o->fields[i];
		char name[64];
		json_t *v;

		if (f->kind == JC_VAL_SET)
			v = json_pack("{s:o,s:o}", "add", elements_json(f->add, f->nadd), "remove", elements_json(f->del, f->ndel));
		else if (f->kind == JC_VAL_NULL)
			v = json_null();
		else
			v = json_stringn(f->text.p, f->text.n);
		snprintf(name, sizeof(name), "%.*s", (int)(f->name.n < 60 ? f->name.n : 60), f->name.p);
		json_object_set_new(fields, name, v);
	}
	return fields;
}

static int
entry(void *arg, const struct jc_history *e)
{
	struct history *h = arg;

	if (h->json != NULL)
		json_array_append_new(h->json, json_pack("{s:I,s:s,s:I,s:I,s:s,s:s,s:b,s:o}", "op", (json_int_t)e->op, "verb",
		    jc_verb_word(e->o->verb), "time", (json_int_t)e->time, "clock_off", (json_int_t)e->skew, "device", e->device, "label", e->label, "draft",
		    e->commit_no == 0, "fields", fields_json(e->o)));
	else
		entry_print(h, e);
	h->first = 0;
	return 0;
}

static int
history(struct jc_cmd_run *run, struct jc_err *err)
{
	struct history h = {.first = 1, .full = jc_cmd_opt(run, "full") != NULL, .json = run->json ? json_array() : NULL};
	struct jc_record_key key;
	int rc;

	h.now = run->env->wall_ms(run->env->ctx) / 1000;
	if ((rc = jc_record_find(run->node, 0, run->args[0], &key, err)) == 0) {
		h.kind = key.kind;
		rc = jc_history_each(run->node, key.rec, entry, &h, err);
	}
	if (rc == 0 && run->json)
		return jc_out_json(h.json, err);
	json_decref(h.json);
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"full", NULL, NULL, "证件号和电话不遮盖", "identity numbers and phones unmasked", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_history = {
	.name = "history",
	.args_zh = "编号", .args_en = "ID",
	.least = 1, .most = 1,
	.zh = "谁在什么时候改了什么",
	.en = "who wrote what, and when",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = history
};
