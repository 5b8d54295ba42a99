/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "clock.h"

#include <errno.h>
#include <stdio.h>

/* The two largest units: "3天2小时", "12分钟". */
static void
span(char *out, size_t room, int64_t s)
{
	long long d = (long long)(s / 86400), h = (long long)(s / 3600 % 24), m = (long long)(s / 60 % 60);

	if (d > 365)
		snprintf(out, room, JC_T("%lld年多", "more than %lld years"), d / 365);
	else if (d > 0)
		snprintf(out, room, JC_T("%lld天%lld小时", "%lld days %lld hours"), d, h);
	else if (h > 0)
		snprintf(out, room, JC_T("%lld小时%lld分钟", "%lld hours %lld minutes"), h, m);
	else
		snprintf(out, room, JC_T("%lld分钟", "%lld minutes"), m);
}

int
jc_clock_off(char *out, size_t room, int64_t skew)
{
	int64_t by = skew < 0 ? -skew : skew;
	char text[60];

	out[0] = '\0';
	if (by <= JC_CLOCK_TOLD)
		return 0;
	span(text, sizeof(text), by);
	if (skew > 0)
		snprintf(out, room, JC_T("本机时钟比县里慢%s，请校准（jiceng clock）；已记下的内容不受影响",
		                        "This PC's clock is %s behind the county's; please set it (jiceng clock). What was recorded is not affected"),
		    text);
	else
		snprintf(out, room, JC_T("本机时钟比县里快%s，请校准（jiceng clock）；已记下的内容不受影响",
		                        "This PC's clock is %s ahead of the county's; please set it (jiceng clock). What was recorded is not affected"),
		    text);
	return 1;
}

void
jc_clock_warn(struct jc_node *node)
{
	char text[JC_CLOCK_ROOM];
	int64_t skew;

	if (jc_meta_int(node->db, "link_skew", &skew, 0, NULL) == 0 && jc_clock_off(text, sizeof(text), skew))
		fprintf(stderr, "%s\n", text);
}

void
jc_clock_mark(char *out, size_t room, int64_t skew)
{
	char text[60];

	out[0] = '\0';
	if (skew == 0)
		return;
	span(text, sizeof(text), skew < 0 ? -skew : skew);
	snprintf(out, room, skew > 0 ? JC_T("（当时本机时钟慢了%s）", " (this PC's clock was %s behind)")
	                             : JC_T("（当时本机时钟快了%s）", " (this PC's clock was %s ahead)"), text);
}

int
jc_clock_take(struct jc_node *node, const struct jc_env *env, int64_t skew, struct jc_err *err)
{
	int rc = env->wall_set != NULL ? env->wall_set(env->ctx, env->wall_ms(env->ctx) + 1000 * skew) : ENOSYS, end;

	if (rc == EPERM)
		return jc_err_set(err, JC_EDENIED, "clock", "%s",
		    JC_T("校准时钟要有管理员权限：请用 sudo jiceng clock --set，或请管理员在系统设置里改",
		        "Setting the clock needs an administrator: run sudo jiceng clock --set, or change it in the system's settings"));
	if (rc != 0)
		return jc_err_set(err, JC_EIO, "clock", "%s",
		    JC_T("这个系统不让程序校准时钟，请在系统设置里改", "This system lets no program set its clock; change it in the system's settings"));
	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	if ((rc = jc_meta_set_int(node->db, "link_skew", 0, err)) >= 0)
		rc = jc_skew_note(node, 0, err);
	end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}
