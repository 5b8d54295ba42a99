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

static int
begins_with_one(const char *s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strncmp(s, *list, strlen(*list)) == 0)
			return 1;
	return 0;
}

static int
is_one_of(const char *s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(s, *list) == 0)
			return 1;
	return 0;
}

/* Where desktops put what is plugged in; elsewhere the file systems that sticks have. */
static int
is_plugged(const char *path, const char *type)
{
	static const char *const DESKTOP[] = {"/media/", "/run/media/", NULL};
	static const char *const STICK[] = {"vfat", "exfat", "msdos", "ntfs", "ntfs3", "fuseblk", NULL};

	return begins_with_one(path, DESKTOP) || (strncmp(path, "/mnt/", 5) == 0 && is_one_of(type, STICK));
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
		char *save, *device = strtok_r(line, " ", &save), *path = strtok_r(NULL, " ", &save);
		char *type = strtok_r(NULL, " ", &save);

		if (device == NULL || path == NULL || type == NULL)
			continue;
		unescape(path);
		if (is_plugged(path, type))
			rc = each(arg, path);
	}
	if (f != NULL)
		fclose(f);
	return rc;
}

#endif
