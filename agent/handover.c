/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sync/sync_trip.h"
#include "files.h"
#include "out.h"
#include "passage.h"

#define WHERE "handover"
#define MEMORY_MAX (INT64_C(256) << 20) /* files of one hand-over, which are made before the first is written */

void
jc_handover_free(struct jc_handover *h)
{
	free(h->file);
	memset(h, 0, sizeof(*h));
}

static struct jc_handed *
handed_add(struct jc_handover *h)
{
	struct jc_handed *p = realloc(h->file, (h->n + 1) * sizeof(*p));

	if (p == NULL)
		return NULL;
	h->file = p;
	memset(&p[h->n], 0, sizeof(*p));
	return &p[h->n++];
}

/* ---- writing ---- */

struct made {
	struct jc_buf file;
	struct jc_slip slip;
};

struct batch {
	struct made *v;
	size_t n;
	int64_t bytes;
};

static void
batch_free(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		jc_buf_free(&b->v[i].file);
	free(b->v);
}

static struct made *
made_add(struct batch *b)
{
	struct made *p = realloc(b->v, (b->n + 1) * sizeof(*p));

	if (p == NULL)
		return NULL;
	b->v = p;
	memset(&p[b->n], 0, sizeof(*p));
	jc_buf_init(&p[b->n].file, JC_BUNDLE_MAX);
	return &p[b->n++];
}

static int
batch_make(struct batch *b, struct jc_node *node, const char *device, struct jc_err *err)
{
	struct jc_bundle *bundle;
	int rc = jc_bundle_begin(&bundle, node, device, err);

	while (rc >= 0) {
		struct made *m = made_add(b);

		if (m == NULL) {
			rc = JC_NOMEM(err, WHERE);
			break;
		}
		if ((rc = jc_bundle_next(bundle, &m->file, &m->slip, err)) <= 0) {
			jc_buf_free(&m->file);
			b->n--;
			break;
		}
		if ((b->bytes += (int64_t)m->file.len) > MEMORY_MAX)
			rc = jc_err_code(err, JC_ELIMIT, WHERE);
	}
	jc_bundle_end(bundle);
	return rc;
}

/* 青石镇工会-20260302-0007.jcb; answers say so, parts are counted. */
static void
name_make(char out[200], const struct jc_slip *slip, const char *to, const char *word)
{
	char who[128], time[JC_TIME_ROOM], day[9] = "";
	size_t n = 0;

	jc_stick_name(who, to[0] != '\0' ? to : slip->sender);
	jc_out_time(time, slip->time, slip->time);
	for (size_t i = 0; time[i] != '\0' && n < 8; i++)
		if (time[i] >= '0' && time[i] <= '9')
			day[n++] = time[i];
	if (slip->kind == JC_BUNDLE_JOIN) /* not counted */
		n = (size_t)snprintf(out, 200, "%s%s-%s-%.4s", who, word, day, slip->mark);
	else
		n = (size_t)snprintf(out, 200, "%s%s-%s-%04lld", who, word, day, (long long)slip->counter);
	if (slip->part > 1 || !slip->last)
		n += (size_t)snprintf(out + n, 200 - n, "-%02lld", (long long)slip->part);
	snprintf(out + n, 200 - n, "%s", slip->kind == JC_BUNDLE_JOIN ? ".jce" : ".jcb");
}

/* One line of the history per hand-over; that it cannot be noted is no reason to fail. */
static void
trip_note(struct jc_node *node, const struct jc_handover *h, size_t first, int written, int64_t began, const struct jc_err *how)
{
	const struct jc_env *env = jc_db_env(node->db);
	struct jc_trip t = {.time = env->wall_ms(env->ctx) / 1000, .ms = env->mono_ms(env->ctx) - began};

	snprintf(t.way, sizeof(t.way), "%s", written ? "stick-out" : "stick-in");
	for (size_t i = first; i < h->n; i++) {
		const struct jc_slip *s = &h->file[i].slip;

		if (h->file[i].written != written)
			continue;
		memcpy(t.peer, written ? s->receiver : s->sender, sizeof(t.peer));
		*(written ? &t.up : &t.down) += (int64_t)s->bytes;
		*(written ? &t.ops_up : &t.ops_down) += written ? s->ops : s->fresh;
	}
	(void)jc_trip_add(node, &t, how, NULL);
}

