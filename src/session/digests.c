/* SPDX-License-Identifier: Apache-2.0 */
#include "session/digests.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cursor.h"
#include "base/text.h"

#define FORMS                                                                    \
	"a line is HEX, \"HEX  name\", \"HEX *name\", \"SHA256 (name) = HEX\", " \
	"\"SHA2-256(name)= HEX\" or \"sha256:HEX name\""
#define TAGS "SHA256, SHA384, SHA512, SHA3-256, SHA3-384, SHA3-512 or BLAKE2b"
#define LENGTHS "sha256 has 64, sha384 96, sha512 128"
#define TAG_MAX 16

/* As BSD's --tag and OpenSSL's dgst write them. */
static const struct {
	const char *word;
	enum hash hash;
} tags[] = {
	{ "SHA256", HASH_SHA256 },
	{ "SHA384", HASH_SHA384 },
	{ "SHA512", HASH_SHA512 },
	{ "SHA2-256", HASH_SHA256 },
	{ "SHA2-384", HASH_SHA384 },
	{ "SHA2-512", HASH_SHA512 },
	{ "SHA3-256", HASH_SHA3_256 },
	{ "SHA3-384", HASH_SHA3_384 },
	{ "SHA3-512", HASH_SHA3_512 },
	{ "BLAKE2b", HASH_BLAKE2B },
};

/* A line taken apart, before anything is believed. */
struct parts {
	const char *hex;
	size_t hex_len;
	const char *name; /* NULL: none */
	size_t name_len;
	const char *tag; /* NULL: none */
	size_t tag_len;
	bool escaped;
	enum hash state; /* HEX is no digest, but a state of this hash */
};

/* What of a state is not the bytes that fill no block yet. */
static const struct {
	const char *word;
	enum hash hash;
	size_t head, block; /* bytes */
} states[] = {
	{ "sha256-state:", HASH_SHA256, 32 + 8, 64 },
	{ "sha384-state:", HASH_SHA384, 64 + 8, 128 },
	{ "sha512-state:", HASH_SHA512, 64 + 8, 128 },
};

/* As in format/midstate.c; its bits fit SHA-2's count. */
#define COUNT_MAX (UINT64_C(1) << 60)
#define STATES (sizeof(states) / sizeof(states[0]))

static enum digest_kind bad(char *what, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static enum digest_kind
bad(char *what, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, MESSAGE_SIZE, fmt, ap);
	va_end(ap);
	return DIGEST_BAD;
}

static bool
is_hex(char c)
{
	return char_is_digit(c) || (c >= 'a' && c <= 'f') ||
	    (c >= 'A' && c <= 'F');
}

static bool
is_tag_char(char c)
{
	return char_is_digit(c) || char_is_alpha(c) || c == '-' || c == '_' ||
	    c == '/';
}

static bool
all_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!char_is_blank(text[i]))
			return false;
	return true;
}

/* HEX, HEX  name, HEX *name */
static bool
take_plain(const char *text, size_t len, struct parts *ret)
{
	size_t n = 0;

	while (n < len && is_hex(text[n]))
		n++;
	if (n == 0)
		return false;
	ret->hex = text;
	ret->hex_len = n;
	if (n == len)
		return !ret->escaped;
	if (len - n < 2 || text[n] != ' ' ||
	    (text[n + 1] != ' ' && text[n + 1] != '*'))
		return false;
	ret->name = text + n + 2;
	ret->name_len = len - n - 2;
	return true;
}

/* sha256-state:HEX, sha256-state:HEX  name */
static bool
take_state(const char *text, size_t len, struct parts *ret)
{
	for (size_t i = 0; i < STATES; i++) {
		size_t word = strlen(states[i].word);

		if (len < word || memcmp(text, states[i].word, word) != 0 ||
		    !take_plain(text + word, len - word, ret))
			continue;
		ret->state = states[i].hash;
		return true;
	}
	return false;
}

