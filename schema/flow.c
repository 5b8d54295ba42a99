/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Over the tables of kinds/flows.c: which move may start where, what it needs, what it is called. The terms
 * are small enough to be read each time; a replay never looks at them.
 */
#include "schema_flow.h"

#include <string.h>

#include "kinds/kinds.h"
#include "schema_value.h"

extern const struct jc_flow *const jc_flow_list[];

static const struct {
	enum jc_hat hat;
	const char *word, *zh, *en;
} hats[] = {
	{JC_HAT_SEC, "SEC", "基层工会经办人", "branch secretary"},
	{JC_HAT_CHAIR, "CHAIR", "基层工会主席", "branch chair"},
	{JC_HAT_REV, "REV", "经费审查(监督)委员", "branch auditor"},
	{JC_HAT_TOWN, "TOWN", "乡镇(街道)工会", "township union"},
	{JC_HAT_FED, "FED", "社会组织工会联合会", "federation of social-organization unions"},
	{JC_HAT_CNT, "CNT", "县总工会经办", "county officer"},
	{JC_HAT_CNTL, "CNTL", "县总工会审批人", "county approver"},
	{JC_HAT_CITY, "CITY", "市总工会", "city officer"},
	{JC_HAT_SYS, "SYS", "系统", "the program"},
};
#define NHATS (sizeof(hats) / sizeof(*hats))

const struct jc_flow *const *
jc_flows(void)
{
	return jc_flow_list;
}

const struct jc_flow *
jc_flow_of(const struct jc_kind *kind)
{
	for (size_t i = 0; kind != NULL && jc_flow_list[i] != NULL; i++)
		if (strcmp(jc_flow_list[i]->kind, kind->name) == 0)
			return jc_flow_list[i];
	return NULL;
}

/* ---- words in a list ---- */

/* The next word of `s` up to one of `seps`; 0 at the end. */
static int
word_next(const char **s, const char *seps, const char **word, size_t *n)
{
	while (**s != '\0' && strchr(seps, **s) != NULL)
		(*s)++;
	*word = *s;
	*n = strcspn(*s, seps);
	*s += *n;
	return *n != 0;
}

static int
word_in(const char *list, const char *seps, const char *s, size_t len)
{
	const char *w;
	size_t n;

	while (word_next(&list, seps, &w, &n))
		if (n == len && memcmp(w, s, n) == 0)
			return 1;
	return 0;
}

/* ---- terms ---- */

/* One condition: x.field, with a sign and what follows it. */
struct term {
	char where;
	const char *field;
	size_t n;
	char sign;          /* 0 has a value, '=' one of, '<' below, '>' at least, '!' differs */
	const char *what;
	size_t len;
};

static int
term_read(struct term *t, const char *s, size_t n)
{
	size_t i = 0;

	memset(t, 0, sizeof(*t));
	if (n > 0 && s[0] == '#') {
		t->where = '#';
		i = 1;
	} else if (n > 2 && s[1] == '.' && strchr("seph", s[0]) != NULL) {
		t->where = s[0];
		i = 2;
	} else if (n > 3 && memcmp(s, "age", 3) == 0) {
		t->where = '@';
	} else {
		return 0;
	}
	t->field = s + i;
	while (i + t->n < n && strchr("=<>!", t->field[t->n]) == NULL)
		t->n++;
	i += t->n;
	if (i < n) {
		t->sign = s[i++];
		if (i < n && t->sign != '=' && s[i] == '=')
			i++;
		t->what = s + i;
		t->len = n - i;
	}
	return t->n != 0 && (t->sign == 0 || t->len != 0);
}

/* A number, or how many elements a set has. */
static int64_t
count_of(const char *value)
{
	int64_t n = 0, elems = 0, sign = *value == '-' ? -1 : 1;

	if (*value == '[') {
		for (const char *p = value + 1; *p != '\0'; p++)
			if (*p == '"' && p[-1] != '\\')
				elems++;
		return elems / 2;
	}
	for (const char *p = value + (sign < 0); *p >= '0' && *p <= '9' && n < INT64_C(1000000000000000); p++)
		n = n * 10 + (*p - '0');
	return sign * n;
}

