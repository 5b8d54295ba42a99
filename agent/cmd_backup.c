/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * backup, restore: the whole state is one file. A backup is written beside its final name, synced and then
 * renamed, so that a file of that name is always whole. A restore checks the copy before it takes the
 * place of what is there, and keeps what was there.
 */
#include <stdio.h>
#include <string.h>

#include <uv.h>

#include "cmd.h"
#include "files.h"
#include "lock.h"
#include "out.h"
#include "paths.h"

static int
result(uv_fs_t *req)
{
	int rc = (int)req->result;

	uv_fs_req_cleanup(req);
	return rc;
}

static int
move(const char *from, const char *to)
{
	uv_fs_t req;

	uv_fs_rename(NULL, &req, from, to, NULL);
	return result(&req);
}

static int
sync_path(const char *path, int flags)
{
	uv_fs_t req;
	int fd, rc;

	uv_fs_open(NULL, &req, path, flags, 0, NULL);
	if ((fd = result(&req)) < 0)
		return fd;
	uv_fs_fsync(NULL, &req, fd, NULL);
	rc = result(&req);
	uv_fs_close(NULL, &req, fd, NULL);
	result(&req);
	return rc;
}

/* The folder that holds a path, so that a rename in it is durable. */
static void
sync_folder_of(const char *path)
{
#ifndef _WIN32
	char dir[JC_PATH_MAX];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	if ((slash = strrchr(dir, '/')) == NULL)
		snprintf(dir, sizeof(dir), ".");
	else
		slash[slash == dir] = '\0';
	sync_path(dir, UV_FS_O_RDONLY);
#else
	(void)path;
#endif
}

static int
cannot_make(struct jc_cmd_run *run, struct jc_err *err, const char *path, int code)
{
	run->exit = JC_EXIT_CREATE;
	jc_err_set(err, JC_EIO, "jc_cmd_backup", JC_T("不能写 %s，请换一个位置或检查磁盘", "%s cannot be written; choose another place or check the disk"),
	    path);
	return jc_err_cause(err, "%s", uv_strerror(code));
}

static int
suffixed(char out[JC_PATH_MAX], const char *path, const char *suffix, struct jc_err *err)
{
	if (snprintf(out, JC_PATH_MAX, "%s%s", path, suffix) >= JC_PATH_MAX)
		return jc_err_set(err, JC_ELIMIT, "jc_cmd_backup", JC_T("文件名太长", "The file's name is too long"));
	return 0;
}

/* Is the place free, and may we write there? Told before the long part. */
static int
place_check(struct jc_cmd_run *run, const char *to, const char *part, struct jc_err *err)
{
	uv_fs_t req;
	int fd;

	if (jc_paths_exists(to)) {
		run->exit = JC_EXIT_CREATE;
		return jc_err_set(err, JC_EEXISTS, "jc_cmd_backup", JC_T("%s 已经有了，请换一个名字", "%s is there already; choose another name"), to);
	}
	jc_files_drop(part); /* of a backup that was cut short */
	uv_fs_open(NULL, &req, part, UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_EXCL, 0600, NULL);
	if ((fd = result(&req)) < 0)
		return cannot_make(run, err, to, fd);
	uv_fs_close(NULL, &req, fd, NULL);
	result(&req);
	jc_files_drop(part);
	return 0;
}

static int
page_progress(void *arg, int left, int total)
{
	return jc_cmd_progress(arg, total - left, total);
}

static int
backup(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *to = run->args[0];
	char part[JC_PATH_MAX], word[32];
	uv_fs_t req;
	int rc;

	if ((rc = suffixed(part, to, ".part", err)) < 0 || (rc = place_check(run, to, part, err)) < 0)
		return rc;
	jc_cmd_catch();
	snprintf(word, sizeof(word), "%s", JC_T("备份", "backup"));
	rc = jc_db_backup(run->node->db, part, page_progress, word, err);
	jc_cmd_progress(word, -1, 0);
	if (rc == 0) {
		uv_fs_chmod(NULL, &req, part, 0600, NULL);
		result(&req);
		if ((rc = sync_path(part, UV_FS_O_RDWR)) < 0 || (rc = move(part, to)) < 0)
			rc = cannot_make(run, err, to, rc);
	}
	if (rc < 0) {
		jc_files_drop(part);
		return rc;
	}
	sync_folder_of(to);
	printf(JC_T("已备份到 %s\n设备密钥（%s/" JC_KEY_FILE "）不在备份里，请另外抄存一份\n",
	           "Backed up to %s\nThe device key (%s/" JC_KEY_FILE ") is not in it; keep a copy of it elsewhere\n"), to, run->data);
	return 0;
}

/* ---- restore ---- */

/* Opens the copy as a node would: a damaged or newer file is found out before it replaces anything. */
static int
copy_check(struct jc_cmd_run *run, const char *path, char name[128], struct jc_err *err)
{
	struct jc_node *node;
	struct jc_scope s;
	int rc;

	if ((rc = jc_node_open(&node, run->env, path, 0, NULL, err)) < 0)
		return rc;
	if ((rc = jc_db_check(node->db, err)) == 0 && (rc = jc_node_scope(node, &s, err)) == 0)
		snprintf(name, 128, "%s", s.name);
	jc_node_close(node);
	return rc;
}

