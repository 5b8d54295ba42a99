/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Fields and forms that a hub defines: what there is, and (at a hub) new ones and new versions. */
#include "api_private.h"
#include "corrections.h"
#include "define.h"

#define WHERE "api"

int
api_fields(struct api_call *c, struct jc_err *err)
{
	c->out = jc_define_list(c->node, err);
	return c->out != NULL ? 0 : err->code;
}

static int
defined(struct api_call *c, int rc, const jc_id id, int fresh, struct jc_err *err)
{
	if (rc < 0)
		return rc;
	c->out = json_pack("{s:s,s:b}", "id", id, "fresh", fresh);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_field_define(struct api_call *c, struct jc_err *err)
{
	int fresh = 0;
	jc_id id = "";

	return defined(c, jc_define_field(id, &fresh, c->node, c->env, c->in, err), id, fresh, err);
}

int
api_form_define(struct api_call *c, struct jc_err *err)
{
	int fresh = 0;
	jc_id id = "";

	return defined(c, jc_define_form(id, &fresh, c->node, c->env, c->in, err), id, fresh, err);
}

/* ---- what the county changed ---- */

int
api_corrections(struct api_call *c, struct jc_err *err)
{
	const char *all = api_query(c, "all");
	json_t *a = jc_corrections_list(c->node, c->env, all != NULL && all[0] == '1', 0, err);

	if (a == NULL)
		return err->code;
	c->out = json_pack("{s:o}", "corrections", a);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_object(struct api_call *c, struct jc_err *err)
{
	const char *field = json_string_value(json_object_get(c->in, "field"));
	const char *reason = json_string_value(json_object_get(c->in, "reason"));
	jc_id id;
	int rc;

	if (field == NULL || reason == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("要写 field 和 reason", "\"field\" and \"reason\" are needed"));
	if ((rc = jc_corrections_object(id, c->node, c->env, c->arg, field, reason, err)) < 0)
		return rc;
	c->out = json_pack("{s:s}", "id", id);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}
