/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The closed list of outcomes: the enum, the fixed word in records and
 * answers, the exit code that ssh hands to the client, and a sentence.
 *
 * Words never change once released.  countersign-protocol(7) lists them all;
 * a test holds it to this list.
 */
#ifndef CS_BASE_REASON_H
#define CS_BASE_REASON_H

#include <stdint.h>

#define REASONS(X)                                                            \
	X(OK, "ok", 0, "done")                                                \
	X(USAGE, "usage", 64, "the command was not understood")               \
	X(BAD_INPUT, "bad-input", 65, "the input could not be read")          \
	X(NOT_FOUND, "not-found", 65,                                         \
	    "no signature of this digest with a key of yours is on record")   \
	X(TOO_MANY_LINES, "too-many-lines", 77, "more lines than allowed")    \
	X(TOKEN_UNAVAILABLE, "token-unavailable", 69,                         \
	    "the token cannot sign right now")                                \
	X(TOKEN_TIMEOUT, "token-timeout", 69, "the token did not answer")     \
	X(TOKEN_PIN, "token-pin", 69, "the token refused its PIN")            \
	X(TOKEN_FAILED, "token-failed", 69, "the token reported an error")    \
	X(TOKEN_WRONG, "token-wrong-answer", 69,                              \
	    "the token's signature did not verify")                           \
	X(KEY_MISSING, "key-missing", 69, "the token has no such object")     \
	X(KEY_UNFIT, "key-unfit", 69,                                         \
	    "the key's attributes are not acceptable")                        \
	X(AUDIT_UNAVAILABLE, "audit-unavailable", 69,                         \
	    "the record could not be written, so nothing was signed")         \
	X(STATE_UNAVAILABLE, "state-unavailable", 69,                         \
	    "what was used up could not be kept, so nothing was signed")      \
	X(INTERNAL, "internal", 70, "internal error")                         \
	X(DRAINING, "draining", 75, "the service is stopping; try again")     \
	X(BUSY, "busy", 75, "too many requests are waiting; try again")       \
	X(RATE, "rate", 75, "more lines than the rate allows; try again")     \
	X(PER_DAY, "per-day", 75, "the day's lines are spent; try again")     \
	X(CONCURRENCY, "concurrency", 75,                                     \
	    "as many requests as allowed are running; try again")             \
	X(VERB, "verb", 77, "the profile does not allow this verb")           \
	X(KEY_UNKNOWN, "key-unknown", 77, "the profile grants no such key")   \
	X(FORMAT, "format", 77, "this format is not allowed")                 \
	X(HASH, "hash", 77, "this hash is not allowed")                       \
	X(TSA_POLICY, "tsa-policy", 77,                                       \
	    "the key makes time-stamps under another policy")                 \
	X(NAMESPACE, "namespace", 77, "this namespace is not allowed")        \
	X(USE, "use", 77, "the key's use does not allow this format")         \
	X(NAME, "name", 77, "the profile does not allow this name")           \
	X(NOT_BEFORE, "not-before", 77, "not valid yet")                      \
	X(NOT_AFTER, "not-after", 77, "not valid any more")                   \
	X(CERTIFICATE_DATES, "certificate-dates", 77,                         \
	    "the key's certificate is not valid now")                         \
	X(HOURS, "hours", 77, "not at this time")                             \
	X(SOURCE, "source", 77, "not from this address")                      \
	X(SUSPENDED, "suspended", 77, "it is suspended")                      \
	X(NOT_LISTED, "not-listed", 77, "the digest is not in the list")      \
	X(LIST_UNAVAILABLE, "list-unavailable", 77,                           \
	    "the list of digests cannot be read")                             \
	X(EXPIRED, "expired", 77, "the client key has expired")               \
	X(NO_PROFILE, "no-profile", 78, "this client key has no profile")     \
	X(CLIENT_UNKNOWN, "client-unknown", 78, "unknown client key")         \
	X(USER, "user", 78, "not the configured user name")                   \
	X(CERTIFICATE, "certificate", 78, "certificates are not accepted")    \
	X(KEY_TYPE, "key-type", 78, "this client key type is not accepted")   \
	X(BAD_SIGNATURE, "bad-signature", 78, "the login signature is wrong") \
	X(LOGIN_GRACE, "login-grace", 78, "no login within the time allowed") \
	X(SECOND_KEY, "second-key", 78, "a second client key is missing")     \
	X(REMOVED, "removed", 78, "the client key was removed")

#define REASON_ENUM(name, word, code, text) REASON_##name,
enum reason {
	REASONS(REASON_ENUM) REASON_COUNT
};
#undef REASON_ENUM

const char *reason_word(enum reason);
const char *reason_text(enum reason);
int reason_exit(enum reason);

#endif