/* A value typed but not understood ('?...') counts as there; an empty set does not. */
static int
given(const char *value)
{
	return value != NULL && *value != '\0' && strcmp(value, "[]") != 0;
}

static int
differs(const struct term *t, const char *value, jc_flow_value_fn ask, void *arg)
{
	char kept[200];
	const char *other;
	size_t n = strlen(value);

	if (n >= sizeof(kept) || t->len < 3)
		return 1;
	memcpy(kept, value, n + 1);
	other = ask(arg, t->what[0], t->what + 2, t->len - 2);
	return !given(other) || strcmp(kept, other) != 0;
}

static int
term_holds(const struct term *t, jc_flow_value_fn ask, void *arg)
{
	const char *v = ask(arg, t->where, t->field, t->n);
	int64_t now;

	if (t->sign == '<' && t->where != '@' && !given(v))
		return 1;
	if (!given(v))
		return 0;
	switch (t->sign) {
	case '=':
		for (const char *p = t->what; p < t->what + t->len;) {
			size_t n = 0;

			while (p + n < t->what + t->len && p[n] != ',')
				n++;
			if (strlen(v) == n && memcmp(v, p, n) == 0)
				return 1;
			p += n + 1;
		}
		return 0;
	case '!':
		return differs(t, v, ask, arg);
	case '<':
	case '>':
		now = count_of(v);
		if (t->where == '@' && t->sign == '<')
			return now <= count_of(t->what);
		return t->sign == '>' ? now >= count_of(t->what) : now < count_of(t->what);
	default:
		return 1;
	}
}

/* a|b: one of them. */
static int
any_holds(const char *s, size_t n, jc_flow_value_fn ask, void *arg)
{
	struct term t;

	for (size_t from = 0, i = 0; i <= n; i++) {
		if (i < n && s[i] != '|')
			continue;
		if (term_read(&t, s + from, i - from) && term_holds(&t, ask, arg))
			return 1;
		from = i + 1;
	}
	return 0;
}

/* The part of a need behind its condition; *applies 0 when the condition does not hold. */
static void
need_part(const char **s, size_t *n, int *applies, jc_flow_value_fn ask, void *arg)
{
	const char *q = memchr(*s, '?', *n);

	*applies = q == NULL || ask == NULL || any_holds(*s, (size_t)(q - *s), ask, arg);
	if (q != NULL) {
		*n -= (size_t)(q + 1 - *s);
		*s = q + 1;
	}
}

int
jc_flow_starts(const struct jc_flow_start *start, jc_flow_value_fn value, void *arg)
{
	const char *p = start->needs, *w;
	size_t n;

	if (p == NULL)
		return given(value(arg, 's', start->field, strlen(start->field)));
	while (word_next(&p, " ", &w, &n))
		if (!any_holds(w, n, value, arg))
			return 0;
	return 1;
}

/* ---- states ---- */

int
jc_flow_fits(const struct jc_move *row, const char *state, const char *left)
{
	if (row->back && strcmp(row->to, left) != 0)
		return 0;
	if (state[0] == '\0')
		return word_in(row->from, " ", "-", 1);
	return strcmp(row->from, "*") == 0 || word_in(row->from, " ", state, strlen(state));
}

const struct jc_move *
jc_flow_find(const struct jc_flow *flow, const char *state, const char *left, const char *move)
{
	for (const struct jc_move *m = flow->moves; m->move != NULL; m++)
		if (strcmp(m->move, move) == 0 && jc_flow_fits(m, state, left))
			return m;
	return NULL;
}

/* Sets the beginning that the record's values say; 0 when they say none. */
static int
begin_later(struct jc_flow_run *run, const struct jc_flow_start *s, jc_flow_value_fn value, void *arg)
{
	const char *v;

	if (!jc_flow_starts(s, value, arg))
		return 0;
	if (s->state != NULL) {
		run->state = s->state;
		return 1;
	}
	v = value(arg, 's', s->field, strlen(s->field));
	if (strlen(v) >= sizeof(run->own))
		return 0;
	memcpy(run->own, v, strlen(v) + 1);
	run->state = run->own;
	return 1;
}

