/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Attached files: told by their bytes, stripped of what they should not carry, made small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <turbojpeg.h>

#include "filetype.h"
#include "picture.h"

#define CORPUS JC_SOURCE "/tests/fuzz/corpus/filetype/"

static void
slurp(struct jc_buf *b, const char *name)
{
	char path[400];
	FILE *f;
	int c;

	snprintf(path, sizeof(path), CORPUS "%s", name);
	jc_buf_init(b, 8 << 20);
	f = fopen(path, "rb");
	assert_non_null(f);
	while ((c = fgetc(f)) != EOF)
		jc_buf_putc(b, (char)c);
	fclose(f);
}

static int
contains(const struct jc_buf *b, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= b->len; i++)
		if (memcmp(b->data + i, word, n) == 0)
			return 1;
	return 0;
}

static void
a_photograph_loses_place_comment_and_tail_and_keeps_its_orientation(void **state)
{
	struct jc_picture about, again;
	struct jc_buf in, out, twice;
	int w, h, sub, space;
	tjhandle t = tjInitDecompress();

	(void)state;
	slurp(&in, "place.jpg");
	jc_buf_init(&out, 1 << 20);
	jc_buf_init(&twice, 1 << 20);
	assert_true(contains(&in, "GPSCANARY") && contains(&in, "COMMENTHERE") && contains(&in, "TRAILING"));
	assert_int_equal(jc_picture_strip_jpeg(&out, &about, in.data, in.len, NULL), 0);
	assert_false(contains(&out, "GPSCANARY") || contains(&out, "COMMENTHERE") || contains(&out, "TRAILING"));
	assert_false(contains(&out, "2026:03:02"));
	assert_string_equal(about.taken, "2026-03-02");
	assert_int_equal(about.turn, 6);
	assert_int_equal(about.width, 16);
	assert_int_equal(jc_picture_strip_jpeg(&twice, &again, out.data, out.len, NULL), 0);
	assert_int_equal(again.turn, 6);
	assert_int_equal(tjDecompressHeader3(t, (uint8_t *)out.data, out.len, &w, &h, &sub, &space), 0);
	assert_int_equal(w, 16);
	tjDestroy(t);
	jc_buf_free(&in);
	jc_buf_free(&out);
	jc_buf_free(&twice);
}

static void
a_png_keeps_only_what_shows_it(void **state)
{
	struct jc_picture about;
	struct jc_buf in, out;

	(void)state;
	slurp(&in, "text.png");
	jc_buf_init(&out, 1 << 20);
	assert_int_equal(jc_picture_strip_png(&out, &about, in.data, in.len, NULL), 0);
	assert_false(contains(&out, "PLACECANARY") || contains(&out, "eXIf") || contains(&out, "TAIL"));
	assert_true(contains(&out, "IDAT") && contains(&out, "IEND"));
	assert_int_equal(about.width, 3);
	jc_buf_free(&in);
	jc_buf_free(&out);
}

static void
every_kind_is_known_by_its_bytes_and_by_no_other_name(void **state)
{
	static const char *const files[] = {"small.jpg", "text.png", "a.pdf", "a.docx", "a.xlsx", "a.wps"};
	static const char *const names[] = {"照片.JPG", "b.png", "c.pdf", "d.docx", "e.xlsx", "f.wps"};
	const struct jc_filetype *type;
	struct jc_err err = {0};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct jc_buf b;

		slurp(&b, files[i]);
		for (size_t k = 0; k < 6; k++)
			assert_int_equal(jc_filetype_find(&type, names[k], b.data, b.len, &err), i == k ? 0 : JC_EINVAL);
		assert_int_equal(jc_filetype_find(&type, "program.exe", b.data, b.len, &err), JC_EINVAL);
		assert_int_equal(jc_filetype_find(&type, names[i], b.data, b.len / 8, &err), i == 0 ? 0 : JC_EINVAL);
		jc_buf_free(&b);
	}
	assert_int_equal(jc_filetype_find(&type, "x.html", "<html>", 6, &err), JC_EINVAL);
}

static void
a_large_photograph_becomes_small(void **state)
{
	int w = 4000, h = 3000, sub, space;
	unsigned char *rgb = malloc((size_t)w * (size_t)h * 3), *made = NULL;
	unsigned long n = 0;
	struct jc_picture about;
	struct jc_buf out, check;
	tjhandle t = tjInitCompress(), d = tjInitDecompress();

	(void)state;
	/* Structure at several scales, so that it does not deflate to nothing. */
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			for (int c = 0; c < 3; c++)
				rgb[(y * w + x) * 3 + c] = (unsigned char)((x * (c + 1) / 7) ^ (y / 5) ^ ((x * y) >> 9));
	assert_int_equal(tjCompress2(t, rgb, w, 0, h, TJPF_RGB, &made, &n, TJSAMP_420, 92, 0), 0);
	jc_buf_init(&out, 8 << 20);
	jc_buf_init(&check, 8 << 20);
	assert_int_equal(jc_picture_reduce(&out, made, n, 8, NULL), 0);
	assert_int_equal(tjDecompressHeader3(d, (uint8_t *)out.data, out.len, &w, &h, &sub, &space), 0);
	print_message("4000x3000, %lu bytes -> %dx%d, %zu bytes\n", n, w, h, out.len);
	assert_true(w <= (int)JC_PICTURE_SIDE && h <= (int)JC_PICTURE_SIDE && w >= 1000);
	assert_true(out.len <= JC_PICTURE_BYTES);
	assert_int_equal(jc_picture_strip_jpeg(&check, &about, out.data, out.len, NULL), 0);
	assert_int_equal(about.turn, 8);
	assert_int_equal(jc_picture_reduce(&out, "\xff\xd8\xff\xe0nonsense", 12, 1, NULL), JC_EINVAL);
	tjFree(made);
	tjDestroy(t);
	tjDestroy(d);
	free(rgb);
	jc_buf_free(&out);
	jc_buf_free(&check);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_photograph_loses_place_comment_and_tail_and_keeps_its_orientation),
		cmocka_unit_test(a_png_keeps_only_what_shows_it),
		cmocka_unit_test(every_kind_is_known_by_its_bytes_and_by_no_other_name),
		cmocka_unit_test(a_large_photograph_becomes_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
