/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "match.h"

#include <string.h>

#include "../schema/schema_mem.h"
#include "map.h"

#define KINDS_MAX 256

/* First byte of a key in the map. */
enum by {
	BY_ID = 'i', BY_TITLE = 't', BY_OWN_TITLE = 'o', BY_NUMBER = 'n', BY_USCC = 'u', BY_PERSON = 'p', BY_ANY_ID = 'a', BY_LOST = 'l'
};

#define LOST_DIGITS 14 /* of a number that lost its end; place and birth date are among them */


struct jc_match {
	struct jc_node *node;
	struct jc_scope scope;
	char today[11];
	struct jc_map map;
	uint8_t loaded[KINDS_MAX];
	struct jc_buf key, text;
	struct jc_buf titles;  /* one after the other, each behind its length; an id's entry says where */
	struct jc_err *err;    /* of the list that is running */
};

int
jc_match_open(struct jc_match **out, struct jc_node *node, const struct jc_scope *scope, const char *today,
    struct jc_err *err)
{
	struct jc_match *m = jc_calloc(1, sizeof(*m));

	*out = m;
	if (m == NULL)
		return JC_NOMEM(err, "jc_match_open");
	m->node = node;
	m->scope = *scope;
	memcpy(m->today, today, sizeof(m->today));
	jc_map_init(&m->map);
	jc_buf_init(&m->key, 1 << 20);
	jc_buf_init(&m->text, 1 << 20);
	jc_buf_init(&m->titles, (size_t)1 << 30);
	return 0;
}

void
jc_match_close(struct jc_match *m)
{
	if (m == NULL)
		return;
	jc_map_free(&m->map);
	jc_buf_free(&m->key);
	jc_buf_free(&m->text);
	jc_buf_free(&m->titles);
	jc_free(m);
}

/* ---- what identifies ---- */

static int
is_raw(struct jc_slice s)
{
	return s.n > 0 && s.p[0] == '?';
}

void
jc_match_who_add(struct jc_match_who *who, const struct jc_kind *kind, const struct jc_field *f, struct jc_slice stored)
{
	if (f->set || stored.n == 0)
		return;
	if (strcmp(f->name, kind->title) == 0)
		who->title = stored;
	else if (is_raw(stored))
		return;
	else if (f->type == JC_IDNO && who->number.n == 0 && kind->person)
		who->number = stored; /* of a transfer or a cover it names whom, not which */
	else if (f->type == JC_USCC && who->uscc.n == 0)
		who->uscc = stored;
	else if (strcmp(f->name, "birth_date") == 0)
		who->birth = stored;
	else if (strcmp(f->name, "mobile") == 0)
		who->phone = stored;
}

void
jc_match_who_check(struct jc_match_who *who, const char *today)
{
	struct jc_remarks remarks = {0};
	char number[40], birth[11], sex[2];

	if (who->number.n != 0 && jc_idno_check(number, birth, sex, who->number.p, who->number.n, today, &remarks) != 1)
		who->number.n = 0;
	if (who->uscc.n != 0 && jc_uscc_check(number, who->uscc.p, who->uscc.n, &remarks) != 1)
		who->uscc.n = 0;
}

static int
is_body(const struct jc_kind *kind)
{
	for (const struct jc_field *f = kind->fields; f->id != 0; f++)
		if (f->type == JC_USCC)
			return 1;
	return 0;
}

/* ---- keys of the map ---- */

static void
key_begin(struct jc_match *m, enum by by, const struct jc_kind *kind)
{
	jc_buf_reset(&m->key);
	jc_buf_putc(&m->key, (char)by);
	jc_buf_varint(&m->key, kind->id);
}

static int
key_one(struct jc_match *m, enum by by, const struct jc_kind *kind, struct jc_slice s, struct jc_err *err)
{
	key_begin(m, by, kind);
	jc_buf_slice(&m->key, s);
	return jc_buf_check(&m->key, "match", err);
}

static int
key_person(struct jc_match *m, const struct jc_kind *kind, const struct jc_match_who *who, struct jc_err *err)
{
	key_begin(m, BY_PERSON, kind);
	jc_buf_slice(&m->key, who->title);
	jc_buf_putc(&m->key, '\n');
	jc_buf_slice(&m->key, who->birth);
	jc_buf_putc(&m->key, '\n');
	jc_buf_slice(&m->key, who->phone);
	return jc_buf_check(&m->key, "match", err);
}

