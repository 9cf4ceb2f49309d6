/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/audit/take.c */
#include "audit/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_notary.h"

#define RECORDS 13
#define OURS 4 /* the record that is proven; its index */

/* A log, its tree, and the receipt of one record. */
struct log {
	char line[RECORDS][RECORD_MAX];
	size_t len[RECORDS];
	merkle_hash stored[2 * RECORDS];
	size_t count;
	struct merkle tree;
	struct checkpoint checkpoint;
	char note[CHECKPOINT_NOTE];
	struct tlog_proof proof;
	struct note_key key;
};

static struct log it;

static int
read_stored(void *arg, uint64_t index, merkle_hash ret)
{
	(void)arg;
	assert_true(index < it.count);
	memcpy(ret, it.stored[index], MERKLE_HASH);
	return 0;
}

static void
append(size_t i)
{
	struct merkle_added added;
	merkle_hash leaf;

	assert_int_equal(merkle_leaf(it.line[i], it.len[i], leaf), 0);
	assert_int_equal(merkle_append(&it.tree, leaf, &added), 0);
	memcpy(it.stored[it.count], added.hash, added.count * MERKLE_HASH);
	it.count += added.count;
}

static void
write_records(void)
{
	struct record_origin origin = { "signer1", 812 };
	struct chain chain;
	struct record r;

	chain_init(&chain);
	for (size_t i = 0; i < RECORDS; i++) {
		record_begin(&r, i == 0 ? EVENT_START : EVENT_SIGN, &origin,
		    &chain, UINT64_C(1795232243123456) + i);
		record_add(&r, "name", "fw \"1\"].bin");
		assert_int_equal(record_finish(&r, &chain, "signed"), 0);
		it.len[i] = r.len - 1;
		memcpy(it.line[i], r.line, r.len - 1);
		append(i);
	}
}

static void
prove(uint64_t index)
{
	it.proof.index = index;
	it.proof.record = it.line[index];
	it.proof.record_len = it.len[index];
	assert_int_equal(
	    merkle_inclusion(index, RECORDS, read_stored, NULL, &it.proof.path),
	    0);
}

static int
setup(void **state)
{
	(void)state;
	memset(&it, 0, sizeof(it));
	write_records();
	it.checkpoint.size = RECORDS;
	text_copy(it.checkpoint.origin, NOTE_NAME, NOTARY);
	assert_int_equal(merkle_root(&it.tree, it.checkpoint.root), 0);
	notary_key(0, NOTARY, &it.key);
	it.proof.note_len = notary_note(&it.checkpoint, it.note);
	it.proof.note = it.note;
	prove(OURS);
	return 0;
}

/* To be freed; ret_len is without its NUL. */
static char *
written(size_t *ret_len)
{
	struct buf out;
	char *text;

	buf_init(&out, PROOF_TEXT_MAX);
	proof_write(&it.proof, &out);
	assert_false(out.bad);
	*ret_len = buf_len(&out);
	text = strndup(buf_at(&out), *ret_len);
	buf_release(&out);
	return text;
}

static int
verify(const char *text, size_t len, struct text_error *reterr)
{
	static struct proof_space space;
	struct tlog_proof proof;

	reterr->what[0] = '\0';
	if (proof_parse(text, len, &proof, &space, reterr) == -1 ||
	    proof_check(&proof, &it.key, 1, reterr) == -1) {
		assert_true(reterr->what[0] != '\0');
		return -1;
	}
	return 0;
}

static void
what_is_written_reads_back_and_verifies(void **state)
{
	struct proof_space space;
	struct tlog_proof back;
	struct text_error err;
	size_t len;

	(void)state;
	for (uint64_t i = 0; i < RECORDS; i++) {
		char *text;

		prove(i);
		text = written(&len);
		assert_int_equal(
		    proof_parse(text, len, &back, &space, &err), 0);
		assert_int_equal(back.index, i);
		assert_int_equal(back.record_len, it.len[i]);
		assert_memory_equal(back.record, it.line[i], it.len[i]);
		assert_int_equal(back.path.count, it.proof.path.count);
		assert_memory_equal(back.path.hash, it.proof.path.hash,
		    back.path.count * MERKLE_HASH);
		assert_int_equal(back.note_len, it.proof.note_len);
		assert_memory_equal(back.note, it.note, back.note_len);
		assert_int_equal(proof_check(&back, &it.key, 1, &err), 0);
		free(text);
	}
}

