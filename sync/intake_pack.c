/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A stock pack as intake sees it: nothing but whole commits, each with its tree and its operations, no
 * object besides, parents before children (a child's Lamport number is always the higher one).
 */
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "sync_codec.h"
#include "sync_intake.h"

struct unpack {
	struct jc_pack_object *obj;
	size_t n, cap;
	size_t *by_oid;           /* sorted by id */
	uint8_t *used;
	struct jc_intake_item *item;
	size_t nitems;
	size_t most;              /* of `copied` */
	int (*base)(void *arg, struct jc_buf *body, enum jc_objtype *type, const struct jc_oid *oid, struct jc_err *err);
	void *arg;
	size_t copied;            /* bytes of payloads: commits may share a blob, memory is counted per commit */
	struct jc_err *err;
};

static int
bad(struct unpack *u, const char *sentence)
{
	return jc_err_set(u->err, JC_EFORMAT, "jc_intake_pack", "%s", sentence);
}

/* Heap sort of object numbers by id: no context argument needed, bounded on any input. */
static void
sift(const struct jc_pack_object *obj, size_t *v, size_t at, size_t n)
{
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		size_t t;

		if (child + 1 < n && jc_oid_cmp(&obj[v[child]].oid, &obj[v[child + 1]].oid) < 0)
			child++;
		if (jc_oid_cmp(&obj[v[at]].oid, &obj[v[child]].oid) >= 0)
			return;
		t = v[at];
		v[at] = v[child];
		v[child] = t;
	}
}

static void
sort_by_oid(struct unpack *u)
{
	size_t n = u->n;

	for (size_t i = 0; i < n; i++)
		u->by_oid[i] = i;
	for (size_t i = n / 2; i-- > 0;)
		sift(u->obj, u->by_oid, i, n);
	while (n > 1) {
		size_t t = u->by_oid[0];

		n--;
		u->by_oid[0] = u->by_oid[n];
		u->by_oid[n] = t;
		sift(u->obj, u->by_oid, 0, n);
	}
}