/* The first later beginning from which `first` may start (NULL: any); 0 when there is none. */
static int
begin_fits(struct jc_flow_run *run, const char *first, jc_flow_value_fn value, void *arg)
{
	const struct jc_flow *flow = run->flow;

	for (const struct jc_flow_start *s = flow->starts; s != NULL && (s->state != NULL || s->field != NULL); s++) {
		if (first != NULL && flow->assume && s->state != NULL)
			run->state = s->state;
		else if (!begin_later(run, s, value, arg))
			continue;
		if (first == NULL || jc_flow_find(flow, run->state, "", first) != NULL)
			return 1;
	}
	run->state = flow->begin;
	return 0;
}

void
jc_flow_begin(struct jc_flow_run *run, const struct jc_flow *flow, const char *first, jc_flow_value_fn value, void *arg)
{
	*run = (struct jc_flow_run){.flow = flow, .state = flow->begin, .left = ""};
	if (first != NULL && jc_flow_find(flow, "", "", first) != NULL) {
		run->state = "";
		return;
	}
	if (first != NULL && jc_flow_find(flow, flow->begin, "", first) != NULL)
		return;
	if (!begin_fits(run, first, value, arg) && first != NULL)
		(void)begin_fits(run, NULL, value, arg); /* it fits nowhere: as if there were no event */
}

const struct jc_move *
jc_flow_feed(struct jc_flow_run *run, const char *move)
{
	const struct jc_move *m = jc_flow_find(run->flow, run->state, run->left, move);

	if (m == NULL || strcmp(m->to, "=") == 0 || strcmp(m->to, run->state) == 0)
		return m;
	run->left = run->state;
	run->state = m->to;
	return m;
}

/* ---- words for people ---- */

unsigned
jc_hat_parse(const char *s)
{
	for (size_t i = 0; i < NHATS; i++)
		if (strlen(s) == strlen(hats[i].word)) {
			size_t k = 0;

			while (s[k] != '\0' && (s[k] & ~0x20) == hats[i].word[k])
				k++;
			if (s[k] == '\0')
				return hats[i].hat;
		}
	return 0;
}

const char *
jc_hat_word(enum jc_hat hat)
{
	for (size_t i = 0; i < NHATS; i++)
		if (hats[i].hat == hat)
			return hats[i].word;
	return "";
}

const char *
jc_hat_label(enum jc_hat hat)
{
	for (size_t i = 0; i < NHATS; i++)
		if (hats[i].hat == hat)
			return JC_T(hats[i].zh, hats[i].en);
	return "";
}

const char *
jc_flow_state_label(const struct jc_flow *flow, const char *state)
{
	const struct jc_kind *k = jc_catalogue_kind(flow->kind, strlen(flow->kind));
	const struct jc_field *f = k != NULL ? jc_catalogue_field(k, flow->state, strlen(flow->state)) : NULL;
	const struct jc_choice *c = f != NULL ? jc_catalogue_choice(f, state, strlen(state)) : NULL;

	if (state[0] == '\0')
		return JC_T("未开始", "not begun");
	return c != NULL ? jc_choice_label(c) : state;
}

static const char *
fact_label(const char *s, size_t n)
{
	if (n == 8 && memcmp(s, "answered", n) == 0)
		return JC_T("每一项都有结果", "a result for every item");
	if (n == 6 && memcmp(s, "linked", n) == 0)
		return JC_T("至少一次对应的活动", "at least one activity of it");
	if (n == 10 && memcmp(s, "final_paid", n) == 0)
		return JC_T("尾款的付款记录", "the record of the final payment");
	return "?";
}

static const struct jc_kind *
term_kind(const struct jc_flow *flow, char where)
{
	const struct jc_kind *k = jc_catalogue_kind(flow->kind, strlen(flow->kind));
	const struct jc_field *f;

	if (where == 'e' || where == 'h')
		return jc_catalogue_kind(flow->event, strlen(flow->event));
	if (where != 'p')
		return k;
	if (k == NULL || flow->parent == NULL || (f = jc_catalogue_field(k, flow->parent, strlen(flow->parent))) == NULL)
		return NULL;
	return jc_catalogue_kind(f->ref, strlen(f->ref));
}

