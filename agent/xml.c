/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "xml.h"

#include <string.h>

#include <expat.h>

#include "../schema/schema_mem.h"

#define STEP 65536

struct jc_xml {
	XML_Parser parser;
	struct jc_xml_on on;
	void *arg;
	int depth;
	int rc;           /* why it was stopped */
	int ours;         /* 1: stopped here, not by a handler: the error is still to be set */
	int64_t fed;
};

static const char *
local(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

static void
stop(struct jc_xml *x, int rc)
{
	if (x->rc == 0)
		x->rc = rc;
	XML_StopParser(x->parser, XML_FALSE);
}

static void XMLCALL
on_start(void *arg, const XML_Char *name, const XML_Char **atts)
{
	struct jc_xml *x = arg;
	int rc;

	if (x->rc != 0)
		return;
	if (++x->depth > JC_XML_DEPTH_MAX) {
		x->ours = 1;
		stop(x, JC_ELIMIT);
		return;
	}
	if (x->on.start != NULL && (rc = x->on.start(x->arg, local(name), (const char **)atts)) < 0)
		stop(x, rc);
}

static void XMLCALL
on_end(void *arg, const XML_Char *name)
{
	struct jc_xml *x = arg;
	int rc;

	x->depth--;
	if (x->rc == 0 && x->on.end != NULL && (rc = x->on.end(x->arg, local(name))) < 0)
		stop(x, rc);
}

static void XMLCALL
on_text(void *arg, const XML_Char *p, int n)
{
	struct jc_xml *x = arg;
	int rc;

	if (x->rc == 0 && x->on.text != NULL && (rc = x->on.text(x->arg, p, (size_t)n)) < 0)
		stop(x, rc);
}

static void XMLCALL
on_doctype(
    void *arg, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	((struct jc_xml *)arg)->ours = 1;
	stop(arg, JC_EFORMAT);
}

int
jc_xml_open(struct jc_xml **out, const struct jc_xml_on *on, void *arg, struct jc_err *err)
{
	struct jc_xml *x = jc_calloc(1, sizeof(*x));

	*out = x;
	if (x == NULL || (x->parser = XML_ParserCreate(NULL)) == NULL) {
		jc_free(x);
		*out = NULL;
		return JC_NOMEM(err, "xml");
	}
	x->on = *on;
	x->arg = arg;
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	return 0;
}

void
jc_xml_close(struct jc_xml *x)
{
	if (x == NULL)
		return;
	XML_ParserFree(x->parser);
	jc_free(x);
}

static int
malformed(struct jc_xml *x, struct jc_err *err)
{
	jc_err_set(err, JC_EFORMAT, "xml",
	    JC_T("这个表格文件有损坏，请在 WPS 或 Excel 里打开，另存一份再用",
		"The spreadsheet is damaged; open it, save it anew and try again"));
	return jc_err_cause(
	    err, "%s at %lld", XML_ErrorString(XML_GetErrorCode(x->parser)), (long long)x->fed);
}

static int
too_much(struct jc_err *err)
{
	return jc_err_set(err, JC_ELIMIT, "xml",
	    JC_T("这个文件的内容大得不正常，没有读取",
		"The file holds something of abnormal size and was not read"));
}

static int
feed_step(struct jc_xml *x, const char *p, size_t n, int last, struct jc_err *err)
{
	enum XML_Status status;
	int64_t at;

	status = XML_Parse(x->parser, p, (int)n, last);
	x->fed += (int64_t)n;
	if (x->rc != 0 && !x->ours)
		return x->rc;
	if (x->rc != 0)
		return x->rc == JC_ELIMIT ? too_much(err) : malformed(x, err);
	if (status != XML_STATUS_OK)
		return malformed(x, err);
	at = XML_GetCurrentByteIndex(x->parser);
	return at >= 0 && x->fed - at > JC_XML_TOKEN_MAX ? too_much(err) : 0;
}

int
jc_xml_feed(struct jc_xml *x, const char *p, size_t n, int last, struct jc_err *err)
{
	int rc = 0;

	do {
		size_t step = n < STEP ? n : STEP;

		rc = feed_step(x, p, step, last && step == n, err);
		p += step;
		n -= step;
	} while (rc == 0 && n > 0);
	return rc;
}

int64_t
jc_xml_at(const struct jc_xml *x)
{
	return XML_GetCurrentByteIndex(x->parser);
}

int64_t
jc_xml_behind(const struct jc_xml *x)
{
	return XML_GetCurrentByteIndex(x->parser) + XML_GetCurrentByteCount(x->parser);
}

const char *
jc_xml_att(const char **atts, const char *name)
{
	for (; *atts != NULL; atts += 2)
		if (strcmp(local(*atts), name) == 0)
			return atts[1];
	return NULL;
}
