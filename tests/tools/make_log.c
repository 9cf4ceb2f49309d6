/* SPDX-License-Identifier: Apache-2.0 */
/* tool-uses: audit */
/* tool-links: -lcrypto -lz */
/*
 * Writes a log as the broker would, quickly and the same for the same words:
 * records of every kind, chained, with signed checkpoints.
 *
 *	make_log [-n RECORDS] [-c EVERY] [-r RESTART-EVERY] [-p PIECE]
 *	    [-s SEED] [-t FIRST-SECOND] [-i MICROSECONDS] [-H HOST]
 *	    [-o ORIGIN] [-k KEY.pem] [-v VKEY] [-N NOTES] [-x SEQ:PROOF] [FILE]
 *
 * -n	so many records in all (1000)
 * -c	a checkpoint after so many records (100; 0: none)
 * -r	STOP and START after so many records (0: only the first and the last)
 * -p	pieces of so many records: FILE.000000000001 ..., FILE as a hard link
 * -s	another seed is another log and another key (1)
 * -t	when it begins, in seconds since 1970 (1795219200)
 * -i	the mean time between two records (1000000)
 * -k	writes the audit key, -v its vkey, -N each note as NOTES/SIZE
 * -x	writes the receipt of that record against the last checkpoint
 *
 * Without FILE, to standard output.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/proof.h"
#include "audit/record.h"
#include "audit/segment.h"

#define HASH_TEXT BASE64_SIZE(MERKLE_HASH)
#define SESSIONS 4
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static struct {
	uint64_t records, every, restart, piece, seed, start_s, step_us, proven;
	const char *host, *origin, *key, *vkey, *notes, *proof, *file;
} want = {
	.records = 1000,
	.every = 100,
	.seed = 1,
	.start_s = 1795219200,
	.step_us = 1000000,
	.host = "signer1",
	.origin = "signer1.example.org/countersign",
};

struct client {
	uint64_t conn;
	unsigned who, channel;
	const char *src;
};

static struct {
	FILE *out;
	struct chain chain;
	uint64_t now_us, random, conn, signatures;
	unsigned pid, boot;
	struct client client[SESSIONS];
	struct merkle tree;
	merkle_hash *stored;
	uint64_t stored_count;
	char *proven;
	size_t proven_len;
	EVP_PKEY *pkey;
	struct note_key key;
	char note[CHECKPOINT_NOTE];
	uint64_t note_size;
} made;

static const struct {
	const char *principal, *profile, *key, *format, *hash, *mech;
	const char *notify;
} people[] = {
	{ "ci@example.org", "firmware", "fw-2026", "raw-pss", "sha256",
	    "CKM_RSA_PKCS_PSS", "fw" },
	{ "ci@example.org", "nightly", "nightly", "raw", "sha256", "CKM_ECDSA",
	    NULL },
	{ "alice@example.org", "firmware", "fw-2026", "raw-pss", "sha384",
	    "CKM_RSA_PKCS_PSS", "fw alice" },
	{ "bob@example.org", "release", "release-p384", "raw", "sha384",
	    "CKM_ECDSA", NULL },
	{ "J\xc3\xbcrgen Gro\xc3\x9f", "release", "release-p384", "p1363",
	    "sha512", "CKM_ECDSA", "release" },
	{ "robot \"7\" [lab]", "nightly", "modules", "raw", "sha512",
	    "CKM_RSA_PKCS", NULL },
};

static const char *const sources[] = { "192.0.2.7", "192.0.2.19",
	"198.51.100.4", "2001:db8::17", "2001:db8:0:5::1", "203.0.113.200" };
static const char *const names[] = { "build/firmware.bin", "u-boot.img",
	"kernel/net.ko", "a name with blanks.iso", "quote\"bracket].tar",
	"back\\slash", "na\xc3\xafve.txt", "rootfs-2026.11.squashfs" };
static const char *const refusals[] = { "key-unknown", "format", "name", "hash",
	"not-after", "too-many-lines" };
static const char *const failures[] = { "token-failed", "token-unavailable",
	"token-timeout" };

/* Numbers that are the same on every machine. */
static uint64_t
roll(uint64_t below)
{
	made.random = made.random * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (made.random >> 33) % below;
}

#define PICK(list) ((list)[roll(COUNT(list))])

static void
roll_bytes(uint64_t of, uint8_t *ret, size_t len)
{
	uint64_t kept = made.random;

	made.random = of * UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = 0; i < len; i++)
		ret[i] = (uint8_t)roll(256);
	made.random = kept;
}

