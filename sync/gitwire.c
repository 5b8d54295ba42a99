/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "gitwire.h"

int
jc_gitwire_next(struct jc_slice *line, struct jc_rd *r)
{
	size_t used;
	int rc;

	*line = (struct jc_slice){"", 0};
	if (jc_rd_left(r) == 0)
		return r->bad ? JC_PKT_BAD : JC_PKT_END;
	rc = jc_pkt_next(line, &used, r->p, jc_rd_left(r));
	if (rc != JC_LINE_DATA && rc != JC_LINE_FLUSH)
		return JC_PKT_BAD;
	r->p += used;
	return rc == JC_LINE_DATA ? JC_PKT_LINE : JC_PKT_FLUSH;
}
