/* SPDX-License-Identifier: MulanPSL-2.0 */
/* debug replay: runs the steps of a trace through the machine of this program and shows where it would go elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "../sync/sync_session.h"
#include "cmd.h"
#include "files.h"

#define TRACE_MAX (8u << 20)

struct replay {
	char asked[16];   /* the state that made the request under way */
	int64_t steps, other;
};

static int
damaged(size_t line, struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "debug", JC_T("第%zu行不是上报的记录，请用 jiceng sync --trace 写出的文件",
	                                        "Line %zu is no step of a sync; use a file that jiceng sync --trace wrote"), line);
}

static int
step(struct replay *r, size_t line, const json_t *j, struct jc_err *err)
{
	const char *state = json_string_value(json_object_get(j, "state")), *event = json_string_value(json_object_get(j, "event"));
	const char *was = json_string_value(json_object_get(j, "next")), *now;

	if (json_object_get(j, "end") != NULL)
		return 0;
	if (state == NULL || event == NULL || was == NULL)
		return damaged(line, err);
	if (strcmp(event, "SENT") == 0)
		snprintf(r->asked, sizeof(r->asked), "%s", state);
	now = jc_session_replay(state, event, r->asked);
	r->steps++;
	r->other += now == NULL || strcmp(now, was) != 0;
	printf("%8lld ms  %8lld up %8lld down  %-8s %-6s -> %-8s%s%s\n", (long long)json_integer_value(json_object_get(j, "ms")),
	    (long long)json_integer_value(json_object_get(j, "up")), (long long)json_integer_value(json_object_get(j, "down")), state,
	    event, was, now != NULL && strcmp(now, was) == 0 ? "" : JC_T("  现在会到 ", "  now goes to "),
	    now == NULL ? "-" : strcmp(now, was) == 0 ? "" : now);
	return 0;
}

static int
replay(struct jc_cmd_run *run, struct jc_err *err)
{
	struct replay r = {.asked = ""};
	char *text = NULL, *p, *end;
	size_t n, line = 0;
	int rc;

	if ((rc = jc_files_read(&text, &n, run->args[0], TRACE_MAX, err)) < 0)
		return rc;
	for (p = text; rc >= 0 && *p != '\0'; p = end + (*end == '\n')) {
		json_t *j;

		end = p + strcspn(p, "\n");
		j = json_loadb(p, (size_t)(end - p), JSON_REJECT_DUPLICATES, NULL);
		rc = json_is_object(j) ? step(&r, ++line, j, err) : damaged(++line, err);
		json_decref(j);
	}
	free(text);
	if (rc < 0)
		return rc;
	printf(JC_T("%lld步，%lld步与这个程序不同\n", "%lld steps, %lld of them other than this program's\n"), (long long)r.steps,
	    (long long)r.other);
	if (r.other != 0)
		run->exit = JC_EXIT_PARTIAL;
	return 0;
}

const struct jc_cmd jc_cmd_debug_replay = {
    .name = "debug replay",
    .args_zh = "文件",
    .args_en = "FILE",
    .least = 1,
    .most = 1,
    .zh = "把一次上报的经过（sync --trace）在这个程序里再走一遍\n有一步不同时退出码是 2。",
    .en = "Run the steps of a sync (sync --trace) through this program once more\nExit code 2 when a step differs.",
    .run = replay,
};
