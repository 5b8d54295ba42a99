/* SPDX-License-Identifier: MulanPSL-2.0 */
/* One row of an import: its cells, the record that it is, the events that come with it. */
#include <stdio.h>
#include <string.h>

#include "../sync/sync_sign.h"
#include "import_private.h"
#include "out.h"
#include "waiting.h"

#define LIKE_WHO 110 /* bytes of a name that have room in a sentence */
#define REMARKS_MAX 10000

static void
remark_put(struct jc_import *im, const struct jc_field *f, const char *code, const char *text)
{
	if (!im->quiet && json_array_size(im->out->remarks) < REMARKS_MAX)
		json_array_append_new(im->out->remarks,
		    json_pack("{s:I,s:s,s:s,s:s}", "line", (json_int_t)im->line, "field",
			jc_field_label(f), "code", code, "text", text));
}

static void
remark(void *arg, const struct jc_field *f, const struct jc_remark *r)
{
	remark_put(arg, f, r->code, r->text);
}

void
jc_import_row_init(struct jc_import *im)
{
	jc_typed_init(&im->typed, NULL, JC_TYPED_RAW, im->today);
	jc_typed_init(&im->event, NULL, JC_TYPED_STRICT, im->today);
	im->typed.arg = im;
	jc_map_init(&im->ids);
	im->kept = json_array();
	im->settled = json_array();
}

void
jc_import_row_free(struct jc_import *im)
{
	jc_typed_free(&im->typed);
	jc_typed_free(&im->event);
	jc_map_free(&im->ids);
	json_decref(im->kept);
	json_decref(im->settled);
}

int
jc_import_of_the_row(int rc)
{
	return rc == JC_EINVAL || rc == JC_ELIMIT || rc == JC_EFORMAT || rc == JC_ENOTFOUND ||
	    rc == JC_EUSAGE;
}

/* ---- cells ---- */

/* 2016.1 as a number: January, or October whose zero is gone. */
static int
is_half_month(const struct jc_import_cell *c)
{
	if (c->was != JC_CELL_NUMBER || (c->field->type != JC_PDATE && c->field->type != JC_DATE) ||
	    c->text.n != 6)
		return 0;
	return (memcmp(c->text.p, "19", 2) == 0 || memcmp(c->text.p, "20", 2) == 0) &&
	    memcmp(c->text.p + 4, ".1", 2) == 0;
}

/* Cells that are not what was meant are named and left out. */
static int
cell_refused(struct jc_import *im, const struct jc_import_cell *c)
{
	if (c->was == JC_CELL_ERROR) {
		remark_put(im, c->field, "E:cell_error",
		    JC_T("这一格是错误值（如 #N/A），没有导入",
			"The cell holds an error such as #N/A; it was left out"));
		return 1;
	}
	if (c->was == JC_CELL_LOST) {
		remark_put(im, c->field, "E:cell_formula",
		    JC_T("这一格是公式，文件里没有结果；请在 WPS 里打开保存一次再导入",
			"The cell is a formula without its result; open and save the file once, then import again"));
		return 1;
	}
	if (is_half_month(c)) {
		remark_put(im, c->field, "E:date_month",
		    JC_T("分不清是1月还是10月（表格把月份当小数存了），没有导入",
			"January or October (the spreadsheet stored the month as a fraction); it was left out"));
		return 1;
	}
	if (c->field->type == JC_INT || c->field->type == JC_MONEY ||
	    c->field->type == JC_DECIMAL ||
	    !jc_number_rounded(c->text.p, c->text.n, c->was == JC_CELL_NUMBER))
		return 0;
	if (c->field->type == JC_IDNO) {
		im->lost = c->text;
		return im->src->keep != NULL;
	}
	if (im->src->keep == NULL)
		return 0;
	remark_put(im, c->field, "E:number_lost",
	    JC_T("数字太长，后几位已丢失，没有导入；请把这一列设成文本再填",
		"The number is too long and lost its last digits; it was left out. Make the column text and type it again"));
	return 1;
}

