/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Commits as git objects (FORMAT 6). Reading is strict by construction: what was read is written again
 * and must give the same bytes, so there is one form and no second parser to disagree with.
 */
#include "sync_commit.h"

#include <string.h>

void
jc_commit_tree(struct jc_buf *b, const struct jc_oid *blob)
{
	jc_buf_put(b, "100644 ops\0", 11);
	jc_buf_put(b, blob->b, JC_OID_LEN);
}

static int
blob_and_tree(struct jc_oid *blob, struct jc_oid *tree, const void *payload, size_t n)
{
	struct jc_buf b;
	int rc;

	if ((rc = jc_oid_of(blob, JC_OBJ_BLOB, n != 0 ? payload : "", n)) < 0)
		return rc;
	jc_buf_init(&b, 64);
	jc_commit_tree(&b, blob);
	rc = b.failed ? JC_ENOMEM : jc_oid_of(tree, JC_OBJ_TREE, b.data, b.len);
	jc_buf_free(&b);
	return rc;
}

/* ---- writing ---- */

static void
person_put(struct jc_buf *b, const char *word, const struct jc_commit *c)
{
	jc_buf_puts(b, word);
	jc_buf_slice(b, c->label);
	jc_buf_putf(b, " <%s@%s.jiceng> %lld +0800\n", c->device, c->scope, (long long)c->time);
}

static void
head_put(struct jc_buf *b, const struct jc_commit *c)
{
	char hex[JC_OID_HEX + 1];

	jc_oid_hex(hex, &c->tree);
	jc_buf_putf(b, "tree %s\n", hex);
	for (size_t i = 0; i < c->nparents; i++) {
		jc_oid_hex(hex, &c->parent[i]);
		jc_buf_putf(b, "parent %s\n", hex);
	}
	person_put(b, "author ", c);
	person_put(b, "committer ", c);
}

static void
trailers_put(struct jc_buf *b, const struct jc_commit *c)
{
	jc_buf_putf(b, "Jc-Format: 0\nJc-Network: %s\nJc-Scope: %s\nJc-Tier: %s\nJc-Device: %s\nJc-Run: %s\n", c->network,
	    c->scope, jc_tier_word(c->tier), c->device, c->run);
	jc_buf_putf(b, "Jc-Seq: %lld\nJc-Lamport: %lld\nJc-Schema: %lld\nJc-Payload: ", (long long)c->seq,
	    (long long)c->lamport, (long long)c->schema);
	jc_buf_b64(b, c->payload_hash, JC_HASH_LEN);
	if (c->nparents != 0)
		jc_buf_puts(b, "\nJc-Parents:");
	for (size_t i = 0; i < c->nparents; i++) {
		jc_buf_putc(b, ' ');
		jc_buf_b64(b, c->parent_hash[i], JC_HASH_LEN);
	}
	if (c->has_founding) {
		jc_buf_puts(b, "\nJc-Founding: ");
		jc_buf_b64(b, c->founding, JC_HASH_LEN);
	}
	jc_buf_putc(b, '\n');
}

static void
body_put(struct jc_buf *b, const struct jc_commit *c)
{
	jc_buf_putc(b, '\n');
	jc_buf_slice(b, c->summary);
	jc_buf_puts(b, "\n\n");
	trailers_put(b, c);
}

static void
sig_put(struct jc_buf *b, const struct jc_commit *c)
{
	struct jc_buf armor;
	const char *p, *end;

	jc_buf_init(&armor, 2048);
	jc_sign_armor(&armor, c->pk, "git", c->sig);
	jc_buf_puts(b, "gpgsig");
	p = armor.data;
	end = p != NULL ? p + armor.len : NULL;
	while (p != NULL && p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		jc_buf_putc(b, ' ');
		jc_buf_put(b, p, (size_t)(lf - p) + 1);
		p = lf + 1;
	}
	if (armor.failed)
		b->failed = armor.failed;
	jc_buf_free(&armor);
}

/* The signed bytes. */
static void
header_put(struct jc_buf *b, const struct jc_commit *c)
{
	head_put(b, c);
	body_put(b, c);
}

static int
text_ok(struct jc_slice s, size_t max, int angles)
{
	if (s.n == 0 || s.n > max || !jc_utf8_ok(s.p, s.n))
		return 0;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f || (angles && (s.p[i] == '<' || s.p[i] == '>')))
			return 0;
	return 1;
}

