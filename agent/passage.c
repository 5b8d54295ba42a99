/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "passage_private.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../sync/sync_sign.h"
#include "out.h"

#define WHERE "passage"

/* ---- small things ---- */

const char *
jc_passage_get(const struct jc_record *r, const char *field)
{
	for (size_t i = 0; i < r->nfields; i++)
		if (strcmp(r->field[i].field->name, field) == 0)
			return r->field[i].text;
	return NULL;
}

int
jc_passage_is(const struct jc_record *r, const char *field, const char *want)
{
	const char *v = jc_passage_get(r, field);

	return v != NULL && strcmp(v, want) == 0;
}

int
jc_passage_is_id(const char *s)
{
	return s != NULL && strlen(s) == JC_ID_LEN && jc_id_ok(s, JC_ID_LEN);
}

int
jc_passage_gone(const struct jc_record *t)
{
	return jc_passage_is(t, "state", "accepted") || jc_passage_is(t, "state", "decided");
}

/* The side to which the person goes: the copy when the source began, else the original. */
static int
is_target(const struct jc_record *t)
{
	return (jc_passage_get(t, "origin_id") != NULL) != jc_passage_is(t, "direction", "in");
}

const char *
jc_passage_origin(const struct jc_record *t)
{
	const char *id = jc_passage_get(t, "origin_id");

	return id != NULL ? id : t->key.id;
}

void
jc_passage_begin(struct jc_passage_pairs *p, const char *kind)
{
	memset(p, 0, sizeof(*p));
	p->kind = jc_catalogue_kind(kind, strlen(kind));
}

/* The elements of a set's stored text, to be added or removed. */
static void
put_set(struct jc_passage_pairs *p, const struct jc_field *f, const char *text, int removed)
{
	json_t *set = json_loads(text, 0, NULL), *e;
	struct jc_slice *elem = jc_calloc(json_array_size(set) + 1, sizeof(*elem));
	size_t i, n = 0;

	if (set == NULL || elem == NULL) {
		json_decref(set);
		jc_free(elem);
		p->failed = 1;
		return;
	}
	json_array_foreach(set, i, e)
		elem[n++] = (struct jc_slice){json_string_value(e), json_string_length(e)};
	p->set[p->nsets] = set;
	p->elem[p->nsets++] = elem;
	p->change[p->n++] = removed ? (struct jc_change){.field = f, .del = elem, .ndel = n}
	                            : (struct jc_change){.field = f, .add = elem, .nadd = n};
}

static void
put_any(struct jc_passage_pairs *p, const struct jc_field *f, const char *text, int removed)
{
	if (p->n == JC_PASSAGE_FIELDS || (f->set && p->nsets == JC_PASSAGE_SETS))
		p->failed = 1;
	else if (f->set)
		put_set(p, f, text, removed);
	else
		p->change[p->n++] = (struct jc_change){.field = f, .text = {text, removed ? 0 : strlen(text)}};
}

void
jc_passage_put(struct jc_passage_pairs *p, const char *field, const char *text)
{
	const struct jc_field *f = jc_catalogue_field(p->kind, field, strlen(field));

	if (f != NULL && text != NULL && text[0] != '\0')
		put_any(p, f, text, 0);
}

void
jc_passage_drop(struct jc_passage_pairs *p, const struct jc_field *f, const char *text)
{
	put_any(p, f, text, 1);
}

/* A union by its id, or as it was written. `room` holds the text then. */
static void
put_union(
    struct jc_passage_pairs *p, const char *field, const char *id, const char *name, char *room, size_t n)
{
	if (jc_passage_is_id(id) || (id != NULL && id[0] == '?'))
		jc_passage_put(p, field, id);
	else if (name != NULL && snprintf(room, n, "?%s", name) < (int)n)
		jc_passage_put(p, field, room);
}

int
jc_passage_key(jc_id id, struct jc_save *sv, const char *kind, const char *what, const char *of,
    struct jc_err *err)
{
	char key[80];
	int n = snprintf(key, sizeof(key), "passage %s %s", what, of);

	return jc_save_id_key(
	    sv, id, jc_catalogue_kind(kind, strlen(kind)), (struct jc_slice){key, (size_t)n}, err);
}

