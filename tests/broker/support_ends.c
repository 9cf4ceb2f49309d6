/* SPDX-License-Identifier: Apache-2.0 */
#include "support_ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"

const uint8_t test_spki[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86,
	0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04, 0x86, 0xe1, 0xae, 0xaa, 0x01,
	0x29, 0x9c, 0xc0, 0xd2, 0xed, 0xc7, 0xca, 0x50, 0x85, 0xf1, 0xae, 0x23,
	0x67, 0xd8, 0x3f, 0x03, 0xb4, 0x7c, 0xf9, 0xd2, 0x72, 0x74, 0x59, 0x7e,
	0xca, 0xf4, 0xb5, 0xd2, 0x28, 0x20, 0x63, 0xdd, 0x36, 0xba, 0xfd, 0x1f,
	0xce, 0xd3, 0x9d, 0xcf, 0x28, 0x12, 0xdf, 0x19, 0xfa, 0xf0, 0xbb, 0xb4,
	0x05, 0xdc, 0x44, 0x8c, 0x40, 0x02, 0x2d, 0xfa, 0xe4, 0xa2, 0x70 };
const size_t test_spki_len = sizeof(test_spki);

enum wire_type
ends_next(struct ends *e, int fd)
{
	enum wire_type type;

	if (channel_wait(fd, DEADLINE_MS) != 1)
		fail_msg("no message comes");
	if (channel_recv(fd, e->in, &e->r) != CHANNEL_OK)
		fail_msg("the channel was closed");
	type = wire_get_type(&e->r);
	return type;
}

void
ends_recv(struct ends *e, int fd, enum wire_type type)
{
	enum wire_type came = ends_next(e, fd);

	if (came != type)
		fail_msg("%s came instead of %s", wire_type_word(came),
		    wire_type_word(type));
}

bool
ends_is_quiet(int fd, int ms)
{
	return channel_wait(fd, ms) == 0;
}

bool
ends_is_closed(struct ends *e, int fd)
{
	if (channel_wait(fd, DEADLINE_MS) != 1)
		return false;
	return channel_recv(fd, e->in, &e->r) == CHANNEL_CLOSED;
}

struct writer
ends_writer(struct ends *e)
{
	struct writer w;

	writer_init(&w, e->out, sizeof(e->out));
	return w;
}

void
ends_send(int fd, const struct writer *w)
{
	assert_true(writer_ok(w));
	assert_int_equal(channel_send(fd, w->start, w->used), CHANNEL_OK);
}

uint32_t
ends_worker(struct ends *e, int *ret)
{
	struct worker_start start;
	struct worker_started started = { .pid = 4711 };
	struct writer w = ends_writer(e);
	int pair[2];

	ends_recv(e, e->keeper, WIRE_WORKER_START);
	assert_true(worker_start_get(&e->r, &start));
	assert_string_equal(start.token, "t");
	assert_int_equal(channel_pair(pair, true), 0);
	started.worker = start.worker;
	worker_started_put(&w, &started);
	assert_int_equal(
	    channel_send_fds(e->keeper, w.start, w.used, &pair[1], 1),
	    CHANNEL_OK);
	close(pair[1]);
	*ret = pair[0];
	return start.worker;
}

void
ends_token_state(struct ends *e, int worker, enum reason reason)
{
	struct token_state state = { .reason = reason,
		.label = "t",
		.serial = "0123",
		.model = "fake",
		.stamp = "stamp",
		.stamp_len = 5 };
	struct writer w = ends_writer(e);

	snprintf(state.text, sizeof(state.text), "said by the test");
	token_state_put(&w, &state);
	ends_send(worker, &w);
}

void
ends_facts(struct ends *e, int worker, enum reason reason)
{
	struct key_facts facts = { .reason = reason,
		.type = KEY_P256,
		.bits = 256,
		.mechs = mech_bit(MECH_ECDSA, HASH_SHA256),
		.attributes = 1u << ATTRIBUTE_SENSITIVE |
		    1u << ATTRIBUTE_NEVER_EXTRACTABLE,
		.spki_len = test_spki_len };
	struct key_add add;
	struct writer w;

	ends_recv(e, worker, WIRE_KEY_ADD);
	assert_true(key_add_get(&e->r, &add));
	memcpy(facts.spki, test_spki, test_spki_len);
	facts.key = add.key;
	w = ends_writer(e);
	key_facts_put(&w, &facts);
	ends_send(worker, &w);
}

uint32_t
ends_ready_worker(struct ends *e, int *ret)
{
	uint32_t number = ends_worker(e, ret);

	ends_token_state(e, *ret, REASON_OK);
	ends_facts(e, *ret, REASON_OK);
	ends_facts(e, *ret, REASON_OK);
	return number;
}

static void
add_jobs(struct ends *e, struct jobs *jobs)
{
	struct batch_head head;
	struct job job;

	assert_true(batch_head_get(&e->r, &head));
	for (unsigned i = 0; i < head.count; i++) {
		assert_true(job_get(&e->r, &job));
		assert_int_equal(job.mech, MECH_ECDSA);
		assert_int_equal(job.len, 32);
		assert_true(jobs->count < WIRE_BATCH);
		jobs->job[jobs->count] = job.job;
		jobs->first[jobs->count++] = job.input[0];
	}
	assert_true(reader_done(&e->r));
}

void
ends_jobs(struct ends *e, int worker, struct jobs *ret)
{
	ret->count = 0;
	ends_recv(e, worker, WIRE_JOBS);
	add_jobs(e, ret);
}

int
ends_any_jobs(struct ends *e, const int worker[2], struct jobs *ret)
{
	for (;;)
		for (int i = 0; i < 2; i++)
			if (channel_wait(worker[i], 20) == 1) {
				ends_jobs(e, worker[i], ret);
				return worker[i];
			}
}

