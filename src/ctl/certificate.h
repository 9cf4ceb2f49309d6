/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said of a signing key's certificate without its token.
 */
#ifndef CS_CTL_CERTIFICATE_H
#define CS_CTL_CERTIFICATE_H

#include <stdint.h>

#include "ctl/tell.h"

/*
 * Tells a warning for each thing an admin should know; nothing for a
 * generation without a certificate.  now is in seconds since 1970.  Returns
 * how many.
 */
unsigned certificate_warn(
    const struct hearer *to, const struct generation *, int64_t now);

/* When a PEM certificate is valid: 0, or -1 (it is none). */
int certificate_dates(const char *pem, int64_t *ret_from, int64_t *ret_until);

/* "generation b of key release", or "key release" for its own object. */
#define GENERATION_WHO 160
const char *generation_who(
    const struct generation *, char ret[static GENERATION_WHO]);

#endif
