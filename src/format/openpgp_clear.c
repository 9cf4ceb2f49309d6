/* SPDX-License-Identifier: Apache-2.0 */
#include "format/openpgp_clear.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "format/openpgp_armor.h"

#define HEAD_MAX 64

/* As verifiers cut it: GnuPG a CR, too. */
static size_t
without_blanks(const struct text_line *line)
{
	size_t len = line->len;

	while (len > 0 && strchr(" \t\r", line->text[len - 1]) != NULL &&
	    line->text[len - 1] != '\0')
		len--;
	return len;
}

void
clear_canonical(struct buf *to, const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	struct text_line line;
	bool first = true;

	while (text_line_next(&at, end, &line)) {
		if (!first)
			buf_adds(to, "\r\n");
		buf_add(to, line.text, without_blanks(&line));
		first = false;
	}
}

static const char *
head(enum hash hash, char ret[static HEAD_MAX])
{
	snprintf(ret, HEAD_MAX,
	    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: %s\n\n",
	    hash == HASH_SHA256	    ? "SHA256" :
		hash == HASH_SHA384 ? "SHA384" :
				      "SHA512");
	return ret;
}

/* A dash is escaped, and what old mail programs would change. */
static bool
needs_dash(const struct text_line *line)
{
	return (line->len > 0 && line->text[0] == '-') ||
	    (line->len >= 5 && memcmp(line->text, "From ", 5) == 0);
}

void
clear_add(struct buf *to, enum hash hash, const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	char space[HEAD_MAX];
	struct text_line line;

	buf_adds(to, head(hash, space));
	while (text_line_next(&at, end, &line)) {
		if (needs_dash(&line))
			buf_adds(to, "- ");
		buf_add(to, line.text, line.len);
		buf_adds(to, "\n");
	}
}

int
clear_read(const char *document, size_t len, enum hash hash, struct buf *ret,
    size_t *ret_signature)
{
	const char *at = document, *end = document + len;
	char space[HEAD_MAX];
	size_t head_len = strlen(head(hash, space));
	struct text_line line;

	if (len < head_len || memcmp(document, space, head_len) != 0)
		return -1;
	at += head_len;
	while (text_line_next(&at, end, &line)) {
		bool escaped = line.len >= 2 && memcmp(line.text, "- ", 2) == 0;
		struct text_line plain = { line.text + 2, line.len - 2 };

		if (line.len > 0 && line.text[0] == '-' && !escaped) {
			*ret_signature = (size_t)(line.text - document);
			return ret->bad ? -1 : 0;
		}
		if (escaped ? !needs_dash(&plain) : needs_dash(&line))
			return -1;
		if (!escaped)
			plain = line;
		buf_add(ret, plain.text, plain.len);
		buf_adds(ret, "\n");
	}
	return -1;
}
