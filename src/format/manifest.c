/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest: one signature for a whole release, and for each file a short text
 * that proves its line is in it (scripts/manifest-verify checks one).
 *
 *	countersign-manifest v1
 *	key: release
 *	time: 2026-12-01T00:00:00Z
 *	hash: sha256
 *	count: 3
 *	root: HEX
 *
 *	signature: BASE64
 *	line: HEX  name
 *	index: 1
 *	HEX
 *	HEX
 *
 * Signed is what stands before the empty line.  The root is that of a Merkle
 * tree whose leaves are the lines as sha256sum prints them, each with its LF;
 * the last lines are the hashes from the leaf's sibling up to the root.
 */
#include <stdio.h>
#include <string.h>

#include "format/hashtree.h"
#include "format/native.h"
#include "format/rows.h"
#include "format/scan.h"
#include "format/sums.h"
#include "format/when.h"

#define FIRST_LINE "countersign-manifest v1\n"
#define STATEMENT_MAX 512
#define LINE_MAX 1024
#define ANSWER_MAX 8192

static enum mech
manifest_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	enum mech mech = message_mech(type, ret_over);

	return sums_hash(hash) ? mech : MECH_NONE;
}

static int
add_leaf(const struct making *m, size_t index, struct hashtree *tree,
    struct buf *space)
{
	struct making one = *m;

	one.lines = &m->lines[index];
	one.count = 1;
	buf_consume(space, buf_len(space));
	if (sums_text(&one, SUMS_GNU, space) == -1)
		return -1;
	return hashtree_leaf(
	    buf_at(space), buf_len(space), hashtree_at(tree, index));
}

/* The tree of all lines: 0 and hashtree_release, or -1. */
static int
make_tree(const struct making *m, struct hashtree *ret)
{
	struct buf space;
	int rv;

	if (hashtree_init(ret, m->count) == -1)
		return -1;
	buf_init(&space, LINE_MAX);
	rv = 0;
	for (size_t i = 0; rv == 0 && i < m->count; i++)
		rv = m->lines[i].hash == m->lines[0].hash ?
		    add_leaf(m, i, ret, &space) :
		    -1;
	buf_release(&space);
	if (rv == 0)
		rv = hashtree_build(ret);
	if (rv == -1)
		hashtree_release(ret);
	return rv;
}

static int
add_statement(
    const struct making *m, const struct hashtree *tree, struct buf *ret)
{
	char hex[2 * HASHTREE_HASH + 1], when[WHEN_SIZE];

	if (when_text(m->now, when) == -1)
		return -1;
	hex_encode(hashtree_root(tree), HASHTREE_HASH, hex);
	buf_addf(ret,
	    FIRST_LINE "key: %s\ntime: %s\nhash: %s\ncount: %zu\nroot: %s\n",
	    m->key->name, when, hash_word(m->lines[0].hash), m->count, hex);
	return ret->bad ? -1 : 0;
}

static int
manifest_input(const struct making *m, struct buf *ret)
{
	struct hashtree tree;
	struct buf text;
	int rv;

	if (make_tree(m, &tree) == -1)
		return -1;
	buf_init(&text, STATEMENT_MAX);
	rv = add_statement(m, &tree, &text);
	if (rv == 0)
		rv = message_input(m, buf_at(&text), buf_len(&text), ret);
	buf_release(&text);
	hashtree_release(&tree);
	return rv;
}

/* What is a line's own. */
static int
add_line(const struct making *m, const struct hashtree *tree, size_t index,
    struct buf *ret)
{
	const uint8_t *proof[HASHTREE_LEVELS];
	size_t count = hashtree_proof(tree, index, proof);
	char hex[2 * HASHTREE_HASH + 1];
	struct making one = *m;

	one.lines = &m->lines[index];
	one.count = 1;
	buf_adds(ret, "line: ");
	if (sums_text(&one, SUMS_GNU, ret) == -1)
		return -1;
	buf_addf(ret, "index: %zu\n", index);
	for (size_t i = 0; i < count; i++) {
		hex_encode(proof[i], HASHTREE_HASH, hex);
		buf_addf(ret, "%s\n", hex);
	}
	return ret->bad ? -1 : 0;
}

/* Statement and signature are the same for all. */
static int
add_head(const struct making *m, const struct hashtree *tree,
    const uint8_t *signature, size_t len, struct buf *ret)
{
	if (add_statement(m, tree, ret) == -1)
		return -1;
	buf_adds(ret, "\nsignature: ");
	if (native_base64(m, signature, len, ret) == -1)
		return -1;
	buf_adds(ret, "\n");
	return ret->bad ? -1 : 0;
}

