/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/merkle.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/hash.h"
#include "base/text.h"

#define STORED_MAX 8192

/* A flat file in memory, and the tree that was appended to it. */
struct flat {
	struct merkle tree;
	merkle_hash leaf[STORED_MAX / 2];
	merkle_hash hash[STORED_MAX];
	uint64_t count;
	unsigned reads;
	bool fails;
};

static struct flat flat;

static int
read_flat(void *arg, uint64_t index, merkle_hash ret)
{
	struct flat *f = arg;

	f->reads++;
	if (f->fails)
		return -1;
	assert_true(index < f->count);
	memcpy(ret, f->hash[index], MERKLE_HASH);
	return 0;
}

static void
append(struct flat *f, const void *line, size_t len)
{
	struct merkle_added added;
	uint8_t *leaf = f->leaf[f->tree.size];

	assert_int_equal(merkle_leaf(line, len, leaf), 0);
	assert_int_equal(merkle_append(&f->tree, leaf, &added), 0);
	assert_true(f->count + added.count <= STORED_MAX);
	memcpy(f->hash[f->count], added.hash, added.count * MERKLE_HASH);
	f->count += added.count;
}

/* Leaves whose lines are their numbers. */
static struct flat *
flat_of(uint64_t leaves)
{
	memset(&flat, 0, sizeof(flat));
	for (uint64_t i = 0; i < leaves; i++)
		append(&flat, &i, sizeof(i));
	return &flat;
}

static uint64_t
naive_split(uint64_t count)
{
	uint64_t split = 1;

	while (split * 2 < count)
		split *= 2;
	return split;
}

/* RFC 6962 2.1, to the letter. */
static void
naive_root(merkle_hash *leaf, uint64_t count, merkle_hash ret)
{
	uint8_t both[1 + 2 * MERKLE_HASH] = { 1 };
	uint64_t split = naive_split(count);

	if (count == 0) {
		assert_int_equal(hash_sha256("", 0, ret), 0);
		return;
	}
	if (count == 1) {
		memcpy(ret, leaf[0], MERKLE_HASH);
		return;
	}
	naive_root(leaf, split, both + 1);
	naive_root(leaf + split, count - split, both + 1 + MERKLE_HASH);
	assert_int_equal(hash_sha256(both, sizeof(both), ret), 0);
}

/* RFC 6962 2.1.1's PATH. */
static void
naive_path(
    uint64_t index, merkle_hash *leaf, uint64_t count, struct merkle_proof *ret)
{
	uint64_t split = naive_split(count);

	if (count == 1)
		return;
	if (index < split) {
		naive_path(index, leaf, split, ret);
		naive_root(leaf + split, count - split, ret->hash[ret->count]);
	} else {
		naive_path(index - split, leaf + split, count - split, ret);
		naive_root(leaf, split, ret->hash[ret->count]);
	}
	ret->count++;
}

/* RFC 6962 2.1.2's SUBPROOF. */
static void
naive_subproof(uint64_t old, merkle_hash *leaf, uint64_t count, bool whole,
    struct merkle_proof *ret)
{
	uint64_t split = naive_split(count);

	if (old == count && whole)
		return;
	if (old == count) {
		naive_root(leaf, count, ret->hash[ret->count]);
	} else if (old <= split) {
		naive_subproof(old, leaf, split, whole, ret);
		naive_root(leaf + split, count - split, ret->hash[ret->count]);
	} else {
		naive_subproof(
		    old - split, leaf + split, count - split, false, ret);
		naive_root(leaf, split, ret->hash[ret->count]);
	}
	ret->count++;
}

static void
assert_same_proof(const struct merkle_proof *a, const struct merkle_proof *b)
{
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->hash, b->hash, a->count * MERKLE_HASH);
}

static void
proofs_are_those_of_the_definition(void **state)
{
	struct flat *f = flat_of(70);
	struct merkle_proof proof;

	(void)state;
	for (uint64_t size = 1; size <= 70; size++) {
		for (uint64_t i = 0; i < size; i++) {
			struct merkle_proof want = { 0 };

			naive_path(i, f->leaf, size, &want);
			merkle_inclusion(i, size, read_flat, f, &proof);
			assert_same_proof(&proof, &want);
		}
		for (uint64_t old = 1; old < size; old++) {
			struct merkle_proof want = { 0 };

			naive_subproof(old, f->leaf, size, true, &want);
			merkle_consistency(old, size, read_flat, f, &proof);
			assert_same_proof(&proof, &want);
		}
	}
}

