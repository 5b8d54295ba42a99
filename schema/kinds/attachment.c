/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What is known of a file (DOMAIN 2.7): an ordinary record. The bytes lie outside the log, addressed by
 * their SHA-256. Pictures that show people stay in the county, so all of them do.
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice purpose[] = {
	{ "signin", "签到表", "sign-in sheet", A("签到") },
	{ "photo", "现场照片", "photo", A("照片") },
	{ "approval", "批复", "approval", NULL },
	{ "minutes", "会议纪要", "minutes", A("会议记录") },
	{ "contract", "合同", "contract", NULL },
	{ "receipt", "签收单", "receipt", A("收据") },
	{ "before", "整改前", "before", NULL },
	{ "after", "整改后", "after", NULL },
	{ "report", "报告", "report", NULL },
	{ "rule", "制度", "rule", NULL },
	{ "form", "申请表", "form", A("申请书") },
	{ "other", "其他", "other", A("其它") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "file_name", .zh = "文件名", .en = "file name", .type = JC_TEXT,
	  .max = 120, .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 2, .name = "mime", .zh = "文件类型", .en = "mime", .type = JC_TEXT, .max = 80,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 3, .name = "size", .zh = "文件大小", .en = "size", .type = JC_INT,
	  .low = 0, .high = 2000000000, .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 4, .name = "sha256", .zh = "校验值", .en = "sha256", .type = JC_TEXT, .max = 64,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 5, .name = "purpose", .zh = "用途", .en = "purpose", .type = JC_ENUM,
	  .choices = purpose, .need = JC_MUST },
	{ .id = 6, .name = "taken_on", .zh = "拍摄日期", .en = "taken on", .type = JC_DATE,
	  .form = JC_FORM_PAST },
	{ .id = 7, .name = "has_person", .zh = "含人像/名单", .en = "shows people",
	  .type = JC_BOOL3, .pi = JC_PI_P, .aliases = A("含人像") },
	{ .id = 8, .name = "page_of", .zh = "所属记录", .en = "parent record", .type = JC_REF,
	  .ref = "*", .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_attachment_kind = {
	.id = 11,
	.name = "attachment",
	.zh = "附件",
	.en = "attachment",
	.aliases = A("文件", "照片"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "file_name",
	.fields = fields,
};
