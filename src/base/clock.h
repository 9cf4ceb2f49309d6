/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wall and monotonic time in microseconds, and RFC 3339 text.
 */
#ifndef CS_BASE_CLOCK_H
#define CS_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define CLOCK_TEXT 32

uint64_t clock_wall_us(void); /* since 1970, UTC */
uint64_t clock_mono_us(void);
/* 2026-11-21T03:37:23.123456Z */
void clock_text(uint64_t wall_us, char ret[static CLOCK_TEXT]);

#endif
