/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The catalogue keeps its own rules, finds words as people write them, and its checker sees broken tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kinds/kinds.h"
#include "schema_catalogue.h"
#include "schema_require.h"

/* Every field of the dictionary (DOMAIN 2), kind by kind. */
static const char *const dictionary[][2] = {
	{ "org",
	  "org_kind name short_name former_names uscc uscc_status external_codes reg_status legal_form "
	  "established_on org_status merged_into region_code address postcode parent_union_id federation_id "
	  "union_id industry_authority_id registration_authority liaison_member_id union_type union_level "
	  "founded_on approval_no term_no term_start term_end chair_name chair_phone chair_fulltime "
	  "person_in_charge has_audit_committee has_women_committee has_labor_law_supervision has_congress "
	  "has_openness has_collective_contract legal_person_status cert_no cert_from cert_to has_seal "
	  "has_account employee_count employee_female employee_migrant member_declared group_count cadre_full "
	  "cadre_part has_service_station home_grade function_class activity_field industry_section "
	  "fund_sources income_year income_fen expense_fen staff_full staff_part volunteer_count member_units "
	  "member_persons scale_class activity_contents business_scope work_modes service_area eval_grade "
	  "eval_valid_to annual_check key_target key_reasons is_incubator incubated_by is_rescue is_provider "
	  "provider_tags survey_on surveyor party_org_status party_org_name party_founded_on party_superior "
	  "party_member_count party_contact mgmt_issues venue_status legal_rep legal_rep_phone contact_name "
	  "contact_phone union_state" },
	{ "member",
	  "name former_name id_type id_no gender birth_date ethnicity native_place political education "
	  "household_type household_region residence mobile phone2 employment_status employer_id employer_text "
	  "job occupation_group is_migrant_worker is_social_org_staff skill_level title talents is_volunteer "
	  "union_id group_name member_no joined_on join_method posts membership_status last_change_type "
	  "dues_paid_to hardship_flag consent_at consent_by last_change_date last_change_reason" },
	{ "member_event",
	  "member_id change_type change_date change_reason from_union to_union basis_doc approved_by" },
	{ "transfer",
	  "member_id direction from_union to_union reason requested_on decided_on effective_on state paper_no" },
	{ "activity",
	  "title activity_type four_sends special_work plan_item_id project_id host_org_id co_orgs "
	  "provider_org_id start_at end_at place region_code villages planned_count member_count attend_count "
	  "benefit_count household_count volunteer_count volunteer_hours sessions hours certs trade level goods "
	  "budget_fen cost_fen fund_source summary result satisfaction state cancel_reason" },
	{ "participant",
	  "activity_id member_id name phone unit_text role signed hours team score result_rank award" },
	{ "plan_item",
	  "year month title activity_type owner_person planned_count budget_fen plan_state activity_id" },
	{ "tmpl",
	  "code version title_zh title_en scene applies_to issued_by valid_from scored" },
	{ "tmpl_item",
	  "tmpl_id item_no category text_zh text_en how evidence severity due_days weight" },
	{ "check",
	  "tmpl_ref target_org_id venue_id inspector_org_id inspectors check_mode provider_org_id joint_party "
	  "checked_on recipient received_on state" },
	{ "check_item",
	  "check_id tmpl_item_ref result finding severity rectify_req resp_org_id resp_person resp_phone due_on "
	  "rectify_desc rectified_on evidence_before evidence_after reviewer reviewed_on review_opinion "
	  "extensions escalated_to state" },
	{ "attachment",
	  "file_name mime size sha256 purpose taken_on has_person page_of" },
	{ "build_case",
	  "org_id reason form guide guide_org target_union_id staff_count intend_count block_reason "
	  "plan_done_on state union_org_id" },
	{ "build_event",
	  "case_id step event_date doc_no attend_due attend votes committee result" },
	{ "assist",
	  "activity_id sends person_member_id person_text stage assist_date form amount_fen goods receipt "
	  "result" },
	{ "project",
	  "code name entrust_type service_category special_work buyer_org_id provider_org_id is_designated "
	  "designated_to select_method demand target_count target_sessions contract_no signed_on from to "
	  "contract_fen paid_fen fund_source done_sessions done_count accepted_on accept_team accept_result "
	  "satisfaction survey_n eval_grade eval_text state" },
	{ "payment",
	  "project_id node amount_fen due_on paid_on voucher_no" },
	{ "grant",
	  "giver_org_id receiver_org_id grant_type amount_fen people person_days venue_id venue_hours goods "
	  "granted_on period_to receipt follow_up state" },
	{ "aid_plan",
	  "name body_org_id aid_type period_from period_to price_fen cover_fen" },
	{ "aid_cover",
	  "plan_id member_id name id_no org_id units is_gift payer_org_id from to cert_no state" },
	{ "aid_claim",
	  "cover_id claim_type event_date asked_on asked_fen paid_fen paid_on state" },
	{ "exchange",
	  "person_member_id person_text direction from_org_id to_org_id post kind doc_no from to outcome state" },
	{ "research",
	  "title year lead_org_id provider_org_id topic methods sample_n places finding advice submitted_to "
	  "submitted_on adoption adopted_by adopted_on state" },
	{ "coop",
	  "union_org_id partner_org_id content resources signed_on valid_to contact" },
	{ "contact_log",
	  "org_id dept_text contact_date kind by_person content issue solved data_handed next_on" },
	{ "rule_doc",
	  "org_id title rule_type adopted_by adopted_on on_wall revised_on state" },
	{ "venue",
	  "org_id name venue_type address region_code area_m2 capacity ownership open_hours equip usable "
	  "safety_check_on shared_with" },
	{ "notice",
	  "notice_type title body from_org_id audience valid_to needs_reply reply_by matched_to state" },
	{ "fund_entry",
	  "date direction category amount_fen summary voucher_no activity_id project_id handler approver" },
	{ "evaluation",
	  "org_id held_on eval_kind invited answered satisfied basic unsatisfied suggestions" },
};

