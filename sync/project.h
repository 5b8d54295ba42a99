/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to the projection's files (project.c, project_rec.c, project_digest.c, save.c, read.c, node.c). */
#ifndef JC_PROJECT_H
#define JC_PROJECT_H

#include "../schema/schema_overlay.h"
#include "sync_merge.h"
#include "sync_project.h"

/* What the projection knows of one kind: numbers of its fields and its statements. */
struct jc_kindmap {
	const struct jc_kind *kind; /* NULL: of a newer program */
	uint32_t no;                /* catalogue id, or a number from 1000 */
	char name[33];
	size_t nfields, nshown;     /* the hidden ones stand behind the shown ones */
	const struct jc_field **field; /* column i + 1 of the statements below */
	uint16_t hash_mask;
	uint16_t *hash;             /* name -> index + 1 in `field` */
	uint16_t *by_id;            /* field id -> index + 1 */
	uint16_t max_id;
	char *found;                /* field id -> class of the words by which a record is found (search.h) */
	struct jc_stmt *sel, *ins, *upd_plain, *upd_keyed; /* made on first use */
	struct jc_derives *derives; /* what follows from others and from events; NULL: nothing does */
};

enum { JC_ALONE, JC_SHOWN, JC_HIDDEN };

/* A record in memory. Owned by the projection's cache; dropped at the end of the transaction. */
struct jc_rec {
	struct jc_rec *next;        /* in its bucket */
	struct jc_rec *next_dirty;  /* among those to be written */
	int64_t scope;
	uint64_t id;
	struct jc_kindmap *k;
	int64_t rec;                /* local number */
	struct jc_cells cells;
	struct jc_cells cross;      /* what its operations name in other records of its class */
	struct jc_cells view;       /* while it is written: the cells of the class that it shows */
	uint8_t *hist;              /* varints: numbers of its operations in order of arrival */
	size_t hist_len, hist_cap;
	int64_t last_op;            /* largest of them */
	uint8_t is_new;             /* not in the tables yet */
	uint8_t dirty;              /* to be written ... */
	uint8_t listed;             /* ... and on the list of these */
	uint8_t dirty_plain;        /* some column without index changed */
	uint8_t dirty_keyed;        /* some indexed column changed */
	uint8_t dirty_input;        /* a field changed from which something is derived */
	uint8_t dirty_edges;        /* its set `*` changed */
	uint8_t dirty_words;        /* a field by which it is found changed */
	uint8_t dirty_cross;
	uint8_t part;               /* JC_ALONE, JC_SHOWN or JC_HIDDEN, when it was last settled */
	uint8_t settled;            /* its class is known, in the flush under way */
	uint8_t class_void;         /* of the class that it shows */
	uint8_t had_siblings;
	uint8_t was_void;
	int was_conflicts;
};

struct jc_project {
	struct jc_db *db;
	struct jc_log *log;
	struct jc_ops_reader *reader;
	struct jc_kindmap **kind;
	size_t nkinds;
	struct jc_rec **bucket;
	size_t nbuckets, nrecs;
	struct jc_rec *dirty, *dirty_last; /* to be written, in the order in which they changed */
	int64_t next_rec;           /* 0: not read yet in this transaction */
	int pristine;               /* tables are empty: a record not in memory does not exist */
	int bulk;                   /* rebuild: flush seldom */
	int poisoned;               /* an application failed half-way: the transaction must roll back */
	int verdicts;               /* 1 if any operation was ever returned */
	int refused;                /* 1 if operations lie refused in the tray; -1: not read in this transaction */
	int revoked;                /* 1 if any device is revoked somewhere; -1: not read in this transaction */
	struct jc_derive *derive;   /* records whose derived columns are due */
	const struct jc_kind *const *kinds; /* the catalogue of this file: built-in and defined kinds (defs.c) */
	int64_t defs_rev;           /* which definitions of the file those are; -1: to be read again */
	int ready;                  /* that was looked at in this transaction */
	int defs_dirty;             /* a definition was written in this transaction */
	int transfers;              /* a transfer, its state or an organization changed since it was asked for */
	int aliases;                /* 1 if there are edges or names across records, 0 none, -1 not looked yet */
	struct jc_opread foreign;   /* scratch: a named operation of another record */
	struct jc_rec **words;      /* records to be found by other words (search.c) */
	size_t nwords, words_cap;
	struct jc_buf ver, text;    /* scratch */
	struct jc_mwrite *write;    /* scratch of one operation */
	size_t write_cap;
	struct jc_mname *name;
	size_t name_cap;
};

/* Scope-wide lookups. The record in memory, loaded from the tables; *out NULL when it does not exist
 * and `make` is 0. A made one exists once it has a cell. */
int jc_rec_get(struct jc_rec **out, struct jc_project *p, int64_t scope, struct jc_kindmap *k, const jc_id id, int make,
    struct jc_err *err);
int jc_rec_load(struct jc_rec **out, struct jc_project *p, int64_t rec, struct jc_err *err);
/* Marks a record as changed; touch: so that its whole row is written. */
void jc_rec_dirty(struct jc_project *p, struct jc_rec *r);
void jc_rec_touch(struct jc_project *p, struct jc_rec *r);
/* Writes all dirty records; keeps them in memory. */
int jc_rec_flush(struct jc_project *p, struct jc_err *err);
void jc_rec_drop_all(struct jc_project *p);
/* 1 if the column has an index: those are written apart from the others. */
int jc_rec_keyed(const struct jc_kindmap *k, const struct jc_field *f);
/* Decodes a `ver` blob: cells without register values. */
int jc_rec_cells(struct jc_cells *cells, const void *ver, size_t n, struct jc_err *err);
/* Steps the kind's select to a record's row; it stays open (k->sel, columns as `by_id` says) until it is reset. */
int jc_rec_columns(struct jc_project *p, struct jc_kindmap *k, int64_t rec, int *there, struct jc_err *err);
int jc_rec_hist_add(struct jc_rec *r, int64_t op);