static const struct jc_field *
term_field(const struct jc_flow *flow, const struct term *t)
{
	const struct jc_kind *k = term_kind(flow, t->where);

	return k != NULL ? jc_catalogue_field(k, t->field, t->n) : NULL;
}

static void
label_put(struct jc_buf *b, const struct jc_flow *flow, const char *ref, size_t n)
{
	struct term t;
	const struct jc_field *f = term_read(&t, ref, n) ? term_field(flow, &t) : NULL;

	jc_buf_puts(b, f != NULL ? jc_field_label(f) : "?");
}

static void
term_put(struct jc_buf *b, const struct jc_flow *flow, const struct term *t)
{
	const struct jc_field *f = term_field(flow, t);

	if (t->where == '#') {
		jc_buf_puts(b, fact_label(t->field, t->n));
		return;
	}
	if (t->where == '@') {
		jc_buf_putf(b, t->sign == '>' ? JC_T("满%.*s天", "after %.*s days") : JC_T("%.*s天内", "within %.*s days"), (int)t->len,
		    t->what);
		return;
	}
	if (t->n == 8 && memcmp(t->field, "required", 8) == 0) {
		jc_buf_puts(b, JC_T("全部应填项", "all required fields"));
		return;
	}
	jc_buf_puts(b, f != NULL ? jc_field_label(f) : "?");
	if (t->sign == '>')
		jc_buf_putf(b, JC_T("(至少%.*s)", " (at least %.*s)"), (int)t->len, t->what);
	else if (t->sign == '<')
		jc_buf_putf(b, JC_T("(不满%.*s)", " (below %.*s)"), (int)t->len, t->what);
	else if (t->sign == '!') {
		jc_buf_puts(b, JC_T("(不能与", " (not the same as "));
		label_put(b, flow, t->what, t->len);
		jc_buf_puts(b, JC_T("相同)", ")"));
	} else if (t->sign == '=') {
		jc_buf_puts(b, JC_T("(", " ("));
		for (size_t from = 0, i = 0; f != NULL && i <= t->len; i++)
			if (i == t->len || t->what[i] == ',') {
				jc_buf_puts(b, from != 0 ? "/" : "");
				jc_value_show(b, f, t->what + from, i - from);
				from = i + 1;
			}
		jc_buf_puts(b, ")");
	}
}

/* a|b in words; what reads the same (the attachments of event and record) is said once. */
static void
any_put(struct jc_buf *b, const struct jc_flow *flow, const char *s, size_t n)
{
	struct term t;
	size_t last = 0, last_len = 0;

	for (size_t from = 0, i = 0; i <= n; i++) {
		size_t at = b->len, begin;

		if (i < n && s[i] != '|')
			continue;
		if (from != 0)
			jc_buf_puts(b, JC_T("或", " or "));
		begin = b->len;
		if (term_read(&t, s + from, i - from))
			term_put(b, flow, &t);
		if (last_len != 0 && b->len - begin == last_len && memcmp(b->data + begin, b->data + last, last_len) == 0)
			b->len = at;
		else {
			last = begin;
			last_len = b->len - begin;
		}
		from = i + 1;
	}
}

void
jc_flow_needs_put(struct jc_buf *b, const struct jc_flow *flow, const struct jc_move *row)
{
	const char *p = row->needs != NULL ? row->needs : "", *w;
	size_t n;
	int any = 0, applies;

	while (word_next(&p, " ", &w, &n)) {
		const char *q = memchr(w, '?', n), *cond = w;

		if (any++)
			jc_buf_puts(b, JC_T("、", ", "));
		if (*w == '~') {
			jc_buf_puts(b, JC_T("最好有", "if there is one: "));
			w++;
			n--;
		}
		need_part(&w, &n, &applies, NULL, NULL);
		if (q != NULL) {
			any_put(b, flow, cond, (size_t)(q - cond));
			jc_buf_puts(b, JC_T("时还要", ": "));
		}
		any_put(b, flow, w, n);
	}
}

