/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "handover_out.h"

#include <stdio.h>
#include <string.h>

#include "out.h"

static const char *
kind_word(const struct jc_slip *s)
{
	switch (s->kind) {
	case JC_BUNDLE_REQUEST:
		return "request";
	case JC_BUNDLE_ANSWER:
		return "answer";
	case JC_BUNDLE_ENROLLED:
		return "enrolled";
	case JC_BUNDLE_FILES:
		return "files";
	case JC_BUNDLE_JOIN:
		return "join";
	}
	return "unknown";
}

static const char *
kind_text(const struct jc_slip *s)
{
	switch (s->kind) {
	case JC_BUNDLE_REQUEST:
		return JC_T("上报", "report");
	case JC_BUNDLE_ANSWER:
		return JC_T("回执和新内容", "receipts and news");
	case JC_BUNDLE_ENROLLED:
		return JC_T("同意加入，附新内容", "enrolment, with news");
	case JC_BUNDLE_FILES:
		return JC_T("附件", "attachments");
	case JC_BUNDLE_JOIN:
		return JC_T("申请加入", "request to join");
	}
	return JC_T("没有读懂", "not understood");
}

static const char *
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static const char *
label(const char *kind)
{
	const struct jc_kind *k = jc_catalogue_kind(kind, strlen(kind));

	return k != NULL ? jc_kind_label(k) : JC_T("其他", "others");
}

/* ---- for programs ---- */

static json_t *
records_json(const struct jc_slip *s)
{
	json_t *o = json_object();

	for (size_t i = 0; o != NULL && i < s->nkinds; i++)
		json_object_set_new(o, s->kinds[i].kind[0] != '\0' ? s->kinds[i].kind : "?", json_integer(s->kinds[i].records));
	return o;
}

static json_t *
file_json(const struct jc_handed *f)
{
	const struct jc_slip *s = &f->slip;
	const struct jc_err *e = f->err.code != 0 ? &f->err : &s->refused;

	return json_pack("{s:s,s:b,s:s,s:s,s:s,s:s,s:I,s:I,s:b,s:I,s:I,s:s,s:o,s:I,s:I,s:I,s:b,s:b,s:s,s:s}", "file", f->path,
	    "written", f->written, "kind", kind_word(s), "from", s->name, "sender", s->sender, "receiver", s->receiver, "counter",
	    (json_int_t)s->counter, "part", (json_int_t)s->part, "last", s->last, "time", (json_int_t)s->time, "bytes",
	    (json_int_t)s->bytes, "mark", s->mark, "records", records_json(s), "ops", (json_int_t)s->ops, "fresh",
	    (json_int_t)s->fresh, "receipts", (json_int_t)s->notes, "missing", s->missing, "old", s->old, "error",
	    e->code != 0 ? jc_err_word(e->code) : "", "message", e->msg);
}

json_t *
jc_handover_json(const struct jc_handover *h)
{
	json_t *files = json_array();

	for (size_t i = 0; files != NULL && i < h->n; i++)
		json_array_append_new(files, file_json(&h->file[i]));
	return json_pack("{s:o,s:I}", "files", files, "others", (json_int_t)h->others);
}

/* ---- for people ---- */

static void
line(const char *zh, const char *en)
{
	printf("  ");
	jc_out_pad(JC_T(zh, en), 10);
}

static void
content_print(const struct jc_slip *s, int written)
{
	int first = 1;

	line("内容", "content");
	if (s->kind == JC_BUNDLE_FILES) {
		printf(written ? JC_T("附件 %lld个\n", "%lld attachments\n") : JC_T("附件 %lld个到齐\n", "%lld attachments are whole\n"), (long long)s->files);
		return;
	}
	for (size_t i = 0; i < s->nkinds; i++) {
		printf("%s%s %lld", first ? "" : JC_T("，", ", "), label(s->kinds[i].kind), (long long)s->kinds[i].records);
		first = 0;
	}
	if (first)
		printf("%s", JC_T("没有记录", "no records"));
	if (s->ops > 0)
		printf(JC_T("（共%lld处修改", " (%lld changes"), (long long)s->ops);
	if (s->ops > 0 && !written)
		printf(JC_T("，其中新的%lld处", ", %lld of them new"), (long long)s->fresh);
	printf("%s\n", s->ops > 0 ? JC_T("）", ")") : "");
}

