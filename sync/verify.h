/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to verify.c and verify_commit.c. */
#ifndef JC_VERIFY_H
#define JC_VERIFY_H

#include "log.h"
#include "sync_verify.h"

enum jc_rule {
	JC_R_FILE = 1, JC_R_OBJECT, JC_R_COMMIT, JC_R_PAYLOAD, JC_R_OPS, JC_R_SIGNATURE, JC_R_CHAIN, JC_R_PARENTS,
	JC_R_LAMPORT, JC_R_FOUNDING, JC_R_REFS, JC_R_NUMBERS, JC_R_DRAFTS, JC_R_NAMES, JC_R_COPIES, JC_R_STANDING,
	JC_R_RECORDS, JC_R_NOTES
};

struct jc_verify {
	struct jc_log *log;
	const struct jc_verify_options *o;
	struct jc_verify_report *report;
	struct jc_err *err;
	struct jc_scope scope;        /* the one walked */
	struct jc_ops_reader *reader;
	struct jc_opread named;       /* the operation that another names */
	struct jc_buf object, payload;
	uint8_t *succeeded;           /* bit per commit number: a commit of its chain follows it */
	int64_t max_commit;
	int file_bad;                 /* rule 1 was reported */
	int64_t done, total;          /* commits and objects, for progress */
};

/* Reports one finding; `what` as printf. */
void jc_verify_finding(struct jc_verify *v, enum jc_rule rule, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* 1 if the error says that what is stored is wrong, 0 if reading itself failed and must stop. */
int jc_verify_damage(int rc);
int jc_verify_tick(struct jc_verify *v);

/* Rules 3 to 10, 12, 14 and the operations' half of 16 for one commit; callback of jc_log_walk. */
int jc_verify_commit(void *verify, const struct jc_commit_row *row);

#endif
