/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict: facts in, reason and rule out.  No clock, no I/O.
 */
#ifndef CS_POLICY_DECIDE_H
#define CS_POLICY_DECIDE_H

#include "base/reason.h"
#include "policy/suspension.h"
#include "policy/tree.h"

/* Why, by which line, and what would have been allowed (for the client). */
struct verdict {
	enum reason reason;
	struct rule rule; /* file NULL: no line decided it */
	char text[MESSAGE_SIZE];
};

/* The facts of a moment. */
struct moment {
	const char *address; /* the peer's, numeric */
	int64_t now; /* seconds since 1970 */
	const char *fingerprint; /* the client key's; NULL: not known */
	const struct suspensions *suspensions; /* in force, or NULL: none */
};

/* A request that may go on to its lines. */
struct grant {
	const struct profile *profile;
	const struct signing_key *key;
	const struct generation *generation; /* in force, or (--next) next */
	const char *format; /* a format_word's name */
	const char *namespace; /* of an SSH signature, or NULL */
};

/* The login.  On OK *ret is the client key. */
enum reason decide_login(const struct tree *, const char *user,
    const void *blob, size_t len, const struct moment *,
    const struct client_key **ret, struct verdict *ret_verdict);

/*
 * May this client still be here?  (suspended or not, source, expiry, profile's
 * dates)  Its hours do not matter: who may not sign now may ask why.
 */
enum reason decide_client(const struct tree *, const struct client_key *,
    const struct moment *, struct verdict *ret);

/* May this client use the verb at all, whoami and help included? */
enum reason decide_verb(const struct profile *, enum verb, struct verdict *ret);

/* And this of what log can be asked for? */
enum reason decide_log(
    const struct profile *, enum log_action, struct verdict *ret);

/*
 * sign, check, tsa, pubkey and cert: finds the key and the format (for pubkey
 * and cert only the key), fills in what was left out, and checks everything
 * that does not depend on a line.
 */
enum reason decide_request(const struct tree *, const struct client_key *,
    const struct command *, const struct moment *, struct grant *ret,
    struct verdict *ret_verdict);

/* Is there one to give for cert, which was granted? */
enum reason decide_certificate(
    const struct grant *, bool next, struct verdict *ret);

/* One line: number counts from 1.  Dates and hours are looked at again. */
enum reason decide_line(const struct grant *, const struct moment *,
    uint64_t number, enum hash, const char *name, struct verdict *ret);

/* Is it suspended (policy/suspension.h: suspensions_cover)?  OK, or not. */
enum reason decide_suspended(const struct suspensions *, enum subject,
    const char *name, struct verdict *ret);

/* Does the profile grant the key, for lists? */
bool grants_key(const struct profile *, const struct signing_key *);

#endif
