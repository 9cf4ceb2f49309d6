/* SPDX-License-Identifier: Apache-2.0 */
#include "session/answers.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "session/tar.h"

/* check has no signature to put in a file, so it answers in lines. */
static enum output
output_of(const struct accept_reply *a)
{
	if (a->check && a->output != OUTPUT_JSON)
		return OUTPUT_LINES;
	return a->output;
}

static bool
wants_escape(const struct pending_line *line)
{
	for (size_t i = 0; i < line->name_len; i++)
		if (line->name[i] == '\n' || line->name[i] == '\r' ||
		    line->name[i] == '\\')
			return true;
	return false;
}

/* Copies the name as sha256sum(1) would write it; returns the end. */
static char *
add_escaped(char *at, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (c == '\n' || c == '\r' || c == '\\') {
			*at++ = '\\';
			c = c == '\n' ? 'n' : c == '\r' ? 'r' : '\\';
		}
		*at++ = c;
	}
	return at;
}

static char *
add_name(char *at, const struct pending_line *line, bool escape)
{
	if (line->name_len == 0) {
		*at++ = '-';
		return at;
	}
	if (escape)
		return add_escaped(at, line->name, line->name_len);
	memcpy(at, line->name, line->name_len);
	return at + line->name_len;
}

static char *
add_digest(char *at, const struct pending_line *line)
{
	if (line->digest_len == 0) {
		*at++ = '-';
		return at;
	}
	hex_encode(line->digest, line->digest_len, at);
	return at + 2 * line->digest_len;
}

/*
 * HEX  MIDDLE  NAME, where middle is a word, or base64 of bytes.  The room is
 * taken at once because this runs for every signature.
 */
static void
put_line(struct buf *out, const struct pending_line *line, const char *word,
    const struct answer *answer)
{
	bool escape = wants_escape(line);
	size_t room = 2 * DIGEST_MAX + 2 * LINE_NAME_SIZE + 16 +
	    (word != NULL ? strlen(word) : BASE64_SIZE(answer->len));
	char *start = buf_reserve(out, room), *at = start;

	if (at == NULL)
		return;
	if (escape)
		*at++ = '\\';
	at = add_digest(at, line);
	memcpy(at, "  ", 2);
	at += 2;
	if (word != NULL)
		at = stpcpy(at, word);
	else
		at += base64_encode(answer->bytes, answer->len, true, at);
	memcpy(at, "  ", 2);
	at = add_name(at + 2, line, escape);
	*at++ = '\n';
	buf_commit(out, (size_t)(at - start));
}

static void
put_json_text(struct buf *out, const char *key, const char *text)
{
	buf_addf(out, ",\"%s\":", key);
	buf_add_json(out, text, strlen(text));
}

static void
put_json_line(struct buf *out, const struct accept_reply *a,
    const struct pending_line *line)
{
	char hex[2 * DIGEST_MAX + 1] = "";

	buf_addf(out, "{\"line\":%u", (unsigned)line->number);
	if (line->hash != HASH_NONE)
		put_json_text(out, "hash", hash_word(line->hash));
	else
		buf_adds(out, ",\"hash\":null");
	if (line->digest_len > 0) {
		hex_encode(line->digest, line->digest_len, hex);
		put_json_text(out, "digest", hex);
	} else
		buf_adds(out, ",\"digest\":null");
	buf_adds(out, ",\"name\":");
	if (line->name_len > 0)
		buf_add_json(out, line->name, line->name_len);
	else
		buf_adds(out, "null");
	put_json_text(out, "key", a->key);
	put_json_text(out, "format", a->format);
}

static void
put_json_signature(
    struct buf *out, const struct accept_reply *a, const struct answer *answer)
{
	char *at;

	buf_adds(out, ",\"signature\":\"");
	at = buf_reserve(out, BASE64_SIZE(answer->len));
	if (at != NULL)
		buf_commit(
		    out, base64_encode(answer->bytes, answer->len, true, at));
	buf_adds(out, "\"");
	if (a->receipt) {
		buf_adds(out, ",\"receipt\":");
		buf_add_json(out, answer->receipt, answer->receipt_len);
	}
	buf_adds(out, "}\n");
}

static void
put_json_error(struct buf *out, const char *word, const char *text, size_t len)
{
	put_json_text(out, "error", word);
	buf_adds(out, ",\"message\":");
	buf_add_json(out, text, len);
	buf_adds(out, "}\n");
}

static void
put_tar(struct buf *out, const struct accept_reply *a,
    const struct pending_line *line, const struct answer *answer)
{
	tar_put(out, line->name, line->name_len, a->extension, answer->bytes,
	    answer->len);
	if (a->receipt)
		tar_put(out, line->name, line->name_len, TAR_RECEIPT,
		    answer->receipt, answer->receipt_len);
}

static void
put_good(struct streams *s, const struct accept_reply *a,
    const struct pending_line *line, const struct answer *answer)
{
	/* The text that is for all of them comes by itself. */
	if (a->whole && !a->check)
		return;
	switch (output_of(a)) {
	case OUTPUT_RAW:
		buf_add(&s->out, answer->bytes, answer->len);
		break;
	case OUTPUT_TAR:
		put_tar(&s->out, a, line, answer);
		break;
	case OUTPUT_JSON:
		put_json_line(&s->out, a, line);
		if (a->check)
			buf_adds(&s->out, ",\"ok\":true}\n");
		else
			put_json_signature(&s->out, a, answer);
		break;
	case OUTPUT_LINES:
	case OUTPUT_COUNT:
	default:
		put_line(&s->out, line, a->check ? "ok" : NULL, answer);
		break;
	}
}

void
answers_complain(
    struct streams *s, uint32_t number, const char *text, size_t len)
{
	buf_adds(&s->err, "countersign: ");
	if (number != 0)
		buf_addf(&s->err, "line %u: ", (unsigned)number);
	buf_add(&s->err, text, len);
	buf_adds(&s->err, "\n");
}

/* A sentence always; a place in the output only with keep_going. */
static void
put_refused(struct streams *s, const struct accept_reply *a,
    const struct pending_line *line, enum reason reason, const char *text,
    size_t len)
{
	enum output output = output_of(a);
	char word[64];

	answers_complain(s, line->number, text, len);
	if (!a->keep_going)
		return;
	if (output == OUTPUT_LINES) {
		snprintf(word, sizeof(word), "!%s", reason_word(reason));
		put_line(&s->out, line, word, NULL);
	} else if (output == OUTPUT_JSON) {
		put_json_line(&s->out, a, line);
		put_json_error(&s->out, reason_word(reason), text, len);
	}
}

void
answers_put(struct streams *s, const struct accept_reply *a,
    const struct pending_line *line, const struct answer *answer)
{
	const char *text = answer->text;

	if (answer->reason == REASON_OK) {
		put_good(s, a, line, answer);
		return;
	}
	if (text[0] == '\0')
		text = reason_text(answer->reason);
	put_refused(s, a, line, answer->reason, text, strlen(text));
}

void
answers_put_bad(struct streams *s, const struct accept_reply *a,
    const struct pending_line *line)
{
	put_refused(s, a, line, REASON_BAD_INPUT, line->what, line->what_len);
}

void
answers_end(struct streams *s, const struct accept_reply *a)
{
	if (output_of(a) == OUTPUT_TAR)
		tar_end(&s->out);
}

void
answers_say(struct streams *s, const char *text)
{
	if (text[0] != '\0')
		buf_addf(&s->err, "countersign: %s\n", text);
}
