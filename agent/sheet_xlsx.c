/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * .xlsx: parts of a zip that name each other. The workbook part names the sheets, its relations say in
 * which part each lies; styles say which numbers are dates; texts lie in a part of their own that cells
 * point into. Every part is read as a stream, so that only what cells hold stays in memory.
 */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "sheet.h"
#include "sheet_number.h"
#include "xml.h"
#include "zip_read.h"

#define PATH_ROOM 512
#define LINES_MAX 1048576
#define SHARED_MAX ((size_t)4 << 20)
#define STYLES_MAX 65536
#define FORMATS_MAX 4096
#define VALUE_MAX ((size_t)1 << 20)

struct named {
	char id[64], name[200], path[PATH_ROOM];
	int hidden;
};

struct text_at {
	uint32_t at, n;
};

struct format {
	unsigned id;
	uint8_t parts;
};

struct xlsx {
	struct jc_book *book;
	struct jc_zip_read *zip;
	struct jc_xml *xml;
	struct jc_err *err;
	char workbook[PATH_ROOM],
	    base[PATH_ROOM]; /* the workbook part and its folder with a slash */
	char shared_part[PATH_ROOM], styles_part[PATH_ROOM];
	struct named *sheet;
	size_t nsheets;
	struct text_at *shared;
	size_t nshared, shared_cap;
	struct format *format;
	size_t nformats;
	uint8_t *style;      /* date parts of each cell style */
	size_t nstyles;
	int in_styles;       /* within cellXfs */
	/* shared strings, inline strings */
	int in_text, in_phonetic;
	size_t text_from;
	/* the cell at work */
	int64_t line;
	int row_made, row_hidden;
	size_t column;
	char type[12];
	size_t cell_style;
	int has_formula, has_value, in_value;
	struct jc_buf value;
};

static int
damaged(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "sheet_xlsx",
	    JC_T("这个表格文件有损坏，请在 WPS 或 Excel 里打开，另存一份再用",
		"The spreadsheet is damaged; open it, save it anew and try again"));
}

static int
abnormal(struct jc_err *err)
{
	return jc_err_set(err, JC_ELIMIT, "sheet_xlsx",
	    JC_T("这个文件的内容大得不正常，没有读取",
		"The file holds something of abnormal size and was not read"));
}

/* ---- parts ---- */

static int
feed(void *arg, const char *p, size_t n)
{
	struct xlsx *x = arg;

	return jc_xml_feed(x->xml, p, n, 0, x->err);
}

static int
part_parse(struct xlsx *x, const char *name, const struct jc_xml_on *on)
{
	int rc = jc_xml_open(&x->xml, on, x, x->err);

	if (rc == 0 && (rc = jc_zip_read_each(x->zip, name, feed, x, x->err)) == 0)
		rc = jc_xml_feed(x->xml, "", 0, 1, x->err);
	jc_xml_close(x->xml);
	x->xml = NULL;
	return rc;
}

/* A target as relations write it, seen from the folder `base`. */
static void
path_join(char out[PATH_ROOM], const char *base, const char *target)
{
	char folder[PATH_ROOM];
	size_t n;

	snprintf(folder, sizeof(folder), "%s", target[0] == '/' ? "" : base);
	target += target[0] == '/';
	while (strncmp(target, "../", 3) == 0) {
		target += 3;
		n = strlen(folder);
		if (n > 0)
			folder[--n] = '\0';
		while (n > 0 && folder[n - 1] != '/')
			folder[--n] = '\0';
	}
	if ((size_t)snprintf(out, PATH_ROOM, "%s%s", folder, target) >= PATH_ROOM)
		out[0] = '\0';
}

static int
ends_in(const char *s, const char *with)
{
	size_t n = strlen(s), k = strlen(with);

	return n >= k && strcmp(s + n - k, with) == 0;
}

static int
root_start(void *arg, const char *name, const char **atts)
{
	struct xlsx *x = arg;
	const char *type = jc_xml_att(atts, "Type"), *target = jc_xml_att(atts, "Target");

	if (strcmp(name, "Relationship") == 0 && type != NULL && target != NULL &&
	    ends_in(type, "/officeDocument"))
		path_join(x->workbook, "", target);
	return 0;
}