static int
key_lost(struct jc_match *m, const struct jc_kind *kind, struct jc_slice title, struct jc_slice number, struct jc_err *err)
{
	key_begin(m, BY_LOST, kind);
	jc_buf_slice(&m->key, title);
	jc_buf_putc(&m->key, '\n');
	jc_buf_put(&m->key, number.p, LOST_DIGITS);
	return jc_buf_check(&m->key, "match", err);
}

/* Enters the key that stands in m->key for an id. `number` 1: the record has a number or code of its own. */
static int
enter(struct jc_match *m, const jc_id id, int own, struct jc_err *err)
{
	struct jc_map_entry *e = jc_map_put(&m->map, m->key.data, m->key.len);

	if (e == NULL)
		return JC_NOMEM(err, "match");
	if (e->id[0] == '\0') {
		memcpy(e->id, id, sizeof(e->id));
		e->state = (uint8_t)own;
	} else if (strcmp(e->id, id) != 0) {
		e->many = 1;
	}
	return 0;
}

static int
enter_who(struct jc_match *m, const struct jc_kind *kind, const jc_id id, const struct jc_match_who *who, int own_scope,
    struct jc_err *err)
{
	int rc = 0, own = who->number.n != 0 || who->uscc.n != 0;

	if (who->title.n != 0 && (rc = key_one(m, BY_TITLE, kind, who->title, err)) == 0)
		rc = enter(m, id, own, err);
	if (!own_scope || rc < 0)
		return rc;
	if (who->title.n != 0 && (rc = key_one(m, BY_OWN_TITLE, kind, who->title, err)) == 0)
		rc = enter(m, id, own, err);
	if (rc == 0 && who->number.n != 0 && (rc = key_one(m, BY_NUMBER, kind, who->number, err)) == 0)
		rc = enter(m, id, own, err);
	if (rc == 0 && who->number.n >= LOST_DIGITS && who->title.n != 0 && (rc = key_lost(m, kind, who->title, who->number, err)) == 0)
		rc = enter(m, id, own, err);
	if (rc == 0 && who->uscc.n != 0 && (rc = key_one(m, BY_USCC, kind, who->uscc, err)) == 0)
		rc = enter(m, id, own, err);
	if (rc == 0 && who->title.n != 0 && who->birth.n != 0 && who->phone.n != 0 &&
	    (rc = key_person(m, kind, who, err)) == 0)
		rc = enter(m, id, own, err);
	return rc;
}

static struct jc_map_entry *
found(const struct jc_match *m)
{
	return jc_map_get(&m->map, m->key.data, m->key.len);
}

/* ---- reading a kind ---- */

static int
id_enter(struct jc_match *m, const struct jc_kind *kind, const jc_id id, enum jc_match_state state, int own_scope)
{
	struct jc_slice s = {id, JC_ID_LEN};
	struct jc_map_entry *e;
	int rc;

	if ((rc = key_one(m, BY_ANY_ID, kind, s, m->err)) < 0 || (rc = enter(m, id, 0, m->err)) < 0 || !own_scope)
		return rc;
	if ((rc = key_one(m, BY_ID, kind, s, m->err)) < 0)
		return rc;
	if ((e = jc_map_put(&m->map, m->key.data, m->key.len)) == NULL)
		return JC_NOMEM(m->err, "match");
	memcpy(e->id, id, sizeof(e->id));
	if (e->state == JC_MATCH_NONE)
		e->state = (uint8_t)state;
	return 0;
}

static int
title_keep(struct jc_match *m, const struct jc_kind *kind, const jc_id id, struct jc_slice title)
{
	struct jc_map_entry *e;
	int rc;

	if (title.n == 0 || (rc = key_one(m, BY_ANY_ID, kind, (struct jc_slice){id, JC_ID_LEN}, m->err)) < 0)
		return title.n == 0 ? 0 : rc;
	if ((e = found(m)) == NULL)
		return 0;
	e->title = m->titles.len + 1;
	jc_buf_varint(&m->titles, title.n);
	jc_buf_slice(&m->titles, title);
	return jc_buf_check(&m->titles, "match", m->err);
}

