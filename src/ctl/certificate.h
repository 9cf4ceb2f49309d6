/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said of a signing key's certificate without its token.
 */
#ifndef CS_CTL_CERTIFICATE_H
#define CS_CTL_CERTIFICATE_H

#include <stdint.h>
#include <stdio.h>

#include "policy/tree.h"

/*
 * Prints a warning for each thing an admin should know; nothing for a key
 * without a certificate.  now is in seconds since 1970.  Returns how many.
 */
unsigned certificate_warn(FILE *out, const struct signing_key *, int64_t now);

#endif
