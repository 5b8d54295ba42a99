/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to api*.c: one call. */
#ifndef JC_AGENT_API_PRIVATE_H
#define JC_AGENT_API_PRIVATE_H

#include <jansson.h>
#include <microhttpd.h>

#include "api.h"

struct api_call {
	struct jc_api *api;
	struct jc_node *node;
	const struct jc_env *env;
	struct MHD_Connection *conn;  /* for query parameters */
	char arg[64];                 /* the {part} of the path */
	json_t *in;                   /* body, an object; NULL of a GET */
	json_t *out;                  /* the answer, owned */
};

/* A query parameter, NULL when absent. */
const char *api_query(const struct api_call *c, const char *name);
int api_sync_now(struct jc_api *api, struct jc_err *err);
int api_can_sync(const struct jc_api *api);

int api_status(struct api_call *c, struct jc_err *err);
int api_catalogue(struct api_call *c, struct jc_err *err);
int api_describe(struct api_call *c, struct jc_err *err);
int api_list(struct api_call *c, struct jc_err *err);
int api_read(struct api_call *c, struct jc_err *err);
int api_history(struct api_call *c, struct jc_err *err);
int api_conflicts(struct api_call *c, struct jc_err *err);
int api_add(struct api_call *c, struct jc_err *err);
int api_set(struct api_call *c, struct jc_err *err);
int api_void(struct api_call *c, struct jc_err *err);
int api_unvoid(struct api_call *c, struct jc_err *err);
int api_resolve(struct api_call *c, struct jc_err *err);
int api_undo(struct api_call *c, struct jc_err *err);
int api_sync(struct api_call *c, struct jc_err *err);

#endif
