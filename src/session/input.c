/* SPDX-License-Identifier: Apache-2.0 */
#include "session/input.h"

#include <stdio.h>

#include "session/agency.h"
#include "session/digests.h"
#include "session/query.h"
#include "session/tar.h"

/* No more lines are sent while this much waits for answers; an atomic request
 * may hold more. */
#define PENDING_HIGH ((size_t)1 << 20)

size_t
input_take(struct exchange *x, const void *data, size_t len)
{
	size_t have = buf_len(&x->in);
	size_t n = have < INPUT_SOFT ? INPUT_SOFT - have : 0;

	if (x->state >= EXCHANGE_DONE)
		n = 0;
	if (n > len)
		n = len;
	buf_add(&x->in, data, n);
	x->left = len - n;
	if (n > 0)
		x->progress_us = x->common->now_us;
	x->common->again = true;
	if (x->left > INPUT_AHEAD)
		x->common->broken = "the window of a channel was ignored";
	if (x->in.bad)
		x->common->broken = "out of memory";
	return n;
}

/* Everything at once, because each read opens the window again. */
static void
pull(struct exchange *x)
{
	char *at;
	int n;

	if (x->left == 0 || buf_len(&x->in) >= INPUT_LOW ||
	    (at = buf_reserve(&x->in, x->left)) == NULL)
		return;
	n = ssh_channel_read_nonblocking(x->ssh, at, (uint32_t)x->left, 0);
	if (n <= 0) {
		x->left = 0;
		return;
	}
	buf_commit(&x->in, (size_t)n);
	x->left -= (size_t)n;
	x->progress_us = x->common->now_us;
}

/* Outputs and inputs that make sense for one digest only. */
static bool
is_single(const struct exchange *x)
{
	return x->accept.raw_input ||
	    (x->accept.output == OUTPUT_RAW && !x->accept.whole);
}

static bool
is_all_or_nothing(const struct exchange *x)
{
	return x->accept.atomic || is_single(x);
}

static void
fail_input(struct exchange *x, const char *what)
{
	exchange_fail(x, reason_exit(REASON_BAD_INPUT), what);
}

static void
fail_line(struct exchange *x, const char *what)
{
	char text[MESSAGE_SIZE + 32];

	snprintf(text, sizeof(text), "line %u: %s",
	    (unsigned)x->splitter.number, what);
	fail_input(x, text);
}

void
input_settle(struct exchange *x)
{
	struct pending_line line;

	while (pending_take_bad(&x->pending, &line)) {
		answers_put_bad(&x->streams, &x->accept, &line);
		if (x->state == EXCHANGE_FAILED) {
			exchange_finish(x, reason_exit(REASON_BAD_INPUT));
			return;
		}
	}
}

static void
add_bad(struct exchange *x, const struct line *line, const char *what)
{
	x->bad_lines++;
	if (is_all_or_nothing(x)) {
		fail_line(x, what);
		return;
	}
	if (!pending_add(&x->pending, x->splitter.number, line, what)) {
		x->common->broken = "out of memory";
		return;
	}
	if (!x->accept.keep_going)
		x->state = EXCHANGE_FAILED;
	input_settle(x);
}

static uint32_t
most_lines(const struct exchange *x)
{
	return x->accept.receipt ? WIRE_ATOMIC_RECEIPTS : WIRE_ATOMIC_MAX;
}

static void
add_good(struct exchange *x, const struct line *line)
{
	if (is_single(x)) {
		if (x->only_sent)
			return;
		if (x->only_number != 0) {
			fail_line(x, "raw output takes exactly one digest");
			return;
		}
		x->only = *line;
		x->only_number = x->splitter.number;
		return;
	}
	if (x->accept.atomic && x->lines == most_lines(x)) {
		fail_line(x,
		    x->accept.receipt ?
			"--atomic with --receipt takes at most 4000 digests" :
			"--atomic takes at most 10000 digests");
		return;
	}
	if (!pending_add(&x->pending, x->splitter.number, line, NULL)) {
		x->common->broken = "out of memory";
		return;
	}
	ask_lines_add(&x->common->link, line);
	x->lines++;
}

/* Does it have beside its digest what the format asks for, and no more? */
static bool
extra_ok(const struct exchange *x, const struct line *line, char *what)
{
	bool state = x->accept.extra == EXTRA_STATE;

	if (state == (line->extra_len > 0))
		return true;
	snprintf(what, MESSAGE_SIZE,
	    state ? "format %s needs a hash state, not a digest "
		    "(sha256-state:HEX; csign makes it)" :
		    "format %s takes digests, not hash states",
	    x->accept.format);
	return false;
}

/* Each file that comes of it has to fit. */
static bool
name_ok(const struct exchange *x, const char *name, char *what)
{
	if (x->accept.output != OUTPUT_TAR)
		return true;
	return tar_name_ok(name, x->accept.extension, what) &&
	    (!x->accept.receipt || tar_name_ok(name, TAR_RECEIPT, what));
}

static void
add_text(struct exchange *x, const char *text, size_t len)
{
	char what[MESSAGE_SIZE];
	struct line line;

	switch (digest_parse(text, len, x->accept.hash, &line, what)) {
	case DIGEST_PASS:
		break;
	case DIGEST_LINE:
		if (!extra_ok(x, &line, what) || !name_ok(x, line.name, what))
			add_bad(x, &line, what);
		else
			add_good(x, &line);
		break;
	case DIGEST_BAD:
	default:
		add_bad(x, &line, what);
		break;
	}
}

