/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "collective.h"

#include <stdio.h>
#include <string.h>

#include "newid.h"
#include "out.h"
#include "typed.h"

#define WHERE "collective"
#define PARTS 8

struct joining {
	struct jc_node *node;
	struct jc_scope scope;
	const struct jc_kind *member, *event, *participant;
	struct jc_typed typed;
	struct jc_match *match;
	struct jc_save *sv;
	jc_id activity;
	char title[200], host[16], date[11], today[11];
	struct jc_collective *out;
	struct jc_err *err;
};

/* ---- one line ---- */

struct person {
	struct jc_slice name, mobile, number;
};

static int
digits(struct jc_slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] >= '0' && s.p[i] <= '9';
	return (int)n;
}

/* Numbers are told apart by their length; a short one is the line's serial number. */
static void
part_take(struct person *p, struct jc_slice s)
{
	int n = digits(s);

	if (n >= 15)
		p->number = s;
	else if (n >= 7)
		p->mobile = s;
	else if (p->name.n == 0 && (s.p[0] < '0' || s.p[0] > '9'))
		p->name = s;
}

static void
line_cut(struct person *p, const char *s, size_t n)
{
	memset(p, 0, sizeof(*p));
	for (size_t at = 0; at < n;) {
		size_t len = 0;

		while (at + len < n && strchr("\t ,;\r", s[at + len]) == NULL &&
		    !(at + len + 3 <= n && memcmp(s + at + len, "，", 3) == 0))
			len++;
		if (len != 0)
			part_take(p, (struct jc_slice){s + at, len});
		at += len + (at + len + 3 <= n && memcmp(s + at + len, "，", 3) == 0 ? 3 : 1);
	}
}

/* ---- records ---- */

static int
put(struct joining *j, const struct jc_kind *kind, const char *field, struct jc_slice text)
{
	const struct jc_field *f = jc_catalogue_field(kind, field, strlen(field));

	return f == NULL || text.n == 0 ? 0 : jc_typed_put(&j->typed, f, JC_TYPED_SET, text.p,
	    text.n, j->err);
}

static int
put_str(struct joining *j, const struct jc_kind *kind, const char *field, const char *text)
{
	return put(j, kind, field, (struct jc_slice){text, strlen(text)});
}

static int
save(struct joining *j, const struct jc_kind *kind, jc_id id)
{
	int rc = jc_typed_finish(&j->typed, NULL, j->err);

	return rc < 0 ? rc : jc_save_set(j->sv, kind, id, j->typed.change, j->typed.nchanges, 0,
	    NULL, j->err);
}

/* The person's record; *known 1 when it was there. */
static int
member_make(struct joining *j, const struct person *p, jc_id id, int *known)
{
	int rc;

	jc_typed_begin(&j->typed, j->member);
	if ((rc = put(j, j->member, "name", p->name)) < 0 || (rc = put(j, j->member, "mobile",
	    p->mobile)) < 0 ||
	    (rc = put(j, j->member, "id_no", p->number)) < 0 || (rc = put_str(j, j->member,
	    "join_method", "collective")) < 0 ||
	    (rc = put_str(j, j->member, "union_id", j->host)) < 0 || (rc = put_str(j, j->member,
	    "consent_at", j->date)) < 0 ||
	    (rc = put_str(j, j->member, "consent_by", "form")) < 0 ||
	    (rc = jc_typed_finish(&j->typed, NULL, j->err)) < 0)
		return rc;
	rc = jc_newid(id, j->sv, j->node, j->scope.no, &j->typed, NULL, j->err);
	*known = rc == JC_EEXISTS;
	return *known ? 0 : rc < 0 ? rc : save(j, j->member, id);
}

static int
application_make(struct joining *j, const char *member)
{
	jc_id id = "";
	int rc;

	jc_typed_begin(&j->typed, j->event);
	if ((rc = put_str(j, j->event, "member_id", member)) < 0 || (rc = put_str(j, j->event,
	    "change_type", "11")) < 0 ||
	    (rc = put_str(j, j->event, "change_date", j->date)) < 0 || (rc = put_str(j, j->event,
	    "basis_doc", j->title)) < 0)
		return rc;
	return save(j, j->event, id);
}

static int
participant_make(struct joining *j, const char *member)
{
	jc_id id = "";
	int rc;

	jc_typed_begin(&j->typed, j->participant);
	if ((rc = put_str(j, j->participant, "activity_id", j->activity)) < 0 ||
	    (rc = put_str(j, j->participant, "member_id", member)) < 0 || (rc = put_str(j,
	    j->participant, "role", "attendee")) < 0)
		return rc;
	return save(j, j->participant, id);
}

