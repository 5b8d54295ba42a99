/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Layouts that systems above prescribe (DOMAIN 2.8): the national roster of members with its 20 columns,
 * and the roster of unions. Column by column in their order, in words that these systems take.
 */
#include <string.h>

#include "export.h"

static struct jc_slice
text_of(const struct jc_export_row *row, const char *name)
{
	for (size_t i = 0; i < row->n; i++)
		if (strcmp(row->kind->fields[i].name, name) == 0)
			return row->text[i].p != NULL ? row->text[i] : (struct jc_slice){"", 0};
	return (struct jc_slice){"", 0};
}

/* A field as people read it; a name of a record where it is a reference. */
static int
field_put(struct jc_buf *out, struct jc_export_cells *c, const struct jc_export_row *row,
    const char *name)
{
	const struct jc_field *f = jc_catalogue_field(row->kind, name, strlen(name));
	struct jc_slice s = text_of(row, name);

	return f != NULL && s.n != 0 ? jc_export_value(out, c->x, f, s, 1) : 0;
}

static int
number_put(struct jc_buf *out, int64_t no)
{
	jc_buf_putf(out, "%lld", (long long)no);
	return 0;
}

/* ---- members ---- */

static const char *const national_header[] = {"序号", "姓名", "性别", "出生日期", "民族",
    "就业状况", "有效证件类别", "证件号码", "学历", "技能等级", "移动电话", "户籍类型",
    "户籍所在地", "会籍变化类型", "会籍变化日期", "会籍变化原因", "政治面貌", "工作单位", "籍贯",
    "是否农民工", NULL};

static int
national_cell(struct jc_buf *out, struct jc_export_cells *c, const struct jc_export_row *row,
    size_t column, int64_t no)
{
	static const char *const field[] = {"", "name", "gender", "birth_date", "ethnicity",
	    "employment_status", "id_type", "id_no", "education", "skill_level", "mobile",
	    "household_type", "household_region", "last_change_type", "last_change_date",
	    "last_change_reason", "political", "employer_text", "native_place",
	    "is_migrant_worker"};
	struct jc_slice s = text_of(row, field[column]);

	if (column == 0)
		return number_put(out, no);
	if (column == 2 && (jc_slice_is(s, "1") || jc_slice_is(s, "2"))) {
		jc_buf_puts(out, s.p[0] == '1' ? "男" : "女");
		return 0;
	}
	if (column == 17 && s.n == 0)
		return field_put(out, c, row, "employer_id");
	return field_put(out, c, row, field[column]);
}

/* ---- unions ---- */

static const char *const union_header[] = {"工会编码", "工会名称", "上级工会编码", "上级工会名称",
    "区县编码", "区县名称", "街道编码", "街道名称", "工会法人", "工会主席", "工会负责人",
    "联系方式", "工会类型", "经济类型", "建会批复文号", "法人资格", "批复文件", "建会日期", "备注",
    "省总工会编码", "全总工会编码", "状态", NULL};

/* The code of a system among an organization's external codes; "" is its own, without a system before it. */
static struct jc_slice
code_of(struct jc_slice set, const char *system, json_t **hold)
{
	json_t *e;
	size_t i;

	*hold = json_loadb(set.p, set.n, 0, NULL);
	json_array_foreach(*hold, i, e) {
		const char *s = json_string_value(e), *colon = s != NULL ? strchr(s, ':') : NULL;

		if (s == NULL)
			continue;
		if (system[0] == '\0' && colon == NULL)
			return (struct jc_slice){s, strlen(s)};
		if (colon != NULL && strlen(system) == (size_t)(colon - s) &&
		    strncmp(s, system, strlen(system)) == 0)
			return (struct jc_slice){colon + 1, strlen(colon + 1)};
	}
	return (struct jc_slice){"", 0};
}

static int
code_put(struct jc_buf *out, struct jc_slice set, const char *system)
{
	json_t *hold;

	jc_buf_slice(out, code_of(set, system, &hold));
	json_decref(hold);
	return 0;
}

static int
codes_each(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct jc_export_row row = {key->kind, key->id, text, n};
	json_t *hold;
	struct jc_slice code = code_of(text_of(&row, "external_codes"), "", &hold);

	if (code.n != 0)
		json_object_set_new(arg, key->id, json_stringn(code.p, code.n));
	json_decref(hold);
	return 0;
}

/* The own code of the union above. */
static int
parent_code(struct jc_buf *out, struct jc_export_cells *c, struct jc_slice id)
{
	struct jc_query q = {.kind = jc_catalogue_kind("org", 3)};
	char key[JC_ID_LEN + 1] = "";
	const char *code;
	int rc;

	if (c->codes == NULL) {
		c->codes = json_object();
		if ((rc = jc_records_each(c->node, &q, codes_each, c->codes, c->x->err)) < 0)
			return rc;
	}
	if (id.n == JC_ID_LEN)
		memcpy(key, id.p, JC_ID_LEN);
	code = json_string_value(json_object_get(c->codes, key));
	jc_buf_puts(out, code != NULL ? code : "");
	return 0;
}

static int
region_put(struct jc_buf *out, struct jc_slice region, size_t digits)
{
	if (region.n >= digits && region.p[0] != '?')
		jc_buf_put(out, region.p, digits);
	return 0;
}

static int
union_cell(struct jc_buf *out, struct jc_export_cells *c, const struct jc_export_row *row,
    size_t column, int64_t no)
{
	static const char *const field[] = {"", "name", "", "parent_union_id", "", "", "", "",
	    "legal_rep", "chair_name", "person_in_charge", "contact_phone", "union_type",
	    "legal_form", "approval_no", "legal_person_status", "", "founded_on", "note", "", "",
	    "org_status"};
	struct jc_slice codes = text_of(row, "external_codes");

	(void)no;
	switch (column) {
	case 0:
		return code_put(out, codes, "");
	case 2:
		return parent_code(out, c, text_of(row, "parent_union_id"));
	case 4:
		return region_put(out, text_of(row, "region_code"), 6);
	case 6:
		return region_put(out, text_of(row, "region_code"), 9);
	case 19:
		return code_put(out, codes, "province");
	case 20:
		return code_put(out, codes, "acftu");
	default:
		return field[column][0] != '\0' ? field_put(out, c, row, field[column]) : 0;
	}
}

static int
union_wanted(const struct jc_export_row *row)
{
	struct jc_slice kind = text_of(row, "org_kind");

	return kind.n == 0 || jc_slice_is(kind, "union");
}

static const struct jc_export_layout layouts[] = {
	{"national", "member", "会员名册", national_header, national_cell, NULL},
	{"union", "org", "工会名册", union_header, union_cell, union_wanted},
};

const struct jc_export_layout *
jc_export_layout(const char *name)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (strcmp(layouts[i].name, name) == 0)
			return &layouts[i];
	return NULL;
}

const char *
jc_export_layout_names(void)
{
	return "national, union";
}
