/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "tls.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#include "files.h"

#define WHERE "tls"
/* Read by nobody who pins the key; far enough that no stock client ever complains. */
#define NOT_BEFORE INT64_C(1577836800) /* 2020-01-01 */
#define NOT_AFTER INT64_C(4102444800)  /* 2100-01-01 */

static int
tls_err(struct jc_err *err, int code)
{
	jc_err_set(err, JC_EINTERNAL, WHERE, JC_T("做不出加密证书", "The TLS certificate could not be made"));
	return jc_err_cause(err, "%s", gnutls_strerror(code));
}

static int
spki_pin(char pin[JC_TLS_PIN_MAX], gnutls_privkey_t key)
{
	gnutls_datum_t der = {NULL, 0}, digest, b64 = {NULL, 0};
	unsigned char hash[32];
	gnutls_pubkey_t pub;
	int rc;

	if ((rc = gnutls_pubkey_init(&pub)) < 0)
		return rc;
	if ((rc = gnutls_pubkey_import_privkey(pub, key, 0, 0)) >= 0 &&
	    (rc = gnutls_pubkey_export2(pub, GNUTLS_X509_FMT_DER, &der)) >= 0 &&
	    (rc = gnutls_hash_fast(GNUTLS_DIG_SHA256, der.data, der.size, hash)) >= 0) {
		digest.data = hash;
		digest.size = sizeof(hash);
		if ((rc = gnutls_base64_encode2(&digest, &b64)) >= 0)
			snprintf(pin, JC_TLS_PIN_MAX, "sha256//%.*s", (int)b64.size, (const char *)b64.data);
	}
	gnutls_free(b64.data);
	gnutls_free(der.data);
	gnutls_pubkey_deinit(pub);
	return rc;
}

static char *
pem_take(gnutls_datum_t *pem)
{
	char *s = malloc(pem->size + 1u);

	if (s != NULL) {
		memcpy(s, pem->data, pem->size);
		s[pem->size] = '\0';
	}
	gnutls_memset(pem->data, 0, pem->size);
	gnutls_free(pem->data);
	return s;
}

static int
cert_fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
	static const unsigned char SERIAL[] = {1};
	static const char NAME[] = "jiceng hub";
	int rc;

	if ((rc = gnutls_x509_crt_set_version(crt, 3)) < 0 ||
	    (rc = gnutls_x509_crt_set_serial(crt, SERIAL, sizeof(SERIAL))) < 0 ||
	    (rc = gnutls_x509_crt_set_activation_time(crt, (time_t)NOT_BEFORE)) < 0 ||
	    (rc = gnutls_x509_crt_set_expiration_time(crt, (time_t)NOT_AFTER)) < 0 ||
	    (rc = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, NAME, sizeof(NAME) - 1)) < 0 ||
	    (rc = gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, "localhost", 9, GNUTLS_FSAN_SET)) < 0 ||
	    (rc = gnutls_x509_crt_set_subject_alt_name(
	         crt, GNUTLS_SAN_IPADDRESS, "\x7f\0\0\1", 4, GNUTLS_FSAN_APPEND)) < 0 ||
	    (rc = gnutls_x509_crt_set_basic_constraints(crt, 1, 0)) < 0 || (rc = gnutls_x509_crt_set_key(crt, key)) < 0)
		return rc;
	return gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

static int
identity_make(struct jc_tls *out)
{
	gnutls_x509_privkey_t key = NULL;
	gnutls_x509_crt_t crt = NULL;
	gnutls_datum_t pem;
	int rc;

	if ((rc = gnutls_x509_privkey_init(&key)) >= 0 && (rc = gnutls_x509_crt_init(&crt)) >= 0 &&
	    (rc = gnutls_x509_privkey_generate(
	         key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0)) >= 0 &&
	    (rc = cert_fill(crt, key)) >= 0 &&
	    (rc = gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem)) >= 0) {
		out->key = pem_take(&pem);
		if ((rc = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem)) >= 0)
			out->cert = pem_take(&pem);
	}
	if (rc >= 0 && (out->key == NULL || out->cert == NULL))
		rc = GNUTLS_E_MEMORY_ERROR;
	if (crt != NULL)
		gnutls_x509_crt_deinit(crt);
	if (key != NULL)
		gnutls_x509_privkey_deinit(key);
	return rc;
}

static int
identity_pin(struct jc_tls *t)
{
	gnutls_datum_t pem = {(unsigned char *)t->key, (unsigned)strlen(t->key)};
	gnutls_privkey_t key;
	int rc;

	if ((rc = gnutls_privkey_init(&key)) < 0)
		return rc;
	if ((rc = gnutls_privkey_import_x509_raw(key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0)) >= 0)
		rc = spki_pin(t->pin, key);
	gnutls_privkey_deinit(key);
	return rc;
}

static int
identity_store(const struct jc_tls *t, const char *key_path, const char *cert_path, struct jc_err *err)
{
	int rc = jc_files_write(cert_path, t->cert, strlen(t->cert), 0644, err);

	/* The key last: a certificate without its key is made again, a key without one would be kept. */
	return rc < 0 ? rc : jc_files_write(key_path, t->key, strlen(t->key), 0600, err);
}

static int
paths_make(char key[4096], char cert[4096], const char *dir, struct jc_err *err)
{
	return snprintf(key, 4096, "%s/tls.key", dir) >= 4096 || snprintf(cert, 4096, "%s/tls.crt", dir) >= 4096
	    ? jc_err_code(err, JC_ELIMIT, WHERE) : 0;
}

int
jc_tls_load(struct jc_tls *out, const char *dir, struct jc_err *err)
{
	char key_path[4096], cert_path[4096];
	size_t n;
	int rc, bad;

	memset(out, 0, sizeof(*out));
	if ((rc = paths_make(key_path, cert_path, dir, err)) < 0)
		return rc;
	if ((rc = jc_files_read(&out->key, &n, key_path, 65536, err)) == 0)
		rc = jc_files_read(&out->cert, &n, cert_path, 65536, err);
	if (rc == JC_ENOTFOUND) {
		jc_tls_free(out);
		if ((bad = identity_make(out)) < 0)
			rc = tls_err(err, bad);
		else
			rc = identity_store(out, key_path, cert_path, err);
	}
	if (rc == 0 && (bad = identity_pin(out)) < 0)
		rc = tls_err(err, bad);
	if (rc < 0)
		jc_tls_free(out);
	return rc;
}

int
jc_tls_renew(const char *dir, struct jc_err *err)
{
	char key_path[4096], cert_path[4096];
	struct jc_tls t = {0};
	int rc, bad;

	if ((rc = paths_make(key_path, cert_path, dir, err)) < 0)
		return rc;
	if ((bad = identity_make(&t)) < 0)
		rc = tls_err(err, bad);
	else
		rc = identity_store(&t, key_path, cert_path, err);
	jc_tls_free(&t);
	return rc;
}

void
jc_tls_free(struct jc_tls *t)
{
	if (t->key != NULL)
		gnutls_memset(t->key, 0, strlen(t->key));
	free(t->key);
	free(t->cert);
	memset(t, 0, sizeof(*t));
}
