/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The catalogue: what a record is. Read-only data of process lifetime, any thread, cannot fail.
 * A kind has a permanent id and name; a field has a permanent id and name, a label, a type, limits,
 * choices and a privacy class. Ids and choice codes are never reused. Nobody else knows a label, a
 * limit or a default. Adding a field is one line in schema/kinds/<kind>.c.
 */
#ifndef JC_SCHEMA_CATALOGUE_H
#define JC_SCHEMA_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "schema_err.h"

/* Grows by one with every released change of the catalogue; written into every commit. */
#define JC_SCHEMA_VERSION 1

enum jc_type {
	JC_TEXT,     /* one line */
	JC_LONG,     /* several lines */
	JC_INT,      /* integer */
	JC_MONEY,    /* stored in fen, typed and shown in yuan */
	JC_DECIMAL,  /* fixed point with `scale` digits, stored as an integer */
	JC_DATE,     /* YYYY-MM-DD */
	JC_PDATE,    /* YYYY, YYYY-MM or YYYY-MM-DD */
	JC_DATETIME, /* YYYY-MM-DD or YYYY-MM-DD HH:MM */
	JC_BOOL3,    /* "1" yes, "0" no; unknown is no value */
	JC_ENUM,     /* one code of `choices` */
	JC_REF,      /* id of a record of kind `ref` */
	JC_REGION,   /* 6, 9 or 12 digits */
	JC_USCC,     /* unified social credit code, GB 32100 */
	JC_IDNO,     /* citizen identity number, GB 11643, or another document's number */
	JC_PHONE
};

enum jc_class { JC_PI_N, JC_PI_P, JC_PI_PP, JC_PI_S };      /* not personal, P, P+, sensitive */
enum jc_need { JC_OPTIONAL, JC_CONDITIONAL, JC_REQUIRED, JC_MUST }; /* O, C, R, M of DOMAIN 0.3 */
enum jc_fix { JC_FIX_BRANCH, JC_FIX_COUNTY, JC_FIX_HUB, JC_FIX_SYSTEM };

/* A rule of writing on top of the type; applied by jc_value_parse(). */
enum jc_form {
	JC_FORM_PLAIN,
	JC_FORM_NAME,     /* TEXT: a person's name: no spaces between Han, one kind of middle dot */
	JC_FORM_DOCNO,    /* TEXT: document number: the year's brackets become 〔〕 */
	JC_FORM_POSTCODE, /* TEXT: six digits, else W:postcode */
	JC_FORM_PHONE,    /* TEXT: a telephone number of any sort, short ones included */
	JC_FORM_ORDINAL,  /* INT: 第三届 is 3 */
	JC_FORM_PAST      /* a date that cannot lie after today, else W:date_future */
};

/* How far an operation may travel; also the name of its chain. Order matters: lower travels less. */
enum jc_tier { JC_TIER_BRANCH = 0, JC_TIER_COUNTY = 1, JC_TIER_CITY = 2 };
#define JC_TIERS 3

struct jc_choice {
	const char *code;           /* stored; never reused */
	const char *zh;             /* label */
	const char *en;             /* label; NULL = the code itself */
	const char *const *aliases; /* what people type instead, NULL-terminated; may be NULL */
};

struct jc_field {
	uint16_t id;                /* permanent within the kind, from 1; 0 ends the table */
	const char *name;           /* permanent key, [a-z][a-z0-9_]*, column name as well */
	const char *zh;
	const char *en;
	enum jc_type type;
	enum jc_form form;
	uint8_t set;                /* 1: a set of that type, merged per element */
	uint8_t scale;              /* digits after the point, JC_DECIMAL */
	uint8_t clear;              /* 1: a statistical code that stays in clear though personal */
	uint8_t derived;            /* 1: exists, never typed, stays empty until derived */
	uint16_t max;               /* most characters (code points) of a text, 0 = the type's own */
	int64_t low, high;          /* bounds of numbers when low < high */
	enum jc_need need;
	enum jc_class pi;
	enum jc_fix fix;
	const struct jc_choice *choices; /* JC_ENUM; ends with a NULL code */
	const char *ref;            /* JC_REF: kind name; "*": of any kind */
	const char *const *aliases; /* spreadsheet headers, NULL-terminated; may be NULL */
	const char *help_zh;        /* one hint for people, may be NULL */
	const char *help_en;
	uint8_t defined;            /* 1: defined by a hub (schema_overlay.h); id is the node's own number */
	const char *show_when;      /* rule (schema_rule.h): shown only when it holds; may be NULL */
	const char *check;          /* rule: its value is doubtful when it does not hold; may be NULL */
	const char *check_zh;       /* what to say then, may be NULL */
};

