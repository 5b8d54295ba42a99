/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Porting file for git_merge_file. It merges lines; a Chinese paragraph is one line, in which any two changes would collide.
 * So every clause is given to it as a line of its own, real line breaks marked, and the marks are taken out again.
 */
#include <string.h>

#include <git2.h>

#include "sync_codec.h"
#include "sync_suggest.h"

#define BREAK '\x01' /* stands for a line break of the text; texts hold no control characters */

/* Length of the mark that ends a clause at s, 0 when there is none. */
static size_t
clause_end(const char *s, size_t n)
{
	static const char *const ends[] = {"。", "；", "，", "、", "！", "？", "：", ". ", "; ", ", "};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t k = strlen(ends[i]);

		if (k <= n && memcmp(s, ends[i], k) == 0)
			return k;
	}
	return 0;
}

static void
lines_put(struct jc_buf *out, struct jc_slice text)
{
	for (size_t at = 0; at < text.n;) {
		size_t k = clause_end(text.p + at, text.n - at);

		if (text.p[at] == '\n')
			jc_buf_puts(out, "\x01\n");
		else
			jc_buf_put(out, text.p + at, k > 0 ? k : 1);
		if (k > 0)
			jc_buf_putc(out, '\n');
		at += k > 0 ? k : 1;
	}
	jc_buf_putc(out, '\n');
}

static void
lines_take(struct jc_buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] == BREAK)
			jc_buf_putc(out, '\n');
		else if (s[i] != '\n')
			jc_buf_putc(out, s[i]);
}

int
jc_merge_text(struct jc_buf *out, int *clean, struct jc_slice base, struct jc_slice ours, struct jc_slice theirs,
    struct jc_err *err)
{
	const struct jc_slice text[3] = {base, ours, theirs};
	const git_merge_file_input none = {.version = GIT_MERGE_FILE_INPUT_VERSION, .ptr = NULL};
	git_merge_file_input in[3] = {none, none, none};
	git_merge_file_options o = {.version = GIT_MERGE_FILE_OPTIONS_VERSION, .ancestor_label = NULL};
	git_merge_file_result got = {0};
	struct jc_buf lines[3];
	int rc = 0;

	*clean = 0;
	jc_git_ready();
	for (size_t i = 0; i < 3; i++) {
		jc_buf_init(&lines[i], 8u << 20);
		lines_put(&lines[i], text[i]);
		if (rc == 0)
			rc = jc_buf_check(&lines[i], "jc_merge_text", err);
		in[i].ptr = lines[i].data;
		in[i].size = lines[i].len;
	}
	/* Once plainly, which tells whether both changed one place; there the versions stand one after the other. */
	if (rc == 0 && git_merge_file(&got, &in[0], &in[1], &in[2], &o) == 0 && got.automergeable) {
		*clean = 1;
	} else if (rc == 0) {
		git_merge_file_result_free(&got);
		memset(&got, 0, sizeof(got));
		o.favor = GIT_MERGE_FILE_FAVOR_UNION;
		if (git_merge_file(&got, &in[0], &in[1], &in[2], &o) != 0)
			rc = JC_NOMEM(err, "jc_merge_text");
	}
	if (rc == 0)
		lines_take(out, got.ptr, got.len);
	git_merge_file_result_free(&got);
	for (size_t i = 0; i < 3; i++)
		jc_buf_free(&lines[i]);
	return rc < 0 ? rc : jc_buf_check(out, "jc_merge_text", err);
}