static const struct jc_kind *
kind(const char *name)
{
	const struct jc_kind *k = jc_catalogue_kind(name, strlen(name));

	assert_non_null(k);
	return k;
}

static const struct jc_field *
field(const char *kind_name, const char *name)
{
	const struct jc_field *f = jc_catalogue_field(kind(kind_name), name, strlen(name));

	assert_non_null(f);
	return f;
}

static void
the_shipped_tables_keep_the_rules(void **state)
{
	struct jc_err err = { 0 };
	int rc = jc_catalogue_check(&err);

	(void)state;
	if (rc == 0)
		rc = jc_require_check(&err);
	if (rc != 0)
		print_error("%s\n", err.msg);
	assert_int_equal(rc, 0);
}

static void
the_kinds_have_their_permanent_ids_ceilings_and_directions(void **state)
{
	static const struct {
		const char *name;
		unsigned id;
		enum jc_tier ceiling;
		int down;
	} want[] = {
		{ "org", 1, JC_TIER_CITY, 0 },      { "member", 2, JC_TIER_COUNTY, 0 },
		  { "activity", 3, JC_TIER_CITY, 0 },
		{ "tmpl", 4, JC_TIER_CITY, 1 },     { "tmpl_item", 5, JC_TIER_CITY, 1 }, { "check",
		  6, JC_TIER_CITY, 0 },
		{ "check_item", 7, JC_TIER_CITY, 0 },
		{ "member_event", 8, JC_TIER_CITY, 0 },
		{ "transfer", 9, JC_TIER_COUNTY, 0 },
		{ "participant", 10, JC_TIER_BRANCH, 0 },
		{ "attachment", 11, JC_TIER_COUNTY, 0 },
		{ "build_case", 12, JC_TIER_CITY, 0 },
		{ "build_event", 13, JC_TIER_CITY, 0 },
		{ "plan_item", 14, JC_TIER_COUNTY, 0 },
		{ "project", 15, JC_TIER_CITY, 0 },
		{ "payment", 16, JC_TIER_CITY, 0 },
		{ "grant", 17, JC_TIER_CITY, 0 },
		{ "aid_plan", 18, JC_TIER_COUNTY, 1 },
		{ "aid_cover", 19, JC_TIER_COUNTY, 0 },
		{ "aid_claim", 20, JC_TIER_COUNTY, 0 },
		{ "exchange", 21, JC_TIER_CITY, 0 },
		{ "assist", 22, JC_TIER_COUNTY, 0 },
		{ "research", 23, JC_TIER_CITY, 0 },
		{ "coop", 24, JC_TIER_COUNTY, 0 },
		{ "contact_log", 25, JC_TIER_COUNTY, 0 },
		{ "rule_doc", 26, JC_TIER_COUNTY, 0 },
		{ "venue", 27, JC_TIER_CITY, 0 },
		{ "notice", 28, JC_TIER_CITY, 1 },
		{ "fund_entry", 29, JC_TIER_COUNTY, 0 },
		{ "evaluation", 30, JC_TIER_COUNTY, 0 },
		{ "event", 31, JC_TIER_CITY, 0 },
		{ "objection", 63, JC_TIER_CITY, 0 },
		{ "xfield", 60, JC_TIER_CITY, 1 },
		{ "xform", 61, JC_TIER_CITY, 1 },
	};
	size_t n = 0;

	(void)state;
	for (; jc_catalogue_kinds()[n] != NULL; n++) {
		const struct jc_kind *k = jc_catalogue_kinds()[n];

		assert_true(n < sizeof(want) / sizeof(*want));
		assert_string_equal(k->name, want[n].name);
		assert_int_equal(k->id, want[n].id);
		assert_int_equal(k->ceiling, want[n].ceiling);
		assert_int_equal(k->down, want[n].down);
		assert_ptr_equal(jc_catalogue_kind_id(want[n].id), k);
	}
	assert_int_equal(n, sizeof(want) / sizeof(*want));
	assert_null(jc_catalogue_kind_id(32));
	assert_null(jc_catalogue_kind("orgs", 4));
	assert_null(jc_catalogue_kind("or", 2));
}

