/* SPDX-License-Identifier: MulanPSL-2.0 */
/* attach, attach list, attach get, attach clean: files that belong to records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "cmd.h"
#include "files.h"
#include "out.h"
#include "outfile.h"
#include "record_io.h"
#include "uplink.h"

#define WHERE "jc_cmd_attach"
#define FILES_MAX 200

static int
own_record(struct jc_cmd_run *run, const char *typed, struct jc_record_key *key, struct jc_err *err)
{
	struct jc_scope scope;

	return jc_record_io_find(run, typed, key, &scope, err);
}

/* ---- attach ---- */

static int
one_add(struct jc_cmd_run *run, const struct jc_record_key *to, const char *path, json_t *list, struct jc_err *err)
{
	struct jc_attach_wish wish = {.file_name = path, .purpose = jc_cmd_opt(run, "purpose"), .has_person = jc_cmd_opt(run, "person")};
	struct jc_attached done;
	char *bytes;
	size_t n;
	int rc;

	if ((rc = jc_files_read(&bytes, &n, path, 4 * JC_BLOB_MAX, err)) < 0)
		return rc;
	wish.bytes = (struct jc_slice){bytes, n};
	rc = jc_attach_add(&done, run->node, to, &wish, err);
	free(bytes);
	if (rc < 0)
		return rc;
	if (list != NULL)
		return json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:I,s:I,s:s}", "id", done.id, "file_name", done.file_name, "mime",
		           done.mime, "size", (json_int_t)done.size, "was", (json_int_t)done.was, "taken_on", done.taken_on)) == 0 ? 0
		    : JC_NOMEM(err, WHERE);
	printf("%s  %s  %lld KB", done.id, done.file_name, (long long)(done.size + 1023) / 1024);
	if (done.size < done.was)
		printf(JC_T("（原来%lld KB，已缩小并去掉位置等信息）", " (was %lld KB; made smaller, without place and the like)"), (long long)(done.was + 1023) / 1024);
	printf("\n");
	return 0;
}

static int
attach(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *list = run->json ? json_array() : NULL;
	struct jc_record_key to;
	struct jc_err part = {0};
	size_t failed = 0;
	int rc, last = 0;

	if ((rc = own_record(run, run->args[0], &to, err)) < 0)
		return rc;
	for (size_t i = 1; i < run->nargs; i++) {
		struct jc_err why = {0};

		if ((rc = one_add(run, &to, run->args[i], list, &why)) >= 0)
			continue;
		jc_err_prefix(&why, JC_T("%s：", "%s: "), run->args[i]);
		if (run->nargs > 2)
			jc_out_error(&why, rc, run->verbose);
		part = why;
		last = rc;
		failed++;
	}
	if (list != NULL && (rc = jc_out_json(list, err)) < 0)
		return rc;
	if (failed == 0)
		return 0;
	*err = part;
	if (run->nargs == 2)
		return last;
	run->exit = failed < run->nargs - 1 ? JC_EXIT_PARTIAL : JC_EXIT_DATA;
	return jc_err_set(err, JC_EPARTIAL, WHERE, JC_T("%zu个文件没有附上，原因见上", "%zu files were not attached, for the reasons above"), failed);
}

/* ---- list ---- */

struct listing {
	json_t *list;
	int64_t n;
};

static const char *
where_text(const struct jc_attach_row *r)
{
	if (r->have < r->size)
		return r->have == 0 ? JC_T("内容不在本机，attach get 可取回", "not on this PC; attach get fetches it")
		                    : JC_T("内容还没有到齐", "not all here yet");
	return r->at_hub ? JC_T("已到县里", "at the county") : JC_T("在本机", "on this PC");
}

static int
row_print(void *arg, const struct jc_attach_row *r)
{
	struct listing *l = arg;
	const struct jc_field *f = jc_catalogue_field(jc_catalogue_kind("attachment", 10), "purpose", 7);
	const struct jc_choice *c = jc_catalogue_choice(f, r->purpose, strlen(r->purpose));

	if (r->is_void)
		return 0;
	l->n++;
	if (l->list != NULL)
		return json_array_append_new(l->list, json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:b}", "id", r->id, "file_name", r->file_name,
		           "mime", r->mime, "purpose", r->purpose, "taken_on", r->taken_on, "size", (json_int_t)r->size, "have",
		           (json_int_t)r->have, "at_hub", r->at_hub)) == 0 ? 0 : JC_ENOMEM;
	printf("%s  %s  %s  %lld KB  %s\n", r->id, c != NULL ? jc_choice_label(c) : r->purpose, r->file_name, (long long)(r->size + 1023) / 1024,
	    where_text(r));
	return 0;
}

static int
attach_list(struct jc_cmd_run *run, struct jc_err *err)
{
	struct listing l = {.list = run->json ? json_array() : NULL};
	struct jc_record_key of;
	int rc;

	if ((rc = own_record(run, run->args[0], &of, err)) < 0 || (rc = jc_attach_each(run->node, &of, row_print, &l, err)) < 0)
		return rc;
	if (l.list != NULL)
		return jc_out_json(l.list, err);
	printf(JC_T("共%lld个附件\n", "%lld attachments\n"), (long long)l.n);
	return 0;
}

/* ---- get ---- */

