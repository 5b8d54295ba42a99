/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "schema_settings.h"

#include <stdio.h>
#include <string.h>

#include "schema_mem.h"

#define WHERE "setting"
#define DAY 1440

static const struct jc_setting table[] = {
	{ .key = "sync.paused", .type = JC_SETTING_BOOL, .absent = "0",
	  .zh = "暂停自动上报", .en = "automatic sync paused",
	  .zh_help = "暂停期间内容都存在本机；“立即上报”仍然可用",
	  .en_help = "everything is kept on this PC meanwhile; syncing by hand still works" },
	{ .key = "sync.settle", .type = JC_SETTING_INT, .low = 0, .high = 3600, .absent = "10",
	  .zh = "改完后等多少秒再上报", .en = "seconds of quiet after a change before it is sent",
	  .zh_help = "一次送出比边改边送省流量", .en_help = "sending once takes less than sending while still typing" },
	{ .key = "sync.every", .type = JC_SETTING_INT, .low = 1, .high = 1440, .absent = "10",
	  .zh = "没有改动时每多少分钟问一次县里", .en = "minutes between questions for news when nothing was changed",
	  .zh_help = "每次约 400 字节", .en_help = "one question takes about 400 bytes" },
	{ .key = "sync.hours", .type = JC_SETTING_HOURS, .absent = "",
	  .zh = "允许自动上报的时段", .en = "hours of the day in which to sync by itself",
	  .zh_help = "例如 08:00-12:00,14:00-18:00；空着表示全天", .en_help = "for example 08:00-12:00,14:00-18:00; empty: always" },
	{ .key = "sync.kbps", .type = JC_SETTING_INT, .low = 0, .high = 1000000, .absent = "0",
	  .zh = "上报最多用多少带宽（kbit/s，0 不限）", .en = "most bandwidth in kbit/s (0: no limit)",
	  .zh_help = "线路还要给别的用时限制", .en_help = "leaves room on the line for others" },
	{ .key = "sync.proxy", .type = JC_SETTING_PROXY, .absent = "",
	  .zh = "代理服务器", .en = "proxy server",
	  .zh_help = "例如 http://10.0.0.1:8080；空着表示不用", .en_help = "for example http://10.0.0.1:8080; empty: none" },
	{ .key = "report.timely", .type = JC_SETTING_INT, .low = 1, .high = 60, .absent = "7",
	  .zh = "改动后多少天内送到算及时", .en = "days after a change within which its delivery is timely",
	  .zh_help = "报表 R15 的及时率按这个数算", .en_help = "what the rate in report R15 goes by" },
	{ .key = NULL }
};

const struct jc_setting *
jc_settings(void)
{
	return table;
}

const struct jc_setting *
jc_setting_find(const char *key, size_t n)
{
	for (const struct jc_setting *s = table; s->key != NULL; s++)
		if (strlen(s->key) == n && memcmp(s->key, key, n) == 0)
			return s;
	return NULL;
}

/* ---- typed to stored ---- */

static int
bool_parse(char *out, const char *typed, struct jc_err *err)
{
	static const char *const yes[] = {"1", "yes", "true", "on", "是", "开", "开启"};
	static const char *const no[] = {"0", "no", "false", "off", "否", "关", "关闭"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcmp(typed, yes[i]) == 0 || strcmp(typed, no[i]) == 0) {
			snprintf(out, JC_SETTING_ROOM, "%d", strcmp(typed, yes[i]) == 0);
			return 0;
		}
	}
	return jc_err_set(err, JC_EINVAL, WHERE, JC_T("“%.60s”不清楚，请写“是”或“否”", "\"%.60s\" is unclear; write yes or no"), typed);
}

static int
int_parse(char *out, const struct jc_setting *s, const char *typed, struct jc_err *err)
{
	int64_t v = 0;
	size_t n = strlen(typed), i = 0;

	while (i < n && i < 10 && typed[i] >= '0' && typed[i] <= '9')
		v = v * 10 + (typed[i++] - '0');
	if (n == 0 || i != n || v < s->low || v > s->high)
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("“%.60s”不行，请写 %lld 到 %lld 之间的整数", "\"%.60s\" will not do; write a whole number from %lld to %lld"), typed,
		    (long long)s->low, (long long)s->high);
	snprintf(out, JC_SETTING_ROOM, "%lld", (long long)v);
	return 0;
}

/* "8:00" or "08:00" or "24:00"; -1. Moves *p behind it. */
static int
minute_read(const char **p)
{
	int v[2] = {0, 0};

	for (int part = 0; part < 2; part++) {
		int digits = 0;

		for (; **p >= '0' && **p <= '9' && digits < 2; digits++, (*p)++)
			v[part] = v[part] * 10 + (**p - '0');
		if (digits == 0 || (part == 1 && digits != 2) || (part == 0 && *(*p)++ != ':'))
			return -1;
	}
	return v[0] * 60 + v[1] > DAY || v[1] > 59 ? -1 : v[0] * 60 + v[1];
}

