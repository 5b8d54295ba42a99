/* SPDX-License-Identifier: MulanPSL-2.0 */
/* digest, rebuild, verify: what proves that two nodes are equal and that one is sound. */
#include <stdio.h>
#include <string.h>

#include "../sync/sync_verify.h"
#include "cmd.h"
#include "out.h"

struct digests {
	struct jc_cmd_run *run;
	struct jc_err *err;
	json_t *list;
};

static void
hex(char out[2 * JC_HASH_LEN + 1], const uint8_t h[JC_HASH_LEN])
{
	for (size_t i = 0; i < JC_HASH_LEN; i++)
		snprintf(out + 2 * i, 3, "%02x", h[i]);
}

static void
one_print(const struct jc_scope *s, int64_t records, const char *reg, const char *typed)
{
	printf("%s%s  %lld%s\n  %s %s\n  %s %s\n", s->name,
	    strcmp(s->role, "common") == 0 ? JC_T("（下发）", " (common)") : "", (long long)records, JC_T("条", " records"),
	    JC_T("登记", "register"), reg[0] != '\0' ? reg : JC_T("加入上级后才有", "none before joining"), JC_T("表格", "tables  "),
	    typed);
}

static int
one_digest(void *arg, const struct jc_scope *s)
{
	struct digests *d = arg;
	struct jc_node *node = d->run->node;
	char reg[2 * JC_HASH_LEN + 1] = "", typed[2 * JC_HASH_LEN + 1];
	uint8_t h[JC_HASH_LEN];
	int64_t records = 0, made, drafts;
	int rc;

	if ((rc = jc_log_drafts(node->log, s->no, &drafts, d->err)) < 0)
		return rc;
	if (s->joined && drafts > 0 && (rc = jc_cut(node->log, s->no, 0, &made, d->err)) < 0)
		return rc;
	if (s->joined || drafts == 0) {
		if ((rc = jc_digest(node->project, s->no, h, &records, d->err)) < 0)
			return rc;
		hex(reg, h);
	}
	if ((rc = jc_digest_typed(node->project, s->no, h, d->err)) < 0)
		return rc;
	hex(typed, h);
	if (d->list == NULL)
		one_print(s, records, reg, typed);
	else
		json_array_append_new(d->list, json_pack("{s:s,s:s,s:s,s:I,s:s,s:s}", "scope", s->id, "name", s->name, "role",
		    s->role, "records", (json_int_t)records, "register", reg, "typed", typed));
	return 0;
}

static int
digest(struct jc_cmd_run *run, struct jc_err *err)
{
	struct digests d = {run, err, run->json ? json_array() : NULL};
	int rc, end;

	if ((rc = jc_db_begin(run->node->db, err)) < 0)
		return rc;
	rc = jc_scope_each(run->node->log, one_digest, &d, err);
	end = jc_db_end(run->node->db, rc == 0, rc == 0 ? err : NULL);
	if (rc == 0 && (rc = end) == 0 && run->json)
		return jc_out_json(d.list, err);
	json_decref(d.list);
	return rc;
}

static int
rebuild(struct jc_cmd_run *run, struct jc_err *err)
{
	char word[32];
	int rc, end;

	jc_cmd_catch();
	snprintf(word, sizeof(word), "%s", JC_T("重建", "rebuilding"));
	if ((rc = jc_db_begin(run->node->db, err)) < 0)
		return rc;
	rc = jc_project_rebuild(run->node->project, jc_cmd_progress, word, err);
	end = jc_db_end(run->node->db, rc == 0, rc == 0 ? err : NULL);
	jc_cmd_progress(word, -1, 0);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	printf("%s\n", JC_T("已按日志重建全部表格", "All tables are rebuilt from the log"));
	return 0;
}

static void
finding_take(void *arg, const struct jc_finding *f)
{
	json_array_append_new(arg, json_pack("{s:i,s:s,s:s,s:s}", "number", f->number, "title", f->title, "what", f->what,
	    "advice", f->advice));
}

static void
findings_print(const json_t *list)
{
	json_t *f;
	size_t i;

	json_array_foreach(list, i, f)
		printf("[%d] %s\n    %s\n    %s\n", (int)json_integer_value(json_object_get(f, "number")),
		    json_string_value(json_object_get(f, "title")), json_string_value(json_object_get(f, "what")),
		    json_string_value(json_object_get(f, "advice")));
}

static int
verify_tell(struct jc_cmd_run *run, json_t *list, const struct jc_verify_report *r, struct jc_err *err)
{
	int rc;

	if (run->json) {
		if ((rc = jc_out_json(json_pack("{s:I,s:I,s:I,s:O}", "commits", (json_int_t)r->commits, "ops", (json_int_t)r->ops,
		         "records", (json_int_t)r->records, "findings", list), err)) < 0)
			return rc;
	} else {
		findings_print(list);
		printf(JC_T("检查了%lld次提交、%lld处修改、%lld条记录\n", "Checked %lld commits, %lld operations, %lld records\n"),
		    (long long)r->commits, (long long)r->ops, (long long)r->records);
	}
	if (r->findings > 0)
		return jc_err_set(err, JC_ECORRUPT, "jc_cmd_verify", JC_T("发现%lld个问题，请按上面的提示处理", "%lld problems; do what is said above"),
		    (long long)r->findings);
	if (!run->json)
		printf("%s\n", JC_T("没有发现问题", "No problem found"));
	return 0;
}

