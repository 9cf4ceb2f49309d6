/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/probe_subject.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "broker/service.h"
#include "format/midstate.h"
#include "format/proof.h"
#include "wire/query.h"

/* A file's name, and a namespace that nobody takes for one. */
#define PROBE_NAME "countersign-probe"

/* The digest of a text that nobody else has. */
static int
make_digest(struct probe_subject *s, const struct key *key, enum hash hash)
{
	uint8_t number[16];
	char hex[2 * sizeof(number) + 1], text[512];
	int len;

	if (getrandom(number, sizeof(number), 0) != sizeof(number))
		return -1;
	hex_encode(number, sizeof(number), hex);
	len = snprintf(text, sizeof(text),
	    "countersign probe\nThis is no artifact.\nkey %s\ngeneration %s\n"
	    "time %lld\nrandom %s\n",
	    key->name, key->generation, (long long)service_now(), hex);
	return proof_digest(hash, text, (size_t)len, s->digest);
}

/* A time-stamp request without a wish. */
static int
make_query(struct probe_subject *s)
{
	const struct query query = { .certificates = true };
	struct writer w;

	writer_init(&w, s->extra, sizeof(s->extra));
	query_put(&w, &query);
	s->line.extra = s->extra;
	s->line.extra_len = w.used;
	return writer_ok(&w) ? 0 : -1;
}

/* A hash that stands somewhere, and is to be ended. */
static int
make_state(struct probe_subject *s)
{
	enum hash hash = s->line.hash;
	size_t len = midstate_size(hash);

	for (size_t i = 0; i < len; i++)
		s->extra[i] = s->digest[i % hash_size(hash)];
	memset(s->extra + len, 0, sizeof(uint64_t));
	s->line.extra = s->extra;
	s->line.extra_len = len + sizeof(uint64_t);
	return midstate_digest(hash, s->extra, s->line.extra_len, s->digest);
}

void
probe_subject_release(struct probe_subject *s)
{
	terms_free(s->terms);
	s->terms = NULL;
}

int
probe_subject_make(struct probe_subject *s, const struct key *key,
    const struct probe_step *step)
{
	/* A reload may have taken the key out of the tree meanwhile. */
	if (key->conf == NULL || make_digest(s, key, step->hash) == -1 ||
	    getrandom(s->random, sizeof(s->random), 0) != sizeof(s->random))
		return -1;
	probe_subject_release(s);
	if ((s->terms = terms_new(key, PROBE_NAME, NULL)) == NULL)
		return -1;
	terms_facts(s->terms, key, &s->key);
	s->line = (struct format_line){
		.hash = step->hash,
		.digest = s->digest,
		.len = hash_size(step->hash),
		.name = PROBE_NAME,
	};
	s->making = (struct making){
		.key = &s->key,
		.set = &s->terms->settings,
		.lines = &s->line,
		.count = 1,
		.now = service_now(),
		.random = s->random,
	};
	if (step->format->extra == EXTRA_STATE)
		return make_state(s);
	return step->format->extra == EXTRA_QUERY ? make_query(s) : 0;
}
