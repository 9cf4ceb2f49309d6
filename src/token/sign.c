/* SPDX-License-Identifier: Apache-2.0 */
#include "token/sign.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "p11/rv.h"
#include "token/operation.h"

static bool
refuse(struct job_result *ret, enum reason reason, const char *text)
{
	ret->reason = reason;
	text_copy(ret->text, sizeof(ret->text), text);
	return true;
}

/* After an error that is not about our arguments the state is unknown. */
static bool
fail(struct job_result *ret, const char *call, CK_RV rv)
{
	ret->reason = REASON_TOKEN_FAILED;
	snprintf(ret->text, sizeof(ret->text), "%s: %s", call, rv_name(rv));
	return rv_is_argument(rv);
}

/* Wrong once, wrong for ever: nothing else from this process is believed. */
static bool
wrong(struct job_result *ret, const char *text)
{
	refuse(ret, REASON_TOKEN_WRONG, text);
	return false;
}

static bool
sign_and_verify(const struct login *l, struct key *k, const struct job *job,
    struct operation *o, uint8_t *space, struct job_result *ret)
{
	const struct p11_session *s = &l->session;
	CK_ULONG len = k->signature_len;
	static uint8_t input[WIRE_INPUT];
	CK_RV rv;

	/* C_Sign takes no const; the job stays as the broker sent it. */
	memcpy(input, o->input, o->len);
	rv = s->fn->C_SignInit(s->handle, &o->mechanism, k->handle);
	if (rv != CKR_OK)
		return fail(ret, "C_SignInit", rv);
	rv = s->fn->C_Sign(s->handle, input, o->len, space, &len);
	if (rv != CKR_OK)
		return fail(ret, "C_Sign", rv);
	if (len != k->signature_len)
		return wrong(ret, "the signature has another length");
	if (!verifier_accepts(k->verifier, job->mech, job->hash, job->input,
		job->len, space, len))
		return wrong(ret, "the signature does not verify");
	ret->reason = REASON_OK;
	ret->signature = space;
	ret->len = len;
	return true;
}

bool
sign_job(const struct login *l, struct key *k, const struct job *job,
    uint8_t space[static WIRE_SIGNATURE], struct job_result *ret)
{
	uint64_t start = clock_mono_us();
	struct text_error err = { 0 };
	struct operation o;
	enum reason reason;
	bool go_on;

	*ret = (struct job_result){ .job = job->job };
	if (k == NULL)
		return refuse(ret, REASON_KEY_MISSING, "no such key was added");
	if ((k->mechs & mech_bit(job->mech, job->hash)) == 0)
		return refuse(ret, REASON_KEY_UNFIT,
		    "the key does not do this mechanism");
	if (!operation_init(
		&o, k->type, job->mech, job->hash, job->input, job->len))
		return refuse(ret, REASON_INTERNAL,
		    "the input is not as long as its hash");
	reason = key_recheck(l, k, start, &err);
	if (reason != REASON_OK) {
		refuse(ret, reason, err.what);
		return reason != REASON_TOKEN_FAILED;
	}
	go_on = sign_and_verify(l, k, job, &o, space, ret);
	ret->us = (uint32_t)(clock_mono_us() - start);
	return go_on;
}
