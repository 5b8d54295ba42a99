/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The address a hub serves on, as typed: "0.0.0.0:8443", "[::]:8443". */
#ifndef JC_AGENT_LISTEN_H
#define JC_AGENT_LISTEN_H

#include "../schema/schema_err.h"

#define JC_LISTEN_DEFAULT "0.0.0.0:8443"
#define JC_LISTEN_META "listen" /* where `hub init` keeps it, table meta */

struct sockaddr_storage;

/* Reads it; JC_EUSAGE says how to write it. */
int jc_listen_parse(struct sockaddr_storage *out, const char *typed, struct jc_err *err);
int jc_listen_check(const char *typed, struct jc_err *err);

#endif
