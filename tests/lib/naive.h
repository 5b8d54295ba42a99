/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The merge rule once more, as slowly and plainly as it can be said: a function of the set of
 * operations that looks at every pair. It shares no code with sync/ and exists to disagree with it.
 */
#ifndef JC_TESTS_LIB_NAIVE_H
#define JC_TESTS_LIB_NAIVE_H

#include <stddef.h>

#define NAIVE_OPS 10
#define NAIVE_WRITES 4
#define NAIVE_NAMES 24
#define NAIVE_ALIVE 999
#define NAIVE_STAR 998 /* set of edges: 'a' is record 0 */
#define NAIVE_RECS 3

struct naive_write {
	int field;
	int set, del;
	int value; /* 'a'..'d', or 0: cleared */
};
struct naive_name {
	int field;
	int op;
};
struct naive_op {
	int op;   /* its number, from 1 */
	int rec;  /* 0.. */
	int rank; /* higher is shown; unique */
	int is_void;
	int nwrites, nnames;
	struct naive_write write[NAIVE_WRITES];
	struct naive_name name[NAIVE_NAMES];
};

/* One surviving write. */
struct naive_cell {
	int rec, field, set, op, value, voided;
};

/* Survivors of `n` operations on single records, unsorted; returns how many. */
int naive_cells(struct naive_cell *out, const struct naive_op *ops, int n);

/* Which records stand with `rec`: in[r] 1. */
void naive_class(int in[NAIVE_RECS], const struct naive_op *ops, int n, int rec);
/* What the class of `rec` holds: no edges in it. */
int naive_class_cells(struct naive_cell *out, const struct naive_op *ops, int n, int rec);

/* Appends the state as text: fields in order, registers shown first and then by rank, elements sorted;
 * ends with the void flag and the number of conflicts. `out` has `room` bytes. */
void naive_text(char *out, size_t room, const struct naive_op *ops, int n);
/* The same of the class of `rec`; void when each member with a value is. */
void naive_class_text(char *out, size_t room, const struct naive_op *ops, int n, int rec);

#endif
