/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "broker/chore.h"
#include "broker/probe_subject.h"
#include "broker/service.h"
#include "broker/token.h"
#include "format/proof.h"
#include "policy/resolve.h"

/* While clients wait, a patient one looks again so often, */
#define PAUSE_US 200000u
/* and goes on after this nevertheless: one signature hurts nobody. */
#define PATIENCE_US 60000000u
/* A worker that is being replaced is there again before that. */
#define WAITING_US 10000000u

struct probe {
	struct service *service;
	struct key *key;
	bool patient;
	probe_fn *ended;
	void *arg;
	struct loop_timer *timer;
	struct probe_step *steps; /* NULL: what the key can do is not known */
	size_t count, at;
	uint64_t since_us; /* that the step at hand is due */
	enum reason reason;
	char text[MESSAGE_SIZE];
	struct chore chore;

	/* The signature at hand. */
	struct probe_subject subject;
	uint8_t first[WIRE_SIGNATURE]; /* of a format with two */
	struct buf input, answer;
};

static void on_due(void *arg);

struct probe *
probe_new(struct service *service, struct key *key, bool patient,
    probe_fn *ended, void *arg)
{
	struct probe *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->timer = loop_timer_new(service->loop, on_due, p);
	if (p->timer == NULL) {
		free(p);
		return NULL;
	}
	p->service = service;
	p->key = key;
	p->patient = patient;
	p->ended = ended;
	p->arg = arg;
	p->since_us = clock_mono_us();
	buf_init(&p->input, WIRE_INPUT);
	buf_init(&p->answer, WIRE_ANSWER);
	key_ref(key);
	loop_timer_set(p->timer, p->since_us);
	return p;
}

void
probe_free(struct probe *p)
{
	if (p == NULL)
		return;
	loop_timer_free(p->timer);
	keyring_unref(p->service->keyring, p->key);
	free(p->steps);
	buf_release(&p->input);
	buf_release(&p->answer);
	probe_subject_release(&p->subject);
	free(p);
}

static void
end(struct probe *p, enum reason reason, const char *text)
{
	p->reason = reason;
	snprintf(p->text, sizeof(p->text), "%s", text);
	text_plain(p->text);
	if (reason != REASON_OK && p->at < p->count)
		p->steps[p->at].outcome = PROBE_FAILED;
	p->ended(p->arg, p);
}

/* What the key allows, and the token can.  0, or -1: no memory. */
static int
find_steps(struct probe *p)
{
	const struct signing_key *conf = p->key->conf->key;
	char text[MESSAGE_SIZE];
	const struct format_word *words;
	const struct format *f;
	enum mech mech;
	enum hash over;
	size_t formats;

	words = format_words(&formats);
	p->steps = calloc(formats * HASH_COUNT, sizeof(*p->steps));
	if (p->steps == NULL)
		return -1;
	for (size_t i = 0; (f = format_at(i)) != NULL; i++) {
		if (!key_allows_format(conf, &words[i]) ||
		    (f->needs & FORMAT_NEEDS_TRAILER) != 0)
			continue;
		for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++)
			if ((conf->limits.hash_set & 1u << h) != 0 &&
			    format_plan(f, &p->key->facts, h, &mech, &over,
				text) == REASON_OK)
				p->steps[p->count++] = (struct probe_step){ f,
					h, PROBE_UNTRIED, 0 };
	}
	return 0;
}

static bool on_signed(struct chore *, const uint8_t *signature, size_t len);
static void on_failed(struct chore *, enum reason, const char *text);

/* On to the next one, in the next round, as who waits goes first. */
static void
go_on(struct probe *p)
{
	p->since_us = clock_mono_us();
	if (++p->at < p->count)
		loop_timer_set(p->timer, p->since_us);
	else
		p->ended(p->arg, p);
}

/* Nobody would get it; the key and its other formats may be good. */
static bool
is_out_of_date(struct probe *p)
{
	struct probe_step *step = &p->steps[p->at];
	char text[MESSAGE_SIZE];
	enum reason reason =
	    format_dates(step->format, &p->key->facts, service_now(), text);

	if (reason == REASON_OK)
		return false;
	step->outcome = PROBE_FAILED;
	p->reason = reason;
	snprintf(p->text, sizeof(p->text), "%s", text);
	go_on(p);
	return true;
}

