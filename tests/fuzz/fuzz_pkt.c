/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Requests from strangers. First byte: 0 pkt-lines that arrive in pieces; 1 a fetch; 2 a push; 3 the
 * same two, of text whose lines are framed here (reaches deeper); 4 a ref's name.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sync_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what) do { if (!(what)) abort(); } while (0)

/* However the bytes are cut, the same lines come out, and an answer never changes with more bytes. */
static void
pieces(const uint8_t *p, size_t n)
{
	size_t at = 0;

	while (at < n) {
		struct jc_slice line, again, data;
		size_t used, used2;
		int kind = jc_pkt_next(&line, &used, p + at, n - at);

		for (size_t have = 0; have < n - at && have < 70; have++) {
			int early = jc_pkt_next(&again, &used2, p + at, have);

			if (early != 0) {
				REQUIRE(early == kind && used2 == used);
				REQUIRE(early < 0 || (again.n == line.n && used <= have));
				break;
			}
			REQUIRE(used2 == 0);
		}
		if (kind <= 0)
			return;
		REQUIRE(used >= 4 && used <= n - at && line.n <= used - 4);
		if (jc_pkt_unband(&data, line) > 0)
			REQUIRE(data.n + 1 == line.n);
		at += used;
	}
}

static void
lines_are_good(const struct jc_buf *b)
{
	size_t at = 0, used;
	struct jc_slice line;

	REQUIRE(!b->failed);
	for (; at < b->len; at += used)
		REQUIRE(jc_pkt_next(&line, &used, b->data + at, b->len - at) > 0);
	REQUIRE(at == b->len);
}

static void
fetch(const uint8_t *p, size_t n)
{
	static uint8_t common[256];
	struct jc_git_fetch f;
	struct jc_err err = {0};
	struct jc_buf out;

	if (jc_gitproto_fetch_read(&f, p, n, 16, sizeof(common), &err) < 0) {
		REQUIRE(err.code < 0 && err.msg[0] != '\0');
		return;
	}
	REQUIRE(f.nwants <= 16 && f.nhaves <= sizeof(common));
	for (size_t i = 1; i < f.nwants; i++)
		REQUIRE(jc_oid_cmp(&f.want[i - 1], &f.want[i]) < 0);
	for (size_t i = 0; i < f.nhaves; i++)
		common[i] = f.have[i].b[0] & 1;
	jc_buf_init(&out, 1 << 20);
	jc_gitproto_fetch_acks(&out, &f, common, n & 1);
	REQUIRE(out.len != 0 || f.acks == 0);
	lines_are_good(&out);
	jc_buf_free(&out);
	jc_gitproto_fetch_free(&f);
}

static void
push(const uint8_t *p, size_t n)
{
	struct jc_git_commands c;
	struct jc_err err = {0};
	struct jc_buf out;

	if (jc_gitproto_push_read(&c, p, n, 8, &err) < 0) {
		REQUIRE(err.code < 0 && err.msg[0] != '\0');
		return;
	}
	REQUIRE(c.n <= 8 && c.pack.n <= n);
	for (size_t i = 0; i < c.n; i++) {
		REQUIRE(jc_gitproto_ref_ok(c.cmd[i].ref.p, c.cmd[i].ref.n));
		c.cmd[i].said = i % 2 ? "no\nreason" : NULL;
	}
	jc_buf_init(&out, 1 << 20);
	REQUIRE(jc_gitproto_push_report(&out, &c, n % 3 ? NULL : "bad pack", NULL) == 0);
	REQUIRE((out.len != 0) == (c.report != 0));
	lines_are_good(&out);
	jc_buf_free(&out);
	jc_gitproto_push_free(&c);
}

/* Text whose lines become pkt-lines; an empty line is a flush; what follows "PACK" is left alone. */
static void
framed(struct jc_buf *b, const uint8_t *p, size_t n)
{
	while (n != 0) {
		const uint8_t *end = memchr(p, '\n', n);
		size_t part = end != NULL ? (size_t)(end - p) : n;

		if (part >= 4 && memcmp(p, "PACK", 4) == 0) {
			jc_buf_put(b, p, n);
			return;
		}
		if (part == 0)
			jc_pkt_flush(b);
		else
			jc_pkt_put(b, p, part + (end != NULL));
		part += end != NULL;
		p += part;
		n -= part;
	}
}

static void
name(const uint8_t *p, size_t n)
{
	char *s = malloc(n + 1);

	REQUIRE(s != NULL);
	memcpy(s, p, n);
	s[n] = '\0';
	if (jc_gitproto_ref_ok(s, n))
		REQUIRE(strlen(s) == n && n <= 255 && strncmp(s, "refs/", 5) == 0 && strstr(s, "..") == NULL &&
		    strstr(s, "//") == NULL && s[n - 1] != '/');
	(void)jc_gitproto_service(s, n);
	free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct jc_buf b;

	if (size == 0 || size > 65536)
		return 0;
	switch (data[0] % 5) {
	case 0:
		pieces(data + 1, size - 1);
		break;
	case 1:
		fetch(data + 1, size - 1);
		break;
	case 2:
		push(data + 1, size - 1);
		break;
	case 3:
		jc_buf_init(&b, 1 << 20);
		framed(&b, data + 1, size - 1);
		fetch((const uint8_t *)(b.data != NULL ? b.data : ""), b.len);
		push((const uint8_t *)(b.data != NULL ? b.data : ""), b.len);
		jc_buf_free(&b);
		break;
	default:
		name(data + 1, size - 1);
	}
	return 0;
}