static void
has_the_lines_that_c2sp_says(void **state)
{
	char want[PROOF_TEXT_MAX], extra[BASE64_SIZE(RECORD_MAX)];
	size_t len, used;
	char *text = written(&len);

	(void)state;
	base64_encode(it.line[OURS], it.len[OURS], true, extra);
	used = (size_t)snprintf(want, sizeof(want),
	    "c2sp.org/tlog-proof@v1\nextra %s\nindex 4\n", extra);
	for (size_t i = 0; i < it.proof.path.count; i++) {
		used += base64_encode(
		    it.proof.path.hash[i], MERKLE_HASH, true, want + used);
		want[used++] = '\n';
	}
	snprintf(want + used, sizeof(want) - used, "\n%s", it.note);
	assert_string_equal(text, want);
	free(text);
}

static void
refuses_every_changed_byte(void **state)
{
	struct text_error err;
	size_t len;
	char *text = written(&len);

	(void)state;
	assert_int_equal(verify(text, len, &err), 0);
	for (size_t i = 0; i < len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			text[i] ^= (char)(1 << bit);
			assert_int_equal(verify(text, len, &err), -1);
			text[i] ^= (char)(1 << bit);
		}
	}
	free(text);
}

static void
refuses_every_truncation_and_every_lost_line(void **state)
{
	struct text_error err;
	char without[PROOF_TEXT_MAX];
	size_t len, begin = 0;
	char *text = written(&len);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(verify(text, i, &err), -1);
		if (text[i] != '\n')
			continue;
		memcpy(without, text, begin);
		memcpy(without + begin, text + i + 1, len - i - 1);
		assert_int_equal(
		    verify(without, len - (i + 1 - begin), &err), -1);
		begin = i + 1;
	}
	free(text);
}

/* Behind the path, in it, or at the end. */
static void
refuses_every_doubled_line(void **state)
{
	struct text_error err;
	char twice[PROOF_TEXT_MAX];
	size_t len, begin = 0;
	char *text = written(&len);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n')
			continue;
		memcpy(twice, text, i + 1);
		memcpy(twice + i + 1, text + begin, len - begin);
		/* A checkpoint may be signed twice. */
		assert_int_equal(verify(twice, len + (i + 1 - begin), &err),
		    i + 1 == len ? 0 : -1);
		begin = i + 1;
	}
	free(text);
}

static void
refused(const char *text, unsigned line, const char *what)
{
	static struct proof_space space;
	struct tlog_proof proof = { .index = 77 };
	struct text_error err;

	assert_int_equal(
	    proof_parse(text, strlen(text), &proof, &space, &err), -1);
	assert_string_equal(err.what, what);
	assert_int_equal(err.line, line);
	assert_int_equal(proof.index, 77);
}

#define HEAD "c2sp.org/tlog-proof@v1\n"
#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static void
says_what_is_wrong(void **state)
{
	char many[PROOF_TEXT_MAX + 2];
	size_t len;

	(void)state;
	refused("", 1, "not a c2sp.org/tlog-proof@v1");
	refused("c2sp.org/tlog-proof@v2\n", 1, "not a c2sp.org/tlog-proof@v1");
	refused(HEAD, 2, "no extra line");
	refused(HEAD "index 3\n", 2, "no extra line");
	refused(HEAD "extra \n", 2, "the extra line is no record");
	refused(HEAD "extra AA=\n", 2, "the extra line is no record");
	refused(HEAD "extra AA==\n" HASH "\n", 3, "no index");
	refused(HEAD "extra AA==\nindex 03\n\nx", 3, "no index");
	refused(HEAD "extra AA==\nindex -1\n\nx", 3, "no index");
	refused(
	    HEAD "extra AA==\nindex 9223372036854775808\n\nx", 3, "no index");
	refused(HEAD "extra AA==\nindex 3\n" HASH "A\n\nx", 4, "not a hash");
	refused(HEAD "extra AA==\nindex 3\n" HASH "\n", 5,
	    "no empty line before the checkpoint");
	refused(HEAD "extra AA==\nindex 3\n" HASH "\n\n", 5, "no checkpoint");
	len = (size_t)sprintf(many, HEAD "extra AA==\nindex 3\n");
	for (unsigned i = 0; i <= MERKLE_PROOF_MAX; i++)
		len += (size_t)sprintf(many + len, HASH "\n");
	sprintf(many + len, "\nx");
	refused(many, 4 + MERKLE_PROOF_MAX, "too many hashes");
	memset(many, 'x', sizeof(many));
	many[PROOF_TEXT_MAX + 1] = '\0';
	refused(many, 0, "too long");
}