static int
relation_start(void *arg, const char *name, const char **atts)
{
	struct xlsx *x = arg;
	const char *type = jc_xml_att(atts, "Type"), *target = jc_xml_att(atts, "Target"),
		   *id = jc_xml_att(atts, "Id");

	if (strcmp(name, "Relationship") != 0 || type == NULL || target == NULL || id == NULL)
		return 0;
	if (ends_in(type, "/sharedStrings"))
		path_join(x->shared_part, x->base, target);
	else if (ends_in(type, "/styles"))
		path_join(x->styles_part, x->base, target);
	else if (ends_in(type, "/worksheet"))
		for (size_t i = 0; i < x->nsheets; i++)
			if (strcmp(x->sheet[i].id, id) == 0)
				path_join(x->sheet[i].path, x->base, target);
	return 0;
}

static int
is_true(const char *s)
{
	return s != NULL && (strcmp(s, "1") == 0 || strcmp(s, "true") == 0);
}

static int
workbook_start(void *arg, const char *name, const char **atts)
{
	struct xlsx *x = arg;
	const char *id, *label, *state;
	struct named *v;

	if (strcmp(name, "workbookPr") == 0)
		x->book->date1904 = is_true(jc_xml_att(atts, "date1904"));
	if (strcmp(name, "sheet") != 0)
		return 0;
	/* the relation's id has a prefix; sheetId has none and another name */
	id = jc_xml_att(atts, "id");
	label = jc_xml_att(atts, "name");
	state = jc_xml_att(atts, "state");
	if (id == NULL || label == NULL)
		return 0;
	if (x->nsheets == JC_BOOK_SHEETS_MAX)
		return abnormal(x->err);
	if ((v = jc_realloc(x->sheet, (x->nsheets + 1) * sizeof(*v))) == NULL)
		return JC_NOMEM(x->err, "sheet_xlsx");
	x->sheet = v;
	v += x->nsheets++;
	memset(v, 0, sizeof(*v));
	snprintf(v->id, sizeof(v->id), "%s", id);
	snprintf(v->name, sizeof(v->name), "%s", label);
	v->hidden = state != NULL && strcmp(state, "visible") != 0;
	return 0;
}

static int
no_workbook(const struct xlsx *x, struct jc_err *err)
{
	if (jc_zip_read_has(x->zip, "word/document.xml"))
		return jc_err_set(err, JC_EFORMAT, "sheet_xlsx", "%s",
		    JC_T("这是 Word 文档，不是表格；请把里面的表格复制到 WPS 表格里再用",
			"This is a Word document; copy its table into a spreadsheet"));
	if (jc_zip_read_has(x->zip, "content.xml"))
		return jc_err_set(err, JC_EFORMAT, "sheet_xlsx", "%s",
		    JC_T("这是 .ods 表格，请另存为 .xlsx 再用",
			"This is an .ods spreadsheet; save it as .xlsx"));
	if (jc_zip_read_has(x->zip, "xl/workbook.bin"))
		return jc_err_set(err, JC_EFORMAT, "sheet_xlsx", "%s",
		    JC_T("这是 .xlsb 表格，请另存为 .xlsx 再用",
			"This is an .xlsb spreadsheet; save it as .xlsx"));
	return jc_err_set(err, JC_EFORMAT, "sheet_xlsx", "%s",
	    JC_T("这是压缩包，不是表格；请先解压，再选里面的表格",
		"This is an archive; unpack it first and choose the spreadsheet in it"));
}

