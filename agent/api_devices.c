/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A hub's view of the branches' computers. */
#include <string.h>

#include "api_private.h"
#include "devices.h"

#define WHERE "api_devices"

static int
hub_only(struct api_call *c, struct jc_err *err)
{
	struct jc_scope s;
	int rc = jc_node_scope(c->node, &s, err);

	if (rc < 0 || strcmp(s.role, "office") == 0)
		return rc;
	return jc_err_set(err, JC_EDENIED, WHERE, "%s", JC_T("只有县里的服务器有这一项", "Only a hub has this"));
}

int
api_devices(struct api_call *c, struct jc_err *err)
{
	json_t *list;
	int rc = hub_only(c, err);

	if (rc < 0)
		return rc;
	if ((list = jc_devices_json(c->node, err)) == NULL)
		return err != NULL && err->code != 0 ? err->code : JC_ENOMEM;
	c->out = json_pack("{s:o}", "devices", list);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
done(struct api_call *c, int64_t n, struct jc_err *err)
{
	c->out = json_pack("{s:s,s:I}", "id", c->arg, "accepted", (json_int_t)n);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_device_revoke(struct api_call *c, struct jc_err *err)
{
	static const char *const none[] = {NULL};
	int rc;

	if ((rc = hub_only(c, err)) < 0 || (rc = api_members_known(c, none, err)) < 0 ||
	    (rc = jc_devices_revoke(c->node, c->arg, err)) < 0)
		return rc;
	return done(c, 0, err);
}

int
api_device_accept(struct api_call *c, struct jc_err *err)
{
	static const char *const none[] = {NULL};
	int64_t n;
	int rc;

	if ((rc = hub_only(c, err)) < 0 || (rc = api_members_known(c, none, err)) < 0 ||
	    (rc = jc_devices_accept(c->node, c->arg, &n, err)) < 0)
		return rc;
	return done(c, n, err);
}
