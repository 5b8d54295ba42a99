/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A recursive parser that writes postfix: both bounds (nodes, depth) are counted down while it reads,
 * so that no text, however made, costs more than its length.
 */
#include "schema_rule.h"

#include <string.h>

#include "schema_canon.h"

struct parse {
	const char *s, *at, *end;
	struct jc_rule *out;
	struct jc_err *err;
	int depth;
};

static int
expected(struct parse *p, const char *what)
{
	size_t at = jc_utf8_ok(p->s, (size_t)(p->at - p->s)) ? (size_t)(p->at - p->s) : 0;

	return jc_err_set(p->err, JC_EINVAL, "jc_rule_parse",
	    JC_T("规则“%.*s”之后应当是%s", "After \"%.*s\" the rule needs %s"), (int)at, p->s, what);
}

static void
blanks(struct parse *p)
{
	while (p->at < p->end && (*p->at == ' ' || *p->at == '\t'))
		p->at++;
}

static int
word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
	    (unsigned char)c >= 0x80;
}

/* The word at the cursor, without moving it. */
static struct jc_slice
word_ahead(struct parse *p)
{
	const char *e;

	blanks(p);
	for (e = p->at; e < p->end && word_byte(*e); e++)
		continue;
	return (struct jc_slice){p->at, (size_t)(e - p->at)};
}

/* Takes one of two spellings. 且 and 或 may stand close to what follows them. */
static int
take(struct parse *p, const char *latin, const char *han)
{
	struct jc_slice w = word_ahead(p);
	size_t n = strlen(han);

	if (jc_slice_is(w, latin)) {
		p->at += w.n;
		return 1;
	}
	if (w.n >= n && memcmp(w.p, han, n) == 0) {
		p->at += n;
		return 1;
	}
	return 0;
}

static int
node_add(struct parse *p, enum jc_rule_op op, struct jc_slice field, struct jc_slice value)
{
	if (p->out->n == JC_RULE_NODES)
		return jc_err_set(p->err, JC_EINVAL, "jc_rule_parse",
		    JC_T("规则太长，最多%d个条件", "The rule is too long: at most %d conditions"), JC_RULE_NODES / 2);
	p->out->node[p->out->n++] = (struct jc_rule_node){(uint8_t)op, field, value};
	return 0;
}

static int
op_take(struct parse *p, enum jc_rule_op *op)
{
	static const struct {
		char text[4];
		uint8_t op;
	} ops[] = {{"!=", JC_R_NE}, {"<=", JC_R_LE}, {">=", JC_R_GE}, {"=", JC_R_EQ}, {"<", JC_R_LT}, {">", JC_R_GT}};

	blanks(p);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		size_t n = strlen(ops[i].text);

		if ((size_t)(p->end - p->at) >= n && memcmp(p->at, ops[i].text, n) == 0) {
			p->at += n;
			*op = (enum jc_rule_op)ops[i].op;
			return 0;
		}
	}
	*op = JC_R_HAS;
	return take(p, "has", "含有") ? 0 : expected(p, JC_T("= != < <= > >= 或“含有”", "= != < <= > >= or has"));
}

static int
value_take(struct parse *p, struct jc_slice *out)
{
	const char *e;

	blanks(p);
	if (p->at < p->end && *p->at == '"') {
		e = memchr(p->at + 1, '"', (size_t)(p->end - p->at - 1));
		if (e == NULL)
			return expected(p, JC_T("成对的双引号", "a closing quotation mark"));
		*out = (struct jc_slice){p->at + 1, (size_t)(e - p->at - 1)};
		p->at = e + 1;
		return 0;
	}
	*out = word_ahead(p);
	p->at += out->n;
	return out->n != 0 ? 0 : expected(p, JC_T("一个值", "a value"));
}

static int either(struct parse *p);

static int
condition(struct parse *p)
{
	struct jc_slice field, value;
	enum jc_rule_op op;
	int rc;

	blanks(p);
	if (p->at < p->end && *p->at == '(') {
		if (p->depth == JC_RULE_DEPTH)
			return expected(p, JC_T("更少的括号", "fewer brackets"));
		p->depth++;
		p->at++;
		if ((rc = either(p)) < 0)
			return rc;
		p->depth--;
		blanks(p);
		if (p->at == p->end || *p->at != ')')
			return expected(p, JC_T("右括号", "a closing bracket"));
		p->at++;
		return 0;
	}
	field = word_ahead(p);
	if (field.n == 0 || field.n > 40 || field.p[0] < 'a' || field.p[0] > 'z')
		return expected(p, JC_T("一个项目的名称", "a field's key"));
	p->at += field.n;
	if ((rc = op_take(p, &op)) < 0 || (rc = value_take(p, &value)) < 0)
		return rc;
	return node_add(p, op, field, value);
}

static int
both(struct parse *p)
{
	struct jc_slice none = {"", 0};
	int rc = condition(p);

	while (rc == 0 && take(p, "and", "且"))
		if ((rc = condition(p)) == 0)
			rc = node_add(p, JC_R_AND, none, none);
	return rc;
}

static int
either(struct parse *p)
{
	struct jc_slice none = {"", 0};
	int rc = both(p);

	while (rc == 0 && take(p, "or", "或"))
		if ((rc = both(p)) == 0)
			rc = node_add(p, JC_R_OR, none, none);
	return rc;
}

int
jc_rule_parse(struct jc_rule *out, const char *s, size_t n, struct jc_err *err)
{
	struct parse p = {.s = s, .at = s, .end = s + n, .out = out, .err = err};
	int rc;

	out->n = 0;
	if (n > JC_RULE_MAX || !jc_utf8_ok(s, n))
		return jc_err_set(err, JC_EINVAL, "jc_rule_parse",
		    JC_T("规则最多%d个字节", "A rule has at most %d bytes"), JC_RULE_MAX);
	if ((rc = either(&p)) < 0)
		return rc;
	blanks(&p);
	return p.at == p.end ? 0 : expected(&p, JC_T("且、或，或者结束", "and, or, or the end"));
}