static int
workbook_read(struct xlsx *x)
{
	static const struct jc_xml_on root = {.start = root_start},
				      relations = {.start = relation_start},
				      workbook = {.start = workbook_start};
	char rels[PATH_ROOM + 16], *slash;
	int rc;

	if ((rc = part_parse(x, "_rels/.rels", &root)) < 0 && rc != JC_ENOTFOUND)
		return rc;
	if (x->workbook[0] == '\0')
		snprintf(x->workbook, sizeof(x->workbook), "xl/workbook.xml");
	if (!jc_zip_read_has(x->zip, x->workbook) || ends_in(x->workbook, ".bin") ||
	    strstr(x->workbook, "word/") != NULL)
		return no_workbook(x, x->err);
	snprintf(x->base, sizeof(x->base), "%s", x->workbook);
	snprintf(x->book->workbook, sizeof(x->book->workbook), "%s", x->workbook);
	slash = strrchr(x->base, '/');
	*(slash != NULL ? slash + 1 : x->base) = '\0';
	snprintf(rels, sizeof(rels), "%s_rels/%s.rels", x->base, x->workbook + strlen(x->base));
	if ((rc = part_parse(x, x->workbook, &workbook)) < 0)
		return rc;
	rc = part_parse(x, rels, &relations);
	return rc == JC_ENOTFOUND ? damaged(x->err) : rc;
}

/* ---- styles ---- */

static int
format_add(struct xlsx *x, unsigned id, const char *code)
{
	struct format *v;

	if (x->nformats == FORMATS_MAX)
		return abnormal(x->err);
	if ((v = jc_realloc(x->format, (x->nformats + 1) * sizeof(*v))) == NULL)
		return JC_NOMEM(x->err, "sheet_xlsx");
	x->format = v;
	v[x->nformats++] = (struct format){id, (uint8_t)jc_sheet_format_parts(code)};
	return 0;
}

static unsigned
number_att(const char **atts, const char *name)
{
	const char *s = jc_xml_att(atts, name);
	unsigned v = 0;

	for (; s != NULL && *s >= '0' && *s <= '9' && v < 100000000; s++)
		v = v * 10 + (unsigned)(*s - '0');
	return v;
}

static int
style_add(struct xlsx *x, unsigned id)
{
	unsigned parts = jc_sheet_format_known(id);
	uint8_t *v;

	for (size_t i = 0; i < x->nformats; i++)
		if (x->format[i].id == id)
			parts = x->format[i].parts;
	if (x->nstyles == STYLES_MAX)
		return abnormal(x->err);
	if ((x->nstyles & 255) == 0) {
		if ((v = jc_realloc(x->style, x->nstyles + 256)) == NULL)
			return JC_NOMEM(x->err, "sheet_xlsx");
		x->style = v;
	}
	x->style[x->nstyles++] = (uint8_t)parts;
	return 0;
}

static int
styles_start(void *arg, const char *name, const char **atts)
{
	struct xlsx *x = arg;
	const char *code;

	if (strcmp(name, "numFmt") == 0 && (code = jc_xml_att(atts, "formatCode")) != NULL)
		return format_add(x, number_att(atts, "numFmtId"), code);
	if (strcmp(name, "cellXfs") == 0)
		x->in_styles = 1;
	else if (strcmp(name, "xf") == 0 && x->in_styles)
		return style_add(x, number_att(atts, "numFmtId"));
	return 0;
}

static int
styles_end(void *arg, const char *name)
{
	struct xlsx *x = arg;

	if (strcmp(name, "cellXfs") == 0)
		x->in_styles = 0;
	return 0;
}

/* ---- texts ---- */

static int
hex4(const char *p)
{
	int v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9' ? c - '0'
		    : c >= 'A' && c <= 'F'   ? c - 'A' + 10
		    : c >= 'a' && c <= 'f'   ? c - 'a' + 10
					     : -1;

		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* _x000D_ and the like are characters; shortens in place. */
static size_t
unescape(char *p, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		int v = i + 7 <= n && p[i] == '_' && p[i + 1] == 'x' && p[i + 6] == '_'
		    ? hex4(p + i + 2)
		    : -1;

		if (v < 0) {
			p[to++] = p[i];
			continue;
		}
		i += 6;
		if (v == '\n' || v == '\t' || (v >= 0x20 && v < 0x80)) {
			p[to++] = (char)v;
		} else if (v >= 0x80 && v < 0x800) {
			p[to++] = (char)(0xC0 | v >> 6);
			p[to++] = (char)(0x80 | (v & 0x3F));
		} else if (v >= 0x800 && (v < 0xD800 || v > 0xDFFF)) {
			p[to++] = (char)(0xE0 | v >> 12);
			p[to++] = (char)(0x80 | (v >> 6 & 0x3F));
			p[to++] = (char)(0x80 | (v & 0x3F));
		}
	}
	return to;
}

