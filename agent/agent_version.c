/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "agent_version.h"

#include <stdio.h>

#include <git2.h>
#include <jansson.h>
#include <sodium.h>
#include <sqlite3.h>
#include <utf8proc.h>
#include <uv.h>
#include <zlib.h>

#include "../schema/schema_catalogue.h"
#include "../schema/schema_db.h"

#define LIBS 7

struct lib {
	const char *name;
	char version[32];
};

static void
libs_fill(struct lib lib[LIBS])
{
	int major, minor, rev;

	git_libgit2_version(&major, &minor, &rev);
	lib[0].name = "sqlite";
	snprintf(lib[0].version, sizeof(lib[0].version), "%s", sqlite3_libversion());
	lib[1].name = "libgit2";
	snprintf(lib[1].version, sizeof(lib[1].version), "%d.%d.%d", major, minor, rev);
	lib[2].name = "zlib";
	snprintf(lib[2].version, sizeof(lib[2].version), "%s", zlibVersion());
	lib[3].name = "libsodium";
	snprintf(lib[3].version, sizeof(lib[3].version), "%s", sodium_version_string());
	lib[4].name = "libuv";
	snprintf(lib[4].version, sizeof(lib[4].version), "%s", uv_version_string());
	lib[5].name = "jansson";
	snprintf(lib[5].version, sizeof(lib[5].version), "%s", JANSSON_VERSION);
	lib[6].name = "utf8proc";
	snprintf(lib[6].version, sizeof(lib[6].version), "%s", utf8proc_version());
}

void
jc_agent_version_print(int json)
{
	struct lib lib[LIBS];

	libs_fill(lib);
	if (json) {
		printf("{\"program\":\"%s\",\"format\":%d,\"schema\":%d,\"database\":%d,\"libraries\":{", JC_VERSION,
		    JC_FORMAT_VERSION, JC_SCHEMA_VERSION, JC_DB_VERSION);
		for (int i = 0; i < LIBS; i++)
			printf("%s\"%s\":\"%s\"", i > 0 ? "," : "", lib[i].name, lib[i].version);
		printf("}}\n");
		return;
	}
	printf(JC_T("jiceng %s（格式 %d，目录 %d，数据库 %d）\n", "jiceng %s (format %d, schema %d, database %d)\n"), JC_VERSION,
	    JC_FORMAT_VERSION, JC_SCHEMA_VERSION, JC_DB_VERSION);
	for (int i = 0; i < LIBS; i++)
		printf("%s%s %s", i > 0 ? JC_T("，", ", ") : "", lib[i].name, lib[i].version);
	printf("\n");
}
