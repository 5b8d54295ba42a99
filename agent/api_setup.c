/* SPDX-License-Identifier: MulanPSL-2.0 */
/* First steps from the page: a folder that is empty becomes a branch, by its own name or by a county's code. */
#include <string.h>

#include "../schema/schema_mem.h"
#include "api_private.h"
#include "setup.h"
#include "../sync/sync_enrol.h"

#define WHERE "api_setup"
#define NAME_MAX_BYTES 300

/* A text of the body that must be there. */
static int
needed(const char **out, const struct api_call *c, const char *name, const char *zh, const char *en, struct jc_err *err)
{
	const json_t *v = json_object_get(c->in, name);

	*out = json_string_value(v);
	if (*out != NULL && json_string_length(v) > 0 && json_string_length(v) <= NAME_MAX_BYTES)
		return 0;
	return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请写%s", "Please give the %s"), JC_T(zh, en));
}

int
api_setup(struct api_call *c, struct jc_err *err)
{
	struct jc_setup *setup = api_setup_of(c->api);
	struct jc_setup_state st = {0};
	struct jc_scope own = {0};
	char *label = NULL;
	int ready, rc = jc_node_scope(c->node, &own, err);

	ready = rc == 0;
	if ((rc < 0 && rc != JC_ENOTFOUND) ||
	    ((rc = jc_meta_get(c->node->db, "label", &label, err)) < 0 && rc != JC_ENOTFOUND))
		return rc;
	if (setup != NULL)
		jc_setup_look(setup, &st);
	c->out = json_pack("{s:b,s:s,s:s,s:b,s:b,s:s,s:b,s:b}", "ready", ready, "name", ready ? own.name : "", "label",
	    label != NULL ? label : "", "joined", ready && own.joined, "joining", st.busy, "error", st.error,
	    "key_missing", ready && api_key_missing(c->node), "key_behind", ready && api_key_behind(c->node));
	jc_free(label);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* What this PC is called in the history of records; may be absent. */
static int
label_take(struct api_call *c, struct jc_err *err)
{
	const char *label = json_string_value(json_object_get(c->in, "label"));

	return label != NULL && label[0] != '\0' ? jc_log_set_label(c->node->log, label, err) : 0;
}

int
api_setup_branch(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"name", "label", NULL};
	const char *name;
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 ||
	    (rc = needed(&name, c, "name", "基层工会的名称", "name of the branch", err)) < 0 ||
	    (rc = jc_node_init_branch(c->node, name, err)) < 0 || (rc = label_take(c, err)) < 0)
		return rc;
	api_ready(c->api);
	c->out = json_pack("{s:s}", "name", name);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* Is it a code? Said while it is typed, before anybody is asked. */
int
api_setup_code(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"code", NULL};
	struct jc_join_code code;
	struct jc_err why = {0};
	const char *typed;
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 || (rc = needed(&typed, c, "code", "加入码", "code", err)) < 0)
		return rc;
	rc = jc_code_parse(&code, typed, &why);
	c->out = json_pack("{s:b,s:s}", "good", rc == 0, "message", rc == 0 ? "" : why.msg);
	memset(&code, 0, sizeof(code));
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_setup_join(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"url", "code", "label", NULL};
	struct jc_setup *setup = api_setup_of(c->api);
	const char *url, *code;
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 ||
	    (rc = needed(&url, c, "url", "县里的网址", "county's address", err)) < 0 ||
	    (rc = needed(&code, c, "code", "加入码", "code", err)) < 0)
		return rc;
	if (setup == NULL)
		return jc_err_set(err, JC_ESTATE, WHERE, JC_T("这台机器不能从页面加入，请用 jiceng join", "This node cannot join from the page; use jiceng join"));
	if ((rc = jc_setup_join(setup, url, code, err)) < 0 || (rc = label_take(c, err)) < 0)
		return rc;
	c->out = json_pack("{s:b}", "started", 1);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* What this PC, or the person at it, is called from now on. */
int
api_setup_label(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"label", NULL};
	const char *label;
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 ||
	    (rc = needed(&label, c, "label", "称呼", "name", err)) < 0 || (rc = jc_log_set_label(c->node->log, label, err)) < 0)
		return rc;
	c->out = json_pack("{s:s}", "label", label);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}