static int
text_put(struct xlsx *x, const char *p, size_t n)
{
	jc_buf_put(&x->book->text, p, n);
	if (x->book->text.failed == JC_ELIMIT)
		return abnormal(x->err);
	return x->book->text.failed ? JC_NOMEM(x->err, "sheet_xlsx") : 0;
}

/* The text that was gathered since text_from, in its final form. */
static struct text_at
text_done(struct xlsx *x)
{
	struct jc_buf *t = &x->book->text;
	struct text_at at = {(uint32_t)x->text_from, 0};

	if (t->len > x->text_from) {
		at.n = (uint32_t)unescape(t->data + x->text_from, t->len - x->text_from);
		t->len = x->text_from + at.n;
		t->data[t->len] = '\0';
	}
	return at;
}

static int
shared_start(void *arg, const char *name, const char **atts)
{
	struct xlsx *x = arg;

	(void)atts;
	if (strcmp(name, "si") == 0)
		x->text_from = x->book->text.len;
	else if (strcmp(name, "rPh") == 0)
		x->in_phonetic = 1;
	else if (strcmp(name, "t") == 0)
		x->in_text = !x->in_phonetic;
	return 0;
}

static int
shared_end(void *arg, const char *name)
{
	struct xlsx *x = arg;

	if (strcmp(name, "t") == 0)
		x->in_text = 0;
	else if (strcmp(name, "rPh") == 0)
		x->in_phonetic = 0;
	if (strcmp(name, "si") != 0)
		return 0;
	if (x->nshared == SHARED_MAX)
		return abnormal(x->err);
	if (x->nshared == x->shared_cap) {
		size_t cap = x->shared_cap != 0 ? x->shared_cap * 2 : 1024;
		struct text_at *v = jc_realloc(x->shared, cap * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(x->err, "sheet_xlsx");
		x->shared = v;
		x->shared_cap = cap;
	}
	x->shared[x->nshared++] = text_done(x);
	return 0;
}

static int
shared_text(void *arg, const char *p, size_t n)
{
	struct xlsx *x = arg;

	return x->in_text ? text_put(x, p, n) : 0;
}

/* ---- cells ---- */

/* "BC12" into column 54 (from 0) and line 12. 0 when it is no reference. */
static int
reference(const char *s, size_t *column, int64_t *line, const char **end)
{
	size_t c = 0;
	int64_t l = 0;

	for (; *s >= 'A' && *s <= 'Z' && c < 100000; s++)
		c = c * 26 + (size_t)(*s - 'A' + 1);
	if (c == 0 || *s < '0' || *s > '9')
		return 0;
	for (; *s >= '0' && *s <= '9' && l <= LINES_MAX; s++)
		l = l * 10 + (*s - '0');
	*column = c - 1;
	*line = l;
	*end = s;
	return l >= 1 && l <= LINES_MAX;
}

static int
merge_take(struct xlsx *x, const char *ref)
{
	struct jc_merge m;
	size_t left, right;
	const char *end;

	if (ref == NULL || !reference(ref, &left, &m.top, &end) || *end != ':' ||
	    !reference(end + 1, &right, &m.bottom, &end) || right < left || m.bottom < m.top)
		return 0;
	m.left = (uint32_t)left;
	m.right = (uint32_t)right;
	return jc_book_merge_add(x->book, x->book->nsheets - 1, &m, x->err);
}

static void
columns_hide(struct xlsx *x, const char **atts)
{
	struct jc_sheet *s = &x->book->sheet[x->book->nsheets - 1];
	unsigned from = number_att(atts, "min"), to = number_att(atts, "max");

	for (unsigned i = from; i >= 1 && i <= to && i <= JC_SHEET_COLUMNS_MAX; i++)
		s->hidden_column[i - 1] = 1;
}

static void
cell_begin(struct xlsx *x, const char **atts)
{
	const char *ref = jc_xml_att(atts, "r"), *type = jc_xml_att(atts, "t"), *end;
	int64_t line;
	size_t column;

	x->column++;
	if (ref != NULL && reference(ref, &column, &line, &end))
		x->column =
		    column + 1; /* one more than its number, so that 0 is "before the first" */
	snprintf(x->type, sizeof(x->type), "%s", type != NULL ? type : "n");
	x->cell_style = number_att(atts, "s");
	x->has_formula = x->has_value = x->in_value = x->in_text = 0;
	x->text_from = x->book->text.len;
	jc_buf_reset(&x->value);
}

static int
sheet_start(void *arg, const char *name, const char **atts)
{
	struct xlsx *x = arg;

	if (strcmp(name, "c") == 0) {
		cell_begin(x, atts);
	} else if (strcmp(name, "row") == 0) {
		unsigned line = number_att(atts, "r");

		x->line = line >= 1 && line <= LINES_MAX ? (int64_t)line : x->line + 1;
		x->row_made = 0;
		x->row_hidden = is_true(jc_xml_att(atts, "hidden"));
		x->column = 0;
	} else if (strcmp(name, "v") == 0) {
		x->in_value = x->has_value = 1;
	} else if (strcmp(name, "f") == 0) {
		x->has_formula = 1;
	} else if (strcmp(name, "rPh") == 0) {
		x->in_phonetic = 1;
	} else if (strcmp(name, "t") == 0) {
		x->in_text = !x->in_phonetic;
	} else if (strcmp(name, "mergeCell") == 0) {
		return merge_take(x, jc_xml_att(atts, "ref"));
	} else if (strcmp(name, "col") == 0 && is_true(jc_xml_att(atts, "hidden"))) {
		columns_hide(x, atts);
	}
	return 0;
}

static int
sheet_text(void *arg, const char *p, size_t n)
{
	struct xlsx *x = arg;

	if (x->in_text)
		return text_put(x, p, n);
	if (x->in_value)
		jc_buf_put(&x->value, p, n);
	return x->value.failed ? abnormal(x->err) : 0;
}

static int
row_make(struct xlsx *x)
{
	struct jc_sheet *s;
	int rc;

	if (x->row_made)
		return 0;
	if ((rc = jc_book_row_add(x->book, x->line, x->err)) < 0)
		return rc;
	s = &x->book->sheet[x->book->nsheets - 1];
	s->row[s->nrows - 1].hidden = (uint8_t)x->row_hidden;
	x->row_made = 1;
	return 0;
}

static int
put(struct xlsx *x, enum jc_cell_kind kind, const char *p, size_t n)
{
	int rc = row_make(x);

	return rc < 0 ? rc : jc_book_cell_add(x->book, x->column - 1, kind, p, n, x->err);
}

static int
put_at(struct xlsx *x, struct text_at t)
{
	int rc;

	if (t.n == 0)
		return 0;
	if ((rc = row_make(x)) < 0)
		return rc;
	return jc_book_cell_put(x->book, x->column - 1, JC_CELL_TEXT, t.at, t.n, x->err);
}

static int
put_shared(struct xlsx *x)
{
	size_t i = 0;

	for (size_t k = 0; k < x->value.len; k++) {
		if (x->value.data[k] < '0' || x->value.data[k] > '9' || i > SHARED_MAX)
			return 0;
		i = i * 10 + (size_t)(x->value.data[k] - '0');
	}
	return i < x->nshared ? put_at(x, x->shared[i]) : 0;
}

static int
put_number(struct xlsx *x)
{
	unsigned parts = x->cell_style < x->nstyles ? x->style[x->cell_style] : 0;
	struct jc_buf *t = &x->book->text;
	size_t from = t->len;
	int is_date;

	is_date =
	    parts != 0 && jc_sheet_date(t, x->value.data, x->value.len, parts, x->book->date1904);
	if (!is_date && !jc_sheet_number(t, x->value.data, x->value.len))
		return put(x, JC_CELL_TEXT, x->value.data, x->value.len);
	if (t->failed)
		return abnormal(x->err);
	if (row_make(x) < 0)
		return JC_ENOMEM;
	return jc_book_cell_put(x->book, x->column - 1, is_date ? JC_CELL_DATE : JC_CELL_NUMBER,
	    (uint32_t)from, (uint32_t)(t->len - from), x->err);
}

static int
cell_end(struct xlsx *x)
{
	if (strcmp(x->type, "inlineStr") == 0)
		return put_at(x, text_done(x));
	if (x->value.len == 0)
		return x->has_formula && !x->has_value ? put(x, JC_CELL_LOST, "", 0) : 0;
	if (strcmp(x->type, "s") == 0)
		return put_shared(x);
	if (strcmp(x->type, "b") == 0)
		return put(x, JC_CELL_BOOL, x->value.data, x->value.len);
	if (strcmp(x->type, "e") == 0)
		return put(x, JC_CELL_ERROR, x->value.data, x->value.len);
	if (strcmp(x->type, "str") == 0 || strcmp(x->type, "d") == 0)
		return put(x, JC_CELL_TEXT, x->value.data, unescape(x->value.data, x->value.len));
	return put_number(x);
}

static int
sheet_end(void *arg, const char *name)
{
	struct xlsx *x = arg;

	if (strcmp(name, "v") == 0)
		x->in_value = 0;
	else if (strcmp(name, "t") == 0)
		x->in_text = 0;
	else if (strcmp(name, "rPh") == 0)
		x->in_phonetic = 0;
	else if (strcmp(name, "c") == 0 && x->column > 0)
		return cell_end(x);
	return 0;
}

/* ---- the whole ---- */

static int
sheets_read(struct xlsx *x)
{
	static const struct jc_xml_on on = {
	    .start = sheet_start, .end = sheet_end, .text = sheet_text};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < x->nsheets; i++) {
		if (x->sheet[i].path[0] == '\0')
			continue; /* a chart, a macro */
		if ((rc = jc_book_sheet_add(x->book, x->sheet[i].name, x->err)) < 0)
			break;
		x->book->sheet[x->book->nsheets - 1].hidden = x->sheet[i].hidden;
		memcpy(x->book->sheet[x->book->nsheets - 1].part, x->sheet[i].path, PATH_ROOM);
		x->line = 0;
		x->column = 0;
		if ((rc = part_parse(x, x->sheet[i].path, &on)) == JC_ENOTFOUND)
			rc = damaged(x->err);
	}
	if (rc == 0 && x->book->nsheets == 0)
		rc = damaged(x->err);
	return rc;
}