/* The definitions of the file (defs.c). ready: at the beginning of a transaction, before anything is in
 * memory; makes them this thread's catalogue. refresh: before the commit of one that wrote definitions. */
#define JC_DEFS_META "defs"
int jc_defs_ready(struct jc_project *p, struct jc_err *err);
int jc_defs_refresh(struct jc_project *p, struct jc_err *err);
struct jc_save;
struct jc_change;
/* May these changes be saved in a definition? They must make one that can be used, and that what is stored
 * under it survives. JC_EINVAL, JC_EEXISTS with a sentence. Other kinds: always. */
int jc_defs_check(struct jc_project *p, const struct jc_rec *r, const struct jc_cells *base, const struct jc_change *changes,
    size_t n, struct jc_err *err);
/* Number of a kind (name '') or field that the built-in catalogue does not know; 0 when there is none and `make` is 0. */
int jc_kindmap_number(uint32_t *no, struct jc_project *p, struct jc_slice kind, struct jc_slice name, int make,
    struct jc_err *err);
void jc_kindmap_forget(struct jc_project *p);
int jc_project_rebuild_in(struct jc_project *p, struct jc_err *err);

/* ---- alias classes (alias.c) ---- */

#define JC_MERGED_MAX 64u

/* The class of a record. A record that stands alone is a class of one. */
struct jc_merged {
	size_t n;                              /* ids, whether there is a record or not */
	uint64_t id[JC_MERGED_MAX];
	struct jc_rec *rec[JC_MERGED_MAX];      /* members that exist come first */
	size_t nrecs;
	struct jc_rec *shown;                  /* never NULL */
};
/* 1 when no record of this node was ever merged (nothing below then costs anything), 0, or negative. */
int jc_alias_none(struct jc_project *p, struct jc_err *err);
int jc_merged_get(struct jc_merged *out, struct jc_project *p, struct jc_rec *r, struct jc_err *err);
/* Cells of the class of r as it was at `seen` (0: now), into `out` (zeroed, freed by the caller); those that
 * only another member's operation replaced into `gone` (likewise; may be NULL). */
int jc_merged_cells(struct jc_cells *out, struct jc_cells *gone, struct jc_project *p, const struct jc_merged *c,
    const struct jc_rec *r, int64_t seen, struct jc_err *err);
/* 1 when every member with a value is void. */
int jc_merged_void(const struct jc_merged *c);
/* The id under which a record is shown; *found 0: it is not part of another one. */
int jc_alias_shown(jc_id out, int *found, struct jc_project *p, int64_t scope, uint32_t kind, struct jc_slice id,
    struct jc_err *err);
/* The flush's first half: edges to their table, classes of what changed, who must be written. */
int jc_alias_settle(struct jc_project *p, struct jc_err *err);
/* After a bulk fold: every class. */
int jc_alias_rebuild(struct jc_project *p, struct jc_err *err);

/* Kind by name (made when unknown to this program), by number. */
int jc_kindmap_get(struct jc_kindmap **out, struct jc_project *p, struct jc_slice name, struct jc_err *err);
int jc_kindmap_no(struct jc_kindmap **out, struct jc_project *p, uint32_t no, struct jc_err *err);
void jc_kindmap_free(struct jc_kindmap *k);
/* Local field number by name; the catalogue's field, NULL when of a newer program. */
int jc_kindmap_field(uint32_t *no, const struct jc_field **field, struct jc_project *p, struct jc_kindmap *k,
    struct jc_slice name, struct jc_err *err);
const struct jc_field *jc_kindmap_field_no(const struct jc_kindmap *k, uint32_t no);
/* Name of a field number, also of unknown ones; owned by caller. */
int jc_kindmap_field_name(struct jc_buf *out, struct jc_project *p, struct jc_kindmap *k, uint32_t no, struct jc_err *err);

/* Applies a parsed operation under its local number. refs are resolved by `at` (ops of the same commit:
 * same_op[i] = number of operation i). */
struct jc_apply_at {
	int64_t scope;
	int64_t first_op;           /* operation i has number first_op + i ... */
	const int64_t *ops;         /* ... unless this table is given, or ... */
	const struct jc_opread *read; /* ... the operation was read back from the log */
};
int jc_project_op(struct jc_project *p, const struct jc_apply_at *at, int64_t no, const struct jc_op *op,
    struct jc_err *err);

/* Local number that a reference stands for, copies mapped to the one that counts. JC_ENOTFOUND. */
int jc_project_ref(struct jc_project *p, const struct jc_apply_at *at, const struct jc_opref *ref, int64_t *no,
    struct jc_err *err);
/* Folds a record in memory anew, from its operations. */
int jc_project_refold_rec(struct jc_project *p, struct jc_rec *r, struct jc_err *err);
/* State of a record from its operations up to number `upto` (0: all), into `cells` and `cross` (zeroed; cross
 * may be NULL). */
int jc_project_fold(struct jc_project *p, const struct jc_rec *r, int64_t upto, struct jc_cells *cells,
    struct jc_cells *cross, struct jc_err *err);

int jc_project_rank(void *project, int64_t a, int64_t b);

/* A read of records: one transaction, what is in memory written first. End gives rc back (a row count or
 * a callback's answer too). */
struct jc_node;
int jc_read_begin(struct jc_node *node, struct jc_err *err);
int jc_read_end(struct jc_node *node, int rc, struct jc_err *err);

#endif
