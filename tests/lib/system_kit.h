/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the tests of the systems (DOMAIN 1) share: a branch or a hub as a test's state, steps of workflows as an
 * officer takes them, to-dos, pages and spreadsheets as they come out. What fails fails the test with its sentence.
 */
#ifndef JC_TESTS_LIB_SYSTEM_KIT_H
#define JC_TESTS_LIB_SYSTEM_KIT_H

#include "report_kit.h"
#include "sheet.h"
#include "test_node.h"

#define SYS_TODAY "2026-03-02"

/* A branch; a county's hub: struct test_node as the state. */
int sys_setup(void **state);
int sys_setup_hub(void **state);
int sys_teardown(void **state);

/* "field=value" in one of eight places that are used again and again. */
const char *sys_ref(const char *field, const char *value);
/* A new organization with a name, a kind and one more pair. */
void sys_org(struct test_node *t, jc_id id, const char *name, const char *kind, const char *more);

/* Takes a step; the list is "field=value" and "--date=", ended by NULL. behalf: for the level above, its document. */
void sys_step(struct test_node *t, const char *id, const char *move, ...) __attribute__((sentinel));
void sys_step_behalf(struct test_node *t, const char *id, const char *move, const char *doc, ...) __attribute__((sentinel));
/* The step is refused with a sentence that has the word. */
void sys_refused(struct test_node *t, const char *id, const char *move, const char *word, ...) __attribute__((sentinel));

/* The number that a statement gives. */
int64_t sys_one(struct test_node *t, const char *sql);

struct sys_tasks {
	int64_t n;
	char sentence[400]; /* of the last one */
};
struct sys_tasks sys_tasks(struct test_node *t, const char *rule, const char *today);

/* A printed form; id may be NULL. A report on paper. Freed by the caller. */
char *sys_page(struct test_node *t, const char *form, const char *id);
char *sys_report_page(const struct rep *rep);
void sys_has(const char *text, const char *what);
void sys_has_not(const char *text, const char *what);

/* A report's spreadsheet, read back: freed with jc_book_free. */
void sys_report_book(struct jc_book *out, const struct rep *rep);
/* Does the sheet hold this text in a cell of its own? */
int sys_sheet_has(const struct jc_book *b, size_t sheet, const char *text);

#endif
