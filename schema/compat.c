/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "schema_compat.h"

#include <stdio.h>
#include <string.h>

#define WHERE "jc_compat_check"

static const char *const types[] = {"text", "long", "int", "money", "decimal", "date", "pdate",
    "datetime", "bool3", "enum", "ref",
	"region", "uscc", "idno", "phone"};

/* ---- the text ---- */

static void
field_put(struct jc_buf *b, const struct jc_kind *k, const struct jc_field *f)
{
	jc_buf_putf(b, "field %s %u %s %s set=%d scale=%d boxed=%d ref=%s\n", k->name,
	    (unsigned)f->id, f->name, types[f->type], f->set,
	    f->scale, jc_field_boxed(f), f->ref != NULL ? f->ref : "-");
	for (const struct jc_choice *c = f->choices; c != NULL && c->code != NULL; c++)
		jc_buf_putf(b, "choice %s %s %s %s\n", k->name, f->name, c->code, c->zh);
}

void
jc_compat_put(struct jc_buf *b, const struct jc_kind *const *kinds)
{
	for (; *kinds != NULL; kinds++) {
		jc_buf_putf(b, "kind %u %s %s\n", (unsigned)(*kinds)->id, (*kinds)->name,
		    jc_tier_word((*kinds)->ceiling));
		for (const struct jc_field *f = (*kinds)->fields; f->id != 0; f++)
			field_put(b, *kinds, f);
	}
}

/* ---- the comparison ---- */

#define WORDS 8

/* One line, cut at its blanks; the last word takes what is left. */
struct line {
	char text[400];
	const char *word[WORDS];
	size_t n;
};

static int
line_cut(struct line *l, const char *p, size_t n, size_t most)
{
	char *s = l->text;

	if (n >= sizeof(l->text))
		return 0;
	memcpy(l->text, p, n);
	l->text[n] = '\0';
	for (l->n = 0; l->n < most; l->n++) {
		l->word[l->n] = s;
		if (l->n + 1 == most || (s = strchr(s, ' ')) == NULL) {
			l->n++;
			break;
		}
		*s++ = '\0';
	}
	return l->n == most;
}

static int
broken(struct jc_err *err, const struct line *l, const char *zh, const char *en)
{
	return jc_err_set(err, JC_EINVAL, WHERE, JC_T("已发布的目录不能这样改：%s %s %s %s：%s",
	    "The released catalogue may not change like that: %s %s %s %s: %s"),
	    l->word[0], l->word[1], l->word[2], l->n > 3 ? l->word[3] : "", JC_T(zh, en));
}

static const struct jc_kind *
kind_named(const struct jc_kind *const *kinds, const char *name)
{
	for (; *kinds != NULL; kinds++)
		if (strcmp((*kinds)->name, name) == 0)
			return *kinds;
	return NULL;
}

/* kind ID NAME CEILING */
static int
kind_check(const struct jc_kind *const *kinds, const struct line *l, struct jc_err *err)
{
	const struct jc_kind *k = kind_named(kinds, l->word[2]);
	char id[16];

	for (const struct jc_kind *const *o = kinds; *o != NULL; o++) {
		snprintf(id, sizeof(id), "%u", (unsigned)(*o)->id);
		if (strcmp(id, l->word[1]) == 0 && strcmp((*o)->name, l->word[2]) != 0)
			return broken(err, l, "这个编号给了别的类别",
			    "its id was given to another kind");
	}
	if (k == NULL)
		return broken(err, l, "这个类别没有了", "the kind is gone");
	snprintf(id, sizeof(id), "%u", (unsigned)k->id);
	if (strcmp(id, l->word[1]) != 0)
		return broken(err, l, "编号变了", "its id changed");
	if (strcmp(jc_tier_word(k->ceiling), l->word[3]) != 0)
		return broken(err, l, "能到的层级变了", "the tier it may reach changed");
	return 0;
}

