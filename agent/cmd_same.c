/* SPDX-License-Identifier: MulanPSL-2.0 */
/* duplicates, merge, unmerge, distinct: who might be one, and what a person decides about it. */
#include <stdio.h>
#include <string.h>

#include "../sync/sync_dup.h"
#include "out.h"
#include "record_io.h"
#include "same.h"

struct listing {
	struct jc_cmd_run *run;
	json_t *json;
	int64_t n;
};

static const struct jc_field *
more_field(const struct jc_kind *k, const char *text)
{
	const char *name = strcmp(k->name, "org") == 0 ? "uscc" : text[0] != '\0' && strchr(text, '-') != NULL ? "birth_date" : "id_no";

	return jc_catalogue_field(k, name, strlen(name));
}

static void
side_print(const struct jc_kind *k, const char *id, const char *title, const char *more)
{
	struct jc_buf b;

	jc_buf_init(&b, 1 << 16);
	printf("    %s  ", id);
	jc_out_pad(title, 16);
	if (more[0] != '\0')
		jc_out_value(&b, more_field(k, more), more, strlen(more), 0);
	printf("  %s\n", b.data != NULL ? b.data : "");
	jc_buf_free(&b);
}

static int
pair_take(void *arg, const struct jc_dup_pair *p)
{
	struct listing *l = arg;

	l->n++;
	if (l->json != NULL)
		return json_array_append_new(l->json, json_pack("{s:s,s:s,s:s,s:i,s:b,s:b,s:{s:s,s:s},s:{s:s,s:s}}", "kind", p->kind->name,
		           "rule", jc_dup_rule_word(p->dup.rule), "why", jc_dup_rule_text(p->dup.rule), "score", p->dup.score, "link",
		           p->dup.verdict == JC_DUP_LINK, "two_branches", p->a.scope != p->b.scope, "a", "id", p->a.id, "title", p->a.title,
		           "b", "id", p->b.id, "title", p->b.title)) != 0
		    ? JC_ENOMEM
		    : 0;
	printf("%s  %s  %d%s\n", jc_dup_rule_word(p->dup.rule), jc_dup_rule_text(p->dup.rule), p->dup.score,
	    p->two_memberships ? JC_T("  【双重会籍】", "  [two memberships]")
	    : p->a.scope != p->b.scope ? JC_T("  （在两个单位）", "  (in two branches)") : "");
	side_print(p->kind, p->a.id, p->a.title, p->a.more);
	side_print(p->kind, p->b.id, p->b.title, p->b.more);
	return 0;
}

static int
duplicates(struct jc_cmd_run *run, struct jc_err *err)
{
	struct listing l = {.run = run, .json = run->json ? json_array() : NULL};
	struct jc_dup_query q = {.weekly = jc_cmd_opt(run, "all") != NULL, .progress = jc_cmd_progress};
	char word[32];
	int rc = 0;

	snprintf(word, sizeof(word), "%s", JC_T("查重", "comparing"));
	q.progress_arg = word;
	if (run->nargs > 0)
		rc = jc_cmd_kind(&q.kind, run->args[0], err);
	if (rc == 0 && q.kind != NULL && strcmp(q.kind->name, "member") != 0 && strcmp(q.kind->name, "org") != 0)
		rc = jc_cmd_usage(err, run->cmd, JC_T("只有会员和组织可以查重", "Only members and organizations are compared"));
	if (rc == 0) {
		jc_cmd_catch();
		rc = jc_dups_each(run->node, &q, pair_take, &l, err);
		jc_cmd_progress(word, -1, 0);
	}
	if (rc == 0 && run->json)
		return jc_out_json(l.json, err);
	json_decref(l.json);
	if (rc < 0)
		return rc;
	if (l.n == 0)
		printf("%s\n", JC_T("没有发现重复", "Nothing looks like a duplicate"));
	else
		printf(JC_T("共%lld对。是同一个：jiceng merge 保留的 并入的；不是：jiceng distinct 编号 编号\n",
		           "%lld pairs. The same one: jiceng merge KEPT OTHER; not the same: jiceng distinct ID ID\n"), (long long)l.n);
	return 0;
}

/* Kind and scope of the first record. */
static int
first_find(struct jc_cmd_run *run, struct jc_record_key *key, struct jc_err *err)
{
	struct jc_scope scope;

	return jc_record_io_find(run, run->args[0], key, &scope, err);
}

