/* SPDX-License-Identifier: MulanPSL-2.0 */
/* hub devices, hub revoke, hub accept: which computers belong to which branch, stopping one that is lost, and taking
 * after all what it wrote later. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "devices.h"
#include "out.h"

static void
row_print(const json_t *row)
{
	int revoked = strcmp(json_string_value(json_object_get(row, "state")), "enrolled") != 0;
	long long n = (long long)json_integer_value(json_object_get(row, "beyond"));

	printf("%s  ", json_string_value(json_object_get(row, "id")));
	jc_out_pad(json_string_value(json_object_get(row, "label")), 28);
	printf("  %s\n", revoked ? JC_T("已停用", "revoked") : JC_T("在用", "in use"));
	if (n != 0)
		printf(JC_T("    停用以后写的有%lld处，都不算数；核对后可以收下：jiceng hub accept %s\n",
		           "    %lld changes of it came after that and do not count; once checked, jiceng hub accept %s takes them\n"),
		    n, json_string_value(json_object_get(row, "id")));
}

static int
devices(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *list = jc_devices_json(run->node, err);

	if (list == NULL)
		return err->code != 0 ? err->code : JC_ENOMEM;
	if (run->json)
		return jc_out_json(list, err);
	for (size_t i = 0; i < json_array_size(list); i++)
		row_print(json_array_get(list, i));
	printf(JC_T("共%lld台\n", "%lld computers\n"), (long long)json_array_size(list));
	json_decref(list);
	return 0;
}

static int
revoke(struct jc_cmd_run *run, struct jc_err *err)
{
	int rc = jc_devices_revoke(run->node, run->args[0], err);

	if (rc == 0)
		printf("%s\n", JC_T("已停用。它已经送到的内容都算数，以后写的在哪里都不算数。",
		    "Revoked. What it has sent stands; what it writes from now on counts nowhere."));
	return rc;
}

static int
accept(struct jc_cmd_run *run, struct jc_err *err)
{
	int64_t n;
	int rc = jc_devices_accept(run->node, run->args[0], &n, err);

	if (rc == 0)
		printf(JC_T("已收下它停用以后写的%lld处；电脑仍是停用的。\n",
		           "%lld changes that came after are accepted; the computer stays revoked.\n"), (long long)n);
	return rc;
}

const struct jc_cmd jc_cmd_hub_devices = {
	.name = "hub devices",
	.args_zh = "", .args_en = "",
	.zh = "各基层工会的电脑：设备号、名称、在用还是停用",
	.en = "the computers of the branches: id, label, in use or revoked",
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = devices
};

const struct jc_cmd jc_cmd_hub_revoke = {
	.name = "hub revoke",
	.args_zh = "设备号", .args_en = "DEVICE",
	.least = 1, .most = 1,
	.zh = "停用一台丢失或不再用的电脑\n它已经送到的内容都算数；以后写的，不论谁带来，在哪里都不算数。",
	.en = "stop a computer that is lost or no longer used\nWhat it has sent stands; what it writes later counts nowhere, whoever brings it.",
	.flags = JC_CMD_OPEN | JC_CMD_GIT,
	.run = revoke
};

const struct jc_cmd jc_cmd_hub_accept = {
	.name = "hub accept",
	.args_zh = "设备号", .args_en = "DEVICE",
	.least = 1, .most = 1,
	.zh = "收下一台停用的电脑在停用以后写的内容\n电脑仍是停用的；有哪些内容，用 jiceng hub devices --json 看。",
	.en = "accept what a stopped computer wrote after it was stopped\nIt stays stopped; jiceng hub devices --json lists what there is.",
	.flags = JC_CMD_OPEN | JC_CMD_GIT,
	.run = accept
};
