/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session's end of its channel to the broker.
 *
 * What is asked is sent at once, or kept when the channel is full: then
 * link_is_ready turns false until link_flush got it out, and nothing more
 * may be asked.
 */
#ifndef CS_SESSION_LINK_H
#define CS_SESSION_LINK_H

#include "base/channel.h"
#include "session/pending.h"
#include "wire/login.h"
#include "wire/request.h"

struct link {
	int fd;
	bool gone; /* the broker closed its end, or sending failed */
	size_t kept; /* bytes of the message that waits for room */
	uint8_t out[CHANNEL_MAX];
	uint8_t in[CHANNEL_MAX];
	struct writer lines; /* while a batch is gathered */
	struct lines_head head;
};

void link_init(struct link *, int fd);
bool link_is_ready(const struct link *);
void link_flush(struct link *);
/* The next message, its type taken: WIRE_NONE when there is none. */
enum wire_type link_receive(struct link *, struct reader *ret);

/*
 * The login's question: sends it and waits for whatever comes back, until
 * the deadline.  The type of the message, or WIRE_NONE.
 */
enum wire_type ask_key(struct link *, const struct key_query *,
    uint64_t deadline_us, struct reader *ret);
void ask_login_failed(struct link *, enum reason);
void ask_open(struct link *, const struct open_request *);
/* A batch: begin, add up to WIRE_BATCH lines, send (nothing if none). */
void ask_lines_begin(struct link *, uint32_t channel);
void ask_lines_add(struct link *, const struct line *);
bool ask_lines_full(const struct link *);
void ask_lines_send(struct link *);
void ask_end(struct link *, uint32_t channel);
void ask_cancel(struct link *, uint32_t channel);
void ask_taken(struct link *, uint32_t channel, uint32_t len);

#endif
