/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * step: one move of a record that has states. Without a move it says where the record stands and what can
 * follow, with what each move needs.
 */
#include <stdio.h>
#include <string.h>

#include "flow_json.h"
#include "out.h"
#include "record_io.h"
#include "stepper.h"

static void
remark(void *arg, const struct jc_field *f, const struct jc_remark *r)
{
	(void)arg;
	fprintf(stderr, JC_T("提示：%s：%s\n", "note: %s: %s\n"), jc_field_label(f), r->text);
}

/* Moves that start here. */
static int
moves_print(struct jc_stepper *s, struct jc_err *err)
{
	struct jc_buf b;
	int rc;

	jc_buf_init(&b, 1 << 16);
	jc_out_record(&b, &s->now);
	printf("%.*s：%s%s%s\n", (int)b.len, b.data != NULL ? b.data : "",
	    jc_flow_state_label(s->flow, s->state),
	    s->since[0] != '\0' ? JC_T("，自", ", since ") : "", s->since);
	for (const struct jc_move *m = s->flow->moves; m->move != NULL; m++) {
		if (!jc_flow_fits(m, s->state, s->left) || m->who == JC_HAT_SYS)
			continue;
		jc_buf_reset(&b);
		jc_flow_needs_put(&b, s->flow, m);
		printf("  ");
		jc_out_pad(m->move, 12);
		printf("%s%s%.*s\n", JC_T(m->zh, m->en), b.len != 0 ? JC_T("，需要：",
		    "; needs: ") : "", (int)b.len,
		    b.len != 0 ? b.data : "");
	}
	rc = jc_buf_check(&b, "jc_cmd_step", err);
	jc_buf_free(&b);
	return rc;
}

static int
done_print(struct jc_stepper *s, const struct jc_record_key *key, int json, struct jc_err *err)
{
	struct jc_record r;
	const char *state = "";
	int rc;

	if ((rc = jc_record_read(s->node, key->rec, &r, err)) < 0)
		return rc;
	for (size_t i = 0; i < r.nfields; i++)
		if (strcmp(r.field[i].field->name, s->flow->state) == 0 && r.field[i].text != NULL)
			state = r.field[i].text;
	if (json) {
		rc = jc_out_json(json_pack("{s:s,s:s,s:s,s:s}", "id", key->id, "event", s->id,
		    "state", state, "hat", jc_hat_word(s->hat)), err);
		jc_record_free(&r);
		return rc;
	}
	printf(JC_T("已办理，现在是“%s”（记录编号 %s）\n", "Done; it is \"%s\" now (event %s)\n"),
	    jc_flow_state_label(s->flow, state), s->id);
	if (s->hints.len != 0)
		printf(JC_T("还可以补上：%.*s\n", "It would be good to have: %.*s\n"),
		    (int)s->hints.len, s->hints.data);
	jc_record_free(&r);
	return 0;
}

static int
hat_take(struct jc_stepper *s, struct jc_cmd_run *run, struct jc_err *err)
{
	const char *hat = jc_cmd_opt(run, "hat");
	unsigned bit = hat != NULL ? jc_hat_parse(hat) : 0;

	if (hat == NULL)
		return 0;
	if (bit == 0 || (bit & jc_stepper_hats(s, 1)) == 0)
		return jc_cmd_usage(err, run->cmd, JC_T("身份“%s”在这台机器上用不了",
		    "The hat \"%s\" is not worn on this machine"), hat);
	s->hats = bit;
	return 0;
}

static int
step(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_scope scope;
	struct jc_stepper s;
	int rc;

	if ((rc = jc_record_io_find(run, run->args[0], &key, &scope, err)) < 0)
		return rc;
	rc = jc_stepper_open(&s, run->node, run->env, &key, err);
	if (rc == 0 && run->nargs == 1)
		rc = run->json ? jc_out_json(jc_flow_json(&s), err) : moves_print(&s, err);
	else if (rc == 0 && (rc = hat_take(&s, run, err)) == 0) {
		jc_stepper_remarks(&s, remark, NULL);
		s.date = jc_cmd_opt(run, "date");
		s.behalf = jc_cmd_opt(run, "behalf");
		for (size_t i = 2; rc == 0 && i < run->nargs; i++)
			rc = jc_stepper_pair(&s, run->args[i], err);
		if (rc == 0 && (rc = jc_stepper_save(&s, run->args[1], err)) == 0)
			rc = done_print(&s, &key, run->json, err);
	}
	jc_stepper_close(&s);
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"date", "日期", "DATE", "哪天办的（默认今天）", "the day it was done (today)", 0},
	{"behalf", "文号", "NUMBER", "代上级记录：上级文件的文号",
	  "recorded for the upper level: the number of its document", 0},
	{"hat", "身份", "HAT", "以什么身份：SEC、CHAIR、REV、TOWN、CNT、CNTL…",
	  "in which role: SEC, CHAIR, REV, TOWN, CNT, CNTL...", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_step = {
	.name = "step",
	.args_zh = "编号 [动作 [项目=内容...]]", .args_en = "ID [MOVE [FIELD=VALUE...]]",
	.least = 1, .most = 100,
	.zh = "办理一步流程\n不写动作：列出现在能做什么、各需要什么。项目先归流程记录，再归这条记录本身。",
	.en = "one move of a workflow\nWithout a move: what can follow, and what each needs. Fields go to the event, else to the record.",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = step
};
