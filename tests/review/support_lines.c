/* SPDX-License-Identifier: Apache-2.0 */
#include "support_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

void
line_make(struct record *r, struct chain *chain, enum event event,
    const struct pair *pairs, const char *text)
{
	const struct record_origin origin = { "signer1", 812 };

	record_begin(r, event, &origin, chain,
	    LINES_START_US + chain->seq * UINT64_C(1000000));
	for (; pairs->name != NULL; pairs++)
		record_add(r, pairs->name, pairs->value);
	assert_int_equal(record_finish(r, chain, text), 0);
	r->line[--r->len] = '\0';
}

static const struct pair start[] = { { "version", "0.1" },
	{ "tree", LINES_DIGEST }, { "separated", "yes" }, { "repaired", "17" },
	{ NULL, NULL } };

static const struct pair stop[] = { { "why", "SIGTERM" },
	{ "signatures", "4711" }, { NULL, NULL } };

static const struct pair reload[] = { { "tree", LINES_DIGEST },
	{ "outcome", "ok" }, { NULL, NULL } };

static const struct pair reloadfail[] = { { "tree", LINES_DIGEST },
	{ "outcome", "failed" }, { "errors", "2" },
	{ "error", "profiles.d/ci.conf:3: unknown word \"kez\"" },
	{ NULL, NULL } };

static const struct pair auth[] = { { "profile", "ci" }, { "conn", "3" },
	{ "principal", "build01" }, { "fp", LINES_PRINT },
	{ "src", "10.2.0.7" }, { "port", "40222" }, { "outcome", "ok" },
	{ NULL, NULL } };

static const struct pair authfail[] = { { "conn", "4" }, { "fp", LINES_PRINT },
	{ "src", "2001:db8::7" }, { "port", "40223" }, { "user", "root" },
	{ "outcome", "refused" }, { "reason", "client-unknown" },
	{ NULL, NULL } };

static const struct pair sign[] = { { "id", "5f2c-3-1" }, { "profile", "ci" },
	{ "conn", "3" }, { "principal", "build01" }, { "fp", LINES_PRINT },
	{ "src", "10.2.0.7" }, { "verb", "sign" }, { "key", "release" },
	{ "keyfp", LINES_PRINT }, { "format", "cms" }, { "line", "1" },
	{ "hash", "sha256" }, { "digest", LINES_DIGEST }, { "name", "fw.bin" },
	{ "mech", "CKM_ECDSA" }, { "sig", LINES_PRINT }, { "outcome", "ok" },
	{ "us", "1830" }, { "notify", "mail" }, { NULL, NULL } };

static const struct pair deny[] = { { "id", "5f2c-3-2" }, { "profile", "ci" },
	{ "conn", "3" }, { "principal", "build01" }, { "fp", LINES_PRINT },
	{ "src", "10.2.0.7" }, { "verb", "sign" }, { "asked-key", "root" },
	{ "outcome", "refused" }, { "reason", "key-unknown" },
	{ "rule", "profiles.d/ci.conf:2" }, { NULL, NULL } };

static const struct pair token[] = { { "what", "login" }, { "token", "soft" },
	{ "worker", "0" }, { "pid", "913" }, { "label", "prod" },
	{ "serial", "8a1b" }, { "model", "SoftHSM v2" }, { "firmware", "2.6" },
	{ "outcome", "ok" }, { NULL, NULL } };

static const struct pair limit[] = { { "what", "disk" }, { "free", "1048576" },
	{ "threshold", "268435456" }, { "outcome", "low" }, { NULL, NULL } };

static const struct pair clock_step[] = { { "what", "step" },
	{ "from", "2026-11-21T03:37:23.000000Z" },
	{ "to", "2026-11-21T02:37:23.000000Z" }, { "step", "-3600000000" },
	{ NULL, NULL } };

static const struct pair checkpoint[] = { { "origin", "signer1/countersign" },
	{ "size", "11" },
	{ "root", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" },
	{ "signature", "AAAA" }, { "why", "time" }, { NULL, NULL } };

static const struct pair suspend[] = { { "what", "key" }, { "key", "release" },
	{ "by", "root" }, { "why", "stolen" }, { "sessions", "2" },
	{ NULL, NULL } };

static const struct pair resume[] = { { "what", "key" }, { "key", "release" },
	{ "by", "root" }, { NULL, NULL } };

const struct pair *
pairs_of(enum event event)
{
	static const struct pair *const all[EVENT_COUNT] = {
		[EVENT_START] = start,
		[EVENT_STOP] = stop,
		[EVENT_RELOAD] = reload,
		[EVENT_RELOADFAIL] = reloadfail,
		[EVENT_AUTH] = auth,
		[EVENT_AUTHFAIL] = authfail,
		[EVENT_SIGN] = sign,
		[EVENT_DENY] = deny,
		[EVENT_TOKEN] = token,
		[EVENT_LIMIT] = limit,
		[EVENT_CLOCK] = clock_step,
		[EVENT_CHECKPOINT] = checkpoint,
		[EVENT_SUSPEND] = suspend,
		[EVENT_RESUME] = resume,
	};

	/* An event that nobody added here is a test that was forgotten. */
	assert_non_null(all[event]);
	return all[event];
}
