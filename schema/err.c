/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "schema_err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct entry {
	int code;
	const char *word;
	const char *zh;
	const char *en;
};

static const struct entry entries[] = {
#define XX(name, code, word, zh, en) {code, word, zh, en},
	JC_ERR_MAP(XX)
#undef XX
};

static enum jc_lang lang_default = JC_LANG_ZH;
static _Thread_local int lang_thread = -1;
/* Code of the last error that a caller did not want to hear about: cause and prefix give it back. */
static _Thread_local int unheard = JC_EINTERNAL;

enum jc_lang
jc_lang_get(void)
{
	return lang_thread < 0 ? lang_default : (enum jc_lang)lang_thread;
}

void
jc_lang_set(enum jc_lang lang, int all)
{
	lang_thread = (int)lang;
	if (all)
		lang_default = lang;
}

static const struct entry *
entry_find(int code)
{
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		if (entries[i].code == code)
			return &entries[i];
	return NULL;
}

const char *
jc_err_word(int code)
{
	const struct entry *e = entry_find(code);

	if (code >= 0)
		return "ok";
	return e != NULL ? e->word : "unknown";
}

const char *
jc_err_sentence(int code)
{
	const struct entry *e = entry_find(code);

	if (code >= 0)
		return JC_T("好", "ok");
	if (e == NULL)
		return JC_T("未知错误", "Unknown error");
	return JC_T(e->zh, e->en);
}

/* Cut at a character, not inside one: a broken tail would be bad UTF-8 in JSON answers. */
static void
utf8_trim(char *s)
{
	size_t n = strlen(s), i = n;

	while (i > 0 && n - i < 4 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
		i--;
	if (i > 0) {
		unsigned char lead = (unsigned char)s[i - 1];
		size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;

		if (n - (i - 1) < need)
			s[i - 1] = '\0';
	}
}

int
jc_err_set(struct jc_err *err, int code, const char *where, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL) {
		unheard = code;
		return code;
	}
	err->code = code;
	err->where = where;
	err->cause[0] = '\0';
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	utf8_trim(err->msg);
	return code;
}

int
jc_err_cause(struct jc_err *err, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return unheard;
	va_start(ap, fmt);
	(void)vsnprintf(err->cause, sizeof(err->cause), fmt, ap);
	va_end(ap);
	utf8_trim(err->cause);
	return err->code;
}

int
jc_err_prefix(struct jc_err *err, const char *fmt, ...)
{
	char old[sizeof(err->msg)];
	va_list ap;
	size_t n;

	if (err == NULL)
		return unheard;
	memcpy(old, err->msg, sizeof(old));
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	n = strlen(err->msg);
	(void)snprintf(err->msg + n, sizeof(err->msg) - n, "%s", old);
	utf8_trim(err->msg);
	return err->code;
}

int
jc_err_code(struct jc_err *err, int code, const char *where)
{
	return jc_err_set(err, code, where, "%s", jc_err_sentence(code));
}
