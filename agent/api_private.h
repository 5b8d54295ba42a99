/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to api*.c: one call. */
#ifndef JC_AGENT_API_PRIVATE_H
#define JC_AGENT_API_PRIVATE_H

#include <jansson.h>
#include <microhttpd.h>

#include "api.h"
#include "typed.h"

struct api_call {
	struct jc_api *api;
	struct jc_node *node;
	const struct jc_env *env;
	struct MHD_Connection *conn;  /* for query parameters */
	char arg[64];                 /* the {part} of the path */
	json_t *in;                   /* body, an object; NULL of a GET and of a raw body */
	struct jc_slice body;         /* the raw body of a route that takes files */
	struct jc_restore *upload;    /* or the file into which it went; may be NULL */
	int64_t upload_n;
	json_t *out;                  /* the answer, owned */
	struct jc_buf page;           /* or a page of this type, when page_type is set */
	const char *page_type;
	int page_saved;               /* it is a file to be saved, never shown */
	json_t *detail;               /* further members of the error ("field", "id"), owned; may be NULL */
};

/* A query parameter, NULL when absent. */
const char *api_query(const struct api_call *c, const char *name);
/* A number among the query's parameters, `absent` when it is not given. JC_EINVAL. */
int api_query_number(int64_t *out, const struct api_call *c, const char *name, int64_t absent, int64_t low, int64_t high,
    struct jc_err *err);
int api_sync_now(struct jc_api *api, struct jc_err *err);
int api_can_sync(const struct jc_api *api);
/* How automatic sync stands; 0: there is none here. */
int api_sync_state(const struct jc_api *api, struct jc_autosync_state *out);
struct jc_setup *api_setup_of(const struct jc_api *api); /* may be NULL */
struct jc_stick_work *api_stick_work_of(const struct jc_api *api); /* NULL without a device key */
struct jc_import_work *api_import_of(const struct jc_api *api);
/* Tells the program that the folder is a branch now. */
void api_ready(struct jc_api *api);
/* What lies in the data file was replaced: reads all of it anew. c->node is another one afterwards. */
int api_node_renew(struct api_call *c, struct jc_err *err);
/* Nothing is here yet, or what is here is made up; else JC_EEXISTS. */
int api_empty_enough(struct jc_node *node, struct jc_err *err);
/* 1 when the county knows this branch by another device key than the one in this folder. */
int api_key_missing(struct jc_node *node);
/* 1 if others know a newer key of this hub than its key file has. */
int api_key_behind(struct jc_node *node);

/* The kind that the path names. JC_ENOTFOUND. */
int api_kind(const struct jc_kind **kind, const struct api_call *c, struct jc_err *err);
/* The error that follows is about this field of the request. */
void api_blame(struct api_call *c, const char *field);

/* Typed texts on their way into one scope: what "set" and a list's conditions are made of. */
struct api_typed {
	struct jc_scope scope;
	struct jc_match *match;
	struct jc_typed typed;
	json_t *remarks;              /* [{field, code, text}] */
};
/* Closed with api_typed_close, also after an error. */
int api_typed_open(struct api_typed *t, const struct api_call *c, const struct jc_scope *scope, struct jc_err *err);
void api_typed_close(struct api_typed *t);
/* One text; errors name the field and are the caller's fault (JC_EINVAL), also a name that nobody has. */
int api_typed_put(struct api_typed *t, struct api_call *c, const struct jc_field *f, enum jc_typed_how how,
    struct jc_slice text, struct jc_err *err);

/* One value of a body into t; a set also as a list or {"add","remove"}. JC_EINVAL. */
int api_value_take(struct jc_typed *t, const struct jc_field *f, const json_t *v, struct jc_err *err);
/* The member "set" of the body: begins a record of the kind. JC_EINVAL blames the field. */
int api_set_take(struct api_typed *t, struct api_call *c, const struct jc_kind *kind, struct jc_err *err);
/* The same for an object given. */
int api_set_from(struct api_typed *t, struct api_call *c, const struct jc_kind *kind, json_t *set, struct jc_err *err);
/* A body with a member that is not among `names` (NULL ends them) is refused. */
int api_members_known(const struct api_call *c, const char *const *names, struct jc_err *err);
/* The member "seen", 0 when absent. JC_ESTALE: of another database. */
int api_seen_take(int64_t *seen, const struct api_call *c, struct jc_err *err);

