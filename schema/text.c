/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Text is normalised once, where it enters. One line becomes NFKC: what people type with a Chinese
 * input method (full-width letters, odd spaces) and what Excel adds (leading apostrophes, zero-width
 * characters) must not make two names of one. NFKC knows nothing of private-use and later extension
 * characters and leaves them alone, so rare characters survive.
 *
 * Prose is different in one respect: there the Chinese comma is a comma, and ① is not 1. NFKC would
 * print every report with western punctuation. So in several-line text these signs stay as typed;
 * everything else is treated alike.
 *
 * Invisible characters go before NFKC and not after, because what they kept apart may compose. That
 * is what makes a second pass change nothing, which the fuzzer checks.
 */
#include <utf8proc.h>

#include <string.h>

#include "schema_mem.h"
#include "schema_value.h"

/* More than any value or cell may hold; bounds the work, not the value. */
#define TEXT_MAX ((size_t)1 << 20)

struct points {
	utf8proc_int32_t *v;
	size_t n;
};

static utf8proc_int32_t
next_point(const char *s, size_t n, size_t *at)
{
	utf8proc_int32_t cp;
	utf8proc_ssize_t len =
	    utf8proc_iterate((const utf8proc_uint8_t *)s + *at, (utf8proc_ssize_t)(n - *at), &cp);

	if (len <= 0) {
		*at = n;
		return -1;
	}
	*at += (size_t)len;
	return cp;
}

static void
put_point(struct jc_buf *out, utf8proc_int32_t cp)
{
	utf8proc_uint8_t tmp[4];
	utf8proc_ssize_t len = utf8proc_encode_char(cp, tmp);

	if (len > 0)
		jc_buf_put(out, tmp, (size_t)len);
}