#define TIME_MAX ((int64_t)1 << 40)
#define NUMBER_MAX ((int64_t)1 << 53)

static const char *
fields_wrong(const struct jc_commit *c)
{
	if (!text_ok(c->label, JC_LABEL_MAX, 1) || c->label.p[0] == ' ' || c->label.p[c->label.n - 1] == ' ')
		return "label";
	if (!text_ok(c->summary, JC_SUMMARY_MAX, 0))
		return "summary";
	if (c->time < 0 || c->time > TIME_MAX)
		return "time";
	if (c->seq < 1 || c->seq > NUMBER_MAX || c->lamport < 1 || c->lamport > NUMBER_MAX || c->schema < 0 ||
	    c->schema > NUMBER_MAX)
		return "numbers";
	if (c->nparents > JC_PARENTS_MAX || (c->seq == 1) != (c->has_founding != 0) || (c->seq > 1 && c->nparents == 0))
		return "parents";
	for (size_t i = 0; i < c->nparents; i++)
		for (size_t k = 0; k < i; k++)
			if (jc_oid_cmp(&c->parent[i], &c->parent[k]) == 0)
				return "a parent twice";
	return NULL;
}

/* Fills what follows from payload and parents; signs when a key is given. */
static int
assemble(struct jc_buf *object, struct jc_commit *c, const void *payload, size_t n, const struct jc_key *key,
    struct jc_err *err)
{
	const char *why = fields_wrong(c);
	size_t start = object->len;
	struct jc_buf header;
	int rc;

	if (why != NULL)
		return jc_err_set(err, JC_EFORMAT, "jc_commit", JC_T("提交的格式不对：%s", "The commit is malformed: %s"), why);
	if ((rc = blob_and_tree(&c->blob, &c->tree, payload, n)) < 0)
		return jc_err_code(err, rc, "jc_commit");
	jc_hash(c->payload_hash, n != 0 ? payload : "", n);
	jc_buf_init(&header, 65536);
	header_put(&header, c);
	if ((rc = jc_buf_check(&header, "jc_commit", err)) == 0) {
		jc_hash(c->hash, header.data, header.len);
		if (key != NULL) {
			memcpy(c->pk, key->pk, JC_PK_LEN);
			jc_sign(c->sig, key, "git", header.data, header.len);
		}
		head_put(object, c);
		sig_put(object, c);
		body_put(object, c);
		rc = jc_buf_check(object, "jc_commit", err);
	}
	if (rc == 0 && jc_oid_of(&c->oid, JC_OBJ_COMMIT, object->data + start, object->len - start) < 0)
		rc = jc_err_code(err, JC_EINTERNAL, "jc_commit");
	jc_buf_free(&header);
	return rc;
}

int
jc_commit_build(struct jc_buf *object, struct jc_commit *c, const void *payload, size_t n, const struct jc_key *key,
    struct jc_err *err)
{
	return assemble(object, c, payload, n, key, err);
}

int
jc_commit_assemble(struct jc_buf *object, struct jc_commit *c, const void *payload, size_t n, struct jc_err *err)
{
	return assemble(object, c, payload, n, NULL, err);
}

/* ---- reading ---- */

struct lines {
	const char *p, *end;
	const char *why;
};

static int
no(struct lines *l, const char *why)
{
	if (l->why == NULL)
		l->why = why;
	return -1;
}

/* The rest of a line that begins with `word`. */
static int
line(struct lines *l, struct jc_slice *out, const char *word)
{
	size_t n = strlen(word);
	const char *lf;

	if ((size_t)(l->end - l->p) < n || memcmp(l->p, word, n) != 0 ||
	    (lf = memchr(l->p, '\n', (size_t)(l->end - l->p))) == NULL)
		return no(l, word);
	*out = (struct jc_slice){l->p + n, (size_t)(lf - l->p) - n};
	l->p = lf + 1;
	return 0;
}

static int
number(int64_t *out, struct jc_slice s)
{
	*out = 0;
	if (s.n == 0 || s.n > 16 || (s.n > 1 && s.p[0] == '0'))
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		*out = *out * 10 + (s.p[i] - '0');
	}
	return 0;
}

static int
number_line(struct lines *l, int64_t *out, const char *word)
{
	struct jc_slice s;

	return line(l, &s, word) < 0 || number(out, s) < 0 ? no(l, word) : 0;
}