static int
merge(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_choices choices = {0};
	struct jc_record_key key;
	int rc, settled, open;
	jc_id shown;

	if ((rc = first_find(run, &key, err)) < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < run->nopts; i++)
		if (strcmp(run->opts[i].opt->name, "keep") == 0)
			rc = jc_choices_parse(&choices, key.kind, run->opts[i].value, err);
	if (rc < 0 || (rc = jc_same_merge(run->node, key.scope, run->args[0], run->args[1], &choices, shown, &settled, &open, err)) < 0)
		return rc;
	if (run->json)
		return jc_out_json(json_pack("{s:s,s:i,s:i}", "id", shown, "settled", settled, "open", open), err);
	printf(JC_T("已合并，今后显示为 %s；两个旧编号都还能用\n", "Merged; shown as %s from now on, both ids go on working\n"), shown);
	if (open > 0)
		printf(JC_T("有%d项两边写得不同，请看 jiceng conflicts，或用 --keep 项目=A/B/newer/fuller 一次定下来\n",
		           "%d fields differ: see jiceng conflicts, or settle them with --keep FIELD=A/B/newer/fuller\n"), open);
	return 0;
}

static int
pair_save(struct jc_cmd_run *run, int (*fn)(struct jc_save *, const jc_id, const jc_id, struct jc_err *), const char *what,
    struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_save *sv;
	int rc, end;

	if ((rc = first_find(run, &key, err)) < 0 || (rc = jc_save_begin(&sv, run->node, key.scope, what, err)) < 0)
		return rc;
	rc = fn(sv, run->args[0], run->args[1], err);
	end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
unmerge(struct jc_cmd_run *run, struct jc_err *err)
{
	int rc = pair_save(run, jc_save_unmerge, "unmerge", err);

	if (rc == 0)
		printf("%s\n", JC_T("已拆开，各自恢复原来的内容", "Taken apart; each has its own values again"));
	return rc;
}

static int
told_apart(struct jc_save *sv, const jc_id a, const jc_id b, struct jc_err *err)
{
	return jc_save_distinct(sv, a, b, 1, err);
}

static int
maybe_one(struct jc_save *sv, const jc_id a, const jc_id b, struct jc_err *err)
{
	return jc_save_distinct(sv, a, b, 0, err);
}

static int
distinct(struct jc_cmd_run *run, struct jc_err *err)
{
	int back = jc_cmd_opt(run, "back") != NULL;
	int rc = pair_save(run, back ? maybe_one : told_apart, "distinct", err);

	if (rc == 0)
		printf("%s\n", back ? JC_T("已收回，以后还会提示", "Taken back; the pair may be offered again")
		                    : JC_T("记下了：不是同一个，以后不再提示", "Noted: they are two; the pair is not offered again"));
	return rc;
}

static const struct jc_cmd_opt duplicates_opts[] = {
	{"all", NULL, NULL, "把每周清单里可能性小一些的也列出", "the less likely ones of the weekly list as well", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_duplicates = {
	.name = "duplicates",
	.args_zh = "[种类]", .args_en = "[KIND]",
	.most = 1,
	.zh = "可能重复的会员和组织\n从不自动合并；决定用 merge 和 distinct。",
	.en = "members and organizations that may be duplicates\nNothing is merged by itself; decide with merge and distinct.",
	.opts = duplicates_opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = duplicates
};

static const struct jc_cmd_opt merge_opts[] = {
	{"keep", "项目=A", "FIELD=A", "不同的项目留哪个：A（第一个编号）、B、newer（较新的）、fuller（较全的）；all=… 是其余各项；可以写几次",
	    "which value stays where they differ: A (the first id), B, newer, fuller; all=... for the others; may be repeated", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_merge = {
	.name = "merge",
	.args_zh = "保留的编号 并入的编号", .args_en = "ID OTHER",
	.least = 2, .most = 2,
	.zh = "把两条重复的记录合成一条（随时可用 unmerge 拆开）",
	.en = "make one of two duplicate records (unmerge takes them apart at any time)",
	.opts = merge_opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = merge
};

const struct jc_cmd jc_cmd_unmerge = {
	.name = "unmerge",
	.args_zh = "编号 编号", .args_en = "ID OTHER",
	.least = 2, .most = 2,
	.zh = "把合并过的记录拆开",
	.en = "take merged records apart",
	.flags = JC_CMD_OPEN,
	.run = unmerge
};

static const struct jc_cmd_opt distinct_opts[] = {
	{"back", NULL, NULL, "收回这个决定", "take the decision back", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_distinct = {
	.name = "distinct",
	.args_zh = "编号 编号", .args_en = "ID OTHER",
	.least = 2, .most = 2,
	.zh = "两条记录不是同一个，以后不再提示",
	.en = "two records are not the same one; do not offer them again",
	.opts = distinct_opts,
	.flags = JC_CMD_OPEN,
	.run = distinct
};
