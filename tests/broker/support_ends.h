/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real countersign-broker with a listener, keepers, workers and sessions
 * that are the test itself.  Everything is asserted, and nothing is waited
 * for longer than a deadline.
 */
#ifndef CS_TESTS_BROKER_SUPPORT_ENDS_H
#define CS_TESTS_BROKER_SUPPORT_ENDS_H

#include <sys/types.h>

#include "audit/verify.h"
#include "base/channel.h"
#include "wire/admin.h"
#include "wire/control.h"
#include "wire/login.h"
#include "wire/request.h"
#include "wire/token.h"

#define DEADLINE_MS 10000
/* build01's key. */
#define TEST_CLIENT \
	"AAAAC3NzaC1lZDI1NTE5AAAAIIfrl98NaCitwc+gQ2PtkPqjPixgfMU1nVfGcJqth/HF"

struct ends {
	char dir[64];
	pid_t pid;
	int listener, keeper;
	int lists; /* the keeper of the lists */
	int server; /* of the lists; told to the broker at the start */
	uint64_t connections;
	uint8_t in[CHANNEL_MAX], out[CHANNEL_MAX];
	struct reader r;
	uint32_t done_line;
};

/* The folder with a good tree: keys "release" (P-256) and "other". */
void ends_make(struct ends *);
void ends_put(const struct ends *, const char *file, const char *text);
/* countersign-broker runs in the folder. */
void ends_start(struct ends *);
/* The keeper of the lists has another server: e->server. */
void ends_lists_server(struct ends *);
/* Waits for its end and returns the exit status. */
int ends_wait(struct ends *);
/* What is still there. */
void ends_drop(struct ends *);

/* The next message, which is of this type; e->r is behind the type. */
void ends_recv(struct ends *, int fd, enum wire_type);
/* The type of the next message. */
enum wire_type ends_next(struct ends *, int fd);
/* Nothing comes for a while: for what must not happen at once. */
bool ends_is_quiet(int fd, int ms);
bool ends_is_closed(struct ends *, int fd);
struct writer ends_writer(struct ends *);
void ends_send(int fd, const struct writer *);

/* Takes a WORKER_START, starts that worker; its number. */
uint32_t ends_worker(struct ends *, int *ret);
/* The same, logged in and with the facts of both keys told. */
uint32_t ends_ready_worker(struct ends *, int *ret);
void ends_token_state(struct ends *, int worker, enum reason);
void ends_facts(struct ends *, int worker, enum reason);

struct jobs {
	unsigned count;
	uint64_t job[WIRE_BATCH];
	uint8_t first[WIRE_BATCH]; /* byte of the input */
};

void ends_jobs(struct ends *, int worker, struct jobs *ret);
/* The same of either worker, as they go to whoever is idle: which it was. */
int ends_any_jobs(struct ends *, const int worker[2], struct jobs *ret);
/* Jobs until there are so many in all. */
void ends_all_jobs(struct ends *, int worker, struct jobs *, unsigned count);
void ends_result(struct ends *, int worker, uint64_t job, enum reason);

/* A session whose peer is at 127.0.0.1. */
int ends_session(struct ends *);
/* Any client key, in base64. */
void ends_query_key(struct ends *, int session, const char *key, bool proven);
void ends_query(struct ends *, int session, const char *user, bool proven);
/* The same, logged in as build01. */
int ends_login(struct ends *);
void ends_open(
    struct ends *, int session, uint32_t channel, const char *command);
void ends_accept(
    struct ends *, int session, uint32_t channel, struct accept_reply *ret);
/* So many lines whose digests are all first, first + 1, … */
void ends_lines(struct ends *, int session, uint32_t channel, uint8_t first,
    unsigned count, const char *name);
void ends_channel(struct ends *, int session, enum wire_type, uint32_t);
/* The next ANSWERS, which is one; its reason. */
enum reason ends_answer(struct ends *, int session, struct answer *ret);
/* DONE; its exit code. */
int ends_done(struct ends *, int session, char text[MESSAGE_SIZE]);
/* The line that the last ends_done was about; 0: none. */
uint32_t ends_done_line(const struct ends *);

/* What the admin hears (in one reply), and the exit status. */
int ends_admin(
    struct ends *, const struct admin_request *, char ret[WIRE_CHUNK + 1]);

/* The records, whose chain must hold; fails when there are none. */
char *ends_records(const struct ends *);
/* The first record of an event that has this in it, or NULL. */
const char *ends_record(
    const char *records, const char *event, const char *what);
/* Until such a record is there. */
void ends_await_record(
    const struct ends *, const char *event, const char *what);

/* Of the key "release". */
extern const uint8_t test_spki[];
extern const size_t test_spki_len;

#endif
