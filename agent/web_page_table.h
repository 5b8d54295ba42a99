/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The files of the page, as ui/build.mjs writes them into the program. Private to web_page.c. */
#ifndef JC_AGENT_WEB_PAGE_TABLE_H
#define JC_AGENT_WEB_PAGE_TABLE_H

#include <stddef.h>

struct jc_page_file {
	const char *path, *type, *etag; /* path NULL ends the table */
	const unsigned char *gzip;
	size_t n, plain;                /* bytes packed, bytes unpacked */
	int fixed;                      /* its name carries its hash: may be kept for ever */
};

extern const struct jc_page_file jc_web_page_files[];

#endif
