/* SPDX-License-Identifier: MulanPSL-2.0 */
/* debug catalogue: what the program knows, as the text that releases are compared with. */
#include <stdio.h>

#include "../schema/schema_compat.h"
#include "cmd.h"

static int
debug_catalogue(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_buf b;
	int rc;

	(void)run;
	jc_buf_init(&b, 1 << 22);
	jc_compat_put(&b, jc_catalogue_base());
	if ((rc = jc_buf_check(&b, "debug", err)) == 0 && fwrite(b.data, 1, b.len, stdout) != b.len)
		rc = jc_err_code(err, JC_EIO, "debug");
	jc_buf_free(&b);
	return rc;
}

const struct jc_cmd jc_cmd_debug_catalogue = {
	.name = "debug catalogue", .args_zh = "", .args_en = "",
	.zh = "印出程序的目录（发布时与上一版比较）", .en = "print the catalogue (to be compared between releases)",
	.run = debug_catalogue
};
