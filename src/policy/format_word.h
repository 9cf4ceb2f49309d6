/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What policy knows of a format.
 */
#ifndef CS_POLICY_FORMAT_WORD_H
#define CS_POLICY_FORMAT_WORD_H

#include <stdbool.h>

#include "base/words.h"

/* What a format cannot do without: a set of bits. */
enum {
	FORMAT_NEEDS_CERTIFICATE = 1,
	FORMAT_NEEDS_OPENPGP = 2, /* an OpenPGP certificate */
	FORMAT_NEEDS_NAMESPACE = 4,
	FORMAT_NEEDS_POLICY = 8, /* tsa-policy */
	FORMAT_NEEDS_TRAILER = 16, /* --trailer */
	FORMAT_NEEDS_NAME = 32, /* a name with each line */
	FORMAT_NEEDS_RANDOM = 64, /* for a serial number */
	FORMAT_NEEDS_LISTING = 128, /* in the key's own `formats' */
	/* Of the certificate, beside keyUsage digitalSignature: */
	FORMAT_NEEDS_CODE_SIGNING = 256,
	FORMAT_NEEDS_TIME_STAMPING = 512, /* critical, and alone */
	/* What words of a key say something to it. */
	FORMAT_HAS_SIGNING_TIME = 1024,
	FORMAT_HAS_PREDICATE = 2048,
};

/* A format's name and class, from the format folder. */
struct format_word {
	const char *name;
	bool wrapped;
	unsigned needs;
	enum hash assumed; /* of lines, where nobody says; or HASH_NONE */
};

#endif