/* Leaves attachments out; 1 when there were some. */
static int
files_drop(struct batch *b)
{
	size_t n = b->n;

	while (b->n > 0 && b->v[b->n - 1].slip.kind == JC_BUNDLE_FILES) {
		b->n--;
		b->bytes -= (int64_t)b->v[b->n].file.len;
		jc_buf_free(&b->v[b->n].file);
	}
	return b->n < n && b->n > 0;
}

/* All or none: what was written of a batch that fails is taken away again. */
static int
batch_write(struct jc_handover *h, struct batch *b, const struct jc_stick *s, const char *to, const char *word,
    struct jc_err *err)
{
	size_t first = h->n;
	int rc = jc_stick_check(s, b->bytes, err);

	if (rc == JC_EFULL && files_drop(b)) /* the records at least */
		rc = jc_stick_check(s, b->bytes, err);

	for (size_t i = 0; rc == 0 && i < b->n; i++) {
		struct jc_handed *f = handed_add(h);
		char name[200];

		if (f == NULL) {
			rc = JC_NOMEM(err, WHERE);
			break;
		}
		f->slip = b->v[i].slip;
		f->written = 1;
		name_make(name, &f->slip, to, word);
		if ((rc = jc_stick_write(f->path, s, name, b->v[i].file.data, b->v[i].file.len, err)) < 0)
			f->path[0] = '\0';
	}
	if (rc < 0) {
		for (size_t i = first; i < h->n; i++)
			if (h->file[i].path[0] != '\0')
				jc_stick_drop(h->file[i].path);
		h->n = first;
	}
	return rc;
}

struct asker {
	const char *device;
	char branch[128];
};

static int
asker_match(void *arg, const char *device, const char *branch, int64_t time)
{
	struct asker *a = arg;

	(void)time;
	if (strcmp(device, a->device) != 0)
		return 0;
	snprintf(a->branch, sizeof(a->branch), "%s", branch);
	return 1;
}

int
jc_handover_write(struct jc_handover *h, struct jc_node *node, const struct jc_stick *s, const char *device,
    struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(node->db);
	int64_t began = env->mono_ms(env->ctx);
	struct asker a = {.device = device};
	struct batch b = {NULL, 0, 0};
	struct jc_err how = {0};
	size_t first = h->n;
	int rc = jc_stick_check(s, 0, &how);

	if (rc == 0 && device != NULL)
		rc = jc_bundle_askers(node, asker_match, &a, &how);
	if (rc >= 0 && (rc = batch_make(&b, node, device, &how)) >= 0)
		rc = batch_write(h, &b, s, device != NULL ? a.branch : b.v[0].slip.name,
		    device != NULL ? JC_T("-回执", "-answer") : "", &how);
	batch_free(&b);
	how.code = rc < 0 ? rc : 0;
	if (rc >= 0 || rc == JC_EFULL || rc == JC_EIO)
		trip_note(node, h, first, 1, began, &how);
	if (rc < 0 && err != NULL)
		*err = how;
	return rc;
}

int
jc_handover_join(struct jc_handover *h, struct jc_node *node, const struct jc_stick *s, const char *code,
    struct jc_err *err)
{
	struct batch b = {NULL, 0, 0};
	struct made *m;
	int rc = jc_stick_check(s, 0, err);

	if (rc == 0 && (m = made_add(&b)) == NULL)
		rc = JC_NOMEM(err, WHERE);
	if (rc == 0 && (rc = jc_bundle_join(&m->file, node, code, &m->slip, err)) == 0) {
		b.bytes = (int64_t)m->file.len;
		rc = batch_write(h, &b, s, m->slip.name, JC_T("-申请加入", "-join"), err);
	}
	batch_free(&b);
	return rc;
}

/* ---- reading ---- */

