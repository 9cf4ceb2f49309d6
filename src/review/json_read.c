/* SPDX-License-Identifier: Apache-2.0 */
#include "review/json_read.h"

#include <jansson.h>
#include <string.h>

#include "review/json.h"

#define ORIGINAL ",\"event.original\":\""
#define OUT_MAX (64u << 10)
#define NAME_SHOWN 160

/*
 * The string that begins at `at' up to its quote, for what a record needs:
 * \" and \\.  NULL: there is more to it, which is for a whole reader of JSON.
 */
static const char *
copy_string(
    const char *at, const char *end, char *ret, size_t size, size_t *ret_len)
{
	size_t used = 0;

	for (; at < end && *at != '"' && used < size; at++) {
		if (*at == '\\' && (++at == end || (*at != '"' && *at != '\\')))
			return NULL;
		ret[used++] = *at;
	}
	*ret_len = used;
	return at < end && *at == '"' ? at + 1 : NULL;
}

static bool
write_again(const char *record, size_t len, struct buf *out)
{
	struct text_error ignored;
	struct fields fields;

	if (fields_read(record, len, &fields, &ignored) == -1)
		return false;
	json_record(&fields, record, len, out);
	return !out->bad;
}

/* Nearly every line is just what json.h writes: then nothing was changed. */
static bool
read_unchanged(
    const char *line, size_t len, char *ret, size_t size, size_t *ret_len)
{
	const char *at = memmem(line, len, ORIGINAL, sizeof(ORIGINAL) - 1);
	const char *end = line + len;
	struct buf out;
	bool same;

	if (at == NULL)
		return false;
	at = copy_string(at + sizeof(ORIGINAL) - 1, end, ret, size, ret_len);
	if (at == NULL || end - at != 1 || *at != '}')
		return false;
	buf_init(&out, OUT_MAX);
	same = write_again(ret, *ret_len, &out) && buf_len(&out) == len + 1 &&
	    memcmp(buf_at(&out), line, len) == 0;
	buf_release(&out);
	return same;
}

static bool
begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

/* Those that a collector hardly gives to what it wraps a record in. */
static bool
is_our_name(const char *name)
{
	static const char *const names[] = { "event.action", "event.sequence",
		"event.id", "event.outcome", "event.reason", "event.duration",
		"user.name", "source.ip", "source.port", "file.name",
		"rule.name" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return begins(name, "countersign.") || begins(name, "file.hash.");
}

static bool
is_ours(json_t *root)
{
	const char *name;
	json_t *value;

	json_object_foreach(
	    root, name, value) if (is_our_name(name)) return true;
	return false;
}

static int
differs(const char *name, struct text_error *reterr)
{
	char text[NAME_SHOWN];

	text_escape(name, strlen(name), text, sizeof(text));
	return text_fail(
	    reterr, 0, "its %s is not what its event.original says", text);
}

static int
compare(json_t *root, json_t *again, struct text_error *reterr)
{
	const char *name;
	json_t *value;

	json_object_foreach(
	    again, name, value) if (!json_equal(json_object_get(root, name),
					value)) return differs(name, reterr);
	json_object_foreach(root, name, value)
	{
		/* log who says more than the record. */
		if (json_object_get(again, name) == NULL && is_our_name(name) &&
		    strcmp(name, "countersign.checkpoint") != 0)
			return differs(name, reterr);
	}
	return 0;
}

/* A record that is none is for others to name. */
static int
check_members(
    json_t *root, const char *record, size_t len, struct text_error *reterr)
{
	struct buf out;
	json_t *again;
	int rv = 0;

	if (!is_ours(root))
		return 0;
	buf_init(&out, OUT_MAX);
	if (write_again(record, len, &out)) {
		again = json_loadb(buf_at(&out), buf_len(&out), 0, NULL);
		rv = compare(root, again, reterr);
		json_decref(again);
	}
	buf_release(&out);
	return rv;
}

static int
read_object(json_t *root, char *ret, size_t size, size_t *ret_len,
    struct text_error *reterr)
{
	json_t *text = json_object_get(root, "event.original");

	if (!json_is_string(text))
		return text_fail(reterr, 0, "it has no event.original");
	if (json_string_length(text) > size)
		return text_fail(reterr, 0, "its event.original is too long");
	*ret_len = json_string_length(text);
	memcpy(ret, json_string_value(text), *ret_len);
	return check_members(root, ret, *ret_len, reterr);
}

int
json_read(const char *line, size_t len, char *ret, size_t size, size_t *ret_len,
    struct text_error *reterr)
{
	json_error_t error;
	json_t *root;
	int rv;

	if (read_unchanged(line, len, ret, size, ret_len))
		return 0;
	root = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		/* It quotes what it stumbled over. */
		text_plain(error.text);
		return text_fail(reterr, 0, "not JSON: %.100s", error.text);
	}
	rv = read_object(root, ret, size, ret_len, reterr);
	json_decref(root);
	return rv;
}
