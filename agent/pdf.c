/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A page as PDF. This program draws no paper itself: a browser of the Chromium family does it as well as a
 * print shop, LibreOffice does it passably, and one of them is on nearly every PC. The page lies in a
 * fresh folder of the person's own (it may hold numbers in full) and the PDF beside it, until the PDF is
 * whole under the name that was asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "cmd.h"
#include "files.h"
#include "paths.h"
#include "print.h"

#define WHERE "pdf"
#define LIMIT_MS 120000
#define PDF_MAX ((size_t)256 << 20)
#define ARGS_MAX 16

#ifdef _WIN32
#define LIST_SEPARATOR ';'
#define SUFFIX ".exe"
#else
#define LIST_SEPARATOR ':'
#define SUFFIX ""
#endif

enum tool { TOOL_BROWSER, TOOL_OFFICE };

static const struct {
	const char *name;
	enum tool tool;
} programs[] = {
	{"chromium", TOOL_BROWSER}, {"chromium-browser", TOOL_BROWSER},
	    {"google-chrome", TOOL_BROWSER},
	{"google-chrome-stable", TOOL_BROWSER}, {"chrome", TOOL_BROWSER}, {"msedge", TOOL_BROWSER},
	{"microsoft-edge", TOOL_BROWSER}, {"microsoft-edge-stable", TOOL_BROWSER},
	    {"browser360-cn", TOOL_BROWSER},
	{"soffice", TOOL_OFFICE}, {"libreoffice", TOOL_OFFICE},
};

struct job {
	char dir[JC_PATH_MAX], html[JC_PATH_MAX], pdf[JC_PATH_MAX], program[JC_PATH_MAX];
	enum tool tool;
	uv_loop_t loop;
	uv_process_t process;
	uv_timer_t timer;
	int64_t waited;       /* ms */
	int64_t status;
	int ended, cancelled, late;
};

/* ---- finding the program ---- */

static int
found_in(struct job *j, const char *dirs, const char *name)
{
	char path[JC_PATH_MAX];

	while (*dirs != '\0') {
		size_t n = strcspn(dirs, (const char[]){LIST_SEPARATOR, '\0'});
		int len = snprintf(path, sizeof(path), "%.*s/%s" SUFFIX, (int)n, dirs, name);
		uv_fs_t req;

		if (n > 0 && len > 0 && (size_t)len < sizeof(path) &&
		    uv_fs_access(NULL, &req, path, 1, NULL) == 0) {
			uv_fs_req_cleanup(&req);
			snprintf(j->program, sizeof(j->program), "%s", path);
			return 1;
		}
		dirs += n + (dirs[n] != '\0');
	}
	return 0;
}

static int
program_find(struct job *j, struct jc_err *err)
{
	char dirs[8192];
	size_t n = sizeof(dirs);

	if (uv_os_getenv("PATH", dirs, &n) != 0)
		dirs[0] = '\0';
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (found_in(j, dirs, programs[i].name)) {
			j->tool = programs[i].tool;
			return 0;
		}
	return jc_err_set(err, JC_ESTATE, WHERE,
	    JC_T("这台电脑上没有找到能做 PDF 的程序（Chromium、Edge、Chrome 浏览器或 LibreOffice）。可以改用 --html 文件，双击打开后按 Ctrl+P 打印",
	        "No program that makes PDFs was found (Chromium, Edge, Chrome or LibreOffice). Use --html FILE, open it and press Ctrl+P"));
}

/* ---- running it ---- */

static void
on_exit_of(uv_process_t *process, int64_t status, int signal)
{
	struct job *j = process->data;

	j->ended = 1;
	j->status = signal != 0 ? -1 : status;
	uv_timer_stop(&j->timer);
	uv_close((uv_handle_t *)process, NULL);
	uv_close((uv_handle_t *)&j->timer, NULL);
}

/* Every 100 ms: has the person pressed Ctrl-C, has it taken too long? */
static void
on_tick(uv_timer_t *timer)
{
	struct job *j = timer->data;

	j->waited += 100;
	j->cancelled |= jc_cmd_interrupted();
	j->late |= j->waited >= LIMIT_MS;
	if ((j->cancelled || j->late) && !j->ended)
		uv_process_kill(&j->process, j->waited >= LIMIT_MS + 2000 ? 9 : 15);
}

static void
args_make(struct job *j, const char **args, char out[][JC_PATH_MAX + 64])
{
	size_t n = 0;
	uv_passwd_t who;

	args[n++] = j->program;
	if (j->tool == TOOL_OFFICE) {
		snprintf(out[0], sizeof(out[0]), "-env:UserInstallation=file://%s/profile", j->dir);
		args[n++] = out[0];
		args[n++] = "--headless";
		args[n++] = "--convert-to";
		args[n++] = "pdf:writer_web_pdf_Export";
		args[n++] = "--outdir";
		args[n++] = j->dir;
		args[n++] = j->html;
	} else {
		snprintf(out[0], sizeof(out[0]), "--user-data-dir=%s/profile", j->dir);
		snprintf(out[1], sizeof(out[1]), "--print-to-pdf=%s", j->pdf);
		snprintf(out[2], sizeof(out[2]), "file://%s", j->html);
		args[n++] = "--headless";
		args[n++] = "--disable-gpu";
		args[n++] = "--no-first-run";
		args[n++] = "--disable-extensions";
		args[n++] = "--disable-dev-shm-usage";
		args[n++] = "--no-pdf-header-footer";
		/* Chromium refuses to run as root with its sandbox; the page is our own and has no script. */
		if (uv_os_get_passwd(&who) == 0) {
			if (who.uid == 0)
				args[n++] = "--no-sandbox";
			uv_os_free_passwd(&who);
		}
		args[n++] = out[0];
		args[n++] = out[1];
		args[n++] = out[2];
	}
	args[n] = NULL;
}

