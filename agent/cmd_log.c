/* SPDX-License-Identifier: MulanPSL-2.0 */
/* log export: the log as a bare git repository that stock git reads and verifies. */
#include <stdio.h>

#include "../sync/sync_store.h"
#include "cmd.h"
#include "files.h"
#include "paths.h"

static int
cut_all(struct jc_cmd_run *run, const struct jc_scope *s, struct jc_err *err)
{
	int64_t drafts, made;
	int rc, end;

	if (!s->mine || (rc = jc_log_drafts(run->node->log, s->no, &drafts, err)) < 0 || drafts == 0)
		return s->mine ? rc : 0;
	if ((rc = jc_db_begin(run->node->db, err)) < 0)
		return rc;
	rc = jc_cut(run->node->log, s->no, 0, &made, err);
	end = jc_db_end(run->node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
scope_choose(struct jc_cmd_run *run, struct jc_scope *s, struct jc_err *err)
{
	const char *id = jc_cmd_opt(run, "scope");
	int rc;

	if (id == NULL)
		rc = jc_node_scope(run->node, s, err);
	else
		rc = jc_scope_find(s, run->node->log, id, err);
	if (rc == 0 && !s->joined)
		return jc_err_set(err, JC_ESTATE, "jc_cmd_log",
		    JC_T("还没有加入上级，日志还没有封好；请先 jiceng join", "Not joined yet, so there is no signed log; jiceng join first"));
	return rc;
}

/* OUT.git.allowed_signers: the keys that git verify-commit is to accept. */
static int
allowed_write(const char *dir, const struct jc_buf *allowed, struct jc_err *err)
{
	char path[JC_PATH_MAX];
	int rc;

	if ((rc = jc_buf_check(allowed, "jc_cmd_log", err)) < 0)
		return rc;
	if (snprintf(path, sizeof(path), "%s.allowed_signers", dir) >= (int)sizeof(path))
		return jc_err_set(err, JC_ELIMIT, "jc_cmd_log", JC_T("文件名太长", "The file's name is too long"));
	return jc_files_write(path, allowed->data, allowed->len, 0644, err);
}

static int
log_export(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *dir = run->args[0];
	struct jc_buf allowed;
	struct jc_scope s;
	char word[32];
	int rc;

	if (jc_paths_exists(dir)) {
		run->exit = JC_EXIT_CREATE;
		return jc_err_set(err, JC_EEXISTS, "jc_cmd_log", JC_T("%s 已经有了，请换一个名字", "%s is there already; choose another name"), dir);
	}
	jc_cmd_catch();
	snprintf(word, sizeof(word), "%s", JC_T("导出", "exporting"));
	if ((rc = scope_choose(run, &s, err)) < 0 || (rc = cut_all(run, &s, err)) < 0)
		return rc;
	jc_buf_init(&allowed, 16u << 20);
	rc = jc_store_export(run->node->log, s.no, dir, &allowed, jc_cmd_progress, word, err);
	jc_cmd_progress(word, -1, 0);
	if (rc == 0)
		rc = allowed_write(dir, &allowed, err);
	jc_buf_free(&allowed);
	if (rc < 0)
		return rc;
	printf(JC_T("“%s”的日志已导出到 %s\n核对签名：git -C %s -c gpg.ssh.allowedSignersFile=%s.allowed_signers log --show-signature\n",
	           "The log of \"%s\" is in %s\nCheck signatures: git -C %s -c gpg.ssh.allowedSignersFile=%s.allowed_signers log --show-signature\n"),
	    s.name, dir, dir, dir);
	return 0;
}

static const struct jc_cmd_opt opts[] = {
	{"scope", "编号", "ID", "导出哪一个范围（中心上用；默认是自己的）", "which scope (on a hub; default: its own)", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_log_export = {
	.name = "log export",
	.args_zh = "文件夹.git", .args_en = "OUT.git",
	.least = 1, .most = 1,
	.zh = "把日志导出成 git 仓库，用普通 git 就能查看和核对签名",
	.en = "export the log as a git repository for stock git to read and verify",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_GIT,
	.run = log_export
};
