/* SPDX-License-Identifier: Apache-2.0 */
#include "session/pending.h"

#include <string.h>

/* In front of the digest, the name and what is wrong. */
struct head {
	uint32_t number;
	uint16_t what_len;
	uint8_t hash;
	uint8_t digest_len;
	uint8_t name_len;
};

/* Above the largest request: every line with the longest name. */
#define PENDING_MAX ((size_t)WIRE_ATOMIC_MAX * 512)

_Static_assert(LINE_NAME_SIZE - 1 <= UINT8_MAX, "name_len holds any length");

void
pending_init(struct pending *p)
{
	buf_init(&p->bytes, PENDING_MAX);
	p->asked = 0;
}

void
pending_release(struct pending *p)
{
	buf_release(&p->bytes);
	p->asked = 0;
}

bool
pending_add(struct pending *p, uint32_t number, const struct line *line,
    const char *what)
{
	struct head head = {
		.number = number,
		.what_len = (uint16_t)(what != NULL ? strlen(what) : 0),
		.hash = (uint8_t)line->hash,
		.digest_len = (uint8_t)line->digest_len,
		.name_len = (uint8_t)strlen(line->name),
	};
	size_t len =
	    sizeof(head) + head.digest_len + head.name_len + head.what_len;
	char *at = buf_reserve(&p->bytes, len);

	if (at == NULL)
		return false;
	memcpy(at, &head, sizeof(head));
	at += sizeof(head);
	memcpy(at, line->digest, head.digest_len);
	at += head.digest_len;
	memcpy(at, line->name, head.name_len);
	at += head.name_len;
	if (what != NULL)
		memcpy(at, what, head.what_len);
	else
		p->asked++;
	buf_commit(&p->bytes, len);
	return true;
}

static bool
take(struct pending *p, bool only_bad, struct pending_line *ret)
{
	const char *at = buf_at(&p->bytes);
	struct head head;

	if (buf_len(&p->bytes) < sizeof(head))
		return false;
	memcpy(&head, at, sizeof(head));
	if (only_bad && head.what_len == 0)
		return false;
	at += sizeof(head);
	*ret = (struct pending_line){
		.number = head.number,
		.hash = (enum hash)head.hash,
		.digest = (const uint8_t *)at,
		.digest_len = head.digest_len,
		.name = at + head.digest_len,
		.name_len = head.name_len,
		.what = at + head.digest_len + head.name_len,
		.what_len = head.what_len,
	};
	if (head.what_len == 0)
		p->asked--;
	buf_consume(&p->bytes,
	    sizeof(head) + head.digest_len + head.name_len + head.what_len);
	return true;
}

bool
pending_take(struct pending *p, struct pending_line *ret)
{
	return take(p, false, ret);
}

bool
pending_take_bad(struct pending *p, struct pending_line *ret)
{
	return take(p, true, ret);
}

bool
pending_is_empty(const struct pending *p)
{
	return buf_len(&p->bytes) == 0;
}
