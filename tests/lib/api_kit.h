/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The JSON API of one node on a real loopback port, with a client that asks it. */
#ifndef JC_TESTS_LIB_API_KIT_H
#define JC_TESTS_LIB_API_KIT_H

#include <curl/curl.h>
#include <jansson.h>

#include "api.h"
#include "test_node.h"

struct apikit_world {
	struct test_node node;
	uv_loop_t loop;
	uv_thread_t thread;
	uv_async_t stop;
	struct jc_api *api;
	CURL *curl;
	char host[64], token[64];
	int synced;
};

struct apikit_reply {
	long status;
	char *text;
	size_t n;
	char head[4096]; /* header lines */
	json_t *json;
};

/* Bytes of the next bodies when they are no text; -1: they are. */
extern long apikit_upload_size;

/* Fixtures: a branch; a node without its device key and without a hub above; a hub. */
int apikit_setup(void **state);
int apikit_setup_bare(void **state);
int apikit_setup_hub(void **state);
int apikit_teardown(void **state);
/* One request with exactly these header lines (NULL-terminated). body NULL: none is sent. */
struct apikit_reply apikit_request(struct apikit_world *w, const char *method, const char *path, const char *body,
    const char *const *lines);
void apikit_reply_free(struct apikit_reply *r);
/* An honest request; body NULL: GET. Every answer is JSON. Freed by apikit_reply_free. */
struct apikit_reply apikit_call(struct apikit_world *w, const char *path, const char *body);
/* The same, answered with 200; apikit_done drops what it says. */
struct apikit_reply apikit_ok(struct apikit_world *w, const char *path, const char *body);
void apikit_done(struct apikit_world *w, const char *path, const char *body);
/* `word` must stand in the message, `field` be the error's field; NULL: not looked at. */
void apikit_refused_at(struct apikit_world *w, const char *path, const char *body, long status, const char *word,
    const char *field);
void apikit_refused(struct apikit_world *w, const char *path, const char *body, long status, const char *word);
/* Adds a record of the kind (apikit_add: a member) by its JSON "set". */
void apikit_add_kind(struct apikit_world *w, const char *kind, const char *set, char id[16], int64_t *seen);
void apikit_add(struct apikit_world *w, const char *set, char id[16], int64_t *seen);
/* /api/v1/record/ID and what follows. */
void apikit_path_of(char path[128], const char *id, const char *more);
/* Member `part` of a field of a record as read, "(none)"; a number of the answer; records in conflict. */
const char *apikit_field_text(const struct apikit_reply *r, const char *field, const char *part);
int64_t apikit_number(const struct apikit_reply *r, const char *name);
int64_t apikit_conflicts(struct apikit_world *w);

#endif
