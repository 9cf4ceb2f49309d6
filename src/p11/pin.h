/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PIN from an open file.  The space is the caller's, and should come from
 * base/secret.
 */
#ifndef CS_P11_PIN_H
#define CS_P11_PIN_H

#include <stddef.h>

#include "base/text.h"

#define PIN_SIZE 256 /* with its NUL */

/*
 * Reads the one line that the file holds, without the line's end; the file's
 * position is neither used nor moved, for several workers share one.
 * Returns 0, or -1 with reterr (which never quotes the file).
 */
int pin_read(int fd, char ret[static PIN_SIZE], size_t *ret_len,
    struct text_error *reterr);

#endif
