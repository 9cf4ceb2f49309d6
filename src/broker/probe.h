/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a signing key work?  Its token signs a digest in each format and with
 * each hash that the key allows, as for a client; the answer is verified as a
 * client would, and goes nowhere.  The digest is of a text that says what it
 * is, with the key, the time and a random number in it, so that it is nobody
 * else's.
 *
 * One signature at a time.  The first that fails ends it: a worker was likely
 * lost over it, and each further one would cost another.  A format that the
 * certificate's dates forbid failed, too, but costs nothing: the next is tried.
 */
#ifndef CS_BROKER_PROBE_H
#define CS_BROKER_PROBE_H

#include "base/text.h"
#include "broker/keyring.h"

struct probe;
struct service;

enum probe_outcome {
	PROBE_UNTRIED,
	PROBE_OK,
	PROBE_FAILED, /* for probe_reason */
};

struct probe_step {
	const struct format *format;
	enum hash hash;
	enum probe_outcome outcome;
	uint32_t us; /* in the token, when it is OK */
};

typedef void probe_fn(void *arg, struct probe *);

/*
 * Calls ended later, which frees it.  One that is patient waits while clients
 * do.  NULL: no memory.
 */
struct probe *probe_new(
    struct service *, struct key *, bool patient, probe_fn *ended, void *arg);
/* Before its end only when the workers are gone.  Accepts NULL. */
void probe_free(struct probe *);

/* Of one that has ended. */
const struct key *probe_key(const struct probe *);
/* OK, or why it failed. */
enum reason probe_reason(const struct probe *);
const char *probe_text(const struct probe *);
/* NULL after the last. */
const struct probe_step *probe_step(const struct probe *, size_t index);
size_t probe_count(const struct probe *, enum probe_outcome);

#endif