static int
id_line(struct lines *l, jc_id out, const char *word)
{
	struct jc_slice s;

	if (line(l, &s, word) < 0 || !jc_id_ok(s.p, s.n))
		return no(l, word);
	memcpy(out, s.p, JC_ID_LEN);
	out[JC_ID_LEN] = '\0';
	return 0;
}

static int
hash_line(struct lines *l, uint8_t out[JC_HASH_LEN], const char *word)
{
	struct jc_slice s;

	return line(l, &s, word) < 0 || jc_b64_decode(out, JC_HASH_LEN, s.p, s.n) != JC_HASH_LEN ? no(l, word) : 0;
}

/* `<label> <<device>@<scope>.jiceng> <seconds> +0800`; only label and seconds are taken from here. */
static int
person_line(struct lines *l, struct jc_commit *c)
{
	struct jc_slice s, secs;
	const char *open, *close;

	if (line(l, &s, "author ") < 0)
		return -1;
	open = memchr(s.p, '<', s.n);
	close = memchr(s.p, '>', s.n);
	if (open == NULL || close == NULL || open - s.p < 2 || s.p + s.n - close < 9)
		return no(l, "author");
	c->label = (struct jc_slice){s.p, (size_t)(open - s.p) - 1};
	secs = (struct jc_slice){close + 2, (size_t)(s.p + s.n - close) - 2 - 6};
	return number(&c->time, secs) < 0 ? no(l, "author") : 0;
}

static int
sig_lines(struct lines *l, struct jc_commit *c)
{
	struct jc_buf armor;
	struct jc_err err;
	struct jc_slice s;
	int rc = line(l, &s, "gpgsig ");

	jc_buf_init(&armor, 1024);
	while (rc == 0) {
		jc_buf_slice(&armor, s);
		jc_buf_putc(&armor, '\n');
		if (l->p == l->end || *l->p != ' ')
			break;
		rc = line(l, &s, " ");
	}
	if (rc == 0 && (armor.failed || jc_sign_dearmor(c->pk, c->sig, "git", armor.data, armor.len, &err) < 0))
		rc = no(l, "signature");
	jc_buf_free(&armor);
	return rc;
}

static int
parents_trailer(struct lines *l, struct jc_commit *c)
{
	struct jc_slice s;

	if (c->nparents == 0)
		return 0;
	if (line(l, &s, "Jc-Parents: ") < 0 || s.n != c->nparents * 44 - 1)
		return no(l, "Jc-Parents");
	for (size_t i = 0; i < c->nparents; i++)
		if (jc_b64_decode(c->parent_hash[i], JC_HASH_LEN, s.p + 44 * i, 43) != JC_HASH_LEN)
			return no(l, "Jc-Parents");
	return 0;
}

static int
trailers_read(struct lines *l, struct jc_commit *c)
{
	int64_t format;
	struct jc_slice s;

	if (number_line(l, &format, "Jc-Format: ") < 0 || id_line(l, c->network, "Jc-Network: ") < 0 ||
	    id_line(l, c->scope, "Jc-Scope: ") < 0 || line(l, &s, "Jc-Tier: ") < 0)
		return -1;
	if (format != 0 || jc_tier_parse(&c->tier, s.p, s.n) < 0)
		return no(l, format != 0 ? "Jc-Format" : "Jc-Tier");
	if (id_line(l, c->device, "Jc-Device: ") < 0 || id_line(l, c->run, "Jc-Run: ") < 0 ||
	    number_line(l, &c->seq, "Jc-Seq: ") < 0 || number_line(l, &c->lamport, "Jc-Lamport: ") < 0 ||
	    number_line(l, &c->schema, "Jc-Schema: ") < 0 || hash_line(l, c->payload_hash, "Jc-Payload: ") < 0 ||
	    parents_trailer(l, c) < 0)
		return -1;
	if (l->p == l->end)
		return 0;
	c->has_founding = 1;
	return hash_line(l, c->founding, "Jc-Founding: ");
}

static int
object_read(struct lines *l, struct jc_commit *c)
{
	struct jc_slice s;

	if (line(l, &s, "tree ") < 0 || jc_oid_parse(&c->tree, s.p, s.n) < 0)
		return no(l, "tree");
	while (l->end - l->p > 7 && memcmp(l->p, "parent ", 7) == 0) {
		if (c->nparents == JC_PARENTS_MAX || line(l, &s, "parent ") < 0 ||
		    jc_oid_parse(&c->parent[c->nparents++], s.p, s.n) < 0)
			return no(l, "parent");
	}
	if (person_line(l, c) < 0 || line(l, &s, "committer ") < 0 || sig_lines(l, c) < 0 || line(l, &s, "") < 0 ||
	    line(l, &c->summary, "") < 0 || line(l, &s, "") < 0)
		return -1;
	return trailers_read(l, c);
}

