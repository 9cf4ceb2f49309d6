/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's time in answers for people and JSON.
 */
#ifndef CS_FORMAT_WHEN_H
#define CS_FORMAT_WHEN_H

#include <stdint.h>

#define WHEN_SIZE 32

/* "2026-12-01T00:00:00Z" (RFC 3339): 0, or -1: not of 1970 to 9999. */
int when_text(int64_t seconds, char ret[static WHEN_SIZE]);

#endif
