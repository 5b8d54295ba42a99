/* SPDX-License-Identifier: MulanPSL-2.0 */
/* pkt-lines: four hexadecimal digits that count themselves, then content (gitprotocol-common(5)). */
#include <string.h>

#include "sync_codec.h"

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
jc_pkt_next(struct jc_slice *line, size_t *used, const void *p, size_t n)
{
	const uint8_t *q = p;
	size_t len = 0;

	line->p = "";
	line->n = 0;
	*used = 0;
	for (size_t i = 0; i < 4 && i < n; i++) {
		int d = digit(q[i]);

		if (d < 0)
			return JC_EFORMAT;
		len = len << 4 | (size_t)d;
	}
	if (n < 4)
		return 0;
	if (len == 3 || len > JC_LINE_BYTES_MAX + 4)
		return JC_EFORMAT;
	if (len < 3) {
		*used = 4;
		return JC_LINE_FLUSH + (int)len;
	}
	if (n < len)
		return 0;
	line->p = (const char *)q + 4;
	line->n = len - 4;
	*used = len;
	return JC_LINE_DATA;
}

/* The four digits of a line whose content has n bytes. */
static void
length_write(char to[4], size_t n)
{
	static const char HEX[] = "0123456789abcdef";

	n += 4;
	for (int i = 0; i < 4; i++)
		to[i] = HEX[n >> (12 - 4 * i) & 15];
}

void
jc_pkt_open(struct jc_buf *b, size_t *at)
{
	*at = b->len;
	jc_buf_puts(b, "0004");
}

void
jc_pkt_close(struct jc_buf *b, size_t at)
{
	if (b->failed)
		return;
	if (b->len - at - 4 > JC_LINE_BYTES_MAX) {
		b->failed = JC_ELIMIT;
		return;
	}
	length_write(b->data + at, b->len - at - 4);
}

void
jc_pkt_put(struct jc_buf *b, const void *p, size_t n)
{
	size_t at;

	jc_pkt_open(b, &at);
	jc_buf_put(b, p, n);
	jc_pkt_close(b, at);
}

void
jc_pkt_puts(struct jc_buf *b, const char *s)
{
	jc_pkt_put(b, s, strlen(s));
}

void
jc_pkt_flush(struct jc_buf *b)
{
	jc_buf_puts(b, "0000");
}

void
jc_pkt_err(struct jc_buf *b, const char *sentence)
{
	size_t at;

	jc_pkt_open(b, &at);
	jc_buf_puts(b, "ERR ");
	jc_buf_put(b, sentence, strcspn(sentence, "\r\n"));
	jc_buf_putc(b, '\n');
	jc_pkt_close(b, at);
}

void
jc_pkt_band(struct jc_buf *b, int band, const void *p, size_t n, size_t packet)
{
	const char *q = p;
	size_t most = (packet > JC_LINE_BYTES_MAX + 4 ? JC_LINE_BYTES_MAX + 4 : packet < 6 ? 6 : packet) - 5;

	while (n != 0 && !b->failed) {
		size_t part = n < most ? n : most, at;

		jc_pkt_open(b, &at);
		jc_buf_putc(b, (char)band);
		jc_buf_put(b, q, part);
		jc_pkt_close(b, at);
		q += part;
		n -= part;
	}
}

int
jc_pkt_unband(struct jc_slice *data, struct jc_slice line)
{
	if (line.n == 0 || line.p[0] < 1 || line.p[0] > 3)
		return JC_EFORMAT;
	data->p = line.p + 1;
	data->n = line.n - 1;
	return line.p[0];
}
