/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "out.h"

#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

#define BEIJING (8 * 3600)
#define CLOCK_FROM INT64_C(1704038400) /* 2024-01-01 in Beijing: this program did not exist before */

size_t
jc_out_width(const char *text, size_t n)
{
	size_t width = 0;

	for (size_t i = 0; i < n;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)text + i, (utf8proc_ssize_t)(n - i), &c);

		if (len <= 0) {
			i++;
			width++;
			continue;
		}
		width += (size_t)utf8proc_charwidth(c);
		i += (size_t)len;
	}
	return width;
}

void
jc_out_pad(const char *text, size_t width)
{
	size_t w = jc_out_width(text, strlen(text));

	printf("%s%*s", text, (int)(w < width ? width - w : 0), "");
}

void
jc_out_error(const struct jc_err *err, int code, int verbose)
{
	fprintf(stderr, "%s%s\n", JC_T("jiceng：", "jiceng: "), err->msg[0] != '\0' ? err->msg : jc_err_sentence(code));
	if (verbose)
		fprintf(stderr, JC_T("  原因：%s%s%s（%s）\n", "  cause: %s%s%s (%s)\n"), err->cause,
		    err->cause[0] != '\0' ? " " : "", jc_err_word(code), err->where != NULL ? err->where : "");
}