static int
cell_take(struct jc_import *im, const struct jc_import_cell *c, struct jc_err *err)
{
	struct jc_typed *t = &im->typed;
	const json_t *e;
	size_t i;
	int rc;

	if (c->elements == NULL && (cell_refused(im, c) || (c->blank_stays && c->text.n == 0)))
		return 0;
	if (c->elements == NULL)
		return jc_typed_put(t, c->field, JC_TYPED_SET, c->text.p, c->text.n, err);
	if ((rc = jc_typed_whole(t, c->field, err)) < 0)
		return rc;
	json_array_foreach((json_t *)(size_t)c->elements, i, e) {
		if (!json_is_string(e))
			return jc_err_set(err, JC_EINVAL, "import",
			    JC_T("%s：列表里只能是文字", "%s: a list holds texts only"),
			    jc_field_label(c->field));
		if ((rc = jc_typed_element(
			 t, c->field, json_string_value(e), json_string_length(e), err)) < 0)
			return rc;
	}
	return 0;
}

/* The three columns of a 会籍变动; what else is derived says nothing. */
static void
event_take(struct jc_import *im, const struct jc_import_cell *c)
{
	static const char *const names[] = {
	    "last_change_type", "last_change_date", "last_change_reason"};

	for (size_t i = 0; i < 3; i++)
		if (strcmp(c->field->name, names[i]) == 0)
			im->change[i] = c->text;
}

static int
is_typed(const struct jc_typed *t, const struct jc_field *f)
{
	for (size_t i = 0; i < t->nparts; i++)
		if (t->part[i].field == f)
			return 1;
	return 0;
}

/* Values that the import was told for every row. */
static int
set_take(struct jc_import *im, const struct jc_kind *kind, struct jc_err *err)
{
	const char *name;
	json_t *value;
	int rc = 0;

	json_object_foreach((json_t *)(size_t)im->o->set, name, value) {
		const struct jc_field *f = jc_catalogue_field_typed(kind, name);

		if (rc == 0 && f == NULL)
			rc = jc_err_set(err, JC_EINVAL, "import",
			    JC_T("%s没有“%.60s”这个项目", "%s has no field \"%.60s\""),
			    jc_kind_label(kind), name);
		if (rc == 0 && json_is_string(value) && !is_typed(&im->typed, f))
			rc = jc_typed_put(&im->typed, f, JC_TYPED_SET, json_string_value(value),
			    json_string_length(value), err);
	}
	return rc;
}

int
jc_import_row_take(struct jc_import *im, const struct jc_import_row *row, enum jc_typed_refs refs,
    const struct jc_field **field, struct jc_err *err)
{
	struct jc_typed *t = &im->typed;
	int rc = 0;

	*field = NULL;
	memset(im->change, 0, sizeof(im->change));
	memset(&im->lost, 0, sizeof(im->lost));
	im->quiet = refs == JC_TYPED_RAW;
	t->refs = refs;
	t->remark = im->quiet ? NULL : remark;
	jc_typed_begin(t, row->kind);
	for (size_t i = 0; rc == 0 && i < row->ncells; i++) {
		if (row->cell[i].event)
			event_take(im, &row->cell[i]);
		else if ((rc = cell_take(im, &row->cell[i], err)) < 0)
			*field = row->cell[i].field;
	}
	if (rc == 0 && t->nparts == 0)
		rc = jc_err_set(
		    err, JC_EINVAL, "import", JC_T("这一行没有内容", "This row has no content"));
	return rc < 0 ? rc : set_take(im, row->kind, err);
}

/* ---- which record ---- */

static void
hash_parts(const struct jc_import *im, uint8_t h[JC_HASH_LEN])
{
	const struct jc_typed *t = &im->typed;
	struct jc_hasher hasher;

	jc_hasher_init(&hasher);
	for (size_t i = 0; i < t->nparts; i++) {
		jc_hasher_add(&hasher, t->part[i].field->name, strlen(t->part[i].field->name) + 1);
		if (t->part[i].len > 0)
			jc_hasher_add(&hasher, t->text.data + t->part[i].at, t->part[i].len);
		jc_hasher_add(&hasher, "", 1);
	}
	jc_hasher_end(&hasher, h);
}

void
jc_import_row_hash(const struct jc_import *im, uint8_t out[16])
{
	uint8_t h[JC_HASH_LEN];

	hash_parts(im, h);
	memcpy(out, h, 16);
}

static int
has_type(const struct jc_kind *kind, enum jc_type type)
{
	for (const struct jc_field *f = kind->fields; f->id != 0; f++)
		if (f->type == type)
			return 1;
	return 0;
}

/*
 * A key that is the same on every PC: of what tells people and bodies apart where the row of a table says
 * enough of it, so that a corrected row is the same record; else of all that the row holds.
 */
