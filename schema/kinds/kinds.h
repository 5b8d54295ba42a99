/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Private to schema/: the kinds one by one and the code lists they share. Rules for these tables:
 *
 * - An id, a key and a code are permanent. What is given up is deleted with a comment that its id
 *   is taken; it is never given to something else. Labels, aliases and hints may change.
 * - Ids from 200 on are the fields that every kind has (JC_KINDS_COMMON). Facts about a record as a
 *   whole (who, when, on whose behalf, from where) are members of the operation's envelope, not
 *   fields (sync/FORMAT.md).
 * - Two labels of one kind never read the same once folded, because exports are imported again by
 *   their labels; aliases may coincide (the importer then looks at the values).
 */
#ifndef JC_SCHEMA_KINDS_KINDS_H
#define JC_SCHEMA_KINDS_KINDS_H

#include "../schema_overlay.h"

/* A NULL-terminated list of words, for one table entry. */
#define A(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* What every kind has besides its own fields; `pi_` is the class of free notes, `fix_` who edits. */
#define JC_KINDS_COMMON(pi_, fix_)                                                                 \
	{ .id = 201, .name = "note", .zh = "备注", .en = "note", .type = JC_LONG, .pi = (pi_),          \
	  .fix = (fix_), .aliases = A("说明", "备注说明") },                                            \
	{ .id = 202, .name = "attachments", .zh = "附件", .en = "attachments", .type = JC_REF,          \
	  .set = 1, .ref = "attachment", .fix = (fix_) }

extern const struct jc_kind jc_org_kind;
extern const struct jc_kind jc_member_kind;
extern const struct jc_kind jc_activity_kind;
extern const struct jc_kind jc_tmpl_kind;
extern const struct jc_kind jc_tmpl_item_kind;
extern const struct jc_kind jc_check_kind;
extern const struct jc_kind jc_check_item_kind;
extern const struct jc_kind jc_member_event_kind;
extern const struct jc_kind jc_transfer_kind;
extern const struct jc_kind jc_participant_kind;
extern const struct jc_kind jc_attachment_kind;
extern const struct jc_kind jc_build_case_kind;
extern const struct jc_kind jc_build_event_kind;
extern const struct jc_kind jc_plan_item_kind;
extern const struct jc_kind jc_project_kind;
extern const struct jc_kind jc_payment_kind;
extern const struct jc_kind jc_grant_kind;
extern const struct jc_kind jc_aid_plan_kind;
extern const struct jc_kind jc_aid_cover_kind;
extern const struct jc_kind jc_aid_claim_kind;
extern const struct jc_kind jc_exchange_kind;
extern const struct jc_kind jc_assist_kind;
extern const struct jc_kind jc_research_kind;
extern const struct jc_kind jc_coop_kind;
extern const struct jc_kind jc_contact_log_kind;
extern const struct jc_kind jc_rule_doc_kind;
extern const struct jc_kind jc_venue_kind;
extern const struct jc_kind jc_notice_kind;
extern const struct jc_kind jc_fund_entry_kind;
extern const struct jc_kind jc_evaluation_kind;
extern const struct jc_kind jc_event_kind;
extern const struct jc_kind jc_xfield_kind;
extern const struct jc_kind jc_xform_kind;
extern const struct jc_kind jc_relay_kind;
extern const struct jc_kind jc_objection_kind;
extern const struct jc_kind jc_extract_kind;
extern const struct jc_kind jc_masked_kind;

extern const struct jc_choice jc_list_union_type[];
extern const struct jc_choice jc_list_industry_section[];
extern const struct jc_choice jc_list_activity_field[];
extern const struct jc_choice jc_list_legal_form[];
extern const struct jc_choice jc_list_activity_type[];
extern const struct jc_choice jc_list_service_category[];
extern const struct jc_choice jc_list_area_level[];
extern const struct jc_choice jc_list_ethnicity[];
extern const struct jc_choice jc_list_political[];
extern const struct jc_choice jc_list_education[];
extern const struct jc_choice jc_list_id_type[];
extern const struct jc_choice jc_list_gender[];
extern const struct jc_choice jc_list_household_type[];
extern const struct jc_choice jc_list_occupation_group[];
extern const struct jc_choice jc_list_skill_level[];
extern const struct jc_choice jc_list_consent_by[];
extern const struct jc_choice jc_list_change_type[];
extern const struct jc_choice jc_list_change_reason[];
extern const struct jc_choice jc_list_build_state[];
extern const struct jc_choice jc_list_move[];
extern const struct jc_choice jc_list_item_category[];
extern const struct jc_choice jc_list_severity[];

/* The self-check behind jc_catalogue_check(), for any tables; `kinds` ends with NULL. */
int jc_catalogue_check_kinds(const struct jc_kind *const *kinds, struct jc_err *err);

#endif
