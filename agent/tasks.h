/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * 今天要做什么: what is overdue, due, expiring, waiting, missing or impossible. Nothing of it is stored: a
 * table of rules over the records, asked with today's date. A task's id is a hash of rule, record and cause,
 * so that two machines with the same records speak of the same task.
 */
#ifndef JC_AGENT_TASKS_H
#define JC_AGENT_TASKS_H

#include <jansson.h>

#include "../sync/sync_node.h"

struct jc_task {
	jc_id id;
	const char *rule;     /* word of the rule */
	const char *label;    /* what it is called, in the thread's language */
	const char *kind;     /* of the record, "" when the task is about many */
	const char *record;   /* its id, or "" */
	const char *title;    /* its name for people */
	const char *due;      /* date, or "" */
	int overdue;
	const char *sentence;
};

struct jc_task_group {
	const char *rule, *label;
	int64_t count;
	int capped;           /* there are more than `count` */
};

struct jc_tasks_ask {
	int64_t scope;        /* 0: all */
	const char *today;    /* YYYY-MM-DD */
	int64_t limit;        /* tasks of one rule, 0: 50 */
	const char *rule;     /* only this one, NULL: all */
};

/* One read transaction. Groups in the order of the table, then tasks: overdue ones first, by their date, then
 * what is due, then the rest. Texts are borrowed for the call. Either may be NULL; non-zero stops. */
int jc_tasks(struct jc_node *node, const struct jc_tasks_ask *ask, int (*group)(void *arg, const struct jc_task_group *g),
    int (*task)(void *arg, const struct jc_task *t), void *arg, struct jc_err *err);

/* Every record of a kind about which something is overdue, each once, with its value of a field ("" none): however many. */
int jc_tasks_overdue(struct jc_node *node, const struct jc_tasks_ask *ask, const struct jc_kind *kind, const struct jc_field *field,
    int (*tell)(void *arg, const char *record, const char *value), void *arg, struct jc_err *err);

/* The same as {today, groups, tasks}. New reference. */
int jc_tasks_json(json_t **out, struct jc_node *node, const struct jc_tasks_ask *ask, struct jc_err *err);

/* The scope whose tasks a node shows by itself: its own at a branch, all at a hub. */
int jc_tasks_scope(int64_t *scope, struct jc_node *node, struct jc_err *err);

#endif
