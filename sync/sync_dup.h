/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Who might be one (DOMAIN 6.1, 6.2): declared rules over what two records say, and the pairs of a node
 * that they find. Nothing here merges: a person decides (jc_save_merge, jc_save_distinct).
 */
#ifndef JC_SYNC_DUP_H
#define JC_SYNC_DUP_H

#include "sync_node.h"

/* Numbers of the rules: D1 to D8 for people, O1 to O6 for organizations (O7 is part of core names). */
enum jc_dup_rule {
	JC_DUP_NONE,
	JC_DUP_D1 = 1, JC_DUP_D2, JC_DUP_D3, JC_DUP_D4, JC_DUP_D5, JC_DUP_D6, JC_DUP_D7, JC_DUP_D8,
	JC_DUP_O1 = 11, JC_DUP_O2, JC_DUP_O3, JC_DUP_O4, JC_DUP_O5, JC_DUP_O6
};

/* What a rule says. Suggested: shown at once; weekly: in the weekly list. */
enum jc_dup_verdict { JC_DUP_NEVER, JC_DUP_BADGE, JC_DUP_LINK, JC_DUP_WEEKLY, JC_DUP_SUGGEST, JC_DUP_CERTAIN };

struct jc_dup {
	enum jc_dup_rule rule;
	enum jc_dup_verdict verdict;
	int score;             /* for the order of the list */
};

/* What the rules look at, normalised stored texts; empty where not known. Borrowed. */
struct jc_dup_person {
	struct jc_slice name, former, number, birth, gender, mobile, employer, employer_text, village;
	int valid;             /* the number passes its check */
	int64_t scope;
};
struct jc_dup_org {
	struct jc_slice org_kind, name, core, uscc, region, legal_rep, phone, address, union_id;
	const struct jc_slice *former;
	size_t nformer;
	int valid;             /* the credit code passes its check */
	int64_t scope;
};

/* The rules, pure: symmetric, the first that applies decides. */
void jc_dup_person(struct jc_dup *out, const struct jc_dup_person *a, const struct jc_dup_person *b);
void jc_dup_org(struct jc_dup *out, const struct jc_dup_org *a, const struct jc_dup_org *b);

/* Two spellings of a name: equal but for spaces, dots, traditional characters or a character given in pinyin. */
int jc_dup_name_alike(struct jc_slice a, struct jc_slice b);
/* Two numbers of which one was mistyped: a character, two swapped, the 15-digit form, the last three lost. */
int jc_dup_number_near(struct jc_slice a, struct jc_slice b);
/* The core of an organization's name (DOMAIN 2.9): without its province to county, the legal form and brackets,
 * numerals as digits. Appends. */
void jc_dup_core(struct jc_buf *out, struct jc_slice name);

/* The key under which a hub finds one number in several scopes: HMAC of the 18-digit form with a secret that
 * stays on hubs. 15-digit numbers are brought to 18 digits first. */
#define JC_MATCH_LEN 16
void jc_match_key(uint8_t out[JC_MATCH_LEN], const uint8_t secret[32], struct jc_slice number);

const char *jc_dup_rule_word(enum jc_dup_rule r);              /* "D1" */
const char *jc_dup_rule_text(enum jc_dup_rule r);              /* a sentence for people */

/* ---- of a node ---- */

/* One pair. Same scope: may be merged. Two scopes (at a hub): one person in two branches, D1 only. */
struct jc_dup_pair {
	struct jc_dup dup;
	const struct jc_kind *kind;
	struct {
		int64_t rec, scope;
		jc_id id;
		const char *title;
		const char *more;  /* number, birth date or code, as stored: show it masked */
	} a, b;
	int two_memberships;   /* both count as members: 双重会籍 */
};
struct jc_dup_query {
	int64_t scope;                /* 0: all */
	const struct jc_kind *kind;   /* member or org; NULL: both */
	int64_t rec;                  /* only pairs with this record; 0: all */
	int weekly;                   /* also what belongs into the weekly list */
	int (*progress)(void *arg, int64_t done, int64_t total); /* may be NULL; non-zero cancels */
	void *progress_arg;
};
/*
 * Pairs that nobody decided about, certain ones first, then by score. 100,000 members take seconds. Texts are
 * borrowed for the call. JC_ECANCELLED.
 */
int jc_dups_each(struct jc_node *node, const struct jc_dup_query *q, int (*each)(void *arg, const struct jc_dup_pair *p),
    void *arg, struct jc_err *err);

/* 1: somebody noted that these two records of one scope are two (jc_save_distinct), in whatever order. */
int jc_dup_told_apart(struct jc_node *node, int64_t scope, const struct jc_kind *kind, const jc_id one, const jc_id other,
    struct jc_err *err);

#endif
