/* SPDX-License-Identifier: Apache-2.0 */
#include "support_audit.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static EVP_PKEY *
private_key(void)
{
	static const uint8_t seed[32] = { 0x42 };
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, seed, sizeof(seed));

	assert_non_null(key);
	return key;
}

static void
public_key(uint8_t ret[NOTE_PUBKEY])
{
	EVP_PKEY *key = private_key();
	size_t len = NOTE_PUBKEY;

	assert_int_equal(EVP_PKEY_get_raw_public_key(key, ret, &len), 1);
	EVP_PKEY_free(key);
}

void
audit_key_of(const char *origin, struct note_key *ret)
{
	uint8_t bytes[NOTE_PUBKEY];

	public_key(bytes);
	assert_int_equal(note_key_init(ret, origin, bytes), 0);
}

void
audit_make(struct ends *e, const char *words)
{
	char conf[1024];

	ends_make(e);
	snprintf(conf, sizeof(conf),
	    "[server]\nlisten = 127.0.0.1:0\nhost-key = key\n"
	    "state-dir = state\nrun-dir = run\n"
	    "[limits]\nchannels = 8\ndrain-timeout = 2s\n"
	    "[audit]\nfile = log/audit.log\norigin = test/log\n%s",
	    words);
	ends_put(e, "countersign.conf", conf);
	ends_put(e, "tokens.d/t.conf",
	    "[token t]\nmodule = /lib/m.so\ntoken = t\npin-file = pin\n"
	    "workers = 1\ntimeout = 1s\n");
	ends_put(e, "keys.d/z.conf",
	    "[key log]\ntoken = t\nobject = pkcs11:object=log\n"
	    "use = audit\n");
}

void
audit_facts(struct ends *e, int worker, enum key_type type)
{
	static const uint8_t head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
		0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
	struct key_facts facts = { .reason = REASON_OK,
		.type = type,
		.bits = 255,
		.mechs = mech_bit(MECH_EDDSA, HASH_NONE),
		.spki_len = sizeof(head) + NOTE_PUBKEY };
	struct key_add add;
	struct writer w;

	ends_recv(e, worker, WIRE_KEY_ADD);
	assert_true(key_add_get(&e->r, &add));
	assert_string_equal(add.object, "pkcs11:object=log");
	memcpy(facts.spki, head, sizeof(head));
	public_key(facts.spki + sizeof(head));
	facts.key = add.key;
	w = ends_writer(e);
	key_facts_put(&w, &facts);
	ends_send(worker, &w);
}

void
audit_worker(struct ends *e, int *ret)
{
	ends_worker(e, ret);
	ends_token_state(e, *ret, REASON_OK);
	ends_facts(e, *ret, REASON_OK);
	ends_facts(e, *ret, REASON_OK);
	audit_facts(e, *ret, KEY_ED25519);
}

static void
read_text(const struct job *job, char ret[CHECKPOINT_TEXT])
{
	assert_int_equal(job->hash, HASH_NONE);
	assert_true(job->len < CHECKPOINT_TEXT);
	memcpy(ret, job->input, job->len);
	ret[job->len] = '\0';
}

void
audit_job(struct ends *e, int worker, struct audit_job *ret)
{
	struct batch_head head;
	struct job job;

	ends_recv(e, worker, WIRE_JOBS);
	assert_true(batch_head_get(&e->r, &head));
	assert_int_equal(head.count, 1);
	assert_true(job_get(&e->r, &job));
	assert_true(reader_done(&e->r));
	assert_int_equal(job.mech, MECH_EDDSA);
	ret->job = job.job;
	read_text(&job, ret->text);
}

void
audit_sign(struct ends *e, int worker, const struct audit_job *job)
{
	struct batch_head head = { .count = 1 };
	struct job_result result = { .job = job->job, .us = 900 };
	struct writer w = ends_writer(e);
	uint8_t signature[NOTE_SIGNATURE];
	EVP_PKEY *key = private_key();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	result.len = sizeof(signature);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, signature, &result.len,
			     (const uint8_t *)job->text, strlen(job->text)),
	    1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	result.signature = signature;
	results_head_put(&w, &head);
	job_result_put(&w, &result);
	ends_send(worker, &w);
}

/* One message, whose jobs are all done. */
static void
serve_one(struct ends *e, int worker)
{
	static uint64_t lines[WIRE_BATCH];
	static struct audit_job checkpoint;
	struct batch_head head;
	struct job job;
	unsigned count = 0;
	bool audit = false;

	ends_recv(e, worker, WIRE_JOBS);
	assert_true(batch_head_get(&e->r, &head));
	for (unsigned i = 0; i < head.count; i++) {
		assert_true(job_get(&e->r, &job));
		if (job.mech != MECH_EDDSA) {
			lines[count++] = job.job;
			continue;
		}
		audit = true;
		checkpoint.job = job.job;
		read_text(&job, checkpoint.text);
	}
	for (unsigned i = 0; i < count; i++)
		ends_result(e, worker, lines[i], REASON_OK);
	if (audit)
		audit_sign(e, worker, &checkpoint);
}

void
audit_serve(struct ends *e, int worker, int session)
{
	struct pollfd fds[] = { { .fd = worker, .events = POLLIN },
		{ .fd = session, .events = POLLIN } };

	for (;;) {
		if (poll(fds, 2, DEADLINE_MS) < 1)
			fail_msg("neither jobs nor answers come");
		if (fds[1].revents != 0)
			return;
		serve_one(e, worker);
	}
}

unsigned
audit_count(const struct ends *e)
{
	char *records = ends_records(e);
	unsigned count = 0;

	for (const char *at = records;
	     (at = strstr(at, " CHECKPOINT [")) != NULL; at++)
		count++;
	free(records);
	return count;
}

void
audit_serve_checkpoints(struct ends *e, int worker, unsigned count)
{
	for (unsigned left = DEADLINE_MS / 10; audit_count(e) < count; left--) {
		if (left == 0)
			fail_msg("no %u checkpoints", count);
		if (channel_wait(worker, 10) == 1)
			serve_one(e, worker);
	}
}

uint64_t
audit_newest(const struct ends *e, struct checkpoint *ret)
{
	struct signed_checkpoint read_back;
	struct text_error error = { .line = 0 };
	struct note_key key;
	char path[128], note[CHECKPOINT_NOTE];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/state/checkpoint", e->dir);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return 0;
	len = read(fd, note, sizeof(note));
	close(fd);
	assert_true(len > 0);
	if (checkpoint_parse(note, (size_t)len, &read_back, &error) == -1)
		fail_msg("%s", error.what);
	audit_key_of(read_back.checkpoint.origin, &key);
	if (checkpoint_signer(note, &read_back, &key, 1, &error) != 0)
		fail_msg("%s", error.what);
	*ret = read_back.checkpoint;
	return ret->size;
}

uint64_t
audit_await_newest(const struct ends *e, struct checkpoint *ret)
{
	for (unsigned left = DEADLINE_MS / 5; left > 0; left--) {
		if (audit_newest(e, ret) > 0)
			return ret->size;
		poll(NULL, 0, 5);
	}
	fail_msg("no checkpoint is shown");
	return 0;
}
