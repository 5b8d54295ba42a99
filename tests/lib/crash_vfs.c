/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "crash_vfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "test_env.h"

#define FILES 128
#define SECTOR 512

struct image {
	uint8_t *p;
	size_t n, cap;
};

/* A write since the last sync; len 0: a truncation to `at`. */
struct pending {
	struct pending *next;
	size_t at, len;
	uint8_t p[];
};

struct disk {
	char name[128];
	int there;
	struct image now, durable, saved;
	int saved_there;
	struct pending *first, *last;
	void **shm;
	int nshm;
};

struct handle {
	sqlite3_file base;
	struct disk *d;
};

static struct disk disks[FILES];
static int64_t ops, cut_at;
static int dead, lying;
static uint64_t print = 0xcbf29ce484222325u;
static char machine[64]; /* whose power it is: files whose names begin so; "": all */

/* ---- images ---- */

static void
image_write(struct image *im, size_t at, const void *p, size_t n)
{
	if (at + n > im->cap) {
		size_t cap = im->cap != 0 ? im->cap : 8192;

		while (cap < at + n)
			cap *= 2;
		im->p = realloc(im->p, cap);
		memset(im->p + im->cap, 0, cap - im->cap);
		im->cap = cap;
	}
	if (at > im->n)
		memset(im->p + im->n, 0, at - im->n);
	if (n != 0)
		memcpy(im->p + at, p, n);
	if (at + n > im->n)
		im->n = at + n;
}

static void
image_copy(struct image *to, const struct image *from)
{
	to->n = 0;
	image_write(to, 0, from->p, from->n);
}

static void
pending_drop(struct disk *d)
{
	while (d->first != NULL) {
		struct pending *w = d->first;

		d->first = w->next;
		free(w);
	}
	d->last = NULL;
}

static void
pending_add(struct disk *d, size_t at, const void *p, size_t n)
{
	struct pending *w = malloc(sizeof(*w) + n);

	w->next = NULL;
	w->at = at;
	w->len = n;
	if (n != 0)
		memcpy(w->p, p, n);
	if (d->last != NULL)
		d->last->next = w;
	else
		d->first = w;
	d->last = w;
}

/* By words: every write of a test goes through here. */
static void
print_add(const struct disk *d, uint64_t at, const uint8_t *p, size_t n)
{
	print = (print ^ (uint64_t)(d - disks) ^ at << 8 ^ (uint64_t)n << 40) * 0x100000001b3u;
	for (size_t i = 0; i < n; i += 8) {
		uint64_t w = 0;

		memcpy(&w, p + i, n - i < 8 ? n - i : 8);
		print = (print ^ w) * 0x9e3779b97f4a7c15u;
		print ^= print >> 29;
	}
}

static int
of_machine(const char *name)
{
	return strncmp(name, machine, strlen(machine)) == 0;
}

static int
dark(const struct disk *d)
{
	return dead && of_machine(d->name);
}

/* Counts an operation that changes something; 1 when the power is gone. */
static int
power(const struct disk *d)
{
	if (!dead && of_machine(d->name) && ++ops == cut_at)
		dead = 1;
	return dark(d);
}

/* ---- files ---- */

static struct disk *
of(sqlite3_file *f)
{
	return ((struct handle *)f)->d;
}

static int
x_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static int
x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	struct disk *d = of(f);
	size_t have = (size_t)at < d->now.n ? d->now.n - (size_t)at : 0, len = (size_t)n;

	if (dark(d))
		return SQLITE_IOERR_READ;
	if (have >= len) {
		memcpy(p, d->now.p + at, len);
		return SQLITE_OK;
	}
	memset(p, 0, len);
	if (have != 0)
		memcpy(p, d->now.p + at, have);
	return SQLITE_IOERR_SHORT_READ;
}

static int
x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	struct disk *d = of(f);
	int gone = power(d);

	/* The write under way when the power goes may still reach the platter in part. */
	print_add(d, (uint64_t)at, p, (size_t)n);
	pending_add(d, (size_t)at, p, (size_t)n);
	image_write(&d->now, (size_t)at, p, (size_t)n);
	return gone ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int
x_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	struct disk *d = of(f);

	if (power(d))
		return SQLITE_IOERR_TRUNCATE;
	print_add(d, (uint64_t)n, NULL, 0);
	pending_add(d, (size_t)n, NULL, 0);
	if ((size_t)n < d->now.n)
		d->now.n = (size_t)n;
	return SQLITE_OK;
}

