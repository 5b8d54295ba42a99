/* SPDX-License-Identifier: MulanPSL-2.0 */
/* settings: shows the table, one of it, or changes some. */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_settings.h"
#include "cmd.h"
#include "out.h"

static int
find(const struct jc_setting **s, const char *key, size_t n, struct jc_err *err)
{
	*s = jc_setting_find(key, n);
	return *s != NULL ? 0
	    : jc_err_set(err, JC_ENOTFOUND, "settings", JC_T("没有“%.*s”这项设置，用 jiceng settings 看有哪些",
	                                              "There is no setting \"%.*s\"; jiceng settings lists them"), (int)n, key);
}

static int
one_print(struct jc_cmd_run *run, const struct jc_setting *s, json_t *out, struct jc_err *err)
{
	char value[JC_SETTING_ROOM];
	int rc = jc_setting_get(value, s, run->node->db, err);

	if (rc < 0)
		return rc;
	if (run->json)
		return json_object_set_new(out, s->key, json_string(value)) == 0 ? 0 : JC_NOMEM(err, "settings");
	printf("%-12s  %-24s  %s\n%14s%s\n", s->key,
	    s->type == JC_SETTING_BOOL ? (value[0] == '1' ? JC_T("是", "yes") : JC_T("否", "no")) : value[0] != '\0' ? value : "-",
	    JC_T(s->zh, s->en), "", JC_T(s->zh_help, s->en_help));
	return 0;
}

/* All changes or none. */
static int
change(struct jc_cmd_run *run, struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_db_begin(run->node->db, err)) < 0)
		return rc;
	for (size_t i = 0; rc >= 0 && i < run->nargs; i++) {
		const char *eq = strchr(run->args[i], '=');
		const struct jc_setting *s;

		if (eq != NULL && (rc = find(&s, run->args[i], (size_t)(eq - run->args[i]), err)) == 0 &&
		    (rc = jc_setting_put(s, eq + 1, run->node->db, err)) < 0)
			(void)jc_err_prefix(err, "%s：", s->key);
	}
	end = jc_db_end(run->node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
run(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *out = json_object();
	int rc = change(run, err);

	for (const struct jc_setting *s = jc_settings(); rc >= 0 && run->nargs == 0 && s->key != NULL; s++)
		rc = one_print(run, s, out, err);
	for (size_t i = 0; rc >= 0 && i < run->nargs; i++) {
		const struct jc_setting *s;

		if ((rc = find(&s, run->args[i], strcspn(run->args[i], "="), err)) == 0)
			rc = one_print(run, s, out, err);
	}
	if (rc >= 0 && run->json)
		return jc_out_json(out, err);
	json_decref(out);
	return rc;
}

const struct jc_cmd jc_cmd_settings = {
    .name = "settings",
    .args_zh = "[设置[=值] ...]",
    .args_en = "[KEY[=VALUE] ...]",
    .most = 32,
    .zh = "看和改设置：自动上报的时段、间隔、带宽、代理、暂停\n正在运行的 jiceng serve 几秒内就按新的设置做。",
    .en = "Show and change settings: hours, pace, bandwidth, proxy and pausing of automatic sync\n"
          "A running jiceng serve follows within seconds.",
    .flags = JC_CMD_OPEN | JC_CMD_JSON,
    .run = run,
};