/* As ssh-keygen -l prints it. */
static const char *
print_of(uint64_t of)
{
	static char text[64];
	uint8_t hash[32];

	roll_bytes(of, hash, sizeof(hash));
	memcpy(text, "SHA256:", 7);
	base64_encode(hash, sizeof(hash), false, text + 7);
	return text;
}

static FILE *
open_file(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);

	if (file == NULL)
		err(1, "%s", path);
	return file;
}

static void
close_file(FILE *file, const char *path)
{
	if (fflush(file) == EOF || ferror(file) || fclose(file) == EOF)
		err(1, "%s", path);
}

/* The key is that of the seed. */
static void
make_key(void)
{
	uint8_t secret[32], pubkey[NOTE_PUBKEY];
	size_t len = sizeof(pubkey);
	char vkey[NOTE_VKEY];
	FILE *file;

	roll_bytes(want.seed + 1000, secret, sizeof(secret));
	made.pkey = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, secret, sizeof(secret));
	if (made.pkey == NULL ||
	    EVP_PKEY_get_raw_public_key(made.pkey, pubkey, &len) != 1 ||
	    note_key_init(&made.key, want.origin, pubkey) == -1)
		errx(1, "no audit key");
	if (want.key != NULL) {
		file = open_file(want.key, "w");
		PEM_write_PrivateKey(
		    file, made.pkey, NULL, NULL, 0, NULL, NULL);
		close_file(file, want.key);
	}
	if (want.vkey != NULL) {
		note_key_text(&made.key, vkey);
		file = open_file(want.vkey, "w");
		fprintf(file, "%s\n", vkey);
		close_file(file, want.vkey);
	}
}

static void
open_piece(void)
{
	struct segment piece = { .first = made.chain.seq + 1 };
	char path[PATH_MAX];

	if (made.out != NULL)
		close_file(made.out, want.file);
	if (segment_path(want.file, &piece, path) == -1)
		errx(1, "%s: too long", want.file);
	made.out = open_file(path, "w");
	unlink(want.file);
	if (link(path, want.file) == -1)
		err(1, "%s", want.file);
}

static struct record *
begin(enum event event)
{
	static struct record r;
	struct record_origin origin = { want.host, made.pid };

	if (want.piece != 0 && made.chain.seq % want.piece == 0)
		open_piece();
	made.now_us += 1 + roll(2 * want.step_us);
	record_begin(&r, event, &origin, &made.chain, made.now_us);
	return &r;
}

static void
grow(const struct record *r)
{
	struct merkle_added added;
	merkle_hash leaf;

	if (merkle_leaf(r->line, r->len - 1, leaf) == -1 ||
	    merkle_append(&made.tree, leaf, &added) == -1)
		errx(1, "SHA-256 failed");
	if (want.proof == NULL)
		return;
	if (made.stored == NULL &&
	    (made.stored = calloc(merkle_stored(want.records) + 64,
		 sizeof(*made.stored))) == NULL)
		err(1, "calloc");
	memcpy(made.stored[made.stored_count], added.hash,
	    added.count * MERKLE_HASH);
	made.stored_count += added.count;
	if (r->seq == want.proven) {
		made.proven = strndup(r->line, r->len - 1);
		made.proven_len = r->len - 1;
	}
}

static void
end(struct record *r, const char *text)
{
	if (record_finish(r, &made.chain, text) == -1)
		errx(1, "a record does not fit");
	if (fwrite(r->line, 1, r->len, made.out) != r->len)
		err(1, "write");
	grow(r);
}

static void
sign(const char *text, size_t len, uint8_t ret[NOTE_SIGNATURE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = NOTE_SIGNATURE;

	if (ctx == NULL ||
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, made.pkey) != 1 ||
	    EVP_DigestSign(ctx, ret, &size, (const uint8_t *)text, len) != 1)
		errx(1, "signing failed");
	EVP_MD_CTX_free(ctx);
}

