/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Required fields and the records that they are required of. */
#include "schema_require.h"

#include <string.h>

#define HELD "state=done,archived"
#define JUDGED "state=accepted,evaluated,archived"
#define UNIT "org_kind=social,employer"

/* Fields that are not required of every record: only where `when` holds (field=a,b), or not while `or` has a
 * value. `to`: the last of a run of fields in the table's order, or NULL. */
static const struct exception {
	const char *kind, *field, *to, *when, *or;
} exceptions[] = {
	{"org", "uscc_status", NULL, "org_kind=union,social,employer", NULL},
	{"org", "reg_status", NULL, "org_kind=social", NULL},
	{"org", "legal_form", NULL, UNIT, NULL},
	{"org", "org_status", NULL, "org_kind=union,social,employer", NULL},
	{"org", "region_code", NULL, "org_kind=union,social,employer", NULL},
	{"org", "union_type", "home_grade", "org_kind=union", NULL},
	{"org", "function_class", NULL, "org_kind=social", NULL},
	{"org", "activity_field", NULL, "org_kind=social", NULL},
	{"org", "industry_section", NULL, UNIT, NULL},
	{"org", "fund_sources", "surveyor", "org_kind=social", NULL},
	{"org", "party_org_status", NULL, UNIT, NULL},
	{"org", "venue_status", NULL, UNIT, NULL},
	{"org", "contact_name", "contact_phone", UNIT, NULL},
	{"member", "employer_id", NULL, NULL, "employer_text"},
	{"member", "employer_text", NULL, NULL, "employer_id"},
	{"transfer", "decided_on", "effective_on", "state=accepted,decided", NULL},
	{"activity", "member_count", "benefit_count", HELD, NULL},
	{"activity", "summary", NULL, HELD, NULL},
	{"check_item", "rectify_req", "due_on", "result=found", NULL},
	{"check_item", "evidence_after", NULL, "state=closed", NULL},
	{"assist", "amount_fen", NULL, NULL, "goods"},
	{"assist", "goods", NULL, NULL, "amount_fen"},
	{"project", "satisfaction", "eval_text", JUDGED, NULL},
	{"project", "select_method", NULL,
	  "state=selecting,contracted,running,accepting,accepted,fixing,evaluated", NULL},
	{"payment", "due_on", NULL, NULL, "paid_on"},
	{"payment", "paid_on", NULL, NULL, "due_on"},
	{"grant", "granted_on", "receipt", "state=delivered,following,closed", NULL},
	{"aid_cover", "from", "to", "state=active,expired", NULL},
	{"exchange", "doc_no", "to", "state=agreed,active,ended,recalled", NULL},
	{"research", "finding", "advice",
	  "state=drafted,submitted,adopted,noted,no_reply,archived", NULL},
	{"rule_doc", "adopted_by", "adopted_on", "state=adopted,posted", NULL},
};
#define NEXCEPTIONS (sizeof(exceptions) / sizeof(*exceptions))

static const struct jc_field *
named(const struct jc_kind *kind, const char *name, size_t n)
{
	return jc_catalogue_field(kind, name, n);
}

static const struct exception *
exception_of(const struct jc_kind *kind, const struct jc_field *f)
{
	for (size_t i = 0; i < NEXCEPTIONS; i++) {
		const struct exception *e = &exceptions[i];
		const struct jc_field *from, *to;

		if (strcmp(e->kind, kind->name) != 0)
			continue;
		from = named(kind, e->field, strlen(e->field));
		to = e->to != NULL ? named(kind, e->to, strlen(e->to)) : from;
		if (from != NULL && f >= from && f <= to)
			return e;
	}
	return NULL;
}

static int
given(const char *value)
{
	return value != NULL && *value != '\0' && strcmp(value, "[]") != 0;
}

