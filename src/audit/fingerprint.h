/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fingerprint of a configuration tree: SHA-256 over each file's name, a
 * NUL, the length of its text (u64, big-endian) and its text, in the order in
 * which they are added.  Same files, same fingerprint.
 */
#ifndef CS_AUDIT_FINGERPRINT_H
#define CS_AUDIT_FINGERPRINT_H

#include <stddef.h>

#define TREE_FINGERPRINT_SIZE 65 /* hex and a NUL */

struct tree_fingerprint;

/* NULL: no memory. */
struct tree_fingerprint *tree_fingerprint_new(void);
void tree_fingerprint_free(struct tree_fingerprint *);
/* arg is the struct tree_fingerprint: fits conf_load's `seen`. */
void tree_fingerprint_add(
    void *arg, const char *file, const void *text, size_t len);
/* Once, after the last file: 0, or -1 when libcrypto failed anywhere. */
int tree_fingerprint_end(
    struct tree_fingerprint *, char ret[static TREE_FINGERPRINT_SIZE]);

#endif