static int
content_id(struct jc_import *im, const struct jc_match_who *who, int all, jc_id out)
{
	uint8_t h[JC_HASH_LEN];
	struct jc_hasher hasher;
	char key[80] = "row:";
	int person = im->typed.kind->person, body = has_type(im->typed.kind, JC_USCC);

	if (!all && im->src->keep != NULL && who->title.n != 0 &&
	    ((person && who->birth.n + who->phone.n != 0) || body)) {
		const struct jc_slice parts[] = {who->title, who->birth, who->phone, who->uscc};

		jc_hasher_init(&hasher);
		for (size_t i = 0; i < 4; i++) {
			jc_hasher_add(&hasher, parts[i].n != 0 ? parts[i].p : "", parts[i].n);
			jc_hasher_add(&hasher, "\n", 1);
		}
		jc_hasher_end(&hasher, h);
	} else {
		hash_parts(im, h);
	}
	for (size_t i = 0; i < 16; i++)
		snprintf(key + 4 + 2 * i, 3, "%02x", h[i]);
	return jc_save_id_key(im->sv, out, im->typed.kind, (struct jc_slice){key, 36}, im->err);
}

/* The stored text of a field of the row. */
static struct jc_slice
part_of(const struct jc_typed *t, const struct jc_field *f)
{
	for (size_t i = 0; i < t->nparts; i++)
		if (t->part[i].field == f && t->part[i].len != 0)
			return (struct jc_slice){t->text.data + t->part[i].at, t->part[i].len};
	return (struct jc_slice){"", 0};
}

/* One character differs, or two that stand side by side changed places, or the last three are gone. */
static int
is_near(struct jc_slice a, struct jc_slice b)
{
	size_t differ = 0, first = 0;

	if (a.n == 0 || a.n != b.n || a.n < 15)
		return a.n >= 15 && b.n >= 15 && memcmp(a.p, b.p, 15) == 0;
	for (size_t i = 0; i < a.n; i++)
		if (a.p[i] != b.p[i] && differ++ == 0)
			first = i;
	if (differ == 2 && a.p[first] == b.p[first + 1] && a.p[first + 1] == b.p[first])
		return 1;
	return differ == 1 || (differ > 0 && memcmp(a.p, b.p, 15) == 0);
}

static int
is_valid_number(struct jc_slice s, const char *today)
{
	struct jc_remarks remarks = {0};
	char number[40], birth[11], sex[2];

	return s.n != 0 && s.p[0] != '?' &&
	    jc_idno_check(number, birth, sex, s.p, s.n, today, &remarks) == 1;
}

/* What speaks for the row and a record of the same name being one person (DOMAIN 6.1 D2-D6); NULL: nothing. */
static const char *
likeness(const struct jc_import *im, const struct jc_record *r)
{
	const struct jc_kind *kind = im->typed.kind;
	struct jc_slice mine, theirs, number[2] = {{"", 0}, {"", 0}};
	const char *why = NULL;

	for (size_t i = 0; i < r->nfields; i++) {
		const struct jc_field *f = r->field[i].field;

		if (r->field[i].text == NULL || f->set)
			continue;
		mine = part_of(&im->typed, f);
		theirs = (struct jc_slice){r->field[i].text, strlen(r->field[i].text)};
		if (f->type == JC_IDNO) {
			number[0] = mine;
			number[1] = theirs;
		} else if (mine.n != 0 && jc_slice_eq(mine, theirs) &&
		    strcmp(f->name, "mobile") == 0) {
			why = JC_T("姓名和手机号相同", "the same name and mobile");
		} else if (why == NULL && mine.n == 10 && jc_slice_eq(mine, theirs) &&
		    strcmp(f->name, "birth_date") == 0) {
			why = JC_T("姓名和出生日期相同", "the same name and birth date");
		}
	}
	(void)kind;
	if (is_valid_number(number[0], im->today) && is_valid_number(number[1], im->today))
		return NULL; /* two different people */
	if (is_near(number[0], number[1]))
		return JC_T(
		    "姓名相同，证件号码差一点", "the same name, and nearly the same number");
	return why;
}

/* Somebody of that name is there, and the row may mean them. */
static int
like_find(struct jc_import *im, const struct jc_import_row *row, const struct jc_match_who *who,
    struct jc_import_plan *plan)
{
	struct jc_record now = {0};
	struct jc_record_key key;
	jc_id id;
	int rc, state;

