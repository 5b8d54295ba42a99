/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The hub's TLS identity: an ECDSA P-256 key and a self-signed certificate in the data folder, made
 * once. Devices pin the key, not the certificate, so the certificate's dates decide nothing. The only
 * file with gnutls.
 */
#ifndef JC_AGENT_TLS_H
#define JC_AGENT_TLS_H

#include "../schema/schema_err.h"

#define JC_TLS_PIN_MAX 64

struct jc_tls {
	char *key;             /* PEM, NUL-terminated; freed by jc_tls_free, which wipes it */
	char *cert;            /* PEM */
	char pin[JC_TLS_PIN_MAX]; /* sha256//base64 of the SubjectPublicKeyInfo */
};

/* Reads DIR/tls.key and DIR/tls.crt, or makes them. JC_EIO, JC_ECORRUPT. */
int jc_tls_load(struct jc_tls *out, const char *dir, struct jc_err *err);
void jc_tls_free(struct jc_tls *t);
/* Another key and certificate in place of those in DIR; a server takes them at its next start. */
int jc_tls_renew(const char *dir, struct jc_err *err);

#endif
