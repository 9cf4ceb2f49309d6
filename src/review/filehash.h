/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file's digest under every hash that a line can name, for who has the
 * file and asks whether it was ever signed.
 */
#ifndef CS_REVIEW_FILEHASH_H
#define CS_REVIEW_FILEHASH_H

#include "base/text.h"
#include "base/words.h"

#define DIGEST_TEXT (2 * DIGEST_MAX + 1)

/* In hex, by enum hash (HASH_NONE is ""): 0, or -1 with reterr. */
int filehash(const char *path, char ret[HASH_COUNT][DIGEST_TEXT],
    struct text_error *reterr);

#endif