static void
refuses_a_nul_in_a_number(void **state)
{
	static const char text[] = HEAD "extra AA==\nindex 3\0x\n\nx";
	static struct proof_space space;
	struct tlog_proof proof;
	struct text_error err;

	(void)state;
	assert_int_equal(
	    proof_parse(text, sizeof(text) - 1, &proof, &space, &err), -1);
	assert_string_equal(err.what, "no index");
}

static void
refuses_a_record_that_a_record_cannot_be(void **state)
{
	char text[PROOF_TEXT_MAX], extra[BASE64_SIZE(RECORD_MAX + 1)];
	char record[RECORD_MAX + 1] = "";

	(void)state;
	base64_encode(record, sizeof(record), true, extra);
	snprintf(text, sizeof(text), HEAD "extra %s\n", extra);
	refused(text, 2, "the extra line is no record");
}

/* Everything is as it was signed, but for another record. */
static void
refuses_the_proof_of_another_record(void **state)
{
	struct text_error err;
	size_t len;
	char *text;

	(void)state;
	it.proof.record = it.line[OURS + 1];
	it.proof.record_len = it.len[OURS + 1];
	text = written(&len);
	assert_int_equal(verify(text, len, &err), -1);
	assert_string_equal(
	    err.what, "the record is seq 6, the proof is of seq 5");
	free(text);

	prove(OURS);
	it.line[OURS][it.len[OURS] - 1] ^= 1;
	text = written(&len);
	assert_int_equal(verify(text, len, &err), -1);
	assert_string_equal(
	    err.what, "the record is not in the checkpoint's tree");
	free(text);
}

static void
refuses_a_checkpoint_of_another_key(void **state)
{
	struct text_error err;
	size_t len;
	char *text = written(&len);

	(void)state;
	notary_key(1, NOTARY, &it.key);
	assert_int_equal(verify(text, len, &err), -1);
	assert_string_equal(err.what, "signed by no key that was given");
	free(text);
}

/* The largest of everything: 63 levels, the longest record and origin. */
static void
the_largest_proof_fits(void **state)
{
	struct proof_space space;
	struct tlog_proof back;
	struct text_error err;
	char record[RECORD_MAX - 1];
	size_t len;
	char *text;

	(void)state;
	memset(record, 'x', sizeof(record));
	it.proof.record = record;
	it.proof.record_len = sizeof(record);
	it.proof.path.count = MERKLE_PROOF_MAX;
	it.proof.index = INT64_MAX;
	it.checkpoint.size = INT64_MAX;
	memset(it.checkpoint.origin, 'x', NOTE_NAME - 1);
	it.proof.note_len = notary_note(&it.checkpoint, it.note);
	text = written(&len);
	assert_int_equal(proof_parse(text, len, &back, &space, &err), 0);
	assert_int_equal(back.path.count, MERKLE_PROOF_MAX);
	assert_int_equal(proof_check(&back, &it.key, 1, &err), -1);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    what_is_written_reads_back_and_verifies, setup),
		cmocka_unit_test_setup(has_the_lines_that_c2sp_says, setup),
		cmocka_unit_test_setup(refuses_every_changed_byte, setup),
		cmocka_unit_test_setup(
		    refuses_every_truncation_and_every_lost_line, setup),
		cmocka_unit_test_setup(refuses_every_doubled_line, setup),
		cmocka_unit_test_setup(says_what_is_wrong, setup),
		cmocka_unit_test(refuses_a_nul_in_a_number),
		cmocka_unit_test_setup(
		    refuses_a_record_that_a_record_cannot_be, setup),
		cmocka_unit_test_setup(
		    refuses_the_proof_of_another_record, setup),
		cmocka_unit_test_setup(
		    refuses_a_checkpoint_of_another_key, setup),
		cmocka_unit_test_setup(the_largest_proof_fits, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
