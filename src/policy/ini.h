/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The strict reading of one INI text.
 *
 * libinih cuts the text into names and values; this module refuses
 * beforehand everything that libinih would swallow in silence: over-long
 * lines, NUL, bad UTF-8, indented lines, junk after a section, a broken
 * section, a ':' used as separator, a key outside a section, an empty name,
 * value or section, and ambiguous inline comments.  A section or a name given
 * twice is an error too.
 */
#ifndef CS_POLICY_INI_H
#define CS_POLICY_INI_H

#include "base/text.h"

/* Bytes of a line without its end, and of a file. */
#define INI_LINE_MAX 4095
#define INI_FILE_MAX (16u << 20)

/*
 * One "name = value"; section is "kind" or "kind NAME" as written.  Returns
 * 0, or -1 after text_fail(reterr, line, …).  Also called once at the start
 * of each section, with name and value NULL; the lines of a section that was
 * refused so are passed over.
 */
typedef int ini_fn(void *arg, const char *section, const char *name,
    const char *value, unsigned line, struct text_error *reterr);

/* Reports each bad line to told (file unset); returns how many there were. */
typedef void text_error_fn(void *arg, const struct text_error *);
unsigned ini_read(const char *text, size_t len, ini_fn *, void *arg,
    text_error_fn *told, void *told_arg);

#endif
