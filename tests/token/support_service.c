/* SPDX-License-Identifier: Apache-2.0 */
#include "support_service.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "token/keeper.h"

#define PATIENCE_MS 10000

const uint8_t sample[WIRE_INPUT] = "what the tests have signed";

static void
put_setup(int channel, const struct token_setup *setup, int pin)
{
	static uint8_t space[CHANNEL_MAX];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	token_setup_put(&w, setup);
	assert_true(writer_ok(&w));
	assert_int_equal(
	    channel_send_fds(channel, space, w.used, &pin, pin != -1 ? 1 : 0),
	    CHANNEL_OK);
}

static void
run_keeper(int broker, int starter)
{
	char path[1100];

	snprintf(path, sizeof(path), "%s/countersign-token", place.build);
	broker = fcntl(broker, F_DUPFD, 10);
	starter = fcntl(starter, F_DUPFD, 10);
	if (dup2(broker, KEEPER_BROKER) != -1 &&
	    dup2(starter, KEEPER_SETUP) != -1 && close(broker) == 0 &&
	    close(starter) == 0)
		execl(path, "countersign-token", (char *)NULL);
	_exit(127);
}

void
service_start(struct service *ret, const struct token_setup *setup, int pin)
{
	int broker[2], starter[2];

	assert_int_equal(channel_pair(broker, false), 0);
	assert_int_equal(channel_pair(starter, false), 0);
	put_setup(starter[0], setup, pin);
	ret->keeper = fork();
	assert_int_not_equal(ret->keeper, -1);
	if (ret->keeper == 0)
		run_keeper(broker[1], starter[1]);
	close(broker[1]);
	close(starter[0]);
	close(starter[1]);
	ret->broker = broker[0];
	ret->workers = 0;
}

int
service_stop(struct service *s)
{
	int status;

	close(s->broker);
	assert_int_equal(waitpid(s->keeper, &status, 0), s->keeper);
	return status;
}

void
worker_expect(int channel, enum wire_type type, struct reader *ret)
{
	static uint8_t message[CHANNEL_MAX];

	assert_int_equal(channel_wait(channel, PATIENCE_MS), 1);
	assert_int_equal(channel_recv(channel, message, ret), CHANNEL_OK);
	assert_string_equal(
	    wire_type_word(wire_get_type(ret)), wire_type_word(type));
}

static void
expect_started(struct service *s, struct worker *ret)
{
	static uint8_t message[CHANNEL_MAX];
	struct worker_started started;
	struct reader r;
	size_t nfds;

	assert_int_equal(channel_wait(s->broker, PATIENCE_MS), 1);
	assert_int_equal(
	    channel_recv_fds(s->broker, message, &r, &ret->channel, 1, &nfds),
	    CHANNEL_OK);
	assert_int_equal(nfds, 1);
	assert_int_equal(wire_get_type(&r), WIRE_WORKER_STARTED);
	assert_true(worker_started_get(&r, &started));
	assert_int_equal(started.worker, ret->number);
	ret->pid = (pid_t)started.pid;
}

void
worker_begin(
    struct service *s, const struct worker_start *start, struct worker *ret)
{
	uint8_t space[256];
	struct reader r;
	struct writer w;

	ret->number = start->worker;
	writer_init(&w, space, sizeof(space));
	worker_start_put(&w, start);
	assert_int_equal(channel_send(s->broker, space, w.used), CHANNEL_OK);
	expect_started(s, ret);
	worker_expect(ret->channel, WIRE_TOKEN_STATE, &r);
	assert_true(token_state_get(&r, &ret->state));
}

void
worker_ready(struct service *s, struct worker *ret)
{
	struct worker_start start = { .worker = ++s->workers, .token = "demo" };

	worker_begin(s, &start, ret);
	assert_string_equal(ret->state.text, "");
	assert_int_equal(ret->state.reason, REASON_OK);
}

int
worker_end(struct service *s, struct worker *worker)
{
	struct worker_gone gone;
	struct reader r;

	worker_expect(s->broker, WIRE_WORKER_GONE, &r);
	assert_true(worker_gone_get(&r, &gone));
	assert_int_equal(gone.worker, worker->number);
	close(worker->channel);
	return (int)gone.status;
}

void
worker_kill(struct service *s, const struct worker *worker)
{
	uint8_t space[64];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	number_put(&w, WIRE_WORKER_KILL, worker->number);
	assert_int_equal(channel_send(s->broker, space, w.used), CHANNEL_OK);
}

struct key_facts
worker_add(const struct worker *worker, uint32_t key, const char *object,
    bool extractable, bool short_rsa)
{
	struct key_add add = { .key = key,
		.allow_extractable = extractable,
		.allow_short = short_rsa };
	struct key_facts facts;
	uint8_t space[1024];
	struct reader r;
	struct writer w;

	assert_true(text_copy(add.object, sizeof(add.object), object));
	writer_init(&w, space, sizeof(space));
	key_add_put(&w, &add);
	assert_int_equal(
	    channel_send(worker->channel, space, w.used), CHANNEL_OK);
	worker_expect(worker->channel, WIRE_KEY_FACTS, &r);
	assert_true(key_facts_get(&r, &facts));
	assert_int_equal(facts.key, key);
	return facts;
}

struct key_facts
worker_key(const struct worker *worker, uint32_t key, const char *object)
{
	struct key_facts facts = worker_add(worker, key, object, false, false);

	assert_string_equal(facts.text, "");
	assert_int_equal(facts.reason, REASON_OK);
	return facts;
}

void
worker_send(const struct worker *worker, const struct job *job)
{
	static uint8_t space[CHANNEL_MAX];
	struct batch_head head = { .count = 1 };
	struct writer w;

	writer_init(&w, space, sizeof(space));
	jobs_head_put(&w, &head);
	job_put(&w, job);
	assert_true(writer_ok(&w));
	assert_int_equal(
	    channel_send(worker->channel, space, w.used), CHANNEL_OK);
}

void
worker_job(const struct worker *worker, uint64_t number, uint32_t key,
    enum mech mech, enum hash hash)
{
	struct job job = { .job = number,
		.key = key,
		.mech = mech,
		.hash = hash,
		.input = sample,
		.len = hash_size(hash) };

	if (hash == HASH_NONE)
		job.len = 100;
	worker_send(worker, &job);
}

struct job_result
worker_result(const struct worker *worker)
{
	static uint8_t message[CHANNEL_MAX];
	struct job_result result;
	struct batch_head head;
	struct reader r;

	assert_int_equal(channel_wait(worker->channel, PATIENCE_MS), 1);
	assert_int_equal(
	    channel_recv(worker->channel, message, &r), CHANNEL_OK);
	assert_int_equal(wire_get_type(&r), WIRE_RESULTS);
	assert_true(batch_head_get(&r, &head));
	assert_int_equal(head.count, 1);
	assert_true(job_result_get(&r, &result));
	assert_true(reader_done(&r));
	return result;
}
