/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time as somebody who asks about records writes them; UTC unless
 * an offset says otherwise.
 *
 *	2026-11-21			the day's first moment
 *	2026-11-21 14:00		also 14:00:05 and 14:00:05.123456
 *	2026-11-21T14:00:05+02:00	RFC 3339; the offset may be Z
 *	today, yesterday		their first moments
 *	-90s -30m -2h -7d		before now
 */
#ifndef CS_REVIEW_WHEN_H
#define CS_REVIEW_WHEN_H

#include <stdint.h>

#include "base/text.h"

/* Microseconds since 1970: 0, or -1 with reterr->what. */
int when_parse(const char *text, uint64_t now_us, uint64_t *ret_us,
    struct text_error *reterr);

#endif
