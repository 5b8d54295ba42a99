/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Sticks from the page: which are there, write to one, read one, how far it is. */
#include <string.h>

#include "api_private.h"
#include "stick_find.h"
#include "stick_work.h"

#define WHERE "api_stick"

static int
stick_add(void *arg, const char *path)
{
	return json_array_append_new(arg, json_pack("{s:s}", "path", path));
}

int
api_sticks(struct api_call *c, struct jc_err *err)
{
	json_t *list = json_array();

	jc_stick_find_each(stick_add, list);
	c->out = json_pack("{s:o}", "sticks", list);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
work_of(struct jc_stick_work **out, const struct api_call *c, struct jc_err *err)
{
	*out = api_stick_work_of(c->api);
	return *out != NULL ? 0 : jc_err_code(err, JC_ESTATE, WHERE);
}

static int
start(struct api_call *c, int write, struct jc_err *err)
{
	static const char *const KNOWN[] = {"dir", NULL};
	const char *dir = json_string_value(json_object_get(c->in, "dir"));
	struct jc_stick_work *w;
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 || (rc = work_of(&w, c, err)) < 0)
		return rc;
	if (dir == NULL || dir[0] == '\0')
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请写明U盘在哪里（dir）", "Say where the stick is (\"dir\")"));
	if ((rc = jc_stick_work_start(w, write, dir, err)) < 0)
		return rc;
	c->out = json_pack("{s:b}", "started", 1);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_stick_write(struct api_call *c, struct jc_err *err)
{
	return start(c, 1, err);
}

int
api_stick_read(struct api_call *c, struct jc_err *err)
{
	return start(c, 0, err);
}

int
api_stick(struct api_call *c, struct jc_err *err)
{
	struct jc_stick_work *w;
	int rc;

	if ((rc = work_of(&w, c, err)) < 0)
		return rc;
	c->out = jc_stick_work_json(w);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}
