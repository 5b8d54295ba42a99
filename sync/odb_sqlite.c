/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A git object database over the rows of one scope. The scope is part of every query, so an object of
 * another scope cannot be had even by someone who knows its id. libgit2 calls read, exists and write
 * under the odb's own mutex: nothing here calls back into it. Buffers carry a NUL past their end,
 * because commit parsing may read them as strings.
 */
#include "store.h"

#include <string.h>

#include "../schema/schema_mem.h"
#include "log.h"

struct odb {
	git_odb_backend parent; /* first: libgit2 hands it back to us */
	struct jc_log *log;
	int64_t scope;
};

static int
type_ok(int64_t type)
{
	return type == JC_OBJ_COMMIT || type == JC_OBJ_TREE || type == JC_OBJ_BLOB;
}

/* Inflates the row (type, size, z in columns from `at`) into memory of libgit2. */
static int
row_data(void **data, size_t *len, git_object_t *type, struct odb *o, struct jc_stmt *st, int at, struct jc_err *err)
{
	int64_t size = jc_col_int(st, at + 1);
	struct jc_buf body;
	size_t n;
	const void *z = jc_col_blob(st, at + 2, &n);
	int rc;

	if (!type_ok(jc_col_int(st, at)) || size < 0 || z == NULL)
		return jc_err_code(err, JC_ECORRUPT, "odb_read");
	jc_buf_init(&body, (size_t)size + 1);
	rc = jc_zlib_unpack(&body, z, n, (size_t)size, err);
	if (rc == 0 && (*data = git_odb_backend_data_alloc(&o->parent, (size_t)size + 1)) == NULL)
		rc = JC_NOMEM(err, "odb_read");
	if (rc == 0) {
		if (size != 0)
			memcpy(*data, body.data, (size_t)size);
		((char *)*data)[size] = '\0';
		*len = (size_t)size;
		*type = (git_object_t)jc_col_int(st, at);
	} else if (rc == JC_EFORMAT) {
		rc = jc_err_code(err, JC_ECORRUPT, "odb_read");
	}
	jc_buf_free(&body);
	return rc;
}

static int
row_find(struct jc_stmt **st, struct odb *o, const git_oid *id, struct jc_err *err)
{
	int rc = jc_db_prep(st, jc_log_db(o->log), "SELECT type, size, z FROM object WHERE scope = :scope AND oid = :oid", err);

	if (rc < 0)
		return rc;
	jc_bind_int(*st, ":scope", o->scope);
	jc_bind_blob(*st, ":oid", id->id, GIT_OID_RAWSZ);
	return jc_stmt_step(*st, err);
}

static int
odb_read(void **data, size_t *len, git_object_t *type, git_odb_backend *backend, const git_oid *id)
{
	struct odb *o = (struct odb *)backend;
	struct jc_err err = {0};
	struct jc_stmt *st;
	int rc = row_find(&st, o, id, &err);

	if (rc == 0)
		return GIT_ENOTFOUND;
	if (rc == 1) {
		rc = row_data(data, len, type, o, st, 0, &err);
		jc_stmt_reset(st);
	}
	return rc < 0 ? jc_store_to_git(&err) : 0;
}

static int
odb_read_header(size_t *len, git_object_t *type, git_odb_backend *backend, const git_oid *id)
{
	struct odb *o = (struct odb *)backend;
	struct jc_err err = {0};
	struct jc_stmt *st;
	int rc = row_find(&st, o, id, &err);

	if (rc == 0)
		return GIT_ENOTFOUND;
	if (rc < 0)
		return jc_store_to_git(&err);
	*type = (git_object_t)jc_col_int(st, 0);
	*len = (size_t)jc_col_int(st, 1);
	jc_stmt_reset(st);
	return 0;
}

static int
odb_exists(git_odb_backend *backend, const git_oid *id)
{
	struct odb *o = (struct odb *)backend;
	struct jc_err err = {0};
	struct jc_stmt *st;
	int rc = row_find(&st, o, id, &err);

	if (rc == 1)
		jc_stmt_reset(st);
	return rc < 0 ? jc_store_to_git(&err) : rc;
}

/* The first `len` hex digits as the smallest and largest id that begins so. */
static void
prefix_range(uint8_t low[JC_OID_LEN], uint8_t high[JC_OID_LEN], const git_oid *prefix, size_t len)
{
	memset(low, 0, JC_OID_LEN);
	memset(high, 0xff, JC_OID_LEN);
	memcpy(low, prefix->id, len / 2);
	memcpy(high, prefix->id, len / 2);
	if (len % 2 != 0) {
		low[len / 2] = prefix->id[len / 2] & 0xf0;
		high[len / 2] = prefix->id[len / 2] | 0x0f;
	}
}