void
ends_all_jobs(struct ends *e, int worker, struct jobs *jobs, unsigned count)
{
	while (jobs->count < count) {
		ends_recv(e, worker, WIRE_JOBS);
		add_jobs(e, jobs);
	}
}

void
ends_result(struct ends *e, int worker, uint64_t job, enum reason reason)
{
	struct batch_head head = { .count = 1 };
	struct job_result result = { .job = job, .reason = reason, .us = 900 };
	uint8_t signature[64];
	struct writer w = ends_writer(e);

	/* Two numbers that could be r and s. */
	memset(signature, 0x11, sizeof(signature));
	result.signature = signature;
	result.len = reason == REASON_OK ? sizeof(signature) : 0;
	results_head_put(&w, &head);
	job_result_put(&w, &result);
	ends_send(worker, &w);
}

int
ends_session(struct ends *e)
{
	struct session_new from = { .connection = ++e->connections,
		.address = "127.0.0.1",
		.port = 1022 };
	struct writer w = ends_writer(e);
	int pair[2];

	assert_int_equal(channel_pair(pair, true), 0);
	session_new_put(&w, &from);
	assert_int_equal(
	    channel_send_fds(e->listener, w.start, w.used, &pair[1], 1),
	    CHANNEL_OK);
	close(pair[1]);
	return pair[0];
}

static void
send_query(struct ends *e, int session, struct key_query *query,
    const char *user, const char *key)
{
	struct writer w = ends_writer(e);

	text_copy(query->user, sizeof(query->user), user);
	assert_int_equal(base64_decode(key, strlen(key), query->blob,
			     sizeof(query->blob), &query->blob_len),
	    0);
	key_query_put(&w, query);
	ends_send(session, &w);
}

void
ends_query(struct ends *e, int session, const char *user, bool proven)
{
	struct key_query query = { .proven = proven };

	send_query(e, session, &query, user, TEST_CLIENT);
}

void
ends_query_key(struct ends *e, int session, const char *key, bool proven)
{
	struct key_query query = { .proven = proven };

	send_query(e, session, &query, "sign", key);
}

int
ends_login(struct ends *e)
{
	int session = ends_session(e);
	struct key_reply reply;
	struct logged_in in;

	ends_query(e, session, "sign", true);
	ends_recv(e, session, WIRE_KEY_REPLY);
	assert_true(key_reply_get(&e->r, &reply));
	assert_true(reply.accepted);
	ends_recv(e, e->listener, WIRE_LOGGED_IN);
	assert_true(logged_in_get(&e->r, &in));
	assert_int_equal(in.connection, e->connections);
	return session;
}

void
ends_open(struct ends *e, int session, uint32_t channel, const char *command)
{
	struct open_request msg = { .channel = channel, .how = OPEN_COMMAND };
	struct writer w = ends_writer(e);

	text_copy(msg.command, sizeof(msg.command), command);
	open_request_put(&w, &msg);
	ends_send(session, &w);
}

void
ends_accept(
    struct ends *e, int session, uint32_t channel, struct accept_reply *ret)
{
	ends_recv(e, session, WIRE_ACCEPT);
	assert_true(accept_reply_get(&e->r, ret));
	assert_int_equal(ret->channel, channel);
}

void
ends_lines(struct ends *e, int session, uint32_t channel, uint8_t first,
    unsigned count, const char *name)
{
	while (count > 0) {
		struct lines_head head = { .channel = channel };
		struct line line = { .hash = HASH_SHA256, .digest_len = 32 };
		struct writer w = ends_writer(e);

		head.count =
		    (uint16_t)(count < WIRE_BATCH ? count : WIRE_BATCH);
		lines_head_put(&w, &head);
		text_copy(line.name, sizeof(line.name), name);
		for (unsigned i = 0; i < head.count; i++) {
			memset(line.digest, first++, line.digest_len);
			line_put(&w, &line);
		}
		ends_send(session, &w);
		count -= head.count;
	}
}

void
ends_channel(struct ends *e, int session, enum wire_type type, uint32_t channel)
{
	struct writer w = ends_writer(e);

	channel_put(&w, type, channel);
	ends_send(session, &w);
}

enum reason
ends_answer(struct ends *e, int session, struct answer *ret)
{
	struct answers_head head;

	ends_recv(e, session, WIRE_ANSWERS);
	assert_true(answers_head_get(&e->r, &head));
	assert_int_equal(head.count, 1);
	assert_true(answer_get(&e->r, ret));
	assert_true(reader_done(&e->r));
	return ret->reason;
}

int
ends_done(struct ends *e, int session, char text[MESSAGE_SIZE])
{
	struct done_reply done;

	ends_recv(e, session, WIRE_DONE);
	assert_true(done_reply_get(&e->r, &done));
	text_copy(text, MESSAGE_SIZE, done.text);
	e->done_line = done.line;
	return done.exit;
}

uint32_t
ends_done_line(const struct ends *e)
{
	return e->done_line;
}

int
ends_admin(struct ends *e, const struct admin_request *request,
    char ret[WIRE_CHUNK + 1])
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct admin_reply reply;
	struct writer w = ends_writer(e);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path),
	    "%s/run/admin.sock", e->dir);
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	admin_request_put(&w, request);
	ends_send(fd, &w);
	ends_recv(e, fd, WIRE_ADMIN_REPLY);
	assert_true(admin_reply_get(&e->r, &reply));
	assert_true(reply.last);
	memcpy(ret, reply.bytes, reply.len);
	ret[reply.len] = '\0';
	close(fd);
	return reply.exit;
}
