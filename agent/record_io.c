/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "record_io.h"

#include <stdio.h>
#include <string.h>

#include "out.h"

static void
remark(void *arg, const struct jc_field *f, const struct jc_remark *r)
{
	struct jc_record_io *io = arg;

	jc_buf_putf(&io->remarks, JC_T("%s %s：%s\n", "%s %s: %s\n"), r->code[0] == 'E' ? JC_T("请核对", "please check") : JC_T("提示", "note"),
	    jc_field_label(f), r->text);
}

int
jc_record_io_open(struct jc_record_io *io, struct jc_cmd_run *run, const struct jc_scope *scope, struct jc_err *err)
{
	memset(io, 0, sizeof(*io));
	io->run = run;
	io->scope = *scope;
	jc_out_today(io->today, run->env);
	jc_buf_init(&io->remarks, 1 << 16);
	jc_typed_init(&io->typed, NULL, JC_TYPED_STRICT, io->today);
	io->typed.remark = remark;
	io->typed.arg = io;
	if (jc_match_open(&io->match, run->node, scope, io->today, err) < 0)
		return JC_ENOMEM;
	io->typed.match = io->match;
	return 0;
}

void
jc_record_io_close(struct jc_record_io *io)
{
	jc_typed_free(&io->typed);
	jc_match_close(io->match);
	jc_buf_free(&io->remarks);
}

int
jc_record_io_pairs(struct jc_record_io *io, const struct jc_kind *kind, size_t n, char *const *pairs, struct jc_err *err)
{
	int rc = 0;

	jc_typed_begin(&io->typed, kind);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (!jc_utf8_ok(pairs[i], strlen(pairs[i])))
			rc = jc_err_set(err, JC_EINVAL, "record_io",
			    JC_T("内容不是 UTF-8 文字，请检查终端的编码", "The text is not UTF-8; check the terminal's encoding"));
		else
			rc = jc_typed_pair(&io->typed, pairs[i], err);
	}
	return rc;
}

void
jc_record_io_remarks(struct jc_record_io *io)
{
	if (io->remarks.len > 0)
		fprintf(stderr, "%s", io->remarks.data);
}

int
jc_record_io_find(struct jc_cmd_run *run, const char *typed, struct jc_record_key *key, struct jc_scope *scope,
    struct jc_err *err)
{
	int rc;

	if ((rc = jc_record_find(run->node, 0, typed, key, err)) < 0)
		return rc;
	if (key->kind == NULL)
		return jc_err_set(err, JC_ENEWER, "record_io",
		    JC_T("这条记录来自更新的程序，请先升级", "This record is of a newer program; please upgrade first"));
	return jc_scope_get(scope, run->node->log, key->scope, err);
}
