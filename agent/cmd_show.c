/* SPDX-License-Identifier: MulanPSL-2.0 */
/* show: one record with everything that stands beside it. */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_overlay.h"
#include "awards.h"
#include "out.h"
#include "record_io.h"

static void
line_print(const char *label, const struct jc_buf *value)
{
	const char *s = value->data != NULL ? value->data : "", *lf;

	printf("  ");
	jc_out_pad(label, 22);
	for (; (lf = strchr(s, '\n')) != NULL; s = lf + 1)
		printf(" %.*s\n%24s", (int)(lf - s), s, "");
	printf(" %s\n", s);
}

/* The name of the record that a reference leads to; 0 when it is not here. */
static int
ref_name(struct jc_buf *b, struct jc_node *node, const struct jc_shown *s)
{
	struct jc_record_key key;
	struct jc_record r;
	size_t before = b->len;

	if (s->field->type != JC_REF || s->field->set || s->text == NULL || jc_record_find(node, 0, s->text, &key, NULL) < 0 ||
	    jc_record_read(node, key.rec, &r, NULL) < 0)
		return 0;
	for (size_t i = 0; i < r.nfields; i++)
		if (key.kind != NULL && strcmp(r.field[i].field->name, key.kind->title) == 0 && r.field[i].text != NULL)
			jc_buf_puts(b, r.field[i].text);
	jc_record_free(&r);
	return b->len != before;
}

static void
field_print(struct jc_node *node, const struct jc_shown *s, int full)
{
	struct jc_buf b;

	jc_buf_init(&b, 1 << 20);
	if (!ref_name(&b, node, s))
		jc_out_value(&b, s->field, s->text, s->text != NULL ? strlen(s->text) : 0, full);
	if (s->nsiblings > 1)
		jc_buf_putf(&b, JC_T("  ← 有%zu个不同的值", "  <- %zu different values"), s->nsiblings);
	line_print(jc_field_label(s->field), &b);
	jc_buf_free(&b);
}

static int
hint_print(void *arg, const struct jc_field *f)
{
	(void)arg;
	printf(JC_T("  请核对 %s：%s\n", "  Please check %s: %s\n"), jc_field_label(f), jc_out_check(f));
	return 0;
}

static void
record_print(struct jc_node *node, const struct jc_record *r, const struct jc_receipt *at, int full)
{
	struct jc_buf head;

	jc_buf_init(&head, 4096);
	jc_out_record(&head, r);
	printf("%s  %s%s  %s\n", head.data, r->key.id, r->key.is_void ? JC_T("  已作废", "  void") : "", jc_out_reach(at));
	jc_buf_free(&head);
	for (size_t i = 0; i < r->nfields; i++)
		field_print(node, &r->field[i], full);
	if (r->key.kind != NULL)
		(void)jc_overlay_checks(r->key.kind, jc_out_text_of, (void *)r, hint_print, NULL);
	if (r->unknown > 0)
		printf(JC_T("  另有%d项需要更新的程序才能显示\n", "  %d more need a newer program\n"), r->unknown);
	if (at->clock > 0)
		printf(JC_T("  有%d次修改是在本机时钟不准时记下的，见 jiceng history\n", "  %d changes were saved while this PC's clock was off, see jiceng history\n"),
		    at->clock);
	if (r->key.conflicts > 0)
		printf(JC_T("  有%d处不同的值要定下来，见 jiceng conflicts\n", "  %d conflicts to settle, see jiceng conflicts\n"),
		    r->key.conflicts);
}

/* A member's awards, one a line. */
static void
awards_print(const json_t *awards)
{
	const char *head = JC_T("获奖", "award");
	json_t *a;
	size_t i;

	json_array_foreach(awards, i, a) {
		json_t *rank = json_object_get(a, "rank");
		const char *day = json_string_value(json_object_get(a, "day")), *title = json_string_value(json_object_get(a, "title"));
		const char *award = json_string_value(json_object_get(a, "award"));

		printf("  ");
		jc_out_pad(i == 0 ? head : "", 22);
		printf(" %s %s", day != NULL ? day : "", title != NULL ? title : "");
		if (json_is_integer(rank))
			printf(JC_T(" 第%lld名", " rank %lld"), (long long)json_integer_value(rank));
		printf(" %s\n", award != NULL ? award : "");
	}
}

static json_t *
record_json(const struct jc_record *r, const struct jc_receipt *at)
{
	json_t *fields = json_object(), *text = json_object(), *conflicts = json_object();

	for (size_t i = 0; i < r->nfields; i++) {
		const struct jc_shown *s = &r->field[i];
		size_t n = s->text != NULL ? strlen(s->text) : 0;
		struct jc_buf b;

		jc_buf_init(&b, 1 << 20);
		jc_out_value(&b, s->field, s->text, n, 0);
		json_object_set_new(fields, s->field->name, jc_out_json_value(s->field, s->text, n));
		if (s->text != NULL && b.data != NULL)
			json_object_set_new(text, s->field->name, json_stringn(b.data, b.len));
		if (s->nsiblings > 1)
			json_object_set_new(conflicts, s->field->name, jc_out_json_siblings(s));
		jc_buf_free(&b);
	}
	return json_pack("{s:s,s:s,s:b,s:I,s:i,s:i,s:i,s:i,s:i,s:i,s:o,s:o,s:o}", "id", r->key.id, "kind",
	    r->key.kind != NULL ? r->key.kind->name : "", "void", r->key.is_void, "seen", (json_int_t)r->seen, "conflicts",
	    r->key.conflicts, "level", at->level, "ceiling", at->ceiling, "returned", at->returned, "clock_off", at->clock, "unknown", r->unknown,
	    "fields", fields, "text", text, "conflict", conflicts);
}

static int
show(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_record r;
	struct jc_receipt at;
	json_t *awards, *doc;
	int rc;

	if ((rc = jc_record_find(run->node, 0, run->args[0], &key, err)) < 0 ||
	    (rc = jc_receipt_get(run->node, key.rec, &at, err)) < 0 ||
	    (rc = jc_record_read(run->node, key.rec, &r, err)) < 0)
		return rc;
	if ((rc = jc_awards_json(&awards, run->node, &key, err)) < 0)
		goto out;
	if (run->json) {
		doc = record_json(&r, &at);
		if (json_array_size(awards) > 0)
			json_object_set(doc, "awards", awards);
		rc = jc_out_json(doc, err);
	} else {
		record_print(run->node, &r, &at, jc_cmd_opt(run, "full") != NULL);
		awards_print(awards);
	}
	json_decref(awards);
out:
	jc_record_free(&r);
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"full", NULL, NULL, "证件号和电话不遮盖", "identity numbers and phones unmasked", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_show = {
	.name = "show",
	.args_zh = "编号", .args_en = "ID",
	.least = 1, .most = 1,
	.zh = "显示一条记录\n编号写前几位也可以，只要不会认错。--json 给程序用：fields 是存下的值（不遮盖），text 是给人看的，seen 交给 set --seen。",
	.en = "show a record\nThe beginning of an id will do if it is unambiguous. --json is for programs: fields are stored values (unmasked), text is for people, seen is for set --seen.",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = show
};
