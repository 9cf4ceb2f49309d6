/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run-dir/admin.sock: what countersignctl may ask.  Anybody may connect, but
 * only root, the user that the broker runs as, and owners of tenants are heard;
 * what each verb asks of who asks stands in the table of on_admin.c.
 */
#ifndef CS_BROKER_ADMIN_H
#define CS_BROKER_ADMIN_H

#include <stdint.h>
#include <sys/types.h>

#include "base/text.h"
#include "base/words.h"

/* Connections at a time. */
#define ADMIN_PEERS 32

struct admin;
struct admin_peer;
struct admin_request;
struct changes;
struct service;

/* States, as bits for the surface table. */
enum {
	ADMIN_ASKING = 1,
	ADMIN_WAITING = 2, /* it asked, and hears more */
};

/* Who may use a verb: bits of a set. */
enum {
	ADMIN_ROOT = 1, /* root, and the user that the broker runs as */
	ADMIN_OWNER = 2, /* the owner of a tenant, for what is the tenant's */
};

/* Answers now, or calls admin_wait and answers later. */
typedef void admin_verb_fn(struct admin_peer *, const struct admin_request *);

/* Makes the socket in this folder, open to all: 0666.  NULL with reterr. */
struct admin *admin_new(const char *run_dir, struct text_error *reterr);
/* Accepts connections from now on: 0, or -1 with errno. */
int admin_start(struct admin *, struct service *);
/* Takes the socket away.  Accepts NULL. */
void admin_free(struct admin *);

/*
 * It hears the answer later; until then it may not ask more.  Who answers
 * keeps the number, as the peer may be gone by then: admin_waiting is NULL.
 */
uint64_t admin_wait(struct admin_peer *);
struct admin_peer *admin_waiting(const struct admin *, uint64_t number);
/* More for stdout, before the answer. */
void admin_say(struct admin_peer *, const char *text);
/* The whole answer (exit 0: to stdout), and the last. */
void admin_answer(struct admin_peer *, uint8_t exit, const char *text);
struct service *admin_service(const struct admin_peer *);
/* What it is, as bits; the kernel's word, as the next two. */
unsigned admin_role(const struct admin_peer *);
uid_t admin_uid(const struct admin_peer *);
/*
 * The owner of a tenant has to wait when it asks too often (owners.h): in
 * seconds, 0 is now.
 */
uint32_t admin_reload_wait(struct admin_peer *);
bool admin_may_order(struct admin_peer *);
/* What was taken of tenants' files is their owners'. */
void admin_charge(struct admin *, const struct changes *);
/* For records: "root", or "uid 1000" (the broker looks no names up). */
void admin_name(const struct admin_peer *, char ret[static NAME_SIZE]);

#endif
