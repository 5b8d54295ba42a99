/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The list of kinds, lookup in it, and the check that the tables keep their own rules. Lookups are
 * linear: a kind has at most a hundred fields, and what is looked up often (the projection) keeps
 * its own index.
 */
#include "schema_catalogue.h"

#include <string.h>

#include "kinds/kinds.h"
#include "schema_buf.h"
#include "schema_value.h"

static const struct jc_kind *const kinds[] = {
	&jc_org_kind,
	&jc_member_kind,
	&jc_activity_kind,
	&jc_tmpl_kind,
	&jc_tmpl_item_kind,
	&jc_check_kind,
	&jc_check_item_kind,
	&jc_member_event_kind,
	&jc_transfer_kind,
	&jc_participant_kind,
	&jc_attachment_kind,
	&jc_build_case_kind,
	&jc_build_event_kind,
	&jc_plan_item_kind,
	&jc_project_kind,
	&jc_payment_kind,
	&jc_grant_kind,
	&jc_aid_plan_kind,
	&jc_aid_cover_kind,
	&jc_aid_claim_kind,
	&jc_exchange_kind,
	&jc_assist_kind,
	&jc_research_kind,
	&jc_coop_kind,
	&jc_contact_log_kind,
	&jc_rule_doc_kind,
	&jc_venue_kind,
	&jc_notice_kind,
	&jc_fund_entry_kind,
	&jc_evaluation_kind,
	&jc_event_kind,
	&jc_objection_kind,
	&jc_xfield_kind,
	&jc_xform_kind,
	NULL,
	&jc_relay_kind, /* not for people */
	&jc_extract_kind,
	&jc_masked_kind,
	NULL,
};

static const char *const tier_words[JC_TIERS] = { "branch", "county", "city" };

/* What this thread takes for the catalogue: the list above, or a snapshot with more (overlay.c). */
static _Thread_local const struct jc_kind *const *here = kinds;

const struct jc_kind *const *
jc_catalogue_kinds(void)
{
	return here;
}

const struct jc_kind *const *
jc_catalogue_base(void)
{
	return kinds;
}

void
jc_catalogue_use(const struct jc_kind *const *list)
{
	here = list != NULL ? list : kinds;
}

static int
same(const char *word, const char *s, size_t n)
{
	return strlen(word) == n && memcmp(word, s, n) == 0;
}

const struct jc_kind *
jc_catalogue_kind(const char *name, size_t n)
{
	for (size_t i = 0; here[i] != NULL; i++)
		if (same(here[i]->name, name, n))
			return here[i];
	return NULL;
}

const struct jc_kind *
jc_catalogue_kind_id(unsigned id)
{
	for (size_t i = 0; here[i] != NULL; i++)
		if (here[i]->id == id)
			return here[i];
	return NULL;
}

/* The n-th of shown and hidden kinds; NULL after the last. */
static const struct jc_kind *
nth(size_t n)
{
	for (size_t i = 0, ends = 0; ends < 2; i++)
		if (here[i] == NULL)
			ends++;
		else if (n-- == 0)
			return here[i];
	return NULL;
}

const struct jc_kind *
jc_catalogue_kind_any(const char *name, size_t n)
{
	const struct jc_kind *k = NULL;

	for (size_t i = 0; (k = nth(i)) != NULL; i++)
		if (same(k->name, name, n))
			break;
	return k;
}

const struct jc_kind *
jc_catalogue_kind_any_id(unsigned id)
{
	const struct jc_kind *k = NULL;

	for (size_t i = 0; (k = nth(i)) != NULL; i++)
		if (k->id == id)
			break;
	return k;
}

/* 1 if two words are one after folding. */
static int
same_folded(const char *a, const char *b, size_t nb, int notes)
{
	struct jc_buf x, y;
	int yes;

	jc_buf_init(&x, 4096);
	jc_buf_init(&y, 4096);
	jc_text_fold(&x, a, strlen(a), notes);
	jc_text_fold(&y, b, nb, notes);
	yes = !x.failed && !y.failed && x.len != 0 && x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
	jc_buf_free(&x);
	jc_buf_free(&y);
	return yes;
}