/* ---- meaning ---- */

static int
numeric(const struct jc_field *f)
{
	return f->type == JC_INT || f->type == JC_MONEY || f->type == JC_DECIMAL;
}

static int
dated(const struct jc_field *f)
{
	return f->type == JC_DATE || f->type == JC_PDATE || f->type == JC_DATETIME;
}

static int
number_of(int64_t *out, struct jc_slice s)
{
	size_t i = s.n > 0 && s.p[0] == '-';
	int64_t v = 0;

	if (s.n == i || s.n > 17)
		return 0;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = s.p[0] == '-' ? -v : v;
	return 1;
}

int
jc_rule_check(const struct jc_rule *rule, const struct jc_kind *kind, struct jc_err *err)
{
	for (size_t i = 0; i < rule->n; i++) {
		const struct jc_rule_node *n = &rule->node[i];
		const struct jc_field *f;
		int64_t v;

		if (n->op == JC_R_AND || n->op == JC_R_OR)
			continue;
		if ((f = jc_catalogue_field(kind, n->field.p, n->field.n)) == NULL)
			return jc_err_set(err, JC_EINVAL, "jc_rule_check",
			    JC_T("规则里的“%.*s”不是%s的项目", "The rule's \"%.*s\" is no field of %s"), (int)n->field.n, n->field.p,
			    jc_kind_label(kind));
		if ((n->op == JC_R_HAS) != (f->set != 0) || (n->op >= JC_R_LT && n->op <= JC_R_GE && !numeric(f) && !dated(f)))
			return jc_err_set(err, JC_EINVAL, "jc_rule_check",
			    JC_T("“%s”不能这样比较；多选项用“含有”，大小只能比数字和日期",
			        "\"%s\" cannot be compared so: sets use has, only numbers and dates have an order"),
			    jc_field_label(f));
		if (numeric(f) && n->value.n != 0 && !number_of(&v, n->value))
			return jc_err_set(err, JC_EINVAL, "jc_rule_check",
			    JC_T("“%s”要和整数比较（金额以分计）", "\"%s\" is compared with a whole number (money in fen)"),
			    jc_field_label(f));
		if (f->type == JC_ENUM && n->value.n != 0 && jc_catalogue_choice(f, n->value.p, n->value.n) == NULL)
			return jc_err_set(err, JC_EINVAL, "jc_rule_check",
			    JC_T("“%s”没有“%.*s”这个选项（要写选项的代码）", "\"%s\" has no choice with the code \"%.*s\""),
			    jc_field_label(f), (int)n->value.n, n->value.p);
	}
	return 0;
}

/* Is the element in the stored JSON array? */
static int
set_has(struct jc_slice array, struct jc_slice elem)
{
	struct jc_canon c;
	enum jc_tok t;

	jc_canon_init(&c, array.p, array.n);
	if (jc_canon_next(&c) != JC_TOK_ARR)
		return 0;
	while ((t = jc_canon_next(&c)) == JC_TOK_STR) {
		struct jc_slice s = c.raw;

		if (memchr(s.p, '\\', s.n) == NULL && jc_slice_eq(s, elem))
			return 1;
	}
	return 0;
}

static int
order_holds(const struct jc_field *f, struct jc_slice a, enum jc_rule_op op, struct jc_slice b)
{
	int64_t x, y;
	int c;

	if (numeric(f)) {
		if (!number_of(&x, a) || !number_of(&y, b))
			return 0;
		c = (x > y) - (x < y);
	} else {
		c = jc_slice_cmp(a, b); /* dates are ISO text; the year alone comes before its months */
	}
	return op == JC_R_LT ? c < 0 : op == JC_R_LE ? c <= 0 : op == JC_R_GT ? c > 0 : c >= 0;
}

static int
node_holds(const struct jc_rule_node *n, const struct jc_field *f, struct jc_slice text)
{
	if (text.n == 0 || (f->set && text.n == 2)) /* an empty set is [] */
		return n->op == JC_R_EQ ? n->value.n == 0 : n->op == JC_R_NE && n->value.n != 0;
	if (n->op == JC_R_HAS)
		return set_has(text, n->value);
	if (n->op == JC_R_EQ || n->op == JC_R_NE)
		return jc_slice_eq(text, n->value) == (n->op == JC_R_EQ);
	return n->value.n != 0 && order_holds(f, text, (enum jc_rule_op)n->op, n->value);
}

int
jc_rule_holds(const struct jc_rule *rule, const struct jc_kind *kind,
    struct jc_slice (*get)(void *arg, const struct jc_field *field), void *arg)
{
	static const struct jc_field missing = {.type = JC_TEXT};
	uint8_t stack[JC_RULE_NODES];
	size_t n = 0;

	for (size_t i = 0; i < rule->n; i++) {
		const struct jc_rule_node *node = &rule->node[i];

		if (node->op == JC_R_AND || node->op == JC_R_OR) {
			n--;
			stack[n - 1] = node->op == JC_R_AND ? stack[n - 1] & stack[n] : stack[n - 1] | stack[n];
			continue;
		}
		const struct jc_field *f = jc_catalogue_field(kind, node->field.p, node->field.n);

		stack[n++] = (uint8_t)(f != NULL ? node_holds(node, f, get(arg, f))
		                                 : node_holds(node, &missing, (struct jc_slice){"", 0}));
	}
	return n == 1 && stack[0];
}
