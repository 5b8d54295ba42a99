/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * conflicts, resolve: values that stand side by side because nobody saw both. Every one is shown with who
 * wrote it and a number; settling picks a number or gives another value.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "out.h"
#include "record_io.h"

struct conflicts {
	struct jc_cmd_run *run;
	int64_t now;
	int64_t records, fields;
	json_t *json;
	struct jc_err *err;
};

static void
value_make(struct jc_buf *b, const struct jc_shown *s, const struct jc_sibling *v, int full)
{
	jc_buf_reset(b);
	if (v->text != NULL)
		jc_out_value(b, s->field, v->text, strlen(v->text), full);
	else
		jc_buf_puts(b, JC_T("（清空）", "(cleared)"));
}

/* 1 if two values look the same once masked: then they are shown whole, or nobody could choose. */
static int
masks_hide(const struct jc_shown *s)
{
	struct jc_buf a, b;
	int same = 0;

	jc_buf_init(&a, 1 << 20);
	jc_buf_init(&b, 1 << 20);
	for (size_t i = 0; i < s->nsiblings; i++) {
		value_make(&a, s, &s->sibling[i], 0);
		for (size_t k = 0; k < i; k++) {
			value_make(&b, s, &s->sibling[k], 0);
			same |= a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
		}
	}
	jc_buf_free(&a);
	jc_buf_free(&b);
	return same;
}

static void
field_print(struct conflicts *c, const struct jc_shown *s)
{
	int full = masks_hide(s);
	struct jc_buf b;

	jc_buf_init(&b, 1 << 20);
	printf("  %s（%s）\n", jc_field_label(s->field), s->field->name);
	for (size_t i = 0; i < s->nsiblings; i++) {
		const struct jc_sibling *v = &s->sibling[i];
		char time[JC_TIME_ROOM], clock[JC_CLOCK_ROOM];

		value_make(&b, s, v, full);
		jc_out_time(time, v->time, c->now);
		jc_clock_mark(clock, sizeof(clock), v->skew);
		printf("    [%lld] ", (long long)v->op);
		jc_out_pad(b.data != NULL ? b.data : "", 28);
		printf("  %s%s  %s%s\n", time, clock, v->label, v->shown ? JC_T("  ← 现在显示的", "  <- shown now") : "");
	}
	jc_buf_free(&b);
}

static void
field_json(struct conflicts *c, const struct jc_record *r, const struct jc_shown *s)
{
	json_t *values = json_array();

	for (size_t i = 0; i < s->nsiblings; i++) {
		const struct jc_sibling *v = &s->sibling[i];

		json_array_append_new(values, json_pack("{s:I,s:o,s:b,s:b,s:s,s:s,s:I}", "op", (json_int_t)v->op, "value",
		    v->text != NULL ? json_string(v->text) : json_null(), "shown", v->shown, "draft", v->draft, "device",
		    v->device, "label", v->label, "time", (json_int_t)v->time));
	}
	json_array_append_new(c->json, json_pack("{s:s,s:s,s:s,s:o}", "id", r->key.id, "kind",
	    r->key.kind != NULL ? r->key.kind->name : "", "field", s->field->name, "values", values));
}

static int
record_tell(void *arg, const struct jc_record_key *key)
{
	struct conflicts *c = arg;
	struct jc_record r;
	struct jc_buf head;
	int rc;

	if ((rc = jc_record_read(c->run->node, key->rec, &r, c->err)) < 0)
		return rc;
	if (c->json == NULL) {
		jc_buf_init(&head, 4096);
		jc_out_record(&head, &r);
		printf("%s  %s\n", head.data, r.key.id);
		jc_buf_free(&head);
	}
	c->records++;
	for (size_t i = 0; i < r.nfields; i++) {
		if (r.field[i].nsiblings < 2)
			continue;
		c->fields++;
		if (c->json != NULL)
			field_json(c, &r, &r.field[i]);
		else
			field_print(c, &r.field[i]);
	}
	jc_record_free(&r);
	return 0;
}

