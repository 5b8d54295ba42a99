/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "files.h"

/* A key file is this word, a space, the seed in base64url and a line feed. */
#define KEY_WORD "jiceng-device-key-1 "
#define SEED_LEN 32

static int
env_get(char *out, size_t room, const char *name)
{
	size_t n = room;

	return uv_os_getenv(name, out, &n) == 0 && out[0] != '\0';
}

int
jc_paths_join(char out[JC_PATH_MAX], const char *dir, const char *name, struct jc_err *err)
{
	size_t n = strlen(dir);
	const char *slash = n > 0 && dir[n - 1] == '/' ? "" : "/";

	if (snprintf(out, JC_PATH_MAX, "%s%s%s", dir, slash, name) >= JC_PATH_MAX)
		return jc_err_set(err, JC_ELIMIT, "jc_paths_join", JC_T("文件夹名太长", "The folder's name is too long"));
	return 0;
}

int
jc_paths_default(char out[JC_PATH_MAX], struct jc_err *err)
{
	char home[JC_PATH_MAX];
	size_t n = sizeof(home);

	if (env_get(out, JC_PATH_MAX, "JICENG_DATA"))
		return 0;
	if (env_get(home, sizeof(home), "XDG_DATA_HOME") && home[0] == '/')
		return jc_paths_join(out, home, "jiceng", err);
	if (uv_os_homedir(home, &n) != 0)
		return jc_err_set(err, JC_ESTATE, "jc_paths_default",
		    JC_T("找不到个人文件夹，请用 --data 指定数据文件夹", "No home folder; name the data folder with --data"));
	return jc_paths_join(out, home, ".local/share/jiceng", err);
}

int
jc_paths_exists(const char *path)
{
	uv_fs_t req;
	int rc = uv_fs_stat(NULL, &req, path, NULL);

	uv_fs_req_cleanup(&req);
	return rc == 0;
}

static int
key_bad(struct jc_err *err, const char *path)
{
	return jc_err_set(err, JC_ECORRUPT, "jc_paths_key",
	    JC_T("设备密钥文件 %s 坏了，请用备份的同一个文件换回", "The device key %s is damaged; put back the same file from a copy"),
	    path);
}

int
jc_paths_key_text(struct jc_key *out, const char *text, size_t n)
{
	size_t word = strlen(KEY_WORD);
	uint8_t seed[SEED_LEN];

	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	if (n <= word || memcmp(text, KEY_WORD, word) != 0 ||
	    jc_b64_decode(seed, sizeof(seed), text + word, n - word) != SEED_LEN)
		return JC_EFORMAT;
	jc_key_from_seed(out, seed);
	memset(seed, 0, sizeof(seed));
	return 0;
}

int
jc_paths_key(struct jc_key *out, const char *dir, struct jc_err *err)
{
	char path[JC_PATH_MAX], *text = NULL;
	size_t n;
	int rc;

	if ((rc = jc_paths_join(path, dir, JC_KEY_FILE, err)) < 0)
		return rc;
	if ((rc = jc_files_read(&text, &n, path, 256, err)) < 0)
		return rc == JC_ELIMIT ? key_bad(err, path) : rc;
	if (jc_paths_key_text(out, text, n) < 0)
		rc = key_bad(err, path);
	memset(text, 0, n);
	free(text);
	return rc;
}

int
jc_paths_key_make(struct jc_key *out, const char *dir, const struct jc_env *env, struct jc_err *err)
{
	char path[JC_PATH_MAX];
	uint8_t seed[SEED_LEN];
	struct jc_buf text;
	int rc;

	if ((rc = jc_files_mkdirs(dir, 0700, err)) < 0 || (rc = jc_paths_key(out, dir, err)) != JC_ENOTFOUND)
		return rc;
	if ((rc = jc_key_make(out, env, err)) < 0 || (rc = jc_paths_join(path, dir, JC_KEY_FILE, err)) < 0)
		return rc;
	jc_key_seed(seed, out);
	jc_buf_init(&text, 256);
	jc_buf_puts(&text, KEY_WORD);
	jc_buf_b64(&text, seed, sizeof(seed));
	jc_buf_putc(&text, '\n');
	if ((rc = jc_buf_check(&text, "jc_paths_key_make", err)) == 0)
		rc = jc_files_write(path, text.data, text.len, 0600, err);
	if (text.data != NULL)
		memset(text.data, 0, text.len);
	memset(seed, 0, sizeof(seed));
	jc_buf_free(&text);
	return rc;
}
