/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "web_page.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "web_page_table.h"

#define GZIP_BITS (15 + 16)

/* Nothing from anywhere but this program, nothing written into the page's text, no frame around it. */
#define PAGE_POLICY                                                                                              \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " \
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const struct jc_page_file *
jc_web_page_find(const char *url)
{
	for (const struct jc_page_file *f = jc_web_page_files; f->path != NULL; f++)
		if (strcmp(f->path, url) == 0)
			return f;
	return NULL;
}

static const char *
header(struct MHD_Connection *conn, const char *name)
{
	const char *v = MHD_lookup_connection_value(conn, MHD_HEADER_KIND, name);

	return v != NULL ? v : "";
}

/* The bytes unpacked, malloc'ed: for a program that does not take gzip. NULL: no memory. */
static unsigned char *
unpacked(const struct jc_page_file *f)
{
	unsigned char *out = malloc(f->plain + 1);
	z_stream z = {0};

	if (out == NULL || inflateInit2(&z, GZIP_BITS) != Z_OK) {
		free(out);
		return NULL;
	}
	z.next_in = (Bytef *)(uintptr_t)f->gzip;
	z.avail_in = (uInt)f->n;
	z.next_out = out;
	z.avail_out = (uInt)f->plain;
	inflate(&z, Z_FINISH);
	inflateEnd(&z);
	return out;
}

static struct MHD_Response *
response_make(struct MHD_Connection *conn, const struct jc_page_file *f)
{
	struct MHD_Response *r;
	unsigned char *plain;

	if (strstr(header(conn, "Accept-Encoding"), "gzip") != NULL) {
		r = MHD_create_response_from_buffer(f->n, (void *)(uintptr_t)f->gzip, MHD_RESPMEM_PERSISTENT);
		if (r != NULL)
			MHD_add_response_header(r, "Content-Encoding", "gzip");
		return r;
	}
	if ((plain = unpacked(f)) == NULL)
		return NULL;
	if ((r = MHD_create_response_from_buffer(f->plain, plain, MHD_RESPMEM_MUST_FREE)) == NULL)
		free(plain);
	return r;
}

static void
headers_add(struct MHD_Response *r, const struct jc_page_file *f)
{
	const char *const H[][2] = {{"Content-Type", f->type}, {"ETag", f->etag},
	    {"Cache-Control", f->fixed ? "private, max-age=31536000, immutable" : "no-store"}, {"Vary", "Accept-Encoding"},
	    {"Content-Security-Policy", PAGE_POLICY}, {"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"},
	    {"Cross-Origin-Resource-Policy", "same-origin"}, {"Cross-Origin-Opener-Policy", "same-origin"}};

	for (size_t i = 0; i < sizeof(H) / sizeof(H[0]); i++)
		MHD_add_response_header(r, H[i][0], H[i][1]);
}

enum MHD_Result
jc_web_page_answer(struct MHD_Connection *conn, const struct jc_page_file *f)
{
	int same = strcmp(header(conn, "If-None-Match"), f->etag) == 0;
	struct MHD_Response *r;
	enum MHD_Result ok;

	r = same ? MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT) : response_make(conn, f);
	if (r == NULL)
		return MHD_NO;
	headers_add(r, f);
	ok = MHD_queue_response(conn, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, r);
	MHD_destroy_response(r);
	return ok;
}
