/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to upload.c and receive.c: walking over the pkt-lines of a whole request. */
#ifndef JC_GITWIRE_H
#define JC_GITWIRE_H

#include "sync_codec.h"

enum { JC_PKT_BAD = -1, JC_PKT_END, JC_PKT_LINE, JC_PKT_FLUSH };

/* The next line; END: the input is used up. Delimiters of protocol version 2 and cut lines are BAD. */
int jc_gitwire_next(struct jc_slice *line, struct jc_rd *r);

#endif