/* The next range of a list of hours: 1, 0 at the end, -1 when it is none. */
static int
range_read(const char **p, int *from, int *to)
{
	while (**p == ' ' || **p == ',')
		(*p)++;
	if (**p == '\0')
		return 0;
	if ((*from = minute_read(p)) < 0 || *(*p)++ != '-' || (*to = minute_read(p)) < 0 || (**p != '\0' && **p != ','))
		return -1;
	return 1;
}

static int
hours_parse(char *out, const char *typed, struct jc_err *err)
{
	const char *p = typed;
	size_t n = 0;
	int from, to, rc;

	out[0] = '\0';
	while ((rc = range_read(&p, &from, &to)) == 1 && n + 13 < JC_SETTING_ROOM)
		n += (size_t)snprintf(out + n, JC_SETTING_ROOM - n, "%s%02d:%02d-%02d:%02d", n != 0 ? "," : "", from / 60, from % 60,
		    to / 60, to % 60);
	return rc == 0 ? 0
	    : jc_err_set(err, JC_EINVAL, WHERE,
	        JC_T("“%.60s”不是时段，请写成 08:00-12:00,14:00-18:00，空着表示全天",
	            "\"%.60s\" is no list of hours; write it like 08:00-12:00,14:00-18:00, or leave it empty"), typed);
}

static int
proxy_parse(char *out, const char *typed, struct jc_err *err)
{
	static const char *const schemes[] = {"http://", "https://", "socks5://", "socks5h://"};
	size_t n = strlen(typed), ok = n == 0;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		ok |= n > strlen(schemes[i]) && strncmp(typed, schemes[i], strlen(schemes[i])) == 0;
	if (!ok || n >= 200 || strpbrk(typed, " \t\r\n\"<>@") != NULL)
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("“%.60s”不是代理地址，请写成 http://10.0.0.1:8080，空着表示不用",
		        "\"%.60s\" is no proxy; write it like http://10.0.0.1:8080, or leave it empty"), typed);
	snprintf(out, JC_SETTING_ROOM, "%s", typed);
	return 0;
}

int
jc_setting_parse(char out[JC_SETTING_ROOM], const struct jc_setting *s, const char *typed, struct jc_err *err)
{
	switch (s->type) {
	case JC_SETTING_BOOL:
		return bool_parse(out, typed, err);
	case JC_SETTING_INT:
		return int_parse(out, s, typed, err);
	case JC_SETTING_HOURS:
		return hours_parse(out, typed, err);
	default:
		return proxy_parse(out, typed, err);
	}
}

/* ---- stored ---- */

static void
meta_key(char key[64], const struct jc_setting *s)
{
	snprintf(key, 64, "set.%s", s->key);
}

int
jc_setting_get(char out[JC_SETTING_ROOM], const struct jc_setting *s, struct jc_db *db, struct jc_err *err)
{
	char key[64], *stored = NULL;
	int rc;

	meta_key(key, s);
	rc = jc_meta_get(db, key, &stored, err);
	if (rc < 0 && rc != JC_ENOTFOUND)
		return rc;
	if (rc == JC_ENOTFOUND || jc_setting_parse(out, s, stored, NULL) < 0)
		snprintf(out, JC_SETTING_ROOM, "%s", s->absent);
	jc_free(stored);
	return 0;
}

int
jc_setting_int(int64_t *out, const char *key, struct jc_db *db, struct jc_err *err)
{
	const struct jc_setting *s = jc_setting_find(key, strlen(key));
	char text[JC_SETTING_ROOM];
	int rc;

	*out = 0;
	if (s == NULL || s->type > JC_SETTING_INT)
		return jc_err_code(err, JC_EINTERNAL, WHERE);
	if ((rc = jc_setting_get(text, s, db, err)) < 0)
		return rc;
	for (const char *p = text; *p >= '0' && *p <= '9'; p++)
		*out = *out * 10 + (*p - '0');
	return 0;
}

int
jc_setting_put(const struct jc_setting *s, const char *typed, struct jc_db *db, struct jc_err *err)
{
	char key[64], text[JC_SETTING_ROOM];
	int rc, end, forget = typed[0] == '\0';

	if (!forget && (rc = jc_setting_parse(text, s, typed, err)) < 0)
		return rc;
	meta_key(key, s);
	if ((rc = jc_db_begin(db, err)) < 0)
		return rc;
	rc = jc_meta_set(db, key, forget || strcmp(text, s->absent) == 0 ? NULL : text, err);
	end = jc_db_end(db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- hours ---- */

int
jc_setting_hours_ok(const char *hours, int minute)
{
	const char *p = hours;
	int from, to, any = 0;

	while (range_read(&p, &from, &to) == 1) {
		any = 1;
		if (from <= to ? minute >= from && minute < to : minute >= from || minute < to)
			return 1;
	}
	return !any;
}

int
jc_setting_hours_wait(const char *hours, int minute)
{
	int wait = 0;

	while (wait < DAY && !jc_setting_hours_ok(hours, (minute + wait) % DAY))
		wait++;
	return wait;
}
