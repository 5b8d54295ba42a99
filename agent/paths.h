/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Where a node lives: the data folder and the names in it. The folder belongs to one person (0700); the
 * device key is a file of its own (0600), because a backup of the database must not carry it along.
 */
#ifndef JC_AGENT_PATHS_H
#define JC_AGENT_PATHS_H

#include "../sync/sync_sign.h"

#define JC_PATH_MAX 4096
#define JC_DB_FILE "jiceng.db"
#define JC_KEY_FILE "device.key"
#define JC_LOCK_FILE "serve.lock"
#define JC_KEY_TEXT_MAX 2048 /* most bytes of a key file */

/* The data folder when none is given: $JICENG_DATA, $XDG_DATA_HOME/jiceng, ~/.local/share/jiceng. JC_ESTATE
 * when there is no home folder either. */
int jc_paths_default(char out[JC_PATH_MAX], struct jc_err *err);

/* `dir`/`name`. JC_ELIMIT. */
int jc_paths_join(char out[JC_PATH_MAX], const char *dir, const char *name, struct jc_err *err);

/* 1 if something is there. */
int jc_paths_exists(const char *path);

/* The device key of a folder. JC_ENOTFOUND: none yet; JC_ECORRUPT: the file is not a key. */
int jc_paths_key(struct jc_key *out, const char *dir, struct jc_err *err);

/* The key that the text of such a file says. JC_EFORMAT. */
int jc_paths_key_text(struct jc_key *out, const char *text, size_t n);

/* The same as jc_paths_key; draws one and writes it durably when there is none. Makes the folder. */
int jc_paths_key_make(struct jc_key *out, const char *dir, const struct jc_env *env, struct jc_err *err);

/* One more key behind those of the folder's file, durably, before anything uses it (FORMAT 23). JC_ELIMIT. */
int jc_paths_key_next(struct jc_key *key, const char *dir, const struct jc_env *env, struct jc_err *err);

#endif
