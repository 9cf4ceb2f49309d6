/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files beside keys' objects, once the tree around them is finished.
 */
#ifndef CS_CONF_KEY_FILES_H
#define CS_CONF_KEY_FILES_H

#include "conf/load.h"

/*
 * Has each file looked at that generations from `first' on have; what is wrong
 * is told with the line of its word.  Returns how many.  check may be NULL.
 */
unsigned key_files_look(const struct tree *, size_t first, conf_file_fn *check,
    text_error_fn *told, void *told_arg);

#endif
