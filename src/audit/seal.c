/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/seal.h"

#include <string.h>

#define KEY_ID 4
#define SIGNATURE_TEXT BASE64_SIZE(KEY_ID + NOTE_SIGNATURE)
#define HASH_TEXT (BASE64_SIZE(MERKLE_HASH) - 1)

/* A backslash in an origin was written as text_escape() writes it. */
static void
restore_backslashes(char *text)
{
	char *to = text;

	for (const char *at = text; *at != '\0'; at++) {
		*to++ = *at;
		if (strncmp(at, "\\x5c", 4) == 0)
			at += 3;
	}
	*to = '\0';
}

/* A field's text: 0, or -1 with reterr. */
static int
get_text(const struct record_slices *slices, const char *name, char *ret,
    size_t size, struct text_error *reterr)
{
	const struct slice *value = record_value(slices, name);

	if (value == NULL)
		return text_fail(reterr, 0, "it has no %s", name);
	if (!slice_text(value, ret, size))
		return text_fail(reterr, 0, "its %s is too long", name);
	return 0;
}

static int
get_bytes(const struct record_slices *slices, const char *name, uint8_t *ret,
    size_t size, struct text_error *reterr)
{
	const struct slice *value = record_value(slices, name);
	size_t len;

	if (value == NULL)
		return text_fail(reterr, 0, "it has no %s", name);
	if (base64_decode(value->at, value->len, ret, size, &len) == -1 ||
	    len != size)
		return text_fail(reterr, 0, "its %s is malformed", name);
	return 0;
}

static int
get_size(const struct record_slices *slices, uint64_t *ret,
    struct text_error *reterr)
{
	char text[21];

	if (get_text(slices, "size", text, sizeof(text), reterr) == -1)
		return -1;
	if (text_number(text, UINT64_MAX >> 1, ret) == -1 ||
	    (text[0] == '0' && text[1] != '\0'))
		return text_fail(reterr, 0, "its size is malformed");
	return 0;
}

static int
get_key(const struct record_slices *slices, struct note_key *ret,
    struct text_error *reterr)
{
	char text[NOTE_VKEY + 4 * NOTE_NAME];
	struct text_error err;

	if (get_text(slices, "auditkey", text, sizeof(text), reterr) == -1)
		return -1;
	restore_backslashes(text);
	if (note_key_parse(text, ret, &err) == -1)
		return text_fail(
		    reterr, 0, "its auditkey is malformed: %.100s", err.what);
	return 0;
}

static int
get_origin(const struct record_slices *slices, const struct note_key *key,
    char ret[NOTE_NAME], struct text_error *reterr)
{
	char text[5 * NOTE_NAME];

	if (get_text(slices, "origin", text, sizeof(text), reterr) == -1)
		return -1;
	restore_backslashes(text);
	if (strcmp(text, key->name) != 0)
		return text_fail(
		    reterr, 0, "its origin is not the name of its auditkey");
	text_copy(ret, NOTE_NAME, text);
	return 0;
}

static int
get_signature(const struct record_slices *slices, const struct note_key *key,
    uint8_t ret[NOTE_SIGNATURE], struct text_error *reterr)
{
	uint8_t bytes[KEY_ID + NOTE_SIGNATURE];
	uint32_t id;

	if (get_bytes(slices, "signature", bytes, sizeof(bytes), reterr) == -1)
		return -1;
	id = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	    (uint32_t)bytes[2] << 8 | bytes[3];
	if (id != key->id)
		return text_fail(
		    reterr, 0, "its signature is not by its auditkey");
	memcpy(ret, bytes + KEY_ID, NOTE_SIGNATURE);
	return 0;
}

/* One hash for each bit of the size, the highest first. */
static bool
read_nodes(const struct slice *value, uint64_t size, struct merkle *ret)
{
	const char *at = value->at, *end = at + value->len;
	size_t len;

	ret->size = size;
	for (unsigned level = MERKLE_LEVELS; level-- > 0;) {
		if ((size >> level & 1) == 0)
			continue;
		if (at != value->at && (at == end || *at++ != ' '))
			return false;
		if ((size_t)(end - at) < HASH_TEXT ||
		    base64_decode(at, HASH_TEXT, ret->node[level], MERKLE_HASH,
			&len) == -1)
			return false;
		at += HASH_TEXT;
	}
	return at == end;
}

static int
get_nodes(const struct record_slices *slices, struct seal *seal,
    struct text_error *reterr)
{
	const struct slice *value = record_value(slices, "nodes");
	merkle_hash root;

	seal->has_nodes = value != NULL;
	if (value == NULL)
		return 0;
	if (!read_nodes(value, seal->checkpoint.size, &seal->nodes))
		return text_fail(reterr, 0, "its nodes are malformed");
	if (merkle_root(&seal->nodes, root) == -1)
		return text_fail(reterr, 0, "SHA-256 failed");
	if (memcmp(root, seal->checkpoint.root, MERKLE_HASH) != 0)
		return text_fail(reterr, 0, "its nodes do not give its root");
	return 0;
}

int
seal_read(const struct record_slices *slices, struct seal *ret,
    struct text_error *reterr)
{
	struct checkpoint *c = &ret->checkpoint;

	if (get_key(slices, &ret->key, reterr) == -1 ||
	    get_origin(slices, &ret->key, c->origin, reterr) == -1 ||
	    get_size(slices, &c->size, reterr) == -1 ||
	    get_bytes(slices, "root", c->root, MERKLE_HASH, reterr) == -1 ||
	    get_signature(slices, &ret->key, ret->signature, reterr) == -1)
		return -1;
	return get_nodes(slices, ret, reterr);
}

bool
seal_is_signed(const struct seal *seal)
{
	char text[CHECKPOINT_TEXT];
	size_t len = checkpoint_text(&seal->checkpoint, text);

	return note_check(&seal->key, text, len, seal->signature) == 0;
}
