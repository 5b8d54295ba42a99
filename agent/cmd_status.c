/* SPDX-License-Identifier: MulanPSL-2.0 */
/* status: what a person wants to know at a glance: whose folder, what is not sent, what is to be settled. */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_settings.h"
#include "../sync/sync_note.h"
#include "../sync/sync_receipt.h"
#include "../sync/sync_session.h"
#include "../sync/sync_succession.h"
#include "../sync/sync_trip.h"
#include "clock.h"
#include "cmd.h"
#include "out.h"

struct status {
	struct jc_cmd_run *run;
	struct jc_err *err;
	struct jc_scope own;
	int64_t now;
	int64_t drafts, unsent;    /* operations not cut yet; cut but not in a note */
	int64_t conflicts;
	struct jc_receipt_counts reach;
	int64_t forks, forks_open; /* of this device */
	struct jc_peer peer;
	int has_peer;
	int64_t skew, paused;
	json_t *kinds;
};

/* ---- what has not arrived ---- */

struct tips {
	struct status *s;
	struct jc_scope scope;
};

/* Counts operations of own commits from a tip down to the first that a note covers. */
static int
unsent_of_tip(void *arg, const struct jc_tip *tip)
{
	struct tips *t = arg;
	struct jc_log *log = t->s->run->node->log;
	struct jc_commit_row row;
	int64_t no = tip->commit_no;
	int rc;

	if (tip->tier == JC_TIER_BRANCH) /* stays here: no hub will ever have it */
		return 0;
	while (no != 0) {
		rc = jc_note_covers(log, t->scope.no, tip->tier, t->scope.authority, no, t->s->err);
		if (rc != 0)
			return rc < 0 ? rc : 0;
		if ((rc = jc_log_commit(log, no, &row, t->s->err)) < 0)
			return rc;
		if (row.device != tip->device)
			return 0;
		t->s->unsent += row.nops;
		no = row.nparents > 0 ? row.parent[0] : 0;
	}
	return 0;
}

