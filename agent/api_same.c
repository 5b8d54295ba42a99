/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Calls for finding records and for deciding who is one: search, duplicates, merge, unmerge, distinct. */
#include <string.h>

#include "../sync/sync_dup.h"
#include "../sync/sync_search.h"
#include "api_private.h"
#include "cmd.h"
#include "same.h"

static int
hit_add(void *arg, const struct jc_hit *h)
{
	return json_array_append_new(arg, json_pack("{s:s,s:s,s:s}", "id", h->key.id, "kind", h->key.kind->name, "title", h->title)) != 0
	    ? JC_ENOMEM
	    : 0;
}

/* The kind among the query's parameters, if any. */
static int
kind_query(const struct jc_kind **kind, struct api_call *c, struct jc_err *err)
{
	const char *name = api_query(c, "kind");

	*kind = NULL;
	if (name == NULL || name[0] == '\0')
		return 0;
	if ((*kind = jc_catalogue_kind(name, strlen(name))) != NULL)
		return 0;
	api_blame(c, "kind");
	return jc_err_set(err, JC_EINVAL, "kind_query", JC_T("没有这种记录", "There is no such kind"));
}

int
api_search(struct api_call *c, struct jc_err *err)
{
	struct jc_search s = {.text = api_query(c, "q")};
	json_t *hits = json_array();
	int rc = kind_query(&s.kind, c, err);

	if (s.text == NULL)
		s.text = "";
	if (rc == 0 && (rc = api_query_number(&s.limit, c, "limit", 20, 1, 200, err)) == 0 && (rc = jc_search(c->node, &s, hit_add, hits, err)) == 0)
		c->out = json_pack("{s:O}", "hits", hits);
	json_decref(hits);
	return rc < 0 ? rc : c->out != NULL ? 0 : JC_NOMEM(err, "api_search");
}

static json_t *
side(const char *id, const char *title, int64_t scope)
{
	return json_pack("{s:s,s:s,s:I}", "id", id, "title", title, "scope", (json_int_t)scope);
}

static int
pair_add(void *arg, const struct jc_dup_pair *p)
{
	return json_array_append_new(arg, json_pack("{s:s,s:s,s:s,s:i,s:b,s:b,s:b,s:o,s:o}", "kind", p->kind->name, "rule",
	           jc_dup_rule_word(p->dup.rule), "why", jc_dup_rule_text(p->dup.rule), "score", p->dup.score, "link",
	           p->dup.verdict == JC_DUP_LINK, "two_branches", p->a.scope != p->b.scope, "two_memberships", p->two_memberships, "a",
	           side(p->a.id, p->a.title, p->a.scope), "b", side(p->b.id, p->b.title, p->b.scope))) != 0
	    ? JC_ENOMEM
	    : 0;
}

int
api_duplicates(struct api_call *c, struct jc_err *err)
{
	const char *all = api_query(c, "all");
	struct jc_dup_query q = {.weekly = all != NULL && strcmp(all, "1") == 0};
	json_t *pairs = json_array();
	int rc = kind_query(&q.kind, c, err);

	if (rc == 0 && (rc = jc_dups_each(c->node, &q, pair_add, pairs, err)) == 0)
		c->out = json_pack("{s:O}", "pairs", pairs);
	json_decref(pairs);
	return rc < 0 ? rc : c->out != NULL ? 0 : JC_NOMEM(err, "api_duplicates");
}

/* The members "a" and "b" of the body, and the record that "a" names. */
static int
pair_take(const char *id[2], struct jc_record_key *key, struct api_call *c, const char *extra, struct jc_err *err)
{
	const char *const names[] = {"a", "b", extra, NULL};
	int rc = api_members_known(c, names, err);

	for (int i = 0; rc == 0 && i < 2; i++) {
		id[i] = json_string_value(json_object_get(c->in, names[i]));
		if (id[i] == NULL) {
			api_blame(c, names[i]);
			rc = jc_err_set(err, JC_EINVAL, "pair_take", JC_T("要给出两个编号", "Two ids are needed"));
		}
	}
	return rc < 0 ? rc : jc_record_find(c->node, 0, id[0], key, err);
}

int
api_merge(struct api_call *c, struct jc_err *err)
{
	struct jc_choices choices = {0};
	struct jc_record_key key;
	const char *id[2], *field;
	int rc = pair_take(id, &key, c, "keep", err), settled, open;
	jc_id shown;
	json_t *v;

	if (rc < 0)
		return rc;
	if (key.kind == NULL)
		return jc_err_code(err, JC_ENEWER, "api_merge");
	json_object_foreach(json_object_get(c->in, "keep"), field, v)
		if ((rc = jc_choices_add(&choices, key.kind, field, json_is_string(v) ? json_string_value(v) : "", err)) < 0) {
			api_blame(c, field);
			return rc;
		}
	if ((rc = jc_same_merge(c->node, key.scope, id[0], id[1], &choices, shown, &settled, &open, err)) < 0)
		return rc;
	c->out = json_pack("{s:s,s:i,s:i}", "id", shown, "settled", settled, "open", open);
	return c->out != NULL ? 0 : JC_NOMEM(err, "api_merge");
}

static int
pair_save(struct api_call *c, const char *what, const char *extra,
    int (*fn)(struct jc_save *, const jc_id, const jc_id, struct jc_err *), struct jc_err *err)
{
	struct jc_record_key key;
	const char *id[2];
	struct jc_save *sv;
	int rc = pair_take(id, &key, c, extra, err), end;

	if (rc < 0 || (rc = jc_save_begin(&sv, c->node, key.scope, what, err)) < 0)
		return rc;
	rc = fn(sv, id[0], id[1], err);
	end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	c->out = json_pack("{s:b}", "done", 1);
	return c->out != NULL ? 0 : JC_NOMEM(err, "pair_save");
}

int
api_unmerge(struct api_call *c, struct jc_err *err)
{
	return pair_save(c, "unmerge", NULL, jc_save_unmerge, err);
}

static int
told_apart(struct jc_save *sv, const jc_id a, const jc_id b, struct jc_err *err)
{
	return jc_save_distinct(sv, a, b, 1, err);
}

static int
maybe_one(struct jc_save *sv, const jc_id a, const jc_id b, struct jc_err *err)
{
	return jc_save_distinct(sv, a, b, 0, err);
}

int
api_distinct(struct api_call *c, struct jc_err *err)
{
	return pair_save(c, "distinct", "back", json_is_true(json_object_get(c->in, "back")) ? maybe_one : told_apart, err);
}
