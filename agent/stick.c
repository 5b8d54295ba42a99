/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "stick.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#define WHERE "stick"
#define STEP (64u << 10)
#define NAME_BYTES 90u

static int
result(uv_fs_t *req)
{
	int rc = (int)req->result;

	uv_fs_req_cleanup(req);
	return rc;
}

/* ---- the system's calls ---- */

static int
os_write(void *ctx, int fd, const void *p, size_t n)
{
	uv_buf_t b = uv_buf_init((char *)(uintptr_t)p, (unsigned)n);
	uv_fs_t req;

	(void)ctx;
	uv_fs_write(NULL, &req, fd, &b, 1, -1, NULL);
	return result(&req);
}

static int
os_sync(void *ctx, int fd)
{
	uv_fs_t req;

	(void)ctx;
	uv_fs_fsync(NULL, &req, fd, NULL);
	return result(&req);
}

static int
os_read(void *ctx, int fd, void *p, size_t n)
{
	uv_buf_t b = uv_buf_init(p, (unsigned)n);
	uv_fs_t req;

	(void)ctx;
	uv_fs_read(NULL, &req, fd, &b, 1, -1, NULL);
	return result(&req);
}

static int
file_open(const char *path, int flags, int mode)
{
	uv_fs_t req;

	uv_fs_open(NULL, &req, path, flags, mode, NULL);
	return result(&req);
}

static int
file_close(int fd)
{
	uv_fs_t req;

	uv_fs_close(NULL, &req, fd, NULL);
	return result(&req);
}

/* Reading back from memory proves nothing about the stick. */
static void
cache_drop(int fd)
{
#ifdef POSIX_FADV_DONTNEED
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
#else
	(void)fd;
#endif
}

/* ---- what went wrong, for people ---- */

static int
failed(int code, const char *path, struct jc_err *err)
{
	switch (code) {
	case UV_ENOSPC:
	case UV_EFBIG:
#ifdef EDQUOT
	case -EDQUOT:
#endif
		jc_err_set(err, JC_EFULL, WHERE, JC_T("U盘满了，没有写下这个文件；请删去一些不要的文件再试",
		    "The stick is full and the file was not written; delete something on it and try again"));
		break;
	case UV_EROFS:
	case UV_EACCES:
	case UV_EPERM:
		jc_err_set(err, JC_EDENIED, WHERE, JC_T("U盘不让写，请打开写保护开关，或者换一个",
		    "The stick cannot be written; release its write protection or use another one"));
		break;
	case UV_EEXIST:
		jc_err_set(err, JC_EEXISTS, WHERE, JC_T("U盘上已经有同名的文件，请再试一次", "A file of this name is there already; try again"));
		break;
	case UV_ECANCELED:
		jc_err_code(err, JC_ECANCELLED, WHERE);
		break;
	default:
		jc_err_set(err, JC_EIO, WHERE, JC_T("U盘写不进去，可能被拔掉了或者坏了；本机的内容都在，请插好再试",
		    "The stick could not be written; it may be pulled out or broken. Everything is kept here, try again"));
	}
	return jc_err_cause(err, "%s: %s", path, uv_strerror(code));
}

static int
differs(const char *path, struct jc_err *err)
{
	jc_err_set(err, JC_EIO, WHERE, JC_T("从U盘读回来的和写进去的不一样：这个U盘坏了，或者没有标的那么大；请换一个再写",
	    "What was read back is not what was written: the stick is broken, or smaller than it claims; use another one"));
	return jc_err_cause(err, "%s", path);
}

/* ---- writing ---- */

struct job {
	const struct jc_stick *s;
	const char *bytes;
	size_t n;
	int64_t done;
};

static int
stopped(struct job *j, size_t step)
{
	j->done += (int64_t)step;
	return j->s->progress != NULL && j->s->progress(j->s->arg, j->done, 2 * (int64_t)j->n) != 0;
}

