/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates made on the spot.
 */
#ifndef CS_TESTS_CTL_SUPPORT_CERTIFICATE_H
#define CS_TESTS_CTL_SUPPORT_CERTIFICATE_H

#include <stdint.h>

#define NOW INT64_C(1795232243)
#define DAY 86400

/* What a group of tests begins and ends with: the certificates' key. */
int make_pkey(void **state);
int free_pkey(void **state);

/* As PEM, valid from and until days from NOW; free. */
char *make_certificate(
    const char *constraints, const char *usage, long from, long until);

#endif
