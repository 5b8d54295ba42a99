/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "text_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <iconv.h>
#include <uv.h>

#include "files.h"

#define STEP 65536

static int
begins(const char *p, size_t n, const char *mark, size_t len)
{
	return n >= len && memcmp(p, mark, len) == 0;
}

static size_t
line_at(const char *p, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += p[i] == '\n';
	return line;
}

static int
convert(struct jc_buf *out, const char *from, const char *p, size_t n, struct jc_err *err)
{
	iconv_t cd = iconv_open("UTF-8", from);
	char *in = (char *)(size_t)p;
	size_t left = n;
	int rc = 0;

	if (cd == (iconv_t)-1)
		return jc_err_set(err, JC_EINTERNAL, "text_io",
		    JC_T("这台电脑不能读取 %s 编码，请把文件另存为 UTF-8", "This PC cannot read %s; save the file as UTF-8"), from);
	while (rc == 0 && left > 0) {
		char *to = jc_buf_room(out, STEP);
		size_t room = STEP;

		if (to == NULL) {
			rc = jc_buf_check(out, "text_io", err);
			break;
		}
		if (iconv(cd, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG)
			rc = jc_err_set(err, JC_EFORMAT, "text_io",
			    JC_T("第%zu行附近有看不懂的字，请把文件另存为 UTF-8 编码的 CSV 再导入",
			        "Unreadable characters near line %zu; save the file as CSV in UTF-8 and import it again"),
			    line_at(p, (size_t)(in - p)));
		out->len -= room;
		out->data[out->len] = '\0';
	}
	iconv_close(cd);
	return rc;
}

static int
refuse_binary(const char *p, size_t n, struct jc_err *err)
{
	if (begins(p, n, "PK\003\004", 4) || begins(p, n, "\320\317\021\340", 4))
		return jc_err_set(err, JC_EFORMAT, "text_io",
		    JC_T("这是表格文件，请在 WPS 或 Excel 里另存为 CSV 再导入", "This is a spreadsheet; save it as CSV and import that"));
	return jc_err_set(err, JC_EFORMAT, "text_io",
	    JC_T("这不是表格文件，请选 .xlsx、.xls、.csv 或 .jsonl 文件",
	        "This is no spreadsheet; choose an .xlsx, .xls, .csv or .jsonl file"));
}

int
jc_text_io_decode(struct jc_buf *out, const char **encoding, const char *p, size_t n, struct jc_err *err)
{
	const char *name = "UTF-8";
	int rc = 0;

	if (begins(p, n, "\357\273\277", 3)) {
		p += 3;
		n -= 3;
	}
	if (begins(p, n, "\377\376", 2))
		name = "UTF-16LE";
	else if (begins(p, n, "\376\377", 2))
		name = "UTF-16BE";
	else if (begins(p, n, "PK\003\004", 4) || begins(p, n, "\320\317\021\340", 4) || memchr(p, 0, n) != NULL)
		return refuse_binary(p, n, err);
	else if (!jc_utf8_ok(p, n))
		name = "GB18030";
	if (encoding != NULL)
		*encoding = name;
	if (strncmp(name, "UTF-16", 6) == 0)
		rc = convert(out, name, p + 2, n - 2, err);
	else if (name[0] == 'G')
		rc = convert(out, name, p, n, err);
	else
		jc_buf_put(out, p, n);
	if (rc == 0 && (rc = jc_buf_check(out, "text_io", err)) == 0 && out->len > 0 && memchr(out->data, 0, out->len) != NULL)
		rc = refuse_binary(p, n, err);
	return rc;
}

int
jc_text_io_bytes(char **bytes, size_t *n, const char *path, struct jc_err *err)
{
	size_t max = JC_TEXT_IO_MAX;
	uv_fs_t req;

	if (uv_fs_stat(NULL, &req, path, NULL) == 0 && req.statbuf.st_size < max)
		max = (size_t)req.statbuf.st_size + 1;
	uv_fs_req_cleanup(&req);
	return jc_files_read(bytes, n, path, max, err);
}

int
jc_text_io_read(struct jc_buf *out, const char **encoding, const char *path, struct jc_err *err)
{
	char *bytes = NULL;
	size_t n;
	int rc;

	jc_buf_init(out, JC_TEXT_IO_MAX * 2);
	if ((rc = jc_text_io_bytes(&bytes, &n, path, err)) < 0)
		return rc;
	if ((rc = jc_text_io_decode(out, encoding, bytes, n, err)) < 0)
		jc_buf_free(out);
	free(bytes);
	return rc;
}