struct verifying {
	struct jc_cmd_run *run;
	json_t *list;
	struct jc_verify_report report;
	struct jc_hasher tables; /* of all scopes' tables */
	struct jc_err *err;
};

static void
found(void *arg, const struct jc_finding *f)
{
	finding_take(((struct verifying *)arg)->list, f);
}

static int
progress(void *arg, int64_t done, int64_t total)
{
	(void)arg;
	return jc_cmd_progress_word(JC_T("检查", "checking"), done, total);
}

static int
tables_add(void *arg, const struct jc_scope *s)
{
	struct verifying *v = arg;
	uint8_t h[JC_HASH_LEN];
	int rc = jc_digest_typed(v->run->node->project, s->no, h, v->err);

	if (rc == 0)
		jc_hasher_add(&v->tables, h, sizeof(h));
	return rc;
}

static int
tables_hash(struct verifying *v, uint8_t out[JC_HASH_LEN])
{
	int rc;

	jc_hasher_init(&v->tables);
	rc = jc_scope_each(v->run->node->log, tables_add, v, v->err);
	jc_hasher_end(&v->tables, out);
	return rc;
}

/* Invariant 17: the tables are what the log says. They are refilled in a transaction that is rolled back. */
static int
tables_verify(struct verifying *v)
{
	struct jc_node *node = v->run->node;
	uint8_t now[JC_HASH_LEN], anew[JC_HASH_LEN];
	struct jc_finding f = {.number = 17, .title = jc_verify_title(17)};
	int rc;

	if ((rc = jc_db_begin(node->db, v->err)) < 0)
		return rc;
	if ((rc = jc_db_int(node->db, &v->report.records, "SELECT count(*) FROM record", v->err)) == 0 &&
	    (rc = tables_hash(v, now)) == 0 && (rc = jc_project_rebuild(node->project, progress, NULL, v->err)) == 0)
		rc = tables_hash(v, anew);
	jc_db_end(node->db, 0, NULL);
	if (rc < 0 || memcmp(now, anew, sizeof(now)) == 0)
		return rc;
	snprintf(f.what, sizeof(f.what), "%s", JC_T("表格与日志不一致", "the tables differ from the log"));
	snprintf(f.advice, sizeof(f.advice), "%s", JC_T("请运行 jiceng rebuild，内容以日志为准", "run jiceng rebuild; the log is what counts"));
	finding_take(v->list, &f);
	v->report.findings++;
	return 0;
}

static int
verify(struct jc_cmd_run *run, struct jc_err *err)
{
	struct verifying v = {.run = run, .list = json_array(), .err = err};
	const struct jc_verify_options o = {.found = found, .progress = progress, .arg = &v};
	int rc;

	jc_cmd_catch();
	if (v.list == NULL)
		return JC_NOMEM(err, "jc_cmd_verify");
	if ((rc = jc_db_check(run->node->db, err)) == 0 && (rc = jc_verify(run->node->log, &o, &v.report, err)) == 0 &&
	    jc_cmd_opt(run, "quick") == NULL)
		rc = tables_verify(&v);
	progress(NULL, -1, 0);
	if (rc == 0)
		rc = verify_tell(run, v.list, &v.report, err);
	json_decref(v.list);
	return rc;
}

static const struct jc_cmd_opt verify_opts[] = {
	{"quick", NULL, NULL, "不把表格和日志从头核对", "do not compare all tables with the log", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_digest = {
	.name = "digest",
	.args_zh = "", .args_en = "",
	.zh = "内容指纹：两台机器内容相同，指纹就相同\n先把草稿封好再算。“登记”只看修改本身，“表格”看显示的内容（同一版本之间比较）。",
	.en = "fingerprints: equal content gives equal ones\nDrafts are cut first. The register one is of the changes, the tables one of what is shown (compare within one program version).",
	.flags = JC_CMD_OPEN | JC_CMD_GIT | JC_CMD_JSON,
	.run = digest
};

const struct jc_cmd jc_cmd_rebuild = {
	.name = "rebuild",
	.args_zh = "", .args_en = "",
	.zh = "按日志重建全部表格",
	.en = "rebuild all tables from the log",
	.flags = JC_CMD_OPEN | JC_CMD_GIT,
	.run = rebuild
};

const struct jc_cmd jc_cmd_verify = {
	.name = "verify",
	.args_zh = "", .args_en = "",
	.zh = "检查数据是否完好（只读）",
	.en = "check that the data is sound (changes nothing)",
	.opts = verify_opts,
	.flags = JC_CMD_OPEN | JC_CMD_GIT | JC_CMD_JSON,
	.run = verify
};