/* All that was written is on the platter. */
static void
settle(struct disk *d)
{
	for (const struct pending *w = d->first; w != NULL; w = w->next) {
		if (w->len == 0)
			d->durable.n = w->at < d->durable.n ? w->at : d->durable.n;
		else
			image_write(&d->durable, w->at, w->p, w->len);
	}
	pending_drop(d);
}

static int
x_sync(sqlite3_file *f, int flags)
{
	struct disk *d = of(f);

	(void)flags;
	if (power(d))
		return SQLITE_IOERR_FSYNC;
	if (!lying)
		settle(d);
	return SQLITE_OK;
}

static int
x_size(sqlite3_file *f, sqlite3_int64 *n)
{
	*n = (sqlite3_int64)of(f)->now.n;
	return dark(of(f)) ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int
x_lock(sqlite3_file *f, int level)
{
	(void)f;
	(void)level;
	return SQLITE_OK;
}

static int
x_reserved(sqlite3_file *f, int *out)
{
	(void)f;
	*out = 0;
	return SQLITE_OK;
}

static int
x_control(sqlite3_file *f, int op, void *arg)
{
	(void)f;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int
x_sector(sqlite3_file *f)
{
	(void)f;
	return SECTOR;
}

static int
x_device(sqlite3_file *f)
{
	(void)f;
	return 0;
}

static int
x_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	struct disk *d = of(f);

	*out = NULL;
	if (page >= d->nshm && !extend)
		return SQLITE_OK;
	while (page >= d->nshm) {
		d->shm = realloc(d->shm, (size_t)(d->nshm + 1) * sizeof(*d->shm));
		d->shm[d->nshm++] = calloc(1, (size_t)size);
	}
	*out = d->shm[page];
	return SQLITE_OK;
}

static int
x_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	(void)f;
	(void)offset;
	(void)n;
	(void)flags;
	return SQLITE_OK;
}

static void
x_shm_barrier(sqlite3_file *f)
{
	(void)f;
}

static void
shm_drop(struct disk *d)
{
	for (int i = 0; i < d->nshm; i++)
		free(d->shm[i]);
	free(d->shm);
	d->shm = NULL;
	d->nshm = 0;
}

static int
x_shm_unmap(sqlite3_file *f, int drop)
{
	if (drop)
		shm_drop(of(f));
	return SQLITE_OK;
}

static const sqlite3_io_methods METHODS = {2, x_close, x_read, x_write, x_truncate, x_sync, x_size, x_lock, x_lock, x_reserved,
    x_control, x_sector, x_device, x_shm_map, x_shm_lock, x_shm_barrier, x_shm_unmap, NULL, NULL};

/* ---- the file system ---- */

static struct disk *
find(const char *name, int make)
{
	struct disk *spare = NULL;

	for (int i = 0; i < FILES; i++) {
		if (disks[i].name[0] != '\0' && strcmp(disks[i].name, name) == 0)
			return &disks[i];
		if (disks[i].name[0] == '\0' && spare == NULL)
			spare = &disks[i];
	}
	if (!make || spare == NULL)
		return NULL;
	snprintf(spare->name, sizeof(spare->name), "%s", name);
	return spare;
}

static int
v_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct disk *d = name != NULL ? find(name, 1) : NULL;

	(void)vfs;
	memset(f, 0, sizeof(struct handle));
	if (d == NULL || dark(d) || (!d->there && !(flags & SQLITE_OPEN_CREATE)))
		return SQLITE_CANTOPEN;
	d->there = 1;
	((struct handle *)f)->d = d;
	f->pMethods = &METHODS;
	if (out != NULL)
		*out = flags;
	return SQLITE_OK;
}

static int
v_delete(sqlite3_vfs *vfs, const char *name, int dir)
{
	struct disk *d = find(name, 0);

	(void)vfs;
	(void)dir;
	if (d == NULL || !d->there)
		return SQLITE_IOERR_DELETE_NOENT;
	if (power(d))
		return SQLITE_IOERR_DELETE;
	print_add(d, 1, NULL, 0);
	d->there = 0;
	d->now.n = d->durable.n = 0;
	pending_drop(d);
	shm_drop(d);
	return SQLITE_OK;
}

static int
v_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	struct disk *d = find(name, 0);

	(void)vfs;
	(void)flags;
	*out = d != NULL && d->there && (flags != SQLITE_ACCESS_EXISTS || d->now.n != 0);
	return SQLITE_OK;
}

static int
v_full(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)n, "%s", name);
	return SQLITE_OK;
}