	if (row->as_new || im->src->keep == NULL || who->title.n == 0 ||
	    !row->kind->person ||
	    (rc = jc_match_name(im->match, row->kind, who->title, id, im->err)) != 1)
		return 0;
	if ((state = jc_match_state(im->match, row->kind, id, im->err)) != JC_MATCH_LIVING)
		return state < 0 ? state : 0;
	if ((rc = jc_record_find(im->o->run->node, im->scope.no, id, &key, im->err)) < 0 ||
	    (rc = jc_record_read(im->o->run->node, key.rec, &now, im->err)) < 0)
		return rc;
	if (likeness(im, &now) != NULL) {
		plan->why = JC_IMPORT_LIKE;
		memcpy(plan->like, id, sizeof(plan->like));
	}
	jc_record_free(&now);
	return 0;
}

void
jc_import_row_like(
    struct jc_import *im, const struct jc_import_row *row, const struct jc_import_plan *plan)
{
	struct jc_record now = {0};
	struct jc_record_key key;
	const char *why = NULL;
	struct jc_buf who;

	(void)row;
	jc_buf_init(&who, 4096);
	if (jc_record_find(im->o->run->node, im->scope.no, plan->like, &key, NULL) == 0 &&
	    jc_record_read(im->o->run->node, key.rec, &now, NULL) == 0) {
		why = likeness(im, &now);
		jc_out_record(&who, &now);
	}
	jc_record_free(&now);
	im->like = why != NULL ? why : "";
	if (who.len == 0 || who.len > LIKE_WHO)
		snprintf(im->like_who, sizeof(im->like_who), JC_T("记录 %s", "record %s"), plan->like);
	else
		snprintf(im->like_who, sizeof(im->like_who), JC_T("“%s”（%s）", "\"%s\" (%s)"), who.data, plan->like);
	jc_buf_free(&who);
}

/* A number that lost its end: the person of that name whose number begins so. */
static int
lost_find(struct jc_import *im, const struct jc_import_row *row, const struct jc_match_who *who,
    struct jc_import_plan *plan)
{
	char digits[20];
	size_t n = 0;
	int rc;

	for (size_t i = 0;
	     i < im->lost.n && im->lost.p[i] != 'E' && im->lost.p[i] != 'e' && n < sizeof(digits);
	     i++)
		if (im->lost.p[i] >= '0' && im->lost.p[i] <= '9')
			digits[n++] = im->lost.p[i];
	rc = who->title.n != 0 ? jc_match_lost(im->match, row->kind, who->title,
				     (struct jc_slice){digits, n}, plan->id, im->err)
			       : 0;
	if (rc < 0)
		return rc;
	if (rc != 1) {
		plan->why = JC_IMPORT_LOST;
		plan->id[0] = '\0';
	}
	return 0;
}

int
jc_import_row_id(struct jc_import *im, const struct jc_import_row *row, struct jc_match_who *who,
    struct jc_import_plan *plan)
{
	int rc;

	jc_typed_who(&im->typed, who);
	if (row->by == JC_IMPORT_BY_ID) {
		memcpy(plan->id, row->key.p, JC_ID_LEN);
		plan->id[JC_ID_LEN] = '\0';
		return 0;
	}
	if (row->by == JC_IMPORT_BY_KEY)
		return jc_save_id_key(im->sv, plan->id, row->kind, row->key, im->err);
	if (im->lost.n != 0 && im->src->keep != NULL)
		return lost_find(im, row, who, plan);
	rc = row->as_new ? 0 : jc_match_who(im->match, row->kind, who, plan->id, im->err);
	if (rc == 2) {
		plan->why = JC_IMPORT_SEVERAL;
		plan->id[0] = '\0';
		return 0;
	}
	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (who->number.n != 0 && who->title.n != 0)
		rc = jc_save_id_person(
		    im->sv, plan->id, row->kind, who->number, who->title, im->err);
	else
		rc = content_id(im, who, row->as_new, plan->id);
	if (rc < 0 ||
	    (rc = jc_match_state(im->match, row->kind, plan->id, im->err)) != JC_MATCH_NONE)
		return rc < 0 ? rc : 0;
	if ((rc = like_find(im, row, who, plan)) < 0 || plan->why == JC_IMPORT_GOOD)
		return rc;
	plan->id[0] = '\0';
	return 0;
}

/* ---- what comes with a row ---- */

static int
number_says(
    struct jc_import *im, const char *name, const char *value, int is_new, struct jc_err *err)
{
	const struct jc_field *f = jc_catalogue_field(im->typed.kind, name, strlen(name));
	struct jc_slice typed;

