/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Printing for people and for scripts: columns that line up with Chinese in them, times, values, JSON. */
#ifndef JC_AGENT_OUT_H
#define JC_AGENT_OUT_H

#include <jansson.h>

#include "../sync/sync_node.h"
#include "../sync/sync_receipt.h"
#include "../sync/sync_trip.h"

#define JC_TIME_ROOM 48

/* Prints text and as many spaces as fill `width` columns (a Chinese character takes two). */
void jc_out_pad(const char *text, size_t width);

/* Columns that a text takes on a terminal. */
size_t jc_out_width(const char *text, size_t n);

/* One sentence on standard error; with `verbose` the cause as well. */
void jc_out_error(const struct jc_err *err, int code, int verbose);

/* "2026-03-02 08:00", Beijing time; a clock that cannot be right is marked. */
void jc_out_time(char out[JC_TIME_ROOM], int64_t seconds, int64_t now);

/* Today in Beijing, "YYYY-MM-DD". */
void jc_out_today(char out[11], const struct jc_env *env);

/* How far a record got, in words: 还在本机, 已到县里, 已到市里 ... */
const char *jc_out_reach(const struct jc_receipt *r);

/* "会员 张三" of a record by its title field; the id when it has none. Appends. */
void jc_out_record(struct jc_buf *b, const struct jc_record *r);

/* A shown field's text for people: labels, sets joined with 、, personal numbers masked unless full,
 * line breaks as they are. Appends. `stored` may be NULL: no value. */
void jc_out_value(struct jc_buf *b, const struct jc_field *f, const char *stored, size_t n, int full);

/* For rules (jc_overlay_checks): the text of a field of the struct jc_record that arg is. And the sentence for a
 * field whose check does not hold; borrowed. */
struct jc_slice jc_out_text_of(void *arg, const struct jc_field *f);
const char *jc_out_check(const struct jc_field *f);

/* The same for JSON: a string, an array of a set, null. New reference. */
json_t *jc_out_json_value(const struct jc_field *f, const char *stored, size_t n);

/* Appends one exchange of the history to the array that `list` is (a callback of jc_trips_each). */
int jc_out_json_trip(void *list, const struct jc_trip *t);

/* The values that stand beside each other in a field. New reference. */
json_t *jc_out_json_siblings(const struct jc_shown *s);

/* Prints one JSON document and a line feed, and drops the reference. JC_ENOMEM for NULL. */
int jc_out_json(json_t *doc, struct jc_err *err);

#endif
