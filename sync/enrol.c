/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Two secrets make joining safe for people who type a code from a piece of paper: 65 random bits that
 * both sides prove with an HMAC over the keys they are about to trust, and the fingerprint of the
 * hub's key, so that the device knows whom it talks to before it says anything. The code itself is
 * never sent.
 *
 *   device                                   hub
 *     GET /hello  (any certificate)   ->
 *                                     <-   key, TLS pin, signature: ID(key) must stand in the code
 *     POST /enrol (pinned TLS key)    ->   tag, device key, nonce, HMAC(code; keys, nonce)
 *                                     <-   scope, identity key, credential, HMAC(code; ..., answer)
 */
#include "sync_enrol.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_canon.h"
#include "../schema/schema_mem.h"
#include "sync_session.h"

/* A line of keys as bytes, and as text. */
#define KEYS_BYTES (JC_KEYS_MAX * (JC_PK_LEN + JC_SIG_LEN))
#define KEYS_TEXT (KEYS_BYTES / 3 * 4 + 8)

static const char DIGITS[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* ---- the code ---- */

static int
digit_of(char c)
{
	const char *at;

	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	if (c == 'o')
		c = '0';
	if (c == 'i' || c == 'l')
		c = '1';
	at = c != '\0' ? strchr(DIGITS, c) : NULL;
	return at != NULL ? (int)(at - DIGITS) : -1;
}

/* Weighted sum: finds one wrong character and two exchanged neighbours. */
static int
check_digit(const char *text)
{
	int sum = 0;

	for (int i = 0; i < JC_CODE_LEN - 1; i++)
		sum += (i + 1) * digit_of(text[i]);
	return sum % 31;
}

int
jc_code_make(char out[JC_CODE_TEXT], struct jc_join_code *code, const struct jc_env *env, const jc_id hub, struct jc_err *err)
{
	uint8_t random[JC_SECRET_LEN];
	char text[JC_CODE_LEN + 1];
	size_t at = 0;

	if (env->random(env->ctx, random, sizeof(random)) != 0)
		return jc_err_code(err, JC_EIO, "jc_code_make");
	for (int i = 0; i < JC_SECRET_LEN; i++)
		code->secret[i] = DIGITS[random[i] & 31];
	code->secret[JC_SECRET_LEN] = '\0';
	memcpy(code->hub, hub, sizeof(code->hub));
	memcpy(text, code->secret, JC_SECRET_LEN);
	memcpy(text + JC_SECRET_LEN, hub, JC_ID_LEN);
	text[JC_CODE_LEN - 1] = DIGITS[check_digit(text)];
	for (int i = 0; i < JC_CODE_LEN; i++) {
		if (i > 0 && i % 5 == 0 && i < JC_CODE_LEN - 1)
			out[at++] = '-';
		out[at++] = text[i];
	}
	out[at] = '\0';
	return 0;
}

int
jc_code_parse(struct jc_join_code *out, const char *typed, struct jc_err *err)
{
	char text[JC_CODE_LEN + 1] = "";
	int n = 0;

	for (const char *s = typed; *s != '\0'; s++) {
		int d;

		if (*s == ' ' || *s == '-')
			continue;
		if ((d = digit_of(*s)) < 0)
			return jc_err_set(err, JC_EINVAL, "jc_code_parse",
			    JC_T("加入码里只有数字和英文字母，请照县里给的原样再输一遍",
			        "A code has digits and letters only; please type it again as given"));
		if (n < JC_CODE_LEN)
			text[n] = DIGITS[d];
		n++;
	}
	if (n != JC_CODE_LEN)
		return jc_err_set(err, JC_EINVAL, "jc_code_parse",
		    JC_T("加入码应有26位，现在是%d位，请再核对一遍", "A code has 26 characters, this one has %d; please check it"), n);
	if (digit_of(text[JC_CODE_LEN - 1]) != check_digit(text))
		return jc_err_set(err, JC_EINVAL, "jc_code_parse",
		    JC_T("加入码有一位不对，请照原样再输一遍", "One character of the code is wrong; please type it again"));
	memset(out, 0, sizeof(*out));
	memcpy(out->secret, text, JC_SECRET_LEN);
	memcpy(out->hub, text + JC_SECRET_LEN, JC_ID_LEN);
	return 0;
}

static void
derive(uint8_t out[JC_HASH_LEN], const char *what, const char *secret)
{
	struct jc_hasher h;

	jc_hasher_init(&h);
	jc_hasher_add(&h, what, strlen(what) + 1);
	jc_hasher_add(&h, secret, JC_SECRET_LEN);
	jc_hasher_end(&h, out);
}

#define TAG_LEN 8
static void
code_tag(uint8_t out[TAG_LEN], const char *secret)
{
	uint8_t hash[JC_HASH_LEN];

	derive(hash, "jiceng-tag", secret);
	memcpy(out, hash, TAG_LEN);
}

static void
client_mac(uint8_t out[JC_HASH_LEN], const uint8_t mac_key[JC_HASH_LEN], const uint8_t hub[JC_PK_LEN],
    const uint8_t device[JC_PK_LEN], const uint8_t nonce[16])
{
	struct jc_slice parts[] = {
	    {"client", 7}, {(const char *)hub, JC_PK_LEN}, {(const char *)device, JC_PK_LEN}, {(const char *)nonce, 16}};

	jc_hmac(out, mac_key, JC_HASH_LEN, parts, 4);
}

/* Of a file: the device knows the hub's id from the code, not yet its key. */
static void
file_mac(uint8_t out[JC_HASH_LEN], const uint8_t mac_key[JC_HASH_LEN], const jc_id hub, const uint8_t device[JC_PK_LEN],
    const uint8_t nonce[16])
{
	struct jc_slice parts[] = {{"file", 5}, {hub, JC_ID_LEN}, {(const char *)device, JC_PK_LEN}, {(const char *)nonce, 16}};

	jc_hmac(out, mac_key, JC_HASH_LEN, parts, 4);
}

static void
answer_mac(uint8_t out[JC_HASH_LEN], const uint8_t mac_key[JC_HASH_LEN], const uint8_t hub[JC_PK_LEN],
    const uint8_t device[JC_PK_LEN], const uint8_t nonce[16], const void *line, size_t n)
{
	uint8_t hash[JC_HASH_LEN];
	struct jc_slice parts[] = {{"hub", 4}, {(const char *)hub, JC_PK_LEN}, {(const char *)device, JC_PK_LEN},
	    {(const char *)nonce, 16}, {(const char *)hash, JC_HASH_LEN}};

	jc_hash(hash, line, n);
	jc_hmac(out, mac_key, JC_HASH_LEN, parts, 5);
}

/* ---- small JSON objects of texts ---- */

struct member {
	const char *name;
	char *out;
	size_t room;
	int found;
};

static void
member_put(struct jc_buf *b, const char *name, const char *text, size_t n)
{
	if (b->len != 0 && b->data[b->len - 1] != '{')
		jc_buf_putc(b, ',');
	jc_canon_str(b, name, strlen(name));
	jc_buf_putc(b, ':');
	jc_canon_str(b, text, n);
}

static void
member_b64(struct jc_buf *b, const char *name, const void *p, size_t n)
{
	struct jc_buf text;

	jc_buf_init(&text, KEYS_TEXT);
	jc_buf_b64(&text, p, n);
	member_put(b, name, text.data, text.len);
	jc_buf_free(&text);
}

/* Reads one object of texts; every member must be known and present. Stops after its end. */
static int
members_read(struct jc_canon *c, struct member *v, size_t n)
{
	struct jc_buf scratch;
	enum jc_tok t;
	size_t seen = 0;
	int rc = 0;

	jc_buf_init(&scratch, JC_ENROL_MAX);
	while (rc == 0 && (t = jc_canon_next(c)) == JC_TOK_KEY) {
		struct jc_slice name = c->raw, text;
		size_t i = 0;

		while (i < n && !jc_slice_is(name, v[i].name))
			i++;
		jc_buf_reset(&scratch);
		if (i == n || jc_canon_next(c) != JC_TOK_STR || jc_canon_text(&text, c->raw, &scratch) < 0 || text.n >= v[i].room) {
			rc = JC_EFORMAT;
			break;
		}
		memcpy(v[i].out, text.p, text.n);
		v[i].out[text.n] = '\0';
		seen++;
	}
	jc_buf_free(&scratch);
	return rc == 0 && seen == n && t == JC_TOK_OBJ_END ? 0 : JC_EFORMAT;
}

static int
object_read(struct member *v, size_t n, const void *body, size_t len)
{
	struct jc_canon c;

	jc_canon_init(&c, body, len);
	if (jc_canon_next(&c) != JC_TOK_OBJ || members_read(&c, v, n) < 0)
		return JC_EFORMAT;
	return jc_canon_next(&c) == JC_TOK_END ? 0 : JC_EFORMAT;
}

static int
b64_exact(void *out, size_t n, const char *text)
{
	return jc_b64_decode(out, n, text, strlen(text)) == (int)n ? 0 : JC_EFORMAT;
}

static int
not_a_hub(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "jc_enrol",
	    JC_T("这个网址上的不是县里的服务器，请核对网址；如果要先登录上网，请登录后再试",
	        "What answers there is no jiceng hub; check the address, and log in to the network first if it asks for it"));
}

