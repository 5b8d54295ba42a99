/* SPDX-License-Identifier: MulanPSL-2.0 */
/* void, unvoid, undo: taking back. Nothing is ever deleted. */
#include <stdio.h>
#include <string.h>

#include "record_io.h"

static int
void_record(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *reason = jc_cmd_opt(run, "reason");
	struct jc_record_key key;
	struct jc_scope scope;
	struct jc_save *sv;
	struct jc_buf text;
	int rc, end;

	jc_buf_init(&text, 1 << 16);
	if ((rc = jc_record_io_find(run, run->args[0], &key, &scope, err)) == 0 &&
	    (rc = jc_text_normalise(&text, reason, strlen(reason), 0, err)) == 0 &&
	    (rc = jc_buf_check(&text, "jc_cmd_void", err)) == 0 && text.len == 0)
		rc = jc_cmd_usage(err, run->cmd, JC_T("--reason 后面要写原因", "--reason needs a reason"));
	if (rc == 0 && (rc = jc_save_begin(&sv, run->node, key.scope, "void", err)) == 0) {
		rc = jc_save_void(sv, key.id, text.data, 0, err);
		end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
		rc = rc < 0 ? rc : end;
	}
	jc_buf_free(&text);
	if (rc == 0)
		printf("%s\n", JC_T("已作废（记录还在，可用 unvoid 恢复）", "Void (the record is kept; unvoid brings it back)"));
	return rc;
}

static int
unvoid_record(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_scope scope;
	struct jc_save *sv;
	int rc, end;

	if ((rc = jc_record_io_find(run, run->args[0], &key, &scope, err)) < 0 ||
	    (rc = jc_save_begin(&sv, run->node, key.scope, "unvoid", err)) < 0)
		return rc;
	rc = jc_save_unvoid(sv, key.id, err);
	end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	printf("%s\n", JC_T("已恢复", "Back again"));
	return 0;
}

/* What a batch was, for people. */
static const char *
what_word(const char *what)
{
	static const char *const word[][3] = {
		{"add", "新增", "adding"}, {"set", "修改", "a change"}, {"void", "作废", "voiding"},
		{"unvoid", "恢复", "bringing back"}, {"import", "导入", "an import"}, {"resolve", "选定", "settling"},
		{"merge", "合并", "merging"}, {"unmerge", "拆开", "taking apart"}, {"distinct", "查重", "a decision on duplicates"},
		{"define", "设计", "defining"}, {"object", "异议", "an objection"}, {"step", "办理", "a move"},
	};

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (strcmp(what, word[i][0]) == 0)
			return JC_T(word[i][1], word[i][2]);
	return what;
}

static int
undo(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_undone u;
	int rc;

	if ((rc = jc_undo(run->node, &u, err)) < 0)
		return rc;
	printf(JC_T("已撤销最近一次%s：还原了%lld处", "Took back %s: %lld restored"), what_word(u.what), (long long)u.restored);
	if (u.skipped > 0)
		printf(JC_T("，%lld处之后又有人改过，没有动", ", %lld left alone because they were edited since"), (long long)u.skipped);
	printf("\n");
	return 0;
}

static const struct jc_cmd_opt void_opts[] = {
	{"reason", "原因", "REASON", "为什么作废", "why", 1},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_void = {
	.name = "void",
	.args_zh = "编号", .args_en = "ID",
	.least = 1, .most = 1,
	.zh = "作废一条记录（不删除）",
	.en = "void a record (nothing is deleted)",
	.opts = void_opts,
	.flags = JC_CMD_OPEN,
	.run = void_record
};

const struct jc_cmd jc_cmd_unvoid = {
	.name = "unvoid",
	.args_zh = "编号", .args_en = "ID",
	.least = 1, .most = 1,
	.zh = "恢复作废的记录",
	.en = "bring a void record back",
	.flags = JC_CMD_OPEN,
	.run = unvoid_record
};

const struct jc_cmd jc_cmd_undo = {
	.name = "undo",
	.args_zh = "", .args_en = "",
	.zh = "撤销最近一次保存（一次导入算一次）\n再运行一次，再往前撤销一次。之后别人改过的不动。",
	.en = "take back the newest save (an import is one)\nOnce more goes further back. What others edited since is left alone.",
	.flags = JC_CMD_OPEN,
	.run = undo
};