static struct jc_pack_object *
find(struct unpack *u, const struct jc_oid *oid, enum jc_objtype type)
{
	size_t lo = 0, hi = u->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = jc_oid_cmp(&u->obj[u->by_oid[mid]].oid, oid);

		if (c == 0) {
			u->used[u->by_oid[mid]] = 1;
			return u->obj[u->by_oid[mid]].type == type ? &u->obj[u->by_oid[mid]] : NULL;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* Appends an object of the pack, or one that the receiver has. 1, or 0: there is none such. */
static int
body_put(struct unpack *u, struct jc_buf *out, const struct jc_oid *oid, enum jc_objtype type)
{
	struct jc_pack_object *o = find(u, oid, type);
	enum jc_objtype got = 0;
	int rc;

	if (o != NULL) {
		jc_buf_put(out, o->body.data, o->body.len); /* copied: two commits may share it */
		return 1;
	}
	if (u->base == NULL || (rc = u->base(u->arg, out, &got, oid, u->err)) == 0)
		return 0;
	return rc < 0 ? rc : got == type;
}

static int
commit_take(struct unpack *u, struct jc_pack_object *o)
{
	struct jc_intake_item *it = &u->item[u->nitems];
	struct jc_buf tree;
	struct jc_oid oid;
	int rc, ours;

	jc_buf_init(&it->object, 1u << 20);
	jc_buf_init(&it->payload, JC_PAYLOAD_MAX);
	u->nitems++;
	if ((rc = jc_commit_parse(&it->c, o->body.data, o->body.len, u->err)) < 0)
		return rc;
	/* The one form of our trees: one entry, "100644 ops", and the blob's id. */
	jc_buf_init(&tree, 1u << 20);
	if ((rc = body_put(u, &tree, &it->c.tree, JC_OBJ_TREE)) < 0)
		return rc;
	ours = rc == 1 && tree.len == 11 + JC_OID_LEN && memcmp(tree.data, "100644 ops\0", 11) == 0;
	if (ours)
		memcpy(oid.b, tree.data + 11, JC_OID_LEN);
	jc_buf_free(&tree);
	if (!ours)
		return bad(u, JC_T("推送的提交缺少目录，或目录不是本系统的", "A commit's tree is missing or is not of this system"));
	if ((rc = body_put(u, &it->payload, &oid, JC_OBJ_BLOB)) <= 0)
		return rc < 0 ? rc : bad(u, JC_T("推送的提交缺少内容", "A commit's operations are missing from the pack"));
	if ((u->copied += it->payload.len) > u->most)
		return jc_err_set(u->err, JC_ELIMIT, "jc_intake_pack", "%s",
		    JC_T("推送的内容展开后太大，请分几次推送", "The push is too large once unpacked; send it in several parts"));
	jc_buf_free(&it->object);
	it->object = o->body;
	jc_buf_init(&o->body, 1);
	if (it->payload.failed)
		return jc_buf_check(&it->payload, "jc_intake_pack", u->err);
	return jc_intake_check(it, u->err);
}

static int
lamport_cmp(const void *a, const void *b)
{
	const struct jc_intake_item *x = a, *y = b;

	if (x->c.lamport != y->c.lamport)
		return x->c.lamport < y->c.lamport ? -1 : 1;
	return memcmp(x->c.hash, y->c.hash, sizeof(x->c.hash));
}

static int
unpack(struct unpack *u)
{
	size_t commits = 0;
	int rc = 0;

	for (size_t i = 0; i < u->n; i++)
		commits += u->obj[i].type == JC_OBJ_COMMIT;
	u->by_oid = jc_calloc(u->n + 1, sizeof(*u->by_oid));
	u->used = jc_calloc(u->n + 1, 1);
	u->item = jc_calloc(commits + 1, sizeof(*u->item));
	if (u->by_oid == NULL || u->used == NULL || u->item == NULL)
		return JC_NOMEM(u->err, "jc_intake_pack");
	sort_by_oid(u);
	for (size_t i = 0; rc == 0 && i < u->n; i++)
		if (u->obj[i].type == JC_OBJ_COMMIT) {
			u->used[i] = 1;
			rc = commit_take(u, &u->obj[i]);
		}
	for (size_t i = 0; rc == 0 && i < u->n; i++)
		if (!u->used[i])
			rc = bad(u, JC_T("推送的包里有不属于任何提交的内容", "The pack holds objects that belong to no commit"));
	if (rc == 0 && u->nitems > 1)
		qsort(u->item, u->nitems, sizeof(*u->item), lamport_cmp);
	return rc;
}

/* Every object is kept until all are there: a commit may come before its tree. */
static int
object_keep(void *arg, struct jc_pack_object *o, struct jc_err *err)
{
	struct unpack *u = arg;

	if (u->n == u->cap) {
		size_t cap = u->cap != 0 ? u->cap * 2 : 64;
		struct jc_pack_object *v = jc_realloc(u->obj, cap * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(err, "jc_intake_pack");
		u->obj = v;
		u->cap = cap;
	}
	u->obj[u->n++] = *o;
	jc_buf_init(&o->body, 1);
	return 0;
}

int
jc_intake_pack_within(struct jc_intake_item **items, size_t *n, const void *pack, size_t len,
    const struct jc_pack_budget *budget,
    int (*base)(void *arg, struct jc_buf *body, enum jc_objtype *type, const struct jc_oid *oid, struct jc_err *err), void *arg,
    struct jc_err *err)
{
	struct unpack u = {.err = err, .base = base, .arg = arg, .most = budget->total};
	const struct jc_pack_sink sink = {.object = object_keep, .arg = &u};
	int rc;

	*items = NULL;
	*n = 0;
	if ((rc = jc_pack_read(pack, len, budget, &sink, err)) == 0)
		rc = unpack(&u);
	for (size_t i = 0; i < u.n; i++)
		jc_buf_free(&u.obj[i].body);
	jc_free(u.obj);
	jc_free(u.by_oid);
	jc_free(u.used);
	if (rc < 0) {
		for (size_t i = 0; i < u.nitems; i++)
			jc_intake_item_free(&u.item[i]);
		jc_free(u.item);
		return rc;
	}
	*items = u.item;
	*n = u.nitems;
	return 0;
}

int
jc_intake_pack(struct jc_intake_item **items, size_t *n, const void *pack, size_t len, struct jc_err *err)
{
	const struct jc_pack_budget budget = JC_PACK_BUDGET;

	return jc_intake_pack_within(items, n, pack, len, &budget, NULL, NULL, err);
}
