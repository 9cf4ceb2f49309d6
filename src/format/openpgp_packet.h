/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenPGP packets (RFC 4880, 4 and 3.2), read bounded and written.
 */
#ifndef CS_FORMAT_OPENPGP_PACKET_H
#define CS_FORMAT_OPENPGP_PACKET_H

#include "base/buf.h"
#include "base/cursor.h"

enum packet_tag {
	PACKET_SIGNATURE = 2,
	PACKET_PUBLIC_KEY = 6,
	PACKET_USER_ID = 13,
	PACKET_PUBLIC_SUBKEY = 14,
	PACKET_USER_ATTRIBUTE = 17,
};

/* A new-form head, and the body. */
void packet_add(struct buf *, enum packet_tag, const void *body, size_t len);
/*
 * The next packet's tag and body; heads of both forms, but no partial or
 * indeterminate lengths.  At the end of a reader, or when it goes bad, 0.
 */
unsigned packet_get(struct reader *, struct reader *ret_body);

/* A number from any number of bytes; 0 has no bits. */
void mpi_add(struct buf *, const uint8_t *number, size_t len);
/*
 * A number that fits len bytes, with zeros in front.  The reader goes bad when
 * it does not, or when it says another length than it has.
 */
void mpi_get(struct reader *, uint8_t *ret, size_t len);

#endif
