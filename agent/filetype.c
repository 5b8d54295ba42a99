/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "filetype.h"

#include <string.h>

#define WHERE "filetype"
#define SIDE_MAX 20000u
#define ENTRIES_MAX 5000u

static unsigned
be16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static unsigned
le16(const uint8_t *p)
{
	return (unsigned)p[1] << 8 | p[0];
}

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static int
damaged(struct jc_err *err)
{
	return jc_err_set(err, JC_EINVAL, WHERE, "%s",
	    JC_T("这个文件不完整，打不开；请重新拷一份", "The file is damaged; copy it again"));
}

/* ---- EXIF: two facts out of a tree that anybody may have written ---- */

struct exif {
	const uint8_t *p;
	size_t n;
	int little;
};

static unsigned
exif16(const struct exif *e, size_t at)
{
	return at + 2 > e->n ? 0 : e->little ? le16(e->p + at) : be16(e->p + at);
}

static uint32_t
exif32(const struct exif *e, size_t at)
{
	return at + 4 > e->n ? 0 : e->little ? le32(e->p + at) : be32(e->p + at);
}

/* Place of the entry with a tag in the directory at `dir`; 0: none. */
static size_t
exif_entry(const struct exif *e, size_t dir, unsigned tag)
{
	unsigned count = dir == 0 || dir + 2 > e->n ? 0 : exif16(e, dir);

	for (unsigned i = 0; i < count && i < 512; i++)
		if (dir + 2 + 12 * (size_t)i + 12 <= e->n && exif16(e, dir + 2 + 12 * (size_t)i) == tag)
			return dir + 2 + 12 * (size_t)i;
	return 0;
}

static void
exif_taken(const struct exif *e, size_t dir, struct jc_picture *about)
{
	size_t entry = exif_entry(e, dir, 0x9003), at = entry != 0 ? exif32(e, entry + 8) : 0;
	const uint8_t *s = e->p + at;

	if (entry == 0 || exif16(e, entry + 2) != 2 || at > e->n || e->n - at < 10)
		return;
	for (size_t i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? s[i] != ':' : s[i] < '0' || s[i] > '9')
			return;
	if (memcmp(s, "1990", 4) < 0 || memcmp(s + 5, "01", 2) < 0 || memcmp(s + 5, "12", 2) > 0 || memcmp(s + 8, "01", 2) < 0 ||
	    memcmp(s + 8, "31", 2) > 0)
		return;
	memcpy(about->taken, s, 10);
	about->taken[4] = about->taken[7] = '-';
	about->taken[10] = '\0';
}

static void
exif_read(struct jc_picture *about, const uint8_t *p, size_t n)
{
	struct exif e = {.p = p + 6, .n = n - 6};
	size_t dir, entry;
	unsigned turn;

	if (n < 14 || memcmp(p, "Exif\0\0", 6) != 0 || (memcmp(e.p, "II*\0", 4) != 0 && memcmp(e.p, "MM\0*", 4) != 0))
		return;
	e.little = e.p[0] == 'I';
	dir = exif32(&e, 4);
	entry = exif_entry(&e, dir, 0x0112);
	turn = entry != 0 ? exif16(&e, entry + 8) : 1;
	about->turn = turn >= 1 && turn <= 8 ? turn : 1;
	entry = exif_entry(&e, dir, 0x8769);
	if (entry != 0)
		exif_taken(&e, exif32(&e, entry + 8), about);
}

/* The one fact that showing needs. */
static void
exif_put(struct jc_buf *out, unsigned turn)
{
	static const char head[] = "\xff\xe1\0\x22" "Exif\0\0" "II*\0\x08\0\0\0" "\x01\0" "\x12\x01\x03\0\x01\0\0\0";

	if (turn == 1)
		return;
	jc_buf_put(out, head, sizeof(head) - 1);
	jc_buf_putc(out, (char)turn);
	jc_buf_put(out, "\0\0\0" "\0\0\0\0", 7);
}