/* ---- hello ---- */

/* The line of the hub's keys, in the hello of one that has replaced its first. */
static void
keys_put(struct jc_buf *out, const struct jc_keys *keys)
{
	struct jc_buf bytes;

	jc_buf_init(&bytes, KEYS_BYTES);
	jc_succession_put(&bytes, keys);
	member_b64(out, "keys", bytes.data, bytes.len);
	jc_buf_free(&bytes);
}

static int
keys_read(struct jc_keys *out, const char *text, const uint8_t pk[JC_PK_LEN])
{
	uint8_t bytes[KEYS_BYTES];
	int n;

	if (text[0] == '\0')
		return jc_succession_read(out, pk, JC_PK_LEN);
	if ((n = jc_b64_decode(bytes, sizeof(bytes), text, strlen(text))) < 0 ||
	    jc_succession_read(out, bytes, (size_t)n) < 0 || out->n < 2)
		return JC_EFORMAT;
	return memcmp(out->key[out->n - 1], pk, JC_PK_LEN) == 0 ? 0 : JC_EFORMAT;
}

static void
hello_text(struct jc_buf *b, const char *key, const char *pin, const char *url)
{
	jc_buf_puts(b, "jiceng-hub 0\n");
	jc_buf_puts(b, key);
	jc_buf_putc(b, '\n');
	jc_buf_puts(b, pin);
	jc_buf_putc(b, '\n');
	jc_buf_puts(b, url);
	jc_buf_putc(b, '\n');
}

