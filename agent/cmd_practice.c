/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * practice: a folder of made-up records to try everything in. It carries a mark that no command takes away;
 * what has the mark joins no hub, so nothing made up can ever be counted.
 */
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "cmd.h"
#include "paths.h"
#include "practice.h"

static int
make(struct jc_cmd_run *run, const char *dir, const char *db, struct jc_err *err)
{
	struct jc_node *node = NULL;
	int rc;

	if (jc_paths_exists(db))
		return jc_err_set(err, JC_EEXISTS, "practice",
		    JC_T("%s 里已经有数据了，请换一个新文件夹", "%s has data already; use a new folder"), dir);
	if ((rc = jc_paths_key_make(&run->key, dir, run->env, err)) < 0 ||
	    (rc = jc_node_open(&node, run->env, db, JC_DB_CREATE, &run->key, err)) < 0)
		return rc;
	rc = jc_practice_fill(node, run->env, err);
	jc_node_close(node);
	if (rc == 0)
		printf(JC_T("练习数据在 %s：编造的%d名会员和几次活动，随便试，不会上报。\n用 jiceng --data %s 加命令；不要了用 jiceng practice %s --remove\n",
		           "Practice data is in %s: %d made-up members and some activities; try anything, nothing is ever sent.\nUse jiceng --data %s COMMAND; jiceng practice %s --remove removes it\n"),
		    dir, JC_PRACTICE_MEMBERS, dir, dir);
	return rc;
}

/* ---- removing ---- */

static int
files_remove(const char *dir, struct jc_err *err)
{
	uv_fs_t list, one;
	uv_dirent_t e;
	int rc = uv_fs_scandir(NULL, &list, dir, 0, NULL);

	while (rc >= 0 && uv_fs_scandir_next(&list, &e) == 0) {
		char path[JC_PATH_MAX];

		if (e.type == UV_DIRENT_DIR || jc_paths_join(path, dir, e.name, err) < 0)
			continue;
		rc = uv_fs_unlink(NULL, &one, path, NULL);
		uv_fs_req_cleanup(&one);
	}
	uv_fs_req_cleanup(&list);
	if (rc >= 0) {
		rc = uv_fs_rmdir(NULL, &one, dir, NULL);
		uv_fs_req_cleanup(&one);
	}
	if (rc >= 0)
		return 0;
	(void)jc_err_set(err, JC_EIO, "practice", JC_T("没有删干净 %s，请自己删掉这个文件夹", "%s could not be removed whole; please delete the folder"), dir);
	return jc_err_cause(err, "%s", uv_strerror(rc));
}

static int
take_away(struct jc_cmd_run *run, const char *dir, const char *db, struct jc_err *err)
{
	struct jc_node *node;
	int rc, marked;

	if (!jc_paths_exists(db))
		return jc_err_set(err, JC_ENOTFOUND, "practice", JC_T("%s 里没有数据", "There is no data in %s"), dir);
	if ((rc = jc_node_open(&node, run->env, db, JC_DB_READONLY, NULL, err)) < 0)
		return rc;
	marked = jc_practice_is(node);
	jc_node_close(node);
	if (!marked)
		return jc_err_set(err, JC_EDENIED, "practice",
		    JC_T("%s 里不是练习数据，不能这样删", "What is in %s is no practice data and is not removed"), dir);
	if ((rc = files_remove(dir, err)) == 0)
		printf("%s\n", JC_T("练习数据已删除", "The practice data is gone"));
	return rc;
}

static int
practice(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *dir = run->args[0];
	char db[JC_PATH_MAX];
	int rc = jc_paths_join(db, dir, JC_DB_FILE, err);

	if (rc < 0)
		return rc;
	return jc_cmd_opt(run, "remove") != NULL ? take_away(run, dir, db, err) : make(run, dir, db, err);
}

static const struct jc_cmd_opt opts[] = {
	{"remove", NULL, NULL, "删掉练习文件夹", "remove the practice folder", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_practice = {
	.name = "practice",
	.args_zh = "文件夹", .args_en = "FOLDER",
	.least = 1, .most = 1,
	.zh = "做一个装满编造数据的练习文件夹（永远不会上报）",
	.en = "make a folder of made-up data to practise in (it is never sent)",
	.opts = opts,
	.run = practice
};