static int
one_read(struct jc_handed *f, struct jc_node *node, const char *path, struct jc_err *err)
{
	char *bytes;
	size_t n;
	int rc;

	snprintf(f->path, sizeof(f->path), "%s", path);
	if ((rc = jc_files_read(&bytes, &n, path, JC_BUNDLE_MAX, err)) < 0)
		return rc;
	if ((rc = jc_bundle_read(node, bytes, n, &f->slip, err)) >= 0)
		memset(&f->err, 0, sizeof(f->err)); /* what went well may have asked for things that are not there */
	free(bytes);
	return rc;
}

/* For whom is it? A file for another computer is not an error of a folder. */
static int
for_others(const struct jc_handed *f, struct jc_node *node)
{
	const struct jc_key *key = jc_log_key(node->log);

	return f->slip.receiver[0] != '\0' && (key == NULL || strcmp(f->slip.receiver, key->id) != 0);
}

static int
folder_read(struct jc_handover *h, struct jc_node *node, const char *dir, struct jc_err *err)
{
	static const char *const ends[] = {".jcb", ".jce", NULL};
	size_t n, first = h->n, again = 0;
	char **names, path[JC_STICK_PATH];
	int rc = jc_stick_names(&names, &n, dir, ends, err);

	for (size_t i = 0; rc >= 0 && i < n; i++) {
		struct jc_handed *f;

		if (snprintf(path, sizeof(path), "%s/%s", dir, names[i]) >= (int)sizeof(path))
			continue;
		if ((f = handed_add(h)) == NULL) {
			rc = JC_NOMEM(err, WHERE);
			break;
		}
		rc = one_read(f, node, path, &f->err);
		if (rc < 0 && for_others(f, node)) {
			h->others++;
			h->n--;
		}
		rc = rc == JC_ENOMEM || rc == JC_EFULL ? rc : 0;
		again += f->slip.missing != 0;
	}
	for (size_t i = first; rc >= 0 && again != 0 && i < h->n; i++)
		if (h->file[i].slip.missing) {
			memcpy(path, h->file[i].path, sizeof(path));
			memset(&h->file[i].err, 0, sizeof(h->file[i].err));
			(void)one_read(&h->file[i], node, path, &h->file[i].err);
		}
	jc_stick_names_free(names, n);
	if (rc >= 0 && h->n == first)
		rc = jc_err_set(err, JC_ENOTFOUND, WHERE, JC_T("%s 里没有给本机的交换文件", "There is no exchange file for this computer in %s"), dir);
	return rc;
}

int
jc_handover_read(struct jc_handover *h, struct jc_node *node, const char *path, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(node->db);
	int64_t began = env->mono_ms(env->ctx);
	struct jc_handed *f;
	size_t first = h->n;
	int rc;

	if (jc_stick_is_dir(path)) {
		rc = folder_read(h, node, path, err);
	} else {
		if ((f = handed_add(h)) == NULL)
			return JC_NOMEM(err, WHERE);
		if ((rc = one_read(f, node, path, err)) < 0)
			h->n--;
	}
	jc_passage_after(node); /* so that the answer onto the same stick has it */
	if (rc >= 0)
		trip_note(node, h, first, 0, began, NULL);
	return rc;
}

/* Was it read, and does it ask for something? */
static int
asks(const struct jc_handed *f)
{
	return !f->written && f->err.code == 0 && (f->slip.kind == JC_BUNDLE_REQUEST || f->slip.kind == JC_BUNDLE_JOIN ||
	        f->slip.kind == JC_BUNDLE_FILES);
}

int
jc_handover_answer(struct jc_handover *h, struct jc_node *hub, const struct jc_stick *s, struct jc_err *err)
{
	size_t n = h->n;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < n; i++) {
		jc_id device;
		int done = !asks(&h->file[i]);

		memcpy(device, h->file[i].slip.sender, sizeof(device));
		for (size_t k = 0; !done && k < i; k++) /* everybody once */
			done = asks(&h->file[k]) && strcmp(h->file[k].slip.sender, device) == 0;
		if (!done)
			rc = jc_handover_write(h, hub, s, device, err);
	}
	return rc < 0 ? rc : 0;
}
