/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to fill*.c: a form at work, and the facts that it is filled with (fill_facts.c). */
#ifndef JC_AGENT_FILL_PRIVATE_H
#define JC_AGENT_FILL_PRIVATE_H

#include "export.h"
#include "fill.h"
#include "layout.h"
#include "sheet_edit.h"
#include "words.h"

struct jc_fill {
	const struct jc_fill_options *o;
	struct jc_fill_report *report;
	struct jc_book book;
	struct jc_words words;
	struct jc_export x;          /* values as people read them */
	char today[11];
	char unit[256];              /* name of the own unit */
	json_t *own;                 /* field name -> text of its record; empty when there is none */
	/* the sheet at work */
	const struct jc_sheet *sheet;
	struct jc_sheet_edit *edit;
	size_t *text_at;             /* of each edit in text */
	size_t nedits, cap;
	struct jc_buf text;
	int64_t style_line;
	int64_t used_top, used_bottom; /* lines that the list or count table took */
	struct jc_err *err;
};

/* Reads the own unit. */
int jc_fill_facts_open(struct jc_fill *f);

/* 1 if a folded header asks for a number that is counted. */
int jc_fill_facts_is_count(const struct jc_fill *f, struct jc_slice header);
/* Counts it: 1, or 0 when it is none. *blank: how many records say nothing about it. */
int jc_fill_facts_count(struct jc_fill *f, struct jc_slice header, int64_t *value, int64_t *blank);

/* A fact of the own unit that a label asks for, appended; 1, or 0 when the label is none. *reason (a literal)
 * when it is one and there is nothing to write. */
int jc_fill_facts_label(struct jc_fill *f, struct jc_slice label, struct jc_buf *out, const char **reason);

/* The records for a list of a kind: [[id, title, number, text of each column ...]]. New reference. */
int jc_fill_facts_records(struct jc_fill *f, json_t **out, const struct jc_layout *l);

#endif