/* Certificate Transparency's own test vectors. */
static void
roots_are_those_of_certificate_transparency(void **state)
{
	static const struct {
		const char *leaf;
		size_t len;
		const char *root; /* with this leaf */
	} vector[] = {
		{ NULL, 0,
		    "e3b0c44298fc1c149afbf4c8996fb924"
		    "27ae41e4649b934ca495991b7852b855" },
		{ "", 0,
		    "6e340b9cffb37a989ca544e6bb780a2c"
		    "78901d3fb33738768511a30617afa01d" },
		{ "\x00", 1,
		    "fac54203e7cc696cf0dfcb42c92a1d9d"
		    "baf70ad9e621f4bd8d98662f00e3c125" },
		{ "\x10", 1,
		    "aeb6bcfe274b70a14fb067a5e5578264"
		    "db0fa9b51af5e0ba159158f329e06e77" },
		{ "\x20\x21", 2,
		    "d37ee418976dd95753c1c73862b9398f"
		    "a2a2cf9b4ff0fdfe8b30cd95209614b7" },
		{ "\x30\x31", 2,
		    "4e3bbb1f7b478dcfe71fb631631519a3"
		    "bca12c9aefca1612bfce4c13a86264d4" },
		{ "\x40\x41\x42\x43", 4,
		    "76e67dadbcdf1e10e1b74ddc608abd2f"
		    "98dfb16fbce75277b5232a127f2087ef" },
		{ "\x50\x51\x52\x53\x54\x55\x56\x57", 8,
		    "ddb89be403809e325750d3d263cd7892"
		    "9c2942b7942a34b77e122c9594a74c8c" },
		{ "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d"
		  "\x6e\x6f",
		    16,
		    "5dc9da79a70659a9ad559cb701ded9a2"
		    "ab9d823aad2f4960cfe370eff4604328" },
	};
	struct flat *f = flat_of(0);
	char hex[2 * MERKLE_HASH + 1];
	merkle_hash root;

	(void)state;
	for (size_t i = 0; i < sizeof(vector) / sizeof(*vector); i++) {
		if (vector[i].leaf != NULL)
			append(f, vector[i].leaf, vector[i].len);
		assert_int_equal(merkle_root(&f->tree, root), 0);
		hex_encode(root, sizeof(root), hex);
		assert_string_equal(hex, vector[i].root);
	}
}

static void
roots_are_those_of_the_definition(void **state)
{
	struct flat *f = flat_of(0);
	merkle_hash root, want;
	uint64_t i = 0;

	(void)state;
	srand(6962);
	while (i < STORED_MAX / 2 - 300) {
		uint64_t steps = i < 130 ? 1 : 1 + (unsigned)rand() % 300;

		for (; steps > 0; steps--, i++)
			append(f, &i, sizeof(i));
		assert_int_equal(f->tree.size, i);
		assert_int_equal(merkle_root(&f->tree, root), 0);
		naive_root(f->leaf, i, want);
		assert_memory_equal(root, want, MERKLE_HASH);
	}
}

static void
a_hash_stands_where_its_index_says(void **state)
{
	struct flat *f = flat_of(0);
	merkle_hash want;

	(void)state;
	assert_int_equal(merkle_stored(0), 0);
	for (uint64_t i = 0; i < 300; i++) {
		append(f, &i, sizeof(i));
		assert_int_equal(merkle_stored(i + 1), f->count);
	}
	for (unsigned level = 0; level < 9; level++) {
		for (uint64_t n = 0; (n + 1) << level <= 300; n++) {
			naive_root(
			    f->leaf + (n << level), UINT64_C(1) << level, want);
			assert_memory_equal(
			    f->hash[merkle_index(level, n)], want, MERKLE_HASH);
		}
	}
}

/* The order that golang.org/x/mod/sumdb/tlog gives its stored hashes. */
static void
indexes_are_those_of_tlog(void **state)
{
	(void)state;
	assert_int_equal(merkle_index(0, 0), 0);
	assert_int_equal(merkle_index(0, 1), 1);
	assert_int_equal(merkle_index(1, 0), 2);
	assert_int_equal(merkle_index(0, 2), 3);
	assert_int_equal(merkle_index(0, 3), 4);
	assert_int_equal(merkle_index(1, 1), 5);
	assert_int_equal(merkle_index(2, 0), 6);
	assert_int_equal(merkle_index(0, 4), 7);
	assert_int_equal(merkle_index(3, 0), 14);
	assert_int_equal(merkle_stored(4), 7);
}

