/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * practice: a folder of made-up records to try everything in. It carries a mark that no command takes away;
 * what has the mark joins no hub, so nothing made up can ever be counted.
 */
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "../schema/schema_mem.h"
#include "../sync/sync_enrol.h"
#include "cmd.h"
#include "out.h"
#include "paths.h"
#include "typed.h"

#define MEMBERS 36

struct practice {
	struct jc_node *node;
	struct jc_typed typed;
	struct jc_save *sv;
	char today[11];
};

/* One record from "field=text" pairs, NULL at the end; references by id. */
static int
record(struct practice *p, const char *kind, jc_id id, const char *const *pairs, struct jc_err *err)
{
	const struct jc_kind *k = jc_catalogue_kind(kind, strlen(kind));
	int rc = 0;

	jc_typed_begin(&p->typed, k);
	for (; rc == 0 && *pairs != NULL; pairs++)
		rc = jc_typed_pair(&p->typed, *pairs, err);
	id[0] = '\0';
	if (rc == 0 && (rc = jc_typed_finish(&p->typed, NULL, err)) == 0)
		rc = jc_save_set(p->sv, k, id, p->typed.change, p->typed.nchanges, 0, NULL, err);
	return rc;
}

static int
members(struct practice *p, const jc_id work, const jc_id own, struct jc_err *err)
{
	static const char *const family[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周"};
	static const char *const given[] = {"小青", "大山", "春梅", "建国", "秀英", "志强"};
	static const char *const job[] = {"钳工", "电工", "会计", "护林员"};
	char name[40], gender[16], mobile[24], where[40], born[32], joined[32], work_id[32], union_id[32];
	int rc = 0;

	snprintf(work_id, sizeof(work_id), "employer_id=%s", work);
	snprintf(union_id, sizeof(union_id), "union_id=%s", own);
	for (int i = 0; rc == 0 && i < MEMBERS; i++) {
		const char *const pairs[] = {name, gender, mobile, born, joined, where, work_id, union_id,
		    "join_method=individual", "consent_by=legacy", NULL};
		jc_id id;

		snprintf(name, sizeof(name), "name=%s%s", family[i % 9], given[i / 9 + (i % 2)]);
		snprintf(gender, sizeof(gender), "gender=%d", i % 3 == 0 ? 2 : 1);
		snprintf(mobile, sizeof(mobile), "mobile=130000001%02d", i);
		snprintf(born, sizeof(born), "birth_date=%d-%02d", 1968 + i, i % 12 + 1);
		snprintf(joined, sizeof(joined), "joined_on=%d-%02d", 2010 + i % 14, i % 12 + 1);
		snprintf(where, sizeof(where), "job=%s", job[i % 4]);
		rc = record(p, "member", id, pairs, err);
	}
	return rc;
}

static int
activities(struct practice *p, const jc_id own, struct jc_err *err)
{
	static const char *const what[][3] = {{"title=春季安全生产培训", "start_at=2026-03-12", "attend_count=28"},
	    {"title=五一趣味运动会", "start_at=2026-04-30", "attend_count=33"}, {"title=夏送清凉", "start_at=2026-07-15", "attend_count=24"}};
	char host[40];
	int rc = 0;

	snprintf(host, sizeof(host), "host_org_id=%s", own);
	for (size_t i = 0; rc == 0 && i < sizeof(what) / sizeof(what[0]); i++) {
		const char *const pairs[] = {what[i][0], what[i][1], what[i][2], host, NULL};
		jc_id id;

		rc = record(p, "activity", id, pairs, err);
	}
	return rc;
}

static int
fill(struct practice *p, struct jc_err *err)
{
	static const char *const own[] = {"org_kind=union", "name=练习镇机械厂工会委员会", "short_name=机械厂工会", NULL};
	static const char *const work[] = {"org_kind=employer", "name=练习镇机械厂", NULL};
	static const char *const plain[] = {"org_kind=union", "name=练习镇机械厂工会委员会", NULL};
	jc_id own_id, work_id;
	int rc, end;

	if ((rc = jc_save_begin(&p->sv, p->node, 1, "add", err)) < 0)
		return rc;
	rc = record(p, "org", own_id, jc_catalogue_field(jc_catalogue_kind("org", 3), "short_name", 10) != NULL ? own : plain, err);
	if (rc == 0 && (rc = record(p, "org", work_id, work, err)) == 0 && (rc = members(p, work_id, own_id, err)) == 0)
		rc = activities(p, own_id, err);
	end = jc_save_end(p->sv, rc == 0, NULL, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
make(struct jc_cmd_run *run, const char *dir, const char *db, struct jc_err *err)
{
	struct practice p = {0};
	int rc;

	if (jc_paths_exists(db))
		return jc_err_set(err, JC_EEXISTS, "practice",
		    JC_T("%s 里已经有数据了，请换一个新文件夹", "%s has data already; use a new folder"), dir);
	if ((rc = jc_paths_key_make(&run->key, dir, run->env, err)) < 0 ||
	    (rc = jc_node_open(&p.node, run->env, db, JC_DB_CREATE, &run->key, err)) < 0)
		return rc;
	jc_out_today(p.today, run->env);
	jc_typed_init(&p.typed, NULL, JC_TYPED_RAW, p.today);
	if ((rc = jc_node_init_branch(p.node, JC_T("练习镇机械厂工会", "Practice branch"), err)) == 0 &&
	    (rc = jc_meta_set(p.node->db, JC_PRACTICE_META, "1", err)) == 0)
		rc = fill(&p, err);
	jc_typed_free(&p.typed);
	jc_node_close(p.node);
	if (rc == 0)
		printf(JC_T("练习数据在 %s：编造的%d名会员和几次活动，随便试，不会上报。\n用 jiceng --data %s 加命令；不要了用 jiceng practice %s --remove\n",
		           "Practice data is in %s: %d made-up members and some activities; try anything, nothing is ever sent.\nUse jiceng --data %s COMMAND; jiceng practice %s --remove removes it\n"),
		    dir, MEMBERS, dir, dir);
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
	marked = jc_enrol_practice(node, NULL) < 0;
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
