/* SPDX-License-Identifier: Apache-2.0 */
#include "session/agent.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/text.h"

/* The types of messages that have a meaning here, and those with a name. */
enum {
	FAILURE = 5,
	REQUEST_IDENTITIES = 11,
	IDENTITIES_ANSWER = 12,
	SIGN_REQUEST = 13,
	SIGN_RESPONSE = 14,
};

static const struct {
	uint8_t type;
	const char *what;
} others[] = {
	{ 17, "keys cannot be added" },
	{ 18, "keys cannot be removed" },
	{ 19, "keys cannot be removed" },
	{ 20, "keys cannot be added" },
	{ 21, "keys cannot be removed" },
	{ 22, "it cannot be locked" },
	{ 23, "it cannot be locked" },
	{ 25, "keys cannot be added" },
	{ 26, "keys cannot be added" },
	{ 27, "it has no extensions" },
};

static enum agent_asks other(struct agent_request *ret, enum agent_asks,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static enum agent_asks
other(struct agent_request *ret, enum agent_asks asks, const char *fmt, ...)
{
	va_list args;
	int n = snprintf(ret->what, sizeof(ret->what), "agent: ");

	va_start(args, fmt);
	vsnprintf(ret->what + n, sizeof(ret->what) - (size_t)n, fmt, args);
	va_end(args);
	return asks;
}

static enum agent_asks
take_sign(struct reader *r, struct agent_request *ret)
{
	static const size_t magic = sizeof(SSHSIG_MAGIC) - 1;
	const uint8_t *data;
	size_t len;

	get_bytes(r, ret->key, sizeof(ret->key), &ret->key_len);
	data = get_view(r, AGENT_KEPT_MAX, &len);
	get_u32(r); /* flags: which RSA, where there is no choice */
	if (!reader_done(r))
		return other(ret, AGENT_OTHER, "a request that cannot be read");
	if (len < magic || memcmp(data, SSHSIG_MAGIC, magic) != 0)
		return other(ret, AGENT_OTHER,
		    "it makes SSH signatures (ssh-keygen -Y sign, git) only, "
		    "and does not log in anywhere");
	if (sshsig_message_get(data, len, &ret->message) == -1)
		return other(ret, AGENT_OTHER,
		    "this is no SSH signature's message, with a namespace, "
		    "sha256 or sha512, and a digest");
	return AGENT_SIGN;
}

static enum agent_asks
take(const void *message, size_t len, struct agent_request *ret)
{
	struct reader r;
	uint8_t type;

	reader_init(&r, message, len);
	switch (type = get_u8(&r)) {
	case REQUEST_IDENTITIES:
		if (reader_done(&r))
			return AGENT_IDENTITIES;
		return other(ret, AGENT_OTHER, "a request that cannot be read");
	case SIGN_REQUEST:
		return take_sign(&r, ret);
	default:
		for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
			if (others[i].type == type)
				return other(
				    ret, AGENT_OTHER, "%s", others[i].what);
		return other(ret, AGENT_OTHER, "request %u is unknown", type);
	}
}

static void
pass_over(struct agent_reader *a, struct buf *in)
{
	size_t len = buf_len(in);

	if (len > a->skip)
		len = a->skip;
	buf_consume(in, len);
	a->skip -= (uint32_t)len;
}

enum agent_asks
agent_next(struct agent_reader *a, struct buf *in, struct agent_request *ret)
{
	enum agent_asks asks;
	struct reader r;
	uint32_t len;

	pass_over(a, in);
	if (buf_len(in) < sizeof(len))
		return AGENT_NOTHING;
	reader_init(&r, buf_at(in), sizeof(len));
	len = get_u32(&r);
	if (len == 0 || len > AGENT_MESSAGE_MAX)
		return other(ret, AGENT_BROKEN,
		    "a message of %lu bytes; there are 1 to %lu",
		    (unsigned long)len, (unsigned long)AGENT_MESSAGE_MAX);
	if (len > AGENT_KEPT_MAX) {
		buf_consume(in, sizeof(len));
		a->skip = len;
		pass_over(a, in);
		return other(ret, AGENT_OTHER,
		    "a request of %lu bytes is none for an SSH signature",
		    (unsigned long)len);
	}
	if (buf_len(in) - sizeof(len) < len)
		return AGENT_NOTHING;
	asks = take(buf_at(in) + sizeof(len), len, ret);
	buf_consume(in, sizeof(len) + len);
	return asks;
}

bool
agent_at_end(const struct agent_reader *a, const struct buf *in)
{
	return a->skip == 0 && buf_len(in) == 0;
}

int
agent_find(const void *identities, size_t len,
    const struct agent_request *request, char ret_name[NAME_SIZE])
{
	struct reader r;
	uint32_t count;

	reader_init(&r, identities, len);
	count = get_u32(&r);
	while (count-- > 0 && !r.bad) {
		size_t key_len, name_len;
		const uint8_t *key = get_view(&r, WIRE_KEY_BLOB, &key_len);
		const uint8_t *name = get_view(&r, NAME_SIZE - 1, &name_len);

		if (r.bad || key_len != request->key_len ||
		    memcmp(key, request->key, key_len) != 0)
			continue;
		memcpy(ret_name, name, name_len);
		ret_name[name_len] = '\0';
		return text_is_scoped_name(ret_name) ? 0 : -1;
	}
	return -1;
}

/* Its length, its type, and what follows by itself. */
static void
put_head(struct buf *out, size_t len, uint8_t type)
{
	uint8_t head[5];
	struct writer w;

	writer_init(&w, head, sizeof(head));
	put_u32(&w, (uint32_t)(1 + len));
	put_u8(&w, type);
	buf_add(out, head, w.used);
}

void
agent_put_failure(struct buf *out)
{
	put_head(out, 0, FAILURE);
}

void
agent_put_identities(struct buf *out, const void *identities, size_t len)
{
	put_head(out, len, IDENTITIES_ANSWER);
	buf_add(out, identities, len);
}

int
agent_put_signature(struct buf *out, const struct agent_request *request,
    const void *armored, size_t len)
{
	uint8_t bytes[SSHSIG_MAX], length[4];
	struct sshsig sig;
	struct writer w;
	size_t bytes_len;

	if (sshsig_unarmor(armored, len, bytes, sizeof(bytes), &bytes_len) ==
		-1 ||
	    sshsig_get(bytes, bytes_len, &sig) == -1 ||
	    sig.key_len != request->key_len ||
	    memcmp(sig.key, request->key, sig.key_len) != 0 ||
	    strcmp(sig.namespace, request->message.namespace) != 0 ||
	    sig.hash != request->message.hash)
		return -1;
	put_head(out, sizeof(length) + sig.signature_len, SIGN_RESPONSE);
	writer_init(&w, length, sizeof(length));
	put_u32(&w, (uint32_t)sig.signature_len);
	buf_add(out, length, w.used);
	buf_add(out, sig.signature, sig.signature_len);
	return 0;
}