const struct jc_kind *
jc_catalogue_kind_typed(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; here[i] != NULL; i++) {
		if (same_folded(here[i]->name, s, n, 0) || same_folded(here[i]->zh, s, n, 0) ||
		    same_folded(here[i]->en, s, n, 0))
			return here[i];
		for (const char *const *a = here[i]->aliases; a != NULL && *a != NULL; a++)
			if (same_folded(*a, s, n, 0))
				return here[i];
	}
	return NULL;
}

const struct jc_field *
jc_catalogue_field(const struct jc_kind *kind, const char *name, size_t n)
{
	for (const struct jc_field *f = kind->fields; f->id != 0; f++)
		if (same(f->name, name, n))
			return f;
	return NULL;
}

const struct jc_field *
jc_catalogue_field_id(const struct jc_kind *kind, unsigned id)
{
	for (const struct jc_field *f = kind->fields; f->id != 0; f++)
		if (f->id == id)
			return f;
	return NULL;
}

/* The folded spelling of a word, made once and compared with many. */
struct folded {
	struct jc_buf light; /* brackets kept */
	struct jc_buf bare;  /* without bracketed notes */
};

/* 0 or JC_ENOMEM. What is too long to be any word of the tables folds to nothing. */
static int
fold_both(struct folded *f, const char *s, size_t n)
{
	jc_buf_init(&f->light, 4096);
	jc_buf_init(&f->bare, 4096);
	jc_text_fold(&f->light, s, n, 0);
	jc_text_fold(&f->bare, s, n, 1);
	if (f->light.failed == JC_ENOMEM || f->bare.failed == JC_ENOMEM)
		return JC_ENOMEM;
	if (f->light.failed || f->bare.failed) {
		jc_buf_reset(&f->light);
		jc_buf_reset(&f->bare);
	}
	return 0;
}

static void
fold_free(struct folded *f)
{
	jc_buf_free(&f->light);
	jc_buf_free(&f->bare);
}

