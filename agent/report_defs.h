/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to report_defs*.c: short ways to write columns. */
#ifndef JC_AGENT_REPORT_DEFS_H
#define JC_AGENT_REPORT_DEFS_H

#include "report_private.h"

#define COL(k, z, e, t, h) .key = k, .zh = z, .en = e, .type = t, .how = h
/* Text of a list: of a field, or as the SQL gives it. */
#define SHOW(k, z, e, kind_, field_) {COL(k, z, e, JC_R_TEXT, JC_R_SHOW), .kind = kind_, .field = field_}
#define WORDS(k, z, e) {COL(k, z, e, JC_R_TEXT, JC_R_SHOW)}
#define NAME(k, z, e) {COL(k, z, e, JC_R_TEXT, JC_R_SHOW), .flags = JC_R_PERSON}
#define FEW(k, z, e) {COL(k, z, e, JC_R_INT, JC_R_SUM), .flags = JC_R_FEW}
#define DAY(k, z, e) {COL(k, z, e, JC_R_DATE, JC_R_SHOW)}
#define PHONE(k, z, e, kind_, field_) {COL(k, z, e, JC_R_TEXT, JC_R_SHOW), .flags = JC_R_NUMBER, .kind = kind_, .field = field_}
/* A number of a list that is not added up. */
#define NUM(k, z, e) {COL(k, z, e, JC_R_INT, JC_R_SHOW)}
/* Added up. */
#define SUM(k, z, e) {COL(k, z, e, JC_R_INT, JC_R_SUM)}
#define SUM_IN(k, z, e, gz, ge) {COL(k, z, e, JC_R_INT, JC_R_SUM), .group_zh = gz, .group_en = ge}
#define PEOPLE_IN(k, z, e, gz, ge) {COL(k, z, e, JC_R_INT, JC_R_SUM), .flags = JC_R_PEOPLE, .group_zh = gz, .group_en = ge}
#define PEOPLE(k, z, e) {COL(k, z, e, JC_R_INT, JC_R_SUM), .flags = JC_R_PEOPLE}
#define MONEY(k, z, e) {COL(k, z, e, JC_R_MONEY, JC_R_SUM)}
#define HOURS(k, z, e) {COL(k, z, e, JC_R_DECIMAL, JC_R_SUM)}
#define DIFFERENT(k, z, e) {COL(k, z, e, JC_R_INT, JC_R_DISTINCT)}
#define HIDDEN(k) {COL(k, k, k, JC_R_INT, JC_R_SUM), .flags = JC_R_HIDDEN}
#define HIDDEN_PEOPLE(k) {COL(k, k, k, JC_R_INT, JC_R_SUM), .flags = JC_R_HIDDEN | JC_R_PEOPLE}
#define RATE(k, z, e, of_, per_) {COL(k, z, e, JC_R_PERCENT, JC_R_RATIO), .of = of_, .per = per_}
#define MINUS(k, z, e, of_, per_, ids_) {COL(k, z, e, JC_R_INT, JC_R_MINUS), .of = of_, .per = per_, .ids = ids_}
#define END_COLUMNS {.key = NULL}
#define DIM(k, z, e, kind_, field_, all_) {k, z, e, kind_, field_, all_}
#define OWN_DIM(k) {k, NULL, NULL, NULL, NULL, 0} /* one of the built-in ones */
#define END_DIMS {NULL, NULL, NULL, NULL, NULL, 0}
#define END_TABLES {.id = NULL}

/* CROSS JOIN: SQLite keeps the kind's table outside; it would rather walk all records of all kinds. */
#define LIVE(kind, alias) " FROM k_" kind " " alias " CROSS JOIN record r ON r.rec = " alias ".rec AND r.void = 0 "
#define OPEN_ORG(k) "COALESCE(" k ".org_status, 'active') NOT IN ('deregistered', 'merged')"
#define HAS_PARTY(k) "COALESCE(" k ".party_org_status, '') IN ('own', 'joint', 'functional', 'dual')"

/*
 * One row per social organization: a branch and the county may both keep a record of it, and the same credit code
 * says so. The richer record counts; records of one scope are for a person to make one (duplicates).
 */
#define ONE_SOCIAL                                                                                                     \
	"one AS MATERIALIZED (SELECT id FROM (SELECT r.id, r.scope, first_value(r.scope) OVER ("                       \
	"       PARTITION BY CASE WHEN k.uscc IS NULL OR k.uscc LIKE '?%' THEN r.id ELSE k.uscc END"                   \
	"       ORDER BY k.union_id IS NULL, COALESCE(k.party_org_status, 'unknown') = 'unknown', k.staff_full IS NULL, r.rec) AS best" \
	LIVE("org", "k") "WHERE k.org_kind = 'social' AND " OPEN_ORG("k") ") WHERE scope = best)"

#endif
