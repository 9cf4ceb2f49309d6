/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record in a line of JSON: its member "event.original".
 *
 * What json.h wrote must still say what the record says, or somebody who
 * reads the members (jq, lnav) would be told something else than somebody who
 * verifies the record.  JSON of others, which has none of our own names, may
 * say what it likes beside the record.
 */
#ifndef CS_REVIEW_JSON_READ_H
#define CS_REVIEW_JSON_READ_H

#include "base/text.h"

/* 0 and the record, of at most size bytes; or -1 with reterr. */
int json_read(const char *line, size_t len, char *ret, size_t size,
    size_t *ret_len, struct text_error *reterr);

#endif