static int
row_enter(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct jc_match *m = arg;
	struct jc_match_who who = {0};
	int own = key->scope == m->scope.no, rc;

	if ((rc = id_enter(m, key->kind, key->id, key->is_void ? JC_MATCH_VOID : JC_MATCH_LIVING, own)) < 0 || key->is_void)
		return rc;
	for (size_t i = 0; i < n && key->kind->fields[i].id != 0; i++)
		jc_match_who_add(&who, key->kind, &key->kind->fields[i], text[i]);
	if ((rc = title_keep(m, key->kind, key->id, who.title)) < 0)
		return rc;
	jc_match_who_check(&who, m->today);
	return enter_who(m, key->kind, key->id, &who, own, m->err);
}

static int
load(struct jc_match *m, const struct jc_kind *kind, struct jc_err *err)
{
	struct jc_query q = {.kind = kind};
	int rc;

	if (kind->id < KINDS_MAX && m->loaded[kind->id])
		return 0;
	m->err = err;
	if ((rc = jc_records_each(m->node, &q, row_enter, m, err)) < 0)
		return rc;
	q.voided = 1;
	if ((rc = jc_records_each(m->node, &q, row_enter, m, err)) < 0)
		return rc;
	if (kind->id < KINDS_MAX)
		m->loaded[kind->id] = 1;
	return 0;
}

int
jc_match_state(struct jc_match *m, const struct jc_kind *kind, const jc_id id, struct jc_err *err)
{
	struct jc_map_entry *e;
	int rc;

	if ((rc = load(m, kind, err)) < 0 || (rc = key_one(m, BY_ID, kind, (struct jc_slice){id, JC_ID_LEN}, err)) < 0)
		return rc;
	e = found(m);
	return e != NULL ? e->state : JC_MATCH_NONE;
}

/* ---- references ---- */

/* Looks up m->key. `against` 1: the row has a number of its own, so a record with another one is not it. */
static int
row_found(struct jc_match *m, int against, jc_id out)
{
	struct jc_map_entry *e = found(m);

	if (e == NULL || (against && e->state))
		return 0;
	if (e->many)
		return 2;
	memcpy(out, e->id, sizeof(e->id));
	return 1;
}

/* 1 and the id if a record of this kind, in any scope or in the file, has it. */
static int
ref_id(struct jc_match *m, const struct jc_kind *kind, struct jc_slice id, jc_id out, struct jc_err *err)
{
	struct jc_map_entry *e;
	int rc;

	if (!jc_id_ok(id.p, id.n))
		return 0;
	if ((rc = key_one(m, BY_ANY_ID, kind, id, err)) < 0)
		return rc;
	if ((e = found(m)) == NULL)
		return 0;
	memcpy(out, e->id, sizeof(e->id));
	return 1;
}

/* By name: of the own scope first, then of any. */
static int
ref_title(struct jc_match *m, const struct jc_kind *kind, struct jc_slice typed, jc_id out, struct jc_err *err)
{
	struct jc_slice name;
	int rc;

	jc_buf_reset(&m->text);
	if ((rc = jc_text_normalise(&m->text, typed.p, typed.n, 0, err)) < 0 ||
	    (rc = jc_buf_check(&m->text, "match", err)) < 0)
		return rc;
	name = (struct jc_slice){m->text.data, m->text.len};
	if ((rc = key_one(m, BY_OWN_TITLE, kind, name, err)) < 0 || (rc = row_found(m, 0, out)) != 0)
		return rc;
	if ((rc = key_one(m, BY_TITLE, kind, name, err)) < 0)
		return rc;
	return row_found(m, 0, out);
}

int
jc_match_ref(struct jc_match *m, const struct jc_kind *kind, struct jc_slice typed, jc_id out, struct jc_err *err)
{
	jc_id id;
	int rc;

	if (typed.n == 3 + JC_ID_LEN && memcmp(typed.p, "id:", 3) == 0 && jc_id_ok(typed.p + 3, JC_ID_LEN)) {
		memcpy(out, typed.p + 3, JC_ID_LEN);
		out[JC_ID_LEN] = '\0';
		return 1;
	}
	if ((rc = load(m, kind, err)) < 0)
		return rc;
	jc_record_id_key(id, m->scope.idkey, kind->name, typed.p, typed.n);
	if ((rc = ref_id(m, kind, (struct jc_slice){id, JC_ID_LEN}, out, err)) != 0 ||
	    (rc = ref_id(m, kind, typed, out, err)) != 0)
		return rc;
	return ref_title(m, kind, typed, out, err);
}

