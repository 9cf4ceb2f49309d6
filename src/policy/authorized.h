/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of authorized_keys.d: one client key a line, as in sshd(8).
 */
#ifndef CS_POLICY_AUTHORIZED_H
#define CS_POLICY_AUTHORIZED_H

#include "policy/keyblob.h"
#include "policy/options.h"
#include "policy/private.h"

/* Bytes of a line, and of a principal. */
#define AUTHORIZED_LINE_MAX 16383
#define PRINCIPAL_MAX 128

struct authorized_line {
	struct key_options options;
	uint8_t blob[KEYBLOB_MAX];
	size_t blob_len;
	const char *principal; /* a view into the line */
};

/* One line that is neither blank nor a comment: 0, or -1 with reterr->what. */
int authorized_parse(
    const char *line, struct authorized_line *ret, struct text_error *reterr);

void authorized_read(struct intake *, const char *text, size_t len);

#endif