static void
kinds_are_found_by_key_and_by_label_in_both_languages(void **state)
{
	(void)state;
	assert_ptr_equal(jc_catalogue_kind_typed("member"), kind("member"));
	assert_ptr_equal(jc_catalogue_kind_typed("Union Member"), kind("member"));
	assert_ptr_equal(jc_catalogue_kind_typed(" 工会会员 "), kind("member"));
	assert_ptr_equal(jc_catalogue_kind_typed("组织"), kind("org"));
	assert_null(jc_catalogue_kind_typed("什么"));
	assert_null(jc_catalogue_kind_typed(""));
}

static void
every_field_is_found_by_key_id_and_labels(void **state)
{
	size_t fields = 0;

	(void)state;
	for (size_t i = 0; jc_catalogue_kinds()[i] != NULL; i++) {
		const struct jc_kind *k = jc_catalogue_kinds()[i];

		for (const struct jc_field *f = k->fields; f->id != 0; f++, fields++) {
			assert_ptr_equal(jc_catalogue_field(k, f->name, strlen(f->name)), f);
			assert_ptr_equal(jc_catalogue_field_id(k, f->id), f);
			assert_ptr_equal(jc_catalogue_field_typed(k, f->name), f);
			assert_ptr_equal(jc_catalogue_field_typed(k, f->zh), f);
			assert_ptr_equal(jc_catalogue_field_typed(k, f->en), f);
		}
	}
	assert_int_equal(fields, 651);
	assert_null(jc_catalogue_field_id(kind("org"), 199));
}

static void
every_field_of_the_dictionary_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dictionary) / sizeof(*dictionary); i++) {
		const char *p = dictionary[i][1];

		while (*p != '\0') {
			size_t n = strcspn(p, " ");

			if (jc_catalogue_field(kind(dictionary[i][0]), p, n) == NULL)
				print_error("%s has no %.*s\n", dictionary[i][0], (int)n, p);
			assert_non_null(jc_catalogue_field(kind(dictionary[i][0]), p, n));
			p += n + (p[n] == ' ');
		}
	}
}

