/* SPDX-License-Identifier: Apache-2.0 */
#include "format/sums.h"

#include <stdio.h>
#include <string.h>

static const char *
tag(enum hash hash)
{
	static const char *const tags[HASH_COUNT] = {
		[HASH_SHA256] = "SHA256",
		[HASH_SHA384] = "SHA384",
		[HASH_SHA512] = "SHA512",
	};

	return tags[hash];
}

bool
sums_hash(enum hash hash)
{
	return (unsigned)hash < HASH_COUNT && tag(hash) != NULL;
}

enum reason
sums_fit(const struct making *m, char text[MESSAGE_SIZE])
{
	const struct format_line *line = m->lines;

	if (!sums_hash(line->hash)) {
		snprintf(text, MESSAGE_SIZE,
		    "a checksum list has sha256, sha384 or sha512, not %s",
		    hash_word(line->hash));
		return REASON_HASH;
	}
	if (*line->name == '\0') {
		snprintf(text, MESSAGE_SIZE,
		    "in a checksum list each line needs a name: HEX  name");
		return REASON_BAD_INPUT;
	}
	return REASON_OK;
}

static void
add_name(struct buf *ret, const char *name)
{
	for (; *name != '\0'; name++) {
		size_t plain = strcspn(name, "\\\n\r");

		buf_add(ret, name, plain);
		name += plain;
		if (*name == '\0')
			return;
		buf_adds(ret,
		    *name == '\n'     ? "\\n" :
			*name == '\r' ? "\\r" :
					"\\\\");
	}
}

static int
add_line(struct buf *ret, const struct format_line *line, enum sums_form form)
{
	char hex[2 * DIGEST_MAX + 1];

	if (!sums_hash(line->hash) || line->len != hash_size(line->hash) ||
	    *line->name == '\0')
		return -1;
	hex_encode(line->digest, line->len, hex);
	if (strpbrk(line->name, "\\\n\r") != NULL)
		buf_adds(ret, "\\");
	if (form == SUMS_GNU)
		buf_addf(ret, "%s  ", hex);
	else
		buf_addf(ret, "%s (", tag(line->hash));
	add_name(ret, line->name);
	if (form == SUMS_BSD)
		buf_addf(ret, ") = %s", hex);
	buf_adds(ret, "\n");
	return ret->bad ? -1 : 0;
}

int
sums_text(const struct making *m, enum sums_form form, struct buf *ret)
{
	for (size_t i = 0; i < m->count; i++)
		if (add_line(ret, &m->lines[i], form) == -1)
			return -1;
	return m->count > 0 ? 0 : -1;
}
