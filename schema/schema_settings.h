/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Settings of this node: one table says which there are, what they may be and what they are when nobody
 * has said anything. Stored in the node's table `meta`; commands, API and page walk the same table.
 */
#ifndef JC_SCHEMA_SETTINGS_H
#define JC_SCHEMA_SETTINGS_H

#include "schema_db.h"

enum jc_setting_type {
	JC_SETTING_BOOL,  /* 1 or 0; typed: yes no 是 否 开 关 true false */
	JC_SETTING_INT,
	JC_SETTING_HOURS, /* "" always, or ranges of the day: 08:00-12:00,20:00-06:00 */
	JC_SETTING_PROXY  /* "" none, or http://host:port, https://..., socks5://... */
};

#define JC_SETTING_ROOM 256

struct jc_setting {
	const char *key;
	enum jc_setting_type type;
	int64_t low, high;       /* of an INT */
	const char *absent;      /* what it is when nobody has said anything */
	const char *zh, *en;     /* label, the unit in it */
	const char *zh_help, *en_help;
};

/* All settings; the end has no key. */
const struct jc_setting *jc_settings(void);
/* NULL: there is none of that name. */
const struct jc_setting *jc_setting_find(const char *key, size_t n);

/* A value as typed, checked and brought into the stored form. JC_EINVAL says what it may be. */
int jc_setting_parse(char out[JC_SETTING_ROOM], const struct jc_setting *s, const char *typed, struct jc_err *err);
/* The value in force: what is stored, else what it is by itself. A stored one that is no longer allowed
 * counts as absent. */
int jc_setting_get(char out[JC_SETTING_ROOM], const struct jc_setting *s, struct jc_db *db, struct jc_err *err);
int jc_setting_int(int64_t *out, const char *key, struct jc_db *db, struct jc_err *err);
/* Parses and stores; "" of a BOOL or INT goes back to the default. A write transaction of its own or the caller's. */
int jc_setting_put(const struct jc_setting *s, const char *typed, struct jc_db *db, struct jc_err *err);

/* 1 when that minute of the day (0..1439) is within the hours ("" always). */
int jc_setting_hours_ok(const char *hours, int minute);
/* Minutes from that minute until the hours begin; 0 when within. */
int jc_setting_hours_wait(const char *hours, int minute);

#endif
