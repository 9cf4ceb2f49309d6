/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a probe signs: a line like a client's, of a text that says what it is.
 */
#ifndef CS_BROKER_PROBE_SUBJECT_H
#define CS_BROKER_PROBE_SUBJECT_H

#include "broker/probe.h"
#include "broker/terms.h"
#include "format/format.h"
#include "wire/request.h"

struct probe_subject {
	uint8_t digest[DIGEST_MAX], random[FORMAT_RANDOM];
	struct format_line line;
	uint8_t extra[LINE_EXTRA_MAX];
	struct terms *terms;
	struct format_key key;
	struct making making; /* of the above, which must stay where it is */
};

/* For this format and hash, from its first signature on: 0, or -1. */
int probe_subject_make(
    struct probe_subject *, const struct key *, const struct probe_step *);
void probe_subject_release(struct probe_subject *);

#endif
