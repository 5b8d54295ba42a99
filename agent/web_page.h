/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The page: files that were built from ui/ and lie gzipped in the program. They hold no data and no
 * secret, so that they need no token; everything the page shows comes from the API, which does. Paths
 * are compared whole: what is not in the table does not exist.
 */
#ifndef JC_AGENT_WEB_PAGE_H
#define JC_AGENT_WEB_PAGE_H

#include <microhttpd.h>

struct jc_page_file;

/* The file with this path; NULL when there is none. Process lifetime; any thread. */
const struct jc_page_file *jc_web_page_find(const char *url);

/* Answers a GET or HEAD of it with the headers of a page that trusts nobody else. MHD_NO: no memory. */
enum MHD_Result jc_web_page_answer(struct MHD_Connection *conn, const struct jc_page_file *file);

#endif
