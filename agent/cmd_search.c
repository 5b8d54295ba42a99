/* SPDX-License-Identifier: MulanPSL-2.0 */
/* search: records by part of a name, pinyin, initials, or the last digits of a number. */
#include <stdio.h>
#include <string.h>

#include "../sync/sync_search.h"
#include "cmd.h"
#include "out.h"

struct listing {
	json_t *json;
	int64_t n;
};

static int
hit_take(void *arg, const struct jc_hit *h)
{
	struct listing *l = arg;

	l->n++;
	if (l->json != NULL)
		return json_array_append_new(l->json, json_pack("{s:s,s:s,s:s}", "id", h->key.id, "kind", h->key.kind->name, "title",
		           h->title)) != 0
		    ? JC_ENOMEM
		    : 0;
	printf("%s  ", h->key.id);
	jc_out_pad(jc_kind_label(h->key.kind), 12);
	printf("  %s\n", h->title);
	return 0;
}

static int
search(struct jc_cmd_run *run, struct jc_err *err)
{
	struct listing l = {.json = run->json ? json_array() : NULL};
	struct jc_search s = {.limit = 20};
	const char *kind = jc_cmd_opt(run, "kind"), *limit = jc_cmd_opt(run, "limit");
	struct jc_buf text;
	int rc = 0;

	jc_buf_init(&text, 1 << 16);
	for (size_t i = 0; i < run->nargs; i++) {
		jc_buf_puts(&text, run->args[i]);
		jc_buf_putc(&text, ' ');
	}
	jc_buf_putc(&text, '\0');
	if ((rc = jc_buf_check(&text, "search", err)) == 0 && kind != NULL)
		rc = jc_cmd_kind(&s.kind, kind, err);
	if (rc == 0 && limit != NULL)
		rc = jc_cmd_number(&s.limit, "limit", limit, err);
	s.text = text.data;
	if (rc == 0)
		rc = jc_search(run->node, &s, hit_take, &l, err);
	jc_buf_free(&text);
	if (rc == 0 && run->json)
		return jc_out_json(l.json, err);
	json_decref(l.json);
	if (rc == 0 && l.n == 0)
		printf("%s\n", JC_T("没有找到；可以换个字、拼音首字母或号码的后几位再试",
		    "Nothing found; try another character, initials, or the last digits of a number"));
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"kind", "种类", "KIND", "只找这一种", "only of this kind", 0},
	{"limit", "条数", "N", "最多几条（平常20）", "at most so many (usually 20)", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_search = {
	.name = "search",
	.args_zh = "文字...", .args_en = "TEXT...",
	.least = 1, .most = 8,
	.zh = "找记录：姓名里的字、拼音、首字母、曾用名、简称、号码后几位",
	.en = "find records by part of a name, pinyin, initials, former or short names, last digits",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = search
};