static int
scope_count(void *arg, const struct jc_scope *scope)
{
	struct status *s = arg;
	struct tips t = {s, *scope};
	const struct jc_key *key = jc_log_key(s->run->node->log);
	int64_t device, drafts;
	uint8_t pk[JC_PK_LEN];
	int rc;

	if (!scope->mine)
		return 0;
	if ((rc = jc_log_drafts(s->run->node->log, scope->no, &drafts, s->err)) < 0)
		return rc;
	s->drafts += drafts;
	if (key == NULL || !scope->joined || strcmp(scope->authority, key->id) == 0)
		return 0;
	if ((rc = jc_device_find(s->run->node->log, key->id, &device, pk, s->err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	return jc_log_tips(s->run->node->log, scope->no, -1, device, unsent_of_tip, &t, s->err);
}

static int
fork_count(void *arg, int64_t scope, const struct jc_fork *fork)
{
	struct status *s = arg;

	(void)scope;
	s->forks++;
	s->forks_open += !fork->joined;
	return 0;
}

static int
forks_find(struct status *s)
{
	const struct jc_key *key = jc_log_key(s->run->node->log);
	uint8_t pk[JC_PK_LEN];
	int64_t device;
	int rc;

	if (key == NULL)
		return 0;
	if ((rc = jc_device_find(s->run->node->log, key->id, &device, pk, s->err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	return jc_log_forks(s->run->node->log, 0, device, fork_count, s, s->err);
}

static int
conflict_count(void *arg, const struct jc_record_key *key)
{
	((struct status *)arg)->conflicts += key->conflicts;
	return 0;
}

static int
kinds_count(struct status *s)
{
	for (const struct jc_kind *const *k = jc_catalogue_kinds(); *k != NULL; k++) {
		struct jc_query q = {.kind = *k};
		int64_t n;
		int rc;

		if ((rc = jc_records_count(s->run->node, &q, &n, s->err)) < 0)
			return rc;
		if (n > 0)
			json_object_set_new(s->kinds, (*k)->name, json_integer(n));
	}
	return 0;
}

static int
gather(struct status *s)
{
	struct jc_node *node = s->run->node;
	int rc;

	s->now = s->run->env->wall_ms(s->run->env->ctx) / 1000;
	if ((rc = jc_node_scope(node, &s->own, s->err)) < 0 || (rc = jc_scope_each(node->log, scope_count, s, s->err)) < 0 ||
	    (rc = forks_find(s)) < 0 || (rc = jc_conflicts_each(node, 0, conflict_count, s, s->err)) < 0 ||
	    (rc = kinds_count(s)) < 0 || (rc = jc_receipt_count(node, &s->reach, s->err)) < 0)
		return rc;
	if ((rc = jc_meta_int(node->db, "link_skew", &s->skew, 0, s->err)) < 0 ||
	    (rc = jc_setting_int(&s->paused, "sync.paused", node->db, s->err)) < 0)
		return rc;
	rc = jc_peer_get(&s->peer, node, s->err);
	s->has_peer = rc == 0;
	return rc == JC_ENOTFOUND ? 0 : rc;
}

/* ---- telling ---- */

static void
records_print(const struct status *s)
{
	const char *name;
	json_t *n;
	int first = 1;

	printf("%s", JC_T("记录：", "Records: "));
	json_object_foreach(s->kinds, name, n) {
		printf("%s%s %lld", first ? "" : JC_T("，", ", "), jc_kind_label(jc_catalogue_kind(name, strlen(name))),
		    (long long)json_integer_value(n));
		first = 0;
	}
	printf("%s\n", first ? JC_T("还没有", "none yet") : "");
}

static void
peer_print(const struct status *s)
{
	char time[JC_TIME_ROOM], skew[JC_CLOCK_ROOM];

	if (!s->has_peer) {
		printf("%s\n", strcmp(s->own.role, "office") == 0
		        ? JC_T("上级：没有", "Hub above: none")
		        : JC_T("上级：还没有加入（有加入码时运行 jiceng join 网址 加入码）",
		              "Hub above: not joined (with a code: jiceng join URL CODE)"));
		return;
	}
	printf(JC_T("上级：%s\n", "Hub above: %s\n"), s->peer.url);
	if (s->peer.last_ok > 0) {
		jc_out_time(time, s->peer.last_ok, s->now);
		printf(JC_T("最近一次上报：%s\n", "Last complete sync: %s\n"), time);
	} else {
		printf("%s\n", JC_T("最近一次上报：还没有", "Last complete sync: none yet"));
	}
	if (s->peer.last_err[0] != '\0') {
		jc_out_time(time, s->peer.last_try, s->now);
		printf(JC_T("最近一次没有成功（%s）：%s\n", "The last try failed (%s): %s\n"), time, s->peer.last_err);
	}
	if (jc_clock_off(skew, sizeof(skew), s->skew))
		printf("%s\n", skew);
	if (s->paused)
		printf("%s\n", JC_T("自动上报：已暂停（jiceng settings sync.paused=否 恢复）",
		    "Automatic sync: paused (jiceng settings sync.paused=no resumes it)"));
}

/* Where the records are; nothing before there is a hub above. */
static void
reach_print(const struct status *s)
{
	if (!s->has_peer || s->reach.records == 0)
		return;
	printf(JC_T("到了哪里：该到的都到了 %lld 条", "Where they are: as far as they go %lld"), (long long)s->reach.done);
	if (s->reach.county > 0)
		printf(JC_T("，到了县里、还没到市里 %lld 条", ", at the county and not at the city yet %lld"), (long long)s->reach.county);
	printf(JC_T("，还在本机 %lld 条\n", ", still on this PC %lld\n"), (long long)s->reach.here);
	if (s->reach.returned > 0)
		printf(JC_T("退回：%lld处，见 jiceng tray\n", "Returned: %lld changes, see jiceng tray\n"), (long long)s->reach.returned);
}

/* Only who has had a replaced key can make another successor of it. */
static int
rival_print(void *arg, const char *device)
{
	(void)arg;
	printf(JC_T("有人用换下来的旧密钥另外指定过 %s 的新密钥，没有采用：旧密钥可能在别人手里，请告诉县里\n",
	           "Somebody named another new key of %s with the one that was replaced; it was not taken. The old key may be in other"
	           " hands: tell the county\n"), device);
	return 0;
}

static void
status_print(const struct status *s)
{
	struct jc_err why = {0};

	printf("%s  %s  %s\n", strcmp(s->own.role, "office") == 0 ? JC_T("中心", "Hub") : JC_T("基层工会", "Branch"), s->own.name,
	    s->run->data);
	records_print(s);
	peer_print(s);
	if (s->drafts + s->unsent > 0)
		printf(JC_T("等待上报：%lld处修改\n", "Waiting to be sent: %lld changes\n"), (long long)(s->drafts + s->unsent));
	else
		printf("%s\n", JC_T("等待上报：没有", "Waiting to be sent: none"));
	reach_print(s);
	if (s->conflicts > 0)
		printf(JC_T("不同的值：%lld处要定下来，见 jiceng conflicts\n", "Conflicts: %lld to settle, see jiceng conflicts\n"),
		    (long long)s->conflicts);
	if (s->forks > 0)
		printf("%s\n", s->forks_open > 0
		        ? JC_T("这个数据文件夹被复制或恢复过，正在自动合并两边的内容，什么都不会丢",
		              "This data folder was copied or restored; both sides are being joined, nothing is lost")
		        : JC_T("这个数据文件夹被复制或恢复过，两边的内容已经合并，什么都没有丢",
		              "This data folder was copied or restored; both sides are joined, nothing was lost"));
	if (jc_keyring_behind(s->run->node->log)) {
		(void)jc_keyring_behind_err(&why);
		printf("%s\n", why.msg);
	}
	(void)jc_keyring_rivals(s->run->node->log, rival_print, NULL, NULL);
	if (!s->run->has_key)
		printf("%s\n", JC_T("没有设备密钥文件，只能记录，不能上报；请把 device.key 放回数据文件夹",
		    "The device key is missing: recording works, sending does not; put device.key back into the data folder"));
}

static json_t *
status_json(const struct status *s)
{
	json_t *peer = json_null();

	if (s->has_peer)
		peer = json_pack("{s:s,s:I,s:I,s:s}", "url", s->peer.url, "last_ok", (json_int_t)s->peer.last_ok, "last_try",
		    (json_int_t)s->peer.last_try, "last_error", s->peer.last_err);
	return json_pack("{s:s,s:s,s:s,s:b,s:s,s:s,s:O,s:I,s:I,s:{s:I,s:I,s:I,s:I,s:I},s:I,s:I,s:b,s:b,s:b,s:I,s:b,s:o}", "data", s->run->data, "role",
	    s->own.role, "name", s->own.name, "joined", s->own.joined, "scope", s->own.id, "device",
	    s->run->has_key ? s->run->key.id : "", "records", s->kinds, "waiting", (json_int_t)(s->drafts + s->unsent),
	    "drafts", (json_int_t)s->drafts, "reach", "records", (json_int_t)s->reach.records, "here", (json_int_t)s->reach.here,
	    "county", (json_int_t)s->reach.county, "done", (json_int_t)s->reach.done, "returned", (json_int_t)s->reach.returned,
	    "conflicts", (json_int_t)s->conflicts, "forks", (json_int_t)s->forks, "forked",
	    s->forks > 0, "key", s->run->has_key, "key_behind",
	    jc_keyring_behind(s->run->node->log), "skew", (json_int_t)s->skew, "paused",
	    s->paused != 0, "peer", peer);
}

/* ---- history ---- */

struct trips {
	json_t *list;              /* NULL: print */
	int64_t now, n;
};

static const char *
way_text(const char *way)
{
	if (strcmp(way, "line") == 0)
		return JC_T("网络", "line");
	return strcmp(way, "stick-out") == 0 ? JC_T("写U盘", "stick out") : JC_T("读U盘", "stick in");
}

static int
trip_print(void *arg, const struct jc_trip *t)
{
	struct trips *all = arg;
	char time[JC_TIME_ROOM];

	all->n++;
	jc_out_time(time, t->time, all->now);
	jc_out_pad(time, 18);
	jc_out_pad(way_text(t->way), 10);
	printf(JC_T("送出%lld处 收到%lld处  %.1f KB  %.1f秒  %s\n", "%lld sent %lld received  %.1f KB  %.1f s  %s\n"), (long long)t->ops_up,
	    (long long)t->ops_down, (double)(t->up + t->down) / 1024, (double)t->ms / 1000,
	    strcmp(t->outcome, "ok") == 0 ? JC_T("完成", "done") : t->said);
	return 0;
}

static int
history(struct jc_cmd_run *run, struct jc_err *err)
{
	struct trips all = {.now = run->env->wall_ms(run->env->ctx) / 1000};
	int64_t limit = 30;
	int rc;

	if (jc_cmd_opt(run, "limit") != NULL && (rc = jc_cmd_number(&limit, "limit", jc_cmd_opt(run, "limit"), err)) < 0)
		return rc;
	if (run->json && (all.list = json_array()) == NULL)
		return JC_NOMEM(err, "jc_cmd_status");
	rc = jc_trips_each(run->node, 0, limit, run->json ? jc_out_json_trip : trip_print, run->json ? (void *)all.list : &all, err);
	if (rc >= 0 && run->json)
		return jc_out_json(all.list, err);
	json_decref(all.list);
	if (rc >= 0 && all.n == 0)
		printf("%s\n", JC_T("还没有上报过", "Nothing has been exchanged yet"));
	return rc;
}

static int
status(struct jc_cmd_run *run, struct jc_err *err)
{
	struct status s = {.run = run, .err = err};
	int rc;

	if (jc_cmd_opt(run, "history") != NULL)
		return history(run, err);
	s.kinds = json_object();

	if ((rc = gather(&s)) == 0) {
		if (run->json)
			rc = jc_out_json(status_json(&s), err);
		else
			status_print(&s);
	}
	json_decref(s.kinds);
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"history", NULL, NULL, "最近的上报：时间、网络还是U盘、多少、用时、结果", "past exchanges: time, line or stick, how much, how long, outcome", 0},
	{"limit", "条数", "N", "--history 最多列多少次（默认30）", "--history: at most so many (default 30)", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_status = {
	.name = "status",
	.args_zh = "", .args_en = "",
	.zh = "概况：记录数、等待上报、不同的值",
	.en = "overview: records, what waits to be sent, conflicts",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = status
};
