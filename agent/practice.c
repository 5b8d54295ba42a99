/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "practice.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../sync/sync_enrol.h"
#include "out.h"
#include "typed.h"

#define MEMBERS JC_PRACTICE_MEMBERS

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

int
jc_practice_fill(struct jc_node *node, const struct jc_env *env, struct jc_err *err)
{
	struct practice p = {.node = node};
	int rc;

	jc_out_today(p.today, env);
	jc_typed_init(&p.typed, NULL, JC_TYPED_RAW, p.today);
	if ((rc = jc_node_init_branch(node, JC_T("练习镇机械厂工会", "Practice branch"), err)) == 0 &&
	    (rc = jc_meta_set(node->db, JC_PRACTICE_META, "1", err)) == 0)
		rc = fill(&p, err);
	jc_typed_free(&p.typed);
	return rc;
}

int
jc_practice_is(struct jc_node *node)
{
	int64_t mark = 0;

	return jc_meta_int(node->db, JC_PRACTICE_META, &mark, 0, NULL) == 0 && mark != 0;
}
