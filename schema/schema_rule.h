/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Rules over the fields of one record, as a county declares them with its own fields (FORMAT 17):
 * when a field is shown, and what its value must satisfy. Text in, a small tree out, evaluated over
 * stored texts. Pure, no allocation, any thread; a rule never reads a clock or another record.
 *
 *     gender = 2 and (x_children > 0 or x_note != "")
 *
 * A condition is `field op value`; op is = != < <= > >= or `has` (a set holds the element). A value is
 * a bare word, a number or a text in double quotes, in the stored form of the field; `""` means no
 * value. `and` binds closer than `or`; 且 and 或 say the same.
 */
#ifndef JC_SCHEMA_RULE_H
#define JC_SCHEMA_RULE_H

#include "schema_buf.h"
#include "schema_catalogue.h"

#define JC_RULE_MAX 400   /* bytes of a rule's text */
#define JC_RULE_NODES 64  /* conditions and connections */
#define JC_RULE_DEPTH 8   /* brackets inside brackets */

enum jc_rule_op { JC_R_EQ, JC_R_NE, JC_R_LT, JC_R_LE, JC_R_GT, JC_R_GE, JC_R_HAS, JC_R_AND, JC_R_OR };

struct jc_rule_node {
	uint8_t op;               /* enum jc_rule_op; AND and OR join the two results before them */
	struct jc_slice field;
	struct jc_slice value;
};

/* In postfix order. Slices point into the parsed text, which must outlive it. */
struct jc_rule {
	size_t n;
	struct jc_rule_node node[JC_RULE_NODES];
};

/* JC_EINVAL names the place in the text and what was expected there. */
int jc_rule_parse(struct jc_rule *out, const char *s, size_t n, struct jc_err *err);

/* Do all fields of the rule belong to the kind, and are its operations of their types? JC_EINVAL names
 * the first that does not. */
int jc_rule_check(const struct jc_rule *rule, const struct jc_kind *kind, struct jc_err *err);

/* 1 if the rule holds. `get` gives the stored text of a field (sets: the JSON array), n 0 for none; a
 * field that the kind does not have has no value. Without a value only != and = "" hold. */
int jc_rule_holds(const struct jc_rule *rule, const struct jc_kind *kind,
    struct jc_slice (*get)(void *arg, const struct jc_field *field), void *arg);

#endif