static int
each_line(const struct making *m, const struct hashtree *tree,
    const struct buf *head, format_each_fn *fn, void *arg)
{
	struct buf answer;
	int rv = 0;

	buf_init(&answer, ANSWER_MAX);
	for (size_t i = 0; rv == 0 && i < m->count; i++) {
		buf_consume(&answer, buf_len(&answer));
		buf_add(&answer, buf_at(head), buf_len(head));
		rv = add_line(m, tree, i, &answer);
		if (rv == 0)
			rv = fn(arg, i, (const uint8_t *)buf_at(&answer),
			    buf_len(&answer));
	}
	buf_release(&answer);
	return rv;
}

static int
manifest_finish_each(const struct making *m, const uint8_t *signature,
    size_t len, format_each_fn *fn, void *arg)
{
	struct hashtree tree;
	struct buf head;
	int rv;

	if (make_tree(m, &tree) == -1)
		return -1;
	buf_init(&head, ANSWER_MAX);
	rv = add_head(m, &tree, signature, len, &head);
	if (rv == 0)
		rv = each_line(m, &tree, &head, fn, arg);
	buf_release(&head);
	hashtree_release(&tree);
	return rv;
}

/* What the statement of an answer says that its proof needs. */
struct stated {
	const char *text;
	size_t len;
	uint64_t count;
	uint8_t root[HASHTREE_HASH];
};

static void
scan_statement(struct reader *r, const struct making *m, struct stated *ret)
{
	const char *start = (const char *)r->at;
	char when[WHEN_SIZE] = "";
	size_t len;

	scan_text(r, FIRST_LINE "key: ");
	scan_text(r, m->key->name);
	scan_text(r, "\ntime: ");
	scan_to(r, '\n', sizeof(when), &len);
	scan_text(r, "hash: ");
	scan_text(r, hash_word(m->lines[m->index].hash));
	scan_text(r, "\ncount: ");
	ret->count = scan_number(r, '\n', HASHTREE_MAX);
	scan_text(r, "root: ");
	scan_hex(r, '\n', ret->root, sizeof(ret->root));
	ret->text = start;
	ret->len = r->bad ? 0 : (size_t)((const char *)r->at - start);
}

/* The line that the client sent, from the making, and its own hash. */
static void
scan_line(struct reader *r, const struct making *m, uint8_t *ret)
{
	struct making one = *m;
	struct buf line;

	one.lines = &m->lines[m->index];
	one.count = 1;
	buf_init(&line, LINE_MAX);
	scan_text(r, "line: ");
	if (sums_text(&one, SUMS_GNU, &line) == -1 ||
	    hashtree_leaf(buf_at(&line), buf_len(&line), ret) == -1)
		reader_fail(r);
	buf_add(&line, "", 1);
	scan_text(r, line.bad ? "\n\n" : buf_at(&line));
	buf_release(&line);
}

static int
manifest_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	uint8_t proof[HASHTREE_LEVELS * HASHTREE_HASH], hash[HASHTREE_HASH];
	struct stated stated = { NULL, 0, 0, { 0 } };
	size_t count = 0;
	uint64_t index;
	struct reader r;

	reader_init(&r, answer, len);
	scan_statement(&r, m, &stated);
	scan_text(&r, "\nsignature: ");
	scan_native(&r, '\n', m, ret);
	scan_line(&r, m, hash);
	scan_text(&r, "index: ");
	index = scan_number(&r, '\n', HASHTREE_MAX);
	for (; !r.bad && r.left > 0 && count < HASHTREE_LEVELS; count++)
		scan_hex(
		    &r, '\n', proof + count * HASHTREE_HASH, HASHTREE_HASH);
	if (!reader_done(&r) || index != m->index ||
	    hashtree_climb(hash, index, stated.count, proof, count, hash) ==
		-1 ||
	    memcmp(hash, stated.root, sizeof(hash)) != 0)
		return -1;
	return message_input(m, stated.text, stated.len, &ret->input);
}

const struct format format_manifest = {
	.name = "manifest",
	.wrapped = true,
	.shape = SHAPE_SHARED,
	.needs = FORMAT_NEEDS_NAME,
	.extension = "manifest",
	.help = "one signature for all lines, a proof for each",
	.mech = manifest_mech,
	.fit = sums_fit,
	.input = manifest_input,
	.finish_each = manifest_finish_each,
	.open = manifest_open,
};