int
jc_match_title(struct jc_match *m, const struct jc_kind *kind, struct jc_slice id, struct jc_buf *out, struct jc_err *err)
{
	struct jc_map_entry *e;
	struct jc_rd rd;
	uint64_t n;
	int rc;

	if ((rc = load(m, kind, err)) < 0 || (rc = key_one(m, BY_ANY_ID, kind, id, err)) < 0)
		return rc;
	if ((e = found(m)) == NULL || e->title == 0)
		return 0;
	jc_rd_init(&rd, m->titles.data + e->title - 1, m->titles.len - e->title + 1);
	n = jc_rd_varint(&rd);
	jc_buf_put(out, jc_rd_bytes(&rd, n), n);
	return jc_buf_check(out, "match", err) < 0 ? JC_ENOMEM : 1;
}

/* ---- rows ---- */

static int
person_find(struct jc_match *m, const struct jc_kind *kind, const struct jc_match_who *who, jc_id out, struct jc_err *err)
{
	int rc;

	if (who->number.n != 0) {
		if ((rc = key_one(m, BY_NUMBER, kind, who->number, err)) < 0)
			return rc;
		return row_found(m, 0, out);
	}
	if (who->title.n == 0 || who->birth.n == 0 || who->phone.n == 0)
		return 0;
	if ((rc = key_person(m, kind, who, err)) < 0)
		return rc;
	return row_found(m, 0, out);
}

static int
body_find(struct jc_match *m, const struct jc_kind *kind, const struct jc_match_who *who, jc_id out, struct jc_err *err)
{
	int rc;

	if (who->uscc.n != 0) {
		if ((rc = key_one(m, BY_USCC, kind, who->uscc, err)) < 0 || (rc = row_found(m, 0, out)) == 1)
			return rc;
	}
	if (who->title.n == 0)
		return 0;
	if ((rc = key_one(m, BY_OWN_TITLE, kind, who->title, err)) < 0)
		return rc;
	return row_found(m, who->uscc.n != 0, out);
}

int
jc_match_who(struct jc_match *m, const struct jc_kind *kind, const struct jc_match_who *who, jc_id out, struct jc_err *err)
{
	int rc;

	if ((rc = load(m, kind, err)) < 0)
		return rc;
	if (kind->person)
		return person_find(m, kind, who, out, err);
	if (is_body(kind))
		return body_find(m, kind, who, out, err);
	return 0;
}

int
jc_match_lost(struct jc_match *m, const struct jc_kind *kind, struct jc_slice title, struct jc_slice digits, jc_id out,
    struct jc_err *err)
{
	int rc;

	if (digits.n < LOST_DIGITS || title.n == 0)
		return 0;
	if ((rc = load(m, kind, err)) < 0 || (rc = key_lost(m, kind, title, digits, err)) < 0)
		return rc;
	return row_found(m, 0, out);
}

int
jc_match_name(struct jc_match *m, const struct jc_kind *kind, struct jc_slice title, jc_id out, struct jc_err *err)
{
	int rc;

	if ((rc = load(m, kind, err)) < 0 || (rc = key_one(m, BY_OWN_TITLE, kind, title, err)) < 0)
		return rc;
	return row_found(m, 0, out);
}

int
jc_match_note(struct jc_match *m, const struct jc_kind *kind, const jc_id id, const struct jc_match_who *who,
    struct jc_err *err)
{
	int rc;

	m->err = err;
	if ((rc = load(m, kind, err)) < 0 || (rc = id_enter(m, kind, id, JC_MATCH_FILE, 1)) < 0)
		return rc;
	return enter_who(m, kind, id, who, 1, err);
}

void
jc_match_settle(struct jc_match *m, const struct jc_kind *kind, const jc_id id)
{
	struct jc_map_entry *e;

	if (key_one(m, BY_ID, kind, (struct jc_slice){id, JC_ID_LEN}, NULL) == 0 && (e = found(m)) != NULL)
		e->state = JC_MATCH_LIVING;
}