static int
parts_read(struct xlsx *x)
{
	static const struct jc_xml_on styles = {.start = styles_start, .end = styles_end},
				      shared = {.start = shared_start,
					  .end = shared_end,
					  .text = shared_text};
	int rc;

	if ((rc = workbook_read(x)) < 0)
		return rc;
	if (x->styles_part[0] != '\0' && (rc = part_parse(x, x->styles_part, &styles)) < 0 &&
	    rc != JC_ENOTFOUND)
		return rc;
	if (x->shared_part[0] != '\0' && (rc = part_parse(x, x->shared_part, &shared)) < 0 &&
	    rc != JC_ENOTFOUND)
		return rc;
	return sheets_read(x);
}

int
jc_sheet_xlsx_read(struct jc_book *b, const char *p, size_t n, struct jc_err *err)
{
	struct xlsx x = {.book = b, .err = err};
	int rc;

	b->format = "xlsx";
	b->merges_known = 1;
	jc_buf_init(&x.value, VALUE_MAX);
	if ((rc = jc_zip_read_open(&x.zip, p, n, err)) == 0)
		rc = parts_read(&x);
	jc_zip_read_close(x.zip);
	jc_free(x.sheet);
	jc_free(x.shared);
	jc_free(x.format);
	jc_free(x.style);
	jc_buf_free(&x.value);
	return rc;
}