int
jc_passage_save(struct jc_save *sv, jc_id id, struct jc_passage_pairs *p, struct jc_err *err)
{
	int rc = p->failed ? JC_NOMEM(err, WHERE)
	    : p->n != 0 ? jc_save_set(sv, p->kind, id, p->change, p->n, 0, NULL, err)
	                : 0;

	for (size_t i = 0; i < p->nsets; i++) {
		json_decref(p->set[i]);
		jc_free(p->elem[i]);
	}
	p->n = p->nsets = 0;
	return rc;
}

/* A record that stands for the same thing as before, but was taken back, counts again. */
static int
revive(struct jc_save *sv, struct jc_node *node, int64_t scope, const jc_id id, struct jc_err *err)
{
	struct jc_record_key key;

	return jc_record_find(node, scope, id, &key, NULL) == 0 && key.is_void
	    ? jc_save_unvoid(sv, id, err)
	    : 0;
}

void
jc_passage_person(struct jc_passage_pairs *p, const struct jc_record *from, const struct jc_record *or_from)
{
	const struct jc_kind *t = jc_catalogue_kind("transfer", 8);

	for (const struct jc_field *f = t->fields; f->id != 0; f++) {
		const char *v = jc_passage_get(from, f->name);

		if (f->id >= JC_PASSAGE_FIRST && f->id <= JC_PASSAGE_LAST)
			jc_passage_put(p, f->name, v == NULL && or_from != NULL ? jc_passage_get(or_from, f->name) : v);
	}
}

int
jc_passage_member(
    struct jc_record *m, struct jc_node *node, const struct jc_record *t, struct jc_err *err)
{
	const char *id = jc_passage_get(t, "member_id");
	struct jc_record_key key;
	int rc;

	if (!jc_passage_is_id(id))
		return 0;
	rc = jc_record_find(node, t->key.scope, id, &key, NULL);
	if (rc == JC_ENOTFOUND || (rc == 0 && key.kind == NULL))
		return 0;
	if (rc < 0)
		return jc_record_find(node, t->key.scope, id, &key, err);
	rc = jc_record_read(node, key.rec, m, err);
	return rc < 0 ? rc : 1;
}

/* ---- what a move does to the member ---- */

int
jc_passage_event(struct jc_save *sv, struct jc_node *node, const struct jc_record *t,
    const char *member, const char *type, const char *day, const char *key, struct jc_err *err)
{
	char from[420], to[420];
	struct jc_passage_pairs p;
	jc_id id = "";
	int rc = key != NULL ? jc_passage_key(id, sv, "member_event", key, jc_passage_origin(t), err) : 0;

	jc_passage_begin(&p, "member_event");
	jc_passage_put(&p, "member_id", member);
	jc_passage_put(&p, "change_type", type);
	jc_passage_put(&p, "change_date", day);
	jc_passage_put(&p, "change_reason", jc_passage_get(t, "reason"));
	put_union(&p, "from_union", jc_passage_get(t, "from_union"), jc_passage_get(t, "from_name"), from, sizeof(from));
	put_union(&p, "to_union", jc_passage_get(t, "to_union"), jc_passage_get(t, "to_name"), to, sizeof(to));
	if (rc >= 0 && (rc = jc_passage_save(sv, id, &p, err)) >= 0)
		rc = revive(sv, node, t->key.scope, id, err);
	return rc;
}

int
jc_passage_inside(struct jc_node *node, const struct jc_record *t)
{
	const char *to = jc_passage_get(t, "to_union"), *member = jc_passage_get(t, "member_id");
	struct jc_record_key key;

	return jc_passage_is_id(to) && jc_passage_is_id(member) && jc_passage_get(t, "origin_id") == NULL &&
	    jc_record_find(node, t->key.scope, to, &key, NULL) == 0 &&
	    jc_record_find(node, t->key.scope, member, &key, NULL) == 0;
}

/* From one union of the branch to another: the same record goes and comes. */
static int
inside_step(struct jc_save *sv, struct jc_node *node, const struct jc_record *t, const char *member,
    const char *day, struct jc_err *err)
{
	struct jc_passage_pairs p;
	jc_id id;
	int rc;

	if ((rc = jc_passage_event(sv, node, t, member, "4", day, "out", err)) < 0 ||
	    (rc = jc_passage_event(sv, node, t, member, "2", day, "in", err)) < 0)
		return rc;
	jc_passage_begin(&p, "member");
	jc_passage_put(&p, "union_id", jc_passage_get(t, "to_union"));
	memcpy(id, member, sizeof(id));
	return jc_passage_save(sv, id, &p, err);
}

