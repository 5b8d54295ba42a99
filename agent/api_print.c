/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Print views for the page: the same as `jiceng print`, with the style sheet as a link. */
#include <string.h>

#include "api_private.h"
#include "audit.h"
#include "print.h"

#define WHERE "api_print"
#define PAGE_MAX ((size_t)64 << 20)
#define IDS_MAX 64

struct ids {
	const char *v[IDS_MAX];
	size_t n;
};

static enum MHD_Result
id_take(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct ids *ids = arg;

	(void)kind;
	if (strcmp(name, "id") == 0 && value != NULL && ids->n < IDS_MAX)
		ids->v[ids->n++] = value;
	return MHD_YES;
}

static int
is_on(const struct api_call *c, const char *name)
{
	const char *v = api_query(c, name);

	return v != NULL && strcmp(v, "1") == 0;
}

static int
xlsx_give(struct api_call *c, const struct jc_print_ask *ask, struct jc_err *err)
{
	struct jc_buf page;
	int rc;

	jc_buf_init(&page, PAGE_MAX);
	c->page_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	if ((rc = jc_print_make(&page, c->node, ask, err)) == 0)
		rc = jc_print_xlsx(NULL, &c->page, ask->form, (struct jc_slice){page.data, page.len}, err);
	jc_buf_free(&page);
	return rc;
}

int
api_print(struct api_call *c, struct jc_err *err)
{
	struct ids ids = {.n = 0};
	struct jc_print_ask ask = {.form = jc_print_form(c->arg), .linked = 1, .full = is_on(c, "full"),
	    .ethnicity = is_on(c, "ethnicity")};

	if (ask.form == NULL)
		return jc_err_set(err, JC_ENOTFOUND, WHERE, JC_T("没有“%s”这种表", "There is no form \"%s\""), c->arg);
	MHD_get_connection_values(c->conn, MHD_GET_ARGUMENT_KIND, id_take, &ids);
	ask.ids = ids.v;
	ask.nids = ids.n;
	if (api_query(c, "view") != NULL && strcmp(api_query(c, "view"), "xlsx") == 0)
		return xlsx_give(c, &ask, err);
	c->page_type = "text/html; charset=utf-8";
	return jc_print_make(&c->page, c->node, &ask, err);
}

int
api_print_css(struct api_call *c, struct jc_err *err)
{
	(void)err;
	c->page_type = "text/css; charset=utf-8";
	jc_print_css(&c->page, api_query(c, "foot"));
	return 0;
}

int
api_print_forms(struct api_call *c, struct jc_err *err)
{
	json_t *forms = json_array();
	int rc = 0;

	for (const struct jc_print_form *f = jc_print_forms; rc == 0 && f->id != NULL; f++)
		rc = json_array_append_new(forms, json_pack("{s:s,s:s,s:s,s:s?,s:i,s:i,s:b,s:s,s:s}", "id", f->id, "zh", f->zh, "en",
		                                      f->en, "kind", f->kind, "least", (int)f->least, "most", (int)f->most,
		                                      "landscape", f->landscape, "help_zh", f->help_zh, "help_en", f->help_en));
	c->out = json_pack("{s:o}", "forms", forms);
	return rc == 0 && c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
audit_add(void *arg, const struct jc_audit *a)
{
	return json_array_append_new(arg, json_pack("{s:I,s:s,s:s,s:s,s:I}", "time", (json_int_t)a->time, "who", a->who, "act",
	                                      a->act, "what", a->what, "count", (json_int_t)a->count)) == 0 ? 0 : JC_ENOMEM;
}

int
api_audit(struct api_call *c, struct jc_err *err)
{
	json_t *rows = json_array();
	int rc = jc_audit_each(c->node->db, 1000, audit_add, rows, err);

	c->out = json_pack("{s:o}", "entries", rows);
	if (rc == 0 && c->out == NULL)
		rc = JC_ENOMEM;
	return rc == JC_ENOMEM ? JC_NOMEM(err, WHERE) : rc;
}