/* sha256:HEX, sha256:HEX name: what the fsverity program prints. */
static bool
take_prefixed(const char *text, size_t len, struct parts *ret)
{
	size_t tag = 0, end;

	while (tag < len && tag <= TAG_MAX && is_tag_char(text[tag]))
		tag++;
	if (tag == 0 || tag > TAG_MAX || tag == len || text[tag] != ':')
		return false;
	for (end = tag + 1; end < len && is_hex(text[end]);)
		end++;
	if (end == tag + 1 || (end < len && text[end] != ' '))
		return false;
	ret->tag = text;
	ret->tag_len = tag;
	ret->hex = text + tag + 1;
	ret->hex_len = end - tag - 1;
	if (end == len)
		return !ret->escaped;
	/* One blank; or two, as in other lines. */
	end += end + 1 < len && text[end + 1] == ' ' ? 2 : 1;
	ret->name = text + end;
	ret->name_len = len - end;
	return true;
}

/*
 * TAG (name) = HEX, TAG(name)= HEX.  Read from both ends, because a name may
 * hold anything, ") = " too.
 */
static bool
take_tagged(const char *text, size_t len, struct parts *ret)
{
	const char *close;
	size_t tag = 0, head, tail = len;
	bool bsd;

	while (tag < len && tag <= TAG_MAX && is_tag_char(text[tag]))
		tag++;
	while (tail > 0 && is_hex(text[tail - 1]))
		tail--;
	if (tag == 0 || tag > TAG_MAX || tag == len || tail == len)
		return false;
	bsd = text[tag] == ' ';
	head = tag + (bsd ? 2 : 1);
	close = bsd ? ") = " : ")= ";
	if (head > len || text[head - 1] != '(' ||
	    tail < head + strlen(close) ||
	    memcmp(text + tail - strlen(close), close, strlen(close)) != 0)
		return false;
	*ret = (struct parts){
		.hex = text + tail,
		.hex_len = len - tail,
		.name = text + head,
		.name_len = tail - strlen(close) - head,
		.tag = text,
		.tag_len = tag,
		.escaped = ret->escaped,
	};
	return true;
}

static enum hash
hash_by_tag(const char *tag, size_t len)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (strlen(tags[i].word) == len &&
		    strncasecmp(tags[i].word, tag, len) == 0)
			return tags[i].hash;
	return HASH_NONE;
}

/* What the letter after a backslash stands for, or NUL. */
static char
unescaped(char c)
{
	switch (c) {
	case '\\':
		return '\\';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	default:
		return '\0';
	}
}

/* Copies the name, with GNU's escapes undone. */
static enum digest_kind
take_name(const struct parts *p, struct line *ret, char *what)
{
	char name[LINE_NAME_SIZE];
	size_t n = 0;

	if (p->name == NULL)
		return DIGEST_LINE;
	if (p->name_len == 0)
		return bad(what, "the name is empty");
	for (size_t i = 0; i < p->name_len; i++) {
		char c = p->name[i];

		if (p->escaped && c == '\\') {
			if (++i == p->name_len ||
			    (c = unescaped(p->name[i])) == '\0')
				return bad(what,
				    "in an escaped name only \\\\, \\n and "
				    "\\r may follow a backslash");
		}
		if (n == sizeof(name) - 1)
			return bad(what, "the name is longer than %zu bytes",
			    sizeof(name) - 1);
		name[n++] = c;
	}
	memcpy(ret->name, name, n);
	ret->name[n] = '\0';
	return DIGEST_LINE;
}

static enum digest_kind
take_digest(const struct parts *p, struct line *ret, char *what)
{
	if (p->hex_len > 2 * sizeof(ret->digest) || p->hex_len % 2 != 0 ||
	    hex_decode(p->hex, p->hex_len, ret->digest) != 0)
		return bad(
		    what, "the digest has %zu digits; " LENGTHS, p->hex_len);
	ret->digest_len = p->hex_len / 2;
	return DIGEST_LINE;
}

/* The count of bytes says how many of them are pending. */
static bool
is_state(const struct line *line, size_t head, size_t block)
{
	struct reader r;
	uint64_t count;

	if (line->extra_len < head)
		return false;
	reader_init(&r, line->extra + head - 8, 8);
	count = get_u64(&r);
	return count < COUNT_MAX && count % block == line->extra_len - head;
}

