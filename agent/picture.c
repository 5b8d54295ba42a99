/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include <turbojpeg.h>

#include "filetype.h"

#define WHERE "picture"

static int
undecodable(struct jc_err *err, tjhandle h)
{
	jc_err_set(err, JC_EINVAL, WHERE, "%s", JC_T("这张照片解不开，可能坏了；请重新拷一份", "The photograph cannot be decoded; copy it again"));
	return jc_err_cause(err, "%s", tjGetErrorStr2(h));
}

/* The largest size that the decoder makes by itself within the bound. */
static void
size_choose(int *width, int *height)
{
	int count = 0, w = *width, h = *height, best = 0;
	tjscalingfactor *f = tjGetScalingFactors(&count);

	for (int i = 0; f != NULL && i < count; i++) {
		int sw = TJSCALED(w, f[i]), sh = TJSCALED(h, f[i]);

		if (f[i].num <= f[i].denom && sw <= (int)JC_PICTURE_SIDE && sh <= (int)JC_PICTURE_SIDE && sw > best) {
			best = sw;
			*width = sw;
			*height = sh;
		}
	}
}

static int
decode(unsigned char **rgb, int *width, int *height, const void *p, size_t n, struct jc_err *err)
{
	tjhandle h = tjInitDecompress();
	int sub, space, rc = 0;

	*rgb = NULL;
	if (h == NULL)
		return JC_NOMEM(err, WHERE);
	if (tjDecompressHeader3(h, p, n, width, height, &sub, &space) != 0) {
		rc = undecodable(err, h);
	} else {
		size_choose(width, height);
		if ((*rgb = malloc((size_t)*width * (size_t)*height * 3)) == NULL)
			rc = JC_NOMEM(err, WHERE);
		else if (tjDecompress2(h, p, n, *rgb, *width, 0, *height, TJPF_RGB, 0) != 0 && tjGetErrorCode(h) == TJERR_FATAL)
			rc = undecodable(err, h);
	}
	tjDestroy(h);
	return rc;
}

static int
encode(struct jc_buf *out, const unsigned char *rgb, int width, int height, unsigned turn, struct jc_err *err)
{
	tjhandle h = tjInitCompress();
	unsigned char *made = NULL;
	unsigned long n = 0;
	int rc = h == NULL ? JC_NOMEM(err, WHERE) : 0;

	for (int quality = 82; rc == 0; quality -= 12) {
		if (tjCompress2(h, rgb, width, 0, height, TJPF_RGB, &made, &n, TJSAMP_420, quality, 0) != 0)
			rc = undecodable(err, h);
		else if (n <= JC_PICTURE_BYTES || quality < 30)
			break;
	}
	if (rc == 0)
		rc = jc_picture_turn(out, made, n, turn, err);
	tjFree(made);
	if (h != NULL)
		tjDestroy(h);
	return rc;
}

int
jc_picture_reduce(struct jc_buf *out, const void *p, size_t n, unsigned turn, struct jc_err *err)
{
	unsigned char *rgb = NULL;
	int width = 0, height = 0, rc = decode(&rgb, &width, &height, p, n, err);

	if (rc == 0)
		rc = encode(out, rgb, width, height, turn, err);
	free(rgb);
	return rc;
}
