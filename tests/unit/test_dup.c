/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The rules about who might be one, each both ways, and the pairs of a node. People are made up; numbers are
 * computed from made-up dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sync_dup.h"
#include "test_env.h"
#include "test_node.h"

#define N1 "399999197503080064"
#define N2 "399999196907150263"

static struct jc_slice
s(const char *t)
{
	return (struct jc_slice){t, strlen(t)};
}

/* "name|number|birth|gender|mobile|employer|village", number with a leading + when valid. */
static struct jc_dup_person
person(const char *row, char room[400])
{
	struct jc_slice v[7] = {{"", 0}};
	struct jc_dup_person p = {0};
	size_t at = 0;

	snprintf(room, 400, "%s", row);
	for (char *q = room; at < 7; q++) {
		size_t n = strcspn(q, "|");

		v[at++] = (struct jc_slice){q, n};
		q += n;
		if (*q == '\0')
			break;
	}
	p.name = v[0];
	p.number = v[1];
	p.birth = v[2];
	p.gender = v[3];
	p.mobile = v[4];
	p.employer_text = v[5];
	p.village = v[6];
	p.scope = 1;
	if (p.number.n != 0 && p.number.p[0] == '+') {
		p.valid = 1;
		p.number.p++;
		p.number.n--;
	}
	return p;
}

