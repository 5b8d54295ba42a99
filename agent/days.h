/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Counting days between dates written as YYYY-MM-DD. */
#ifndef JC_AGENT_DAYS_H
#define JC_AGENT_DAYS_H

#include <stdint.h>

/* A number that grows by one a day; 0 when the text is no such date. */
int64_t jc_day_number(const char *date);

/* The date n days after `date`; "" when that is none. */
void jc_day_add(char out[11], const char *date, int n);

#endif