int api_devices(struct api_call *c, struct jc_err *err);
int api_device_revoke(struct api_call *c, struct jc_err *err);
int api_device_accept(struct api_call *c, struct jc_err *err);
int api_sessions(struct api_call *c, struct jc_err *err);
int api_status(struct api_call *c, struct jc_err *err);
int api_catalogue(struct api_call *c, struct jc_err *err);
int api_describe(struct api_call *c, struct jc_err *err);
int api_corrections(struct api_call *c, struct jc_err *err);
int api_figures(struct api_call *c, struct jc_err *err);
int api_object(struct api_call *c, struct jc_err *err);
int api_fields(struct api_call *c, struct jc_err *err);
int api_field_define(struct api_call *c, struct jc_err *err);
int api_form_define(struct api_call *c, struct jc_err *err);
int api_list(struct api_call *c, struct jc_err *err);
int api_read(struct api_call *c, struct jc_err *err);
int api_history(struct api_call *c, struct jc_err *err);
int api_conflicts(struct api_call *c, struct jc_err *err);
int api_add(struct api_call *c, struct jc_err *err);
int api_set(struct api_call *c, struct jc_err *err);
int api_setup(struct api_call *c, struct jc_err *err);
int api_setup_branch(struct api_call *c, struct jc_err *err);
int api_setup_code(struct api_call *c, struct jc_err *err);
int api_setup_join(struct api_call *c, struct jc_err *err);
int api_setup_restore(struct api_call *c, struct jc_err *err);
int api_backup(struct api_call *c, struct jc_err *err);
int api_setup_key(struct api_call *c, struct jc_err *err);
int api_setup_practice(struct api_call *c, struct jc_err *err);
int api_setup_practice_end(struct api_call *c, struct jc_err *err);
int api_setup_label(struct api_call *c, struct jc_err *err);
int api_sticks(struct api_call *c, struct jc_err *err);
int api_stick(struct api_call *c, struct jc_err *err);
int api_stick_write(struct api_call *c, struct jc_err *err);
int api_stick_read(struct api_call *c, struct jc_err *err);
int api_check(struct api_call *c, struct jc_err *err);
int api_batch(struct api_call *c, struct jc_err *err);
int api_many(struct api_call *c, struct jc_err *err);
int api_drafts(struct api_call *c, struct jc_err *err);
int api_draft_read(struct api_call *c, struct jc_err *err);
int api_draft_write(struct api_call *c, struct jc_err *err);
int api_void(struct api_call *c, struct jc_err *err);
int api_unvoid(struct api_call *c, struct jc_err *err);
int api_resolve(struct api_call *c, struct jc_err *err);
int api_collective(struct api_call *c, struct jc_err *err);
int api_templates(struct api_call *c, struct jc_err *err);
int api_check_start(struct api_call *c, struct jc_err *err);
int api_search(struct api_call *c, struct jc_err *err);
int api_duplicates(struct api_call *c, struct jc_err *err);
int api_merge(struct api_call *c, struct jc_err *err);
int api_unmerge(struct api_call *c, struct jc_err *err);
int api_distinct(struct api_call *c, struct jc_err *err);
int api_tasks(struct api_call *c, struct jc_err *err);
int api_overdue(struct api_call *c, struct jc_err *err);
int api_flow(struct api_call *c, struct jc_err *err);
int api_step(struct api_call *c, struct jc_err *err);
int api_attachments(struct api_call *c, struct jc_err *err);
int api_attach(struct api_call *c, struct jc_err *err);
int api_attachment(struct api_call *c, struct jc_err *err);
int api_import_preview(struct api_call *c, struct jc_err *err);
int api_import(struct api_call *c, struct jc_err *err);
int api_import_state(struct api_call *c, struct jc_err *err);
int api_import_cancel(struct api_call *c, struct jc_err *err);
int api_pending(struct api_call *c, struct jc_err *err);
int api_pending_fix(struct api_call *c, struct jc_err *err);
int api_pending_discard(struct api_call *c, struct jc_err *err);
int api_export(struct api_call *c, struct jc_err *err);
int api_fill(struct api_call *c, struct jc_err *err);
int api_return(struct api_call *c, struct jc_err *err);
int api_tray(struct api_call *c, struct jc_err *err);
int api_tray_resend(struct api_call *c, struct jc_err *err);
int api_tray_withdraw(struct api_call *c, struct jc_err *err);
int api_undo(struct api_call *c, struct jc_err *err);
int api_sync(struct api_call *c, struct jc_err *err);
int api_settings(struct api_call *c, struct jc_err *err);
int api_settings_set(struct api_call *c, struct jc_err *err);
int api_print(struct api_call *c, struct jc_err *err);
int api_print_css(struct api_call *c, struct jc_err *err);
int api_print_forms(struct api_call *c, struct jc_err *err);
int api_audit(struct api_call *c, struct jc_err *err);
int api_reports(struct api_call *c, struct jc_err *err);
int api_report(struct api_call *c, struct jc_err *err);
int api_report_hand_in(struct api_call *c, struct jc_err *err);

#endif
