/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that several words share.  Each is a value_fn (policy/section.h);
 * the comment says what its field is.
 */
#ifndef CS_POLICY_VALUE_H
#define CS_POLICY_VALUE_H

#include "policy/section.h"

/* The longest path. */
#define VALUE_PATH_MAX 1023

value_fn value_u16, value_u32, value_u64; /* min to max */
value_fn value_seconds; /* uint32_t; "30s", "10m" */
value_fn value_yes; /* bool; yes or no */
value_fn value_no; /* the same, true for no */
value_fn value_date; /* int64_t */
value_fn value_text; /* const char *; at most max bytes, printable */
value_fn value_path; /* const char *; absolute from the file's folder */
value_fn value_user; /* const char *; a user's name */
value_fn value_token; /* const struct token_conf * */
value_fn value_object; /* const char *; a pkcs11: URI */
value_fn value_tag; /* const char *; a name shorter than TAG_SIZE */

value_fn value_address; /* const char *; as sshd's from= has it */
value_fn value_hours; /* const struct hours * (policy/zones.h) */
value_fn value_rate; /* struct rate */
value_fn value_priority; /* enum priority */
value_fn value_on_exceed; /* bool; refuse or suspend */
value_fn value_digests; /* struct digests_from */

/* struct names of verbs, globs, and names of variables */
value_fn value_verbs, value_globs, value_env;
/* struct names of names, hashes, formats */
value_fn value_names, value_hashes, value_formats;

/*
 * Cuts a list into the tree's memory; each item is checked by check (may be
 * NULL), which gets arg.  0, or -1 with reterr->what.
 */
typedef int item_fn(
    const void *arg, const char *item, struct text_error *reterr);
int value_list(const struct place *, const char *value, bool commas, item_fn *,
    const void *arg, struct names *ret, struct text_error *reterr);
bool names_have(const struct names *, const char *);
/* The set of 1u << enum hash. */
unsigned names_hashes(const struct names *);

/* The tree's copy of a text; NULL with reterr: no memory. */
const char *place_text(
    const struct place *, const char *, struct text_error *reterr);
/* text as a path from the file's folder, in the tree's memory, or NULL. */
const char *place_path(
    const struct place *, const char *, struct text_error *reterr);

#endif
