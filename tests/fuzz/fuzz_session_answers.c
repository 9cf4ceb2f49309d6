/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers to lines: whatever the broker says about lines of any shape, the
 * output has one line or object for each, and nothing overflows.
 */
#include <stdlib.h>
#include <string.h>

#include "session/answers.h"
#include "session/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
add_line(struct pending *p, struct reader *r, unsigned number)
{
	struct line line = { .hash = (enum hash)get_enum(r, HASH_COUNT - 1) };
	char what[MESSAGE_SIZE];
	bool is_bad = get_bool(r);

	line.digest_len = hash_size(line.hash);
	memset(line.digest, (int)number, line.digest_len);
	get_str(r, line.name, sizeof(line.name));
	get_str(r, what, sizeof(what));
	if (r->bad)
		return;
	if (!pending_add(
		p, number, &line, is_bad && what[0] != '\0' ? what : NULL))
		abort();
}

static void
answer_line(struct streams *s, struct pending *p,
    const struct accept_reply *accept, struct reader *r)
{
	struct pending_line line;
	struct answer answer = { .reason = REASON_OK };

	if (!pending_take(p, &line))
		return;
	answer.reason = (enum reason)get_enum(r, REASON_COUNT - 1);
	answer.bytes = get_view(r, WIRE_ANSWER, &answer.len);
	answer.receipt = get_view(r, WIRE_RECEIPT, &answer.receipt_len);
	get_str(r, answer.text, sizeof(answer.text));
	if (line.what_len > 0)
		answers_put_bad(s, accept, &line);
	else if (!r->bad)
		answers_put(s, accept, &line, &answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct accept_reply accept = { .extension = "sig" };
	struct streams s;
	struct pending p;
	struct reader r;

	reader_init(&r, data, len);
	accept.output = (enum output)get_enum(&r, OUTPUT_COUNT - 1);
	accept.check = get_bool(&r);
	accept.keep_going = get_bool(&r);
	accept.receipt = get_bool(&r);
	buf_init(&s.out, 1 << 24);
	buf_init(&s.err, 1 << 24);
	pending_init(&p);
	for (unsigned i = 1; !r.bad && r.left > 0; i++) {
		add_line(&p, &r, i);
		answer_line(&s, &p, &accept, &r);
	}
	answers_end(&s, &accept);
	if (s.out.bad || s.err.bad)
		abort();
	buf_release(&s.out);
	buf_release(&s.err);
	pending_release(&p);
	return 0;
}
