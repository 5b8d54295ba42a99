/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Fields and forms that a hub defines: what there is, and (at a hub) new ones and new versions. */
#include "api_private.h"
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
