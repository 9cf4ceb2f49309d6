/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run-dir/admin.sock: what countersignctl may ask.  Only root and the user
 * that the broker runs as are heard.
 */
#ifndef CS_BROKER_ADMIN_H
#define CS_BROKER_ADMIN_H

#include <stdint.h>

#include "base/text.h"

struct admin;
struct admin_peer;
struct service;

/* States, as bits for the surface table. */
enum {
	ADMIN_ASKING = 1,
	ADMIN_WAITING = 2, /* it asked, and hears more */
};

/* Makes the socket in this folder, 0600.  NULL with reterr. */
struct admin *admin_new(const char *run_dir, struct text_error *reterr);
/* Accepts connections from now on: 0, or -1 with errno. */
int admin_start(struct admin *, struct service *);
/* Takes the socket away.  Accepts NULL. */
void admin_free(struct admin *);

/* It hears the answer later; until then it may not ask more. */
void admin_wait(struct admin_peer *);
/* The whole answer (exit 0: to stdout), and the last. */
void admin_answer(struct admin_peer *, uint8_t exit, const char *text);
struct service *admin_service(const struct admin_peer *);

#endif