/* The one id that begins so. GIT_ENOTFOUND, GIT_EAMBIGUOUS. */
static int
odb_exists_prefix(git_oid *out, git_odb_backend *backend, const git_oid *prefix, size_t len)
{
	struct odb *o = (struct odb *)backend;
	uint8_t low[JC_OID_LEN], high[JC_OID_LEN];
	struct jc_err err = {0};
	struct jc_stmt *st;
	int rc, found = 0;

	prefix_range(low, high, prefix, len < GIT_OID_HEXSZ ? len : GIT_OID_HEXSZ);
	if ((rc = jc_db_prep(&st, jc_log_db(o->log),
	         "SELECT oid FROM object WHERE scope = :scope AND oid >= :low AND oid <= :high LIMIT 2", &err)) < 0)
		return jc_store_to_git(&err);
	jc_bind_int(st, ":scope", o->scope);
	jc_bind_blob(st, ":low", low, sizeof(low));
	jc_bind_blob(st, ":high", high, sizeof(high));
	while ((rc = jc_stmt_step(st, &err)) == 1) {
		size_t n;
		const void *oid = jc_col_blob(st, 0, &n);

		if (++found == 1 && oid != NULL && n == GIT_OID_RAWSZ)
			memcpy(out->id, oid, GIT_OID_RAWSZ);
	}
	if (rc < 0)
		return jc_store_to_git(&err);
	return found == 1 ? 0 : found == 0 ? GIT_ENOTFOUND : GIT_EAMBIGUOUS;
}

static int
odb_read_prefix(git_oid *out, void **data, size_t *len, git_object_t *type, git_odb_backend *backend,
    const git_oid *prefix, size_t n)
{
	int rc = odb_exists_prefix(out, backend, prefix, n);

	return rc < 0 ? rc : odb_read(data, len, type, backend, out);
}

static int
odb_write(git_odb_backend *backend, const git_oid *id, const void *data, size_t len, git_object_t type)
{
	struct odb *o = (struct odb *)backend;
	struct jc_db *db = jc_log_db(o->log);
	struct jc_err err = {0};
	struct jc_stmt *st;
	struct jc_buf z;
	int rc;

	if (!type_ok((int64_t)type)) {
		git_error_set_str(GIT_ERROR_ODB, "only commits, trees and blobs belong into a scope");
		return GIT_EINVALID;
	}
	jc_buf_init(&z, JC_PAYLOAD_MAX * 4);
	jc_db_log_window(db, 1);
	if ((rc = jc_zlib_pack(&z, data, len, 6, &err)) == 0 &&
	    (rc = jc_db_prep(&st, db,
	         "INSERT INTO object(scope, oid, type, size, z) VALUES(:scope, :oid, :type, :size, :z)"
	         " ON CONFLICT(scope, oid) DO NOTHING", &err)) == 0) {
		jc_bind_int(st, ":scope", o->scope);
		jc_bind_blob(st, ":oid", id->id, GIT_OID_RAWSZ);
		jc_bind_int(st, ":type", (int64_t)type);
		jc_bind_int(st, ":size", (int64_t)len);
		jc_bind_blob(st, ":z", z.data, z.len);
		rc = jc_stmt_run(st, &err);
	}
	jc_db_log_window(db, -1);
	jc_buf_free(&z);
	return rc < 0 ? jc_store_to_git(&err) : 0;
}

/* Ids are read in pages: the callback may read and write objects. */
#define PAGE 256

static int
page_read(git_oid *page, size_t *n, const git_oid *after, struct odb *o, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, jc_log_db(o->log),
	    "SELECT oid FROM object WHERE scope = :scope AND oid > :after ORDER BY oid LIMIT :limit", err);

	*n = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", o->scope);
	jc_bind_blob(st, ":after", after->id, GIT_OID_RAWSZ);
	jc_bind_int(st, ":limit", PAGE);
	while (*n < PAGE && (rc = jc_stmt_step(st, err)) == 1) {
		size_t len;
		const void *oid = jc_col_blob(st, 0, &len);

		if (oid == NULL || len != GIT_OID_RAWSZ) {
			rc = jc_err_code(err, JC_ECORRUPT, "odb_foreach");
			break;
		}
		memcpy(page[(*n)++].id, oid, GIT_OID_RAWSZ);
	}
	jc_stmt_reset(st);
	return rc < 0 ? rc : 0;
}

static int
odb_foreach(git_odb_backend *backend, git_odb_foreach_cb each, void *payload)
{
	struct odb *o = (struct odb *)backend;
	struct jc_err err = {0};
	git_oid *page = jc_calloc(PAGE, sizeof(*page));
	git_oid after = {{0}};
	size_t n = PAGE;
	int rc = 0;

	if (page == NULL)
		return -1;
	while (rc == 0 && n == PAGE) {
		if (page_read(page, &n, &after, o, &err) < 0)
			rc = jc_store_to_git(&err);
		else if (n != 0)
			after = page[n - 1];
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = each(&page[i], payload);
	}
	jc_free(page);
	return rc;
}

static void
odb_free(git_odb_backend *backend)
{
	jc_free(backend);
}

int
jc_odb_sqlite_new(git_odb_backend **out, struct jc_log *log, int64_t scope)
{
	struct odb *o = jc_calloc(1, sizeof(*o));

	*out = NULL;
	if (o == NULL || git_odb_init_backend(&o->parent, GIT_ODB_BACKEND_VERSION) < 0) {
		jc_free(o);
		return -1;
	}
	o->log = log;
	o->scope = scope;
	o->parent.read = odb_read;
	o->parent.read_prefix = odb_read_prefix;
	o->parent.read_header = odb_read_header;
	o->parent.write = odb_write;
	o->parent.exists = odb_exists;
	o->parent.exists_prefix = odb_exists_prefix;
	o->parent.foreach = odb_foreach;
	o->parent.free = odb_free;
	*out = &o->parent;
	return 0;
}
