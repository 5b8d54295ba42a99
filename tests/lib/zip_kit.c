/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "zip_kit.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

void
zip_kit_new(struct zip_kit *z)
{
	memset(z, 0, sizeof(*z));
	jc_buf_init(&z->out, (size_t)1 << 30);
	jc_buf_init(&z->central, 1 << 24);
}

void
zip_kit_free(struct zip_kit *z)
{
	jc_buf_free(&z->out);
	jc_buf_free(&z->central);
}

static void
u16(struct jc_buf *b, unsigned v)
{
	jc_buf_putc(b, (char)(v & 255));
	jc_buf_putc(b, (char)(v >> 8 & 255));
}

static void
u32(struct jc_buf *b, unsigned long v)
{
	u16(b, (unsigned)(v & 0xFFFF));
	u16(b, (unsigned)(v >> 16 & 0xFFFF));
}

/* What the local header and the central one have in common. */
static void
facts(struct jc_buf *b, unsigned long crc, size_t packed, size_t n, size_t name)
{
	u16(b, 20);
	u16(b, 0);
	u16(b, 8);
	u32(b, 0x00210000); /* 1980-01-01 */
	u32(b, crc);
	u32(b, packed);
	u32(b, n);
	u16(b, (unsigned)name);
	u16(b, 0);
}

void
zip_kit_add(struct zip_kit *z, const char *name, const void *p, size_t n)
{
	uLong bound = compressBound((uLong)n) + 64;
	unsigned char *packed = malloc(bound);
	z_stream s = {.next_in = (Bytef *)(size_t)p, .avail_in = (uInt)n, .next_out = packed, .avail_out = (uInt)bound};
	unsigned long crc = crc32(0, p, (uInt)n);
	size_t at = z->out.len;

	deflateInit2(&s, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
	deflate(&s, Z_FINISH);
	deflateEnd(&s);
	jc_buf_put(&z->out, "PK\003\004", 4);
	facts(&z->out, crc, s.total_out, n, strlen(name));
	jc_buf_puts(&z->out, name);
	jc_buf_put(&z->out, packed, s.total_out);
	jc_buf_put(&z->central, "PK\001\002", 4);
	u16(&z->central, 20);
	facts(&z->central, crc, s.total_out, n, strlen(name));
	u16(&z->central, 0);
	u16(&z->central, 0);
	u16(&z->central, 0);
	u32(&z->central, 0);
	u32(&z->central, at);
	jc_buf_puts(&z->central, name);
	z->parts++;
	free(packed);
}

void
zip_kit_puts(struct zip_kit *z, const char *name, const char *text)
{
	zip_kit_add(z, name, text, strlen(text));
}

void
zip_kit_end(struct zip_kit *z)
{
	size_t at = z->out.len;

	jc_buf_put(&z->out, z->central.data, z->central.len);
	jc_buf_put(&z->out, "PK\005\006", 4);
	u32(&z->out, 0);
	u16(&z->out, z->parts);
	u16(&z->out, z->parts);
	u32(&z->out, z->central.len);
	u32(&z->out, at);
	u16(&z->out, 0);
}

static void
element(struct zip_kit *z, const char *part, const char *root, const char *inside)
{
	static const char ns[] = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
	struct jc_buf b;

	jc_buf_init(&b, (size_t)1 << 30);
	jc_buf_putf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"%s\">", root, ns);
	jc_buf_puts(&b, inside);
	jc_buf_putf(&b, "</%s>", root);
	zip_kit_add(z, part, b.data, b.len);
	jc_buf_free(&b);
}

void
zip_kit_book(struct zip_kit *z, const char *sheet, const char *shared, const char *styles, int date1904)
{
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELS "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
	zip_kit_puts(z, "_rels/.rels",
	    RELS "<Relationship Id=\"rId1\" Type=\"" REL "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
	zip_kit_puts(z, "xl/_rels/workbook.xml.rels",
	    RELS "<Relationship Id=\"rId1\" Type=\"" REL "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
	         "<Relationship Id=\"rId2\" Type=\"" REL "/styles\" Target=\"/xl/styles.xml\"/>"
	         "<Relationship Id=\"rId3\" Type=\"" REL "/sharedStrings\" Target=\"../xl/sharedStrings.xml\"/></Relationships>");
	element(z, "xl/workbook.xml", "workbook",
	    date1904 ? "<workbookPr date1904=\"1\"/><sheets><sheet name=\"名册\" sheetId=\"1\" id=\"rId1\"/></sheets>"
	             : "<sheets><sheet name=\"名册\" sheetId=\"1\" id=\"rId1\"/></sheets>");
	if (styles != NULL)
		element(z, "xl/styles.xml", "styleSheet", styles);
	if (shared != NULL)
		element(z, "xl/sharedStrings.xml", "sst", shared);
	element(z, "xl/worksheets/sheet1.xml", "worksheet", sheet);
	zip_kit_end(z);
}