/* Moves the database that is there, with what lies beside it, out of the way. */
static int
old_keep(struct jc_cmd_run *run, const char *path, char old[JC_PATH_MAX], struct jc_err *err)
{
	static const char *const beside[] = {"", "-wal", "-shm"};
	char from[JC_PATH_MAX], to[JC_PATH_MAX], suffix[48];
	int rc;

	snprintf(suffix, sizeof(suffix), ".before-restore-%lld", (long long)(run->env->wall_ms(run->env->ctx) / 1000));
	if ((rc = suffixed(old, path, suffix, err)) < 0)
		return rc;
	for (size_t i = 0; i < 3; i++) {
		if ((rc = suffixed(from, path, beside[i], err)) < 0 || (rc = suffixed(to, old, beside[i], err)) < 0)
			return rc;
		if ((rc = move(from, to)) < 0 && rc != UV_ENOENT)
			return cannot_make(run, err, to, rc);
	}
	return 0;
}

/* Copies, checks, and puts the copy in place. `old` is "" when nothing was there. */
static int
put_in_place(struct jc_cmd_run *run, const char *path, char old[JC_PATH_MAX], char name[128], struct jc_err *err)
{
	static const char *const beside[] = {"", "-wal", "-shm"};
	char copy[JC_PATH_MAX], stale[JC_PATH_MAX];
	uv_fs_t req;
	int rc;

	if ((rc = suffixed(copy, path, ".restoring", err)) < 0)
		return rc;
	for (size_t i = 0; i < 3; i++)
		if (suffixed(stale, copy, beside[i], NULL) == 0)
			jc_files_drop(stale);
	uv_fs_copyfile(NULL, &req, run->args[0], copy, UV_FS_COPYFILE_EXCL, NULL);
	if ((rc = result(&req)) < 0)
		return cannot_make(run, err, copy, rc);
	uv_fs_chmod(NULL, &req, copy, 0600, NULL);
	result(&req);
	if ((rc = copy_check(run, copy, name, err)) == 0 && (rc = sync_path(copy, UV_FS_O_RDWR)) < 0)
		rc = cannot_make(run, err, copy, rc);
	if (rc == 0 && jc_paths_exists(path))
		rc = old_keep(run, path, old, err);
	if (rc == 0 && (rc = move(copy, path)) < 0)
		rc = cannot_make(run, err, path, rc);
	if (rc < 0)
		for (size_t i = 0; i < 3; i++)
			if (suffixed(stale, copy, beside[i], NULL) == 0)
				jc_files_drop(stale);
	sync_folder_of(path);
	return rc;
}

static int
restore_locked(struct jc_cmd_run *run, struct jc_err *err)
{
	char path[JC_PATH_MAX], key[JC_PATH_MAX], old[JC_PATH_MAX] = "", name[128] = "";
	int rc;

	if ((rc = jc_paths_join(path, run->data, JC_DB_FILE, err)) < 0 || (rc = jc_paths_join(key, run->data, JC_KEY_FILE, err)) < 0)
		return rc;
	if (jc_paths_exists(path) && jc_cmd_opt(run, "replace") == NULL) {
		run->exit = JC_EXIT_CREATE;
		return jc_err_set(err, JC_EEXISTS, "jc_cmd_restore",
		    JC_T("文件夹 %s 里已有数据，要换掉请加 --replace（原来的会留着）", "There is data in %s; to replace it add --replace (it is kept aside)"),
		    run->data);
	}
	if ((rc = put_in_place(run, path, old, name, err)) < 0)
		return rc;
	printf(JC_T("已恢复“%s”\n", "\"%s\" is restored\n"), name);
	if (old[0] != '\0')
		printf(JC_T("原来的数据留在 %s\n", "What was there is kept as %s\n"), old);
	if (!jc_paths_exists(key))
		printf("%s\n", JC_T("这里没有设备密钥文件；要接着上报，请把原来的 device.key 放进这个文件夹",
		    "There is no device key here; to go on sending, put the former device.key into this folder"));
	return 0;
}

static int
restore(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_lock lock;
	int rc;

	if (!jc_paths_exists(run->args[0]))
		return jc_err_set(err, JC_ENOTFOUND, "jc_cmd_restore", JC_T("没有文件 %s", "There is no file %s"), run->args[0]);
	if ((rc = jc_files_mkdirs(run->data, 0700, err)) < 0) {
		run->exit = JC_EXIT_CREATE;
		return rc;
	}
	if ((rc = jc_lock_take(&lock, run->data, err)) < 0)
		return rc;
	rc = restore_locked(run, err);
	jc_lock_release(&lock);
	return rc;
}

static const struct jc_cmd_opt restore_opts[] = {
	{"replace", NULL, NULL, "换掉已有的数据（原来的留在旁边）", "replace the data that is there (it is kept aside)", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_backup = {
	.name = "backup",
	.args_zh = "文件", .args_en = "FILE",
	.least = 1, .most = 1,
	.zh = "把全部数据备份成一个文件（使用中也可以）",
	.en = "write all data into one file (also while in use)",
	.flags = JC_CMD_OPEN,
	.run = backup
};

const struct jc_cmd jc_cmd_restore = {
	.name = "restore",
	.args_zh = "文件", .args_en = "FILE",
	.least = 1, .most = 1,
	.zh = "从备份恢复\n先核对备份是否完好，再放进数据文件夹。恢复之后照常上报，不会丢也不会重。",
	.en = "restore from a backup\nThe backup is checked before it is put into the data folder. Syncing goes on as usual afterwards.",
	.opts = restore_opts,
	.run = restore
};
