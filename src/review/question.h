/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a value of a question may look like, and what it is turned into
 * before it is compared.
 */
#ifndef CS_REVIEW_QUESTION_H
#define CS_REVIEW_QUESTION_H

#include "base/text.h"

#define QUESTION_SIZE 512

/* 0 and the value to compare with, or -1 with reterr. */
typedef int question_check(const char *value, char ret[static QUESTION_SIZE],
    struct text_error *reterr);

question_check question_any, question_event, question_outcome, question_reason,
    question_print, question_digest, question_source;

/* "42", "42-", "42-99": 0, or -1 with reterr. */
int question_range(const char *value, uint64_t *ret_first, uint64_t *ret_last,
    struct text_error *reterr);

#endif