static void
people_by_every_rule(void **state)
{
	static const struct {
		const char *a, *b, *rule;
		enum jc_dup_verdict verdict;
	} rows[] = {
		{"王小青|+" N1, "王晓青|+" N1, "D1", JC_DUP_CERTAIN},
		{"王小青|+" N1 "|1975-03-08|2|13000000001|甲厂", "王小青|+" N2 "|1975-03-08|2|13000000001|甲厂", "D2", JC_DUP_NEVER},
		{"王小青|+" N1, "王小青|399999197503080065", "D3", JC_DUP_SUGGEST},
		{"王小青|+" N1, "王小青|399999197503080604", "D3", JC_DUP_SUGGEST},
		{"王小青|+" N1, "王小青|399999750308006", "D3", JC_DUP_SUGGEST},
		{"王小青|+" N1, "王小青|399999197503080", "D3", JC_DUP_SUGGEST},
		{"王小青|+" N1, "王小青|399999197503080000", "D3", JC_DUP_SUGGEST},
		{"王小青|+" N1, "王小青|39999919750308006", "D3", JC_DUP_SUGGEST},
		{"王小青|+" N1, "王小青|399999196907150236", "D8", JC_DUP_BADGE},
		{"王小青|+" N1, "李小青|399999197503080065", "", JC_DUP_NEVER},
		{"王小青||1975-03-08|2|13000000001", "王小青|+" N1 "|1975-03-08|2|13000000001", "D4", JC_DUP_SUGGEST},
		{"王小青||1975-03|2|13000000001", "王小青||1975-03-08|2|13000000001", "D4", JC_DUP_SUGGEST},
		{"王小青||1975-03-08|1|13000000001", "王小青||1975-03-08|2|13000000001", "D8", JC_DUP_BADGE},
		{"王小青||1975-03-08|2|13000000001|甲厂", "王小青||1975-03-08|2|13000000002|甲厂", "D5", JC_DUP_SUGGEST},
		{"王小青||1975-03-08|2||甲厂|柳湾村", "王小青||1975-03-08|2||乙厂|柳湾村", "D5", JC_DUP_SUGGEST},
		{"王小青||1975-03|2||甲厂", "王小青||1975-03-08|2||甲厂", "D5", JC_DUP_WEEKLY},
		{"王小青||1975-03-08|2||甲厂|柳湾村", "王小青||1975-03-08|2||乙厂|上坪村", "D8", JC_DUP_BADGE},
		{"王小青||||13000000001", "王小青||||13000000001", "D6", JC_DUP_WEEKLY},
		{"王小青||1975-03-08||13000000001", "王小青||1980-01-31||13000000001", "D8", JC_DUP_BADGE},
		{"王zeng青||1975-03-08|2", "王曾青||1975-03-08|2", "D7", JC_DUP_WEEKLY},
		{"張偉||1975-03-08|1", "张伟||1975-03-08|1", "D7", JC_DUP_WEEKLY},
		{"阿依·古丽||1975-03-08|2", "阿依古丽||1975-03-08|2", "D7", JC_DUP_WEEKLY},
		{"張偉||1975-03-08|1", "张伟||1975-03-09|1", "", JC_DUP_NEVER},
		{"王小青", "王小青", "D8", JC_DUP_BADGE},
		{"王小青", "王小清", "", JC_DUP_NEVER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char x[400], y[400];
		struct jc_dup_person a = person(rows[i].a, x), b = person(rows[i].b, y);
		struct jc_dup one, other;

		jc_dup_person(&one, &a, &b);
		jc_dup_person(&other, &b, &a);
		if (strcmp(jc_dup_rule_word(one.rule), rows[i].rule) != 0 || one.verdict != rows[i].verdict)
			fail_msg("%s / %s: %s %d", rows[i].a, rows[i].b, jc_dup_rule_word(one.rule), (int)one.verdict);
		assert_int_equal(one.rule, other.rule);
		assert_int_equal(one.verdict, other.verdict);
		assert_int_equal(one.score, other.score);
		assert_true(one.rule == JC_DUP_NONE || jc_dup_rule_text(one.rule)[0] != '\0');
	}
}

static const char *
core(const char *name)
{
	static char out[4][200];
	static int at;
	struct jc_buf b;

	jc_buf_init(&b, 4096);
	jc_dup_core(&b, s(name));
	at = (at + 1) % 4;
	snprintf(out[at], sizeof(out[at]), "%.*s", (int)b.len, b.data != NULL ? b.data : "");
	jc_buf_free(&b);
	return out[at];
}

static void
cores_keep_numerals_and_places(void **state)
{
	(void)state;
	assert_string_equal(core("试验省试验县青石镇养蜂专业合作社"), core("试验县青石镇养蜂合作社"));
	assert_string_equal(core("青石水泥有限责任公司"), core("青石水泥有限公司"));
	assert_string_equal(core("青石（镇）水泥厂"), core("青石镇水泥厂"));
	assert_string_equal(core("青石一中"), core("青石1中"));
	assert_string_not_equal(core("青石一中"), core("青石二中"));
	assert_string_not_equal(core("石桥镇柳湾村合作社"), core("东岭乡柳湾村合作社"));
	assert_string_equal(core("试验县"), core("试验县")); /* a name of nothing but a place stays */
}

static struct jc_dup_org
org(const char *name, const char *code, const char *region, const char *kind)
{
	struct jc_dup_org o = {0};
	const char *c = core(name);

	o.name = s(name);
	o.core = s(strdup(c));
	o.valid = code[0] == '+';
	o.uscc = s(code + o.valid);
	o.region = s(region);
	o.org_kind = s(kind);
	o.scope = 1;
	return o;
}

static void
orgs_by_every_rule(void **state)
{
	static const struct {
		const char *a, *ca, *b, *cb, *region, *kind, *rule;
		int more; /* 1: same phone, 2: the first was called like the second */
		enum jc_dup_verdict verdict;
	} rows[] = {
		{"青石水泥厂", "+X1", "青石水泥公司", "+X1", "990121100", "employer", "O1", 0, JC_DUP_CERTAIN},
		{"青石水泥厂", "+X1", "青石水泥厂", "+X2", "990121100", "employer", "O2", 0, JC_DUP_BADGE},
		{"青石水泥厂", "+X1", "青石砖厂", "+X2", "990121100", "employer", "O2", 0, JC_DUP_NEVER},
		{"青石水泥有限公司", "+X1", "青石水泥有限责任公司", "", "990121100", "employer", "O3", 0, JC_DUP_SUGGEST},
		{"青石一中", "+X1", "青石二中", "", "990121100", "employer", "", 1, JC_DUP_NEVER},
		{"柳湾村养蜂第1组服务协会总社", "", "柳湾村养蜂第2组服务协会总社", "", "990121100", "social", "", 1, JC_DUP_NEVER},
		{"柳湾村养蜂养鸡种茶服务协会", "", "柳湾村养蜂养鸡种菜服务协会", "", "990121100", "social", "O4", 1, JC_DUP_SUGGEST},
		{"柳湾村养蜂养鸡种茶服务协会", "", "柳湾村养蜂养鸡种菜服务协会", "", "990121100", "social", "", 0, JC_DUP_NEVER},
		{"青石水泥厂", "", "青石建材厂", "", "990121100", "employer", "O5", 2, JC_DUP_SUGGEST},
		{"青石水泥厂", "+X1", "青石水泥厂工会委员会", "+X1", "990121100", "employer", "O6", 0, JC_DUP_LINK},
		{"青石水泥厂", "", "青石水泥厂工会", "", "990121100", "employer", "O6", 0, JC_DUP_LINK},
		{"柳湾村", "", "柳湾村", "", "990121", "social", "", 0, JC_DUP_NEVER},
		{"柳湾村", "", "柳湾村", "", "990121100", "social", "O3", 0, JC_DUP_SUGGEST},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jc_dup_org a = org(rows[i].a, rows[i].ca, rows[i].region, rows[i].kind),
		                  b = org(rows[i].b, rows[i].cb, rows[i].region, rows[i].kind);
		struct jc_slice former = b.name;
		struct jc_dup one, other;

		if (rows[i].more == 1)
			a.phone = b.phone = s("13000000001");
		if (rows[i].more == 2) {
			a.former = &former;
			a.nformer = 1;
		}
		jc_dup_org(&one, &a, &b);
		jc_dup_org(&other, &b, &a);
		if (strcmp(jc_dup_rule_word(one.rule), rows[i].rule) != 0 || one.verdict != rows[i].verdict)
			fail_msg("%s / %s: %s %d", rows[i].a, rows[i].b, jc_dup_rule_word(one.rule), (int)one.verdict);
		assert_int_equal(one.rule, other.rule);
		assert_int_equal(one.score, other.score);
		free((void *)(uintptr_t)a.core.p);
		free((void *)(uintptr_t)b.core.p);
	}
}

/* Whatever is said, both orders say the same, and two valid different numbers are never one. */
static void
rules_are_symmetric(void **state)
{
	static const char *const names[] = {"王小青", "王曉青", "wang小青", "王·小青", "", "李𠮷"};
	static const char *const numbers[] = {"", N1, N2, "399999197503080065", "399999750308006", "12"};
	static const char *const births[] = {"", "1975", "1975-03", "1975-03-08", "1980-01-31"};
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct jc_dup_person p[2];
		struct jc_dup one, other;

		memset(p, 0, sizeof(p));
		for (int k = 0; k < 2; k++) {
			size_t n = test_rand(&seed) % 6;

			p[k].name = s(names[test_rand(&seed) % 6]);
			p[k].number = s(numbers[n]);
			p[k].valid = n == 1 || n == 2;
			p[k].birth = s(births[test_rand(&seed) % 5]);
			p[k].gender = s(test_rand(&seed) % 2 ? "1" : "2");
			p[k].mobile = s(test_rand(&seed) % 2 ? "13000000001" : "");
			p[k].scope = (int64_t)(test_rand(&seed) % 2);
		}
		jc_dup_person(&one, &p[0], &p[1]);
		jc_dup_person(&other, &p[1], &p[0]);
		assert_int_equal(one.rule, other.rule);
		assert_int_equal(one.score, other.score);
		assert_true(one.score >= 0);
		if (p[0].valid && p[1].valid && !jc_slice_eq(p[0].number, p[1].number))
			assert_int_equal(one.verdict, JC_DUP_NEVER);
	}
}