static enum digest_kind
take_unfinished(
    const struct parts *p, enum hash given, struct line *ret, char *what)
{
	size_t i = 0;

	while (states[i].hash != p->state)
		i++;
	if (given != HASH_NONE && given != p->state)
		return bad(what, "the line says %s, where %s is expected",
		    hash_word(p->state), hash_word(given));
	ret->hash = p->state;
	if (p->hex_len % 2 == 0 && p->hex_len <= 2 * sizeof(ret->extra) &&
	    hex_decode(p->hex, p->hex_len, ret->extra) == 0)
		ret->extra_len = p->hex_len / 2;
	if (is_state(ret, states[i].head, states[i].block))
		return DIGEST_LINE;
	ret->extra_len = 0;
	return bad(what,
	    "not a state of %s: %zu digits, 16 for the count of bytes, and "
	    "the bytes that fill no block of %zu",
	    hash_word(p->state), 2 * states[i].head - 16, states[i].block);
}

/* Which hash this is: as --hash, the line or the length say. */
static enum digest_kind
take_hash(const struct parts *p, enum hash given, struct line *ret, char *what)
{
	char shown[4 * TAG_MAX + 1];
	enum hash hash = given;

	if (p->tag != NULL) {
		hash = hash_by_tag(p->tag, p->tag_len);
		text_escape(p->tag, p->tag_len, shown, sizeof(shown));
		if (hash == HASH_NONE)
			return bad(
			    what, "%s is not accepted; use " TAGS, shown);
		if (given != HASH_NONE && given != hash)
			return bad(what,
			    "the line says %s, where %s is expected", shown,
			    hash_word(given));
	}
	if (hash == HASH_NONE)
		hash = hash_by_size(ret->digest_len);
	if (hash == HASH_NONE)
		return bad(
		    what, "the digest has %zu digits; " LENGTHS, p->hex_len);
	if (hash_size(hash) != ret->digest_len)
		return bad(what, "the digest has %zu digits; %s has %zu",
		    p->hex_len, hash_word(hash), 2 * hash_size(hash));
	ret->hash = hash;
	return DIGEST_LINE;
}

enum digest_kind
digest_parse(const char *text, size_t len, enum hash given, struct line *ret,
    char what[static MESSAGE_SIZE])
{
	struct parts p = { .hex = NULL };
	enum digest_kind kind;

	ret->hash = HASH_NONE;
	ret->digest_len = ret->extra_len = 0;
	ret->name[0] = '\0';
	if (len > 0 && text[len - 1] == '\r')
		len--;
	if (len > 0 && text[0] == '#')
		return DIGEST_PASS;
	if (all_blank(text, len))
		return DIGEST_PASS;
	if (memchr(text, '\0', len) != NULL)
		return bad(what, "the line holds a NUL");
	if (text[0] == '\\') {
		p.escaped = true;
		text++;
		len--;
	}
	if (!take_plain(text, len, &p) && !take_state(text, len, &p) &&
	    !take_prefixed(text, len, &p) && !take_tagged(text, len, &p))
		return bad(what, "not a digest; " FORMS);
	if ((kind = take_name(&p, ret, what)) == DIGEST_LINE &&
	    p.state != HASH_NONE)
		return take_unfinished(&p, given, ret, what);
	if (kind == DIGEST_LINE &&
	    (kind = take_digest(&p, ret, what)) == DIGEST_LINE)
		kind = take_hash(&p, given, ret, what);
	return kind;
}

int
digest_raw(const void *bytes, size_t len, enum hash given, struct line *ret,
    char what[static MESSAGE_SIZE])
{
	enum hash hash = given != HASH_NONE ? given : hash_by_size(len);

	if (hash == HASH_NONE) {
		bad(what, "raw input must be one digest of 32, 48 or 64 bytes");
		return -1;
	}
	if (len != hash_size(hash)) {
		bad(what, "raw input must be one %s digest of %zu bytes",
		    hash_word(hash), hash_size(hash));
		return -1;
	}
	memset(ret, 0, sizeof(*ret));
	ret->hash = hash;
	ret->digest_len = len;
	memcpy(ret->digest, bytes, len);
	return 0;
}