static int
v_random(sqlite3_vfs *vfs, int n, char *out)
{
	static uint64_t seed = 99;

	(void)vfs;
	for (int i = 0; i < n; i++)
		out[i] = (char)test_rand(&seed);
	return n;
}

static int
v_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static int
v_time(sqlite3_vfs *vfs, double *t)
{
	(void)vfs;
	*t = 2461102.5;
	return SQLITE_OK;
}

static int
v_error(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	(void)n;
	(void)out;
	return 0;
}

int
crash_vfs_start(void)
{
	static sqlite3_vfs vfs = {.iVersion = 1, .szOsFile = sizeof(struct handle), .mxPathname = 127, .zName = CRASH_VFS,
	    .xOpen = v_open, .xDelete = v_delete, .xAccess = v_access, .xFullPathname = v_full, .xRandomness = v_random,
	    .xSleep = v_sleep, .xCurrentTime = v_time, .xGetLastError = v_error};

	return sqlite3_vfs_register(&vfs, 0);
}

void
crash_vfs_everywhere(void)
{
	sqlite3_vfs_register(sqlite3_vfs_find(CRASH_VFS), 1);
}

void
crash_vfs_no_sync(int on)
{
	lying = on;
}

void
crash_vfs_clear(void)
{
	for (int i = 0; i < FILES; i++) {
		struct disk *d = &disks[i];

		pending_drop(d);
		shm_drop(d);
		free(d->now.p);
		free(d->durable.p);
		free(d->saved.p);
		memset(d, 0, sizeof(*d));
	}
	ops = cut_at = 0;
	dead = 0;
	machine[0] = '\0';
}

void
crash_vfs_machine(const char *name)
{
	snprintf(machine, sizeof(machine), "%s", name);
}

void
crash_vfs_copy(const char *from, const char *to)
{
	struct disk *a = find(from, 0), *b = find(to, 1);

	pending_drop(b);
	shm_drop(b);
	b->there = a != NULL && a->there;
	b->now.n = b->durable.n = 0;
	if (!b->there)
		return;
	image_copy(&b->now, &a->now);
	image_copy(&b->durable, &a->now);
}

size_t
crash_vfs_size(const char *name)
{
	const struct disk *d = find(name, 0);

	return d != NULL && d->there ? d->now.n : 0;
}

uint64_t
crash_vfs_print(void)
{
	return print;
}

void
crash_vfs_save(void)
{
	for (int i = 0; i < FILES; i++) {
		image_copy(&disks[i].saved, &disks[i].now);
		disks[i].saved_there = disks[i].there;
	}
}

void
crash_vfs_restore(void)
{
	for (int i = 0; i < FILES; i++) {
		struct disk *d = &disks[i];

		pending_drop(d);
		shm_drop(d);
		image_copy(&d->now, &d->saved);
		image_copy(&d->durable, &d->saved);
		d->there = d->saved_there;
	}
	dead = 0;
	ops = cut_at = 0;
}

void
crash_vfs_cut_at(int64_t n)
{
	ops = 0;
	cut_at = n;
}

int64_t
crash_vfs_count(void)
{
	return ops;
}

int
crash_vfs_dead(void)
{
	return dead;
}

/* Each sector of a torn write is kept or lost on its own. */
static void
torn_write(struct image *im, const struct pending *w, uint64_t *seed)
{
	for (size_t at = 0; at < w->len; at += SECTOR - (w->at + at) % SECTOR) {
		size_t n = SECTOR - (w->at + at) % SECTOR;

		if (at + n > w->len)
			n = w->len - at;
		if (test_rand(seed) & 1)
			image_write(im, w->at + at, w->p + at, n);
	}
}

void
crash_vfs_power_on(uint64_t seed)
{
	seed = seed * 2 + 1;
	for (int i = 0; i < FILES; i++) {
		struct disk *d = &disks[i];

		if (!of_machine(d->name))
			continue;
		for (const struct pending *w = d->first; w != NULL; w = w->next) {
			uint64_t fate = test_rand(&seed) % 4;

			if (w->len == 0 && fate < 2)
				d->durable.n = w->at < d->durable.n ? w->at : d->durable.n;
			else if (fate < 2)
				image_write(&d->durable, w->at, w->p, w->len);
			else if (fate == 2)
				torn_write(&d->durable, w, &seed);
		}
		pending_drop(d);
		shm_drop(d);
		image_copy(&d->now, &d->durable);
	}
	dead = 0;
	cut_at = 0;
}
