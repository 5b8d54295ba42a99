/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to print*.c: one page being made. */
#ifndef JC_AGENT_PRINT_PRIVATE_H
#define JC_AGENT_PRINT_PRIVATE_H

#include "html.h"
#include "print.h"

#define PRINT_IDS_MAX 64

struct print_note;

struct jc_print {
	struct jc_node *node;
	const struct jc_print_ask *ask;
	struct jc_html h;
	struct jc_scope own;
	char today[11];
	char asof[256];                /* "数据截至 2026-03-02 08:00" */
	struct jc_record rec[PRINT_IDS_MAX]; /* the records that were asked for */
	size_t nrecs;
	int64_t people;                /* whose numbers stand on it in full */
	struct print_note *notes;      /* texts that live as long as the page is made */
	struct jc_err *err;
};

/* A text that lives until the page is done; "" for NULL or without memory (the page then fails). */
const char *print_keep(struct jc_print *p, const char *s, size_t n);

/* A stored value as it stands on paper: labels, names of records, Chinese dates, masked numbers. "" when none. */
const char *print_show(struct jc_print *p, const struct jc_field *f, const char *stored, size_t n);
/* The same for a field of a record, by name; `full` numbers are counted in p->people by the caller. */
const char *print_get(struct jc_print *p, const struct jc_record *r, const char *field);
/* The stored text, or NULL. */
const char *print_raw(const struct jc_record *r, const char *field);
/* A column of a row: the field's kind and name say how it is shown. */
const char *print_col(struct jc_print *p, struct jc_stmt *st, int i, const char *kind, const char *field);
/* "2026年3月2日" of a stored (partial) date; as it is when it is none. */
const char *print_date(struct jc_print *p, const char *stored);
/* 男, 女: tables have no room for 男性, and nobody writes it. */
const char *print_gender(const char *code);
/* Reads the record that a reference leads to; 1 found (free it), 0 not here. */
int print_follow(struct jc_print *p, const char *id, struct jc_record *out);
/* The name of a record by its id; "" when it is not here. */
const char *print_name(struct jc_print *p, const char *id);

/* One printed sheet (section). A break comes before every one but the first. */
void print_sheet(struct jc_print *p, const char *class_);
void print_title(struct jc_print *p, const char *title);
/* One line of facts under the title: label, text, label, text ... ends with NULL. */
void print_facts(struct jc_print *p, ...) __attribute__((sentinel));
/* A table begins: class and headings (label, NULL ends). The body is open. */
void print_table(struct jc_print *p, const char *class_, ...) __attribute__((sentinel));
void print_table_end(struct jc_print *p);
/* Puts in what was written into another writer by the functions above. */
void print_made(struct jc_print *p, const struct jc_html *made);
void print_cell(struct jc_print *p, const char *class_, const char *text);
/* A two- or four-column form row: label, text, label, text, NULL. */
void print_pairs(struct jc_print *p, ...) __attribute__((sentinel));
/* A row with a label and room of a class ("h3", "h5") for writing under the text. */
void print_wide(struct jc_print *p, const char *label, const char *class_, const char *text);
/* "填表人：____  负责人（签字）：____": labels, NULL ends. */
void print_signs(struct jc_print *p, ...) __attribute__((sentinel));

int print_roster(struct jc_print *p, struct jc_err *err);
int print_application(struct jc_print *p, struct jc_err *err);
int print_signin(struct jc_print *p, struct jc_err *err);
int print_activity(struct jc_print *p, struct jc_err *err);
int print_notice(struct jc_print *p, struct jc_err *err);
int print_winners(struct jc_print *p, struct jc_err *err);
int print_checklist(struct jc_print *p, struct jc_err *err);
int print_recheck(struct jc_print *p, struct jc_err *err);
int print_transfer(struct jc_print *p, struct jc_err *err);
int print_receipt(struct jc_print *p, struct jc_err *err);
int print_acceptance(struct jc_print *p, struct jc_err *err);
int print_grant(struct jc_print *p, struct jc_err *err);
int print_letters(struct jc_print *p, struct jc_err *err);
int print_handover(struct jc_print *p, struct jc_err *err);

#endif