static int
run(struct job *j, struct jc_err *err)
{
	static char text[3][JC_PATH_MAX + 64];
	const char *args[ARGS_MAX];
	uv_process_options_t o = {0};
	uv_stdio_container_t io[3] = {{.flags = UV_IGNORE}, {.flags = UV_IGNORE},
	    {.flags = UV_IGNORE}};
	int rc;

	args_make(j, args, text);
	o.file = j->program;
	o.args = (char **)(uintptr_t)args;
	o.stdio = io;
	o.stdio_count = 3;
	o.exit_cb = on_exit_of;
	o.flags = UV_PROCESS_WINDOWS_HIDE;
	uv_loop_init(&j->loop);
	uv_timer_init(&j->loop, &j->timer);
	j->process.data = j->timer.data = j;
	if ((rc = uv_spawn(&j->loop, &j->process, &o)) == 0)
		uv_timer_start(&j->timer, on_tick, 100, 100);
	else {
		uv_close((uv_handle_t *)&j->timer, NULL);
		uv_close((uv_handle_t *)&j->process, NULL);
	}
	uv_run(&j->loop, UV_RUN_DEFAULT);
	uv_loop_close(&j->loop);
	if (rc < 0) {
		jc_err_code(err, JC_EIO, WHERE);
		return jc_err_cause(err, "%s: %s", j->program, uv_strerror(rc));
	}
	if (j->cancelled)
		return jc_err_code(err, JC_ECANCELLED, WHERE);
	if (j->late)
		return jc_err_set(err, JC_ETIMEOUT, WHERE,
		    JC_T("做 PDF 用了太久，已停下；可以用 --html 文件，自己打开后打印",
		    "Making the PDF took too long and was stopped; use --html FILE and print it yourself"));
	return 0;
}

/* ---- folder and files ---- */

/* Takes away a folder with what the browser left in it. */
static void
folder_remove(const char *dir)
{
	char path[JC_PATH_MAX];
	uv_dirent_t e;
	uv_fs_t list, req;

	if (uv_fs_scandir(NULL, &list, dir, 0, NULL) >= 0)
		while (uv_fs_scandir_next(&list, &e) == 0) {
			if (snprintf(path, sizeof(path), "%s/%s", dir, e.name) >= (int)sizeof(path))
				continue;
			if (e.type == UV_DIRENT_DIR) {
				folder_remove(path);
			} else {
				uv_fs_unlink(NULL, &req, path, NULL);
				uv_fs_req_cleanup(&req);
			}
		}
	uv_fs_req_cleanup(&list);
	uv_fs_rmdir(NULL, &req, dir, NULL);
	uv_fs_req_cleanup(&req);
}

static int
folder_make(struct job *j, const char *work, struct jc_err *err)
{
	char whole[JC_PATH_MAX];
	uv_fs_t req;
	int rc;

	if ((rc = uv_fs_realpath(NULL, &req, work, NULL)) == 0)
		snprintf(whole, sizeof(whole), "%s/print-XXXXXX", (const char *)req.ptr);
	uv_fs_req_cleanup(&req);
	if (rc == 0 && (rc = uv_fs_mkdtemp(NULL, &req, whole, NULL)) == 0)
		snprintf(j->dir, sizeof(j->dir), "%s", req.path);
	uv_fs_req_cleanup(&req);
	if (rc < 0) {
		jc_err_code(err, JC_EIO, WHERE);
		return jc_err_cause(err, "%s: %s", work, uv_strerror(rc));
	}
	if ((rc = jc_paths_join(j->html, j->dir, "page.html", err)) < 0)
		return rc;
	return jc_paths_join(j->pdf, j->dir, "page.pdf", err);
}

static int
make(struct job *j, const char *path, struct jc_slice html, struct jc_err *err)
{
	char *pdf = NULL;
	size_t n;
	int rc;

	if ((rc = jc_files_write(j->html, html.p, html.n, 0600, err)) < 0 || (rc = run(j, err)) < 0)
		return rc;
	rc = jc_files_read(&pdf, &n, j->pdf, PDF_MAX, NULL);
	if (rc < 0 || n < 5 || memcmp(pdf, "%PDF-", 5) != 0) {
		free(pdf);
		jc_err_set(err, JC_EIO, WHERE,
		    JC_T("%s 没有做出 PDF；可以用 --html 文件，自己打开后打印",
		    "%s made no PDF; use --html FILE and print it yourself"),
		    j->program);
		return jc_err_cause(err, "exit %lld", (long long)j->status);
	}
	rc = jc_files_write(path, pdf, n, 0600, err);
	free(pdf);
	return rc;
}

int
jc_pdf_write(const char *path, struct jc_slice html, const char *work, struct jc_err *err)
{
	struct job *j = calloc(1, sizeof(*j));
	int rc;

	if (j == NULL)
		return JC_NOMEM(err, WHERE);
	jc_cmd_catch();
	if ((rc = program_find(j, err)) == 0 && (rc = folder_make(j, work, err)) == 0)
		rc = make(j, path, html, err);
	if (j->dir[0] != '\0')
		folder_remove(j->dir);
	free(j);
	return rc;
}
