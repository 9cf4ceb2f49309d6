/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STATE-DIR/running: the texts of all files of the tree that the service took
 * last, so that others can say what a reload would change, and what a file
 * said before it was broken.
 *
 *	countersign-running 1
 *	file LENGTH NAME	below the tree's folder, or absolute
 *	TEXT			LENGTH bytes and an LF
 *	...
 *	end FINGERPRINT		of the tree, as in the START record
 *
 * Names come as conf_load's `seen` has them; certificates and time zones are
 * among them, PINs are not.  What is read back is hostile until it is read: all
 * of it has to be what we write, or none counts.
 */
#ifndef CS_CONF_SNAPSHOT_H
#define CS_CONF_SNAPSHOT_H

#include "conf/load.h"

#define SNAPSHOT_FILE "running"
#define SNAPSHOT_PRINT 64 /* hex digits of a fingerprint */

struct snapshot_entry {
	const char *file;
	const char *text; /* a NUL follows, which len does not count */
	size_t len;
};

struct snapshot {
	char *data; /* what the entries point into */
	struct snapshot_entry *list;
	size_t count;
	char fingerprint[SNAPSHOT_PRINT + 1];
};

/*
 * 0, or -1 with reterr (its file is the path).  Who believes what it says
 * compares the fingerprint with that of what snapshot_each hands out.
 */
int snapshot_load(
    const char *state_dir, struct snapshot *ret, struct text_error *reterr);
/* The same from a text with a NUL behind its len bytes, which is cut up and
 * becomes the snapshot's (free); on failure it stays the caller's. */
int snapshot_read(
    char *text, size_t len, struct snapshot *ret, struct text_error *reterr);
void snapshot_release(struct snapshot *);

/* Those whose names begin with prefix, in the order in which they were read. */
void snapshot_each(
    const struct snapshot *, const char *prefix, conf_seen_fn *, void *arg);

/* Takes those out whose names begin with prefix. */
void snapshot_drop(struct snapshot *, const char *prefix);

/*
 * The tree that the texts make, in the folder dir; NULL: told why not.  It
 * does not read any file.
 */
struct tree *snapshot_tree(const struct snapshot *, const char *dir,
    const struct format_word *formats, size_t count, text_error_fn *told,
    void *told_arg);

/* Gives the tree those of its time zones that the texts have. */
void snapshot_zones(struct tree *, const struct snapshot *);

/*
 * Writing: texts are spooled to a file without a name while the tree is read,
 * which is put in place once the tree was taken.  Errors are kept until then.
 */
struct spool {
	int fd;
	int error; /* errno; 0: none */
};

void spool_init(struct spool *, const char *state_dir);
/* arg is the spool: fits conf_load's `seen`. */
void spool_add(void *arg, const char *file, const void *text, size_t len);
/*
 * 0, or -1 with errno, and then there is no snapshot any more: an old one
 * would be wrong.  Takes its time.
 */
int spool_publish(
    struct spool *, const char *state_dir, const char *fingerprint);
/* No harm to one that was released. */
void spool_release(struct spool *);

#endif
