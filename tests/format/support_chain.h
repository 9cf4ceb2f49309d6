/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates made on the spot, for the test keys.
 */
#ifndef CS_TESTS_FORMAT_SUPPORT_CHAIN_H
#define CS_TESTS_FORMAT_SUPPORT_CHAIN_H

#include "format/certificate.h"
#include "support_format.h"

#define TEST_DAY 86400

struct test_leaf {
	const char *key_usage; /* "critical,digitalSignature"; NULL: none */
	const char *extended; /* extendedKeyUsage, the same */
	const char *constraints; /* basicConstraints, the same */
	char *comment; /* nsComment */
	long from, until; /* days from test_making's time; both 0: a year */
};

/* PEM of a CA's own certificate, as long as the keys are there. */
const char *test_ca(void);
/* PEM of one that the CA issued; NULL: a plain one.  free. */
char *test_leaf(const struct test_key *, const struct test_leaf *);
/* The same, followed by the CA's. */
char *test_chain(const struct test_key *, const struct test_leaf *);
/* And parsed; certificate_free. */
struct certificate *test_certificate(
    const struct test_key *, const struct test_leaf *);

/* Before test_keys_free. */
void test_ca_free(void);

#endif
