/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which PIN file was refused by a token: state-dir/pin-refused-TOKEN holds its
 * stamp, so that no restart tries the same PIN again.
 */
#ifndef CS_BROKER_PIN_STATE_H
#define CS_BROKER_PIN_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "wire/type.h"

/* How many bytes the stamp has; 0: none is kept. */
size_t pin_state_load(
    const char *dir, const char *token, uint8_t ret[WIRE_STAMP]);
/* 0, or -1 with errno. */
int pin_state_save(
    const char *dir, const char *token, const uint8_t *stamp, size_t len);
void pin_state_clear(const char *dir, const char *token);

#endif