static void
match_keys_are_of_the_long_form_and_the_secret(void **state)
{
	uint8_t secret[32] = {1}, a[JC_MATCH_LEN], b[JC_MATCH_LEN];

	(void)state;
	jc_match_key(a, secret, s("399999640229001"));
	jc_match_key(b, secret, s("399999196402290017"));
	assert_memory_equal(a, b, sizeof(a));
	secret[0] = 2;
	jc_match_key(b, secret, s("399999196402290017"));
	assert_memory_not_equal(a, b, sizeof(a));
}

/* ---- a node ---- */

struct pairs {
	int n;
	char rules[200];
};

static int
pair_take(void *arg, const struct jc_dup_pair *p)
{
	struct pairs *ps = arg;

	ps->n++;
	snprintf(ps->rules + strlen(ps->rules), sizeof(ps->rules) - strlen(ps->rules), "%s ", jc_dup_rule_word(p->dup.rule));
	return 0;
}

static void
expect(struct test_node *t, int all, const char *rules)
{
	struct jc_dup_query q = {.weekly = all};
	struct pairs ps = {0};
	struct jc_err err = {0};

	test_ok(jc_dups_each(t->node, &q, pair_take, &ps, &err), &err);
	assert_string_equal(ps.rules, rules);
}

static void
decide(struct test_node *t, int merge, const char *a, const char *b)
{
	struct jc_err err = {0};
	struct jc_save *sv;

	test_ok(jc_save_begin(&sv, t->node, 1, "merge", &err), &err);
	test_ok(merge ? jc_save_merge(sv, a, b, &err) : jc_save_distinct(sv, a, b, 1, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
}

static void
a_pair_is_offered_until_somebody_decides(void **state)
{
	struct test_node *t = *state;
	jc_id a = "", b = "", c = "", d = "", e = "", o1 = "", o2 = "";

	test_set(t, "member", a, 0, "name=王小青", "id_no=" N1, NULL);
	test_set(t, "member", b, 0, "name=王小青", "id_no=399999197503080065", NULL);
	test_set(t, "member", c, 0, "name=李建国", "mobile=13000000001", NULL);
	test_set(t, "member", d, 0, "name=李建国", "mobile=13000000001", NULL);
	test_set(t, "member", e, 0, "name=王小青", "id_no=" N2, NULL);
	test_set(t, "org", o1, 0, "name=青石水泥厂", NULL);
	test_set(t, "org", o2, 0, "name=青石水泥厂工会", NULL);
	expect(t, 0, "D3 O6 ");
	expect(t, 1, "D3 D6 O6 ");
	decide(t, 0, c, d);
	expect(t, 1, "D3 O6 ");
	decide(t, 1, a, b);
	expect(t, 1, "O6 ");
	test_void(t, a, "录错了");
	expect(t, 1, "O6 ");
}

static void
many_members_are_compared_quickly(void **state)
{
	struct test_node *t = *state;
	const char *env = getenv("DUP_MEMBERS");
	int n = env != NULL ? atoi(env) : 4000;
	const struct jc_kind *kind = jc_catalogue_kind("member", 6);
	struct jc_dup_query q = {.weekly = 1};
	struct pairs ps = {0};
	struct jc_err err = {0};
	struct jc_save *sv;
	static const char *const giv[] = {"青", "建国", "秀英", "晓明", "志强", "桂兰", "玉梅", "海燕"};

	test_ok(jc_save_begin(&sv, t->node, 1, "import", &err), &err);
	for (int i = 0; i < n; i++) {
		char name[40], birth[16];
		struct jc_change ch[2] = {
		    {.field = jc_catalogue_field(kind, "name", 4)}, {.field = jc_catalogue_field(kind, "birth_date", 10)}};
		jc_id id = "";

		snprintf(name, sizeof(name), "王%s%s", giv[i % 8], giv[i / 8 % 8]);
		snprintf(birth, sizeof(birth), "19%02d-%02d-%02d", 40 + i / 336 % 60, 1 + i / 28 % 12, 1 + i % 28);
		ch[0].text = s(name);
		ch[1].text = s(birth);
		test_ok(jc_save_set(sv, kind, id, ch, 2, 0, NULL, &err), &err);
	}
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
	test_ok(jc_dups_each(t->node, &q, pair_take, &ps, &err), &err);
	print_message("%d members, %d pairs\n", n, ps.n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_by_every_rule),
		cmocka_unit_test(cores_keep_numerals_and_places),
		cmocka_unit_test(orgs_by_every_rule),
		cmocka_unit_test(rules_are_symmetric),
		cmocka_unit_test(match_keys_are_of_the_long_form_and_the_secret),
		cmocka_unit_test_setup_teardown(a_pair_is_offered_until_somebody_decides, test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(many_members_are_compared_quickly, test_branch_setup, test_node_teardown),
	};

	return cmocka_run_group_tests_name("dup", tests, NULL, NULL);
}