	if (f == NULL)
		return 0;
	typed = part_of(&im->typed, f);
	if (typed.n != 0) {
		if (strncmp(typed.p, value, typed.n < strlen(value) ? typed.n : strlen(value)) !=
			0 &&
		    typed.p[0] != '?')
			remark_put(im, f, "W:id_other",
			    JC_T("和身份证号上的不一致，请核对",
				"It is not what the identity number says"));
		return 0;
	}
	return is_new && !is_typed(&im->typed, f)
	    ? jc_typed_put(&im->typed, f, JC_TYPED_SET, value, strlen(value), err)
	    : 0;
}

int
jc_import_row_number(struct jc_import *im, int is_new, struct jc_err *err)
{
	struct jc_remarks remarks = {0};
	char number[40], birth[11], sex[2];
	struct jc_match_who who;
	int rc;

	jc_typed_who(&im->typed, &who);
	if (im->src->keep == NULL || who.number.n == 0 ||
	    jc_idno_check(number, birth, sex, who.number.p, who.number.n, im->today, &remarks) != 1)
		return 0;
	if ((rc = number_says(im, "birth_date", birth, is_new, err)) < 0)
		return rc;
	return number_says(im, "gender", sex, is_new, err);
}

static int
event_put(struct jc_import *im, const char *name, const char *p, size_t n, struct jc_err *err)
{
	const struct jc_field *f = jc_catalogue_field(im->event.kind, name, strlen(name));

	if (f == NULL || n == 0)
		return 0;
	return jc_typed_put(&im->event, f, JC_TYPED_SET, p, n, err);
}

static int
event_save(struct jc_import *im, const char *key, struct jc_err *err)
{
	int rc, written = 0;
	jc_id id;

	if ((rc = jc_save_id_key(
		 im->sv, id, im->event.kind, (struct jc_slice){key, strlen(key)}, err)) < 0 ||
	    (rc = jc_typed_finish(&im->event, NULL, err)) < 0 ||
	    (rc = jc_save_set(im->sv, im->event.kind, id, im->event.change, im->event.nchanges, 0,
		 &written, err)) < 0)
		return rc;
	im->events += written > 0;
	return 0;
}

/* Begins a record that names the row's record in one field. 0: this program does not know the kind. */
static int
event_begin(
    struct jc_import *im, const char *kind, const char *field, const jc_id id, struct jc_err *err)
{
	const struct jc_kind *k = jc_catalogue_kind(kind, strlen(kind));
	char ref[3 + JC_ID_LEN + 1] = "id:";
	int rc;

	if (k == NULL)
		return 0;
	jc_typed_begin(&im->event, k);
	memcpy(ref + 3, id, JC_ID_LEN + 1);
	rc = event_put(im, field, ref, strlen(ref), err);
	return rc < 0 ? rc : 1;
}

/* One 会籍变动: the same member, sort and day is the same event, however often it is imported. */
static int
change_save(struct jc_import *im, const jc_id id, const struct jc_slice change[3],
    const char *basis, struct jc_err *err)
{
	struct jc_slice type, date;
	char key[120];
	int rc;

	if ((rc = event_begin(im, "member_event", "member_id", id, err)) <= 0 ||
	    (rc = event_put(im, "change_type", change[0].p, change[0].n, err)) < 0 ||
	    (rc = event_put(im, "change_date", change[1].p, change[1].n, err)) < 0 ||
	    (rc = event_put(im, "change_reason", change[2].p, change[2].n, err)) < 0 ||
	    (rc = event_put(im, "basis_doc", basis, strlen(basis), err)) < 0)
		return rc;
	type = part_of(&im->event, jc_catalogue_field(im->event.kind, "change_type", 11));
	date = part_of(&im->event, jc_catalogue_field(im->event.kind, "change_date", 11));
	if (type.n == 0 || date.n != 10 || date.p[0] == '?') {
		im->quiet = 0;
		remark_put(im, jc_catalogue_field(im->event.kind, "change_date", 11),
		    "E:event_date",
		    JC_T("会籍变化没有完整的日期，没有记成会籍变动",
			"The change of membership has no full date; it was not recorded"));
		return 0;
	}
	snprintf(key, sizeof(key), "event:%s:%.*s:%.*s", id, (int)(type.n < 20 ? type.n : 20),
	    type.p, (int)date.n, date.p);
	return event_save(im, key, err);
}

