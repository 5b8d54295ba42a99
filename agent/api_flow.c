/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "flow_json.h"

#include <string.h>

#include "api_private.h"

#define WHERE "flow"

static json_t *
hats_json(unsigned who)
{
	json_t *list = json_array();

	for (unsigned bit = 1; bit <= JC_HAT_CITY; bit <<= 1)
		if ((who & bit) != 0)
			json_array_append_new(list, json_pack("{s:s,s:s}", "code",
			    jc_hat_word((enum jc_hat)bit), "label",
			    jc_hat_label((enum jc_hat)bit)));
	return list;
}

static json_t *
moves_json(const struct jc_stepper *s)
{
	json_t *list = json_array();
	struct jc_buf b;

	jc_buf_init(&b, 1 << 16);
	for (const struct jc_move *m = s->flow->moves; m->move != NULL; m++) {
		if (!jc_flow_fits(m, s->state, s->left) || m->who == JC_HAT_SYS)
			continue;
		jc_buf_reset(&b);
		jc_flow_needs_put(&b, s->flow, m);
		json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s%,s:s,s:o,s:b}", "move",
		    m->move, "label", JC_T(m->zh, m->en), "to",
		    strcmp(m->to, "=") == 0 ? s->state : m->to, "needs", b.len != 0 ? b.data : "",
		    b.len, "terms", m->needs != NULL ? m->needs : "", "who",
		    hats_json(m->who), "behalf", m->behalf));
	}
	jc_buf_free(&b);
	return list;
}

/* Every step that was replayed, the impossible ones too. */
static json_t *
steps_json(const struct jc_stepper *s)
{
	json_t *list = json_array();
	struct jc_err none = {0};
	struct jc_stmt *st;

	if (jc_db_prep(&st, s->node->db,
	        "SELECT f.day, f.move, f.from_state, f.to_state, f.ok, r.id FROM flow_step f JOIN record r ON r.rec = f.event"
	        " WHERE f.subject = :rec ORDER BY f.n", &none) < 0)
		return list;
	jc_bind_int(st, ":rec", s->key.rec);
	while (jc_stmt_step(st, &none) == 1) {
		const char *move = jc_col_text(st, 1, NULL);
		const struct jc_field *f = jc_catalogue_field(s->event.kind, s->flow->move,
		    strlen(s->flow->move));
		const struct jc_choice *c = jc_catalogue_choice(f, move, strlen(move));

		json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:s,s:b,s:s}", "day",
		    jc_col_text(st, 0, NULL), "move", move, "label",
		    c != NULL ? jc_choice_label(c) : move, "from", jc_col_text(st, 2, NULL), "to",
		    jc_col_text(st, 3, NULL), "ok",
		    (int)jc_col_int(st, 4), "event", jc_col_text(st, 5, NULL)));
	}
	return list;
}

json_t *
jc_flow_json(struct jc_stepper *s)
{
	return json_pack("{s:s,s:i,s:s,s:s,s:s,s:s,s:s,s:o?,s:o,s:o}", "flow", s->flow->code,
	    "version", (int)s->flow->version, "kind",
	    s->key.kind->name, "event", s->event.kind->name, "id", s->key.id, "state", s->state, "state_label",
	    jc_flow_state_label(s->flow, s->state), "since",
	    s->since[0] != '\0' ? json_string(s->since) : json_null(), "moves", moves_json(s),
	    "steps", steps_json(s));
}

/* ---- calls ---- */

static int
record_of(struct jc_record_key *key, const struct api_call *c, struct jc_err *err)
{
	int rc = jc_record_find(c->node, 0, c->arg, key, err);

	if (rc == 0 && key->kind == NULL)
		return jc_err_code(err, JC_ENEWER, WHERE);
	return rc;
}

int
api_flow(struct api_call *c, struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_stepper s;
	int rc;

	if ((rc = record_of(&key, c, err)) < 0)
		return rc;
	if ((rc = jc_stepper_open(&s, c->node, c->env, &key, err)) == 0 &&
	    (c->out = jc_flow_json(&s)) == NULL)
		rc = JC_NOMEM(err, WHERE);
	jc_stepper_close(&s);
	return rc;
}

