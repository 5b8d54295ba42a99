/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What this program is and what it is built on. */
#ifndef JC_AGENT_VERSION_H
#define JC_AGENT_VERSION_H

#ifndef JC_VERSION
#define JC_VERSION "0.1.0"
#endif
#define JC_FORMAT_VERSION 0 /* of sync/FORMAT.md */

/* Prints program, format, schema and library versions to standard output. */
void jc_agent_version_print(int json);

#endif
