/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Settings over the API: the table with what is in force, and changes to it. */
#include <string.h>

#include "../schema/schema_settings.h"
#include "api_private.h"

#define WHERE "api_settings"

static const char *
type_word(enum jc_setting_type t)
{
	static const char *const word[] = {"bool", "int", "hours", "proxy"};

	return word[t];
}

int
api_settings(struct api_call *c, struct jc_err *err)
{
	json_t *list = json_array();
	char value[JC_SETTING_ROOM];
	int rc = 0;

	for (const struct jc_setting *s = jc_settings(); s->key != NULL; s++) {
		if ((rc = jc_setting_get(value, s, c->node->db, err)) < 0)
			break;
		if (json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:I,s:I,s:s,s:s}", "key", s->key, "type", type_word(s->type),
		        "value", value, "default", s->absent, "low", (json_int_t)s->low, "high", (json_int_t)s->high, "label",
		        JC_T(s->zh, s->en), "help", JC_T(s->zh_help, s->en_help))) != 0) {
			rc = JC_NOMEM(err, WHERE);
			break;
		}
	}
	if (rc < 0) {
		json_decref(list);
		return rc;
	}
	c->out = json_pack("{s:o}", "settings", list);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
one_put(struct api_call *c, const char *key, const json_t *v, struct jc_err *err)
{
	const struct jc_setting *s = jc_setting_find(key, strlen(key));

	if (s != NULL && json_is_string(v) && strlen(json_string_value(v)) == json_string_length(v) &&
	    jc_setting_put(s, json_string_value(v), c->node->db, err) == 0)
		return 0;
	if (s == NULL)
		(void)jc_err_set(err, JC_EINVAL, WHERE, JC_T("没有“%.60s”这项设置", "There is no setting \"%.60s\""), key);
	else if (!json_is_string(v))
		(void)jc_err_set(err, JC_EINVAL, WHERE, "%s", JC_T("设置的值要写成文字", "The value of a setting is a text"));
	api_blame(c, key);
	return err->code < 0 ? err->code : jc_err_code(err, JC_EINVAL, WHERE);
}

int
api_settings_set(struct api_call *c, struct jc_err *err)
{
	const char *key;
	json_t *v;
	int rc, end;

	if ((rc = jc_db_begin(c->node->db, err)) < 0)
		return rc;
	json_object_foreach(c->in, key, v) {
		if ((rc = one_put(c, key, v, err)) < 0)
			break;
	}
	end = jc_db_end(c->node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end < 0 ? end : api_settings(c, err);
}