static void
resuming_equals_appending(void **state)
{
	struct flat *f = flat_of(0);
	struct merkle tree;
	merkle_hash a, b;

	(void)state;
	for (uint64_t i = 0; i < 300; i++) {
		f->reads = 0;
		assert_int_equal(merkle_resume(&tree, i, read_flat, f), 0);
		assert_true(f->reads <= 9);
		assert_int_equal(tree.size, i);
		assert_int_equal(merkle_root(&tree, a), 0);
		assert_int_equal(merkle_root(&f->tree, b), 0);
		assert_memory_equal(a, b, MERKLE_HASH);
		append(f, &i, sizeof(i));
		assert_int_equal(merkle_append(&tree, f->leaf[i], NULL), 0);
		assert_int_equal(merkle_root(&tree, a), 0);
		assert_int_equal(merkle_root(&f->tree, b), 0);
		assert_memory_equal(a, b, MERKLE_HASH);
	}
}

static void
what_cannot_be_read_is_no_tree(void **state)
{
	struct flat *f = flat_of(9);
	struct merkle tree = { .size = 77 };
	struct merkle_proof proof = { .count = 55 };

	(void)state;
	f->fails = true;
	assert_int_equal(merkle_resume(&tree, 9, read_flat, f), -1);
	assert_int_equal(tree.size, 77);
	assert_int_equal(merkle_inclusion(3, 9, read_flat, f, &proof), -1);
	assert_int_equal(merkle_consistency(3, 9, read_flat, f, &proof), -1);
	assert_int_equal(merkle_consistency(6, 9, read_flat, f, &proof), -1);
	assert_int_equal(proof.count, 55);
}

static void
no_proof_of_what_is_outside(void **state)
{
	struct flat *f = flat_of(9);
	struct merkle_proof proof;

	(void)state;
	assert_int_equal(merkle_inclusion(0, 0, read_flat, f, &proof), -1);
	assert_int_equal(merkle_inclusion(9, 9, read_flat, f, &proof), -1);
	assert_int_equal(
	    merkle_inclusion(1, UINT64_MAX, read_flat, f, &proof), -1);
	assert_int_equal(merkle_consistency(9, 8, read_flat, f, &proof), -1);
	assert_int_equal(
	    merkle_consistency(9, UINT64_MAX, read_flat, f, &proof), -1);
	assert_int_equal(merkle_resume(&f->tree, UINT64_MAX, read_flat, f), -1);
	f->tree.size = INT64_MAX;
	assert_int_equal(merkle_append(&f->tree, f->leaf[0], NULL), -1);
	assert_int_equal(f->tree.size, INT64_MAX);
}

static void
every_leaf_is_proven_in_every_size(void **state)
{
	struct flat *f = flat_of(70);
	struct merkle_proof proof;
	merkle_hash root;

	(void)state;
	for (uint64_t size = 1; size <= 70; size++) {
		naive_root(f->leaf, size, root);
		for (uint64_t i = 0; i < size; i++) {
			f->reads = 0;
			assert_int_equal(
			    merkle_inclusion(i, size, read_flat, f, &proof), 0);
			assert_true(f->reads <= 14 && proof.count <= 7);
			assert_int_equal(merkle_check_inclusion(
					     &proof, i, f->leaf[i], size, root),
			    0);
		}
	}
}

static void
refuses_another_index_or_size(void **state)
{
	struct flat *f = flat_of(70);
	struct merkle_proof proof;
	merkle_hash root;

	(void)state;
	for (uint64_t size = 1; size <= 70; size++) {
		naive_root(f->leaf, size, root);
		for (uint64_t i = 0; i < size; i++) {
			merkle_inclusion(i, size, read_flat, f, &proof);
			for (uint64_t j = 0; j < size + 5; j++)
				assert_int_equal(merkle_check_inclusion(&proof,
						     j, f->leaf[i], size, root),
				    j == i ? 0 : -1);
			for (uint64_t j = 0; j < size; j++)
				assert_int_equal(merkle_check_inclusion(&proof,
						     i, f->leaf[j], size, root),
				    j == i ? 0 : -1);
		}
	}
}

/* Roots of other sizes, and a proof with one hash more or less. */
static void
refuses_another_root_or_length(void **state)
{
	struct flat *f = flat_of(70);
	struct merkle_proof proof;
	merkle_hash root, other;

	(void)state;
	for (uint64_t size = 1; size <= 70; size++) {
		naive_root(f->leaf, size, root);
		naive_root(f->leaf, size - 1, other);
		for (uint64_t i = 0; i < size; i++) {
			merkle_inclusion(i, size, read_flat, f, &proof);
			assert_int_equal(merkle_check_inclusion(&proof, i,
					     f->leaf[i], size, other),
			    -1);
			proof.count++;
			assert_int_equal(merkle_check_inclusion(
					     &proof, i, f->leaf[i], size, root),
			    -1);
			proof.count -= 2;
			assert_int_equal(merkle_check_inclusion(
					     &proof, i, f->leaf[i], size, root),
			    -1);
		}
	}
}