/* ---- JPEG ---- */

static int
is_frame(unsigned m)
{
	return m >= 0xc0 && m <= 0xcf && m != 0xc4 && m != 0xc8 && m != 0xcc;
}

/* Entropy-coded bytes up to the next marker that is none of theirs. */
static size_t
scan_end(const uint8_t *p, size_t n, size_t at)
{
	while (at + 1 < n && (p[at] != 0xff || p[at + 1] == 0 || (p[at + 1] >= 0xd0 && p[at + 1] <= 0xd7) || p[at + 1] == 0xff))
		at++;
	return at;
}

struct jpeg {
	struct jc_buf *out;
	struct jc_picture *about;
	const uint8_t *p;
	size_t n;
	int frame, scan, turned;   /* seen so far; the orientation is written */
};

static int
frame_read(struct jpeg *j, const uint8_t *seg, size_t len)
{
	if (len < 8)
		return -1;
	j->about->height = be16(seg + 3);
	j->about->width = be16(seg + 5);
	j->frame = 1;
	return j->about->width != 0 && j->about->height != 0 && j->about->width <= SIDE_MAX && j->about->height <= SIDE_MAX ? 0 : -1;
}

/* Segments whose contents are for programs that take pictures, not for those that show them. */
static int
left_out(unsigned m, const uint8_t *seg, size_t len)
{
	if (m == 0xfe)
		return 1;
	if (m == 0xe0)
		return len < 7 || memcmp(seg + 2, "JFIF\0", 5) != 0;
	return m >= 0xe1 && m <= 0xef && m != 0xee;
}

/* One marker at *at. 1: that was the end. */
static int
marker_take(struct jpeg *j, size_t *at)
{
	unsigned m;
	size_t len;

	if (*at + 2 > j->n || j->p[*at] != 0xff)
		return -1;
	while (*at + 2 < j->n && j->p[*at + 1] == 0xff)
		(*at)++;
	m = j->p[*at + 1];
	if (m == 0xd9) {
		jc_buf_put(j->out, "\xff\xd9", 2);
		return j->frame && j->scan ? 1 : -1;
	}
	if (m < 0xc0 || (m >= 0xd0 && m <= 0xd8) || *at + 4 > j->n)
		return -1;
	len = be16(j->p + *at + 2);
	if (len < 2 || len > j->n - *at - 2 || (is_frame(m) && frame_read(j, j->p + *at + 2, len) < 0))
		return -1;
	if (m == 0xe1 && !j->turned) /* the first segment that is kept fixes where it would stand */
		exif_read(j->about, j->p + *at + 4, len - 2);
	if (!left_out(m, j->p + *at + 2, len)) {
		if (m != 0xe0 && !j->turned) {
			exif_put(j->out, j->about->turn);
			j->turned = 1;
		}
		jc_buf_put(j->out, j->p + *at, 2 + len);
	}
	*at += 2 + len;
	if (m == 0xda) {
		size_t end = scan_end(j->p, j->n, *at);

		if (!j->frame)
			return -1;
		jc_buf_put(j->out, j->p + *at, end - *at);
		*at = end;
		j->scan = 1;
	}
	return 0;
}

int
jc_picture_strip_jpeg(struct jc_buf *out, struct jc_picture *about, const void *p, size_t n, struct jc_err *err)
{
	struct jpeg j = {.out = out, .about = about, .p = p, .n = n};
	size_t at = 2;
	int rc = 0;

	memset(about, 0, sizeof(*about));
	about->turn = 1;
	jc_buf_reset(out);
	if (n < 4 || j.p[0] != 0xff || j.p[1] != 0xd8)
		return damaged(err);
	jc_buf_put(out, "\xff\xd8", 2);
	while (rc == 0)
		rc = marker_take(&j, &at);
	return rc < 0 ? damaged(err) : jc_buf_check(out, WHERE, err);
}