static void
keep_note(const struct checkpoint *c, const uint8_t signature[NOTE_SIGNATURE])
{
	char path[PATH_MAX];
	FILE *file;

	checkpoint_note(c, &made.key, signature, made.note);
	made.note_size = c->size;
	if (want.notes == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%" PRIu64, want.notes, c->size);
	file = open_file(path, "w");
	fputs(made.note, file);
	close_file(file, path);
}

static void
add_nodes(struct record *r)
{
	static char text[MERKLE_LEVELS * (HASH_TEXT + 1)];
	char *at = text;

	for (int i = MERKLE_LEVELS - 1; i >= 0; i--) {
		if ((made.tree.size >> i & 1) == 0)
			continue;
		if (at > text)
			*at++ = ' ';
		at += base64_encode(made.tree.node[i], MERKLE_HASH, true, at);
	}
	*at = '\0';
	record_add_whole(r, "nodes", text);
}

static void
checkpoint(const char *why)
{
	char body[CHECKPOINT_TEXT], signed_as[NOTE_SIGNATURE_TEXT];
	char root[HASH_TEXT], vkey[NOTE_VKEY], text[64];
	struct checkpoint c = { .size = made.tree.size };
	uint8_t signature[NOTE_SIGNATURE];
	struct record *r;

	if (want.every == 0)
		return;
	text_copy(c.origin, sizeof(c.origin), want.origin);
	if (merkle_root(&made.tree, c.root) == -1)
		errx(1, "SHA-256 failed");
	sign(body, checkpoint_text(&c, body), signature);
	keep_note(&c, signature);
	base64_encode(c.root, MERKLE_HASH, true, root);
	note_signature_text(&made.key, signature, signed_as);
	note_key_text(&made.key, vkey);
	r = begin(EVENT_CHECKPOINT);
	record_add(r, "origin", c.origin);
	record_add_number(r, "size", c.size);
	record_add(r, "root", root);
	record_add(r, "signature", signed_as);
	record_add(r, "auditkey", vkey);
	record_add(r, "why", why);
	add_nodes(r);
	snprintf(text, sizeof(text), "the first %" PRIu64 " records are signed",
	    c.size);
	end(r, text);
}

static void
add_client(struct record *r, const struct client *c)
{
	record_add_number(r, "conn", c->conn);
	record_add(r, "principal", people[c->who].principal);
	record_add(r, "fp", print_of(c->who + 1));
	record_add(r, "src", c->src);
}

static void
add_request(struct record *r, const struct client *c)
{
	char id[64];

	snprintf(id, sizeof(id), "%08x-%" PRIu64 "-%u", made.boot, c->conn,
	    c->channel);
	record_add(r, "id", id);
	record_add(r, "profile", people[c->who].profile);
	add_client(r, c);
	record_add(r, "verb", "sign");
	record_add(r, "key", people[c->who].key);
	record_add(r, "keyfp", print_of(100 + c->who));
	record_add(r, "format", people[c->who].format);
}

/* Few files are signed again and again. */
static const char *
add_line(struct record *r, const struct client *c)
{
	uint64_t file = roll(16) == 0 ? roll(8) : made.chain.seq + 1000;
	size_t len = strcmp(people[c->who].hash, "sha256") == 0 ? 32 :
	    strcmp(people[c->who].hash, "sha384") == 0		? 48 :
								  64;
	const char *name = names[file % COUNT(names)];
	uint8_t digest[64];

	roll_bytes(file + 7777, digest, sizeof(digest));
	record_add_number(r, "line", 1 + roll(4));
	record_add(r, "hash", people[c->who].hash);
	record_add_hex(r, "digest", digest, len);
	record_add(r, "name", name);
	return name;
}

static struct client *
some_client(void)
{
	struct client *c = &PICK(made.client);

	c->channel = (unsigned)roll(3);
	return c;
}

static void
write_sign(void)
{
	struct client *c = some_client();
	struct record *r = begin(EVENT_SIGN);
	bool good = roll(40) != 0;
	char text[256];

	add_request(r, c);
	snprintf(text, sizeof(text), "%s %s for %s with %s",
	    good ? "signed" : "could not sign", add_line(r, c),
	    people[c->who].principal, people[c->who].key);
	record_add(r, "mech", people[c->who].mech);
	if (good) {
		record_add(r, "sig", print_of(made.chain.seq + 5555));
		record_add(r, "outcome", "ok");
		record_add_number(r, "us", 300 + roll(4000));
		made.signatures++;
	} else {
		record_add(r, "outcome", "failed");
		record_add(r, "reason", PICK(failures));
	}
	record_add(r, "notify", people[c->who].notify);
	end(r, text);
}

static void
write_deny(void)
{
	struct client *c = some_client();
	struct record *r = begin(EVENT_DENY);

	add_request(r, c);
	add_line(r, c);
	record_add(r, "outcome", "refused");
	record_add(r, "reason", PICK(refusals));
	record_add(r, "rule", "profiles.d/firmware.conf:12");
	record_add(r, "notify", people[c->who].notify);
	end(r, "refused by policy");
}

static void
write_login(struct client *c)
{
	struct record *r = begin(EVENT_AUTH);

	c->conn = ++made.conn;
	c->who = (unsigned)roll(COUNT(people));
	c->src = PICK(sources);
	record_add(r, "profile", people[c->who].profile);
	add_client(r, c);
	record_add_number(r, "port", 1024 + roll(60000));
	record_add(r, "outcome", "ok");
	end(r, "logged in");
}

static void
write_auth(void)
{
	write_login(&PICK(made.client));
}

static void
write_authfail(void)
{
	struct record *r = begin(EVENT_AUTHFAIL);

	record_add_number(r, "conn", ++made.conn);
	record_add(r, "fp", print_of(9000 + roll(5)));
	record_add(r, "src", PICK(sources));
	record_add_number(r, "port", 1024 + roll(60000));
	record_add(r, "user", roll(2) == 0 ? "root" : "sign\x01\xff");
	record_add(r, "outcome", "refused");
	record_add(r, "reason", "client-unknown");
	end(r, "login refused: unknown client key");
}

static void
write_token(void)
{
	struct record *r = begin(EVENT_TOKEN);

	record_add(r, "what", "login");
	record_add(r, "token", "main");
	record_add(r, "module", "/usr/lib/softhsm/libsofthsm2.so");
	record_add_number(r, "worker", 1 + roll(4));
	record_add_number(r, "pid", made.pid + 3 + roll(4));
	record_add(r, "label", "main");
	record_add(r, "serial", "8a1f0c5521a0b7de");
	record_add(r, "model", "SoftHSM v2");
	record_add(r, "firmware", "2.6");
	record_add(r, "outcome", "ok");
	end(r, "a worker logged in");
}

static void
write_key(void)
{
	struct record *r = begin(EVENT_TOKEN);
	unsigned who = (unsigned)roll(COUNT(people));

	record_add(r, "what", "key");
	record_add(r, "token", "main");
	record_add(r, "key", people[who].key);
	record_add(r, "object", "fw 2026");
	record_add(r, "use", "wrapped");
	record_add(r, "type", "rsa");
	record_add_number(r, "bits", 3072);
	record_add(r, "keyfp", print_of(100 + who));
	record_add(r, "attributes",
	    "sensitive always-sensitive never-extractable local private");
	record_add(r, "outcome", "ok");
	end(r, "the token holds this key");
}

static void
write_reload(void)
{
	struct record *r = begin(EVENT_RELOAD);

	record_add(r, "tree", print_of(40 + roll(3)) + 7);
	record_add(r, "before", print_of(40) + 7);
	record_add_number(r, "changes", 1);
	record_add(r, "outcome", "ok");
	end(r, "the configuration was reloaded");
	r = begin(EVENT_RELOAD);
	record_add(r, "what", "changed");
	record_add(r, "object", "profile");
	record_add(r, "of", "firmware");
	record_add(r, "words", "keys hours");
	record_add(r, "rule", "profiles.d/firmware.conf:1");
	end(r, "profile firmware: changed");
}

static void
write_reloadfail(void)
{
	struct record *r = begin(EVENT_RELOADFAIL);

	record_add(r, "tree", print_of(40) + 7);
	record_add(r, "outcome", "failed");
	record_add_number(r, "errors", 2);
	record_add(r, "error", "keys.d/fw.conf:3: unknown word 'tokne'");
	end(r, "the configuration has errors; the running one stays");
}

static void
write_limit(void)
{
	struct record *r = begin(EVENT_LIMIT);

	record_add(r, "what", "disk");
	record_add_number(r, "free", 1000000 + roll(100000000));
	record_add_number(r, "threshold", 268435456);
	record_add(r, "outcome", "low");
	end(r, "little room is left for records");
}

static void
write_clock(void)
{
	struct record *r = begin(EVENT_CLOCK);

	record_add(r, "what", "step");
	record_add(r, "from", "2026-11-21T03:37:23.123456Z");
	record_add(r, "to", "2026-11-21T03:37:21.123456Z");
	record_add(r, "step", "-2000000");
	end(r, "the clock was set");
}

static void
write_start(void)
{
	struct record *r;

	made.boot = (unsigned)roll(UINT32_MAX);
	made.pid = 800 + (unsigned)roll(9000);
	made.conn = 0;
	made.signatures = 0;
	r = begin(EVENT_START);
	record_add(r, "version", "1.0");
	record_add(r, "tree", print_of(40) + 7);
	record_add(r, "separated", "yes");
	end(r, "started");
	checkpoint("start");
	write_token();
	write_key();
	for (unsigned i = 0; i < SESSIONS; i++)
		write_login(&made.client[i]);
}

static void
write_stop(void)
{
	struct record *r;

	checkpoint("stop");
	r = begin(EVENT_STOP);
	record_add(r, "why", "SIGTERM");
	record_add_number(r, "signatures", made.signatures);
	end(r, "stopped");
}

/* So many of a thousand records; the others are SIGN. */
static const struct {
	unsigned share;
	void (*write)(void);
} events[] = {
	{ 60, write_auth },
	{ 20, write_authfail },
	{ 50, write_deny },
	{ 8, write_token },
	{ 3, write_key },
	{ 6, write_reload },
	{ 3, write_reloadfail },
	{ 3, write_limit },
	{ 2, write_clock },
};

static void
write_something(void)
{
	uint64_t at = roll(1000);

	for (size_t i = 0; i < COUNT(events); i++) {
		if (at < events[i].share) {
			events[i].write();
			return;
		}
		at -= events[i].share;
	}
	write_sign();
}

/* The last two are a checkpoint and STOP. */
static void
write_log(void)
{
	uint64_t last = want.records - (want.every != 0 ? 2 : 1);
	uint64_t stopped = 0, marked = 0;

	write_start();
	while (made.chain.seq < last) {
		if (want.every != 0 && made.chain.seq >= marked + want.every) {
			checkpoint("records");
			marked = made.chain.seq;
		} else if (want.restart != 0 &&
		    made.chain.seq >= stopped + want.restart &&
		    made.chain.seq + 10 < last) {
			write_stop();
			write_start();
			stopped = made.chain.seq;
		} else if (made.chain.seq + 2 > last) {
			write_sign();
		} else {
			write_something();
		}
	}
	write_stop();
}

static int
read_stored(void *arg, uint64_t index, merkle_hash ret)
{
	(void)arg;
	if (index >= made.stored_count)
		return -1;
	memcpy(ret, made.stored[index], MERKLE_HASH);
	return 0;
}

static void
write_proof(void)
{
	struct tlog_proof proof = {
		.index = want.proven - 1,
		.record = made.proven,
		.record_len = made.proven_len,
		.note = made.note,
		.note_len = strlen(made.note),
	};
	struct buf text;
	FILE *file;

	if (merkle_inclusion(proof.index, made.note_size, read_stored, NULL,
		&proof.path) == -1)
		errx(1, "record %" PRIu64 " is not in the tree", want.proven);
	buf_init(&text, PROOF_TEXT_MAX);
	proof_write(&proof, &text);
	file = open_file(want.proof, "w");
	fwrite(buf_at(&text), 1, buf_len(&text), file);
	close_file(file, want.proof);
	buf_release(&text);
	free(made.proven);
	free(made.stored);
}

static uint64_t
number(const char *text)
{
	uint64_t value;

	if (text_number(text, UINT32_MAX, &value) == -1)
		errx(64, "%s: not a number", text);
	return value;
}

static void
set_proof(char *text)
{
	char *colon = strchr(text, ':');

	if (colon == NULL)
		errx(64, "%s: not SEQ:FILE", text);
	*colon = '\0';
	want.proven = number(text);
	want.proof = colon + 1;
}

static void
set_option(int option, char *value)
{
	switch (option) {
	case 'n':
		want.records = number(value);
		break;
	case 'c':
		want.every = number(value);
		break;
	case 'r':
		want.restart = number(value);
		break;
	case 'p':
		want.piece = number(value);
		break;
	case 's':
		want.seed = number(value);
		break;
	case 't':
		want.start_s = number(value);
		break;
	case 'i':
		want.step_us = number(value);
		break;
	case 'H':
		want.host = value;
		break;
	case 'o':
		want.origin = value;
		break;
	case 'k':
		want.key = value;
		break;
	case 'v':
		want.vkey = value;
		break;
	case 'N':
		want.notes = value;
		break;
	case 'x':
		set_proof(value);
		break;
	default:
		exit(64);
	}
}

int
main(int argc, char **argv)
{
	int option;

	while (
	    (option = getopt(argc, argv, "n:c:r:p:s:t:i:H:o:k:v:N:x:")) != -1)
		set_option(option, optarg);
	want.file = argv[optind];
	if (want.records < 16 || want.step_us == 0 ||
	    (want.piece != 0 && want.file == NULL))
		errx(64, "at least 16 records; pieces need a FILE");
	made.random = want.seed;
	made.now_us = want.start_s * 1000000;
	chain_init(&made.chain);
	make_key();
	if (want.piece == 0)
		made.out =
		    want.file == NULL ? stdout : open_file(want.file, "w");
	write_log();
	close_file(made.out, "the log");
	if (want.proof != NULL)
		write_proof();
	EVP_PKEY_free(made.pkey);
	return 0;
}