/* What the dictionary says of single fields: need, class, who corrects it. */
static void
classes_needs_and_corrections_follow_the_dictionary(void **state)
{
	static const struct {
		const char *kind, *field;
		enum jc_need need;
		enum jc_class pi;
		enum jc_fix fix;
	} want[] = {
		{ "member_event", "member_id", JC_MUST, JC_PI_P, JC_FIX_SYSTEM },
		{ "member_event", "basis_doc", JC_OPTIONAL, JC_PI_N, JC_FIX_BRANCH },
		{ "transfer", "from_union", JC_CONDITIONAL, JC_PI_N, JC_FIX_COUNTY },
		{ "participant", "name", JC_CONDITIONAL, JC_PI_P, JC_FIX_BRANCH },
		{ "attachment", "purpose", JC_MUST, JC_PI_N, JC_FIX_BRANCH },
		{ "build_case", "org_id", JC_MUST, JC_PI_N, JC_FIX_COUNTY },
		{ "build_event", "votes", JC_CONDITIONAL, JC_PI_P, JC_FIX_BRANCH },
		{ "project", "accept_team", JC_CONDITIONAL, JC_PI_P, JC_FIX_COUNTY },
		{ "payment", "amount_fen", JC_MUST, JC_PI_N, JC_FIX_BRANCH },
		{ "aid_cover", "id_no", JC_CONDITIONAL, JC_PI_S, JC_FIX_BRANCH },
		{ "aid_claim", "claim_type", JC_MUST, JC_PI_S, JC_FIX_BRANCH },
		{ "assist", "person_text", JC_CONDITIONAL, JC_PI_S, JC_FIX_BRANCH },
		{ "exchange", "post", JC_REQUIRED, JC_PI_P, JC_FIX_BRANCH },
		{ "research", "adoption", JC_OPTIONAL, JC_PI_N, JC_FIX_COUNTY },
		{ "contact_log", "by_person", JC_REQUIRED, JC_PI_P, JC_FIX_BRANCH },
		{ "venue", "usable", JC_OPTIONAL, JC_PI_N, JC_FIX_SYSTEM },
		{ "fund_entry", "handler", JC_REQUIRED, JC_PI_P, JC_FIX_BRANCH },
		{ "tmpl", "code", JC_MUST, JC_PI_N, JC_FIX_HUB },
		{ "check_item", "severity", JC_CONDITIONAL, JC_PI_N, JC_FIX_COUNTY },
		{ "org", "mgmt_issues", JC_OPTIONAL, JC_PI_N, JC_FIX_BRANCH },
		{ "member", "id_no", JC_REQUIRED, JC_PI_S, JC_FIX_COUNTY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		const struct jc_field *f = field(want[i].kind, want[i].field);

		assert_int_equal(f->need, want[i].need);
		assert_int_equal(f->pi, want[i].pi);
		assert_int_equal(f->fix, want[i].fix);
	}
}

static void
an_event_travels_no_further_than_what_it_is_about(void **state)
{
	const struct jc_kind *e = kind("event");

	(void)state;
	assert_int_equal(jc_kind_tier(e, "activity", 8), JC_TIER_CITY);
	assert_int_equal(jc_kind_tier(e, "aid_claim", 9), JC_TIER_COUNTY);
	assert_int_equal(jc_kind_tier(e, "participant", 11), JC_TIER_BRANCH);
	assert_int_equal(jc_kind_tier(e, "something", 9), JC_TIER_CITY);
	assert_int_equal(jc_kind_tier(kind("member"), "org", 3), JC_TIER_COUNTY);
}

static const char *
required_value(void *arg, const struct jc_field *f)
{
	const char *const *v = arg;

	for (; v[0] != NULL; v += 2)
		if (strcmp(v[0], f->name) == 0)
			return v[1];
	return NULL;
}

static size_t
missing(const char *kind_name, const char *const *values)
{
	union { const char *const *in; void *out; } v = { values };

	return jc_require_missing(kind(kind_name), required_value, v.out, NULL, NULL);
}

static void
what_is_required_depends_on_what_the_record_is(void **state)
{
	static const char *const none[] = { NULL }, *const union_[] = { "org_kind", "union", NULL };
	static const char *const social[] = { "org_kind", "social", NULL }, *const authority[] = { "org_kind", "authority", "name", "x", NULL };
	static const char *const text[] = { "employer_text", "石灰厂", NULL }, *const both[] = { "employer_id", "0123456789ab", NULL };
	static const char *const plan[] = { "state", "planned", NULL }, *const held[] = { "state", "done", NULL };

	(void)state;
	assert_int_equal(missing("org", authority), 0);
	assert_true(missing("org", union_) > 10);
	assert_true(missing("org", social) > 10);
	assert_int_equal(missing("member", none) - 2, missing("member", text));
	assert_int_equal(missing("member", text), missing("member", both));
	assert_int_equal(missing("activity", held) - missing("activity", plan), 4);
}

static void
headers_with_marks_notes_and_odd_width_still_find_their_field(void **state)
{
	const struct jc_kind *m = kind("member");

	(void)state;
	assert_string_equal(jc_catalogue_field_typed(m, "姓 名*")->name, "name");
	assert_string_equal(jc_catalogue_field_typed(m, "＊姓名（必填）：")->name, "name");
	assert_string_equal(jc_catalogue_field_typed(m, "身份证号\n(18位)")->name, "id_no");
	assert_string_equal(jc_catalogue_field_typed(m, "ＩＤ")->name, "id_no");
	assert_string_equal(jc_catalogue_field_typed(m, "联系电话【手机】")->name, "mobile");
	assert_string_equal(jc_catalogue_field_typed(m, "Birth Date")->name, "birth_date");
	assert_null(jc_catalogue_field_typed(m, "血型"));
	assert_null(jc_catalogue_field_typed(m, ""));
	assert_null(jc_catalogue_field_typed(m, "（必填）"));
}

static void
the_national_roster_layout_is_understood(void **state)
{
	static const char *const layout[][2] = { { "姓名", "name" }, { "性别", "gender" },
	    { "出生日期", "birth_date" },
		{ "民族", "ethnicity" }, { "就业状况", "employment_status" }, { "有效证件类别",
		  "id_type" },
		{ "证件号码", "id_no" }, { "学历", "education" }, { "技能等级", "skill_level" },
		  { "移动电话", "mobile" },
		{ "户籍类型", "household_type" }, { "户籍所在地", "household_region" },
		  { "会籍变化类型", "last_change_type" },
		{ "会籍变化日期", "last_change_date" }, { "会籍变化原因", "last_change_reason" },
		  { "政治面貌", "political" },
		{ "工作单位", "employer_text" }, { "籍贯", "native_place" }, { "是否农民工",
		  "is_migrant_worker" } };

	(void)state;
	for (size_t i = 0; i < sizeof(layout) / sizeof(*layout); i++)
		assert_string_equal(jc_catalogue_field_typed(kind("member"), layout[i][0])->name,
		    layout[i][1]);
	assert_null(jc_catalogue_field_typed(kind("member"), "序号"));
}

static void
a_header_with_two_meanings_gives_both(void **state)
{
	const struct jc_field *found[4];

	(void)state;
	assert_int_equal(jc_catalogue_fields_typed(found, 4, kind("member"), "职务"), 2);
	assert_string_equal(found[0]->name, "job");
	assert_string_equal(found[1]->name, "posts");
	assert_int_equal(jc_catalogue_fields_typed(found, 4, kind("org"), "负责人"), 2);
	assert_int_equal(jc_catalogue_fields_typed(found, 1, kind("org"), "会员人数"),
	    2); /* counts past the room */
	assert_int_equal(jc_catalogue_fields_typed(found, 4, kind("org"), "所属行业"), 2);
	/* 行业 is industry_section's word; 行(事)业 comes to it only when its bracket falls away */
	assert_true(jc_catalogue_fields_typed(found, 4, kind("org"), "行业") >= 1);
	assert_string_equal(found[0]->name, "industry_section");
}

static const struct jc_choice *
typed(const char *kind_name, const char *field_name, const char *text)
{
	const struct jc_choice *c;

	assert_int_equal(jc_catalogue_choice_typed(&c, field(kind_name, field_name), text,
	    strlen(text)), 0);
	return c;
}

static void
choices_are_found_by_code_label_alias_and_without_their_zero(void **state)
{
	static const char *const cases[][4] = {
		{ "member", "gender", "男", "1" }, { "member", "gender", "F", "2" }, { "member",
		  "gender", "女性", "2" },
		{ "member", "ethnicity", "汉", "01" }, { "member", "ethnicity", "汉族", "01" },
		  { "member", "ethnicity", "1", "01" },
		{ "member", "ethnicity", "ha", "01" }, { "member", "ethnicity", "毛难", "36" },
		  { "member", "ethnicity", "基诺族", "56" },
		{ "member", "political", "党员", "01" }, { "member", "political", "团员", "03" },
		  { "member", "political", "群众", "13" },
		{ "member", "education", "大专", "31" }, { "member", "education", "文盲", "90" },
		  { "member", "education", "硕士", "14" },
		{ "member", "education", "中专/职高/技校", "41" }, { "member", "id_type", "身份证",
		  "rid" },
		{ "member", "household_type", "自理口粮户口", "rural" }, { "member",
		  "employment_status", "待岗", "2" },
		{ "org", "industry_section", "03", "C" }, { "org", "industry_section", "8", "F" },
		{ "org", "industry_section", "农林牧渔业", "A" }, { "org", "industry_section", "c",
		  "C" },
		{ "org", "union_type", "乡镇（街道）工会", "township" }, { "org", "union_type",
		  "联合工会", "basic_joint" },
		{ "org", "legal_form", "民办非企业单位", "52" }, { "org", "legal_form",
		  "个体工商户", "92" },
		{ "activity", "four_sends", "金秋助学", "study" }, { "activity", "activity_type",
		  "法律咨询", "legal_aid" },
		{ "tmpl", "scene", "工会规范化", "union_norm" }, { "tmpl_item", "category",
		  "组织健全", "ORG" },
		{ "check_item", "result", "×", "found" }, { "check_item", "result", "PASS",
		  "pass" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct jc_choice *c = typed(cases[i][0], cases[i][1], cases[i][2]);

		if (c == NULL)
			print_error("%s %s\n", cases[i][1], cases[i][2]);
		assert_non_null(c);
		assert_string_equal(c->code, cases[i][3]);
	}
	assert_null(typed("member", "gender", "不知道"));
	assert_null(typed("member", "name", "男"));
	assert_null(jc_catalogue_choice(field("member", "ethnicity"), "1", 1));
}

static void
the_standard_lists_are_complete(void **state)
{
	static const struct {
		const char *kind, *field;
		size_t n;
	} want[] = { { "member", "ethnicity", 58 }, { "member", "political", 13 }, { "member",
	    "education", 40 },
		{ "org", "industry_section", 20 }, { "org", "activity_field", 15 }, { "org",
		  "union_type", 14 },
		{ "activity", "activity_type", 30 }, { "member", "id_type", 9 }, { "member",
		  "occupation_group", 17 },
		{ "member", "last_change_type", 14 }, { "member_event", "change_type", 14 },
		  { "member", "last_change_reason", 10 }, { "tmpl_item", "category", 9 } };

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		size_t n = 0;

		for (const struct jc_choice *c = field(want[i].kind,
		    want[i].field)->choices; c->code != NULL; c++)
			n++;
		if (n != want[i].n)
			print_error("%s\n", want[i].field);
		assert_int_equal(n, want[i].n);
	}
}

static void
personal_values_are_boxed_but_for_the_statistical_codes_of_members(void **state)
{
	static const char *const clear[] = { "gender", "education", "household_type",
	    "employment_status", "occupation_group",
		"is_migrant_worker", "is_social_org_staff", "skill_level", "union_id",
		    "join_method", NULL };
	static const char *const boxed[] = { "name", "id_no", "mobile", "ethnicity", "political",
	    "residence", "birth_date",
		"hardship_flag", "note", "posts", NULL };

	(void)state;
	for (size_t i = 0; clear[i] != NULL; i++) {
		assert_int_equal(jc_field_boxed(field("member", clear[i])), 0);
		assert_true(field("member", clear[i])->pi != JC_PI_N);
	}
	for (size_t i = 0; boxed[i] != NULL; i++)
		assert_int_equal(jc_field_boxed(field("member", boxed[i])), 1);
	assert_int_equal(jc_field_boxed(field("org", "name")), 0);
	assert_int_equal(jc_field_boxed(field("org", "contact_phone")), 1);
	for (const struct jc_field *f = kind("tmpl")->fields; f->id != 0; f++)
		assert_int_equal(jc_field_boxed(f), 0);
	/* nothing of class P+ or S may ever be marked clear */
	for (size_t i = 0; jc_catalogue_kinds()[i] != NULL; i++)
		for (const struct jc_field *f = jc_catalogue_kinds()[i]->fields; f->id != 0; f++)
			assert_true(!f->clear || f->pi == JC_PI_P);
}

static void
labels_follow_the_language_of_the_thread(void **state)
{
	const struct jc_choice *c = jc_catalogue_choice(field("org", "fund_sources"),
	    "service_income", 14);

	(void)state;
	assert_string_equal(jc_field_label(field("member", "name")), "姓名");
	assert_string_equal(jc_kind_label(kind("org")), "组织");
	assert_string_equal(jc_choice_label(c), "提供服务");
	jc_lang_set(JC_LANG_EN, 0);
	assert_string_equal(jc_field_label(field("member", "id_no")), "ID number");
	assert_string_equal(jc_kind_label(kind("org")), "organization");
	assert_string_equal(jc_choice_label(c), "service income");
	assert_string_equal(jc_choice_label(jc_catalogue_choice(field("member", "gender"), "1",
	    1)), "male");
	jc_lang_set(JC_LANG_ZH, 0);
}

static void
tiers_have_words(void **state)
{
	enum jc_tier t = JC_TIER_CITY;

	(void)state;
	assert_string_equal(jc_tier_word(JC_TIER_BRANCH), "branch");
	assert_string_equal(jc_tier_word((enum jc_tier)3), "?");
	assert_int_equal(jc_tier_parse(&t, "county", 6), 0);
	assert_int_equal(t, JC_TIER_COUNTY);
	assert_int_equal(jc_tier_parse(&t, "count", 5), JC_EINVAL);
	assert_int_equal(t, JC_TIER_COUNTY);
}

static void
the_fingerprint_is_stable_within_a_process(void **state)
{
	(void)state;
	assert_true(jc_catalogue_fingerprint() != 0);
	assert_true(jc_catalogue_fingerprint() == jc_catalogue_fingerprint());
}

static const struct jc_choice two[] = { { "a", "甲", NULL, NULL }, { "b", "乙", "bee", NULL },
    { NULL, NULL, NULL, NULL } };

/* A table that keeps the rules; each case breaks it in one place. */
struct broken {
	struct jc_field f[4];
	struct jc_kind k[2];
	const struct jc_kind *list[3];
};

static void
sound(struct broken *b)
{
	memset(b, 0, sizeof(*b));
	b->f[0] = (struct jc_field){ .id = 1, .name = "name", .zh = "名称", .en = "name",
	    .type = JC_TEXT, .max = 20 };
	b->f[1] = (struct jc_field){ .id = 2, .name = "sort", .zh = "种类", .en = "sort",
	    .type = JC_ENUM, .choices = two };
	b->f[2] = (struct jc_field){ .id = 3, .name = "near", .zh = "邻居", .en = "neighbour",
	    .type = JC_REF, .ref = "hut" };
	for (int i = 0; i < 2; i++) {
		b->k[i] = (struct jc_kind){ .id = 1, .name = "hut", .zh = "小屋", .en = "hut",
		    .version = 1, .title = "name" };
		b->k[i].fields = b->f;
	}
	b->k[1].id = 2;
	b->k[1].name = "house";
	b->list[0] = &b->k[0];
	b->list[1] = &b->k[1];
}

static void
caught(struct broken *b, const char *sentence)
{
	struct jc_err err = { 0 };

	assert_int_equal(jc_catalogue_check_kinds(b->list, &err), JC_EINTERNAL);
	if (strstr(err.msg, sentence) == NULL)
		print_error("%s\n", err.msg);
	assert_non_null(strstr(err.msg, sentence));
	sound(b);
	assert_int_equal(jc_catalogue_check_kinds(b->list, &err), 0);
}

static void
broken_fields_are_caught(void **state)
{
	struct broken b;

	(void)state;
	sound(&b);
	b.f[1].id = 1;
	caught(&b, "share an id or a key");
	b.f[1].name = "name";
	caught(&b, "share an id or a key");
	b.f[1].name = "Sort";
	caught(&b, "a key is");
	b.f[1].name = "rowid";
	caught(&b, "a key is");
	b.f[1].name = "a_name_that_is_longer_than_forty_characters";
	caught(&b, "a key is");
	b.f[1].zh = NULL;
	caught(&b, "label is missing");
	b.f[1].en = "";
	caught(&b, "label is missing");
	b.f[1].zh = " 名 称（全）";
	b.f[0].zh = "名称(全)";
	caught(&b, "its label means another field");
	b.f[2].ref = "cave";
	caught(&b, "does not exist");
	b.f[2].ref = NULL;
	caught(&b, "belongs to REF");
	b.f[1].choices = NULL;
	caught(&b, "belong to ENUM");
	b.f[0].choices = two;
	caught(&b, "belong to ENUM");
	b.f[0].scale = 2;
	caught(&b, "DECIMAL");
	b.f[2] = (struct jc_field){ .id = 3, .name = "near", .zh = "邻居", .en = "neighbour",
	    .type = JC_TEXT, .set = 1 };
	caught(&b, "in a set at most 100");
	b.f[0].low = 2;
	b.f[0].high = 1;
	caught(&b, "low is above high");
	b.f[0].clear = 1;
	caught(&b, "marked clear");
	b.f[0].derived = 1;
	b.f[0].need = JC_MUST;
	caught(&b, "derived");
}

static void
broken_kinds_are_caught(void **state)
{
	struct broken b;

	(void)state;
	sound(&b);
	b.k[1].id = 1;
	caught(&b, "share an id or a key");
	b.k[1].name = "hut";
	caught(&b, "share an id or a key");
	b.k[1].id = 0;
	caught(&b, "id from 1 to 999");
	b.k[1].id = 1000;
	caught(&b, "id from 1 to 999");
	b.k[1].title = "nothing";
	caught(&b, "the title is not a field");
	b.k[1].zh = "";
	caught(&b, "are missing");
	b.k[1].version = 0;
	caught(&b, "are missing");
}

static void
broken_choices_are_caught(void **state)
{
	static const char *const taken[] = { "甲", NULL };
	static const struct jc_choice twice[] = { { "a", "甲", NULL, NULL }, { "a", "乙", NULL,
	    NULL }, { NULL, NULL, NULL, NULL } };
	static const struct jc_choice label[] = { { "a", "甲", NULL, NULL }, { "b", "甲 ", NULL,
	    NULL }, { NULL, NULL, NULL, NULL } };
	static const struct jc_choice alias[] = { { "a", "甲", NULL, NULL }, { "b", "乙", NULL,
	    taken }, { NULL, NULL, NULL, NULL } };
	static const struct jc_choice code[] = { { "a b", "甲", NULL, NULL }, { NULL, NULL, NULL,
	    NULL } };
	static const struct jc_choice none[] = { { "a", NULL, NULL, NULL }, { NULL, NULL, NULL,
	    NULL } };
	struct broken b;

	(void)state;
	sound(&b);
	b.f[1].choices = twice;
	caught(&b, "two choices have one code");
	b.f[1].choices = label;
	caught(&b, "label means another choice");
	b.f[1].choices = alias;
	caught(&b, "alias means another choice");
	b.f[1].choices = code;
	caught(&b, "code is not");
	b.f[1].choices = none;
	caught(&b, "has no label");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_tables_keep_the_rules),
		cmocka_unit_test(the_kinds_have_their_permanent_ids_ceilings_and_directions),
		cmocka_unit_test(kinds_are_found_by_key_and_by_label_in_both_languages),
		cmocka_unit_test(every_field_is_found_by_key_id_and_labels),
		cmocka_unit_test(every_field_of_the_dictionary_is_there),
		cmocka_unit_test(classes_needs_and_corrections_follow_the_dictionary),
		cmocka_unit_test(an_event_travels_no_further_than_what_it_is_about),
		cmocka_unit_test(what_is_required_depends_on_what_the_record_is),
		cmocka_unit_test(headers_with_marks_notes_and_odd_width_still_find_their_field),
		cmocka_unit_test(the_national_roster_layout_is_understood),
		cmocka_unit_test(a_header_with_two_meanings_gives_both),
		cmocka_unit_test(choices_are_found_by_code_label_alias_and_without_their_zero),
		cmocka_unit_test(the_standard_lists_are_complete),
		cmocka_unit_test(personal_values_are_boxed_but_for_the_statistical_codes_of_members),
		cmocka_unit_test(labels_follow_the_language_of_the_thread),
		cmocka_unit_test(tiers_have_words),
		cmocka_unit_test(the_fingerprint_is_stable_within_a_process),
		cmocka_unit_test(broken_fields_are_caught),
		cmocka_unit_test(broken_kinds_are_caught),
		cmocka_unit_test(broken_choices_are_caught),
	};

	return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