/* field=a,b */
static int
when_holds(const struct jc_kind *kind, const char *when, jc_require_value_fn value, void *arg)
{
	const char *eq = strchr(when, '=');
	const struct jc_field *f = named(kind, when, (size_t)(eq - when));
	const char *v = f != NULL ? value(arg, f) : NULL;
	size_t n = v != NULL ? strlen(v) : 0;

	for (const char *p = eq + 1; v != NULL; p++) {
		size_t len = strcspn(p, ",");

		if (len == n && memcmp(p, v, n) == 0)
			return 1;
		p += len;
		if (*p == '\0')
			break;
	}
	return 0;
}

static int
applies(const struct jc_kind *kind, const struct jc_field *f, jc_require_value_fn value, void *arg)
{
	const struct exception *e = exception_of(kind, f);

	if (e == NULL)
		return 1;
	if (e->when != NULL && !when_holds(kind, e->when, value, arg))
		return 0;
	return e->or == NULL || !given(value(arg, named(kind, e->or, strlen(e->or))));
}

static int
required(const struct jc_field *f)
{
	return f->need >= JC_REQUIRED && !f->derived;
}

size_t
jc_require_missing(const struct jc_kind *kind, jc_require_value_fn value, void *arg,
    void (*each)(void *to, const struct jc_field *field), void *to)
{
	size_t n = 0;

	for (const struct jc_field *f = kind->fields; f->id != 0; f++) {
		if (!required(f) || given(value(arg, f)) || !applies(kind, f, value, arg))
			continue;
		n++;
		if (each != NULL)
			each(to, f);
	}
	return n;
}

static void
none_sql(struct jc_buf *b, const struct jc_field *f)
{
	if (f->set)
		jc_buf_putf(b, "coalesce(k.\"%s\", '[]') = '[]'", f->name);
	else
		jc_buf_putf(b, "k.\"%s\" IS NULL", f->name);
}

static void
when_sql(struct jc_buf *b, const char *when)
{
	const char *eq = strchr(when, '=');

	jc_buf_putf(b, "(k.\"%.*s\" IN (", (int)(eq - when), when);
	for (const char *p = eq + 1;; p++) {
		size_t n = strcspn(p, ",");

		jc_buf_putf(b, "'%.*s'%s", (int)n, p, p[n] == ',' ? ", " : ")");
		p += n;
		if (*p == '\0')
			break;
	}
	jc_buf_puts(b, " AND ");
}

void
jc_require_sql(struct jc_buf *b, const struct jc_kind *kind)
{
	int any = 0;

	for (const struct jc_field *f = kind->fields; f->id != 0; f++) {
		const struct exception *e;

		if (!required(f))
			continue;
		jc_buf_puts(b, any++ ? " OR " : "(");
		e = exception_of(kind, f);
		if (e != NULL && e->when != NULL)
			when_sql(b, e->when);
		else if (e != NULL)
			jc_buf_putf(b, "(k.\"%s\" IS NULL AND ", e->or);
		none_sql(b, f);
		if (e != NULL)
			jc_buf_putc(b, ')');
	}
	jc_buf_puts(b, any ? ")" : "0");
}

int
jc_require_check(struct jc_err *err)
{
	for (size_t i = 0; i < NEXCEPTIONS; i++) {
		const struct exception *e = &exceptions[i];
		const struct jc_kind *k = jc_catalogue_kind(e->kind, strlen(e->kind));
		const char *eq = e->when != NULL ? strchr(e->when, '=') : NULL;

		if (k == NULL || named(k, e->field, strlen(e->field)) == NULL || (e->to != NULL &&
		    named(k, e->to, strlen(e->to)) == NULL) ||
		    (e->when != NULL && (eq == NULL || named(k, e->when,
		    (size_t)(eq - e->when)) == NULL)) ||
		    (e->or != NULL && named(k, e->or, strlen(e->or)) == NULL))
			return jc_err_set(err, JC_EINTERNAL, "jc_require_check",
			    JC_T("应填项的例外有错：%s %s",
			    "An exception of required fields is wrong: %s %s"),
			    e->kind, e->field);
	}
	return 0;
}