int
jc_picture_turn(struct jc_buf *out, const void *p, size_t n, unsigned turn, struct jc_err *err)
{
	const uint8_t *b = p;
	size_t head = n > 6 && b[2] == 0xff && b[3] == 0xe0 ? 4 + (size_t)be16(b + 4) : 2;

	jc_buf_reset(out);
	if (n < 4 || head > n)
		return damaged(err);
	jc_buf_put(out, p, head);
	exif_put(out, turn);
	jc_buf_put(out, b + head, n - head);
	return jc_buf_check(out, WHERE, err);
}

/* ---- PNG ---- */

static int
png_kept(const uint8_t *type)
{
	static const char *const more[] = {"tRNS", "gAMA", "sRGB", "pHYs", "cHRM", "sBIT", "bKGD"};

	if ((type[0] & 0x20) == 0)
		return 1;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (memcmp(type, more[i], 4) == 0)
			return 1;
	return 0;
}

static int
letters(const uint8_t *t)
{
	for (int i = 0; i < 4; i++)
		if (!((t[i] >= 'A' && t[i] <= 'Z') || (t[i] >= 'a' && t[i] <= 'z')))
			return 0;
	return 1;
}

int
jc_picture_strip_png(struct jc_buf *out, struct jc_picture *about, const void *bytes, size_t n, struct jc_err *err)
{
	const uint8_t *p = bytes;
	size_t at = 8;
	int data = 0;

	memset(about, 0, sizeof(*about));
	about->turn = 1;
	jc_buf_reset(out);
	if (n < 8 + 25 || memcmp(p, "\x89PNG\r\n\x1a\n", 8) != 0 || be32(p + 8) != 13 || memcmp(p + 12, "IHDR", 4) != 0)
		return damaged(err);
	about->width = be32(p + 16);
	about->height = be32(p + 20);
	if (about->width == 0 || about->height == 0 || about->width > SIDE_MAX || about->height > SIDE_MAX)
		return damaged(err);
	jc_buf_put(out, p, 8);
	for (;;) {
		uint32_t len;

		if (n - at < 12)
			return damaged(err);
		len = be32(p + at);
		if (len > n - at - 12 || !letters(p + at + 4))
			return damaged(err);
		if (png_kept(p + at + 4))
			jc_buf_put(out, p + at, 12 + (size_t)len);
		data |= memcmp(p + at + 4, "IDAT", 4) == 0;
		if (memcmp(p + at + 4, "IEND", 4) == 0)
			return data && len == 0 ? jc_buf_check(out, WHERE, err) : damaged(err);
		at += 12 + (size_t)len;
	}
}

/* ---- documents ---- */

static int
is_pdf(const uint8_t *p, size_t n)
{
	if (n < 16 || (memcmp(p, "%PDF-1.", 7) != 0 && memcmp(p, "%PDF-2.", 7) != 0))
		return 0;
	for (size_t i = n > 1024 ? n - 1024 : 0; i + 5 <= n; i++)
		if (memcmp(p + i, "%%EOF", 5) == 0)
			return 1;
	return 0;
}

