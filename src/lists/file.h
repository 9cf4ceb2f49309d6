/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of digests in a file that another system writes: read whole or not
 * at all, and known again by what stat(2) says of it.
 */
#ifndef CS_LISTS_FILE_H
#define CS_LISTS_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/text.h"
#include "lists/set.h"

/* Bytes of a file, and of one of its lines. */
#define LIST_FILE_MAX ((off_t)256 << 20)
#define LIST_LINE_MAX 8191u

/* Which content it was. */
struct list_stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed, modified;
};

/* 0, or -1 with errno. */
int list_stamp_take(const char *path, struct list_stamp *ret);
bool list_stamp_same(const struct list_stamp *, const struct list_stamp *);
/*
 * So fresh that another change could leave the same times behind: what was
 * read of it must be read again.
 */
bool list_stamp_is_fresh(const struct list_stamp *);

/*
 * 0 and the digests with the stamp of the file that they were in, or -1 with
 * reterr (line 0: the whole file).  It must be a regular file that not
 * everybody may write.
 */
int list_file_load(const char *path, struct set **ret,
    struct list_stamp *ret_stamp, struct text_error *reterr);

/* The same of a text, for list_file_load: 0, or -1 with reterr. */
struct list_reader {
	struct set *set;
	unsigned line;
	size_t used; /* of a line that is not complete */
	char text[LIST_LINE_MAX + 1];
};
void list_reader_init(struct list_reader *, struct set *);
int list_reader_take(struct list_reader *, const char *bytes, size_t len,
    struct text_error *reterr);
/* The last line may lack its LF. */
int list_reader_end(struct list_reader *, struct text_error *reterr);

#endif