static int
put(struct job *j, int fd)
{
	const struct jc_stick_io *io = j->s->io;
	int (*write)(void *, int, const void *, size_t) = io != NULL && io->write != NULL ? io->write : os_write;
	int (*sync)(void *, int) = io != NULL && io->sync != NULL ? io->sync : os_sync;
	void *ctx = io != NULL ? io->ctx : NULL;

	for (size_t at = 0; at < j->n;) {
		size_t step = j->n - at < STEP ? j->n - at : STEP;
		int rc = write(ctx, fd, j->bytes + at, step);

		if (rc < 0)
			return rc;
		if (rc == 0)
			return UV_ENOSPC;
		at += (size_t)rc;
		if (stopped(j, (size_t)rc))
			return UV_ECANCELED;
	}
	return sync(ctx, fd);
}

/* 1 when the stick gives back what was put on it. */
static int
compare(struct job *j, int fd)
{
	const struct jc_stick_io *io = j->s->io;
	int (*read)(void *, int, void *, size_t) = io != NULL && io->read != NULL ? io->read : os_read;
	char *back = malloc(STEP);
	size_t at = 0;
	int rc = back == NULL ? UV_ENOMEM : 1;

	while (rc == 1) {
		int got = read(io != NULL ? io->ctx : NULL, fd, back, STEP);

		if (got < 0)
			rc = got;
		else if (got == 0)
			break;
		else if ((size_t)got > j->n - at || memcmp(back, j->bytes + at, (size_t)got) != 0)
			rc = 0;
		else if (at += (size_t)got, stopped(j, (size_t)got))
			rc = UV_ECANCELED;
	}
	free(back);
	return rc == 1 ? at == j->n : rc;
}

static int
part_write(struct job *j, const char *part, struct jc_err *err)
{
	int fd = file_open(part, UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_TRUNC | UV_FS_O_NOFOLLOW, 0644), rc, end;

	if (fd < 0)
		return failed(fd, part, err);
	if ((rc = put(j, fd)) >= 0)
		cache_drop(fd);
	end = file_close(fd);
	if ((rc = rc < 0 ? rc : end) < 0)
		return failed(rc, part, err);
	if ((fd = file_open(part, UV_FS_O_RDONLY | UV_FS_O_NOFOLLOW, 0)) < 0)
		return failed(fd, part, err);
	rc = compare(j, fd);
	file_close(fd);
	return rc < 0 ? failed(rc, part, err) : rc == 0 ? differs(part, err) : 0;
}

static void
folder_sync(const char *dir)
{
#ifndef _WIN32
	int fd = file_open(dir, UV_FS_O_RDONLY | UV_FS_O_DIRECTORY, 0);

	if (fd < 0)
		return;
	os_sync(NULL, fd);
	file_close(fd);
#else
	(void)dir;
#endif
}

int
jc_stick_write(char *path, const struct jc_stick *s, const char *name, const void *p, size_t n, struct jc_err *err)
{
	char whole[JC_STICK_PATH], part[JC_STICK_PATH + 8];
	struct job j = {.s = s, .bytes = p, .n = n};
	uv_fs_t req;
	int rc;

	if (snprintf(whole, sizeof(whole), "%s/%s", s->dir, name) >= (int)sizeof(whole))
		return jc_err_set(err, JC_ELIMIT, WHERE, JC_T("文件名太长", "The file's name is too long"));
	snprintf(part, sizeof(part), "%s.part", whole);
	uv_fs_stat(NULL, &req, whole, NULL);
	if (result(&req) == 0)
		return failed(UV_EEXIST, whole, err);
	if ((rc = part_write(&j, part, err)) == 0) {
		uv_fs_rename(NULL, &req, part, whole, NULL);
		if ((rc = result(&req)) < 0)
			rc = failed(rc, whole, err);
	}
	if (rc < 0) {
		jc_stick_drop(part);
		return rc;
	}
	folder_sync(s->dir);
	if (path != NULL)
		memcpy(path, whole, sizeof(whole));
	return 0;
}

