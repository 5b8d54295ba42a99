/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "clock.h"

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
