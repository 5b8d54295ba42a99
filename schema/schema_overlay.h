/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Fields and forms that a hub defines without a program (FORMAT 17), laid over the built-in
 * catalogue. A snapshot is an immutable list of kinds in which they look like built-in ones; threads
 * that hold an older one may go on with it, for no snapshot is ever freed (equal ones are made
 * once). What jc_catalogue_*() answers on a thread is the snapshot that jc_catalogue_use() gave it, at
 * first the built-in catalogue. Ids of defined kinds and fields are the node's own numbers (from
 * 1000), never written to the log.
 */
#ifndef JC_SCHEMA_OVERLAY_H
#define JC_SCHEMA_OVERLAY_H

#include "schema_buf.h"
#include "schema_catalogue.h"

#define JC_XFIELD_KIND 60
#define JC_XFORM_KIND 61
#define JC_OVERLAY_FIELDS 60 /* defined fields of one kind */
#define JC_OVERLAY_FORMS 100

/* Fields of an `xfield` record; also the place of their stored texts in what is given below. */
enum jc_xfield_id {
	JC_XF_KEY = 1, JC_XF_KIND, JC_XF_ZH, JC_XF_EN, JC_XF_TYPE, JC_XF_MANY, JC_XF_CHOICES, JC_XF_LOW, JC_XF_HIGH,
	JC_XF_MAX, JC_XF_SCALE, JC_XF_REF, JC_XF_NEED, JC_XF_PI, JC_XF_FIX, JC_XF_ALIASES, JC_XF_SHOW, JC_XF_CHECK,
	JC_XF_CHECK_ZH, JC_XF_HELP, JC_XF_PLACE, JC_XF_VERSION, JC_XF_HIDDEN,
	JC_XF_IDS
};
enum jc_xform_id {
	JC_XM_KEY = 1, JC_XM_ZH, JC_XM_EN, JC_XM_CEILING, JC_XM_TITLE, JC_XM_ALIASES, JC_XM_VERSION, JC_XM_HIDDEN,
	JC_XM_IDS
};

/* Is this the name of a defined kind or field (x_...)? The catalogue of no version has such a name. */
int jc_overlay_name(const char *name, size_t n);

struct jc_overlay_maker;

/* Begins a snapshot. Freed by jc_overlay_end, or by jc_overlay_drop (NULL is fine). */
int jc_overlay_begin(struct jc_overlay_maker **out, struct jc_err *err);
void jc_overlay_drop(struct jc_overlay_maker *m);

/*
 * Adds a form, then fields, as their records say: v[id] is the stored text, n 0 for none. `no` is the
 * node's number for it. JC_EINVAL with a sentence when the definition cannot be used (the rest can);
 * JC_EEXISTS when there is one of that key already; JC_ELIMIT.
 */
int jc_overlay_form(struct jc_overlay_maker *m, const struct jc_slice v[JC_XM_IDS], unsigned no, struct jc_err *err);
int jc_overlay_field(struct jc_overlay_maker *m, const struct jc_slice v[JC_XF_IDS], unsigned no, struct jc_err *err);

/* The finished snapshot: a list of kinds as jc_catalogue_kinds(), of process lifetime. The built-in
 * list itself when nothing was added. A hidden form, or one without a field for its title, is only found
 * by jc_catalogue_kind_any(): its records are kept and not offered. */
int jc_overlay_end(const struct jc_kind *const **out, struct jc_overlay_maker *m, struct jc_err *err);

/*
 * May the definition `now` follow `was`? What is stored must stay readable: type, several values,
 * kind, digits and reference stay, choices are only added, limits only widen, the privacy class only
 * rises. JC_EINVAL says what stands against it. For forms: the ceiling stays.
 */
int jc_overlay_field_follows(const struct jc_slice was[JC_XF_IDS], const struct jc_slice now[JC_XF_IDS], struct jc_err *err);
int jc_overlay_form_follows(const struct jc_slice was[JC_XM_IDS], const struct jc_slice now[JC_XM_IDS], struct jc_err *err);

/* What belongs to one record of a kind and does not hold, as its fields' check rules say; stops at and
 * returns a non-zero answer. `get` as in jc_rule_holds(). */
int jc_overlay_checks(const struct jc_kind *kind, struct jc_slice (*get)(void *arg, const struct jc_field *field), void *get_arg,
    int (*each)(void *arg, const struct jc_field *field), void *arg);
/* 1 if the field is to be shown beside these values (no rule: always). */
int jc_overlay_shown(const struct jc_kind *kind, const struct jc_field *field,
    struct jc_slice (*get)(void *arg, const struct jc_field *field), void *arg);

#endif
