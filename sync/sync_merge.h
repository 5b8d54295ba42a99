/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The merge rule, pure: operations in, state of one record out. No clock, no I/O, no SQL. What a
 * record is at any moment is its list of *cells*: the unreplaced writes of its fields, nothing else;
 * what a class of merged records is follows from the lists of its members.
 *
 * Laws (each is a test):
 *  1. order of arrival does not matter, as long as what is named comes before what names it;
 *  2. applying an operation twice equals applying it once;
 *  3. a value is shown or beside the shown one exactly while no applied operation names its write;
 *  4. output does not depend on platform, locale or pointer values.
 */
#ifndef JC_SYNC_MERGE_H
#define JC_SYNC_MERGE_H

#include <stddef.h>
#include <stdint.h>

/* Numbers of the field `~` that un-voiding writes and of the set `*` of alias edges; catalogue ids are
 * below, unknown names from 1000. */
#define JC_FIELD_ALIVE 999u
#define JC_FIELD_ALIAS 998u

/* One unreplaced write of a field, or of one element of a set. */
struct jc_cell {
	int64_t op;      /* local number of the operation that counts */
	char *val;       /* stored text or element; NULL: cleared, or no value (`~`). Owned by the list */
	uint32_t len;
	uint32_t field;  /* local number of the field within the kind */
	uint8_t set;     /* an element of a set */
	uint8_t voided;  /* named by a voiding */
	uint8_t known;   /* while a record is read: its value is there already */
};

/* Sorted by field, registers before sets (an operation may have written a field in either shape);
 * within a register by rank, highest (the shown one) first; within a set by element bytes, then op.
 * Zeroed when empty; freed with jc_cells_free. */
struct jc_cells {
	struct jc_cell *v;
	size_t n, cap;
};

/* One field of an operation whose names are resolved to local numbers. */
struct jc_mwrite {
	uint32_t field;
	uint8_t set;     /* add: this is a set element */
	uint8_t del;     /* the element is removed: every named add of it goes */
	const char *val; /* borrowed; NULL = cleared */
	uint32_t len;
};
struct jc_mname {
	uint32_t field;
	int64_t op;
};
enum jc_mverb { JC_M_WRITE, JC_M_VOID };
struct jc_mop {
	int64_t op;
	enum jc_mverb verb;
	const struct jc_mwrite *write;
	size_t nwrites;
	const struct jc_mname *name; /* sorted by field */
	size_t nnames;
	int names_only;              /* a further copy: its names count, its writes are there already */
};

/* Orders two concurrent writes: > 0 when a ranks above b. Never 0 for different operations. */
typedef int (*jc_rank_fn)(void *arg, int64_t a, int64_t b);

/* Applies one operation. 0 or JC_ENOMEM (the list is then unusable: discard it). */
int jc_merge_apply(struct jc_cells *cells, const struct jc_mop *op, jc_rank_fn rank, void *arg);
void jc_cells_free(struct jc_cells *cells);

/*
 * Alias classes (FORMAT 9). `cross` of a record holds what its operations name in other records: cells
 * without values, elements with theirs. Adds one (no matter if it is there); 0 or JC_ENOMEM.
 */
int jc_merge_cross(struct jc_cells *cross, uint32_t field, int64_t op, int set, const char *elem, uint32_t len);

/* One member of a class: what it holds, and what it names in others. Borrowed. */
struct jc_member {
	const struct jc_cells *cells, *cross;
};
/* The cells of the class into `out` (zeroed): those of all members but `*`, less those that another
 * member names, which go into `gone` (zeroed; may be NULL). 0 or JC_ENOMEM (discard both). */
int jc_merge_class(struct jc_cells *out, struct jc_cells *gone, const struct jc_member *member, size_t n,
    jc_rank_fn rank, void *arg);

/* First cell of a field in that shape (the shown one of a register), or NULL; *n (may be NULL): how many. */
const struct jc_cell *jc_cells_field(const struct jc_cells *cells, uint32_t field, int set, size_t *n);
/* One past the last cell that has the field and shape of cell `at`. */
size_t jc_cells_run(const struct jc_cells *cells, size_t at);

/* 1 when there are cells beside `*` and all of them are voided. */
int jc_cells_void(const struct jc_cells *cells);
/* 1 when some field but `*` and `~` was written: there is something to show. */
int jc_cells_any(const struct jc_cells *cells);
/* Registers with two or more different values. */
int jc_cells_conflicts(const struct jc_cells *cells);
/* 1 if both values are the same (both cleared, or equal bytes). */
int jc_cell_same_value(const struct jc_cell *a, const struct jc_cell *b);

#endif