static int
conflicts(struct jc_cmd_run *run, struct jc_err *err)
{
	struct conflicts c = {.run = run, .err = err, .json = run->json ? json_array() : NULL};
	int rc;

	c.now = run->env->wall_ms(run->env->ctx) / 1000;
	rc = jc_conflicts_each(run->node, 0, record_tell, &c, err);
	if (rc == 0 && run->json)
		return jc_out_json(c.json, err);
	json_decref(c.json);
	if (rc < 0)
		return rc;
	if (c.fields == 0)
		printf("%s\n", JC_T("没有要选的", "Nothing to settle"));
	else
		printf(JC_T("共%lld处。选一个：jiceng resolve 编号 项目 --pick 方括号里的数字；或另写：--value 内容\n",
		           "%lld in all. Pick one: jiceng resolve ID FIELD --pick NUMBER; or write another: --value VALUE\n"),
		    (long long)c.fields);
	return 0;
}

/* The typed value of --value as stored text, in io->typed. */
static int
value_take(struct jc_record_io *io, const struct jc_kind *kind, const struct jc_field *f, const char *value,
    struct jc_slice *text, struct jc_err *err)
{
	int rc;

	jc_typed_begin(&io->typed, kind);
	if ((rc = jc_typed_put(&io->typed, f, JC_TYPED_SET, value, strlen(value), err)) < 0 ||
	    (rc = jc_typed_finish(&io->typed, NULL, err)) < 0)
		return rc;
	*text = io->typed.change[0].text;
	return 0;
}

static int
resolve_typed(struct jc_record_io *io, const struct jc_record_key *key, const struct jc_field *f, struct jc_err *err)
{
	const char *pick = jc_cmd_opt(io->run, "pick"), *value = jc_cmd_opt(io->run, "value");
	struct jc_slice text = {"", 0};
	struct jc_save *sv;
	int64_t op = 0;
	int rc, end;

	if (pick != NULL)
		rc = jc_cmd_number(&op, "pick", pick, err);
	else if (f->set)
		rc = 0; /* the save says that a set never needs settling */
	else
		rc = value_take(io, key->kind, f, value, &text, err);
	if (rc < 0 || (rc = jc_save_begin(&sv, io->run->node, key->scope, "resolve", err)) < 0)
		return rc;
	rc = jc_save_resolve(sv, key->id, f, op, text, 0, err);
	end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
resolve(struct jc_cmd_run *run, struct jc_err *err)
{
	const struct jc_field *f;
	struct jc_record_key key;
	struct jc_record_io io;
	struct jc_scope scope;
	int rc;

	if ((jc_cmd_opt(run, "pick") != NULL) == (jc_cmd_opt(run, "value") != NULL))
		return jc_cmd_usage(err, run->cmd, JC_T("--pick 和 --value 要写一个", "Give one of --pick and --value"));
	if ((rc = jc_record_io_find(run, run->args[0], &key, &scope, err)) < 0 ||
	    (rc = jc_cmd_field(&f, key.kind, run->args[1], strlen(run->args[1]), err)) < 0)
		return rc;
	if ((rc = jc_record_io_open(&io, run, &scope, err)) == 0 && (rc = resolve_typed(&io, &key, f, err)) == 0) {
		printf(JC_T("“%s”已定下来\n", "\"%s\" is settled\n"), jc_field_label(f));
		fflush(stdout);
		jc_record_io_remarks(&io);
	}
	jc_record_io_close(&io);
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"pick", "数字", "OP", "选 conflicts 里方括号中的这个值", "take the value of this number in `conflicts`", 0},
	{"value", "内容", "VALUE", "都不要，改成这个", "neither: this one", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_conflicts = {
	.name = "conflicts",
	.args_zh = "", .args_en = "",
	.zh = "列出同一项有不同值的记录",
	.en = "list fields with values that stand side by side",
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = conflicts
};

const struct jc_cmd jc_cmd_resolve = {
	.name = "resolve",
	.args_zh = "编号 项目", .args_en = "ID FIELD",
	.least = 2, .most = 2,
	.zh = "把不同的值定下来\n定下来也是一次保存，可以撤销。",
	.en = "settle a conflict\nSettling is a save like any other and can be undone.",
	.opts = opts,
	.flags = JC_CMD_OPEN,
	.run = resolve
};
