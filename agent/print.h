/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Print views: the papers of a township office as A4 pages of HTML (DOMAIN 9.3). One declared table of
 * forms; each is made from records in one read transaction. Numbers of people are masked unless asked for,
 * and then the audit list has a line before the page leaves. The page has no script, no inline style and
 * no outside reference: its style sheet is one file of ours, linked (API) or put into it (a file).
 */
#ifndef JC_AGENT_PRINT_H
#define JC_AGENT_PRINT_H

#include <jansson.h>

#include "../sync/sync_node.h"

struct jc_print;

struct jc_print_form {
	const char *id;              /* on command lines and in the API; NULL ends the table */
	const char *zh, *en;
	const char *kind;            /* what its ids name; NULL: it needs none */
	size_t least, most;          /* how many ids */
	int landscape;
	int (*make)(struct jc_print *p, struct jc_err *err);
	const char *help_zh, *help_en;
};

/* All forms, in the order of the help. */
extern const struct jc_print_form jc_print_forms[];
/* By id, Chinese or English name. NULL: there is none. */
const struct jc_print_form *jc_print_form(const char *typed);

struct jc_print_ask {
	const struct jc_print_form *form;
	const char *const *ids;      /* as typed: whole, or an unambiguous beginning */
	size_t nids;
	int full;                    /* numbers of people in full */
	int ethnicity;               /* the roster has the column */
	int copies;                  /* notices: 0 = the form's own number */
	int linked;                  /* the style sheet is a link to /api/v1/print.css, else it is inside */
	json_t *data;                /* forms that are not made from records (handover); borrowed */
};

/* Appends the page. Opens a read transaction; the audit line is written after it. JC_ENOTFOUND and
 * JC_EINVAL name the id; JC_EUSAGE: too few or too many ids. */
int jc_print_make(struct jc_buf *out, struct jc_node *node, const struct jc_print_ask *ask, struct jc_err *err);

/* A page around a body that something else writes (reports): head, style sheet, foot. */
struct jc_html;
int jc_print_page(struct jc_buf *out, const char *title, int landscape, int linked, const char *asof,
    void (*body)(struct jc_html *h, void *arg), void *arg, struct jc_err *err);

/* The same document as a spreadsheet, from the page that jc_print_make gave: one sheet for each printed sheet. path
 * NULL: the bytes go to `bytes`. */
int jc_print_xlsx(const char *path, struct jc_buf *bytes, const struct jc_print_form *form, struct jc_slice html, struct jc_err *err);

/* Appends the style sheet; `foot` (may be NULL) is what every page says at its foot, left of its number. */
void jc_print_css(struct jc_buf *out, const char *foot);

/*
 * Prints a page to a file as PDF through a browser or LibreOffice found on PATH; `work` is a folder of the
 * person's own where the page lies meanwhile. JC_ESTATE: neither program is there, the message says what
 * to do. JC_ETIMEOUT, JC_ECANCELLED, JC_EIO. Blocking.
 */
int jc_pdf_write(const char *path, struct jc_slice html, const char *work, struct jc_err *err);

#endif