static void
remark(void *arg, const struct jc_field *f, const struct jc_remark *r)
{
	json_array_append_new(arg, json_pack("{s:s,s:s,s:s}", "field", f->name, "code", r->code,
	    "text", r->text));
}

/* A text member; *out NULL when it is not there. */
static int
text(const char **out, const struct api_call *c, const char *name, struct jc_err *err)
{
	const json_t *v = json_object_get(c->in, name);

	*out = json_string_value(v);
	if (v == NULL || json_is_null(v) || (*out != NULL && json_string_length(v) != 0 &&
	    json_string_length(v) <= 200))
		return 0;
	return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s 应是文字，最多 200 字节",
	    "\"%s\" must be a text of at most 200 bytes"), name);
}

static int
fields_take(struct jc_stepper *s, struct api_call *c, struct jc_err *err)
{
	json_t *set = json_object_get(c->in, "set"), *v;
	const char *name;
	int rc = 0;

	if (set != NULL && !json_is_object(set))
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("set 应是一个对象",
		    "\"set\" must be an object"));
	json_object_foreach(set, name, v) {
		const struct jc_field *f;
		struct jc_typed *to;

		if ((rc = jc_stepper_field(&f, &to, s, name, strlen(name), err)) == 0)
			rc = api_value_take(to, f, v, err);
		if (rc < 0 && rc != JC_ENOMEM) {
			api_blame(c, name);
			if (rc == JC_ENOTFOUND || rc == JC_EUSAGE)
				rc = err->code = JC_EINVAL;
		}
		if (rc < 0)
			break;
	}
	return rc;
}

static int
step_take(struct jc_stepper *s, struct api_call *c, const char **move, struct jc_err *err)
{
	const char *hat;
	int rc;

	if ((rc = text(move, c, "move", err)) < 0 || (rc = text(&s->date, c, "date", err)) < 0 ||
	    (rc = text(&s->behalf, c, "behalf", err)) < 0 || (rc = text(&hat, c, "hat", err)) < 0)
		return rc;
	if (*move == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请求里缺少 move",
		    "The request has no \"move\""));
	s->hats = hat != NULL ? jc_hat_parse(hat) & jc_stepper_hats(s, 1) : 0;
	if (hat != NULL && s->hats == 0)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("身份“%.20s”在这台机器上用不了",
		    "The hat \"%.20s\" is not worn on this machine"), hat);
	return fields_take(s, c, err);
}

static int
step_answer(struct api_call *c, const struct jc_stepper *s, json_t *remarks, struct jc_err *err)
{
	struct jc_record now;
	const char *state = "";
	int rc;

	if ((rc = jc_record_read(c->node, s->key.rec, &now, err)) < 0)
		return rc;
	for (size_t i = 0; i < now.nfields; i++)
		if (strcmp(now.field[i].field->name, s->flow->state) == 0 &&
		    now.field[i].text != NULL)
			state = now.field[i].text;
	c->out = json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:s%,s:O}", "id", s->key.id, "event", s->id,
	    "state", state, "state_label",
	    jc_flow_state_label(s->flow, state), "hat", jc_hat_word(s->hat), "seen",
	    (json_int_t)now.seen, "hints",
	    s->hints.len != 0 ? s->hints.data : "", s->hints.len, "remarks", remarks);
	jc_record_free(&now);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_step(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"move", "date", "behalf", "hat", "set", NULL};
	json_t *remarks = json_array();
	struct jc_record_key key;
	struct jc_stepper s;
	const char *move;
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) == 0 && (rc = record_of(&key, c, err)) == 0) {
		if ((rc = jc_stepper_open(&s, c->node, c->env, &key, err)) == 0) {
			jc_stepper_remarks(&s, remark, remarks);
			if ((rc = step_take(&s, c, &move, err)) == 0 && (rc = jc_stepper_save(&s,
			    move, err)) == 0)
				rc = step_answer(c, &s, remarks, err);
		}
		jc_stepper_close(&s);
	}
	json_decref(remarks);
	return rc;
}