static int
source_step(struct jc_save *sv, struct jc_node *node, const struct jc_record *t, const char *move,
    const char *day, struct jc_err *err)
{
	struct jc_record m = {0};
	int rc = jc_passage_member(&m, node, t, err);

	if (rc != 1)
		return rc;
	rc = 0;
	if (strcmp(move, "send") == 0)
		rc = jc_passage_event(sv, node, t, m.key.id, "14", day, NULL, err);
	else if (strcmp(move, "paper") == 0)
		rc = jc_passage_event(sv, node, t, m.key.id, "4", day, NULL, err);
	else if ((strcmp(move, "accept") == 0 || strcmp(move, "decide") == 0) &&
	    jc_passage_inside(node, t))
		rc = inside_step(sv, node, t, m.key.id, day, err);
	else if (strcmp(move, "accept") == 0 || strcmp(move, "decide") == 0)
		rc = jc_passage_event(sv, node, t, m.key.id, "4", day, "out", err);
	else if ((strcmp(move, "reject") == 0 || strcmp(move, "withdraw") == 0) &&
	    jc_passage_is(&m, "membership_status", "moving"))
		rc = jc_passage_event(sv, node, t, m.key.id, "15", day, NULL, err);
	jc_record_free(&m);
	return rc;
}

/* The id under which the person stands at the target: of a valid number and the name, so that one who comes back is
 * who he was; else of the transfer. */
static int
person_id(jc_id id, struct jc_save *sv, struct jc_node *node, const struct jc_record *t,
    const struct jc_record *from, struct jc_err *err)
{
	const struct jc_kind *kind = jc_catalogue_kind("member", 6);
	const char *number = jc_passage_get(from, "id_no"), *name = jc_passage_get(from, "name");
	const char *carried = jc_passage_get(t, "id_no"); /* of one who has gone the record has none any more */
	char plain[40], birth[11], sex[2], today[11];
	struct jc_remarks remarks = {0};

	jc_out_today(today, jc_db_env(node->db));
	number = number != NULL ? number : carried;
	if (number != NULL && name != NULL && number[0] != '?' &&
	    jc_idno_check(plain, birth, sex, number, strlen(number), today, &remarks) == 1)
		return jc_save_id_person(sv, id, kind, (struct jc_slice){number, strlen(number)},
		    (struct jc_slice){name, strlen(name)}, err);
	return jc_passage_key(id, sv, "member", "member", jc_passage_origin(t), err);
}

int
jc_passage_arrive(struct jc_save *sv, struct jc_node *node, const struct jc_record *t,
    const struct jc_record *from, const char *day, struct jc_err *err)
{
	struct jc_passage_pairs p;
	jc_id id, own;
	int rc;

	if ((rc = person_id(id, sv, node, t, from, err)) < 0)
		return rc;
	jc_passage_begin(&p, "member");
	jc_passage_person(&p, from, t);
	jc_passage_put(&p, "union_id", jc_passage_is_id(jc_passage_get(t, "to_union")) ? jc_passage_get(t, "to_union") : NULL);
	jc_passage_put(&p, "join_method", "transfer_in");
	if ((rc = jc_passage_save(sv, id, &p, err)) < 0 ||
	    (rc = revive(sv, node, t->key.scope, id, err)) < 0 ||
	    (rc = jc_passage_event(sv, node, t, id, "2", day, "in", err)) < 0)
		return rc;
	jc_passage_begin(&p, "transfer");
	jc_passage_put(&p, "member_id", id);
	memcpy(own, t->key.id, sizeof(own));
	return jc_passage_save(sv, own, &p, err);
}

int
jc_passage_step(struct jc_save *sv, struct jc_node *node, const struct jc_record *t,
    const char *move, const char *day, struct jc_err *err)
{
	const char *effective = jc_passage_get(t, "effective_on");
	int final = strcmp(move, "accept") == 0 || strcmp(move, "decide") == 0;

	day = final && effective != NULL ? effective : day;
	if (!is_target(t))
		return source_step(sv, node, t, move, day, err);
	return final && jc_passage_get(t, "name") != NULL ? jc_passage_arrive(sv, node, t, t, day, err) : 0;
}
