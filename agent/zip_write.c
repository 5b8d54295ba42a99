/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "zip_write.h"

#include <string.h>

#include <minizip/unzip.h>
#include <minizip/zip.h>

#include "zip_read.h"

#define PIECE 65536
#define DEFLATED 8
#define LEVEL 6

/* What minizip writes to: a buffer in which it goes back to mend headers. */
struct target {
	struct jc_buf *out;
	size_t base, at;     /* where the zip begins in it; the place of the next byte in the zip */
};

static voidpf ZCALLBACK
to_open(voidpf opaque, const void *name, int mode)
{
	(void)name;
	(void)mode;
	return opaque;
}

static uLong ZCALLBACK
to_read(voidpf opaque, voidpf stream, void *buf, uLong n)
{
	(void)opaque;
	(void)stream;
	(void)buf;
	(void)n;
	return 0;
}

static uLong ZCALLBACK
to_write(voidpf opaque, voidpf stream, const void *buf, uLong n)
{
	struct target *t = stream;
	size_t have = t->out->len - t->base, over = t->at < have ? have - t->at : 0;

	(void)opaque;
	if (over > n)
		over = n;
	if (over != 0)
		memcpy(t->out->data + t->base + t->at, buf, over);
	jc_buf_put(t->out, (const char *)buf + over, n - over);
	t->at += n;
	return t->out->failed ? 0 : n;
}

static ZPOS64_T ZCALLBACK
to_tell(voidpf opaque, voidpf stream)
{
	(void)opaque;
	return ((struct target *)stream)->at;
}

static long ZCALLBACK
to_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
	struct target *t = stream;
	size_t have = t->out->len - t->base;
	size_t base = origin == ZLIB_FILEFUNC_SEEK_CUR ? t->at
	    : origin == ZLIB_FILEFUNC_SEEK_END	       ? have
						       : 0;

	(void)opaque;
	if (base + offset > have)
		return -1;
	t->at = base + (size_t)offset;
	return 0;
}

static int ZCALLBACK
to_nothing(voidpf opaque, voidpf stream)
{
	(void)opaque;
	(void)stream;
	return 0;
}

/* ---- copying ---- */

static int
damaged(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "zip_write",
	    JC_T("这个表格文件有损坏，请在 WPS 或 Excel 里打开，另存一份再用",
		"The spreadsheet is damaged; open it, save it anew and try again"));
}

static const struct jc_zip_part *
part_of(const struct jc_zip_part *parts, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(parts[i].name, name) == 0)
			return &parts[i];
	return NULL;
}

static int
part_new(zipFile to, const char *name, const unz_file_info64 *info, const struct jc_zip_part *part)
{
	zip_fileinfo zi = {.dosDate = info->dosDate, .external_fa = info->external_fa};

	if (zipOpenNewFileInZip2_64(to, name, &zi, NULL, 0, NULL, 0, NULL, DEFLATED, LEVEL, 0, 0) !=
		ZIP_OK ||
	    zipWriteInFileInZip(to, part->bytes.p, (unsigned)part->bytes.n) != ZIP_OK)
		return -1;
	return zipCloseFileInZip(to);
}

static int
part_raw(zipFile to, unzFile from, const char *name, const unz_file_info64 *info)
{
	zip_fileinfo zi = {.dosDate = info->dosDate, .external_fa = info->external_fa};
	char piece[PIECE];
	int method, level, got;

	if (unzOpenCurrentFile2(from, &method, &level, 1) != UNZ_OK)
		return -1;
	if (zipOpenNewFileInZip2_64(to, name, &zi, NULL, 0, NULL, 0, NULL, method, level, 1, 0) !=
	    ZIP_OK)
		return -1;
	while ((got = unzReadCurrentFile(from, piece, PIECE)) > 0)
		if (zipWriteInFileInZip(to, piece, (unsigned)got) != ZIP_OK)
			return -1;
	unzCloseCurrentFile(from);
	return got < 0 ? -1 : zipCloseFileInZipRaw64(to, info->uncompressed_size, info->crc);
}

static int
parts_copy(zipFile to, unzFile from, const struct jc_zip_part *parts, size_t nparts)
{
	unz_file_info64 info;
	char name[512];
	int rc = 0, count = 0;

	for (int more = unzGoToFirstFile(from); rc == 0 && more == UNZ_OK;
	     more = unzGoToNextFile(from)) {
		const struct jc_zip_part *part;

		if (unzGetCurrentFileInfo64(
			from, &info, name, sizeof(name) - 1, NULL, 0, NULL, 0) != UNZ_OK ||
		    ++count > JC_ZIP_PARTS_MAX || info.size_filename >= sizeof(name) - 1)
			return -1;
		name[sizeof(name) - 1] = '\0';
		part = part_of(parts, nparts, name);
		rc = part != NULL ? part_new(to, name, &info, part)
				  : part_raw(to, from, name, &info);
	}
	return rc;
}

int
jc_zip_write_copy(struct jc_buf *out, const char *p, size_t n, const struct jc_zip_part *parts,
    size_t nparts, struct jc_err *err)
{
	struct target t = {out, out->len, 0};
	zlib_filefunc64_def io = {
	    to_open, to_read, to_write, to_tell, to_seek, to_nothing, to_nothing, &t};
	struct jc_zip_read *z;
	zipFile to;
	int rc;

	if ((rc = jc_zip_read_open(&z, p, n, err)) < 0)
		return rc;
	if ((to = zipOpen2_64("", APPEND_STATUS_CREATE, NULL, &io)) == NULL) {
		jc_zip_read_close(z);
		return JC_NOMEM(err, "zip_write");
	}
	rc = parts_copy(to, jc_zip_read_file(z), parts, nparts);
	if (zipClose(to, NULL) != ZIP_OK)
		rc = -1;
	jc_zip_read_close(z);
	if (out->failed)
		return jc_buf_check(out, "zip_write", err);
	return rc != 0 ? damaged(err) : 0;
}
