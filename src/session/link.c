/* SPDX-License-Identifier: Apache-2.0 */
#include "session/link.h"

#include "base/clock.h"
#include "base/text.h"

void
link_init(struct link *l, int fd)
{
	l->fd = fd;
	l->gone = false;
	l->kept = 0;
}

bool
link_is_ready(const struct link *l)
{
	return l->kept == 0 && !l->gone;
}

void
link_flush(struct link *l)
{
	if (l->kept == 0 || l->gone)
		return;
	switch (channel_send(l->fd, l->out, l->kept)) {
	case CHANNEL_OK:
		l->kept = 0;
		break;
	case CHANNEL_AGAIN:
		break;
	case CHANNEL_CLOSED:
	case CHANNEL_BROKEN:
		l->gone = true;
		break;
	}
}

/* Sends what the writer holds, which is in l->out. */
static void
submit(struct link *l, const struct writer *w)
{
	if (!writer_ok(w)) {
		l->gone = true;
		return;
	}
	l->kept = w->used;
	link_flush(l);
}

enum wire_type
link_receive(struct link *l, struct reader *ret)
{
	enum wire_type type;

	if (l->gone)
		return WIRE_NONE;
	switch (channel_recv(l->fd, l->in, ret)) {
	case CHANNEL_OK:
		break;
	case CHANNEL_AGAIN:
		return WIRE_NONE;
	case CHANNEL_CLOSED:
	case CHANNEL_BROKEN:
		l->gone = true;
		return WIRE_NONE;
	}
	if ((type = wire_get_type(ret)) == WIRE_NONE)
		l->gone = true;
	return type;
}

static int
ms_until(uint64_t deadline_us)
{
	uint64_t now = clock_mono_us();

	if (now >= deadline_us)
		return 0;
	return (int)((deadline_us - now) / 1000) + 1;
}

enum wire_type
ask_key(struct link *l, const struct key_query *query, uint64_t deadline_us,
    struct reader *ret)
{
	enum wire_type type;
	struct writer w;
	int ms;

	writer_init(&w, l->out, sizeof(l->out));
	key_query_put(&w, query);
	submit(l, &w);
	/* Nothing else is under way yet, so it cannot have been kept. */
	if (l->kept != 0)
		l->gone = true;
	while (!l->gone) {
		if ((type = link_receive(l, ret)) != WIRE_NONE)
			return type;
		if (l->gone || (ms = ms_until(deadline_us)) == 0)
			break;
		if (channel_wait(l->fd, ms) == -1)
			l->gone = true;
	}
	return WIRE_NONE;
}

void
ask_login_failed(struct link *l, enum reason reason)
{
	struct login_failed failed = { .reason = reason };
	struct writer w;

	writer_init(&w, l->out, sizeof(l->out));
	login_failed_put(&w, &failed);
	submit(l, &w);
}

void
ask_open(struct link *l, const struct open_request *open)
{
	struct writer w;

	writer_init(&w, l->out, sizeof(l->out));
	open_request_put(&w, open);
	submit(l, &w);
}

/* What a line takes in its message at most. */
#define LINE_MOST (16 + DIGEST_MAX + LINE_NAME_SIZE + (size_t)LINE_EXTRA_MAX)

void
ask_lines_begin(struct link *l, uint32_t channel)
{
	l->head = (struct lines_head){ .channel = channel };
	writer_init(&l->lines, l->out, sizeof(l->out));
	lines_head_put(&l->lines, &l->head);
}

void
ask_lines_add(struct link *l, const struct line *line)
{
	line_put(&l->lines, line);
	l->head.count++;
}

bool
ask_lines_full(const struct link *l)
{
	return l->head.count == WIRE_BATCH ||
	    l->lines.size - l->lines.used < LINE_MOST;
}

void
ask_lines_send(struct link *l)
{
	struct writer w;

	if (l->head.count == 0)
		return;
	/* The head again, now that the count is known. */
	writer_init(&w, l->out, sizeof(l->out));
	lines_head_put(&w, &l->head);
	submit(l, &l->lines);
}

void
ask_end(struct link *l, uint32_t channel)
{
	struct writer w;

	writer_init(&w, l->out, sizeof(l->out));
	channel_put(&w, WIRE_END, channel);
	submit(l, &w);
}

void
ask_cancel(struct link *l, uint32_t channel)
{
	struct writer w;

	writer_init(&w, l->out, sizeof(l->out));
	channel_put(&w, WIRE_CANCEL, channel);
	submit(l, &w);
}

void
ask_taken(struct link *l, uint32_t channel, uint32_t len)
{
	struct text_taken taken = { .channel = channel, .len = len };
	struct writer w;

	writer_init(&w, l->out, sizeof(l->out));
	text_taken_put(&w, &taken);
	submit(l, &w);
}
