/* SPDX-License-Identifier: Apache-2.0 */
#include "session/replies.h"

#include <string.h>

#include "session/agency.h"
#include "session/input.h"

bool
replies_accept(struct exchange *x, const struct accept_reply *accept)
{
	if (x->agency != NULL)
		return agency_accept(x, accept);
	if (x->state != EXCHANGE_ASKED)
		return false;
	x->accept = *accept;
	x->state = EXCHANGE_LINES;
	if (accept->agent && agency_new(x) == -1)
		x->common->broken = "out of memory";
	return true;
}

bool
replies_text(struct exchange *x, const struct text_reply *text)
{
	if (x->agency != NULL)
		return agency_text(x, text);
	if (x->state < EXCHANGE_ASKED)
		return false;
	if (buf_len(&x->streams.out) == 0)
		x->progress_us = x->common->now_us;
	buf_add(text->to_stderr ? &x->streams.err : &x->streams.out,
	    text->bytes, text->len);
	x->untaken += (uint32_t)text->len;
	return true;
}

bool
replies_answer(struct exchange *x, const struct answer *answer)
{
	struct pending_line line;

	if (x->agency != NULL)
		return agency_answer(x, answer);
	if (x->pending.asked == 0)
		return false;
	/* A bad line in front of one that was asked has been settled. */
	if (!pending_take(&x->pending, &line) || line.what_len > 0)
		return false;
	answers_put(&x->streams, &x->accept, &line, answer);
	input_settle(x);
	return true;
}

/* A request whose own lines were bad is never a success. */
static int
status_of(const struct exchange *x, const struct done_reply *done)
{
	return done->exit == 0 && x->bad_lines > 0 ? 1 : done->exit;
}

/* The number that the client knows a line by; 0: there is no such line. */
static uint32_t
number_of(struct exchange *x, uint32_t place)
{
	struct pending_line line = { .number = 0 };

	while (place-- > 0)
		if (!pending_take(&x->pending, &line))
			return 0;
	return line.number;
}

bool
replies_done(struct exchange *x, const struct done_reply *done)
{
	int status = status_of(x, done);
	uint32_t number;

	if (x->agency != NULL)
		return agency_done(x, done);
	if (x->state < EXCHANGE_ASKED)
		return false;
	x->known = false;
	if (x->state >= EXCHANGE_LINES && status <= 1)
		answers_end(&x->streams, &x->accept);
	if ((number = number_of(x, done->line)) == 0) {
		exchange_fail(x, status, done->text);
		return true;
	}
	answers_complain(&x->streams, number, done->text, strlen(done->text));
	exchange_finish(x, status);
	return true;
}
