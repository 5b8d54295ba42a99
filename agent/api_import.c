/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Files for the page: import with preview and progress, the rows that wait, forms that are filled. */
#include <string.h>

#include "api_private.h"
#include "cmd.h"
#include "export.h"
#include "fill.h"
#include "import.h"
#include "import_work.h"
#include "waiting.h"

#define WHERE "api_import"

static const char *
text_in(const struct api_call *c, const char *name)
{
	return json_string_value(json_object_get(c->in, name));
}

/* The file's name as the page says it, without folders. */
static const char *
file_name(const struct api_call *c)
{
	const char *name = api_query(c, "name"), *slash;

	if (name == NULL)
		return "";
	slash = strrchr(name, '/');
	return slash != NULL ? slash + 1 : name;
}

static int
kind_of(const struct jc_kind **kind, struct api_call *c, const char *name, struct jc_err *err)
{
	*kind = NULL;
	if (name == NULL || name[0] == '\0')
		return 0;
	if ((*kind = jc_catalogue_kind_typed(name)) != NULL)
		return 0;
	api_blame(c, "kind");
	return jc_err_set(
	    err, JC_EINVAL, WHERE, JC_T("没有“%.60s”这种记录", "There is no kind \"%.60s\""), name);
}

static int
answer_state(struct api_call *c, const char *token, struct jc_err *err)
{
	return jc_import_work_state(api_import_of(c->api), &c->out, token, err);
}

int
api_import_preview(struct api_call *c, struct jc_err *err)
{
	struct jc_import_order order = {.dry_run = 1};
	char token[JC_IMPORT_WORK_TOKEN + 1];
	int rc;

	if (c->body.n == 0)
		return jc_err_set(
		    err, JC_EINVAL, WHERE, "%s", JC_T("没有收到文件", "No file came"));
	if ((rc = kind_of(&order.kind, c, api_query(c, "kind"), err)) < 0 ||
	    (rc = jc_import_work_file(
		 api_import_of(c->api), token, file_name(c), c->body.p, c->body.n, err)) < 0 ||
	    (rc = jc_import_work_start(api_import_of(c->api), token, &order, err)) < 0)
		return rc;
	return answer_state(c, token, err);
}

/* {token, dry_run?, kind?, columns?, set?, activity?} */
int
api_import(struct api_call *c, struct jc_err *err)
{
	static const char *const known[] = {
	    "token", "dry_run", "kind", "columns", "set", "activity", NULL};
	struct jc_import_order order = {.dry_run = json_is_true(json_object_get(c->in, "dry_run"))};
	const char *token = text_in(c, "token"), *activity = text_in(c, "activity");
	struct jc_record_key key;
	int rc;

	if ((rc = api_members_known(c, known, err)) < 0 ||
	    (rc = kind_of(&order.kind, c, text_in(c, "kind"), err)) < 0)
		return rc;
	if (token == NULL) {
		api_blame(c, "token");
		return jc_err_set(err, JC_EINVAL, WHERE, "%s",
		    JC_T("请给出预览时得到的 token", "Give the token that the preview answered"));
	}
	if (activity != NULL) {
		api_blame(c, "activity");
		if ((rc = jc_record_find(c->node, 0, activity, &key, err)) < 0)
			return rc == JC_ENOTFOUND ? jc_err_code(err, JC_EINVAL, WHERE) : rc;
		order.activity = key.id;
	}
	order.columns = json_object_get(c->in, "columns");
	order.set = json_object_get(c->in, "set");
	if ((rc = jc_import_work_start(api_import_of(c->api), token, &order, err)) < 0)
		return rc;
	return answer_state(c, token, err);
}

int
api_import_state(struct api_call *c, struct jc_err *err)
{
	return answer_state(c, c->arg, err);
}

int
api_import_cancel(struct api_call *c, struct jc_err *err)
{
	int rc = jc_import_work_cancel(api_import_of(c->api), c->arg, err);

	return rc < 0 ? rc : answer_state(c, c->arg, err);
}

/* ---- rows that wait ---- */

static int64_t
number_of(const char *s)
{
	int64_t v = 0;

	for (; s != NULL && *s >= '0' && *s <= '9' && v < INT64_MAX / 100; s++)
		v = v * 10 + (*s - '0');
	return s == NULL || *s != '\0' ? 0 : v;
}

