/* SPDX-License-Identifier: Apache-2.0 */
#include "token/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/clock.h"
#include "base/jail.h"
#include "base/log.h"
#include "token/jail.h"
#include "token/keyring.h"
#include "token/pinfile.h"
#include "token/results.h"
#include "token/sign.h"

struct worker {
	struct login login;
	struct keyring ring;
	struct results results;
	bool failed; /* the token must not be used again from here */
	bool gone; /* nobody reads our answers */
};

typedef bool handler(struct worker *, struct reader *);

static bool
send_message(const struct writer *w)
{
	if (!writer_ok(w))
		log_fatal("a message does not fit");
	return channel_send(WORKER_CHANNEL, w->start, w->used) == CHANNEL_OK;
}

static bool
on_key_add(struct worker *worker, struct reader *r)
{
	static uint8_t space[CHANNEL_MAX];
	static struct key_facts facts;
	struct key_add add;
	struct writer w;
	struct key *key;

	if (!key_add_get(r, &add))
		return false;
	if (keyring_find(&worker->ring, add.key) != NULL)
		return false;
	key = key_load(&worker->login, &add, &facts);
	if (key != NULL && !keyring_add(&worker->ring, key)) {
		key_free(&worker->login, key);
		facts.reason = REASON_KEY_UNFIT;
		snprintf(facts.text, sizeof(facts.text),
		    "one token is used with %d keys at most", KEYRING_MAX);
	}
	writer_init(&w, space, sizeof(space));
	key_facts_put(&w, &facts);
	worker->gone = !send_message(&w);
	worker->failed = facts.reason == REASON_TOKEN_FAILED;
	return true;
}

/* A key that was refused is not on the ring: dropping it is nothing. */
static bool
on_key_drop(struct worker *worker, struct reader *r)
{
	uint32_t number;

	if (!number_get(r, &number))
		return false;
	key_free(&worker->login, keyring_take(&worker->ring, number));
	return true;
}

static void
do_job(struct worker *worker, const struct job *job)
{
	static uint8_t signature[WIRE_SIGNATURE];
	struct key *key = keyring_find(&worker->ring, job->key);
	struct job_result result;

	if (!sign_job(&worker->login, key, job, signature, &result)) {
		log_warn("%s; starting anew", result.text);
		worker->failed = true;
	}
	if (!results_add(&worker->results, &result, clock_mono_us()))
		worker->gone = true;
}

static bool
on_jobs(struct worker *worker, struct reader *r)
{
	struct batch_head head;
	struct job job;

	if (!batch_head_get(r, &head))
		return false;
	for (uint16_t i = 0; i < head.count; i++) {
		if (!job_get(r, &job))
			return false;
		do_job(worker, &job);
		if (worker->failed || worker->gone)
			return true;
	}
	return reader_done(r);
}

/* All that the broker can ask of us. */
static const struct {
	enum wire_type type;
	handler *handle;
} surface[] = {
	{ WIRE_KEY_ADD, on_key_add },
	{ WIRE_KEY_DROP, on_key_drop },
	{ WIRE_JOBS, on_jobs },
};

static bool
dispatch(struct worker *worker, struct reader *r)
{
	enum wire_type type = wire_get_type(r);

	for (size_t i = 0; i < sizeof(surface) / sizeof(surface[0]); i++)
		if (surface[i].type == type)
			return surface[i].handle(worker, r);
	return false;
}

