/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said of the files beside a key's object before its token has
 * said which key that is: for who loads a tree (conf/load.h).
 */
#ifndef CS_FORMAT_KEY_CHECK_H
#define CS_FORMAT_KEY_CHECK_H

#include "base/words.h"
#include "policy/generation.h"

/*
 * Can it be read, and used for the formats that the key lists?  0, or -1 with
 * why not, which goes on a sentence that names the file.  Its dates are no
 * matter: time alone must not make a good tree a bad one.
 */
int key_file_check(const struct generation *, enum key_file, const char *text,
    char why[MESSAGE_SIZE]);

#endif