/* Days since 1970-01-01 -> year, month, day (proleptic Gregorian). */
static void
civil(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

static void
local_split(int64_t seconds, int64_t *days, int64_t *rest)
{
	int64_t t = seconds + BEIJING;

	*days = t / 86400;
	*rest = t % 86400;
	if (*rest < 0) {
		*rest += 86400;
		--*days;
	}
}

void
jc_out_time(char out[JC_TIME_ROOM], int64_t seconds, int64_t now)
{
	int y, m, d, odd = seconds < CLOCK_FROM || (now >= CLOCK_FROM && seconds > now + 86400);
	int64_t days, rest;

	local_split(seconds, &days, &rest);
	civil(days, &y, &m, &d);
	snprintf(out, JC_TIME_ROOM, "%04d-%02d-%02d %02d:%02d%s", y, m, d, (int)(rest / 3600), (int)(rest / 60 % 60),
	    odd ? JC_T("（时钟不准）", " (clock?)") : "");
}

void
jc_out_today(char out[11], const struct jc_env *env)
{
	int64_t days, rest;
	int y, m, d;

	local_split(env->wall_ms(env->ctx) / 1000, &days, &rest);
	civil(days, &y, &m, &d);
	if (y < 0 || y > 9999)
		y = 1970;
	out[0] = (char)('0' + y / 1000);
	out[1] = (char)('0' + y / 100 % 10);
	out[2] = (char)('0' + y / 10 % 10);
	out[3] = (char)('0' + y % 10);
	out[4] = out[7] = '-';
	out[5] = (char)('0' + m / 10);
	out[6] = (char)('0' + m % 10);
	out[8] = (char)('0' + d / 10);
	out[9] = (char)('0' + d % 10);
	out[10] = '\0';
}

const char *
jc_out_reach(const struct jc_receipt *r)
{
	if (r->returned != 0)
		return JC_T("有退回的，见 jiceng tray", "returned in part, see jiceng tray");
	if (r->ceiling == 0)
		return JC_T("只存本机", "stays on this PC");
	if (r->level == 0)
		return JC_T("还在本机", "on this PC");
	if (r->level == 1)
		return r->ceiling > 1 ? JC_T("已到县里，还没到市里", "at the county, not at the city yet") : JC_T("已到县里", "at the county");
	return JC_T("已到市里", "at the city");
}

void
jc_out_record(struct jc_buf *b, const struct jc_record *r)
{
	const char *title = NULL;

	if (r->key.kind != NULL)
		for (size_t i = 0; i < r->nfields; i++)
			if (strcmp(r->field[i].field->name, r->key.kind->title) == 0)
				title = r->field[i].text;
	jc_buf_puts(b, r->key.kind != NULL ? jc_kind_label(r->key.kind) : JC_T("新版本的记录", "record of a newer program"));
	jc_buf_puts(b, " ");
	jc_buf_puts(b, title != NULL ? title : r->key.id);
}

/* The elements of a stored set; NULL when it is none. */
static json_t *
set_of(const char *stored, size_t n)
{
	json_t *a = json_loadb(stored, n, JSON_REJECT_DUPLICATES, NULL);

	if (a != NULL && json_is_array(a))
		return a;
	json_decref(a);
	return NULL;
}

static void
one_value(struct jc_buf *b, const struct jc_field *f, const char *stored, size_t n, int full)
{
	if (full)
		jc_value_show(b, f, stored, n);
	else
		jc_value_show_masked(b, f, stored, n);
}

void
jc_out_value(struct jc_buf *b, const struct jc_field *f, const char *stored, size_t n, int full)
{
	json_t *set, *e;
	size_t i;

	if (stored == NULL)
		return;
	if (!f->set) {
		one_value(b, f, stored, n, full);
		return;
	}
	set = set_of(stored, n);
	json_array_foreach(set, i, e) {
		if (i > 0)
			jc_buf_puts(b, JC_T("、", ", "));
		one_value(b, f, json_string_value(e), json_string_length(e), full);
	}
	json_decref(set);
}

json_t *
jc_out_json_value(const struct jc_field *f, const char *stored, size_t n)
{
	if (stored == NULL)
		return json_null();
	return f->set ? set_of(stored, n) : json_stringn(stored, n);
}

int
jc_out_json(json_t *doc, struct jc_err *err)
{
	int rc = doc != NULL ? json_dumpf(doc, stdout, JSON_COMPACT) : -1;

	json_decref(doc);
	if (rc != 0)
		return JC_NOMEM(err, "jc_out_json");
	printf("\n");
	return 0;
}

json_t *
jc_out_json_siblings(const struct jc_shown *s)
{
	json_t *a = json_array();

	for (size_t i = 0; i < s->nsiblings; i++) {
		const struct jc_sibling *v = &s->sibling[i];

		json_array_append_new(a, json_pack("{s:I,s:o,s:b,s:b,s:s,s:s,s:I,s:I}", "op", (json_int_t)v->op, "value",
		    v->text != NULL ? json_string(v->text) : json_null(), "shown", v->shown, "draft", v->draft, "device",
		    v->device, "label", v->label, "time", (json_int_t)v->time, "clock_off", (json_int_t)v->skew));
	}
	return a;
}

struct jc_slice
jc_out_text_of(void *arg, const struct jc_field *f)
{
	const struct jc_record *r = arg;

	for (size_t i = 0; i < r->nfields; i++)
		if (r->field[i].field->id == f->id && r->field[i].text != NULL)
			return (struct jc_slice){r->field[i].text, strlen(r->field[i].text)};
	return (struct jc_slice){"", 0};
}

const char *
jc_out_check(const struct jc_field *f)
{
	return f->check_zh != NULL ? f->check_zh : JC_T("与县里定的规则不符，请核对", "It does not fit the county's rule; please check");
}

int
jc_out_json_trip(void *list, const struct jc_trip *t)
{
	json_t *one = json_pack("{s:I,s:I,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:I}", "no", (json_int_t)t->no, "time",
	    (json_int_t)t->time, "way", t->way, "outcome", t->outcome, "message", t->said, "peer", t->peer, "ms",
	    (json_int_t)t->ms, "bytes_up", (json_int_t)t->up, "bytes_down", (json_int_t)t->down, "ops_up",
	    (json_int_t)t->ops_up, "ops_down", (json_int_t)t->ops_down);

	return json_array_append_new(list, one) == 0 ? 0 : JC_ENOMEM;
}
