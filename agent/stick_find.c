/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "stick_find.h"

#include <stdio.h>
#include <string.h>

#ifdef _WIN32

#include <windows.h>

int
jc_stick_find_each(int (*each)(void *arg, const char *path), void *arg)
{
	char path[] = "A:\\";
	int rc = 0;

	for (; rc == 0 && path[0] <= 'Z'; path[0]++)
		if (GetDriveTypeA(path) == DRIVE_REMOVABLE)
			rc = each(arg, path);
	return rc;
}

#else

#define MOUNTS "/proc/self/mounts"

/* Where desktops put what is plugged in. */
static int
is_plugged(const char *path)
{
	static const char *const WHERE[] = {"/media/", "/run/media/", "/mnt/"};

	for (size_t i = 0; i < sizeof(WHERE) / sizeof(WHERE[0]); i++)
		if (strncmp(path, WHERE[i], strlen(WHERE[i])) == 0)
			return 1;
	return 0;
}

/* Spaces and a few other bytes stand in octal there: \040. */
static void
unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; to++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*to = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 4;
		} else {
			*to = *s++;
		}
	}
	*to = '\0';
}

int
jc_stick_find_each(int (*each)(void *arg, const char *path), void *arg)
{
	FILE *f = fopen(MOUNTS, "r");
	char line[8192];
	int rc = 0;

	while (f != NULL && rc == 0 && fgets(line, sizeof(line), f) != NULL) {
		char *path = strchr(line, ' '), *end = path != NULL ? strchr(path + 1, ' ') : NULL;

		if (end == NULL)
			continue;
		*end = '\0';
		unescape(++path);
		if (is_plugged(path))
			rc = each(arg, path);
	}
	if (f != NULL)
		fclose(f);
	return rc;
}

#endif
