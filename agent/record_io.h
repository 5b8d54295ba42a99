/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What the commands on single records share: reading by typed id, saving what was typed, remarks. */
#ifndef JC_AGENT_RECORD_IO_H
#define JC_AGENT_RECORD_IO_H

#include "cmd.h"
#include "typed.h"

/* Everything one typed record needs. */
struct jc_record_io {
	struct jc_cmd_run *run;
	struct jc_scope scope;
	struct jc_match *match;
	struct jc_typed typed;
	struct jc_buf remarks;  /* lines for standard error */
	char today[11];
};

/* For records of a scope. Closed with jc_record_io_close, also after an error. */
int jc_record_io_open(struct jc_record_io *io, struct jc_cmd_run *run, const struct jc_scope *scope, struct jc_err *err);
void jc_record_io_close(struct jc_record_io *io);

/* Takes "k=v" pairs for a record of a kind. */
int jc_record_io_pairs(struct jc_record_io *io, const struct jc_kind *kind, size_t n, char *const *pairs, struct jc_err *err);

/* Prints the remarks that came up while typing, after the save: they never stop one. */
void jc_record_io_remarks(struct jc_record_io *io);

/* Finds a record by id as typed and its scope. JC_ENEWER: its kind is of a newer program. */
int jc_record_io_find(struct jc_cmd_run *run, const char *typed, struct jc_record_key *key, struct jc_scope *scope,
    struct jc_err *err);

#endif