static void
sign(struct probe *p)
{
	const struct probe_step *step = &p->steps[p->at];
	char text[MESSAGE_SIZE];
	enum mech mech;
	enum hash over;

	if (p->subject.making.step == 0 && is_out_of_date(p))
		return;
	buf_consume(&p->input, buf_len(&p->input));
	if ((p->subject.making.step == 0 &&
		probe_subject_make(&p->subject, p->key, step) == -1) ||
	    format_plan(step->format, &p->key->facts, step->hash, &mech, &over,
		text) != REASON_OK ||
	    step->format->input(&p->subject.making, &p->input) == -1) {
		end(p, REASON_INTERNAL, "the probe could not be made");
		return;
	}
	p->chore = (struct chore){
		.key = p->key,
		.mech = mech,
		.hash = over,
		.input = (const uint8_t *)buf_at(&p->input),
		.len = buf_len(&p->input),
		.done = on_signed,
		.failed = on_failed,
	};
	chore_begin(&p->chore, p->service);
}

/* May it go on with the step at hand?  False: later, or it has ended. */
static bool
is_ready(struct probe *p)
{
	struct token *token = token_by_name(p->service, p->key->token);
	uint64_t now = clock_mono_us();
	enum reason reason;
	const char *why;

	switch (token_standing(token, p->key, &reason, &why)) {
	case KEY_DOWN:
		end(p, reason, why);
		return false;
	case KEY_WAITING:
		if (now - p->since_us < WAITING_US)
			break;
		end(p, REASON_TOKEN_UNAVAILABLE,
		    "the token is being logged in to");
		return false;
	case KEY_USABLE:
		if (!p->patient || !token_is_busy(token) ||
		    now - p->since_us >= PATIENCE_US)
			return true;
	}
	loop_timer_set(p->timer, now + PAUSE_US);
	return false;
}

static void
on_due(void *arg)
{
	struct probe *p = arg;

	if (!is_ready(p))
		return;
	if (p->key->conf == NULL)
		end(p, REASON_KEY_MISSING,
		    "a reload changed this key or took it away");
	else if (p->steps == NULL && find_steps(p) == -1)
		end(p, REASON_INTERNAL, "no memory");
	else if (p->count == 0)
		end(p, REASON_FORMAT,
		    "there is no format and hash that the key allows and its "
		    "token can sign");
	else
		sign(p);
}

static int
keep_answer(void *arg, size_t index, const uint8_t *answer, size_t len)
{
	(void)index;
	buf_add(arg, answer, len);
	return 0;
}

static bool
is_good(struct probe *p, const uint8_t *signature, size_t len)
{
	const struct format *f = p->steps[p->at].format;
	struct opened *space = &p->service->read_back;
	int made;

	buf_consume(&p->answer, buf_len(&p->answer));
	made = f->shape == SHAPE_SHARED ?
	    f->finish_each(
		&p->subject.making, signature, len, keep_answer, &p->answer) :
	    f->finish(&p->subject.making, signature, len, &p->answer);
	return made == 0 && !p->answer.bad &&
	    answer_check(f, &p->subject.making, signature, len, &p->answer,
		space) == 0 &&
	    answer_verify(f, &p->subject.making, p->chore.mech, p->chore.hash,
		&p->answer, space) == 0;
}

/* The first of two; the next is for the next round. */
static bool
keep_first(struct probe *p, const uint8_t *signature, size_t len)
{
	if (len > sizeof(p->first))
		return false;
	memcpy(p->first, signature, len);
	p->subject.making.first = p->first;
	p->subject.making.first_len = len;
	p->subject.making.step++;
	p->since_us = clock_mono_us();
	loop_timer_set(p->timer, p->since_us);
	return true;
}

static struct probe *
probe_of(struct chore *chore)
{
	return (void *)((char *)chore - offsetof(struct probe, chore));
}

static bool
on_signed(struct chore *chore, const uint8_t *signature, size_t len)
{
	struct probe *p = probe_of(chore);

	if (p->subject.making.step + 1 < format_steps(p->steps[p->at].format))
		return keep_first(p, signature, len);
	if (!is_good(p, signature, len))
		return false;
	p->subject.making.step = 0;
	p->steps[p->at].outcome = PROBE_OK;
	p->steps[p->at].us = chore->us;
	go_on(p);
	return true;
}

static void
on_failed(struct chore *chore, enum reason reason, const char *text)
{
	end(probe_of(chore), reason, text);
}

const struct key *
probe_key(const struct probe *p)
{
	return p->key;
}

enum reason
probe_reason(const struct probe *p)
{
	return p->reason;
}

const char *
probe_text(const struct probe *p)
{
	return p->text;
}

const struct probe_step *
probe_step(const struct probe *p, size_t index)
{
	return index < p->count ? &p->steps[index] : NULL;
}

size_t
probe_count(const struct probe *p, enum probe_outcome outcome)
{
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++)
		count += p->steps[i].outcome == outcome;
	return count;
}
