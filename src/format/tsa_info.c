/* SPDX-License-Identifier: Apache-2.0 */
#include "format/tsa_info.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ts.h>
#include <string.h>
#include <time.h>

#include "format/algorithm.h"

static bool
is_policy(TS_TST_INFO *info, const char *policy)
{
	const ASN1_OBJECT *oid = TS_TST_INFO_get_policy_id(info);
	char text[OID_TEXT];

	return OBJ_obj2txt(text, sizeof(text), oid, 1) < (int)sizeof(text) &&
	    strcmp(text, policy) == 0;
}

static bool
is_imprint(TS_TST_INFO *info, const struct format_line *line)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	const ASN1_OCTET_STRING *digest = TS_MSG_IMPRINT_get_msg(imprint);
	const ASN1_OBJECT *oid;

	X509_ALGOR_get0(&oid, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
	return OBJ_obj2nid(oid) == OBJ_txt2nid(algorithm_hash(line->hash)) &&
	    (size_t)ASN1_STRING_length(digest) == line->len &&
	    memcmp(ASN1_STRING_get0_data(digest), line->digest, line->len) == 0;
}

static bool
is_time(const TS_TST_INFO *info, int64_t now)
{
	struct tm tm;

	return ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm) == 1 &&
	    timegm(&tm) == now;
}

/* The bytes of a DER INTEGER; len 0: there is none. */
static bool
is_number(const ASN1_INTEGER *number, const uint8_t *want, size_t len)
{
	uint8_t *der = NULL;
	int der_len;
	bool same;

	if (number == NULL || len == 0)
		return number == NULL && len == 0;
	der_len = i2d_ASN1_INTEGER(number, &der);
	same = der_len == (int)len + 2 && memcmp(der + 2, want, len) == 0;
	OPENSSL_free(der);
	return same;
}

static bool
is_accuracy(TS_TST_INFO *info, uint32_t seconds)
{
	TS_ACCURACY *accuracy = TS_TST_INFO_get_accuracy(info);

	if (accuracy == NULL || seconds == 0)
		return accuracy == NULL && seconds == 0;
	return ASN1_INTEGER_get(TS_ACCURACY_get_seconds(accuracy)) ==
	    (long)seconds &&
	    TS_ACCURACY_get_millis(accuracy) == NULL &&
	    TS_ACCURACY_get_micros(accuracy) == NULL;
}

static bool
says(TS_TST_INFO *info, const struct tsa_info *want)
{
	const struct query *query = want->query;

	return TS_TST_INFO_get_version(info) == 1 &&
	    is_policy(info, want->set->tsa_policy) &&
	    is_imprint(info, want->line) &&
	    is_number(TS_TST_INFO_get_serial(info), want->serial, TSA_SERIAL) &&
	    is_time(info, want->now) &&
	    is_accuracy(info, want->set->tsa_accuracy_s) &&
	    TS_TST_INFO_get_ordering(info) == 0 &&
	    is_number(
		TS_TST_INFO_get_nonce(info), query->nonce, query->nonce_len) &&
	    TS_TST_INFO_get_tsa(info) == NULL &&
	    TS_TST_INFO_get_ext_count(info) <= 0;
}

int
tsa_info_check(const struct tsa_info *want, const uint8_t *der, size_t len)
{
	const uint8_t *at = der;
	TS_TST_INFO *info = NULL;
	int rv = -1;

	if (len <= LONG_MAX)
		info = d2i_TS_TST_INFO(NULL, &at, (long)len);
	if (info != NULL && at == der + len && says(info, want))
		rv = 0;
	TS_TST_INFO_free(info);
	if (rv == -1)
		ERR_clear_error();
	return rv;
}