/* Every byte of every hash that goes in. */
static void
refuses_every_changed_byte_of_an_inclusion(void **state)
{
	struct flat *f = flat_of(70);
	struct merkle_proof p;
	merkle_hash root;

	(void)state;
	naive_root(f->leaf, 70, root);
	for (uint64_t i = 0; i < 70; i++) {
		merkle_inclusion(i, 70, read_flat, f, &p);
		for (size_t at = 0; at < (p.count + 2) * MERKLE_HASH; at++) {
			size_t n = at / MERKLE_HASH, byte = at % MERKLE_HASH;
			uint8_t *hash = n == p.count ? f->leaf[i] :
			    n == p.count + 1	     ? root :
						       p.hash[n];

			hash[byte] ^= (uint8_t)(1 << at % 8);
			assert_int_equal(
			    merkle_check_inclusion(&p, i, f->leaf[i], 70, root),
			    -1);
			hash[byte] ^= (uint8_t)(1 << at % 8);
		}
		assert_int_equal(
		    merkle_check_inclusion(&p, i, f->leaf[i], 70, root), 0);
	}
}

static void
every_size_is_proven_to_grow_into_every_larger(void **state)
{
	struct flat *f = flat_of(70);
	struct merkle_proof proof;
	merkle_hash old_root, root;

	(void)state;
	for (uint64_t size = 0; size <= 70; size++) {
		naive_root(f->leaf, size, root);
		for (uint64_t old = 0; old <= size; old++) {
			naive_root(f->leaf, old, old_root);
			assert_int_equal(
			    merkle_consistency(old, size, read_flat, f, &proof),
			    0);
			assert_true(proof.count <= 8);
			assert_int_equal(merkle_check_consistency(
					     &proof, old, old_root, size, root),
			    0);
		}
	}
}

/*
 * (An empty old tree says nothing of the new one, and an equal one needs no
 * proof: neither goes in here.)
 */
static void
refuses_another_growth(void **state)
{
	struct flat *f = flat_of(70);
	struct merkle_proof proof;
	merkle_hash old_root, root, other;

	(void)state;
	for (uint64_t size = 2; size <= 70; size++) {
		naive_root(f->leaf, size, root);
		naive_root(f->leaf, size - 1, other);
		for (uint64_t old = 1; old < size; old++) {
			naive_root(f->leaf, old, old_root);
			merkle_consistency(old, size, read_flat, f, &proof);
			assert_int_equal(merkle_check_consistency(&proof, old,
					     old_root, size, other),
			    -1);
			assert_int_equal(merkle_check_consistency(
					     &proof, old, root, size, root),
			    -1);
			for (uint64_t j = 0; j < size + 5; j++)
				assert_int_equal(
				    merkle_check_consistency(
					&proof, j, old_root, size, root),
				    j == old ? 0 : -1);
			proof.count++;
			assert_int_equal(merkle_check_consistency(
					     &proof, old, old_root, size, root),
			    -1);
			proof.count -= 2;
			assert_int_equal(merkle_check_consistency(
					     &proof, old, old_root, size, root),
			    -1);
		}
	}
}

static void
refuses_every_changed_byte_of_a_growth(void **state)
{
	struct flat *f = flat_of(70);
	struct merkle_proof p;
	merkle_hash old_root, root;

	(void)state;
	naive_root(f->leaf, 70, root);
	for (uint64_t old = 1; old < 70; old++) {
		naive_root(f->leaf, old, old_root);
		merkle_consistency(old, 70, read_flat, f, &p);
		for (size_t at = 0; at < (p.count + 2) * MERKLE_HASH; at++) {
			size_t n = at / MERKLE_HASH, byte = at % MERKLE_HASH;
			uint8_t *hash = n == p.count ? old_root :
			    n == p.count + 1	     ? root :
						       p.hash[n];

			hash[byte] ^= (uint8_t)(1 << at % 8);
			assert_int_equal(merkle_check_consistency(
					     &p, old, old_root, 70, root),
			    -1);
			hash[byte] ^= (uint8_t)(1 << at % 8);
		}
	}
}

