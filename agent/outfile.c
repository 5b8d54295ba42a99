/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "outfile.h"

#include <stdio.h>
#include <string.h>

#include <uv.h>

#define STEP (256u << 10)

static int
result(uv_fs_t *req)
{
	int rc = (int)req->result;

	uv_fs_req_cleanup(req);
	return rc;
}

static int
failed(struct jc_outfile *f, int code, struct jc_err *err)
{
	if (code == UV_ENOSPC)
		jc_err_code(err, JC_EFULL, "outfile");
	else
		jc_err_set(err, JC_EIO, "outfile", JC_T("不能写 %s，请换一个位置", "%s cannot be written; choose another place"), f->path);
	return jc_err_cause(err, "%s: %s", f->part, uv_strerror(code));
}

int
jc_outfile_open(struct jc_outfile *f, const char *path, int mode, struct jc_err *err)
{
	uv_fs_t req;

	memset(f, 0, sizeof(*f));
	f->fd = -1;
	if (strlen(path) >= sizeof(f->path))
		return jc_err_set(err, JC_ELIMIT, "outfile", JC_T("文件名太长", "The file's name is too long"));
	snprintf(f->path, sizeof(f->path), "%s", path);
	snprintf(f->part, sizeof(f->part), "%s.part", f->path);
	jc_buf_init(&f->buf, 64u << 20);
	uv_fs_open(NULL, &req, f->part, UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_TRUNC, mode, NULL);
	if ((f->fd = result(&req)) < 0)
		return failed(f, f->fd, err);
	return 0;
}

int
jc_outfile_flush(struct jc_outfile *f, int all, struct jc_err *err)
{
	size_t done = 0;
	int rc;

	if ((rc = jc_buf_check(&f->buf, "outfile", err)) < 0 || (!all && f->buf.len < STEP))
		return rc;
	while (done < f->buf.len) {
		size_t n = f->buf.len - done < STEP ? f->buf.len - done : STEP;
		uv_buf_t b = uv_buf_init(f->buf.data + done, (unsigned)n);
		uv_fs_t req;

		uv_fs_write(NULL, &req, f->fd, &b, 1, -1, NULL);
		if ((rc = result(&req)) < 0)
			return failed(f, rc, err);
		done += (size_t)rc;
	}
	jc_buf_reset(&f->buf);
	return 0;
}

static int
finish(struct jc_outfile *f, struct jc_err *err)
{
	uv_fs_t req;
	int rc;

	if ((rc = jc_outfile_flush(f, 1, err)) < 0)
		return rc;
	uv_fs_fsync(NULL, &req, f->fd, NULL);
	if ((rc = result(&req)) < 0)
		return failed(f, rc, err);
	uv_fs_rename(NULL, &req, f->part, f->path, NULL);
	return (rc = result(&req)) < 0 ? failed(f, rc, err) : 0;
}

int
jc_outfile_end(struct jc_outfile *f, int ok, struct jc_err *err)
{
	uv_fs_t req;
	int rc = ok ? finish(f, err) : 0;

	if (f->fd >= 0) {
		uv_fs_close(NULL, &req, f->fd, NULL);
		result(&req);
	}
	if (!ok || rc < 0) {
		uv_fs_unlink(NULL, &req, f->part, NULL);
		result(&req);
	}
	jc_buf_free(&f->buf);
	return rc;
}

int
jc_outfile_place(const char *part, const char *path, struct jc_err *err)
{
	uv_fs_t req;
	int fd, rc;

	uv_fs_open(NULL, &req, part, UV_FS_O_RDWR, 0, NULL);
	if ((rc = fd = result(&req)) >= 0) {
		uv_fs_fsync(NULL, &req, fd, NULL);
		rc = result(&req);
		uv_fs_close(NULL, &req, fd, NULL);
		result(&req);
	}
	if (rc >= 0) {
		uv_fs_rename(NULL, &req, part, path, NULL);
		rc = result(&req);
	}
	if (rc >= 0)
		return 0;
	jc_err_set(err, JC_EIO, "outfile", JC_T("不能写 %s，请换一个位置", "%s cannot be written; choose another place"), path);
	return jc_err_cause(err, "%s: %s", part, uv_strerror(rc));
}
