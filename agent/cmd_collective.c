/* SPDX-License-Identifier: MulanPSL-2.0 */
/* collective: people who join together at one activity. */
#include <stdio.h>
#include <string.h>

#include "api_private.h"
#include "collective.h"
#include "out.h"
#include "record_io.h"
#include "text_io.h"


static int
collective(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_collective c;
	struct jc_scope scope;
	struct jc_buf list;
	int rc;

	jc_buf_init(&list, JC_TEXT_IO_MAX);
	if ((rc = jc_record_io_find(run, run->args[0], &key, &scope, err)) == 0 &&
	    (rc = jc_text_io_read(&list, NULL, run->args[1], err)) == 0 &&
	    (rc = jc_collective_join(&c, run->node, run->env, &key, list.data, list.len, NULL,
	    err)) == 0)
		printf(JC_T("入会申请%lld份，已在册%lld人，没有姓名的%lld行；下一步 jiceng print 打印签到表\n",
		           "%lld applications, %lld on the register already, %lld lines without a name; jiceng print makes the sign-in sheet\n"),
		    (long long)c.added, (long long)c.known, (long long)c.skipped);
	jc_buf_free(&list);
	return rc;
}

const struct jc_cmd jc_cmd_collective = {
	.name = "collective", .args_zh = "活动 名单文件", .args_en = "ACTIVITY FILE", .least = 2,
	    .most = 2,
	.zh = "集中入会：把一份名单变成一次活动的入会申请\n一行一个人：姓名、电话、证件号码，用空格、逗号或制表符分开。整份名单一次撤销。",
	.en = "people who join together: a list becomes applications of one activity\nOne person a line: name, telephone, ID number. The whole list is one undo.",
	.flags = JC_CMD_OPEN, .run = collective
};

int
api_collective(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"list", NULL};
	const json_t *list = json_object_get(c->in, "list");
	struct jc_record_key key;
	struct jc_collective done;
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 || (rc = jc_record_find(c->node, 0, c->arg,
	    &key, err)) < 0)
		return rc;
	if (!json_is_string(list))
		return jc_err_set(err, JC_EINVAL, "collective", JC_T("请求里要有 list：一行一个人",
		    "The request needs \"list\", one person a line"));
	if ((rc = jc_collective_join(&done, c->node, c->env, &key, json_string_value(list),
	    json_string_length(list), NULL, err)) < 0)
		return rc;
	c->out = json_pack("{s:I,s:I,s:I}", "added", (json_int_t)done.added, "known",
	    (json_int_t)done.known, "skipped", (json_int_t)done.skipped);
	return c->out != NULL ? 0 : JC_NOMEM(err, "collective");
}
