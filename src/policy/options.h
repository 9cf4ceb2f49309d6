/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options before a key in a line of authorized_keys: sshd(8)'s syntax,
 * and of its options those that can be kept.
 */
#ifndef CS_POLICY_OPTIONS_H
#define CS_POLICY_OPTIONS_H

#include <stdint.h>

#include "base/text.h"
#include "base/words.h"

#define OPTION_VALUE_SIZE 2048

struct key_options {
	char profile[NAME_SIZE]; /* empty: not given */
	char from[OPTION_VALUE_SIZE]; /* empty: not given */
	int64_t expiry; /* 0: not given */
};

/*
 * Reads options up to the first blank outside of quotes and moves *at there:
 * 0, or -1 with reterr->what.
 */
int key_options_parse(
    const char **at, struct key_options *ret, struct text_error *reterr);

#endif
