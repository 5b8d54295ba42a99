/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "api_private.h"
#include "out.h"

int
api_sessions(struct api_call *c, struct jc_err *err)
{
	json_t *list = json_array();
	int64_t limit, before;
	int rc;

	if (list == NULL)
		return JC_NOMEM(err, "api_sessions");
	if ((rc = api_query_number(&limit, c, "limit", 50, 1, JC_TRIPS_KEPT, err)) < 0 ||
	    (rc = api_query_number(&before, c, "before", 0, 0, INT64_MAX, err)) < 0 ||
	    (rc = jc_trips_each(c->node, before, limit, jc_out_json_trip, list, err)) < 0) {
		json_decref(list);
		return rc;
	}
	c->out = json_pack("{s:o}", "sessions", list);
	return c->out != NULL ? 0 : JC_NOMEM(err, "api_sessions");
}
