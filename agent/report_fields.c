/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What counties added without a program, counted: every choice and number of a defined field or form, so that a
 * field that was added this morning stands in a report this noon. And the to-dos of a month, as a list on paper.
 */
#include "report_defs.h"

#include <stdio.h>
#include <string.h>

#include "tasks.h"

#define WHERE "report_fields"
#define TASKS_OF_A_RULE 500

/* clang-format off: one column, one line */
static const struct jc_report_column choices_columns[] = {
	PEOPLE("n", "记录数", "records"),
	END_COLUMNS
};
static const struct jc_report_column numbers_columns[] = {
	SUM("n", "已填", "filled in"),
	MONEY("sum", "合计", "sum"),
	{COL("mean", "平均", "mean", JC_R_MONEY, JC_R_RATIO), .of = "sum", .per = "n"},
	END_COLUMNS
};
static const struct jc_report_dim choices_dims[] = {DIM("item", "项目", "field", NULL, NULL, 0), DIM("value", "分类", "value", NULL, NULL, 0), END_DIMS};
static const struct jc_report_dim numbers_dims[] = {DIM("item", "项目", "field", NULL, NULL, 0), END_DIMS};

static int choices_calc(struct jc_report_run *run, struct jc_err *err);
static int numbers_calc(struct jc_report_run *run, struct jc_err *err);

static const struct jc_report_table fields_tables[] = {
	{.id = "fields", .zh = "县定项目统计表", .en = "fields of the county's own", .columns = choices_columns, .dims = choices_dims, .ndefault = 2,
	 .calc = choices_calc, .plain = 1, .note_zh = "县里自己加的项目和表，按现在的记录数。可选多项的，各类相加可能超过记录数。",
	 .note_en = "Fields and forms that the county added, by the records as they are. Several choices may add up to more than the records."},
	{.id = "fields2", .zh = "县定项目（数字）", .en = "numbers of the county's own", .columns = numbers_columns, .dims = numbers_dims, .ndefault = 1,
	 .calc = numbers_calc, .plain = 1},
	END_TABLES
};
const struct jc_report r_report_fields = {"fields", "县定项目统计表", "fields of the county's own", "branch county", fields_tables, 0};

static int todo_calc(struct jc_report_run *run, struct jc_err *err);
static const struct jc_report_column todo_columns[] = {
	WORDS("what", "事项", "what"), WORDS("sentence", "内容", "to do"), DAY("due", "期限", "due"), WORDS("state", "情况", "state"),
	WORDS("done", "办理结果", "result"), END_COLUMNS
};
static const struct jc_report_table todo_tables[] = {
	{.id = "todo", .zh = "本月待办", .en = "to do this month", .list = 1, .columns = todo_columns, .calc = todo_calc, .landscape = 1,
	 .note_zh = "已超期的、本月底以前到期的，和没有期限要办的。", .note_en = "What is overdue, what is due by the end of the month, and what has no date."},
	END_TABLES
};
const struct jc_report r_report_todo = {"todo", "本月待办", "to do this month", "branch county", todo_tables, 0};
/* clang-format on */

/* ---- defined fields ---- */

struct counting {
	struct jc_report_run *run;
	const struct jc_kind *kind;
	const struct jc_field *field;
	char key[96], label[256];
	int64_t order;
	struct jc_err *err;
};

/* The column that says whose a record is. */
static const char *
org_column(const struct jc_kind *k)
{
	static const char *const names[] = {"union_id", "host_org_id", "org_id", "target_org_id", "receiver_org_id", "buyer_org_id", "from_org_id"};

	if (strcmp(k->name, "org") == 0)
		return "r.id";
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (jc_catalogue_field(k, names[i], strlen(names[i])) != NULL)
			return names[i];
	return "NULL";
}

static int
each_value(struct counting *c, int (*take)(struct counting *c, struct jc_stmt *st))
{
	const char *org = org_column(c->kind);
	struct jc_stmt *st = NULL;
	struct jc_buf sql;
	int rc;

	jc_buf_init(&sql, 1 << 16);
	jc_buf_putf(&sql, "SELECT r.id, k.\"%s\", %s%s FROM \"k_%s\" k CROSS JOIN record r ON r.rec = k.rec WHERE r.void = 0 AND k.\"%s\" IS NOT NULL",
	    c->field->name, org[0] == 'r' || org[0] == 'N' ? "" : "k.", org, c->kind->name, c->field->name);
	if (strcmp(c->kind->name, "member") == 0)
		jc_buf_puts(&sql, " AND COALESCE(k.membership_status, 'active') IN ('active', 'moving', 'retained')");
	if ((rc = jc_buf_check(&sql, WHERE, c->err)) == 0 &&
	    (rc = jc_db_prep_text(&st, c->run->node->db, sql.data, c->err)) == 0)
		while ((rc = jc_stmt_step(st, c->err)) == 1)
			if ((rc = take(c, st)) < 0)
				break;
	jc_stmt_free(st);
	jc_buf_free(&sql);
	return rc;
}

