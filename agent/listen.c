/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "listen.h"

#include <stdlib.h>
#include <string.h>

#include <uv.h>

int
jc_listen_parse(struct sockaddr_storage *out, const char *typed, struct jc_err *err)
{
	const char *colon = strrchr(typed, ':'), *from = typed;
	size_t n = colon != NULL ? (size_t)(colon - typed) : 0;
	char host[64], *end = NULL;
	long port = colon != NULL ? strtol(colon + 1, &end, 10) : -1;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (n >= 2 && typed[0] == '[' && typed[n - 1] == ']') {
		from++;
		n -= 2;
	}
	if (n > 0 && n < sizeof(host) && end != colon + 1 && *end == '\0' && port >= 0 && port <= 65535) {
		memcpy(host, from, n);
		host[n] = '\0';
		rc = from == typed ? uv_ip4_addr(host, (int)port, (struct sockaddr_in *)out)
		                   : uv_ip6_addr(host, (int)port, (struct sockaddr_in6 *)out);
	}
	if (rc == 0)
		return 0;
	return jc_err_set(err, JC_EUSAGE, "jc_listen",
	    JC_T("地址“%.60s”不对，要写成 地址:端口，例如 " JC_LISTEN_DEFAULT, "\"%.60s\" is no address; write ADDRESS:PORT, as in " JC_LISTEN_DEFAULT),
	    typed);
}

int
jc_listen_check(const char *typed, struct jc_err *err)
{
	struct sockaddr_storage addr;

	return jc_listen_parse(&addr, typed, err);
}