static int
serve(struct worker *worker)
{
	static uint8_t message[CHANNEL_MAX];
	enum channel_status status;
	struct reader r;

	while (!worker->gone && !worker->failed) {
		if (worker->results.count > 0 &&
		    channel_wait(WORKER_CHANNEL, 0) == 0 &&
		    !results_flush(&worker->results))
			break;
		status = channel_recv(WORKER_CHANNEL, message, &r);
		if (status == CHANNEL_CLOSED)
			break;
		if (status != CHANNEL_OK || !dispatch(worker, &r)) {
			log_warn("the broker broke the protocol");
			return EX_SOFTWARE;
		}
	}
	if (!worker->gone)
		results_flush(&worker->results);
	return worker->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* The keeper queued both messages before we were started. */
static bool
read_setup(struct token_setup *setup, struct worker_start *start)
{
	static uint8_t message[CHANNEL_MAX];
	struct reader r;
	bool ok;

	ok = channel_recv(WORKER_SETUP, message, &r) == CHANNEL_OK &&
	    wire_get_type(&r) == WIRE_TOKEN_SETUP && token_setup_get(&r, setup);
	ok = ok && channel_recv(WORKER_SETUP, message, &r) == CHANNEL_OK &&
	    wire_get_type(&r) == WIRE_WORKER_START &&
	    worker_start_get(&r, start);
	close(WORKER_SETUP);
	return ok;
}

static bool
was_refused(const struct worker_start *start, const struct pinfile *pin)
{
	return start->refused_len == sizeof(pin->stamp) &&
	    memcmp(start->refused, pin->stamp, sizeof(pin->stamp)) == 0;
}

/* Everything up to the login; the PIN is gone when it returns. */
static enum reason
prepare(const struct token_setup *setup, const struct worker_start *start,
    struct login *ret, struct token_state *state, struct text_error *reterr)
{
	struct pinfile pin;
	enum reason reason = REASON_TOKEN_FAILED;
	bool credential = setup->pin_file[0] == '\0';
	char what[128];

	if (pinfile_load(setup->pin_file, credential ? WORKER_PIN : -1, &pin,
		reterr) == -1)
		return REASON_TOKEN_UNAVAILABLE;
	if (credential)
		close(WORKER_PIN);
	memcpy(state->stamp, pin.stamp, sizeof(pin.stamp));
	state->stamp_len = sizeof(pin.stamp);
	if (was_refused(start, &pin)) {
		text_fail(reterr, 0, "the PIN was refused before");
		reason = REASON_TOKEN_PIN;
		goto out;
	}
	if (jail_worker(setup->network, what) == -1) {
		text_fail(reterr, 0, "%s", what);
		goto out;
	}
	reason = login_open(setup, pin.pin, ret, reterr);
out:
	pinfile_release(&pin);
	return reason;
}

static bool
send_state(struct token_state *state, const struct login *login,
    const struct token_setup *setup, const struct text_error *err)
{
	static uint8_t space[sizeof(*state) + 256];
	struct writer w;

	text_copy(state->label, sizeof(state->label), login->token.label);
	text_copy(state->serial, sizeof(state->serial), login->token.serial);
	text_copy(state->model, sizeof(state->model), login->token.model);
	text_copy(
	    state->firmware, sizeof(state->firmware), login->token.firmware);
	if (state->reason == REASON_TOKEN_PIN)
		snprintf(state->text, sizeof(state->text),
		    "%s; it is not tried again until %.200s changes", err->what,
		    setup->pin_file[0] != '\0' ? setup->pin_file : "the PIN");
	else
		text_copy(state->text, sizeof(state->text), err->what);
	writer_init(&w, space, sizeof(space));
	token_state_put(&w, state);
	return send_message(&w);
}

int
worker_run(void)
{
	static struct token_setup setup;
	static struct worker worker;
	struct worker_start start = { 0 };
	struct token_state state = { 0 };
	struct text_error err = { 0 };

	prctl(PR_SET_NAME, "token-worker");
	/* Before the PIN; a jail comes before the module. */
	if (jail_private() == -1) {
		log_warn("core dumps: %m");
		return EX_OSERR;
	}
	if (!read_setup(&setup, &start)) {
		log_warn("no setup");
		return EX_SOFTWARE;
	}
	results_init(&worker.results, WORKER_CHANNEL);
	state.reason = prepare(&setup, &start, &worker.login, &state, &err);
	if (!send_state(&state, &worker.login, &setup, &err))
		return EXIT_SUCCESS;
	if (state.reason != REASON_OK)
		return EXIT_FAILURE;
	return serve(&worker);
}