static void
file_print(const struct jc_handed *f)
{
	const struct jc_slip *s = &f->slip;
	char time[JC_TIME_ROOM];

	printf("%s\n", f->written ? JC_T("交接单（写出）", "Hand-over (written)") : JC_T("交接单（读入）", "Hand-over (read)"));
	line("文件", "file");
	printf("%s  %.1f KB\n", file_name(f->path), (double)s->bytes / 1024);
	if (f->err.code != 0) {
		line("没有读入", "not taken");
		printf("%s\n", f->err.msg);
		return;
	}
	line("种类", "kind");
	printf("%s", kind_text(s));
	if (s->part > 1 || !s->last)
		printf(JC_T("，第%lld份%s", ", part %lld%s"), (long long)s->part, s->last ? JC_T("（最后一份）", " (last)") : "");
	printf("\n");
	line("谁写的", "from");
	jc_out_time(time, s->time, s->time);
	printf("%s%s%s\n", s->name[0] != '\0' ? s->name : s->sender, s->time > 0 ? "  " : "", s->time > 0 ? time : "");
	if (s->kind == JC_BUNDLE_JOIN) {
		line("设备号", "device");
		printf("%s\n", s->sender);
	} else {
		content_print(s, f->written);
	}
	line("核对码", "mark");
	printf("%.4s-%.4s-%.4s\n", s->mark, s->mark + 4, s->mark + 8);
	line("交出", "given by");
	printf("%s\n", JC_T("____________  收到：____________  日期：____________", "____________  taken by: ____________  date: ____________"));
	if (s->missing)
		printf("%s\n", JC_T("  这份的前面还有一份没有读入，请把U盘上的都读入，再读一次这份",
		    "  It follows a file that was not read yet; read all files of the stick, then this one again"));
	if (s->old)
		printf("%s\n", JC_T("  这份是旧的：里面的内容收下了，回执没有采用", "  It is an old one: its contents were taken, its receipts were not"));
	if (s->refused.code != 0)
		printf(JC_T("  有一部分没有采用：%s\n", "  A part was not taken: %s\n"), s->refused.msg);
}

/* What to do with the stick now. */
static void
next_print(const struct jc_handover *h)
{
	int up = 0, down = 0, joined = 0;

	for (size_t i = 0; i < h->n; i++) {
		up |= h->file[i].written && (h->file[i].slip.kind == JC_BUNDLE_REQUEST || h->file[i].slip.kind == JC_BUNDLE_JOIN);
		down |= h->file[i].written && (h->file[i].slip.kind == JC_BUNDLE_ANSWER || h->file[i].slip.kind == JC_BUNDLE_ENROLLED);
		joined |= !h->file[i].written && h->file[i].err.code == 0 && h->file[i].slip.kind == JC_BUNDLE_ENROLLED;
	}
	if (up)
		printf("%s\n", JC_T("写好并核对过了，可以拔下U盘。请交给县里；县里读入后会把回执写回U盘，带回来再读一次。",
		    "Written and checked; the stick may be pulled. Take it to the county, which writes its receipt onto it, and read that here."));
	if (down)
		printf("%s\n", JC_T("回执已写到U盘并核对过了，可以拔下U盘，请交还支部。",
		    "The receipt is on the stick and was checked; it may be pulled and given back to the branch."));
	if (joined)
		printf("%s\n", JC_T("已经加入县里。以前记的内容，下次 jiceng bundle write 就会写进U盘。",
		    "Joined. What was recorded before goes onto the stick with the next jiceng bundle write."));
	if (h->others > 0)
		printf(JC_T("另有%lld个文件是给别的电脑的，没有读。\n", "%lld more files are for other computers and were not read.\n"), (long long)h->others);
}

int
jc_handover_print(const struct jc_handover *h, int json, struct jc_err *err)
{
	if (json)
		return jc_out_json(jc_handover_json(h), err);
	for (size_t i = 0; i < h->n; i++)
		file_print(&h->file[i]);
	next_print(h);
	return 0;
}
