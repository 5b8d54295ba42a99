/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#define WHERE "files"
#define PATH_ROOM 4096

/* libuv's synchronous calls: no loop, a request on the stack. */
static int
fs_result(uv_fs_t *req)
{
	int rc = (int)req->result;

	uv_fs_req_cleanup(req);
	return rc;
}

static int
io_err(struct jc_err *err, int code, const char *path)
{
	int full = code == UV_ENOSPC;

	jc_err_code(err, full ? JC_EFULL : JC_EIO, WHERE);
	return jc_err_cause(err, "%s: %s", path, uv_strerror(code));
}

static int
file_open(const char *path, int flags, int mode)
{
	uv_fs_t req;

	uv_fs_open(NULL, &req, path, flags, mode, NULL);
	return fs_result(&req);
}

static int
file_close(int fd)
{
	uv_fs_t req;

	uv_fs_close(NULL, &req, fd, NULL);
	return fs_result(&req);
}

static int
read_all(int fd, char *p, size_t max, size_t *n)
{
	*n = 0;
	for (;;) {
		uv_buf_t buf = uv_buf_init(p + *n, (unsigned)(max - *n));
		uv_fs_t req;
		int got;

		if (*n == max)
			return UV_EFBIG;
		uv_fs_read(NULL, &req, fd, &buf, 1, -1, NULL);
		if ((got = fs_result(&req)) <= 0)
			return got;
		*n += (size_t)got;
	}
}

int
jc_files_read(char **out, size_t *n, const char *path, size_t max, struct jc_err *err)
{
	int fd = file_open(path, UV_FS_O_RDONLY, 0), rc;
	char *p;

	*out = NULL;
	if (fd == UV_ENOENT)
		return jc_err_set(err, JC_ENOTFOUND, WHERE, JC_T("没有文件 %s", "There is no file %s"), path);
	if (fd < 0)
		return io_err(err, fd, path);
	if ((p = malloc(max + 2)) == NULL) {
		file_close(fd);
		return JC_NOMEM(err, WHERE);
	}
	rc = read_all(fd, p, max + 1, n);
	file_close(fd);
	if (rc == 0) {
		p[*n] = '\0';
		*out = p;
		return 0;
	}
	free(p);
	if (rc == UV_EFBIG)
		return jc_err_set(err, JC_ELIMIT, WHERE, JC_T("文件 %s 太大", "The file %s is too large"), path);
	return io_err(err, rc, path);
}

static int
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		uv_buf_t buf = uv_buf_init((char *)(size_t)p, (unsigned)(n < 1u << 20 ? n : 1u << 20));
		uv_fs_t req;
		int put;

		uv_fs_write(NULL, &req, fd, &buf, 1, -1, NULL);
		if ((put = fs_result(&req)) < 0)
			return put;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

/* A rename is durable when its folder is; Windows has no such call and does not need it. */
static void
folder_sync(const char *path)
{
#ifndef _WIN32
	char dir[PATH_ROOM];
	char *slash;
	uv_fs_t req;
	int fd;

	snprintf(dir, sizeof(dir), "%s", path);
	if ((slash = strrchr(dir, '/')) == NULL)
		snprintf(dir, sizeof(dir), ".");
	else
		slash[slash == dir] = '\0';
	if ((fd = file_open(dir, UV_FS_O_RDONLY | UV_FS_O_DIRECTORY, 0)) < 0)
		return;
	uv_fs_fsync(NULL, &req, fd, NULL);
	fs_result(&req);
	file_close(fd);
#else
	(void)path;
#endif
}

int
jc_files_write(const char *path, const void *p, size_t n, int mode, struct jc_err *err)
{
	char tmp[PATH_ROOM];
	uv_fs_t req;
	int fd, rc, end;

	if (snprintf(tmp, sizeof(tmp), "%s.new", path) >= (int)sizeof(tmp))
		return jc_err_code(err, JC_ELIMIT, WHERE);
	if ((fd = file_open(tmp, UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_TRUNC, mode)) < 0)
		return io_err(err, fd, tmp);
	if ((rc = write_all(fd, p, n)) == 0) {
		uv_fs_fsync(NULL, &req, fd, NULL);
		rc = fs_result(&req);
	}
	end = file_close(fd);
	if (rc == 0 && (rc = end) == 0) {
		uv_fs_rename(NULL, &req, tmp, path, NULL);
		rc = fs_result(&req);
	}
	if (rc < 0) {
		uv_fs_unlink(NULL, &req, tmp, NULL);
		fs_result(&req);
		return io_err(err, rc, path);
	}
	folder_sync(path);
	return 0;
}

int
jc_files_mkdirs(const char *path, int mode, struct jc_err *err)
{
	char part[PATH_ROOM];
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(part))
		return jc_err_code(err, n == 0 ? JC_EINVAL : JC_ELIMIT, WHERE);
	for (size_t i = 1; i <= n; i++) {
		uv_fs_t req;
		int rc;

		if (i < n && path[i] != '/')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		uv_fs_mkdir(NULL, &req, part, mode, NULL);
		if ((rc = fs_result(&req)) < 0 && rc != UV_EEXIST && (i == n || (rc != UV_EACCES && rc != UV_EROFS)))
			return io_err(err, rc, part);
	}
	return 0;
}

void
jc_files_drop(const char *path)
{
	uv_fs_t req;

	uv_fs_unlink(NULL, &req, path, NULL);
	uv_fs_req_cleanup(&req);
}