/* ---- entering ---- */

static int
missing_collect(struct jc_buf *missing, struct jc_buf *hints, const struct jc_flow *flow, const struct jc_move *row,
    jc_flow_value_fn value, void *arg)
{
	const char *p = row->needs != NULL ? row->needs : "", *w;
	size_t n;

	while (word_next(&p, " ", &w, &n)) {
		struct jc_buf *to = missing;
		int applies;

		if (*w == '~') {
			to = hints;
			w++;
			n--;
		}
		need_part(&w, &n, &applies, value, arg);
		if (to == NULL || !applies || any_holds(w, n, value, arg))
			continue;
		if (to->len != 0)
			jc_buf_puts(to, JC_T("、", ", "));
		any_put(to, flow, w, n);
	}
	return missing->len != 0;
}

static void
who_put(struct jc_buf *b, unsigned who)
{
	int any = 0;

	for (size_t i = 0; i < NHATS; i++)
		if ((who & hats[i].hat) != 0 && hats[i].hat != JC_HAT_SYS)
			jc_buf_putf(b, "%s%s", any++ ? JC_T("、", ", ") : "", JC_T(hats[i].zh, hats[i].en));
}

static int
who_check(enum jc_hat *hat, const struct jc_move *row, unsigned may, int behalf, struct jc_err *err)
{
	unsigned both = may & row->who;
	struct jc_buf b;
	int rc;

	if (both == 0 && row->behalf && behalf)
		both = may;
	for (size_t i = 0; i < NHATS; i++)
		if ((both & hats[i].hat) != 0) {
			if (hat != NULL)
				*hat = hats[i].hat;
			return 0;
		}
	jc_buf_init(&b, 1024);
	who_put(&b, row->who);
	rc = jc_err_set(err, JC_EDENIED, "jc_flow_check",
	    row->behalf ? JC_T("“%s”由%.*s办理；如果上级已经办了，请写明文号（代录）", "\"%s\" is done by %.*s; if they did it, record it "
	        "on their behalf with the number of their document") : JC_T("“%s”由%.*s办理", "\"%s\" is done by %.*s"),
	    JC_T(row->zh, row->en), (int)b.len, b.data != NULL ? b.data : "");
	jc_buf_free(&b);
	return rc;
}

int
jc_flow_check(enum jc_hat *hat, struct jc_buf *hints, const struct jc_flow *flow, const struct jc_move *row, unsigned may,
    int behalf, jc_flow_value_fn value, void *arg, struct jc_err *err)
{
	struct jc_buf missing;
	int rc = who_check(hat, row, may, behalf, err);

	if (rc < 0)
		return rc;
	jc_buf_init(&missing, 4096);
	if (missing_collect(&missing, hints, flow, row, value, arg))
		rc = jc_err_set(err, JC_EINVAL, "jc_flow_check", JC_T("“%s”还差：%.*s", "\"%s\" still needs: %.*s"),
		    JC_T(row->zh, row->en), (int)missing.len, missing.data);
	jc_buf_free(&missing);
	return rc;
}

/* Rows for checks of one's own and rows for others' tell themselves apart by what the parent says. */
static int
parent_fits(const struct jc_move *row, jc_flow_value_fn value, void *arg)
{
	const char *p = row->needs != NULL ? row->needs : "", *w;
	size_t n;

	while (word_next(&p, " ", &w, &n))
		if (n > 2 && memcmp(w, "p.", 2) == 0 && memchr(w, '?', n) == NULL && !any_holds(w, n, value, arg))
			return 0;
	return 1;
}

