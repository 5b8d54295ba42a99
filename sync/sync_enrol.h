/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Enrolment (FORMAT 13): a one-time code brings a new device's key into a branch's scope and the hub's
 * keys onto the device. Bytes in, bytes out; no socket. What a hub says of itself is signed with the
 * key whose fingerprint stands in the code, so nobody between the two can change the TLS key that the
 * device pins.
 */
#ifndef JC_SYNC_ENROL_H
#define JC_SYNC_ENROL_H

#include "sync_node.h"
#include "sync_succession.h"

#define JC_CODE_LEN 26                  /* characters without hyphens */
#define JC_CODE_TEXT 32                 /* with hyphens and NUL */
#define JC_SECRET_LEN 13
#define JC_PIN_MAX 64                   /* "sha256//" and 44 characters of base64 */
#define JC_CREDENTIAL_LEN 24            /* random bytes; sent as base64url */
#define JC_ENROL_MAX 16384              /* most bytes of any message here */
#define JC_ENROL_TRIES 5

/* A code as typed, taken apart. */
struct jc_join_code {
	char secret[JC_SECRET_LEN + 1];
	jc_id hub;
};

/* Writes the code in groups of five. Fresh secret from the environment. JC_EIO without randomness. */
int jc_code_make(char out[JC_CODE_TEXT], struct jc_join_code *code, const struct jc_env *env, const jc_id hub, struct jc_err *err);
/* Reads a code regardless of case, spaces, hyphens and the letters people mix up. JC_EINVAL says what
 * is wrong: too short, too long, or the check character does not fit (a slip of the pen). */
int jc_code_parse(struct jc_join_code *out, const char *typed, struct jc_err *err);

/* Hub: opens an invitation for a branch by name; founds its scope when the name is new. */
int jc_enrol_invite(char out[JC_CODE_TEXT], struct jc_node *hub, const char *branch, struct jc_err *err);

/* The same for a hub below: its own scope here, of role `hub`, in which it says what it brings (FORMAT 19). */
int jc_enrol_invite_hub(char out[JC_CODE_TEXT], struct jc_node *hub, const char *name, struct jc_err *err);

/* Practice data (`jiceng practice`) carries a mark and joins nothing. 0, or JC_ESTATE with a sentence. */
#define JC_PRACTICE_META "practice"
int jc_enrol_practice(struct jc_node *node, struct jc_err *err);

#define JC_URL_MAX 256

/* Hub: what GET /hello answers; `pin` is the TLS key's, `url` where the hub is to be reached from now on, "". The
 * line of its keys stands in it when it has replaced the first (FORMAT 23). */
int jc_enrol_hello(struct jc_buf *out, const struct jc_key *hub, const char *pin, const char *url, struct jc_err *err);
/* Device: checks a hello against the code, which names the hub's first key; fills its keys and pin. JC_ESIGNATURE when
 * it is not the hub of the code. */
int jc_enrol_hello_read(struct jc_keys *hub, char pin[JC_PIN_MAX], const struct jc_join_code *code, const void *body,
    size_t n, struct jc_err *err);

/* Device: a hello of the hub that it has joined, known by its newest key or one that this leads to: the keys, pin and
 * address that hold now. JC_ESIGNATURE when another one speaks, JC_ESTATE when the hub uses a replaced key. */
int jc_enrol_hello_again(struct jc_keys *now, char pin[JC_PIN_MAX], char url[JC_URL_MAX], const struct jc_keys *known,
    const void *body, size_t n, struct jc_err *err);

/* Device: the request of POST /enrol. `nonce` (16 bytes) is drawn and kept for the answer's check. `hub_pk` is
 * the hub's first key, and the device's first is proved. Without it (NULL): what goes into a file, proved over the hub's id. */
int jc_enrol_request(struct jc_buf *out, uint8_t nonce[16], const struct jc_join_code *code, const struct jc_env *env,
    const struct jc_key *device, const uint8_t hub_pk[JC_PK_LEN], struct jc_err *err);
/*
 * Hub: takes a request and appends the answer; one transaction. The same device may ask again with the
 * same code (its answer was lost). JC_EDENIED: unknown, used up, or wrong code (counted).
 */
int jc_enrol_take(struct jc_buf *out, struct jc_node *hub, const void *body, size_t n, struct jc_err *err);
/* The same for a request that came in a file: `device` asks the hub `to`, both filled when the file could be
 * read. JC_EDENIED also: another hub. */
int jc_enrol_take_file(struct jc_buf *out, jc_id device, jc_id to, struct jc_node *hub, const void *body, size_t n,
    struct jc_err *err);
/* Device: checks the answer and joins: own scope, common scopes, hub as peer; one transaction. `url`
 * and `pin` are kept for later sessions. A node that is no branch yet becomes one; a hub gets a scope of
 * role `hub` besides its own. JC_EEXISTS: it has joined already. */
int jc_enrol_accept(struct jc_node *node, const struct jc_join_code *code, const struct jc_key *device,
    const struct jc_keys *hub, const uint8_t nonce[16], const char *url, const char *pin, const void *body, size_t n,
    struct jc_err *err);

/* Hub: is this device's credential right? Fills its device number and scope. JC_EDENIED. */
int jc_enrol_check(struct jc_node *hub, const char *device, const char *credential, int64_t *no, int64_t *scope,
    struct jc_err *err);

#endif
