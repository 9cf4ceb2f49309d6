/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A value as it stands between the quotes of a record's field.
 */
#ifndef CS_AUDIT_VALUE_H
#define CS_AUDIT_VALUE_H

#include <stddef.h>

#include "audit/record.h"

/*
 * Escapes and, where it must, cuts a value as record.h says.  Returns the
 * length, at most max, which is at most RECORD_VALUE_MAX; ret is not
 * terminated.
 */
size_t value_write(
    const void *, size_t len, char ret[RECORD_VALUE_MAX], size_t max);

#endif
