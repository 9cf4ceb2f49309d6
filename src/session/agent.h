/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ssh-agent protocol (draft-miller-ssh-agent), as far as an agent needs it
 * that makes SSH signatures and nothing else: messages are read bounded, and
 * answers are written.
 */
#ifndef CS_SESSION_AGENT_H
#define CS_SESSION_AGENT_H

#include "base/buf.h"
#include "base/sshsig.h"
#include "wire/type.h"

/* As ssh-agent has it. */
#define AGENT_MESSAGE_MAX ((uint32_t)256 << 10)
/* More than any request that is not refused anyway. */
#define AGENT_KEPT_MAX ((uint32_t)8 << 10)

enum agent_asks {
	AGENT_NOTHING, /* that is whole */
	AGENT_IDENTITIES,
	AGENT_SIGN, /* ret says what */
	AGENT_OTHER, /* to be refused; ret->what says why */
	AGENT_BROKEN, /* what follows cannot be read; the same */
};

struct agent_request {
	uint8_t key[WIRE_KEY_BLOB];
	size_t key_len;
	struct sshsig_message message;
	char what[MESSAGE_SIZE];
};

/* Where a stream of messages stands. */
struct agent_reader {
	uint32_t skip; /* bytes of a message that was refused already */
};

/* Takes the next message. */
enum agent_asks agent_next(
    struct agent_reader *, struct buf *in, struct agent_request *ret);
/* Neither inside of a message nor in front of one. */
bool agent_at_end(const struct agent_reader *, const struct buf *in);

/*
 * Identities are u32 number, and for each two strings: key and name.  Finds
 * the name of a key: 0, or -1: it is none of them.
 */
int agent_find(const void *identities, size_t len, const struct agent_request *,
    char ret_name[NAME_SIZE]);

void agent_put_failure(struct buf *out);
void agent_put_identities(struct buf *out, const void *identities, size_t len);
/*
 * The signature in an armored answer, when it is what was asked for: 0, or -1
 * and nothing is added.
 */
int agent_put_signature(struct buf *out, const struct agent_request *,
    const void *armored, size_t len);

#endif
