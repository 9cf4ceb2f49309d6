/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first and the last record of a piece.
 */
#ifndef CS_BROKER_PIECES_END_H
#define CS_BROKER_PIECES_END_H

#include <stdbool.h>
#include <sys/types.h>

#include "audit/fields.h"
#include "broker/pieces.h"

/* Without its folder, for messages. */
const char *piece_name(const char *path);
/* reterr's text, with the piece's name before it: -1. */
int piece_error(const char *path, struct text_error *reterr);

/* The record that begins (or ends) at that place of the file: 0, or -1. */
int piece_record(int fd, off_t at, bool ends, struct fields *ret);
/*
 * Where a plain piece ends, after what a crash left behind it was cut off
 * (added to *ret_torn); ret->seq is 0 when it has no record.  0, or -1.
 */
int piece_end(int fd, struct chain *ret, size_t *ret_torn, off_t *ret_end,
    struct text_error *reterr);
/* The end of a piece that is not written any more, of either kind. */
int piece_closed_end(const char *file, const struct segment *,
    struct pieces_found *, struct text_error *reterr);

#endif
