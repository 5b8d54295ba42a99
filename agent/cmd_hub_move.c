/* SPDX-License-Identifier: MulanPSL-2.0 */
/* hub address, hub renew, hub rekey: a hub gets another address, another TLS key or another key of its own, and its
 * devices follow by themselves. */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../sync/sync_succession.h"
#include "client.h"
#include "cmd.h"
#include "hub.h"
#include "lock.h"
#include "out.h"
#include "paths.h"
#include "tls.h"

static int
hub_only(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_scope own;
	int rc = jc_node_scope(run->node, &own, err);

	return rc < 0 || strcmp(own.role, "office") == 0 ? rc
	    : jc_err_set(err, JC_ESTATE, "hub", "%s", JC_T("这是县里用的命令，这台电脑是基层工会", "This is for a county's hub; this PC is a branch"));
}

static int
address_set(struct jc_cmd_run *run, const char *url, struct jc_err *err)
{
	struct jc_client_options o = {.url = url};
	struct jc_client *c;
	int rc, end;

	if (url[0] != '\0') { /* would a device be able to use it? */
		if ((rc = jc_client_open(&c, &o, err)) < 0)
			return rc;
		jc_client_close(c);
	}
	if ((rc = jc_db_begin(run->node->db, err)) < 0)
		return rc;
	rc = jc_meta_set(run->node->db, JC_HUB_URL_META, url[0] != '\0' ? url : NULL, err);
	end = jc_db_end(run->node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
address(struct jc_cmd_run *run, struct jc_err *err)
{
	char *url = NULL;
	int rc;

	if ((rc = hub_only(run, err)) < 0 || (run->nargs == 1 && (rc = address_set(run, run->args[0], err)) < 0))
		return rc;
	if ((rc = jc_meta_get(run->node->db, JC_HUB_URL_META, &url, err)) < 0 && rc != JC_ENOTFOUND)
		return rc;
	rc = 0;
	if (run->json)
		rc = jc_out_json(json_pack("{s:s}", "url", url != NULL ? url : ""), err);
	else if (url == NULL)
		puts(JC_T("没有宣布新网址，各台电脑用原来的", "No new address is announced; devices keep to theirs"));
	else
		printf(JC_T("向各台电脑宣布的网址：%s\n重启 jiceng serve 后生效；各台电脑下次上报时自己改过来。原来的网址请保留到都改完。\n",
		           "Announced address: %s\nIt takes effect when jiceng serve is started again; devices follow at their next sync."
		           " Keep the old address until all have followed.\n"), url);
	jc_free(url);
	return rc;
}

static int
renew(struct jc_cmd_run *run, struct jc_err *err)
{
	int rc;

	if ((rc = hub_only(run, err)) < 0 || (rc = jc_tls_renew(run->data, err)) < 0)
		return rc;
	puts(JC_T("已换新的加密证书，重启 jiceng serve 后生效；各台电脑凭县里的签名自己认得",
	    "There is a new TLS key and certificate; they take effect when jiceng serve is started again. Devices accept them by the"
	    " hub's signature"));
	return 0;
}

/* The new key is in the file before anything is signed with it: whatever breaks off, the next start goes on. */
static int
rekey_locked(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_log *log = run->node->log;
	int rc;

	if ((rc = jc_cmd_key_again(run, err)) < 0) /* another of us may have been here a moment ago */
		return rc;
	if (jc_keyring_behind(log))
		return jc_keyring_behind_err(err);
	if (!jc_keyring_ahead(log) && ((rc = jc_paths_key_next(&run->key, run->data, run->env, err)) < 0 ||
	    (rc = jc_keyring_load(log, &run->key, err)) < 0))
		return rc;
	if ((rc = jc_keyring_advance(log, err)) < 0)
		return rc;
	run->key = *jc_log_key(log);
	return 0;
}

static int
rekey(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_lock lock;
	int rc;

	if ((rc = hub_only(run, err)) < 0)
		return rc;
	if (!run->has_key)
		return jc_err_set(err, JC_ESTATE, "hub", "%s", JC_T("没有设备密钥文件", "The device key is missing"));
	if ((rc = jc_lock_take(&lock, run->data, err)) < 0)
		return rc != JC_ELOCKED ? rc : jc_err_set(err, JC_EBUSY, "hub", "%s",
		    JC_T("请先停下 jiceng serve，换好再启动", "Stop jiceng serve first and start it again afterwards"));
	rc = rekey_locked(run, err);
	jc_lock_release(&lock);
	if (rc < 0)
		return rc;
	printf(JC_T("密钥已换（第%u次）。各台电脑、上级和只用U盘的支部都自己跟上，加入码照旧有效。\n"
	            "请马上把 %s/" JC_KEY_FILE " 另外备份一份：旧的备份不够了，里面没有新密钥。\n",
	           "The key was replaced (%u). Devices, the hub above and branches on sticks follow by themselves; codes stay valid.\n"
	           "Copy %s/" JC_KEY_FILE " to a safe place now: earlier copies lack the new key.\n"), run->key.at, run->data);
	return 0;
}

const struct jc_cmd jc_cmd_hub_address = {
    .name = "hub address",
    .args_zh = "[网址]",
    .args_en = "[URL]",
    .most = 1,
    .zh = "县服务器换网址：宣布以后用哪个网址，各台电脑自己改\n网址写成空的（\"\"）收回宣布。",
    .en = "Move the hub: announce the address to use from now on; devices follow by themselves\nAn empty URL (\"\") takes it back.",
    .flags = JC_CMD_OPEN | JC_CMD_JSON,
    .run = address,
};

const struct jc_cmd jc_cmd_hub_renew = {
    .name = "hub renew",
    .args_zh = "",
    .args_en = "",
    .zh = "县服务器换加密证书；各台电脑不用管",
    .en = "Give the hub another TLS key and certificate; devices need nothing",
    .flags = JC_CMD_OPEN,
    .run = renew,
};

const struct jc_cmd jc_cmd_hub_rekey = {
    .name = "hub rekey",
    .args_zh = "",
    .args_en = "",
    .zh = "县服务器换签名密钥；各台电脑自己跟上\n怀疑密钥文件被别人拷走时用。先停下 serve；换好后马上备份 device.key。",
    .en = "Replace the hub's signing key; devices follow by themselves\nFor when somebody may have copied the key file. Stop serve first; copy device.key to a safe place afterwards.",
    .flags = JC_CMD_OPEN,
    .run = rekey,
};
