/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A disk that loses its power. An SQLite VFS in memory: what was written since a file's last sync is
 * only pending; at a power cut every pending write is kept, lost or torn sector by sector, as a seed
 * says, so that any order of reaching the platter occurs. Single process, single thread.
 */
#ifndef JC_TESTS_LIB_CRASH_VFS_H
#define JC_TESTS_LIB_CRASH_VFS_H

#include <stddef.h>
#include <stdint.h>

#define CRASH_VFS "crash"

/* Registers the VFS once per process. `no_sync` 1 makes it lie about syncs (a planted fault for the
 * harness's own test). Returns 0. */
int crash_vfs_start(void);
/* From now on it is the one that is used where none is named. */
void crash_vfs_everywhere(void);
void crash_vfs_no_sync(int on);

/* Forgets all files. */
void crash_vfs_clear(void);
/* Remembers all files as they are (everything synced), and goes back to that. */
void crash_vfs_save(void);
void crash_vfs_restore(void);

/* The power goes at the n-th write, truncation, sync or deletion from now (1 = the next); 0: never. From then on every
 * operation fails. */
void crash_vfs_cut_at(int64_t n);
/* Operations since the last cut_at. */
int64_t crash_vfs_count(void);
/* 1 once the power is gone. */
int crash_vfs_dead(void);
/* From now on only the files whose names begin so lose their power, and only their operations are counted ("": all). */
void crash_vfs_machine(const char *name);
/* An image: `to` becomes what `from` holds now, synced; absent when that is. `to` must not be open. */
void crash_vfs_copy(const char *from, const char *to);
/* Bytes of a file, 0 when it is not there. */
size_t crash_vfs_size(const char *name);
/* A fingerprint of all that was written to any file since the process began: equal ones, from one image, equal images. */
uint64_t crash_vfs_print(void);
/* Power again: pending writes are kept, lost or torn by the seed. All connections must be closed. */
void crash_vfs_power_on(uint64_t seed);

#endif
