/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/proof.h"

#include <inttypes.h>
#include <string.h>

#include "audit/take.h"
#include "audit/verify.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

static void
add_base64(struct buf *out, const void *data, size_t len)
{
	char *at = buf_reserve(out, BASE64_SIZE(len));

	if (at != NULL)
		buf_commit(out, base64_encode(data, len, true, at));
}

void
proof_write(const struct tlog_proof *proof, struct buf *out)
{
	buf_adds(out, FIRST_LINE "\nextra ");
	add_base64(out, proof->record, proof->record_len);
	buf_addf(out, "\nindex %" PRIu64 "\n", proof->index);
	for (size_t i = 0; i < proof->path.count; i++) {
		add_base64(out, proof->path.hash[i], MERKLE_HASH);
		buf_adds(out, "\n");
	}
	buf_adds(out, "\n");
	buf_add(out, proof->note, proof->note_len);
}

static const char *
read_record(struct text *t, struct tlog_proof *ret, char space[RECORD_MAX])
{
	struct slice line;

	if (!take_line(t, &line) || !take_prefix(&line, "extra "))
		return "no extra line";
	if (base64_decode(line.at, line.len, (uint8_t *)space, RECORD_MAX,
		&ret->record_len) == -1 ||
	    ret->record_len == 0)
		return "the extra line is no record";
	ret->record = space;
	return NULL;
}

/* With the empty line at its end. */
static const char *
read_path(struct text *t, struct merkle_proof *ret)
{
	struct slice line;

	for (ret->count = 0;; ret->count++) {
		if (!take_line(t, &line))
			return "no empty line before the checkpoint";
		if (line.len == 0)
			return NULL;
		if (ret->count == MERKLE_PROOF_MAX)
			return "too many hashes";
		if (!slice_hash(&line, ret->hash[ret->count]))
			return "not a hash";
	}
}

static const char *
read_lines(struct text *t, struct tlog_proof *ret, struct proof_space *space)
{
	const char *what;
	struct slice line;

	if (!take_line(t, &line) || !slice_is(&line, FIRST_LINE))
		return "not a " FIRST_LINE;
	if ((what = read_record(t, ret, space->record)) != NULL)
		return what;
	if (!take_line(t, &line) || !take_prefix(&line, "index ") ||
	    !slice_number(&line, &ret->index))
		return "no index";
	if ((what = read_path(t, &ret->path)) != NULL)
		return what;
	if (t->left == 0 || t->left > sizeof(space->note))
		return "no checkpoint";
	memcpy(space->note, t->at, t->left);
	ret->note = space->note;
	ret->note_len = t->left;
	return NULL;
}

int
proof_parse(const char *text, size_t len, struct tlog_proof *ret,
    struct proof_space *space, struct text_error *reterr)
{
	struct text t = { text, len, 0 };
	struct tlog_proof read;
	const char *what;

	if (len > PROOF_TEXT_MAX)
		return text_fail(reterr, 0, "too long");
	if ((what = read_lines(&t, &read, space)) != NULL)
		return text_fail(reterr, t.line, "%s", what);
	*ret = read;
	return 0;
}

/* Is the record, which says its own place, the leaf there? */
static int
check_record(const struct tlog_proof *proof, const struct checkpoint *c,
    struct text_error *reterr)
{
	char prev[RECORD_HASH];
	merkle_hash leaf;
	uint64_t seq;

	if (record_parse(
		proof->record, proof->record_len, &seq, prev, reterr) == -1)
		return -1;
	if (seq - 1 != proof->index)
		return text_fail(reterr, 0,
		    "the record is seq %" PRIu64
		    ", the proof is of seq %" PRIu64,
		    seq, proof->index + 1);
	if (merkle_leaf(proof->record, proof->record_len, leaf) == -1)
		return text_fail(reterr, 0, "SHA-256 failed");
	if (merkle_check_inclusion(
		&proof->path, proof->index, leaf, c->size, c->root) == -1)
		return text_fail(
		    reterr, 0, "the record is not in the checkpoint's tree");
	return 0;
}

int
proof_check(const struct tlog_proof *proof, const struct note_key *keys,
    size_t count, struct text_error *reterr)
{
	struct signed_checkpoint c;

	if (checkpoint_parse(proof->note, proof->note_len, &c, reterr) == -1 ||
	    checkpoint_signer(proof->note, &c, keys, count, reterr) == -1)
		return -1;
	return check_record(proof, &c.checkpoint, reterr);
}
