/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * This PC's clock beside the county's, as measured at the last session. It decides nothing; people are
 * told, at every entry too, because dates on forms are typed by the calendar in the corner of the screen.
 */
#ifndef JC_AGENT_CLOCK_H
#define JC_AGENT_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "../sync/sync_skew.h"

#define JC_CLOCK_ROOM 200
#define JC_CLOCK_TOLD JC_SKEW_TOLD

/* The sentence, when the clock is off by more than JC_CLOCK_TOLD; else 0 and "". `skew`: the county's less ours. */
int jc_clock_off(char *out, size_t room, int64_t skew);
/* The same with what is stored of the last session, on standard error: after an entry. */
void jc_clock_warn(struct jc_node *node);
/* The few words for a time that was written by a clock so far off: "（当时本机时钟慢了2天）"; "" for 0. */
void jc_clock_mark(char *out, size_t room, int64_t skew);
/* Sets this PC's clock by `skew` seconds with the environment's wall_set, and notes that it agrees now.
 * JC_EDENIED: needs an administrator. JC_EIO: this system lets no program set its clock. */
int jc_clock_take(struct jc_node *node, const struct jc_env *env, int64_t skew, struct jc_err *err);

#endif