/* Writes again what was read; 1 if the bytes are the same. Fills the header hash. */
static int
same_again(struct jc_commit *c, const void *object, size_t n)
{
	struct jc_buf b;
	int same;

	jc_buf_init(&b, n + 1024);
	head_put(&b, c);
	sig_put(&b, c);
	body_put(&b, c);
	same = !b.failed && b.len == n && memcmp(b.data, object, n) == 0;
	jc_buf_reset(&b);
	header_put(&b, c);
	if (same)
		jc_hash(c->hash, b.data, b.len);
	jc_buf_free(&b);
	return same;
}

int
jc_commit_parse(struct jc_commit *out, const void *object, size_t n, struct jc_err *err)
{
	struct lines l = {object, (const char *)object + n, NULL};
	const char *why = NULL;

	memset(out, 0, sizeof(*out));
	if (object_read(&l, out) < 0 || l.p != l.end)
		why = l.why != NULL ? l.why : "end";
	else if ((why = fields_wrong(out)) == NULL && !same_again(out, object, n))
		why = "form";
	else if (why == NULL && jc_oid_of(&out->oid, JC_OBJ_COMMIT, object, n) < 0)
		why = "id";
	if (why == NULL)
		return 0;
	jc_err_set(err, JC_EFORMAT, "jc_commit_parse", JC_T("提交的格式不对：%s", "The commit is malformed: %s"), why);
	return JC_EFORMAT;
}

int
jc_commit_verify(const struct jc_commit *c, const void *object, size_t n, struct jc_err *err)
{
	struct jc_buf b;
	int ok;

	(void)object;
	jc_buf_init(&b, n + 1024);
	header_put(&b, c);
	ok = !b.failed && jc_sign_ok(c->sig, c->pk, "git", b.data, b.len);
	if (b.failed) {
		int rc = jc_buf_check(&b, "jc_commit_verify", err);

		jc_buf_free(&b);
		return rc;
	}
	jc_buf_free(&b);
	if (ok)
		return 0;
	return jc_err_set(err, JC_ESIGNATURE, "jc_commit_verify",
	    JC_T("签名不对：内容不是这台设备写的，或在路上被改过",
	        "The signature does not fit: not written by that device, or changed on the way"));
}

int
jc_commit_by_first(const struct jc_commit *c)
{
	jc_id id;

	jc_device_id(id, c->pk);
	return strcmp(id, c->device) == 0;
}

int
jc_commit_attach(struct jc_commit *c, const void *payload, size_t n, struct jc_err *err)
{
	uint8_t hash[JC_HASH_LEN];
	struct jc_oid tree;

	jc_hash(hash, n != 0 ? payload : "", n);
	if (memcmp(hash, c->payload_hash, JC_HASH_LEN) == 0 && blob_and_tree(&c->blob, &tree, payload, n) == 0 &&
	    jc_oid_cmp(&tree, &c->tree) == 0 && (n != 0 || c->nparents >= 2))
		return 0;
	return jc_err_set(err, JC_EFORMAT, "jc_commit_attach",
	    JC_T("提交的内容和它的摘要不符", "The payload does not fit the commit"));
}

void
jc_label_make(char out[JC_LABEL_MAX + 1], const char *name, const char *suffix)
{
	size_t n = 0, room = JC_LABEL_MAX - strlen(suffix), from = 0, len = strlen(name);

	while (from < len && (name[from] == ' ' || (unsigned char)name[from] < 0x20))
		from++;
	for (; from < len && n < room; from++)
		out[n++] = (unsigned char)name[from] < 0x20 || name[from] == 0x7f || strchr("<>", name[from]) != NULL ? ' ' : name[from];
	while (n > 0 && from < len && ((unsigned char)name[from] & 0xc0) == 0x80) {
		from--; /* not in the middle of a character */
		n--;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	if (n == 0) {
		memcpy(out, "jiceng", sizeof("jiceng"));
		return;
	}
	memcpy(out + n, suffix, strlen(suffix) + 1);
}