/* Whoever is new at an event of joining together applied there. */
static int
applied(struct jc_import *im, const jc_id id, struct jc_err *err)
{
	const struct jc_slice change[3] = {
	    {"11", 2}, {im->activity_on, strlen(im->activity_on)}, {"", 0}};

	return change_save(im, id, change, JC_T("集中入会", "joining together"), err);
}

static int
took_part(struct jc_import *im, const jc_id id, struct jc_err *err)
{
	char key[80];
	int rc;

	if ((rc = event_begin(im, "participant", "member_id", id, err)) <= 0)
		return rc;
	snprintf(key, sizeof(key), "id:%.12s", im->o->activity);
	if ((rc = event_put(im, "activity_id", key, strlen(key), err)) < 0)
		return rc;
	snprintf(key, sizeof(key), "part:%.12s:%s", im->o->activity, id);
	return event_save(im, key, err);
}

void
jc_import_row_remark(struct jc_import *im, const char *why)
{
	im->quiet = 0;
	remark_put(im, im->event.kind->fields, "E:event", why);
}

int
jc_import_row_events(struct jc_import *im, const struct jc_import_row *row, const jc_id id,
    int is_new, struct jc_err *err)
{
	int rc = 0;

	if (im->src->keep == NULL || strcmp(row->kind->name, "member") != 0)
		return 0;
	if (im->change[0].n != 0)
		rc = change_save(im, id, im->change, "", err);
	else if (is_new && im->joining)
		rc = applied(im, id, err);
	if (rc == 0 && im->o->activity != NULL)
		rc = took_part(im, id, err);
	return rc;
}

int
jc_import_row_activity(struct jc_import *im, struct jc_err *err)
{
	struct jc_record now = {0};
	struct jc_record_key key;
	int rc;

	memcpy(im->activity_on, im->today, sizeof(im->activity_on));
	if (im->o->activity == NULL)
		return 0;
	if ((rc = jc_record_find(im->o->run->node, 0, im->o->activity, &key, err)) < 0 ||
	    (rc = jc_record_read(im->o->run->node, key.rec, &now, err)) < 0)
		return rc;
	for (size_t i = 0; i < now.nfields; i++) {
		const char *text = now.field[i].text != NULL ? now.field[i].text : "";

		if (strcmp(now.field[i].field->name, "start_at") == 0 && strlen(text) >= 10 &&
		    text[0] != '?')
			memcpy(im->activity_on, text, 10);
		else if (strcmp(now.field[i].field->name, "activity_type") == 0)
			im->joining = strcmp(text, "collective_join") == 0;
	}
	jc_record_free(&now);
	return 0;
}

int
jc_import_row_draft(struct jc_import *im, struct jc_err *err)
{
	const struct jc_field *f = jc_catalogue_field(im->typed.kind, "note", 4);
	const char *text = JC_T("待核", "to be checked");

	if (f == NULL || is_typed(&im->typed, f))
		return 0;
	return jc_typed_put(&im->typed, f, JC_TYPED_SET, text, strlen(text), err);
}

/* ---- 待处理 ---- */

int
jc_import_row_settled(struct jc_import *im, const struct jc_import_row *row, struct jc_slice title)
{
	struct jc_db *db = im->o->run->node->db;

	if (im->waiting == 0 || im->src->keep == NULL)
		return 0;
	if (row->pending != 0) {
		json_array_append_new(
		    im->settled, json_pack("{s:I}", "no", (json_int_t)row->pending));
		return jc_waiting_drop(db, row->pending, im->err);
	}
	if (title.n == 0)
		return 0;
	json_array_append_new(im->settled,
	    json_pack("{s:s,s:o}", "layout", row->layout, "title", json_stringn(title.p, title.n)));
	return jc_waiting_drop_title(db, row->layout, title, im->err);
}

int
jc_import_settled_again(struct jc_import *im)
{
	struct jc_db *db = im->o->run->node->db;
	json_t *s;
	size_t i;
	int rc = 0;

	json_array_foreach(im->settled, i, s) {
		const json_t *title = json_object_get(s, "title");
		int64_t no = json_integer_value(json_object_get(s, "no"));

		if (rc == 0 && no != 0)
			rc = jc_waiting_drop(db, no, im->err);
		else if (rc == 0)
			rc = jc_waiting_drop_title(db,
			    json_string_value(json_object_get(s, "layout")),
			    (struct jc_slice){json_string_value(title), json_string_length(title)},
			    im->err);
	}
	return rc;
}
