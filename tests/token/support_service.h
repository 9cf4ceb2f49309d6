/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real keeper with real workers on a real SoftHSM token, and the test in
 * the place of the broker.  Everything that does not happen within ten
 * seconds fails the test.
 */
#ifndef CS_TESTS_TOKEN_SUPPORT_SERVICE_H
#define CS_TESTS_TOKEN_SUPPORT_SERVICE_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/channel.h"
#include "token/login.h"
#include "wire/token.h"

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"
#define LABEL "unit"

/* What the group shares: a folder with a token and its keys. */
struct place {
	char dir[64];
	char build[1024]; /* build/VARIANT, from where the test runs */
	int log; /* the shim's datagrams */
};

extern struct place place;

/* Group setup and teardown: rsa3072 rsa4096 p256 p384 p521 ed25519. */
int place_make(void **state);
int place_remove(void **state);

/* dir/NAME in one of a few buffers. */
const char *place_path(const char *name);
/* Runs countersignctl token ...: its exit status.  List ended by NULL. */
int place_ctl(const char *first, ...);
/* The shim's words; NULL: it behaves. */
void place_fault(const char *words);
/* How many times the shim has told this since the last call. */
unsigned place_told(const char *text);
/* The next thing that the shim told. */
void place_next(char *ret, size_t size);
/* A key that the service should not like: its own doing, not ctl's. */
struct odd_key {
	const char *name;
	unsigned long bits; /* RSA */
	bool extractable;
	bool modifiable;
	bool not_copyable;
};
void place_key(const struct odd_key *);
void place_delete(const char *name);
/* Logs this process in, read-write. */
bool place_enter(struct login *ret);
/* Makes the token unwritable by its mode (or writable again). */
void place_seal(bool sealed);

/* A token's setup as the configuration would give it. */
struct token_setup setup_plain(void);
struct token_setup setup_with_shim(void);

struct service {
	pid_t keeper;
	int broker; /* our end */
	uint32_t workers; /* started so far */
};

/* pin: a descriptor for the credential, or -1. */
void service_start(struct service *, const struct token_setup *, int pin);
/* Closes the channel and gives the keeper's status, as from waitpid. */
int service_stop(struct service *);

struct worker {
	uint32_t number;
	pid_t pid;
	int channel;
	struct token_state state;
};

/* Starts one and waits for its state. */
void worker_begin(
    struct service *, const struct worker_start *, struct worker *ret);
/* The same with no refused stamp; it must have logged in. */
void worker_ready(struct service *, struct worker *ret);
/* Waits for WORKER_GONE: the status in it. */
int worker_end(struct service *, struct worker *);
void worker_kill(struct service *, const struct worker *);

struct key_facts worker_add(const struct worker *, uint32_t key,
    const char *object, bool extractable, bool short_rsa);
/* The same, for a key that must be accepted. */
struct key_facts worker_key(
    const struct worker *, uint32_t key, const char *object);
/* One job whose input is made up and as long as the hash. */
void worker_job(
    const struct worker *, uint64_t job, uint32_t key, enum mech, enum hash);
void worker_send(const struct worker *, const struct job *);
/* The one result of one message; its views are good until the next call. */
struct job_result worker_result(const struct worker *);
/* Waits for a message of this type. */
void worker_expect(int channel, enum wire_type, struct reader *ret);

extern const uint8_t sample[WIRE_INPUT];

#endif
