/* SPDX-License-Identifier: Apache-2.0 */
#include "support_log.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/merkle.h"
#include "audit/verify.h"

#define NOW UINT64_C(1795232243123456)
#define NODES_MAX (MERKLE_LEVELS * BASE64_SIZE(MERKLE_HASH))

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "support_log: %s\n", what);
	abort();
}

void
signer_init(struct signer *s, const char *origin, uint8_t seed)
{
	uint8_t private[32], public[NOTE_PUBKEY];
	size_t len = sizeof(public);

	memset(private, seed, sizeof(private));
	s->pkey = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, private, sizeof(private));
	must(s->pkey != NULL &&
		EVP_PKEY_get_raw_public_key(s->pkey, public, &len) == 1 &&
		note_key_init(&s->key, origin, public) == 0,
	    "no key");
}

void
signer_release(struct signer *s)
{
	EVP_PKEY_free(s->pkey);
}

static void
sign(const struct signer *s, const struct checkpoint *c,
    uint8_t ret[NOTE_SIGNATURE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	char text[CHECKPOINT_TEXT];
	size_t text_len = checkpoint_text(c, text), len = NOTE_SIGNATURE;

	must(ctx != NULL &&
		EVP_DigestSignInit(ctx, NULL, NULL, NULL, s->pkey) == 1 &&
		EVP_DigestSign(
		    ctx, ret, &len, (const uint8_t *)text, text_len) == 1,
	    "cannot sign");
	EVP_MD_CTX_free(ctx);
}

/* The tree of the first lines, and its checkpoint. */
static void
summarize(const struct log *log, size_t size, const char *origin,
    struct merkle *tree, struct checkpoint *ret)
{
	merkle_hash leaf;

	memset(tree, 0, sizeof(*tree));
	for (size_t i = 0; i < size; i++)
		must(merkle_leaf(log->line[i], strlen(log->line[i]), leaf) ==
			    0 &&
			merkle_append(tree, leaf, NULL) == 0,
		    "no tree");
	ret->size = size;
	text_copy(ret->origin, sizeof(ret->origin), origin);
	must(merkle_root(tree, ret->root) == 0, "no root");
}

static void
node_text(const struct merkle *tree, char ret[static NODES_MAX])
{
	char *at = ret;

	*at = '\0';
	for (unsigned level = MERKLE_LEVELS; level-- > 0;) {
		if ((tree->size >> level & 1) == 0)
			continue;
		if (at != ret)
			*at++ = ' ';
		at += base64_encode(tree->node[level], MERKLE_HASH, true, at);
	}
}

/* The fields of a checkpoint of the first size lines. */
static void
add_seal(struct record *r, const struct log *log, size_t size,
    const struct signer *s)
{
	char root[BASE64_SIZE(MERKLE_HASH)], key[NOTE_VKEY], nodes[NODES_MAX];
	uint8_t signature[4 + NOTE_SIGNATURE];
	char signature_text[BASE64_SIZE(sizeof(signature))];
	struct checkpoint c;
	struct merkle tree;

	summarize(log, size, s->key.name, &tree, &c);
	for (int i = 0; i < 4; i++)
		signature[i] = (uint8_t)(s->key.id >> (24 - 8 * i));
	sign(s, &c, signature + 4);
	base64_encode(signature, sizeof(signature), true, signature_text);
	base64_encode(c.root, MERKLE_HASH, true, root);
	note_key_text(&s->key, key);
	node_text(&tree, nodes);
	record_add(r, "origin", c.origin);
	record_add_number(r, "size", c.size);
	record_add(r, "root", root);
	record_add(r, "signature", signature_text);
	record_add(r, "auditkey", key);
	record_add(r, "why", "records");
	record_add(r, "nodes", nodes);
}

static void
add_sign(struct record *r, size_t at)
{
	char name[32];

	snprintf(name, sizeof(name), "fw-%03zu.bin", at + 1);
	record_add(r, "id", "0a1b2c3d-17-3");
	record_add(r, "profile", "ci-release");
	record_add(r, "name", name);
	record_add(r, "outcome", "ok");
	record_add_number(r, "us", 1830 + at);
}

/* The record that belongs at a place; what is before it must be there. */
static void
put(struct log *log, size_t at, bool checkpoint, const struct signer *s)
{
	struct record_origin origin = { "signer1", 812 };
	struct chain chain;
	struct record r;

	chain_init(&chain);
	chain.seq = at;
	if (at > 0)
		must(record_hash(log->line[at - 1], strlen(log->line[at - 1]),
			 chain.prev) == 0,
		    "no hash");
	record_begin(&r, checkpoint ? EVENT_CHECKPOINT : EVENT_SIGN, &origin,
	    &chain, NOW + at * 1000000);
	if (checkpoint)
		add_seal(&r, log, at, s);
	else
		add_sign(&r, at);
	must(record_finish(&r, &chain, "as it was asked") == 0, "no record");
	memcpy(log->line[at], r.line, r.len - 1);
	log->line[at][r.len - 1] = '\0';
}

void
log_make(struct log *log, size_t count, size_t every, const struct signer *s)
{
	must(count < LOG_LINES, "too many lines");
	log->count = count;
	for (size_t at = 0; at < count; at++)
		put(log, at, (at + 1) % every == 0, s);
}

bool
log_is_checkpoint(const struct log *log, size_t at)
{
	return strstr(log->line[at], " CHECKPOINT [") != NULL;
}

void
log_insert(struct log *log, size_t at, const char *line)
{
	char copy[RECORD_MAX];

	snprintf(copy, sizeof(copy), "%s", line);
	must(log->count < LOG_LINES, "too many lines");
	memmove(log->line[at + 1], log->line[at],
	    (log->count - at) * sizeof(log->line[0]));
	memcpy(log->line[at], copy, sizeof(copy));
	log->count++;
}

void
log_delete(struct log *log, size_t at)
{
	log->count--;
	memmove(log->line[at], log->line[at + 1],
	    (log->count - at) * sizeof(log->line[0]));
}

void
log_swap(struct log *log, size_t at)
{
	char copy[RECORD_MAX];

	memcpy(copy, log->line[at], sizeof(copy));
	memcpy(log->line[at], log->line[at + 1], sizeof(copy));
	memcpy(log->line[at + 1], copy, sizeof(copy));
}

void
log_replace(struct log *log, size_t at, const char *old, const char *new)
{
	char line[RECORD_MAX], *found = strstr(log->line[at], old);

	must(found != NULL, old);
	snprintf(line, sizeof(line), "%.*s%s%s", (int)(found - log->line[at]),
	    log->line[at], new, found + strlen(old));
	memcpy(log->line[at], line, sizeof(line));
}

static void
relink_one(struct log *log, size_t at)
{
	char hash[RECORD_HASH] = RECORD_FIRST;
	char *prev = strstr(log->line[at], " prev=\"");

	must(prev != NULL, "no prev");
	if (at > 0)
		must(record_hash(log->line[at - 1], strlen(log->line[at - 1]),
			 hash) == 0,
		    "no hash");
	memcpy(prev + strlen(" prev=\""), hash, RECORD_HASH - 1);
}

void
log_relink(struct log *log, size_t from)
{
	for (size_t at = from; at < log->count; at++)
		relink_one(log, at);
}

void
log_renumber(struct log *log, size_t from)
{
	for (size_t at = from; at < log->count; at++) {
		char *seq = strstr(log->line[at], "seq=\""), old[32], new[32];

		must(seq != NULL, "no seq");
		snprintf(old, sizeof(old), "%.*s",
		    (int)(strcspn(seq + 5, "\"") + 6), seq);
		snprintf(new, sizeof(new), "seq=\"%zu\"", at + 1);
		log_replace(log, at, old, new);
	}
	log_relink(log, from);
}

void
log_reseal(struct log *log, size_t from, const struct signer *s)
{
	for (size_t at = from; at < log->count; at++) {
		if (log_is_checkpoint(log, at))
			put(log, at, true, s);
		else
			relink_one(log, at);
	}
}

void
log_note(const struct log *log, size_t size, const struct signer *s,
    char ret[static CHECKPOINT_NOTE])
{
	uint8_t signature[NOTE_SIGNATURE];
	struct checkpoint c;
	struct merkle tree;

	summarize(log, size, s->key.name, &tree, &c);
	sign(s, &c, signature);
	checkpoint_note(&c, &s->key, signature, ret);
}
