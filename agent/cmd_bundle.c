/* SPDX-License-Identifier: MulanPSL-2.0 */
/* bundle write, bundle read: the exchange by USB stick, with a 交接单 for both hands. */
#include <stdio.h>
#include <string.h>

#include "../sync/sync_session.h"
#include "cmd.h"
#include "handover.h"
#include "handover_out.h"
#include "out.h"

static int
stick_progress(void *arg, int64_t done, int64_t total)
{
	return jc_cmd_progress(arg, done, total);
}

static struct jc_stick
stick_of(const char *dir)
{
	static char word[32];

	snprintf(word, sizeof(word), "%s", JC_T("写U盘", "stick"));
	return (struct jc_stick){.dir = dir, .progress = stick_progress, .arg = word};
}

static void
stick_done(const struct jc_stick *s)
{
	jc_cmd_progress(s->arg, -1, 0);
}

/* ---- write ---- */

struct answers {
	struct jc_cmd_run *run;
	const struct jc_stick *s;
	struct jc_handover *h;
	const char *branch;        /* NULL: all */
	struct jc_err *err;
	int matched;
};

static int
answer_one(void *arg, const char *device, const char *branch, int64_t time)
{
	struct answers *a = arg;
	jc_id id;
	int rc;

	(void)time;
	if (a->branch != NULL && strcmp(a->branch, branch) != 0)
		return 0;
	memcpy(id, device, sizeof(id));
	a->matched++;
	rc = jc_handover_write(a->h, a->run->node, a->s, id, a->err);
	return rc < 0 ? rc : 0;
}

static int
answers_write(struct answers *a)
{
	int rc = jc_bundle_askers(a->run->node, answer_one, a, a->err);

	if (rc < 0 || a->matched > 0)
		return rc;
	if (a->branch != NULL)
		return jc_err_set(a->err, JC_ENOTFOUND, "bundle_write",
		    JC_T("“%s”还没有用U盘交来过内容，请先读入它的文件", "\"%s\" has not sent a stick yet; read its file first"), a->branch);
	return jc_err_set(a->err, JC_ENOTFOUND, "bundle_write", "%s",
	    JC_T("还没有支部用U盘交来过内容，不用写", "No branch has sent a stick yet; there is nothing to write"));
}

static int
bundle_write(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_stick s = stick_of(run->args[0]);
	struct jc_handover h = {0};
	struct answers a = {.run = run, .s = &s, .h = &h, .branch = jc_cmd_opt(run, "branch"), .err = err};
	struct jc_scope own;
	struct jc_peer peer;
	int rc, hub;

	jc_cmd_catch();
	if ((rc = jc_node_scope(run->node, &own, err)) < 0)
		return rc;
	hub = strcmp(own.role, "office") == 0;
	if (a.branch != NULL && !hub)
		return jc_cmd_usage(err, &jc_cmd_bundle_write, "%s", JC_T("--branch 只在县里用", "--branch is for hubs"));
	if (!hub || (a.branch == NULL && jc_peer_get(&peer, run->node, NULL) == 0))
		rc = jc_handover_write(&h, run->node, &s, NULL, err);
	if (rc >= 0 && hub)
		rc = answers_write(&a);
	if (rc == JC_ENOTFOUND && h.n != 0)
		rc = 0; /* something went upward */
	stick_done(&s);
	if (rc >= 0)
		rc = jc_handover_print(&h, run->json, err);
	jc_handover_free(&h);
	return rc;
}

/* ---- read ---- */

/* The folder in which an answer belongs: beside what was read, unless told otherwise. */
static int
answer_dir(struct jc_cmd_run *run, char dir[JC_STICK_PATH])
{
	const char *given = jc_cmd_opt(run, "answer"), *path = given != NULL ? given : run->args[0], *slash;
	size_t n = strlen(path);

	if (given == NULL && !jc_stick_is_dir(path)) {
		slash = strrchr(path, '/');
		n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
	}
	return snprintf(dir, JC_STICK_PATH, "%.*s", n == 0 ? 1 : (int)n, n == 0 ? "." : path) < JC_STICK_PATH ? 0 : JC_ELIMIT;
}

/* The first error of a folder's files, so that a script notices. */
static int
worst(const struct jc_handover *h, struct jc_err *err)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct jc_err *e = h->file[i].err.code != 0 ? &h->file[i].err : &h->file[i].slip.refused;

		if (e->code != 0) {
			*err = *e;
			return JC_EPARTIAL;
		}
	}
	return 0;
}

static int
bundle_read(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_handover h = {0};
	char dir[JC_STICK_PATH];
	struct jc_err part = {0};
	struct jc_scope own;
	struct jc_stick s;
	int rc, told = 0;

	jc_cmd_catch();
	if ((rc = jc_handover_read(&h, run->node, run->args[0], err)) < 0)
		return rc;
	s = stick_of(dir);
	if (jc_node_scope(run->node, &own, NULL) == 0 && strcmp(own.role, "office") == 0 && jc_cmd_opt(run, "no-answer") == NULL &&
	    (rc = answer_dir(run, dir)) == 0)
		told = jc_handover_answer(&h, run->node, &s, &part);
	stick_done(&s);
	rc = jc_handover_print(&h, run->json, err);
	if (rc >= 0 && told < 0) {
		*err = part;
		jc_err_prefix(err, "%s", JC_T("内容已经读入，但回执没有写下：", "It was read, but the answer was not written: "));
		rc = told;
	}
	if (rc >= 0 && (rc = worst(&h, err)) < 0)
		run->exit = JC_EXIT_PARTIAL;
	jc_handover_free(&h);
	return rc;
}

static const struct jc_cmd_opt write_opts[] = {
	{"branch", "名称", "NAME", "县里：只给这个基层工会写（默认给所有用U盘交来过内容的）", "hub: only for this branch (default: for all that sent a stick)", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

static const struct jc_cmd_opt read_opts[] = {
	{"answer", "文件夹", "DIR", "县里：回执写到这个文件夹（默认写在文件旁边）", "hub: write the answer into this folder (default: beside the file)", 0},
	{"no-answer", NULL, NULL, "县里：不写回执", "hub: write no answer", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_bundle_write = {
	.name = "bundle write",
	.args_zh = "文件夹", .args_en = "DIR",
	.least = 1, .most = 1,
	.zh = "没有网络时：把要上报的写到U盘（县里：把回执和新内容写到U盘）\n"
	      "文件加了密，只有收的那一方读得了；写完会读回来核对。丢了也不要紧，下次写的里面都有。",
	.en = "without a line: write what is to be sent onto a stick (hub: receipts and news)\n"
	      "The files are sealed to their receiver and read back after writing. A lost stick does no harm: the next one has it all.",
	.opts = write_opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = bundle_write
};

const struct jc_cmd jc_cmd_bundle_read = {
	.name = "bundle read",
	.args_zh = "文件|文件夹", .args_en = "FILE|DIR",
	.least = 1, .most = 1,
	.zh = "读入U盘上的交换文件（县里：同时把回执写回U盘）\n"
	      "同一个文件读两次、先后颠倒、是旧的，都不要紧。给文件夹时，读入其中所有给本机的文件。",
	.en = "read exchange files from a stick (hub: also writes the answer back onto it)\n"
	      "Reading a file twice, late or out of order does no harm. Of a folder all files for this computer are read.",
	.opts = read_opts,
	.flags = JC_CMD_OPEN | JC_CMD_MAKE | JC_CMD_JSON,
	.run = bundle_read
};
