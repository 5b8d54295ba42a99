/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "system_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "print.h"
#include "stepper.h"
#include "tasks.h"

#define PAGE_MAX ((size_t)64 << 20)

int
sys_setup(void **state)
{
	struct test_node *t = malloc(sizeof(*t));
	struct jc_err err = {0};

	test_node_new(t, 17);
	test_ok(jc_node_init_branch(t->node, "青石镇工会", &err), &err);
	*state = t;
	return 0;
}

int
sys_setup_hub(void **state)
{
	struct test_node *t = malloc(sizeof(*t));
	struct jc_err err = {0};

	test_node_new(t, 18);
	test_ok(jc_node_init_hub(t->node, "青石县总工会", &err), &err);
	*state = t;
	return 0;
}

int
sys_teardown(void **state)
{
	test_node_free(*state);
	free(*state);
	return 0;
}

const char *
sys_ref(const char *field, const char *value)
{
	static char text[8][160];
	static int at;

	at = (at + 1) % 8;
	snprintf(text[at], sizeof(text[at]), "%s=%s", field, value);
	return text[at];
}

void
sys_org(struct test_node *t, jc_id id, const char *name, const char *kind, const char *more)
{
	id[0] = '\0';
	test_set(t, "org", id, 0, sys_ref("name", name), sys_ref("org_kind", kind), more, NULL);
}

/* ---- steps ---- */

static int
try_step(struct test_node *t, const char *id, const char *move, const char *behalf, struct jc_err *err, va_list ap)
{
	struct jc_record_key key;
	struct jc_stepper s;
	const char *pair;
	int rc;

	memset(err, 0, sizeof(*err));
	test_ok(jc_record_find(t->node, 0, id, &key, err), err);
	rc = jc_stepper_open(&s, t->node, t->env, &key, err);
	s.behalf = behalf;
	while (rc == 0 && (pair = va_arg(ap, const char *)) != NULL) {
		if (strncmp(pair, "--date=", 7) == 0)
			s.date = pair + 7;
		else
			rc = jc_stepper_pair(&s, pair, err);
	}
	if (rc == 0)
		rc = jc_stepper_save(&s, move, err);
	jc_stepper_close(&s);
	return rc;
}

void
sys_step(struct test_node *t, const char *id, const char *move, ...)
{
	struct jc_err err;
	va_list ap;

	va_start(ap, move);
	test_ok(try_step(t, id, move, NULL, &err, ap), &err);
	va_end(ap);
}

void
sys_step_behalf(struct test_node *t, const char *id, const char *move, const char *doc, ...)
{
	struct jc_err err;
	va_list ap;

	va_start(ap, doc);
	test_ok(try_step(t, id, move, doc, &err, ap), &err);
	va_end(ap);
}

void
sys_refused(struct test_node *t, const char *id, const char *move, const char *word, ...)
{
	struct jc_err err;
	va_list ap;
	int rc;

	va_start(ap, word);
	rc = try_step(t, id, move, NULL, &err, ap);
	va_end(ap);
	assert_true(rc < 0);
	if (strstr(err.msg, word) == NULL)
		fail_msg("%s: %s", move, err.msg);
}

int64_t
sys_one(struct test_node *t, const char *sql)
{
	struct jc_stmt *st;
	struct jc_err err = {0};
	int64_t n;

	test_ok(jc_db_prep_text(&st, t->node->db, sql, &err), &err);
	test_ok(jc_stmt_step(st, &err), &err);
	n = jc_col_int(st, 0);
	jc_stmt_free(st);
	return n;
}

static int
task_see(void *arg, const struct jc_task *task)
{
	struct sys_tasks *o = arg;

	o->n++;
	snprintf(o->sentence, sizeof(o->sentence), "%s", task->sentence);
	return 0;
}

struct sys_tasks
sys_tasks(struct test_node *t, const char *rule, const char *today)
{
	struct jc_tasks_ask ask = {.today = today, .rule = rule};
	struct sys_tasks o = {0};
	struct jc_err err = {0};

	test_ok(jc_tasks(t->node, &ask, NULL, task_see, &o, &err), &err);
	return o;
}

/* ---- what comes out ---- */

char *
sys_page(struct test_node *t, const char *form, const char *id)
{
	struct jc_print_ask ask = {.form = jc_print_form(form), .ids = &id, .nids = id != NULL, .linked = 1};
	struct jc_err err = {0};
	struct jc_buf b;
	char *text;

	assert_non_null(ask.form);
	jc_buf_init(&b, PAGE_MAX);
	test_ok(jc_print_make(&b, t->node, &ask, &err), &err);
	text = strdup(b.data);
	jc_buf_free(&b);
	return text;
}

char *
sys_report_page(const struct rep *rep)
{
	struct jc_err err = {0};
	struct jc_buf b;
	char *text;

	jc_buf_init(&b, PAGE_MAX);
	test_ok(jc_report_page(&b, rep->r, 1, &err), &err);
	text = strdup(b.data);
	jc_buf_free(&b);
	return text;
}

void
sys_has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("\"%s\" is not on the page: %.3000s", what, text);
}

void
sys_has_not(const char *text, const char *what)
{
	if (strstr(text, what) != NULL)
		fail_msg("\"%s\" is on the page", what);
}

void
sys_report_book(struct jc_book *out, const struct rep *rep)
{
	struct jc_err err = {0};
	struct jc_buf b;

	jc_buf_init(&b, PAGE_MAX);
	test_ok(jc_report_xlsx(rep->r, NULL, &b, &err), &err);
	test_ok(jc_book_open(out, b.data, b.len, &err), &err);
	jc_buf_free(&b);
}

int
sys_sheet_has(const struct jc_book *b, size_t sheet, const char *text)
{
	const struct jc_sheet *s = &b->sheet[sheet];

	for (size_t i = 0; i < s->nrows; i++)
		for (size_t k = 0; k < s->row[i].ncells; k++)
			if (jc_slice_eq(jc_book_cell(b, &s->row[i], k), (struct jc_slice){text, strlen(text)}))
				return 1;
	return 0;
}