/* Which moves start here, as people read them. */
static int
impossible(const struct jc_flow *flow, const char *state, const char *left, const char *move, struct jc_err *err)
{
	struct jc_buf b;
	int rc;

	jc_buf_init(&b, 4096);
	for (const struct jc_move *m = flow->moves; m->move != NULL; m++)
		if (jc_flow_fits(m, state, left))
			jc_buf_putf(&b, "%s%s(%s)", b.len != 0 ? JC_T("、", ", ") : "", JC_T(m->zh, m->en), m->move);
	rc = jc_err_set(err, JC_ESTATE, "jc_flow_pick", JC_T("现在是“%s”，不能做“%s”；可以做：%.*s", "It is \"%s\" now, \"%s\" cannot follow; what can: %.*s"),
	    jc_flow_state_label(flow, state), move, (int)b.len, b.len != 0 ? b.data : "");
	jc_buf_free(&b);
	return rc;
}

int
jc_flow_pick(const struct jc_move **row, enum jc_hat *hat, struct jc_buf *hints, const struct jc_flow *flow, const char *state,
    const char *left, const char *move, unsigned may, int behalf, jc_flow_value_fn value, void *arg, struct jc_err *err)
{
	struct jc_err best = {0};
	int rc = JC_ENOTFOUND, some = 0;

	*row = NULL;
	for (const struct jc_move *m = flow->moves; m->move != NULL; m++)
		some |= strcmp(m->move, move) == 0 && jc_flow_fits(m, state, left) && parent_fits(m, value, arg);
	for (const struct jc_move *m = flow->moves; m->move != NULL && rc != 0; m++) {
		struct jc_err why = {0};
		int now;

		if (strcmp(m->move, move) != 0 || !jc_flow_fits(m, state, left) || (some && !parent_fits(m, value, arg)))
			continue;
		now = jc_flow_check(hat, hints, flow, m, may, behalf, value, arg, &why);
		if (now == 0)
			*row = m;
		if (now == 0 || rc == JC_ENOTFOUND || (rc == JC_EDENIED && now == JC_EINVAL)) {
			best = why;
			rc = now;
		}
	}
	if (rc == JC_ENOTFOUND)
		return impossible(flow, state, left, move, err);
	if (rc < 0 && err != NULL)
		*err = best;
	return rc;
}

void
jc_flow_sets_each(const struct jc_move *row,
    void (*each)(void *arg, char target, const char *field, size_t n, char source, const char *what, size_t len), void *arg)
{
	const char *p = row->sets != NULL ? row->sets : "", *w;
	size_t n;

	while (word_next(&p, " ", &w, &n)) {
		const char *eq = memchr(w, '=', n);
		char target = 's', source = 0;

		if (eq == NULL)
			continue;
		n -= (size_t)(eq + 1 - w);
		if (w[0] == 'e' && w[1] == '.') {
			target = 'e';
			w += 2;
		}
		if (n > 0 && (eq[1] == '@' || eq[1] == '!'))
			source = eq[1];
		each(arg, target, w, (size_t)(eq - w), source, eq + 1 + (source != 0), n - (source != 0));
	}
}

/* ---- do the tables hold what they promise? ---- */

struct table_check {
	const struct jc_flow *flow;
	const struct jc_move *row;
	const char *what;
};

static const struct jc_field *
field_named(const char *kind, const char *name)
{
	const struct jc_kind *k = jc_catalogue_kind(kind, strlen(kind));

	return k != NULL ? jc_catalogue_field(k, name, strlen(name)) : NULL;
}

static int
one_term_ok(const struct jc_flow *flow, const char *s, size_t n)
{
	struct term t, other;

	if (!term_read(&t, s, n))
		return 0;
	if (t.where == '#')
		return fact_label(t.field, t.n)[0] != '?';
	if (t.where == '@' || (t.n == 8 && memcmp(t.field, "required", 8) == 0))
		return 1;
	if (term_field(flow, &t) == NULL)
		return 0;
	return t.sign != '!' || (term_read(&other, t.what, t.len) && term_field(flow, &other) != NULL);
}

static int
terms_ok(const struct jc_flow *flow, const char *p)
{
	const char *w;
	size_t n;

	while (p != NULL && word_next(&p, " ", &w, &n)) {
		const char *t = *w == '~' ? w + 1 : w, *one;
		char copy[256];
		size_t len, k = n - (size_t)(t - w);

		if (k >= sizeof(copy))
			return 0;
		memcpy(copy, t, k);
		copy[k] = '\0';
		for (t = copy; word_next(&t, "|?", &one, &len);)
			if (!one_term_ok(flow, one, len))
				return 0;
	}
	return 1;
}

