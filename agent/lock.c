/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "lock.h"

#include <errno.h>

#ifdef _WIN32
#include <io.h>
#include <windows.h>
#else
#include <sys/file.h>
#endif

#include <uv.h>

#include "paths.h"

#define TRIES 5   /* somebody may only be looking (jc_lock_held) */
#define TRY_MS 20

/* 0 taken, 1 held by another, -1 error */
static int
lock_fd(int fd, int shared)
{
#ifdef _WIN32
	OVERLAPPED at = {0};
	HANDLE h = (HANDLE)_get_osfhandle(fd);

	if (LockFileEx(h, (shared ? 0 : LOCKFILE_EXCLUSIVE_LOCK) | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at))
		return 0;
	return GetLastError() == ERROR_LOCK_VIOLATION ? 1 : -1;
#else
	if (flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? 1 : -1;
#endif
}

static void
close_fd(int fd)
{
	uv_fs_t req;

	uv_fs_close(NULL, &req, fd, NULL);
	uv_fs_req_cleanup(&req);
}

int
jc_lock_held(const char *dir)
{
	char path[JC_PATH_MAX];
	uv_fs_t req;
	int fd, held;

	if (jc_paths_join(path, dir, JC_LOCK_FILE, NULL) < 0)
		return 0;
	fd = uv_fs_open(NULL, &req, path, UV_FS_O_RDWR, 0, NULL);
	uv_fs_req_cleanup(&req);
	if (fd < 0)
		return 0;
	held = lock_fd(fd, 1) == 1;
	close_fd(fd);
	return held;
}

int
jc_lock_take(struct jc_lock *out, const char *dir, struct jc_err *err)
{
	char path[JC_PATH_MAX];
	uv_fs_t req;
	int fd, rc, tries = 0;

	out->fd = -1;
	if ((rc = jc_paths_join(path, dir, JC_LOCK_FILE, err)) < 0)
		return rc;
	fd = uv_fs_open(NULL, &req, path, UV_FS_O_RDWR | UV_FS_O_CREAT, 0600, NULL);
	uv_fs_req_cleanup(&req);
	if (fd < 0) {
		jc_err_set(err, JC_EIO, "jc_lock_take",
		    JC_T("数据文件夹 %s 不能写入，请检查", "The data folder %s cannot be written; check it"), dir);
		return jc_err_cause(err, "%s: %s", path, uv_strerror(fd));
	}
	while ((rc = lock_fd(fd, 0)) == 1 && tries++ < TRIES)
		uv_sleep(TRY_MS);
	if (rc == 0) {
		out->fd = fd;
		return 0;
	}
	close_fd(fd);
	if (rc < 0)
		return jc_err_code(err, JC_EIO, "jc_lock_take");
	return jc_err_set(err, JC_ELOCKED, "jc_lock_take",
	    JC_T("文件夹 %s 已有一个 jiceng 在运行，请先把它关掉，或直接使用它", "A jiceng is running on %s already; stop it first, or use it"),
	    dir);
}

void
jc_lock_release(struct jc_lock *lock)
{
	if (lock->fd >= 0)
		close_fd(lock->fd);
	lock->fd = -1;
}
