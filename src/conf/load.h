/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a configuration tree from its folder: which files, in what order
 * (bytes), with owner and mode checked.  Names that begin with a dot or end
 * in '~' are passed over, as in other drop-in folders; in the folders of
 * *.conf files any other name is an error.
 */
#ifndef CS_CONF_LOAD_H
#define CS_CONF_LOAD_H

#include "policy/tree.h"

#define CONF_DIR "/etc/countersign"

/*
 * Sees each file that made it into the tree, certificates and time zones
 * included, in an order that the tree alone decides: for who wants a
 * fingerprint of it.
 */
typedef void conf_seen_fn(
    void *arg, const char *file, const void *text, size_t len);

/*
 * The whole tree.  Every error is told, its file named as below dir; NULL when
 * there was one outside of tenants' own files.  Tenants with an error get what
 * they had when the tree was last taken (conf/tenants.h); which they are
 * stands in the tree.  seen may be NULL.
 */
struct tree *conf_load(const char *dir, const struct format_word *formats,
    size_t count, conf_seen_fn *seen, void *seen_arg, text_error_fn *told,
    void *told_arg);

/*
 * Looks at a file that stands beside a key's object (format/key_check.h), for
 * conf knows nothing of certificates: 0, or -1 with why it is refused.
 */
typedef int conf_file_fn(const struct generation *, enum key_file,
    const char *text, char why[MESSAGE_SIZE]);

/*
 * The same with the tree that is in force, or NULL, which says whose a client
 * key is among tenants.
 */
struct conf_source {
	const char *dir;
	const struct format_word *formats;
	size_t format_count;
	const struct tree *before;
	conf_file_fn *check; /* NULL: such files are read only */
	conf_seen_fn *seen; /* or NULL */
	void *seen_arg;
	text_error_fn *told;
	void *told_arg;
};
struct tree *conf_load_from(const struct conf_source *);

/* Only countersign.conf and tokens.d, for who starts the processes. */
struct tree *conf_load_server(
    const char *dir, text_error_fn *told, void *told_arg);

/* Tells one error as "file:line: text" through log_warn. */
void conf_tell(void *arg, const struct text_error *);

#endif
