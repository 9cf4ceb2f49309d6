/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/log.h"
#include "broker/gather.h"
#include "broker/service.h"
#include "broker/slot.h"
#include "broker/terms.h"

static struct format_line
line_of(const struct slot *slot)
{
	return (struct format_line){
		.hash = slot->hash,
		.digest = slot->digest,
		.len = slot->digest_len,
		.name = slot->name,
		.extra = slot_extra(slot),
		.extra_len = slot->extra_len,
	};
}

/* Every line from the head on: none of them is answered before all are. */
static int
take_all(struct maker *m, const struct request *q)
{
	size_t count = q->tail - q->head;

	m->lines = calloc(count, sizeof(*m->lines));
	if (m->lines == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		m->lines[i] = line_of(lines_at(q, q->head + (uint32_t)i));
	m->making.lines = m->lines;
	m->making.count = count;
	return 0;
}

void
maker_init(struct maker *m, const struct slot *slot)
{
	const struct request *q = slot->request;
	const struct terms *terms =
	    slot->terms != NULL ? slot->terms : q->terms;

	*m = (struct maker){
		.making = {
			.key = &m->key,
			.set = &terms->settings,
			.lines = &m->line,
			.count = 1,
			.now = slot->made,
			.random = slot->random,
			.step = slot->step,
		},
		.line = line_of(slot),
	};
	terms_facts(terms, slot->key != NULL ? slot->key : q->key, &m->key);
	if (slot->step > 0) {
		m->making.first = slot->answer;
		m->making.first_len = slot->answer_len;
	}
}

int
maker_all(struct maker *m, const struct slot *slot)
{
	maker_init(m, slot);
	return take_all(m, slot->request);
}

void
maker_release(struct maker *m)
{
	free(m->lines);
}

void
maker_begin(struct slot *slot)
{
	const struct format *format = slot->request->format;

	if (slot->made != 0)
		return;
	slot->terms = terms_ref(slot->request->terms);
	slot->made = service_now();
	if ((format->needs & FORMAT_NEEDS_RANDOM) != 0 &&
	    getrandom(slot->random, sizeof(slot->random), 0) !=
		sizeof(slot->random))
		log_fatal("no randomness");
}

static enum reason
check_line(const struct slot *slot, char text[MESSAGE_SIZE])
{
	const struct request *q = slot->request;
	const struct format *format = q->format;
	const struct slot *first = lines_at(q, q->head);

	if ((format->needs & FORMAT_NEEDS_NAME) != 0 && slot->name_len == 0) {
		snprintf(text, MESSAGE_SIZE,
		    "format %s needs a name with each line (HEX  name)",
		    format->name);
		return REASON_NAME;
	}
	if (format->shape != SHAPE_EACH && slot->hash != first->hash) {
		snprintf(text, MESSAGE_SIZE,
		    "the lines before have %s: format %s takes one hash for "
		    "all",
		    hash_word(first->hash), format->name);
		return REASON_HASH;
	}
	return REASON_OK;
}

/* As if it were signed at once. */
static enum reason
ask_format(const struct slot *slot, char text[MESSAGE_SIZE])
{
	struct maker maker;

	maker_init(&maker, slot);
	if (maker.making.now == 0)
		maker.making.now = service_now();
	return slot->request->format->fit(&maker.making, text);
}

/* The clock is asked only where it matters: this is done for each line. */
static enum reason
check_dates(const struct request *q, char text[MESSAGE_SIZE])
{
	if ((q->format->needs & FORMAT_NEEDS_CERTIFICATE) == 0)
		return REASON_OK;
	return format_dates(q->format, &q->key->facts, service_now(), text);
}

enum reason
maker_fits(const struct slot *slot, char text[MESSAGE_SIZE])
{
	const struct request *q = slot->request;
	const struct format *format = q->format;
	enum reason reason = check_dates(q, text);

	if (reason == REASON_OK)
		reason = check_line(slot, text);
	if (reason != REASON_OK || format->fit == NULL)
		return reason;
	return ask_format(slot, text);
}

int
maker_input(const struct slot *slot)
{
	struct buf *input = &slot->request->session->service->input;
	struct maker maker;
	int rv;

	buf_consume(input, buf_len(input));
	if (!gathers(slot->request))
		maker_init(&maker, slot);
	else if (maker_all(&maker, slot) == -1)
		return -1;
	rv = slot->request->format->input(&maker.making, input);
	maker_release(&maker);
	if (rv == 0 && !input->bad && buf_len(input) <= WIRE_INPUT)
		return 0;
	/* What is bad stays so. */
	buf_release(input);
	return -1;
}