/* Compound files of older office programs: the fields of the head that have one value. */
static int
is_ole(const uint8_t *p, size_t n)
{
	return n >= 1536 && memcmp(p, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0 && le16(p + 28) == 0xfffe &&
	    ((le16(p + 26) == 3 && le16(p + 30) == 9) || (le16(p + 26) == 4 && le16(p + 30) == 12));
}

/* Place of a zip's central directory and its number of entries; 0: it is none. */
static size_t
zip_directory(const uint8_t *p, size_t n, unsigned *count)
{
	for (size_t back = 22; back <= n && back < 22 + 65536; back++) {
		const uint8_t *e = p + n - back;
		size_t at;

		if (memcmp(e, "PK\5\6", 4) != 0)
			continue;
		*count = le16(e + 10);
		at = le32(e + 16);
		return at < n && le32(e + 12) <= n - at && *count <= ENTRIES_MAX ? at : 0;
	}
	return 0;
}

/* Office Open XML: the names in the directory say which kind. */
static int
is_ooxml(const uint8_t *p, size_t n, const char *part)
{
	unsigned count = 0;
	size_t at = n >= 22 && memcmp(p, "PK\3\4", 4) == 0 ? zip_directory(p, n, &count) : 0;
	int types = 0, main = 0, macros = 0;

	if (at == 0)
		return 0;
	for (unsigned i = 0; i < count; i++) {
		size_t len;

		if (at + 46 > n || memcmp(p + at, "PK\1\2", 4) != 0)
			return 0;
		len = le16(p + at + 28);
		if (at + 46 + len > n)
			return 0;
		types |= len == 19 && memcmp(p + at + 46, "[Content_Types].xml", 19) == 0;
		main |= len == strlen(part) && memcmp(p + at + 46, part, len) == 0;
		macros |= len >= 14 && memcmp(p + at + 46 + len - 14, "vbaProject.bin", 14) == 0;
		at += 46 + len + le16(p + at + 30) + le16(p + at + 32);
	}
	return types && main && !macros;
}

static int
is_jpeg(const uint8_t *p, size_t n)
{
	return n >= 4 && p[0] == 0xff && p[1] == 0xd8 && p[2] == 0xff;
}

static int
is_png(const uint8_t *p, size_t n)
{
	return n >= 33 && memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static int
is_docx(const uint8_t *p, size_t n)
{
	return is_ooxml(p, n, "word/document.xml");
}

static int
is_xlsx(const uint8_t *p, size_t n)
{
	return is_ooxml(p, n, "xl/workbook.xml");
}

/* ---- the list ---- */

static const char *const jpg_ends[] = {".jpg", ".jpeg", NULL}, *const png_ends[] = {".png", NULL}, *const pdf_ends[] = {".pdf", NULL},
    *const docx_ends[] = {".docx", NULL}, *const xlsx_ends[] = {".xlsx", NULL}, *const wps_ends[] = {".wps", NULL},
    *const et_ends[] = {".et", NULL};

static const struct {
	struct jc_filetype type;
	int (*is)(const uint8_t *p, size_t n);
} types[] = {
	{{"jpg", "image/jpeg", jpg_ends, 1}, is_jpeg},
	{{"png", "image/png", png_ends, 1}, is_png},
	{{"pdf", "application/pdf", pdf_ends, 0}, is_pdf},
	{{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx_ends, 0}, is_docx},
	{{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_ends, 0}, is_xlsx},
	{{"wps", "application/vnd.ms-works", wps_ends, 0}, is_ole},
	{{"et", "application/vnd.ms-excel", et_ends, 0}, is_ole},
};
#define NTYPES (sizeof(types) / sizeof(types[0]))

static int
ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	if (n < k)
		return 0;
	for (size_t i = 0; i < k; i++) {
		char c = name[n - k + i];

		if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != end[i])
			return 0;
	}
	return 1;
}

int
jc_filetype_find(const struct jc_filetype **out, const char *name, const void *p, size_t n, struct jc_err *err)
{
	*out = NULL;
	for (size_t i = 0; i < NTYPES; i++)
		for (const char *const *end = types[i].type.ends; *end != NULL; end++) {
			if (!ends_with(name, *end))
				continue;
			if (!types[i].is(p, n))
				return jc_err_set(err, JC_EINVAL, WHERE,
				    JC_T("文件名写着%s，里面却不是%s文件，或者文件坏了；请核对", "It is called %s but is no %s file, or is damaged; please check"),
				    *end, types[i].type.word);
			*out = &types[i].type;
			return 0;
		}
	return jc_err_set(err, JC_EINVAL, WHERE, "%s",
	    JC_T("只能附 jpg、png、pdf、docx、xlsx、wps、et 文件", "Only jpg, png, pdf, docx, xlsx, wps and et files can be attached"));
}
