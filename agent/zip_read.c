/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "zip_read.h"

#include <string.h>

#include <minizip/unzip.h>

#include "../schema/schema_mem.h"

#define PIECE 65536
#define NAME_ROOM 512

struct jc_zip_read {
	const char *p;
	size_t n;
	uint64_t at;         /* where minizip reads */
	unzFile file;
	uint64_t total;      /* inflated so far */
	char piece[PIECE];
};

/* ---- minizip's view of memory ---- */

static voidpf ZCALLBACK
mem_open(voidpf opaque, const void *name, int mode)
{
	(void)name;
	(void)mode;
	return opaque;
}

static uLong ZCALLBACK
mem_read(voidpf opaque, voidpf stream, void *buf, uLong n)
{
	struct jc_zip_read *z = stream;

	(void)opaque;
	if (z->at >= z->n)
		return 0;
	if (n > z->n - z->at)
		n = (uLong)(z->n - z->at);
	memcpy(buf, z->p + z->at, n);
	z->at += n;
	return n;
}

static uLong ZCALLBACK
mem_write(voidpf opaque, voidpf stream, const void *buf, uLong n)
{
	(void)opaque;
	(void)stream;
	(void)buf;
	(void)n;
	return 0;
}

static ZPOS64_T ZCALLBACK
mem_tell(voidpf opaque, voidpf stream)
{
	(void)opaque;
	return ((struct jc_zip_read *)stream)->at;
}

static long ZCALLBACK
mem_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
	struct jc_zip_read *z = stream;
	uint64_t base = origin == ZLIB_FILEFUNC_SEEK_CUR ? z->at
	    : origin == ZLIB_FILEFUNC_SEEK_END		 ? z->n
							 : 0;

	(void)opaque;
	if (offset > z->n || base + offset > z->n)
		return -1;
	z->at = base + offset;
	return 0;
}

static int ZCALLBACK
mem_nothing(voidpf opaque, voidpf stream)
{
	(void)opaque;
	(void)stream;
	return 0;
}

/* ---- errors ---- */

static int
damaged(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "zip_read",
	    JC_T("这个表格文件有损坏，请在 WPS 或 Excel 里打开，另存一份再用",
		"The spreadsheet is damaged; open it, save it anew and try again"));
}

static int
swollen(struct jc_err *err)
{
	return jc_err_set(err, JC_ELIMIT, "zip_read",
	    JC_T("这个文件展开后大得不正常，没有读取",
		"The file unpacks to an abnormal size and was not read"));
}

/* ---- the zip ---- */

int
jc_zip_read_open(struct jc_zip_read **out, const char *p, size_t n, struct jc_err *err)
{
	struct jc_zip_read *z = jc_calloc(1, sizeof(*z));
	zlib_filefunc64_def io = {
	    mem_open, mem_read, mem_write, mem_tell, mem_seek, mem_nothing, mem_nothing, z};
	unz_global_info64 info;

	*out = NULL;
	if (z == NULL)
		return JC_NOMEM(err, "zip_read");
	z->p = p;
	z->n = n;
	if ((z->file = unzOpen2_64("", &io)) == NULL ||
	    unzGetGlobalInfo64(z->file, &info) != UNZ_OK) {
		jc_zip_read_close(z);
		return damaged(err);
	}
	if (info.number_entry > JC_ZIP_PARTS_MAX) {
		jc_zip_read_close(z);
		return swollen(err);
	}
	*out = z;
	return 0;
}

void
jc_zip_read_close(struct jc_zip_read *z)
{
	if (z == NULL)
		return;
	if (z->file != NULL)
		unzClose(z->file);
	jc_free(z);
}

void *
jc_zip_read_file(struct jc_zip_read *z)
{
	return z->file;
}

int
jc_zip_read_has(struct jc_zip_read *z, const char *name)
{
	return unzLocateFile(z->file, name, 2) == UNZ_OK;
}

int
jc_zip_read_names(struct jc_zip_read *z, int (*each)(void *arg, const char *name), void *arg)
{
	char name[NAME_ROOM];
	int rc = 0;

	for (int more = unzGoToFirstFile(z->file); rc == 0 && more == UNZ_OK;
	     more = unzGoToNextFile(z->file)) {
		if (unzGetCurrentFileInfo64(
			z->file, NULL, name, sizeof(name) - 1, NULL, 0, NULL, 0) != UNZ_OK)
			break;
		name[sizeof(name) - 1] = '\0';
		rc = each(arg, name);
	}
	return rc;
}

/* One part, opened. */
static int
inflate_each(struct jc_zip_read *z, uint64_t packed,
    int (*piece)(void *arg, const char *p, size_t n), void *arg, struct jc_err *err)
{
	uint64_t done = 0;
	int got, rc;

	while ((got = unzReadCurrentFile(z->file, z->piece, PIECE)) > 0) {
		done += (uint64_t)got;
		z->total += (uint64_t)got;
		if (z->total > JC_ZIP_TOTAL_MAX ||
		    (done > JC_ZIP_SWELL_FROM && done / JC_ZIP_SWELL_MAX > packed))
			return swollen(err);
		if ((rc = piece(arg, z->piece, (size_t)got)) < 0)
			return rc;
	}
	return got < 0 ? damaged(err) : 0;
}

int
jc_zip_read_each(struct jc_zip_read *z, const char *name,
    int (*piece)(void *arg, const char *p, size_t n), void *arg, struct jc_err *err)
{
	unz_file_info64 info;
	int rc;

	if (!jc_zip_read_has(z, name))
		return jc_err_code(err, JC_ENOTFOUND, "zip_read");
	if (unzGetCurrentFileInfo64(z->file, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK ||
	    (info.flag & 1) != 0 || unzOpenCurrentFile(z->file) != UNZ_OK)
		return damaged(err);
	rc = inflate_each(z, info.compressed_size, piece, arg, err);
	if (unzCloseCurrentFile(z->file) == UNZ_CRCERROR && rc == 0)
		rc = damaged(err);
	return rc;
}

static int
append(void *arg, const char *p, size_t n)
{
	struct jc_buf *b = arg;

	jc_buf_put(b, p, n);
	return b->failed;
}

int
jc_zip_read_all(struct jc_zip_read *z, struct jc_buf *out, const char *name, struct jc_err *err)
{
	int rc = jc_zip_read_each(z, name, append, out, err);

	return out->failed ? jc_buf_check(out, "zip_read", err) : rc;
}
