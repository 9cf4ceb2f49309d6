/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TSTInfo (RFC 3161, 2.4.2) as libcrypto reads it, not as we wrote it.
 */
#ifndef CS_FORMAT_TSA_INFO_H
#define CS_FORMAT_TSA_INFO_H

#include "format/format.h"
#include "wire/query.h"

#define TSA_SERIAL FORMAT_RANDOM /* bytes */

/* What it must say, and no more.  Nothing of it is owned. */
struct tsa_info {
	const struct format_line *line;
	const struct format_settings *set;
	const struct query *query;
	const uint8_t *serial; /* TSA_SERIAL bytes of a DER INTEGER */
	int64_t now;
};

/* 0, or -1: it is none, or says something else. */
int tsa_info_check(const struct tsa_info *, const uint8_t *der, size_t len);

#endif