static int
buf_same(const struct jc_buf *a, const struct jc_buf *b)
{
	return a->len != 0 && a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

#define NO_MATCH 100

/* How well `word` fits: 0 as written, 1 when notes fall away on the typed side, 2 on either; JC_ENOMEM. */
static int
word_fits(const struct folded *typed, const char *word)
{
	struct folded w;
	int fit;

	if (word == NULL)
		return NO_MATCH;
	fit = fold_both(&w, word, strlen(word));
	if (fit == 0 && !buf_same(&typed->light, &w.light))
		fit = buf_same(&typed->bare, &w.light) ? 1 : buf_same(&typed->bare, &w.bare) ? 2 : NO_MATCH;
	fold_free(&w);
	return fit;
}

/* Rank of one word for a header; without memory it is no match, and the person picks the column. */
static int
word_rank(const struct folded *typed, const char *word, int order)
{
	int fit = word_fits(typed, word);

	return (fit < 0 ? NO_MATCH : fit) * 4 + order;
}

static int
better(int a, int b)
{
	return a < b ? a : b;
}

/* Rank of a field for a header, lower is better: by fit, then key, label, alias. */
static int
field_rank(const struct folded *typed, const struct jc_field *f)
{
	int rank = better(word_rank(typed, f->name, 0), word_rank(typed, f->zh, 1));

	rank = better(rank, word_rank(typed, f->en, 2));
	for (const char *const *a = f->aliases; a != NULL && *a != NULL && rank > 3; a++)
		rank = better(rank, word_rank(typed, *a, 3));
	return rank;
}

size_t
jc_catalogue_fields_typed(const struct jc_field **out, size_t room, const struct jc_kind *kind, const char *header)
{
	int rank[256];
	struct folded typed;
	size_t n = 0, found = 0;

	if (fold_both(&typed, header, strlen(header)) < 0)
		jc_buf_reset(&typed.light);
	for (; kind->fields[n].id != 0 && n < sizeof(rank) / sizeof(*rank); n++)
		rank[n] = typed.light.len != 0 ? field_rank(&typed, &kind->fields[n]) : NO_MATCH;
	for (int want = 0; want < 3 * 4; want++) {
		for (size_t i = 0; i < n; i++) {
			if (rank[i] != want)
				continue;
			if (found < room)
				out[found] = &kind->fields[i];
			found++;
		}
	}
	fold_free(&typed);
	return found;
}

const struct jc_field *
jc_catalogue_field_typed(const struct jc_kind *kind, const char *header)
{
	const struct jc_field *f = jc_catalogue_field(kind, header, strlen(header));

	if (f == NULL)
		(void)jc_catalogue_fields_typed(&f, 1, kind, header);
	return f;
}

const struct jc_choice *
jc_catalogue_choice(const struct jc_field *field, const char *code, size_t n)
{
	for (const struct jc_choice *c = field->choices; c != NULL && c->code != NULL; c++)
		if (same(c->code, code, n))
			return c;
	return NULL;
}

/* As word_fits(), the best of a choice's words; JC_ENOMEM is lower than any fit. */
static int
choice_fits(const struct folded *typed, const struct jc_choice *c)
{
	int fit = better(word_fits(typed, c->code), better(word_fits(typed, c->zh), word_fits(typed, c->en)));

	for (const char *const *a = c->aliases; a != NULL && *a != NULL && fit > 0; a++)
		fit = better(fit, word_fits(typed, *a));
	return fit;
}

static int
choice_folded(const struct jc_choice **out, const struct jc_field *field, const char *s, size_t n)
{
	struct folded typed;
	int best = NO_MATCH, rc = fold_both(&typed, s, n);

	*out = NULL;
	for (const struct jc_choice *c = field->choices; c->code != NULL && best > 0 && rc == 0; c++) {
		int fit = choice_fits(&typed, c);

		if (fit < 0)
			rc = fit;
		else if (fit < best) {
			best = fit;
			*out = c;
		}
	}
	fold_free(&typed);
	return rc;
}

/* The common case of an import, without folding anything. */
static const struct jc_choice *
choice_exact(const struct jc_field *field, const char *s, size_t n)
{
	for (const struct jc_choice *c = field->choices; c->code != NULL; c++)
		if (same(c->zh, s, n))
			return c;
	for (const struct jc_choice *c = field->choices; c->code != NULL; c++)
		for (const char *const *a = c->aliases; a != NULL && *a != NULL; a++)
			if (same(*a, s, n))
				return c;
	return NULL;
}

int
jc_catalogue_choice_typed(const struct jc_choice **out, const struct jc_field *field, const char *s, size_t n)
{
	int rc = 0;

	*out = NULL;
	if (field->choices == NULL)
		return 0;
	*out = jc_catalogue_choice(field, s, n);
	if (*out == NULL)
		*out = choice_exact(field, s, n);
	if (*out == NULL)
		rc = choice_folded(out, field, s, n);
	if (rc == 0 && *out == NULL && n == 1 && *s >= '1' && *s <= '9') {
		char padded[2] = { '0', *s }; /* a spreadsheet ate the zero of 01 */

		rc = choice_folded(out, field, padded, 2);
	}
	return rc;
}

const char *
jc_kind_label(const struct jc_kind *kind)
{
	return JC_T(kind->zh, kind->en);
}

const char *
jc_field_label(const struct jc_field *field)
{
	return JC_T(field->zh, field->en);
}

const char *
jc_choice_label(const struct jc_choice *choice)
{
	return JC_T(choice->zh, choice->en != NULL ? choice->en : choice->code);
}

int
jc_field_boxed(const struct jc_field *field)
{
	return field->pi != JC_PI_N && !field->clear;
}

static uint64_t
fnv(uint64_t h, const void *p, size_t n)
{
	const uint8_t *s = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ s[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t
fnv_word(uint64_t h, const char *s)
{
	return fnv(h, s, strlen(s) + 1); /* with its NUL, so that "ab","c" is not "a","bc" */
}

uint64_t
jc_catalogue_fingerprint(void)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0, ends = 0; ends < 2; i++) {
		if (kinds[i] == NULL) {
			ends++;
			continue;
		}
		h = fnv_word(fnv_word(h, kinds[i]->name), kinds[i]->title);
		h = fnv(h, (uint8_t[2]){ (uint8_t)kinds[i]->id, (uint8_t)(kinds[i]->id >> 8) }, 2);
		for (const struct jc_field *f = kinds[i]->fields; f->id != 0; f++) {
			h = fnv_word(h, f->name);
			h = fnv(h, (uint8_t[4]){ (uint8_t)f->id, (uint8_t)(f->id >> 8), (uint8_t)f->type, f->set }, 4);
		}
	}
	return h;
}

/* Breaks a rule of the tables: names kind and field. */
static int
bad(struct jc_err *err, const struct jc_kind *k, const char *what, const char *which)
{
	return jc_err_set(err, JC_EINTERNAL, "jc_catalogue_check",
	    JC_T("字段表有错：%s %s：%s", "The catalogue is wrong: %s %s: %s"), k->name != NULL ? k->name : "?",
	    which != NULL ? which : "?", what);
}

static int
is_key(const char *s, size_t max)
{
	size_t n = 0;

	if (s == NULL || s[0] < 'a' || s[0] > 'z')
		return 0;
	for (; s[n] != '\0'; n++)
		if (!((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= '0' && s[n] <= '9') || s[n] == '_'))
			return 0;
	return n <= max;
}

static int
is_code(const char *s)
{
	size_t n = 0;

	for (; s[n] != '\0'; n++)
		if (!((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z') || (s[n] >= '0' && s[n] <= '9') ||
		        s[n] == '_'))
			return 0;
	return n >= 1 && n <= 40;
}

static int
is_label(const char *s)
{
	return s != NULL && s[0] != '\0' && jc_utf8_ok(s, strlen(s));
}

static int
known_kind(const struct jc_kind *const *list, const char *name)
{
	if (strcmp(name, "*") == 0)
		return 1;
	for (size_t i = 0; list[i] != NULL; i++)
		if (strcmp(list[i]->name, name) == 0)
			return 1;
	return 0;
}

static int
means(const struct jc_field *f, const char *word, const struct jc_choice *c)
{
	const struct jc_choice *found;

	return choice_folded(&found, f, word, strlen(word)) == 0 && found == c;
}

static int
check_choice(const struct jc_kind *k, const struct jc_field *f, const struct jc_choice *c, struct jc_err *err)
{
	if (!is_code(c->code))
		return bad(err, k, "a choice's code is not [A-Za-z0-9_]{1,40}", f->name);
	if (!is_label(c->zh) || (c->en != NULL && !is_label(c->en)))
		return bad(err, k, "a choice has no label", f->name);
	for (const struct jc_choice *d = f->choices; d != c; d++)
		if (strcmp(d->code, c->code) == 0)
			return bad(err, k, "two choices have one code", f->name);
	for (const char *const *a = c->aliases; a != NULL && *a != NULL; a++)
		if (!means(f, *a, c))
			return bad(err, k, "a choice's alias means another choice", f->name);
	if (!means(f, c->zh, c) || (c->en != NULL && !means(f, c->en, c)))
		return bad(err, k, "a choice's label means another choice", f->name);
	return 0;
}

/* What type, choices, reference and limits owe to each other. */
static int
check_shape(const struct jc_kind *const *list, const struct jc_kind *k, const struct jc_field *f, struct jc_err *err)
{
	int text = f->type == JC_TEXT || f->type == JC_LONG;

	if ((f->type == JC_ENUM) != (f->choices != NULL))
		return bad(err, k, "choices belong to ENUM fields and only there", f->name);
	if ((f->type == JC_REF) != (f->ref != NULL))
		return bad(err, k, "a kind to refer to belongs to REF fields and only there", f->name);
	if (f->ref != NULL && !known_kind(list, f->ref))
		return bad(err, k, "refers to a kind that does not exist", f->name);
	if ((f->type == JC_DECIMAL) != (f->scale != 0) || f->scale > 6)
		return bad(err, k, "a scale of 1 to 6 belongs to DECIMAL fields and only there", f->name);
	if ((f->max != 0 && !text) || (f->set && text && (f->max == 0 || f->max > 100)) || f->max > 8000)
		return bad(err, k, "text has at most 8,000 characters, in a set at most 100", f->name);
	if (f->set && (f->type == JC_LONG || f->form == JC_FORM_PAST))
		return bad(err, k, "such a field cannot be a set", f->name);
	if (f->low > f->high)
		return bad(err, k, "low is above high", f->name);
	return 0;
}

static int
check_field(const struct jc_kind *const *list, const struct jc_kind *k, const struct jc_field *f, struct jc_err *err)
{
	int rc;

	if (!is_key(f->name, 40) || jc_overlay_name(f->name, strlen(f->name)) || strcmp(f->name, "id") == 0 || strcmp(f->name, "rowid") == 0)
		return bad(err, k, "a key is [a-z][a-z0-9_]{0,39}, and not id, rowid or x_...", f->name);
	if (!is_label(f->zh) || !is_label(f->en))
		return bad(err, k, "a label is missing", f->name);
	for (const struct jc_field *g = k->fields; g != f; g++)
		if (g->id == f->id || strcmp(g->name, f->name) == 0)
			return bad(err, k, "two fields share an id or a key", f->name);
	if (f->clear && f->pi == JC_PI_N)
		return bad(err, k, "what is not personal need not be marked clear", f->name);
	if (f->derived && f->need == JC_MUST)
		return bad(err, k, "nobody can type a derived field", f->name);
	rc = check_shape(list, k, f, err);
	if (rc < 0)
		return rc;
	if (jc_catalogue_field_typed(k, f->zh) != f || jc_catalogue_field_typed(k, f->en) != f)
		return bad(err, k, "its label means another field", f->name);
	for (const struct jc_choice *c = f->choices; c != NULL && c->code != NULL && rc == 0; c++)
		rc = check_choice(k, f, c, err);
	return rc;
}

static int
check_kind(const struct jc_kind *const *list, size_t at, struct jc_err *err)
{
	const struct jc_kind *k = list[at];
	const struct jc_field *title;
	int rc = 0;

	if (!is_key(k->name, 32) || jc_overlay_name(k->name, strlen(k->name)) || k->id == 0 || k->id >= 1000)
		return bad(err, k, "a kind needs a key and an id from 1 to 999", NULL);
	if (!is_label(k->zh) || !is_label(k->en) || k->fields == NULL || k->title == NULL || k->version == 0)
		return bad(err, k, "a label, the version, the title or the fields are missing", NULL);
	for (size_t i = 0; i < at; i++)
		if (list[i]->id == k->id || strcmp(list[i]->name, k->name) == 0)
			return bad(err, k, "two kinds share an id or a key", NULL);
	title = jc_catalogue_field(k, k->title, strlen(k->title));
	if (title == NULL || title->set)
		return bad(err, k, "the title is not a field, or is a set", k->title);
	if (k->tier_by != NULL && jc_catalogue_field(k, k->tier_by, strlen(k->tier_by)) == NULL)
		return bad(err, k, "the field that lowers its ceiling is not there", k->tier_by);
	for (const struct jc_field *f = k->fields; f->id != 0 && rc == 0; f++)
		if (f - k->fields >= 256)
			rc = bad(err, k, "more than 256 fields", f->name);
		else
			rc = check_field(list, k, f, err);
	return rc;
}

int
jc_catalogue_check_kinds(const struct jc_kind *const *list, struct jc_err *err)
{
	int rc = 0;

	for (size_t i = 0; list[i] != NULL && rc == 0; i++)
		rc = check_kind(list, i, err);
	return rc;
}

int
jc_catalogue_check(struct jc_err *err)
{
	return jc_catalogue_check_kinds(kinds, err);
}

enum jc_tier
jc_kind_tier(const struct jc_kind *kind, const char *about, size_t n)
{
	const struct jc_kind *k = kind->tier_by != NULL ? jc_catalogue_kind(about, n) : NULL;

	return k != NULL && k->ceiling < kind->ceiling ? k->ceiling : kind->ceiling;
}

const char *
jc_tier_word(enum jc_tier tier)
{
	return (unsigned)tier < JC_TIERS ? tier_words[tier] : "?";
}

int
jc_tier_parse(enum jc_tier *out, const char *s, size_t n)
{
	for (int i = 0; i < JC_TIERS; i++) {
		if (same(tier_words[i], s, n)) {
			*out = (enum jc_tier)i;
			return 0;
		}
	}
	return JC_EINVAL;
}