int
jc_enrol_hello(struct jc_buf *out, const struct jc_key *hub, const char *pin, const char *url, struct jc_err *err)
{
	uint8_t sig[JC_SIG_LEN];
	struct jc_buf key, text;
	struct jc_keys keys;
	int rc;

	jc_buf_init(&key, 128);
	jc_buf_init(&text, 1024);
	jc_buf_b64(&key, hub->pk, JC_PK_LEN);
	if ((rc = jc_buf_check(&key, "jc_enrol_hello", err)) == 0) {
		hello_text(&text, key.data, pin, url);
		if ((rc = jc_buf_check(&text, "jc_enrol_hello", err)) == 0) {
			jc_sign(sig, hub, "jiceng-hub", text.data, text.len);
			jc_buf_putc(out, '{');
			member_put(out, "hub", hub->id, JC_ID_LEN);
			member_put(out, "key", key.data, key.len);
			jc_succession_of(&keys, hub);
			if (keys.n > 1)
				keys_put(out, &keys);
			member_put(out, "pin", pin, strlen(pin));
			member_b64(out, "sig", sig, sizeof(sig));
			member_put(out, "url", url, strlen(url));
			jc_buf_putc(out, '}');
			rc = jc_buf_check(out, "jc_enrol_hello", err);
		}
	}
	jc_buf_free(&key);
	jc_buf_free(&text);
	return rc;
}

/* A hello that is signed by the newest key of the line that stands in it. */
static int
hello_read(struct jc_keys *keys, char pin[JC_PIN_MAX], char url[JC_URL_MAX], const void *body, size_t n, struct jc_err *err)
{
	char hub[32], key[64], sig64[128], line[KEYS_TEXT] = "";
	struct member v[] = {{"hub", hub, sizeof(hub), 0}, {"key", key, sizeof(key), 0}, {"pin", pin, JC_PIN_MAX, 0},
	    {"sig", sig64, sizeof(sig64), 0}, {"url", url, JC_URL_MAX, 0}, {"keys", line, sizeof(line), 0}};
	uint8_t pk[JC_PK_LEN], sig[JC_SIG_LEN];
	struct jc_buf text;
	int ok;

	if (n <= JC_ENROL_MAX && object_read(v, 5, body, n) < 0 && object_read(v, 6, body, n) < 0)
		return not_a_hub(err);
	if (n > JC_ENROL_MAX || b64_exact(pk, JC_PK_LEN, key) < 0 || keys_read(keys, line, pk) < 0 ||
	    b64_exact(sig, sizeof(sig), sig64) < 0 || strncmp(pin, "sha256//", 8) != 0)
		return not_a_hub(err);
	jc_buf_init(&text, 1024);
	hello_text(&text, key, pin, url);
	ok = !text.failed && strcmp(keys->id, hub) == 0 && jc_sign_ok(sig, pk, "jiceng-hub", text.data, text.len);
	jc_buf_free(&text);
	return ok ? 0 : not_a_hub(err);
}

int
jc_enrol_hello_read(struct jc_keys *hub, char pin[JC_PIN_MAX], const struct jc_join_code *code, const void *body,
    size_t n, struct jc_err *err)
{
	char url[JC_URL_MAX];
	int rc = hello_read(hub, pin, url, body, n, err);

	if (rc < 0 || strcmp(hub->id, code->hub) == 0)
		return rc;
	return jc_err_set(err, JC_ESIGNATURE, "jc_enrol_hello_read",
	    JC_T("这台服务器不是给出加入码的那一台，请向县里核对网址和加入码",
	        "This server is not the one that issued the code; check address and code with the county"));
}

int
jc_enrol_hello_again(struct jc_keys *now, char pin[JC_PIN_MAX], char url[JC_URL_MAX], const struct jc_keys *known,
    const void *body, size_t n, struct jc_err *err)
{
	int rc = hello_read(now, pin, url, body, n, err);

	if (rc < 0 || jc_succession_place(now, known->key[known->n - 1]) >= 0)
		return rc; /* the newest key that we know speaks, or one that it leads to */
	if (jc_succession_place(known, now->key[now->n - 1]) >= 0)
		return jc_err_set(err, JC_ESTATE, "jc_enrol_hello_again", "%s",
		    JC_T("县里的服务器用的是换下来的旧密钥，请告诉县里把换密钥以后备份的 device.key 放回去",
		        "The hub signs with a key that it had replaced; tell it to put back the device.key that was copied after the key was replaced"));
	return jc_err_set(err, JC_ESIGNATURE, "jc_enrol_hello_again", "%s",
	    JC_T("这个网址上的不是原来的县服务器，请向县里核对", "Another server answers at this address than the county's own; please check with the county"));
}

/* ---- invitation ---- */

/* role: "branch", or "hub" for a hub below. */
static int
scope_of(struct jc_scope *s, struct jc_node *hub, const char *role, const char *branch, struct jc_err *err)
{
	struct jc_scope office;
	int rc = jc_scope_named(s, hub->log, role, branch, err);

	if (rc != JC_ENOTFOUND)
		return rc;
	if ((rc = jc_node_scope(hub, &office, err)) < 0)
		return rc;
	if (strcmp(office.role, "office") != 0)
		return jc_err_set(err, JC_ESTATE, "jc_enrol_invite",
		    JC_T("只有县里的服务器可以发加入码", "Only a hub can invite branches"));
	rc = jc_scope_found(s, hub->log, role, branch, office.network, err);
	if (rc < 0 || strcmp(role, "hub") != 0)
		return rc;
	/* One key for all hubs below: by it they find that they have one person (FORMAT 22). */
	jc_hmac(s->idkey, office.idkey, sizeof(office.idkey), &(struct jc_slice){"match", 5}, 1);
	return jc_scope_put(s, hub->log, err);
}

