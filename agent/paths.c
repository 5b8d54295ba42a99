/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "files.h"

/* A key file is this word, a space, the seed in base64url and a line feed; then a line for each key that followed. */
#define KEY_WORD "jiceng-device-key-1 "
#define NEXT_WORD "next "
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

/* One line: a word and a seed. `p` moves on behind it. */
static int
seed_line(uint8_t seed[SEED_LEN], const char **p, const char *end, const char *word)
{
	size_t n = strlen(word);
	const char *lf = memchr(*p, '\n', (size_t)(end - *p)), *to = lf != NULL ? lf : end;

	if (to > *p && to[-1] == '\r')
		to--;
	if ((size_t)(to - *p) <= n || memcmp(*p, word, n) != 0 ||
	    jc_b64_decode(seed, SEED_LEN, *p + n, (size_t)(to - *p) - n) != SEED_LEN)
		return JC_EFORMAT;
	*p = lf != NULL ? lf + 1 : end;
	return 0;
}

int
jc_paths_key_text(struct jc_key *out, const char *text, size_t n)
{
	const char *p = text, *end = text + n;
	uint8_t seed[SEED_LEN];
	int rc = seed_line(seed, &p, end, KEY_WORD);

	if (rc == 0)
		jc_key_from_seed(out, seed);
	while (rc == 0 && p < end && *p != '\n' && *p != '\r')
		if ((rc = seed_line(seed, &p, end, NEXT_WORD)) == 0)
			rc = jc_key_add(out, seed);
	memset(seed, 0, sizeof(seed));
	return rc < 0 ? JC_EFORMAT : 0;
}

int
jc_paths_key(struct jc_key *out, const char *dir, struct jc_err *err)
{
	char path[JC_PATH_MAX], *text = NULL;
	size_t n;
	int rc;

	if ((rc = jc_paths_join(path, dir, JC_KEY_FILE, err)) < 0)
		return rc;
	if ((rc = jc_files_read(&text, &n, path, JC_KEY_TEXT_MAX, err)) < 0)
		return rc == JC_ELIMIT ? key_bad(err, path) : rc;
	if (jc_paths_key_text(out, text, n) < 0)
		rc = key_bad(err, path);
	memset(text, 0, n);
	free(text);
	return rc;
}

static int
key_write(const struct jc_key *key, const char *dir, struct jc_err *err)
{
	char path[JC_PATH_MAX];
	struct jc_buf text;
	int rc;

	if ((rc = jc_paths_join(path, dir, JC_KEY_FILE, err)) < 0)
		return rc;
	jc_buf_init(&text, JC_KEY_TEXT_MAX);
	for (unsigned i = 0; i < key->n; i++) {
		jc_buf_puts(&text, i == 0 ? KEY_WORD : NEXT_WORD);
		jc_buf_b64(&text, key->seed[i], SEED_LEN);
		jc_buf_putc(&text, '\n');
	}
	if ((rc = jc_buf_check(&text, "jc_paths_key", err)) == 0)
		rc = jc_files_write(path, text.data, text.len, 0600, err);
	if (text.data != NULL)
		memset(text.data, 0, text.len);
	jc_buf_free(&text);
	return rc;
}

int
jc_paths_key_make(struct jc_key *out, const char *dir, const struct jc_env *env, struct jc_err *err)
{
	int rc;

	if ((rc = jc_files_mkdirs(dir, 0700, err)) < 0 || (rc = jc_paths_key(out, dir, err)) != JC_ENOTFOUND)
		return rc;
	return (rc = jc_key_make(out, env, err)) < 0 ? rc : key_write(out, dir, err);
}

int
jc_paths_key_next(struct jc_key *key, const char *dir, const struct jc_env *env, struct jc_err *err)
{
	uint8_t seed[SEED_LEN];
	int rc;

	if (env->random(env->ctx, seed, sizeof(seed)) != 0)
		return jc_err_code(err, JC_EIO, "jc_paths_key_next");
	rc = jc_key_add(key, seed);
	memset(seed, 0, sizeof(seed));
	if (rc < 0)
		return jc_err_set(err, rc, "jc_paths_key_next",
		    JC_T("密钥已经换过%d次，不能再换", "The key has been replaced %d times; that is as often as it goes"), JC_KEYS_MAX - 1);
	if ((rc = key_write(key, dir, err)) < 0)
		key->n--;
	return rc;
}