static int
fact_row(struct r_row **row, struct counting *c, struct jc_stmt *st, const char *value)
{
	const struct jc_choice *choice = c->field->choices != NULL ? jc_catalogue_choice(c->field, value, strlen(value)) : NULL;
	struct r_fact f = {.id = jc_col_text(st, 0, NULL), .org = jc_col_text(st, 2, NULL)};

	f.group[0] = c->key;
	f.label[0] = c->label;
	f.order[0] = c->order;
	f.group[1] = value;
	f.label[1] = choice != NULL ? jc_choice_label(choice) : c->field->type == JC_BOOL3
	    ? (strcmp(value, "1") == 0 ? JC_T("是", "yes") : JC_T("否", "no")) : value[0] == '?' ? value + 1 : value;
	f.order[1] = choice != NULL ? choice - c->field->choices + 1 : 0;
	return r_row_of(row, c->run, &f, c->err);
}

static int
choice_take(struct counting *c, struct jc_stmt *st)
{
	const char *stored = jc_col_text(st, 1, NULL), *id = jc_col_text(st, 0, NULL);
	json_t *set = c->field->set ? json_loads(stored, 0, NULL) : json_pack("[s]", stored), *e;
	struct r_row *row;
	size_t i;
	int rc = 0;

	json_array_foreach(set, i, e)
		if (rc == 0 && json_is_string(e) && (rc = fact_row(&row, c, st, json_string_value(e))) == 0 && row != NULL)
			rc = r_add(c->run, row, r_column(c->run->table, "n"), 1, id, c->err);
	json_decref(set);
	return rc;
}

/* Numbers of any kind in hundredths, as money is. */
static int
number_take(struct counting *c, struct jc_stmt *st)
{
	const struct jc_field *f = c->field;
	const char *id = jc_col_text(st, 0, NULL);
	int64_t v = jc_col_int(st, 1);
	struct r_row *row;
	int rc;

	for (unsigned s = f->type == JC_MONEY ? 2 : f->type == JC_DECIMAL ? f->scale : 0; s != 2; s += s < 2 ? 1 : (unsigned)-1)
		v = s < 2 ? v * 10 : v / 10;
	if ((rc = fact_row(&row, c, st, "")) < 0 || row == NULL ||
	    (rc = r_add(c->run, row, r_column(c->run->table, "n"), 1, id, c->err)) < 0)
		return rc;
	return r_add(c->run, row, r_column(c->run->table, "sum"), v, id, c->err);
}

static int
is_number(const struct jc_field *f)
{
	return !f->set && (f->type == JC_INT || f->type == JC_MONEY || f->type == JC_DECIMAL);
}

/* Every defined field of the sort that a table is about, kind by kind. */
static int
fields_calc(struct jc_report_run *run, int numbers, struct jc_err *err)
{
	struct counting c = {.run = run, .err = err};
	int rc = 0;

	for (const struct jc_kind *const *k = jc_catalogue_kinds(); rc == 0 && *k != NULL; k++)
		for (const struct jc_field *f = (*k)->fields; rc == 0 && f->id != 0; f++) {
			int choices = f->type == JC_ENUM || f->type == JC_BOOL3;

			if ((!f->defined && !(*k)->defined) || (numbers ? !is_number(f) : !choices))
				continue;
			c.kind = *k;
			c.field = f;
			c.order++;
			snprintf(c.key, sizeof(c.key), "%s.%s", (*k)->name, f->name);
			snprintf(c.label, sizeof(c.label), "%s · %s", jc_kind_label(*k), jc_field_label(f));
			rc = each_value(&c, numbers ? number_take : choice_take);
		}
	return rc;
}

static int
choices_calc(struct jc_report_run *run, struct jc_err *err)
{
	return fields_calc(run, 0, err);
}

/* A sum over a few people tells of each: it stays inside. */
static int
numbers_calc(struct jc_report_run *run, struct jc_err *err)
{
	return run->ask->outward ? 0 : fields_calc(run, 1, err);
}

/* ---- to-dos ---- */

struct todo {
	struct jc_report_run *run;
	char until[11];
	struct jc_err *err;
};

static int
todo_take(void *arg, const struct jc_task *t)
{
	struct todo *d = arg;
	struct r_fact f = {.id = t->record};
	const char *const texts[] = {t->label, t->sentence, t->due, t->overdue ? JC_T("已超期", "overdue") : ""};
	static const char *const keys[] = {"what", "sentence", "due", "state"};
	struct r_row *row;
	int rc;

	if (t->due[0] != '\0' && strncmp(t->due, d->until, strlen(t->due)) > 0)
		return 0;
	if ((rc = r_list_row(&row, d->run, &f, d->err)) < 0 || row == NULL)
		return rc;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		row->cell[r_column(d->run->table, keys[i])].text = r_keep_str(&d->run->r->texts, texts[i]);
	return 0;
}

static int
todo_calc(struct jc_report_run *run, struct jc_err *err)
{
	struct jc_tasks_ask ask = {.today = run->r->today, .limit = TASKS_OF_A_RULE};
	struct todo d = {.run = run, .err = err};
	int rc;

	snprintf(d.until, sizeof(d.until), "%.7s-31", run->ask->period.to); /* texts: every day of the month comes before */
	if ((rc = jc_tasks_scope(&ask.scope, run->node, err)) < 0)
		return rc;
	return jc_tasks(run->node, &ask, NULL, todo_take, &d, err);
}