static int
invite_add(struct jc_node *hub, int64_t scope, const char *secret, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(hub->db);
	uint8_t tag[TAG_LEN], mac_key[JC_HASH_LEN];
	struct jc_buf text;
	struct jc_stmt *st;
	int rc;

	code_tag(tag, secret);
	derive(mac_key, "jiceng-mac", secret);
	jc_buf_init(&text, 64);
	jc_buf_b64(&text, tag, sizeof(tag));
	if ((rc = jc_buf_check(&text, "invite_add", err)) == 0 &&
	    (rc = jc_db_prep(&st, hub->db,
	         "INSERT INTO invite(scope, tag, mac_key, made) VALUES(:scope, :tag, :mac_key, :made)", err)) == 0) {
		jc_bind_int(st, ":scope", scope);
		jc_bind_text(st, ":tag", text.data, text.len);
		jc_bind_blob(st, ":mac_key", mac_key, sizeof(mac_key));
		jc_bind_int(st, ":made", env->wall_ms(env->ctx) / 1000);
		jc_db_log_window(hub->db, 1);
		rc = jc_stmt_run(st, err);
		jc_db_log_window(hub->db, -1);
	}
	jc_buf_free(&text);
	return rc;
}

static int
invite(char out[JC_CODE_TEXT], struct jc_node *hub, const char *role, const char *branch, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(hub->log);
	struct jc_join_code code;
	struct jc_scope s;
	int rc, end;

	if (branch[0] == '\0' || strlen(branch) >= sizeof(s.name) || !jc_utf8_ok(branch, strlen(branch)))
		return jc_err_set(err, JC_EINVAL, "jc_enrol_invite",
		    JC_T("请写上支部的名称（不超过40个字）", "Give the branch's name, at most 120 bytes"));
	if ((rc = jc_db_begin(hub->db, err)) < 0)
		return rc;
	if (key == NULL)
		rc = jc_err_code(err, JC_ESTATE, "jc_enrol_invite");
	else if ((rc = scope_of(&s, hub, role, branch, err)) == 0 &&
	    (rc = jc_code_make(out, &code, jc_db_env(hub->db), key->id, err)) == 0)
		rc = invite_add(hub, s.no, code.secret, err);
	end = jc_db_end(hub->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_enrol_invite(char out[JC_CODE_TEXT], struct jc_node *hub, const char *branch, struct jc_err *err)
{
	return invite(out, hub, "branch", branch, err);
}

int
jc_enrol_invite_hub(char out[JC_CODE_TEXT], struct jc_node *hub, const char *name, struct jc_err *err)
{
	return invite(out, hub, "hub", name, err);
}

/* ---- request ---- */

int
jc_enrol_request(struct jc_buf *out, uint8_t nonce[16], const struct jc_join_code *code, const struct jc_env *env,
    const struct jc_key *device, const uint8_t hub_pk[JC_PK_LEN], struct jc_err *err)
{
	uint8_t tag[TAG_LEN], mac_key[JC_HASH_LEN], mac[JC_HASH_LEN], pk[JC_PK_LEN];

	jc_key_public(pk, device, 0);
	if (env->random(env->ctx, nonce, 16) != 0)
		return jc_err_code(err, JC_EIO, "jc_enrol_request");
	code_tag(tag, code->secret);
	derive(mac_key, "jiceng-mac", code->secret);
	if (hub_pk != NULL)
		client_mac(mac, mac_key, hub_pk, pk, nonce);
	else
		file_mac(mac, mac_key, code->hub, pk, nonce);
	jc_buf_putc(out, '{');
	if (hub_pk == NULL)
		member_put(out, "hub", code->hub, JC_ID_LEN);
	member_b64(out, "key", pk, JC_PK_LEN);
	member_b64(out, "mac", mac, sizeof(mac));
	member_b64(out, "nonce", nonce, 16);
	member_b64(out, "tag", tag, sizeof(tag));
	jc_buf_putc(out, '}');
	return jc_buf_check(out, "jc_enrol_request", err);
}

struct request {
	uint8_t pk[JC_PK_LEN], mac[JC_HASH_LEN], nonce[16];
	char tag[24], hub[16]; /* hub: of a file, else "" */
};

static int
request_read(struct request *q, int file, const void *body, size_t n)
{
	char key[64], mac[64], nonce[32];
	struct member v[] = {{"key", key, sizeof(key), 0}, {"mac", mac, sizeof(mac), 0}, {"nonce", nonce, sizeof(nonce), 0},
	    {"tag", q->tag, sizeof(q->tag), 0}, {"hub", q->hub, sizeof(q->hub), 0}};

	q->hub[0] = '\0';
	if (n > JC_ENROL_MAX || object_read(v, file ? 5 : 4, body, n) < 0 || b64_exact(q->pk, JC_PK_LEN, key) < 0 ||
	    b64_exact(q->mac, JC_HASH_LEN, mac) < 0 || b64_exact(q->nonce, 16, nonce) < 0)
		return JC_EFORMAT;
	return 0;
}

struct invite {
	int64_t no, scope, tries;
	uint8_t mac_key[JC_HASH_LEN];
	jc_id used_by;
};

static int
code_refused(struct jc_err *err)
{
	return jc_err_set(err, JC_EDENIED, "jc_enrol_take",
	    JC_T("加入码不对或者已经用过，请向县里要一个新的", "The code is wrong or used up; ask the county for a new one"));
}

static int
invite_find(struct invite *in, struct jc_node *hub, const char *tag, struct jc_err *err)
{
	struct jc_stmt *st;
	const char *used;
	const void *key;
	size_t n, nused;
	int rc;

	memset(in, 0, sizeof(*in));
	if ((rc = jc_db_prep(&st, hub->db,
	         "SELECT no, scope, mac_key, tries, used_by FROM invite WHERE tag = :tag", err)) < 0)
		return rc;
	jc_bind_str(st, ":tag", tag);
	if ((rc = jc_stmt_step(st, err)) <= 0)
		return rc < 0 ? rc : code_refused(err);
	in->no = jc_col_int(st, 0);
	in->scope = jc_col_int(st, 1);
	in->tries = jc_col_int(st, 3);
	key = jc_col_blob(st, 2, &n);
	used = jc_col_text(st, 4, &nused);
	rc = n != JC_HASH_LEN || nused > JC_ID_LEN ? jc_err_code(err, JC_ECORRUPT, "invite_find") : 0;
	if (rc == 0) {
		memcpy(in->mac_key, key, n);
		if (used != NULL)
			memcpy(in->used_by, used, nused);
	}
	jc_stmt_reset(st);
	return rc;
}

static int
invite_update(struct jc_node *hub, const struct invite *in, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, hub->db, "UPDATE invite SET tries = :tries, used_by = :used WHERE no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":tries", in->tries);
	jc_bind_str(st, ":used", in->used_by[0] != '\0' ? in->used_by : NULL);
	jc_bind_int(st, ":no", in->no);
	jc_db_log_window(hub->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(hub->db, -1);
	return rc;
}

static int
credential_put(struct jc_node *hub, int64_t device, int64_t scope, const uint8_t hash[JC_HASH_LEN], struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(hub->db);
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, hub->db,
	    "INSERT INTO credential(device, scope, hash, made) VALUES(:device, :scope, :hash, :made)"
	    " ON CONFLICT(device) DO UPDATE SET hash = excluded.hash, made = excluded.made", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":device", device);
	jc_bind_int(st, ":scope", scope);
	jc_bind_blob(st, ":hash", hash, JC_HASH_LEN);
	jc_bind_int(st, ":made", env->wall_ms(env->ctx) / 1000);
	jc_db_log_window(hub->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(hub->db, -1);
	return rc;
}

/* The device's name for people: the branch's, and from the second PC on its number. */
static int
label_make(char label[JC_LABEL_MAX + 1], struct jc_node *hub, const struct jc_scope *s, struct jc_err *err)
{
	struct jc_stmt *st;
	char number[24] = "";
	int64_t count;
	int rc;

	if ((rc = jc_db_prep(&st, hub->db, "SELECT count(*) FROM credential WHERE scope = :scope", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", s->no);
	if ((rc = jc_stmt_step(st, err)) < 0)
		return rc;
	count = jc_col_int(st, 0);
	jc_stmt_reset(st);
	if (count > 0)
		snprintf(number, sizeof(number), " %d号机", (int)(count % 100000) + 1);
	jc_label_make(label, s->name, number);
	return 0;
}

struct commons {
	struct jc_buf *b;
	int any;
};

static int
common_put(void *arg, const struct jc_scope *s)
{
	struct commons *c = arg;

	if (strcmp(s->role, "common") != 0 || !s->mine)
		return 0; /* of what comes down from farther up, our own common scope tells (relay.c) */
	if (c->any++)
		jc_buf_putc(c->b, ',');
	jc_buf_putc(c->b, '{');
	member_b64(c->b, "founding", s->founding, JC_HASH_LEN);
	member_put(c->b, "id", s->id, JC_ID_LEN);
	member_put(c->b, "name", s->name, strlen(s->name));
	jc_buf_putc(c->b, '}');
	return 0;
}

static int
answer_put(struct jc_buf *b, struct jc_node *hub, const struct jc_scope *s, const char *label,
    const uint8_t credential[JC_CREDENTIAL_LEN], struct jc_err *err)
{
	struct commons c = {b, 0};
	int rc;

	jc_buf_puts(b, "{\"commons\":[");
	if ((rc = jc_scope_each(hub->log, common_put, &c, err)) < 0)
		return rc;
	jc_buf_putc(b, ']');
	member_b64(b, "credential", credential, JC_CREDENTIAL_LEN);
	member_b64(b, "founding", s->founding, JC_HASH_LEN);
	member_b64(b, "idkey", s->idkey, sizeof(s->idkey));
	member_put(b, "label", label, strlen(label));
	member_put(b, "name", s->name, strlen(s->name));
	member_put(b, "network", s->network, JC_ID_LEN);
	member_put(b, "scope", s->id, JC_ID_LEN);
	jc_buf_putc(b, '}');
	return jc_buf_check(b, "answer_put", err);
}

/* Enrols the device and writes the answer; the code was right. */
static int
device_enrol(struct jc_buf *out, struct jc_node *hub, struct invite *in, const struct request *q, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(hub->db);
	const struct jc_key *key = jc_log_key(hub->log);
	uint8_t credential[JC_CREDENTIAL_LEN], hash[JC_HASH_LEN], mac[JC_HASH_LEN], first[JC_PK_LEN];
	char label[JC_LABEL_MAX + 1];
	struct jc_scope s;
	int64_t device;
	jc_id known;
	int rc;

	if ((rc = jc_scope_get(&s, hub->log, in->scope, err)) < 0 || (rc = label_make(label, hub, &s, err)) < 0)
		return rc;
	if (in->used_by[0] != '\0' && jc_device_find(hub->log, in->used_by, &device, NULL, NULL) == 0 &&
	    (rc = jc_device_label(hub->log, device, known, label, err)) < 0)
		return rc; /* asked again: the label that it got the first time */
	if (env->random(env->ctx, credential, sizeof(credential)) != 0)
		return jc_err_code(err, JC_EIO, "device_enrol");
	jc_hash(hash, credential, sizeof(credential));
	jc_device_id(in->used_by, q->pk);
	if ((rc = jc_scope_enrol(hub->log, &s, q->pk, label, strcmp(s.role, "hub") == 0 ? "hub" : "branch", err)) < 0 ||
	    (rc = jc_device_find(hub->log, in->used_by, &device, NULL, err)) < 0 ||
	    (rc = credential_put(hub, device, s.no, hash, err)) < 0 || (rc = invite_update(hub, in, err)) < 0 ||
	    (rc = answer_put(out, hub, &s, label, credential, err)) < 0)
		return rc;
	jc_key_public(first, key, 0);
	answer_mac(mac, in->mac_key, first, q->pk, q->nonce, out->data, out->len);
	jc_buf_putc(out, '\n');
	jc_buf_b64(out, mac, sizeof(mac));
	jc_buf_putc(out, '\n');
	return jc_buf_check(out, "device_enrol", err);
}

/* 1: enrolled; 0: refused and counted; both are to be stored. */
static int
take_in_txn(struct jc_buf *out, struct jc_node *hub, const struct request *q, struct jc_err *err)
{
	uint8_t mac[JC_HASH_LEN], first[JC_PK_LEN];
	struct invite in;
	jc_id asking;
	int rc;

	if ((rc = invite_find(&in, hub, q->tag, err)) < 0)
		return rc;
	jc_device_id(asking, q->pk);
	jc_key_public(first, jc_log_key(hub->log), 0);
	if (in.tries >= JC_ENROL_TRIES || (in.used_by[0] != '\0' && strcmp(in.used_by, asking) != 0))
		return code_refused(err);
	if (q->hub[0] != '\0')
		file_mac(mac, in.mac_key, jc_log_key(hub->log)->id, q->pk, q->nonce);
	else
		client_mac(mac, in.mac_key, first, q->pk, q->nonce);
	if (!jc_hash_eq(mac, q->mac, sizeof(mac))) {
		in.tries++;
		if ((rc = invite_update(hub, &in, err)) == 0)
			code_refused(err);
		return rc;
	}
	rc = device_enrol(out, hub, &in, q, err);
	return rc < 0 ? rc : 1;
}

static int
request_take(struct jc_buf *out, jc_id device, jc_id to, struct jc_node *hub, int file, const void *body, size_t n,
    struct jc_err *err)
{
	struct request q;
	int rc, end;

	if (request_read(&q, file, body, n) < 0)
		return jc_err_set(err, JC_EFORMAT, "jc_enrol_take",
		    JC_T("加入请求的内容不对，请升级程序再试", "The joining request is malformed; upgrade the program"));
	if (jc_log_key(hub->log) == NULL)
		return jc_err_code(err, JC_ESTATE, "jc_enrol_take");
	if (file && !jc_id_ok(q.hub, strlen(q.hub)))
		return jc_err_code(err, JC_EFORMAT, "jc_enrol_take");
	jc_device_id(device, q.pk);
	memcpy(to, file ? q.hub : jc_log_key(hub->log)->id, JC_ID_LEN + 1);
	if (strcmp(to, jc_log_key(hub->log)->id) != 0)
		return jc_err_set(err, JC_EDENIED, "jc_enrol_take",
		    JC_T("这个加入文件不是给本机的，要交给给出加入码的那个县", "The file is not for this computer but for the hub that issued the code"));
	if ((rc = jc_db_begin(hub->db, err)) < 0)
		return rc;
	rc = take_in_txn(out, hub, &q, err);
	end = jc_db_end(hub->db, rc >= 0, rc > 0 ? err : NULL);
	if (rc == 0)
		return end < 0 ? end : JC_EDENIED;
	return rc < 0 ? rc : end;
}

int
jc_enrol_take(struct jc_buf *out, struct jc_node *hub, const void *body, size_t n, struct jc_err *err)
{
	jc_id device, to;

	return request_take(out, device, to, hub, 0, body, n, err);
}

int
jc_enrol_take_file(struct jc_buf *out, jc_id device, jc_id to, struct jc_node *hub, const void *body, size_t n,
    struct jc_err *err)
{
	return request_take(out, device, to, hub, 1, body, n, err);
}

int
jc_enrol_practice(struct jc_node *node, struct jc_err *err)
{
	int64_t mark;
	int rc = jc_meta_int(node->db, JC_PRACTICE_META, &mark, 0, err);

	if (rc < 0 || mark == 0)
		return rc;
	return jc_err_set(err, JC_ESTATE, "jc_enrol_practice",
	    JC_T("这里是练习数据，不能加入，也不会上报；正式使用请换一个文件夹",
	        "This is practice data: it joins nothing and is never sent; use another folder for real work"));
}

/* ---- the device's side of the answer ---- */

struct answer {
	char credential[64], founding[64], idkey[64], label[JC_LABEL_MAX + 1], name[128], network[16], scope[16];
};

static int
common_add(struct jc_node *node, const char *id, const char *founding, const char *name, const struct jc_scope *own,
    struct jc_err *err)
{
	struct jc_scope s = {0};
	int rc = jc_scope_find(&s, node->log, id, err);

	if (rc != JC_ENOTFOUND)
		return rc;
	memset(&s, 0, sizeof(s));
	memcpy(s.role, "common", sizeof("common"));
	memcpy(s.id, id, JC_ID_LEN + 1);
	memcpy(s.network, own->network, sizeof(s.network));
	memcpy(s.authority, own->authority, sizeof(s.authority));
	memcpy(s.name, name, strlen(name) + 1);
	s.joined = 1;
	if (b64_exact(s.founding, JC_HASH_LEN, founding) < 0)
		return not_a_hub(err);
	return jc_scope_put(&s, node->log, err);
}

/* The array of common scopes; called with `node` NULL it only walks over it. */
static int
commons_read(struct jc_canon *c, struct jc_node *node, const struct jc_scope *own, struct jc_err *err)
{
	enum jc_tok t;

	if (jc_canon_next(c) != JC_TOK_KEY || !jc_slice_is(c->raw, "commons") || jc_canon_next(c) != JC_TOK_ARR)
		return not_a_hub(err);
	while ((t = jc_canon_next(c)) == JC_TOK_OBJ) {
		char founding[64], id[16], name[128];
		struct member v[] = {
		    {"founding", founding, sizeof(founding), 0}, {"id", id, sizeof(id), 0}, {"name", name, sizeof(name), 0}};
		int rc;

		if (members_read(c, v, 3) < 0 || !jc_id_ok(id, strlen(id)))
			return not_a_hub(err);
		if (node != NULL && (rc = common_add(node, id, founding, name, own, err)) < 0)
			return rc;
	}
	return t == JC_TOK_ARR_END ? 0 : not_a_hub(err);
}

static int
answer_read(struct answer *a, struct jc_scope *own, const void *line, size_t n, struct jc_err *err)
{
	struct member v[] = {{"credential", a->credential, sizeof(a->credential), 0},
	    {"founding", a->founding, sizeof(a->founding), 0}, {"idkey", a->idkey, sizeof(a->idkey), 0},
	    {"label", a->label, sizeof(a->label), 0}, {"name", a->name, sizeof(a->name), 0},
	    {"network", a->network, sizeof(a->network), 0}, {"scope", a->scope, sizeof(a->scope), 0}};
	struct jc_canon c;
	int rc;

	jc_canon_init(&c, line, n);
	if (jc_canon_next(&c) != JC_TOK_OBJ)
		return not_a_hub(err);
	if ((rc = commons_read(&c, NULL, NULL, err)) < 0)
		return rc;
	memset(own, 0, sizeof(*own));
	if (members_read(&c, v, 7) < 0 || jc_canon_next(&c) != JC_TOK_END || !jc_id_ok(a->scope, strlen(a->scope)) ||
	    !jc_id_ok(a->network, strlen(a->network)) || b64_exact(own->founding, JC_HASH_LEN, a->founding) < 0 ||
	    b64_exact(own->idkey, sizeof(own->idkey), a->idkey) < 0)
		return not_a_hub(err);
	memcpy(own->id, a->scope, sizeof(own->id));
	memcpy(own->network, a->network, sizeof(own->network));
	memcpy(own->name, a->name, sizeof(own->name));
	return 0;
}

static int
peer_add(struct jc_node *node, const struct answer *a, const struct jc_key *device, const struct jc_keys *keys, const char *url,
    const char *pin, int hub, struct jc_err *err)
{
	struct jc_peer p = {0};
	struct jc_stmt *st;
	int rc;

	if (strlen(url) >= sizeof(p.url) || strlen(pin) >= sizeof(p.pin) || strlen(a->credential) >= sizeof(p.secret))
		return jc_err_set(err, JC_ELIMIT, "peer_add", JC_T("网址太长", "The address is too long"));
	memcpy(p.url, url, strlen(url) + 1);
	memcpy(p.pin, pin, strlen(pin) + 1);
	memcpy(p.secret, a->credential, strlen(a->credential) + 1);
	memcpy(p.key, keys->key[keys->n - 1], JC_PK_LEN);
	memcpy(p.login, device->id, sizeof(p.login));
	memcpy(p.hub, keys->id, sizeof(p.hub));
	if ((rc = jc_keyring_follow(node->log, keys, err)) < 0 || (rc = jc_peer_put(&p, node, err)) < 0 ||
	    (rc = jc_db_prep(&st, node->db,
	         "INSERT INTO peer_scope(peer, scope, push) SELECT :peer, no, mine FROM scope WHERE id IS NOT NULL"
	         " AND (:hub = 0 OR role = 'hub' OR (role = 'common' AND mine = 0))"
	         " ON CONFLICT DO NOTHING", err)) < 0)
		return rc;
	jc_bind_int(st, ":peer", p.no);
	jc_bind_int(st, ":hub", hub);
	jc_db_log_window(node->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(node->db, -1);
	return rc;
}

/* A hub keeps its own scopes and gets one at the hub above, where it says what it brings. */
static int
hub_joins(struct jc_node *node, struct jc_scope *own, struct jc_err *err)
{
	struct jc_scope there;
	struct jc_peer peer;
	int rc;

	if (jc_peer_get(&peer, node, NULL) == 0)
		return jc_err_set(err, JC_EEXISTS, "jc_enrol_accept",
		    JC_T("这里已经加入过上级了，不用再加入", "This hub has joined a hub above already"));
	if (strcmp(own->authority, jc_log_key(node->log)->id) == 0)
		return jc_err_set(err, JC_EINVAL, "jc_enrol_accept", JC_T("不能加入自己", "A hub cannot join itself"));
	memcpy(own->role, "hub", sizeof("hub"));
	own->joined = own->mine = 1;
	if (jc_scope_find(&there, node->log, own->id, NULL) == 0)
		own->no = there.no;
	if ((rc = jc_scope_put(own, node->log, err)) < 0)
		return rc;
	return jc_keyring_say(node->log, own, err); /* it is known there by its first key */
}

static int
accept_in_txn(struct jc_node *node, const struct jc_key *device, const struct jc_keys *keys, const char *url,
    const char *pin, const void *line, size_t n, struct jc_err *err)
{
	struct jc_scope own, have;
	struct jc_canon c;
	struct answer a;
	int rc, hub;

	if ((rc = jc_enrol_practice(node, err)) < 0 || (rc = answer_read(&a, &own, line, n, err)) < 0)
		return rc;
	memcpy(own.authority, keys->id, sizeof(own.authority));
	if (jc_scope_get(&have, node->log, 1, NULL) == JC_ENOTFOUND && (rc = jc_node_init_branch(node, a.name, err)) < 0)
		return rc;
	jc_canon_init(&c, line, n);
	jc_canon_next(&c);
	hub = jc_scope_get(&have, node->log, 1, NULL) == 0 && strcmp(have.role, "office") == 0;
	if ((rc = hub ? hub_joins(node, &own, err) : jc_node_join(node, &own, err)) < 0 ||
	    (rc = commons_read(&c, node, &own, err)) < 0 ||
	    (rc = peer_add(node, &a, device, keys, url, pin, hub, err)) < 0)
		return rc;
	return hub ? 0 : jc_log_set_label(node->log, a.label, err);
}

int
jc_enrol_accept(struct jc_node *node, const struct jc_join_code *code, const struct jc_key *device,
    const struct jc_keys *hub, const uint8_t nonce[16], const char *url, const char *pin, const void *body, size_t n,
    struct jc_err *err)
{
	const char *lf = n <= JC_ENROL_MAX ? memchr(body, '\n', n) : NULL;
	uint8_t mac_key[JC_HASH_LEN], mac[JC_HASH_LEN], got[JC_HASH_LEN], first[JC_PK_LEN];
	size_t line = lf != NULL ? (size_t)(lf - (const char *)body) : 0;
	int rc, end;

	if (lf == NULL || n != line + 45 || lf[44] != '\n' || jc_b64_decode(got, sizeof(got), lf + 1, 43) != JC_HASH_LEN)
		return not_a_hub(err);
	derive(mac_key, "jiceng-mac", code->secret);
	jc_key_public(first, device, 0);
	answer_mac(mac, mac_key, hub->key[0], first, nonce, body, line);
	if (!jc_hash_eq(mac, got, sizeof(mac)))
		return jc_err_set(err, JC_ESIGNATURE, "jc_enrol_accept",
		    JC_T("服务器的回答核对不上，请向县里要一个新的加入码再试",
		        "The hub's answer does not check; ask the county for a new code and try again"));
	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = accept_in_txn(node, device, hub, url, pin, body, line, err);
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- credentials ---- */

int
jc_enrol_check(struct jc_node *hub, const char *device, const char *credential, int64_t *no, int64_t *scope,
    struct jc_err *err)
{
	uint8_t raw[JC_CREDENTIAL_LEN], hash[JC_HASH_LEN];
	struct jc_stmt *st;
	const void *want;
	size_t n;
	int rc, ok = 0;

	if (jc_id_ok(device, strlen(device)) && b64_exact(raw, sizeof(raw), credential) == 0) {
		jc_hash(hash, raw, sizeof(raw));
		if ((rc = jc_db_prep(&st, hub->db,
		         "SELECT device, scope, hash FROM credential WHERE device = (SELECT no FROM device WHERE id = :id)",
		         err)) < 0)
			return rc;
		jc_bind_str(st, ":id", device);
		if ((rc = jc_stmt_step(st, err)) < 0)
			return rc;
		if (rc == 1) {
			*no = jc_col_int(st, 0);
			*scope = jc_col_int(st, 1);
			want = jc_col_blob(st, 2, &n);
			ok = n == JC_HASH_LEN && jc_hash_eq(want, hash, n);
			jc_stmt_reset(st);
		}
	}
	if (ok)
		return 0;
	return jc_err_set(err, JC_EDENIED, "jc_enrol_check",
	    JC_T("县里不认识这台电脑，请向县里要加入码重新加入", "The hub does not know this PC; ask for a code and join again"));
}