static int
person_join(struct joining *j, const struct person *p)
{
	int rc, known;
	jc_id id = "";

	if ((rc = member_make(j, p, id, &known)) < 0)
		return rc;
	if (known)
		j->out->known++;
	else if ((rc = application_make(j, id)) < 0)
		return rc;
	else
		j->out->added++;
	return participant_make(j, id);
}

static int
heading(const struct person *p)
{
	return p->mobile.n == 0 && p->number.n == 0 &&
	    (jc_slice_is(p->name, "姓名") || jc_slice_is(p->name, "序号") || jc_slice_is(p->name,
	    "name"));
}

static int
list_join(struct joining *j, const char *list, size_t n)
{
	int64_t no = 0;

	for (size_t at = 0; at < n;) {
		const char *end = memchr(list + at, '\n', n - at);
		size_t len = end != NULL ? (size_t)(end - list) - at : n - at;
		struct person p;
		int rc;

		no++;
		line_cut(&p, list + at, len);
		at += len + 1;
		if (p.name.n == 0 || heading(&p)) {
			j->out->skipped += p.mobile.n != 0 || p.number.n != 0;
			continue;
		}
		if ((rc = person_join(j, &p)) < 0) {
			jc_err_prefix(j->err, JC_T("第%lld行：", "Line %lld: "), (long long)no);
			return rc;
		}
	}
	return 0;
}

/* ---- the activity ---- */

static int
activity_read(struct joining *j, const struct jc_record_key *key)
{
	struct jc_record r;
	int rc = jc_record_read(j->node, key->rec, &r, j->err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < r.nfields; i++) {
		const char *text = r.field[i].text != NULL ? r.field[i].text : "";

		if (strcmp(r.field[i].field->name, "title") == 0)
			snprintf(j->title, sizeof(j->title), "%s", text);
		if (strcmp(r.field[i].field->name, "host_org_id") == 0 && strlen(text) == JC_ID_LEN)
			snprintf(j->host, sizeof(j->host), "%s", text);
		if (strcmp(r.field[i].field->name, "start_at") == 0 && j->date[0] == '\0' &&
		    strlen(text) >= 10 && text[0] != '?' &&
		    strncmp(text, j->today, 10) <= 0)
			snprintf(j->date, sizeof(j->date), "%.10s", text);
	}
	if (j->date[0] == '\0')
		snprintf(j->date, sizeof(j->date), "%s", j->today);
	jc_record_free(&r);
	return 0;
}

int
jc_collective_join(struct jc_collective *out, struct jc_node *node, const struct jc_env *env,
    const struct jc_record_key *activity,
    const char *list, size_t n, const char *date, struct jc_err *err)
{
	struct joining j = {.node = node, .out = out, .err = err};
	int rc, end;

	memset(out, 0, sizeof(*out));
	if (activity->kind == NULL || strcmp(activity->kind->name, "activity") != 0)
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("集中入会要记在一次活动上，这个编号不是活动",
		    "People join at an activity; that id is none"));
	j.member = jc_catalogue_kind("member", 6);
	j.event = jc_catalogue_kind("member_event", 12);
	j.participant = jc_catalogue_kind("participant", 11);
	memcpy(j.activity, activity->id, sizeof(j.activity));
	jc_out_today(j.today, env);
	snprintf(j.date, sizeof(j.date), "%s", date != NULL ? date : "");
	jc_typed_init(&j.typed, NULL, JC_TYPED_ID, j.today);
	if ((rc = jc_scope_get(&j.scope, node->log, activity->scope, err)) == 0 &&
	    (rc = activity_read(&j, activity)) == 0 &&
	    (rc = jc_save_begin(&j.sv, node, activity->scope, "join", err)) == 0) {
		rc = list_join(&j, list, n);
		if (rc == 0 && out->added + out->known == 0)
			rc = jc_err_set(err, JC_EINVAL, WHERE,
			    JC_T("名单里没有认出姓名；请一行一个人：姓名 电话 证件号码",
			    "No name was found; one person a line: name, telephone, ID number"));
		end = jc_save_end(j.sv, rc == 0, NULL, rc == 0 ? err : NULL);
		rc = rc < 0 ? rc : end;
	}
	jc_typed_free(&j.typed);
	return rc;
}
