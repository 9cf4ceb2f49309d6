/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker's PIN: from the file that its token's section names, or from a
 * descriptor that a more privileged process opened.
 */
#ifndef CS_TOKEN_PINFILE_H
#define CS_TOKEN_PINFILE_H

#include "base/text.h"
#include "wire/type.h"

struct pinfile {
	char *pin; /* secret memory */
	uint8_t stamp[WIRE_STAMP]; /* changes whenever the file does */
};

/*
 * fd is the credential's descriptor, or -1 to open path, which must be a
 * file that we own and nobody else can read.  0, or -1 with reterr; the
 * stamp is of the very file that the PIN was read from.
 */
int pinfile_load(
    const char *path, int fd, struct pinfile *ret, struct text_error *reterr);

/* Wipes; does no harm twice. */
void pinfile_release(struct pinfile *);

#endif