struct jc_kind {
	uint16_t id;                /* permanent, from 1 */
	const char *name;
	const char *zh;
	const char *en;
	const char *const *aliases; /* what people call it as well, NULL-terminated; may be NULL */
	uint16_t version;
	enum jc_tier ceiling;       /* the highest tier its operations may reach ... */
	const char *tier_by;        /* ... but no higher than the kind that this field names; or NULL */
	uint8_t down;               /* 1: issued by hubs, flows down through `common` */
	uint8_t person;             /* 1: a record is a person: a valid identity number says which. Elsewhere one comes again */
	const char *title;          /* field that names a record to people */
	const char *lead;           /* fields, by blanks, that say what it is where its title alone does not; or NULL */
	const struct jc_field *fields; /* ends with id 0 */
	uint8_t defined;            /* 1: defined by a hub */
	const struct jc_field *hidden; /* defined once and given up: merged and kept, never shown; or NULL */
};

/* All kinds, NULL-terminated, in display order (after the NULL: hidden ones, and a NULL again). */
const struct jc_kind *const *jc_catalogue_kinds(void);

/* The built-in ones alone; jc_catalogue_kinds() may have more on this thread (schema_overlay.h). */
const struct jc_kind *const *jc_catalogue_base(void);
/* From now on this thread's catalogue is that list (of process lifetime); NULL: the built-in one. */
void jc_catalogue_use(const struct jc_kind *const *kinds);

/* By name or id; NULL when this program does not know it. */
const struct jc_kind *jc_catalogue_kind(const char *name, size_t n);
const struct jc_kind *jc_catalogue_kind_id(unsigned id);
/* The same among all, also defined forms that were given up: for who keeps records, not who shows kinds. */
const struct jc_kind *jc_catalogue_kind_any(const char *name, size_t n);
const struct jc_kind *jc_catalogue_kind_any_id(unsigned id);

/* A kind as people write it: name, Chinese or English label, or alias. NULL when none. */
const struct jc_kind *jc_catalogue_kind_typed(const char *s);

/* Field by exact name or id; NULL when unknown. */
const struct jc_field *jc_catalogue_field(const struct jc_kind *kind, const char *name, size_t n);
const struct jc_field *jc_catalogue_field_id(const struct jc_kind *kind, unsigned id);

/*
 * A field as a spreadsheet header names it: key, label or alias, after folding (NFKC, spaces, '*',
 * bracketed notes and colons removed). NULL when none.
 */
const struct jc_field *jc_catalogue_field_typed(const struct jc_kind *kind, const char *header);

/*
 * All fields that a header may mean, best first (an exact label before an alias, both before what
 * only fits without the bracketed notes). Some words mean two things (单位名称, 职务, 负责人; DOMAIN
 * 2.8): the caller looks at the values and decides. Fills at most `room`, returns how many there are.
 */
size_t jc_catalogue_fields_typed(const struct jc_field **out, size_t room, const struct jc_kind *kind,
    const char *header);

/* The choice with this code; NULL when none. */
const struct jc_choice *jc_catalogue_choice(const struct jc_field *field, const char *code, size_t n);

/*
 * The choice that the n typed bytes name: code, label or alias, folded as a header is; also 1 for 01.
 * *out is NULL when there is none. 0, or JC_ENOMEM: then nobody knows, and nothing may be stored.
 */
int jc_catalogue_choice_typed(const struct jc_choice **out, const struct jc_field *field, const char *s, size_t n);

/* Labels in the calling thread's language. Never NULL. */
const char *jc_kind_label(const struct jc_kind *kind);
const char *jc_field_label(const struct jc_field *field);
const char *jc_choice_label(const struct jc_choice *choice);

/* The tier of an operation on a record of `kind` whose `tier_by` field says the n bytes `about` (any other
 * bytes, none included: the kind's ceiling). */
enum jc_tier jc_kind_tier(const struct jc_kind *kind, const char *about, size_t n);

/* 1 if the field's value goes into the box of personal values (class above N and not clear). */
int jc_field_boxed(const struct jc_field *field);

/* SHA-256-free fingerprint of names, ids, types: changes when the projection's shape changes. */
uint64_t jc_catalogue_fingerprint(void);

/* Finds duplicate ids or names, missing labels, dangling refs. JC_EINTERNAL names the first. */
int jc_catalogue_check(struct jc_err *err);

const char *jc_tier_word(enum jc_tier tier);                  /* "branch" "county" "city" */
int jc_tier_parse(enum jc_tier *out, const char *s, size_t n); /* JC_EINVAL */

#endif