void
jc_stick_drop(const char *path)
{
	uv_fs_t req;

	uv_fs_unlink(NULL, &req, path, NULL);
	result(&req);
}

/* ---- looking ---- */

int
jc_stick_is_dir(const char *path)
{
	uv_fs_t req;
	int is;

	uv_fs_stat(NULL, &req, path, NULL);
	is = req.result == 0 && (req.statbuf.st_mode & 0170000) == 0040000;
	uv_fs_req_cleanup(&req);
	return is;
}

int
jc_stick_check(const struct jc_stick *s, int64_t need, struct jc_err *err)
{
	uv_fs_t req;
	int64_t room = INT64_MAX;

	if (!jc_stick_is_dir(s->dir))
		return jc_err_set(err, JC_ENOTFOUND, WHERE, JC_T("没有文件夹 %s；请插好U盘，再核对它的位置",
		    "There is no folder %s; plug in the stick and check where it is"), s->dir);
	uv_fs_statfs(NULL, &req, s->dir, NULL);
	if (req.result == 0) {
		const uv_statfs_t *fs = req.ptr;

		if (fs->f_bsize != 0 && fs->f_bavail < (uint64_t)INT64_MAX / fs->f_bsize)
			room = (int64_t)(fs->f_bavail * fs->f_bsize);
	}
	uv_fs_req_cleanup(&req);
	if (room >= need)
		return 0;
	return jc_err_set(err, JC_EFULL, WHERE, JC_T("U盘满了：还差 %lld KB；请删去一些不要的文件再试",
	    "The stick is full: %lld KB more are needed; delete something on it and try again"),
	    (long long)((need - room + 1023) / 1024));
}

static int
ends_in(const char *name, const char *const *ends)
{
	size_t n = strlen(name);

	for (; *ends != NULL; ends++)
		if (n > strlen(*ends) && strcmp(name + n - strlen(*ends), *ends) == 0)
			return 1;
	return 0;
}

static int
name_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
jc_stick_names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

int
jc_stick_names(char ***names, size_t *n, const char *dir, const char *const *ends, struct jc_err *err)
{
	uv_dirent_t entry;
	uv_fs_t req;
	int rc = 0;

	*names = NULL;
	*n = 0;
	uv_fs_scandir(NULL, &req, dir, 0, NULL);
	if (req.result < 0) {
		rc = failed((int)req.result, dir, err);
		uv_fs_req_cleanup(&req);
		return rc;
	}
	while (rc == 0 && uv_fs_scandir_next(&req, &entry) == 0) {
		char **more;

		if (!ends_in(entry.name, ends))
			continue;
		if ((more = realloc(*names, (*n + 1) * sizeof(**names))) == NULL) {
			rc = JC_NOMEM(err, WHERE);
			break;
		}
		*names = more;
		if (((*names)[*n] = strdup(entry.name)) == NULL)
			rc = JC_NOMEM(err, WHERE);
		else
			(*n)++;
	}
	uv_fs_req_cleanup(&req);
	if (rc < 0) {
		jc_stick_names_free(*names, *n);
		*names = NULL;
		*n = 0;
	} else if (*n != 0) {
		qsort(*names, *n, sizeof(**names), name_cmp);
	}
	return rc;
}

void
jc_stick_name(char out[128], const char *text)
{
	size_t n = 0;

	for (const char *s = text; *s != '\0' && n < NAME_BYTES; s++)
		out[n++] = (unsigned char)*s < 0x20 || strchr("\\/:*?\"<>|", *s) != NULL ? '_' : *s;
	while (n > 0 && n == NAME_BYTES && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--; /* not in the middle of a character */
	while (n > 0 && (out[n - 1] == '.' || out[n - 1] == ' '))
		n--;
	out[n] = '\0';
	if (n == 0)
		snprintf(out, 128, "jiceng");
}