/* The peer's last byte was read. */
static bool
is_at_end(const struct exchange *x)
{
	return x->ended && x->left == 0;
}

/* Takes one line.  False: there is none. */
static bool
add_next(struct exchange *x)
{
	static const struct line nothing;
	const char *text;
	size_t len;

	switch (
	    splitter_next(&x->splitter, &x->in, is_at_end(x), &text, &len)) {
	case SPLIT_LINE:
		add_text(x, text, len);
		return true;
	case SPLIT_LONG:
		add_bad(x, &nothing, "the line is longer than 8191 bytes");
		return true;
	case SPLIT_MORE:
	default:
		pull(x);
		return buf_len(&x->in) > x->splitter.seen;
	}
}

bool
input_has_room(const struct exchange *x)
{
	if (!link_is_ready(&x->common->link))
		return false;
	if (x->accept.atomic)
		return true;
	return x->pending.asked < WIRE_WINDOW &&
	    buf_len(&x->pending.bytes) < PENDING_HIGH &&
	    buf_len(&x->streams.out) < OUT_HIGH &&
	    buf_len(&x->streams.err) < OUT_HIGH;
}

static void
read_lines(struct exchange *x)
{
	struct link *link = &x->common->link;
	bool more = true;

	while (more && x->state == EXCHANGE_LINES && input_has_room(x)) {
		ask_lines_begin(link, x->number);
		while (more && x->state == EXCHANGE_LINES &&
		    !ask_lines_full(link) && input_has_room(x))
			more = add_next(x);
		ask_lines_send(link);
	}
	x->stalled = more;
}

static void
read_raw(struct exchange *x)
{
	char what[MESSAGE_SIZE];

	if (is_at_end(x) && buf_len(&x->in) == 0)
		return;
	if (!is_at_end(x) && buf_len(&x->in) <= DIGEST_MAX)
		return;
	if (digest_raw(buf_at(&x->in), buf_len(&x->in), x->accept.hash,
		&x->only, what) != 0) {
		fail_input(x, what);
		return;
	}
	if (x->accept.output == OUTPUT_TAR) {
		fail_input(x, "tar output: raw input has no name");
		return;
	}
	x->only_number = 1;
	buf_consume(&x->in, buf_len(&x->in));
}

/* Its one line is none that its sender knows by a number. */
static void
read_query(struct exchange *x)
{
	char what[MESSAGE_SIZE];

	if (!is_at_end(x) && buf_len(&x->in) <= QUERY_MAX)
		return;
	if (buf_len(&x->in) == 0 &&
	    (x->only_number != 0 || x->accept.greet_if_empty))
		return;
	if (query_line(buf_at(&x->in), buf_len(&x->in), &x->only, what) == -1) {
		fail_input(x, what);
		return;
	}
	x->only_number = 1;
	buf_consume(&x->in, buf_len(&x->in));
}

static void
send_only(struct exchange *x)
{
	struct link *link = &x->common->link;
	uint32_t number = x->accept.extra == EXTRA_QUERY ? 0 : x->only_number;

	if (!pending_add(&x->pending, number, &x->only, NULL)) {
		x->common->broken = "out of memory";
		return;
	}
	ask_lines_begin(link, x->number);
	ask_lines_add(link, &x->only);
	ask_lines_send(link);
	x->only_sent = true;
	x->lines++;
}

/* All input was read: the one digest goes now, then the END. */
static void
end_lines(struct exchange *x)
{
	struct link *link = &x->common->link;

	if (link_is_ready(link) && x->only_number != 0 && !x->only_sent)
		send_only(x);
	if (!link_is_ready(link))
		return;
	if (x->lines == 0 && x->bad_lines > 0) {
		exchange_finish(x, 1);
		return;
	}
	if (x->lines == 0 && is_single(x) && !x->accept.greet_if_empty) {
		fail_input(x, "exactly one digest is needed, none came");
		return;
	}
	ask_end(link, x->number);
	x->state = EXCHANGE_ENDED;
}

/* One digest is all there will be, however long its sender stays. */
static void
read_at_once(struct exchange *x)
{
	while (x->only_number == 0 && x->state == EXCHANGE_LINES && add_next(x))
		;
	if (x->only_number != 0 && x->state == EXCHANGE_LINES) {
		buf_consume(&x->in, buf_len(&x->in));
		end_lines(x);
	}
}

/* Only what is pulled now makes a difference to the next round. */
static void
read_messages(struct exchange *x)
{
	size_t left = x->left;

	agency_work(x);
	pull(x);
	if (x->left != left)
		x->common->again = true;
}

void
input_work(struct exchange *x)
{
	if (x->state >= EXCHANGE_FAILED)
		return;
	pull(x);
	if (x->state != EXCHANGE_LINES)
		return;
	if (x->agency != NULL) {
		read_messages(x);
		return;
	}
	if (x->accept.raw_input)
		read_raw(x);
	else if (x->accept.extra == EXTRA_QUERY)
		read_query(x);
	else if (x->accept.at_once && is_single(x))
		read_at_once(x);
	else
		read_lines(x);
	if (x->state == EXCHANGE_LINES && is_at_end(x) && buf_len(&x->in) == 0)
		end_lines(x);
}