/* A fork: the same sizes, another leaf in the old part or in the new. */
static void
refuses_a_history_that_was_rewritten(void **state)
{
	struct flat *f = flat_of(40);
	struct merkle_proof proof;
	merkle_hash old_root, root;

	(void)state;
	naive_root(f->leaf, 25, old_root);
	flat_of(0);
	for (uint64_t i = 0; i < 40; i++)
		append(f, i == 7 ? "" : (void *)&i, i == 7 ? 0 : sizeof(i));
	naive_root(f->leaf, 40, root);
	merkle_consistency(25, 40, read_flat, f, &proof);
	assert_int_equal(
	    merkle_check_consistency(&proof, 25, old_root, 40, root), -1);
}

static void
equal_and_empty_trees_need_no_proof(void **state)
{
	struct flat *f = flat_of(9);
	struct merkle_proof proof = { 0 };
	merkle_hash empty, root, other;

	(void)state;
	naive_root(f->leaf, 0, empty);
	naive_root(f->leaf, 9, root);
	naive_root(f->leaf, 8, other);
	assert_int_equal(merkle_check_consistency(&proof, 9, root, 9, root), 0);
	assert_int_equal(
	    merkle_check_consistency(&proof, 9, other, 9, root), -1);
	assert_int_equal(
	    merkle_check_consistency(&proof, 0, empty, 9, root), 0);
	assert_int_equal(
	    merkle_check_consistency(&proof, 0, other, 9, root), -1);
	assert_int_equal(
	    merkle_check_consistency(&proof, 0, empty, 0, empty), 0);
	assert_int_equal(
	    merkle_check_consistency(&proof, 0, empty, 0, root), -1);
	proof.count = 1;
	assert_int_equal(
	    merkle_check_consistency(&proof, 9, root, 9, root), -1);
	assert_int_equal(
	    merkle_check_consistency(&proof, 0, empty, 9, root), -1);
}

static void
refuses_a_count_beyond_its_space(void **state)
{
	struct merkle_proof proof = { .count = MERKLE_PROOF_MAX + 1 };
	merkle_hash hash = { 0 };

	(void)state;
	assert_int_equal(
	    merkle_check_inclusion(&proof, 1, hash, UINT64_MAX, hash), -1);
	assert_int_equal(
	    merkle_check_consistency(&proof, 3, hash, UINT64_MAX, hash), -1);
	assert_int_equal(merkle_check_inclusion(&proof, 0, hash, 0, hash), -1);
}

static void *
hash_a_leaf(void *arg)
{
	return merkle_leaf("a", 1, arg) == 0 ? arg : NULL;
}

/* What a thread needs for it goes with the thread: LeakSanitizer looks. */
static void
threads_hash_alike_and_leave_nothing(void **state)
{
	merkle_hash want, got;
	pthread_t thread;
	void *done;

	(void)state;
	assert_int_equal(merkle_leaf("a", 1, want), 0);
	for (int i = 0; i < 4; i++) {
		memset(got, 0, sizeof(got));
		assert_int_equal(
		    pthread_create(&thread, NULL, hash_a_leaf, got), 0);
		assert_int_equal(pthread_join(thread, &done), 0);
		assert_non_null(done);
		assert_memory_equal(got, want, sizeof(want));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_those_of_certificate_transparency),
		cmocka_unit_test(roots_are_those_of_the_definition),
		cmocka_unit_test(proofs_are_those_of_the_definition),
		cmocka_unit_test(a_hash_stands_where_its_index_says),
		cmocka_unit_test(indexes_are_those_of_tlog),
		cmocka_unit_test(resuming_equals_appending),
		cmocka_unit_test(what_cannot_be_read_is_no_tree),
		cmocka_unit_test(no_proof_of_what_is_outside),
		cmocka_unit_test(every_leaf_is_proven_in_every_size),
		cmocka_unit_test(refuses_another_index_or_size),
		cmocka_unit_test(refuses_another_root_or_length),
		cmocka_unit_test(refuses_every_changed_byte_of_an_inclusion),
		cmocka_unit_test(
		    every_size_is_proven_to_grow_into_every_larger),
		cmocka_unit_test(refuses_another_growth),
		cmocka_unit_test(refuses_every_changed_byte_of_a_growth),
		cmocka_unit_test(refuses_a_history_that_was_rewritten),
		cmocka_unit_test(equal_and_empty_trees_need_no_proof),
		cmocka_unit_test(refuses_a_count_beyond_its_space),
		cmocka_unit_test(threads_hash_alike_and_leave_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
