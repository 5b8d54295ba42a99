/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Backups: one to take away, beginning with what one holds; and practice data, its beginning and end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sync/sync_session.h"
#include "../sync/sync_succession.h"
#include "api_private.h"
#include "audit.h"
#include "files.h"
#include "paths.h"
#include "practice.h"
#include "restore.h"

#define WHERE "api_restore"
#define BACKUP_MAX ((size_t)256 << 20) /* it goes through memory; a county's takes the command */

/* Only where nothing is lost: nothing is here yet, or what is here is made up. */
int
api_empty_enough(struct jc_node *node, struct jc_err *err)
{
	struct jc_scope own;
	int rc = jc_node_scope(node, &own, err);

	if (rc == JC_ENOTFOUND || (rc == 0 && jc_practice_is(node)))
		return 0;
	if (rc < 0)
		return rc;
	return jc_err_set(err, JC_EEXISTS, WHERE, JC_T("这里已经有数据了，不能换掉；要恢复备份，请用一个空的数据文件夹",
	    "There is data here, which is not replaced; to restore a backup use an empty data folder"));
}

int
api_key_missing(struct jc_node *node)
{
	const struct jc_key *key = jc_log_key(node->log);
	struct jc_peer peer;

	return key != NULL && jc_peer_get(&peer, node, NULL) == 0 && strcmp(peer.login, key->id) != 0;
}

int
api_key_behind(struct jc_node *node)
{
	return jc_keyring_choose(node->log, NULL) == 0 && jc_keyring_behind(node->log); /* a device may have told us meanwhile */
}

/* Is it the key that belongs here? What was restored needs the one by which the county knows it, a hub with a former key
 * file one that has more keys than that. */
static int
key_fits(struct jc_node *node, const struct jc_key *key, struct jc_err *err)
{
	const struct jc_key *own = jc_log_key(node->log);
	struct jc_peer peer;

	if (api_key_behind(node) ? strcmp(key->id, own->id) == 0 && key->n > own->n
	                         : jc_peer_get(&peer, node, NULL) == 0 && strcmp(key->id, peer.login) == 0)
		return 0;
	return jc_err_set(err, JC_EINVAL, WHERE,
	    JC_T("这把密钥不是这份备份的，请选同一台电脑的 device.key", "This key is not that of the backup; choose device.key of the same PC"));
}

int
api_backup(struct api_call *c, struct jc_err *err)
{
	char path[JC_PATH_MAX], *bytes = NULL;
	size_t n = 0;
	int rc, end;

	if (snprintf(path, sizeof(path), "%s.backup", jc_db_path(c->node->db)) >= (int)sizeof(path))
		return jc_err_code(err, JC_ELIMIT, WHERE);
	jc_files_drop(path); /* of one that was cut short */
	if ((rc = jc_db_backup(c->node->db, path, NULL, NULL, err)) == 0 &&
	    (rc = jc_files_read(&bytes, &n, path, BACKUP_MAX, err)) == JC_ELIMIT)
		rc = jc_err_set(err, JC_ELIMIT, WHERE, JC_T("数据太多，请用命令备份：jiceng backup 文件",
		    "There is too much for a page; use the command jiceng backup FILE"));
	jc_files_drop(path);
	if (rc == 0) {
		jc_buf_init(&c->page, BACKUP_MAX);
		jc_buf_put(&c->page, bytes, n);
		rc = jc_buf_check(&c->page, WHERE, err);
		c->page_type = "application/octet-stream";
		c->page_saved = 1;
	}
	free(bytes);
	if (rc < 0 || (rc = jc_db_begin(c->node->db, err)) < 0)
		return rc;
	rc = jc_audit_add(c->node->db, "export", "backup", 1, err);
	end = jc_db_end(c->node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
api_setup_restore(struct api_call *c, struct jc_err *err)
{
	char name[128];
	int rc, missing;

	if ((rc = api_empty_enough(c->node, err)) < 0)
		return rc;
	if (c->upload == NULL || c->upload_n == 0)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请选一个备份文件", "Choose a backup file"));
	if ((rc = jc_restore_place(c->upload, c->node, name, err)) < 0 ||
	    (rc = api_node_renew(c, err)) < 0)
		return rc;
	missing = api_key_missing(c->node);
	if (!missing) /* with another key it would speak to the county as somebody else */
		api_ready(c->api);
	c->out = json_pack("{s:s,s:b}", "name", name, "key_missing", missing);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* The device key that belongs to what was restored: the one by which the county knows this branch. */
int
api_setup_key(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"key", NULL};
	const char *text = json_string_value(json_object_get(c->in, "key"));
	char dir[JC_PATH_MAX], path[JC_PATH_MAX], *slash;
	struct jc_key key;
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0)
		return rc;
	if (!api_key_missing(c->node) && !api_key_behind(c->node))
		return jc_err_set(err, JC_ESTATE, WHERE, JC_T("这里不缺设备密钥", "No device key is missing here"));
	if (text == NULL || strlen(text) > JC_KEY_TEXT_MAX || jc_paths_key_text(&key, text, strlen(text)) < 0)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("这不是设备密钥文件，请选原来数据文件夹里的 device.key",
		    "This is no device key; choose device.key of the former data folder"));
	rc = key_fits(c->node, &key, err);
	jc_key_wipe(&key);
	if (rc < 0)
		return rc;
	snprintf(dir, sizeof(dir), "%s", jc_db_path(c->node->db));
	if ((slash = strrchr(dir, '/')) != NULL)
		*slash = '\0';
	if ((rc = jc_paths_join(path, slash != NULL ? dir : ".", JC_KEY_FILE, err)) < 0 ||
	    (rc = jc_files_write(path, text, strlen(text), 0600, err)) < 0)
		return rc;
	c->out = json_pack("{s:b}", "restart", 1);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_setup_practice(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {NULL};
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 || (rc = api_empty_enough(c->node, err)) < 0)
		return rc;
	if (!jc_practice_is(c->node) && (rc = jc_practice_fill(c->node, c->env, err)) < 0)
		return rc;
	api_ready(c->api);
	c->out = json_pack("{s:b}", "practice", 1);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* The made-up records go, all of them; the folder is as new. */
int
api_setup_practice_end(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {NULL};
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0)
		return rc;
	if (!jc_practice_is(c->node))
		return jc_err_set(err, JC_ESTATE, WHERE, JC_T("这里不是练习数据，不能这样清空", "What is here is no practice data and is not cleared"));
	if ((rc = jc_restore_empty(c->node, c->env, err)) < 0 || (rc = api_node_renew(c, err)) < 0)
		return rc;
	c->out = json_pack("{s:b}", "practice", 0);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}
