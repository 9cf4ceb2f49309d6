/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sshsig.h"

#include <string.h>

#include "base/cursor.h"
#include "base/text.h"

#define MAGIC_LEN (sizeof(SSHSIG_MAGIC) - 1)

bool
sshsig_is_namespace(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (!char_is_print(text[i]) || text[i] == ' ' ||
		    strchr(",\"\\*?!", text[i]) != NULL)
			return false;
	return len > 0 && len < NAMESPACE_SIZE;
}

/* One line of base64 without its LF: as wide as all are, or the last. */
static const char *
line_end(const char *text, size_t len)
{
	const char *lf = memchr(text, '\n', len);
	size_t width;

	if (lf == NULL || lf == text)
		return NULL;
	width = (size_t)(lf - text);
	if (width > SSHSIG_COLUMNS ||
	    (width < SSHSIG_COLUMNS && width + 1 != len))
		return NULL;
	return lf;
}

int
sshsig_unarmor(
    const char *text, size_t len, uint8_t *ret, size_t size, size_t *ret_len)
{
	static const size_t begin = sizeof(SSHSIG_BEGIN) - 1;
	static const size_t end = sizeof(SSHSIG_END) - 1;
	char flat[BASE64_SIZE(SSHSIG_MAX)];
	const char *lf;
	size_t used = 0;

	if (len < begin + end || memcmp(text, SSHSIG_BEGIN, begin) != 0 ||
	    memcmp(text + len - end, SSHSIG_END, end) != 0)
		return -1;
	text += begin;
	len -= begin + end;
	for (; len > 0; len -= (size_t)(lf + 1 - text), text = lf + 1) {
		size_t width;

		if ((lf = line_end(text, len)) == NULL)
			return -1;
		width = (size_t)(lf - text);
		if (width > sizeof(flat) - used)
			return -1;
		memcpy(flat + used, text, width);
		used += width;
	}
	return base64_decode(flat, used, ret, size, ret_len);
}

static void
get_magic(struct reader *r)
{
	for (size_t i = 0; i < MAGIC_LEN; i++)
		if (get_u8(r) != (uint8_t)SSHSIG_MAGIC[i])
			reader_fail(r);
}

/* A string without a NUL in it. */
static void
get_word(struct reader *r, char *ret, size_t size)
{
	size_t len;
	const uint8_t *at = get_view(r, size - 1, &len);

	ret[0] = '\0';
	if (at == NULL || memchr(at, '\0', len) != NULL) {
		reader_fail(r);
		return;
	}
	memcpy(ret, at, len);
	ret[len] = '\0';
}

/* Namespace, the reserved string and the hash: both kinds have these. */
static enum hash
get_middle(struct reader *r, char namespace[NAMESPACE_SIZE])
{
	char word[16], reserved[1];
	enum hash hash;

	get_word(r, namespace, NAMESPACE_SIZE);
	get_word(r, reserved, sizeof(reserved));
	get_word(r, word, sizeof(word));
	hash = hash_by_word(word);
	if (!sshsig_is_namespace(namespace) ||
	    (hash != HASH_SHA256 && hash != HASH_SHA512))
		reader_fail(r);
	return hash;
}

int
sshsig_get(const uint8_t *bytes, size_t len, struct sshsig *ret)
{
	struct reader r;

	reader_init(&r, bytes, len);
	get_magic(&r);
	if (get_u32(&r) != SSHSIG_VERSION)
		reader_fail(&r);
	ret->key = get_view(&r, SSHSIG_MAX, &ret->key_len);
	ret->hash = get_middle(&r, ret->namespace);
	ret->signature = get_view(&r, SSHSIG_MAX, &ret->signature_len);
	return reader_done(&r) ? 0 : -1;
}

int
sshsig_message_get(const uint8_t *bytes, size_t len, struct sshsig_message *ret)
{
	struct reader r;

	reader_init(&r, bytes, len);
	get_magic(&r);
	ret->hash = get_middle(&r, ret->namespace);
	get_bytes(&r, ret->digest, sizeof(ret->digest), &ret->len);
	if (ret->len != hash_size(ret->hash))
		reader_fail(&r);
	return reader_done(&r) ? 0 : -1;
}
