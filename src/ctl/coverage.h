/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are a signing key's generations there when they are needed, and their
 * certificates valid then?  Of what is over by now nothing is said.
 */
#ifndef CS_CTL_COVERAGE_H
#define CS_CTL_COVERAGE_H

#include <stdint.h>

#include "ctl/tell.h"

/*
 * Tells a warning for each gap, with its dates.  now is in seconds since
 * 1970.  Returns how many.
 */
unsigned coverage_warn(
    const struct hearer *to, const struct signing_key *, int64_t now);

#endif