/* Characters nobody sees and nobody typed on purpose. Variation selectors are not among them. */
static int
is_invisible(utf8proc_int32_t cp)
{
	return (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
	    (cp >= 0x2060 && cp <= 0x2064) || (cp >= 0x2066 && cp <= 0x206f) || cp == 0xfeff || cp == 0xad ||
	    cp == 0x180e;
}

static int
is_break(utf8proc_int32_t cp)
{
	return (cp >= 0x0a && cp <= 0x0d) || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

static int
is_space(utf8proc_int32_t cp)
{
	return cp == ' ' || cp == '\t' || (cp > 0x7f && utf8proc_category(cp) == UTF8PROC_CATEGORY_ZS);
}

static int
is_control(utf8proc_int32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

/* Signs that NFKC would replace and that Chinese prose needs as they are. */
static int
is_prose_sign(utf8proc_int32_t cp)
{
	switch (cp) {
	case 0xff0c: /* ， */
	case 0xff1b: /* ； */
	case 0xff1a: /* ： */
	case 0xff1f: /* ？ */
	case 0xff01: /* ！ */
	case 0xff08: /* （ */
	case 0xff09: /* ） */
	case 0x2026: /* … */
	case 0xff5e: /* ～ */
		return 1;
	default: /* circled and bracketed numbers: ① ⑴ ⒈, ㈠, ㊀ */
		return (cp >= 0x2460 && cp <= 0x249b) || (cp >= 0x3220 && cp <= 0x3229) ||
		    (cp >= 0x3280 && cp <= 0x3289);
	}
}

/* Code points that NFKC certainly leaves alone: ASCII and the ordinary ideographs. */
static int
is_plain(utf8proc_int32_t cp)
{
	return (cp >= 0x20 && cp < 0x7f) || (cp >= 0x4e00 && cp <= 0x9fff) || cp == '\n' || cp == 0x3001 ||
	    cp == 0x3002;
}

/* Appends the NFKC of n bytes of valid UTF-8. */
static int
put_nfkc(struct jc_buf *out, const char *s, size_t n)
{
	const utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s;
	utf8proc_ssize_t len = utf8proc_decompose(p, (utf8proc_ssize_t)n, NULL, 0, how);
	utf8proc_int32_t *v;

	if (len <= 0)
		return len < 0 ? JC_EINVAL : 0;
	v = jc_alloc((size_t)len * sizeof(*v));
	if (v == NULL)
		return JC_ENOMEM;
	len = utf8proc_decompose(p, (utf8proc_ssize_t)n, v, len, how);
	if (len > 0)
		len = utf8proc_normalize_utf32(v, len, how);
	for (utf8proc_ssize_t i = 0; i < len; i++)
		put_point(out, v[i]);
	jc_free(v);
	return len < 0 ? JC_EINVAL : 0;
}

/* Appends a run and empties it. */
static int
put_run(struct jc_buf *out, struct jc_buf *run, int plain)
{
	int rc = run->failed;

	if (rc == 0 && plain)
		jc_buf_put(out, run->data, run->len);
	else if (rc == 0)
		rc = put_nfkc(out, run->data, run->len);
	jc_buf_reset(run);
	return rc;
}

/* Drops what is invisible, then appends NFKC run by run, prose signs kept when `lines`. */
static int
put_clean(struct jc_buf *out, const char *s, size_t n, int lines)
{
	struct jc_buf run;
	int plain = 1, rc = 0;

	jc_buf_init(&run, TEXT_MAX + 4);
	for (size_t i = 0; i < n && rc == 0;) {
		utf8proc_int32_t cp = next_point(s, n, &i);

		if (is_break(cp)) {
			if (cp == '\r' && i < n && s[i] == '\n')
				i++;
			cp = lines ? '\n' : ' ';
		}
		if (is_invisible(cp) || (is_control(cp) && cp != '\n' && cp != '\t'))
			continue;
		if (lines && is_prose_sign(cp)) {
			rc = put_run(out, &run, plain);
			plain = 1;
			put_point(out, cp);
			continue;
		}
		plain = plain && is_plain(cp);
		put_point(&run, cp);
	}
	if (rc == 0)
		rc = put_run(out, &run, plain);
	jc_buf_free(&run);
	return rc;
}

/* Appends clean text with its spaces collapsed and its ends trimmed. */
static void
put_spaced(struct jc_buf *out, const char *s, size_t n, int lines)
{
	size_t start = out->len;
	size_t breaks = 0;
	int gap = 0;

	for (size_t i = 0; i < n;) {
		utf8proc_int32_t cp = next_point(s, n, &i);

		if (cp == '\n' && lines) {
			breaks++;
		} else if (is_space(cp) || cp == '\n') {
			gap = 1;
		} else if (out->len == start && cp == '\'' && !lines) {
			gap = 0; /* Excel's mark for "this is text" */
		} else {
			if (out->len != start && breaks != 0)
				while (breaks-- != 0)
					jc_buf_putc(out, '\n');
			else if (out->len != start && gap)
				jc_buf_putc(out, ' ');
			breaks = 0;
			gap = 0;
			put_point(out, cp);
		}
	}
}

int
jc_text_normalise(struct jc_buf *out, const char *s, size_t n, int lines, struct jc_err *err)
{
	struct jc_buf clean;
	int rc;

	if (n > TEXT_MAX)
		return jc_err_set(err, JC_EINVAL, "jc_text_normalise",
		    JC_T("文字太长，请缩短或作为附件", "The text is too long; shorten it or attach it as a file"));
	if (!jc_utf8_ok(s, n))
		return jc_err_set(err, JC_EINVAL, "jc_text_normalise",
		    JC_T("文字编码不对，请重新输入或另存为 UTF-8", "The text is not valid UTF-8; type it again or save the file as UTF-8"));
	jc_buf_init(&clean, TEXT_MAX * 12);
	rc = put_clean(&clean, s, n, lines);
	if (rc == 0)
		rc = clean.failed;
	if (rc == 0)
		put_spaced(out, clean.data, clean.len, lines);
	jc_buf_free(&clean);
	if (rc < 0)
		return jc_err_code(err, rc, "jc_text_normalise");
	return jc_buf_check(out, "jc_text_normalise", err);
}

static int
is_opening(utf8proc_int32_t cp)
{
	return cp == '(' || cp == '[' || cp == '{' || cp == '<' || cp == 0x3010 || cp == 0x3014 || cp == 0x300a;
}

static int
is_closing(utf8proc_int32_t cp)
{
	return cp == ')' || cp == ']' || cp == '}' || cp == '>' || cp == 0x3011 || cp == 0x3015 || cp == 0x300b;
}

void
jc_text_fold(struct jc_buf *out, const char *s, size_t n, int notes)
{
	struct jc_buf clean;
	int depth = 0, rc;

	if (n > TEXT_MAX || !jc_utf8_ok(s, n))
		return;
	jc_buf_init(&clean, TEXT_MAX * 12);
	rc = put_clean(&clean, s, n, 0);
	if (rc == JC_ENOMEM || clean.failed == JC_ENOMEM)
		out->failed = JC_ENOMEM;
	for (size_t i = 0; i < clean.len && !out->failed;) {
		utf8proc_int32_t cp = next_point(clean.data, clean.len, &i);

		if (notes && is_opening(cp))
			depth++;
		if (depth == 0 && !is_space(cp) && cp != '*' && cp != ':' && cp != '\'')
			put_point(out, utf8proc_tolower(cp));
		if (depth > 0 && is_closing(cp))
			depth--;
	}
	jc_buf_free(&clean);
}

size_t
jc_text_points(const char *s, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}

/* Ideographs, their later planes, and the private-use code points that GB 18030 fonts put them at. */
static int
is_han(utf8proc_int32_t cp)
{
	return (cp >= 0x3400 && cp <= 0x9fff) || cp == 0x3005 || cp == 0x3007 || (cp >= 0xe000 && cp <= 0xfaff) ||
	    (cp >= 0x2e80 && cp <= 0x2fdf) || (cp >= 0x20000 && cp <= 0x3ffff) || cp >= 0xf0000;
}

static int
is_dot(utf8proc_int32_t cp)
{
	return cp == 0xb7 || cp == '.' || cp == 0x2022 || cp == 0x2027 || cp == 0x30fb || cp == 0x2219 ||
	    cp == 0x22c5 || cp == 0x2e33 || cp == 0xff0e;
}

static int
is_variation(utf8proc_int32_t cp)
{
	return (cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0xe0100 && cp <= 0xe01ef);
}

static int
is_latin(utf8proc_int32_t cp)
{
	return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') || (cp >= 0xc0 && cp <= 0x24f && cp != 0xd7 && cp != 0xf7);
}

int
jc_text_name(struct jc_buf *out, const char *s, size_t n)
{
	utf8proc_int32_t last = 0; /* the character before, spaces and variation selectors not counted */
	int han = 0, latin = 0, gap = 0;

	for (size_t i = 0; i < n;) {
		utf8proc_int32_t cp = next_point(s, n, &i);
		size_t ahead = i;
		utf8proc_int32_t next = ahead < n ? next_point(s, n, &ahead) : 0;

		while (next == ' ' && ahead < n)
			next = next_point(s, n, &ahead);
		if (is_space(cp)) {
			gap = 1;
			continue;
		}
		if (is_dot(cp) && is_han(last) && is_han(next))
			cp = 0xb7;
		if (gap && !((is_han(last) || last == 0xb7) && (is_han(cp) || cp == 0xb7)))
			jc_buf_putc(out, ' ');
		put_point(out, cp);
		gap = 0;
		han |= is_han(cp);
		latin |= is_latin(cp);
		if (!is_variation(cp))
			last = cp;
	}
	return han && latin;
}
