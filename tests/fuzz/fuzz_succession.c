/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Lines of keys, hellos that carry one, and `device` operations that carry a statement (FORMAT
 * 23): any bytes. The first byte says which. What is read as a line is written again as the same
 * bytes, and nothing that was not signed leads on from the key that is known.
 */
#include <stdlib.h>
#include <string.h>

#include "sync_enrol.h"
#include "sync_succession.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct jc_key hub; /* two keys, of the seeds 32 times 1 and 32 times 2, as in the corpus */
static struct jc_keys known;

static void
prepare(void)
{
	uint8_t seed[32];

	memset(seed, 1, sizeof(seed));
	if (jc_sign_init(NULL) < 0)
		abort();
	jc_key_from_seed(&hub, seed);
	memset(seed, 2, sizeof(seed));
	if (jc_key_add(&hub, seed) < 0)
		abort();
	jc_succession_of(&known, &hub);
}

static void
line(const void *p, size_t n)
{
	struct jc_keys keys;
	struct jc_buf again;

	if (jc_succession_read(&keys, p, n) < 0)
		return;
	jc_buf_init(&again, 4096);
	jc_succession_put(&again, &keys);
	if (again.len != n || memcmp(again.data, p, n) != 0)
		abort();
	jc_buf_free(&again);
}

static void
hello(const void *p, size_t n)
{
	char pin[JC_PIN_MAX], url[JC_URL_MAX];
	struct jc_keys now;

	if (jc_enrol_hello_again(&now, pin, url, &known, p, n, NULL) < 0)
		return;
	if (strcmp(now.id, hub.id) != 0 || jc_succession_place(&now, known.key[0]) != 0 || now.n > 2)
		abort(); /* nobody here can sign that */
}

static void
operation(const void *p, size_t n)
{
	uint8_t pk[JC_PK_LEN], sig[JC_SIG_LEN];
	struct jc_ops_reader *reader;
	struct jc_op op;
	int64_t no;

	if (jc_ops_reader_new(&reader, 0, NULL) < 0)
		abort();
	jc_ops_begin(reader, p, n);
	while (jc_ops_next(reader, &op, NULL) == 1)
		if (jc_succession_said(&no, pk, sig, &op) && (no < 0 || no >= JC_KEYS_MAX || op.verb != JC_V_DEVICE))
			abort();
	jc_ops_reader_free(reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (hub.n == 0)
		prepare();
	if (n == 0)
		return 0;
	switch (data[0] % 3) {
	case 0: line(data + 1, n - 1); break;
	case 1: hello(data + 1, n - 1); break;
	default: operation((const char *)data + 1, n - 1);
	}
	return 0;
}
