/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The real environment: the operating system's clocks and randomness, trace on standard error. */
#ifndef JC_AGENT_ENV_OS_H
#define JC_AGENT_ENV_OS_H

#include "../schema/schema_env.h"

/* The process's environment; wall_set answers ENOSYS where the system has no such call. `trace` non-zero writes
 * trace lines of that level (enum jc_level + 1) and above to standard error. Static memory, any thread. */
const struct jc_env *jc_env_os(int trace);

#endif