int
api_pending(struct api_call *c, struct jc_err *err)
{
	json_t *rows = NULL;
	int64_t count = 0;
	int rc;

	if ((rc = jc_waiting_list(&rows, c->node->db, 0, number_of(api_query(c, "after")), err)) <
		0 ||
	    (rc = jc_waiting_count(c->node->db, &count, err)) < 0) {
		json_decref(rows);
		return rc;
	}
	c->out = json_pack("{s:I,s:o}", "count", (json_int_t)count, "rows", rows);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
quiet(void *arg, const char *word, int64_t done, int64_t total)
{
	(void)arg;
	(void)word;
	(void)done;
	(void)total;
	return 0;
}

static int
retry(struct api_call *c, int64_t no, struct jc_err *err)
{
	struct jc_cmd_run run = {.node = c->node, .env = c->env};
	struct jc_import_options o = {
	    .run = &run, .name = JC_T("待处理", "waiting rows"), .progress = quiet};
	struct jc_import_report report;
	struct jc_import_source *src;
	int rc;

	if ((rc = jc_waiting_open(&src, c->node->db, no, err)) < 0)
		return rc;
	jc_import_report_init(&report);
	if ((rc = jc_import_source(&report, &o, src, err)) == 0)
		c->out = jc_import_report_json(&report, 0);
	jc_import_report_free(&report);
	return rc;
}

/* {set?: {field: text}, same_as?, as_new?}: corrects a row and imports it. The path's "all": every row again. */
int
api_pending_fix(struct api_call *c, struct jc_err *err)
{
	static const char *const known[] = {"set", "same_as", "as_new", NULL};
	json_t *fixes = json_object();
	int64_t no = number_of(c->arg);
	int rc = api_members_known(c, known, err);

	if (rc == 0 && no == 0 && strcmp(c->arg, "all") != 0)
		rc = jc_err_code(err, JC_ENOTFOUND, WHERE);
	json_object_update(fixes, json_object_get(c->in, "set"));
	if (text_in(c, "same_as") != NULL)
		json_object_set_new(fixes, "=id", json_string(text_in(c, "same_as")));
	if (json_is_true(json_object_get(c->in, "as_new")))
		json_object_set_new(fixes, "=new", json_string("1"));
	if (rc == 0 && no != 0 && json_object_size(fixes) > 0)
		rc = jc_waiting_fix(c->node->db, no, fixes, err);
	json_decref(fixes);
	return rc < 0 ? rc : retry(c, no, err);
}

int
api_pending_discard(struct api_call *c, struct jc_err *err)
{
	int64_t no = number_of(c->arg);
	int rc, end;

	if ((rc = jc_db_begin(c->node->db, err)) < 0)
		return rc;
	rc = jc_waiting_drop(c->node->db, no, err);
	end = jc_db_end(c->node->db, rc == 0, rc == 0 ? err : NULL);
	c->out = json_pack("{s:I}", "discarded", (json_int_t)no);
	return rc < 0 ? rc : end;
}

/* ---- files to take away ---- */

int
api_export(struct api_call *c, struct jc_err *err)
{
	static const struct {
		const char *name, *suffix, *type;
	} formats[] = {
	    {"xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	    {"csv", ".csv", "text/csv; charset=utf-8"},
	    {"jsonl", ".jsonl", "application/x-ndjson"},
	};
	const char *format = api_query(c, "format"), *name = api_query(c, "layout");
	struct jc_cmd_run run = {.node = c->node, .env = c->env};
	const struct jc_export_layout *layout = NULL;
	const struct jc_kind *kind;
	size_t i = 0;
	int rc;

	if ((rc = api_kind(&kind, c, err)) < 0)
		return rc;
	while (format != NULL && i < 3 && strcmp(format, formats[i].name) != 0)
		i++;
	if (i == 3) {
		api_blame(c, "format");
		return jc_err_set(err, JC_EINVAL, WHERE, "%s",
		    JC_T("格式是 xlsx、csv 或 jsonl", "The format is xlsx, csv or jsonl"));
	}
	if (name != NULL &&
	    ((layout = jc_export_layout(name)) == NULL || strcmp(layout->kind, kind->name) != 0)) {
		api_blame(c, "layout");
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("%s没有“%.40s”这种格式", "%s has no layout \"%.40s\""),
		    jc_kind_label(kind), name);
	}
	c->page_type = formats[i].type;
	c->page_saved = 1;
	return jc_export_bytes(&c->page, &run, kind, layout, formats[i].suffix, err);
}

/* ---- forms ---- */

/* Standard base64, as a page decodes it. */
static void
base64(struct jc_buf *out, const uint8_t *p, size_t n)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) |
		    (i + 2 < n ? p[i + 2] : 0);

		jc_buf_putc(out, letters[v >> 18]);
		jc_buf_putc(out, letters[v >> 12 & 63]);
		jc_buf_putc(out, i + 1 < n ? letters[v >> 6 & 63] : '=');
		jc_buf_putc(out, i + 2 < n ? letters[v & 63] : '=');
	}
}

int
api_fill(struct api_call *c, struct jc_err *err)
{
	struct jc_cmd_run run = {.node = c->node, .env = c->env};
	struct jc_fill_options o = {
	    .run = &run, .name = file_name(c), .period = api_query(c, "period")};
	struct jc_fill_report report;
	struct jc_buf out, text;
	int rc;

	jc_buf_init(&out, (size_t)64 << 20);
	jc_buf_init(&text, (size_t)96 << 20);
	if (c->body.n == 0)
		return jc_err_set(
		    err, JC_EINVAL, WHERE, "%s", JC_T("没有收到文件", "No file came"));
	if ((rc = jc_fill_bytes(&out, &report, &o, c->body.p, c->body.n, err)) == 0) {
		base64(&text, (const uint8_t *)out.data, out.len);
		c->out = jc_fill_report_json(&report);
		if ((rc = jc_buf_check(&text, WHERE, err)) == 0)
			json_object_set_new(c->out, "file", json_stringn(text.data, text.len));
	}
	jc_fill_report_free(&report);
	jc_buf_free(&out);
	jc_buf_free(&text);
	return rc;
}