static int
cancelled(void *arg)
{
	(void)arg;
	return jc_cmd_interrupted();
}

/* Bytes that are not here are asked of the hub above, now. */
static int
fetch(struct jc_cmd_run *run, const struct jc_attach_row *row, struct jc_err *err)
{
	struct jc_uplink u = {.node = run->node, .env = run->env, .cancelled = cancelled};
	struct jc_session_report report;
	struct jc_blob b;
	int rc;

	if ((rc = jc_blob_open(&b, run->node, row->scope, row->hash, row->size, err)) < 0 ||
	    (rc = jc_blob_want(&b, run->node, 1, err)) < 0)
		return rc;
	jc_cmd_catch();
	return jc_uplink_sync(&u, &report, err);
}

static int
bytes_get(struct jc_cmd_run *run, const struct jc_attach_row *row, struct jc_buf *out, struct jc_err *err)
{
	int rc = jc_attach_bytes(out, run->node, row, err);

	if (rc != JC_ENOTFOUND || (rc = fetch(run, row, err)) < 0)
		return rc;
	if ((rc = jc_attach_bytes(out, run->node, row, err)) == JC_ENOTFOUND)
		return jc_err_set(err, rc, WHERE, "%s",
		    JC_T("县里也还没有这个附件的内容；已经记下，到了就会取回", "The county does not have it yet either; it is fetched as soon as it does"));
	return rc;
}

static int
attach_get(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_attach_row row;
	struct jc_outfile f;
	struct jc_buf bytes;
	int rc, end;

	if ((rc = jc_attach_find(&row, run->node, run->args[0], err)) < 0)
		return rc;
	jc_buf_init(&bytes, JC_BLOB_MAX);
	if ((rc = bytes_get(run, &row, &bytes, err)) == 0 && (rc = jc_outfile_open(&f, run->args[1], 0644, err)) == 0) {
		jc_buf_put(&f.buf, bytes.data, bytes.len);
		end = jc_outfile_end(&f, 1, err);
		if ((rc = end) == 0)
			printf(JC_T("已写到 %s\n", "Written to %s\n"), run->args[1]);
	}
	jc_buf_free(&bytes);
	return rc;
}

/* ---- clean ---- */

static int
attach_clean(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *days = jc_cmd_opt(run, "days");
	int64_t n = 90, dropped, bytes;
	int rc;

	if (days != NULL && (rc = jc_cmd_number(&n, "days", days, err)) < 0)
		return rc;
	if ((rc = jc_blob_clean(run->node, run->env->wall_ms(run->env->ctx) / 1000 - n * 86400, &dropped, &bytes, err)) < 0)
		return rc;
	if (run->json)
		return jc_out_json(json_pack("{s:I,s:I}", "dropped", (json_int_t)dropped, "bytes", (json_int_t)bytes), err);
	printf(JC_T("腾出 %lld KB：%lld个附件的内容县里有，或者记录已作废；要用时可以再取\n",
	           "%lld KB freed: bytes of %lld attachments that the county has, or of void records; they can be fetched again\n"),
	    (long long)bytes / 1024, (long long)dropped);
	return 0;
}

static const struct jc_cmd_opt attach_opts[] = {
	{"purpose", "用途", "PURPOSE", "用途：签到表、现场照片、批复、会议纪要、合同……（默认：图片是现场照片）", "purpose: signin, photo, approval, minutes, contract ... (default: photo for pictures)", 0},
	{"person", "是|否", "yes|no", "里面有没有人像或名单；有的只到县里", "does it show people; those go to the county only", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

static const struct jc_cmd_opt clean_opts[] = {
	{"days", "天数", "DAYS", "多少天以前的（默认90）", "older than so many days (default 90)", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_attach = {
	.name = "attach",
	.args_zh = "编号 文件...", .args_en = "ID FILE...",
	.least = 2, .most = FILES_MAX,
	.zh = "给一条记录附上照片、文件\n照片自动缩小到1600像素、300KB以内，并去掉拍摄地点等信息。记录先上报，附件随后，断了接着传。",
	.en = "attach pictures and documents to a record\n"
	      "Photographs are made smaller (1,600 pixels, 300 KB) and lose place and the like. Records are sent first, attachments after them.",
	.opts = attach_opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = attach
};

const struct jc_cmd jc_cmd_attach_list = {
	.name = "attach list",
	.args_zh = "编号", .args_en = "ID",
	.least = 1, .most = 1,
	.zh = "一条记录的附件，和它们到了哪里",
	.en = "the attachments of a record, and where they are",
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = attach_list
};

const struct jc_cmd jc_cmd_attach_get = {
	.name = "attach get",
	.args_zh = "附件编号 文件", .args_en = "ID FILE",
	.least = 2, .most = 2,
	.zh = "取出一个附件；内容不在本机时向县里取",
	.en = "write an attachment to a file; bytes that are not here are fetched from the county",
	.flags = JC_CMD_OPEN,
	.run = attach_get
};

const struct jc_cmd jc_cmd_attach_clean = {
	.name = "attach clean",
	.args_zh = "", .args_en = "",
	.zh = "腾出磁盘：删去县里已有的旧附件的内容，要用时可以再取",
	.en = "free disk space: drop bytes of old attachments that the county has; they can be fetched again",
	.opts = clean_opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = attach_clean
};