static void
set_check(void *arg, char target, const char *field, size_t n, char source, const char *what, size_t len)
{
	struct table_check *c = arg;
	const struct jc_flow *flow = c->flow;
	const struct jc_kind *to = term_kind(flow, target), *from = term_kind(flow, target == 'e' ? 's' : 'e');
	const struct jc_field *f = jc_catalogue_field(to, field, n);

	if (f == NULL || f->derived)
		c->what = "sets a field that is not there, or is derived";
	else if (source != 0 && !(len == 4 && memcmp(what, "date", 4) == 0) && jc_catalogue_field(from, what, len) == NULL)
		c->what = "fills it from a field that is not there";
	else if (source == 0 && jc_catalogue_choice(f, what, len) == NULL)
		c->what = "sets a code that is not there";
}

static int
state_ok(const struct jc_field *state, const char *s, size_t n)
{
	return jc_catalogue_choice(state, s, n) != NULL;
}

static void
row_check(struct table_check *c, const struct jc_field *state, const struct jc_field *move)
{
	const struct jc_move *m = c->row;
	const char *p = m->from, *w;
	size_t n;

	while (word_next(&p, " ", &w, &n))
		if (!(n == 1 && (*w == '-' || *w == '*')) && !state_ok(state, w, n))
			c->what = "starts from a state that is not there";
	if (strcmp(m->to, "=") != 0 && !state_ok(state, m->to, strlen(m->to)))
		c->what = "leads to a state that is not there";
	if (jc_catalogue_choice(move, m->move, strlen(m->move)) == NULL)
		c->what = "has a move that its events cannot say";
	if (m->zh == NULL || m->en == NULL || m->who == 0)
		c->what = "has no words, or nobody who does it";
	if (!terms_ok(c->flow, m->needs))
		c->what = "needs a field that is not there";
	jc_flow_sets_each(m, set_check, c);
}

static void
flow_check(struct table_check *c)
{
	const struct jc_flow *f = c->flow;
	const struct jc_field *state = field_named(f->kind, f->state), *move = field_named(f->event, f->move);
	const struct jc_field *subject = field_named(f->event, f->subject), *date = field_named(f->event, f->date);

	if (state == NULL || !state->derived || state->type != JC_ENUM || move == NULL || move->type != JC_ENUM ||
	    subject == NULL || subject->type != JC_REF || date == NULL || date->type != JC_DATE) {
		c->what = "its fields are not there";
		return;
	}
	if (f->begin[0] != '\0' && !state_ok(state, f->begin, strlen(f->begin)))
		c->what = "begins in a state that is not there";
	if (f->state_on != NULL && field_named(f->kind, f->state_on) == NULL)
		c->what = "has no such date field";
	for (const struct jc_flow_start *s = f->starts; s != NULL && (s->state != NULL || s->field != NULL); s++)
		if ((s->state != NULL && !state_ok(state, s->state, strlen(s->state))) || !terms_ok(f, s->needs) ||
		    (s->state == NULL && field_named(f->kind, s->field) == NULL))
			c->what = "has a beginning that is not there";
	for (c->row = f->moves; c->row->move != NULL && c->what == NULL; c->row++)
		row_check(c, state, move);
}

int
jc_flow_tables_check(struct jc_err *err)
{
	for (size_t i = 0; jc_flow_list[i] != NULL; i++) {
		struct table_check c = {.flow = jc_flow_list[i]};

		flow_check(&c);
		if (c.what != NULL)
			return jc_err_set(err, JC_EINTERNAL, "jc_flow_tables_check", JC_T("流程表有错：%s %s %s：%s", "The table of moves is wrong: %s %s %s: %s"),
			    c.flow->code, c.row != NULL && c.row->move != NULL ? c.row->from : "", c.row != NULL && c.row->move != NULL ? c.row->move : "",
			    c.what);
	}
	return 0;
}
