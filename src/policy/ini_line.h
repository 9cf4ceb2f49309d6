/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one line of an INI text is, by rules that leave nothing to guess.
 */
#ifndef CS_POLICY_INI_LINE_H
#define CS_POLICY_INI_LINE_H

#include <stddef.h>

#include "base/text.h"

enum ini_kind {
	INI_NOTHING,
	INI_SECTION,
	INI_PAIR
};

/* Views into the line: a section's text between its brackets is its name. */
struct ini_line {
	enum ini_kind kind;
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

/* len bytes without the line's end: 0, or -1 with reterr->what. */
int ini_line_parse(const char *text, size_t len, struct ini_line *ret,
    struct text_error *reterr);

#endif