/* field KIND ID NAME TYPE set= scale= boxed= ref= (the last two in one word) */
static int
field_check(const struct jc_kind *const *kinds, const struct line *l, struct jc_err *err)
{
	const struct jc_kind *k = kind_named(kinds, l->word[1]);
	const struct jc_field *f = NULL;
	char want[120];

	for (const struct jc_field *o = k != NULL ? k->fields : NULL; o != NULL &&
	    o->id != 0; o++) {
		snprintf(want, sizeof(want), "%u", (unsigned)o->id);
		if (strcmp(o->name, l->word[3]) == 0)
			f = o;
		if ((strcmp(want, l->word[2]) == 0) != (strcmp(o->name, l->word[3]) == 0))
			return strcmp(want, l->word[2]) == 0 ? broken(err, l,
			    "这个编号给了别的项目", "its id was given to another field")
			                                     : broken(err, l, "编号变了",
			                                     "its id changed");
	}
	if (f == NULL)
		return broken(err, l, "这一项没有了", "the field is gone");
	snprintf(want, sizeof(want), "set=%d", f->set);
	if (strcmp(types[f->type], l->word[4]) != 0 || strcmp(want, l->word[5]) != 0)
		return broken(err, l, "类型变了", "its type changed");
	snprintf(want, sizeof(want), "scale=%d", f->scale);
	if (strcmp(want, l->word[6]) != 0)
		return broken(err, l, "小数位数变了", "its scale changed");
	if (strncmp(l->word[7], "boxed=1", 7) == 0 && !jc_field_boxed(f))
		return broken(err, l, "个人信息不能改成明文",
		    "what is personal may not leave its box");
	snprintf(want, sizeof(want), "ref=%s", f->ref != NULL ? f->ref : "-");
	if (strcmp(l->word[7] + 8, want) != 0)
		return broken(err, l, "指向的类别变了", "it refers to another kind");
	return 0;
}

/* choice KIND FIELD CODE LABEL */
static int
choice_check(const struct jc_kind *const *kinds, const struct line *l, struct jc_err *err)
{
	const struct jc_kind *k = kind_named(kinds, l->word[1]);
	const struct jc_field *f = k != NULL ? jc_catalogue_field(k, l->word[2],
	    strlen(l->word[2])) : NULL;
	const struct jc_choice *now;

	if (f == NULL || jc_catalogue_choice(f, l->word[3], strlen(l->word[3])) == NULL)
		return broken(err, l, "这个选项没有了", "the choice is gone");
	if (jc_catalogue_choice_typed(&now, f, l->word[4], strlen(l->word[4])) < 0)
		return JC_NOMEM(err, WHERE);
	if (now != NULL && strcmp(now->code, l->word[3]) != 0)
		return broken(err, l, "这个代码换了意思", "its code means something else now");
	return 0;
}

static int
line_check(const struct jc_kind *const *kinds, const char *p, size_t n, struct jc_err *err)
{
	struct line l;

	if (n > 5 && memcmp(p, "kind ", 5) == 0 && line_cut(&l, p, n, 4))
		return kind_check(kinds, &l, err);
	if (n > 6 && memcmp(p, "field ", 6) == 0 && line_cut(&l, p, n, 8) && strlen(l.word[7]) > 12)
		return field_check(kinds, &l, err);
	if (n > 7 && memcmp(p, "choice ", 7) == 0 && line_cut(&l, p, n, 5))
		return choice_check(kinds, &l, err);
	return jc_err_set(err, JC_EFORMAT, WHERE, JC_T("这不是目录的清单：%.*s",
	    "That is no list of a catalogue: %.*s"), (int)(n < 60 ? n : 60), p);
}

int
jc_compat_check(const struct jc_kind *const *kinds, const char *text, size_t n, struct jc_err *err)
{
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < n;) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t len = end != NULL ? (size_t)(end - text) - at : n - at;

		if (len != 0)
			rc = line_check(kinds, text + at, len, err);
		at += len + 1;
	}
	return rc;
}
