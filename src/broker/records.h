/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which fields each event's record has: countersign-audit(7) in code.
 *
 * Those with a waiter return 0, or -1 when the journal does not take records
 * (the waiter is not called then).
 */
#ifndef CS_BROKER_RECORDS_H
#define CS_BROKER_RECORDS_H

#include "broker/request.h"
#include "broker/worker.h"

struct change;
struct difference;
struct notary;
struct probe;
struct service;
struct suspension;
struct tenant;
struct token;

/* Of service->opened; tried again until it is on disk. */
void record_start(struct service *);
int record_stop(struct service *, const char *why, struct waiter *);
/* before: the old tree's fingerprint; a record for each change follows. */
void record_reload(struct service *, const char *before, size_t changes);
void record_change(struct service *, const struct change *);
/* The same for what a start found. */
void record_difference(struct service *, const struct difference *);
void record_reload_failed(struct service *, unsigned errors, const char *first);
/* Only this tenant's files were not taken. */
void record_tenant_failed(struct service *, const struct tenant *);

/* As a field, unless it is empty. */
void record_add_rule(struct record *, const char *rule);

int record_login(struct session *, struct waiter *);
void record_login_failed(const struct session *);

/* A whole request (slot NULL) or one line, refused. */
int record_deny(const struct request *, const struct slot *, enum reason,
    const char *text, const char *rule, struct waiter *);
/*
 * A line that policy allowed: its outcome is slot->reason.  The slot keeps the
 * record if it is to have a receipt.
 */
int record_sign(struct slot *, struct waiter *);

/* what: "login", "worker", "pin". */
void record_token(const struct token *, const struct worker *, const char *what,
    enum reason, const char *text);
void record_key(
    const struct token *, const struct key *, enum reason, const char *text);

/* rule: of a budget that was passed, or "".  sessions: how many it ends. */
int record_suspend(struct service *, const struct suspension *,
    const char *rule, size_t sessions, struct waiter *);
/* The text of a resumption may be empty. */
int record_resume(struct service *, const struct suspension *, struct waiter *);

/* One that ended; what: "test" or "canary", by: who asked, or NULL.  -1: it
 * cannot be recorded. */
int record_probe(
    struct service *, const struct probe *, const char *what, const char *by);

/* Of a signed tree. */
int record_checkpoint(const struct notary *, struct waiter *);

#endif
