/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Sticks that are plugged in: where the desktop mounts what a person put in. */
#ifndef JC_AGENT_STICK_FIND_H
#define JC_AGENT_STICK_FIND_H

/* Calls `each` with the folder of every stick that is there; stops at a non-zero answer, which it returns. */
int jc_stick_find_each(int (*each)(void *arg, const char *path), void *arg);

#endif
