/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain_resume, declared in audit/verify.h.
 */
#include "audit/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * How much of the end is looked at.  A crash leaves at most one batch
 * without its last LF, as zeros where the disk never got the bytes.
 */
#define TAIL_MAX (1u << 20)

static int
read_all(int fd, char *ret, size_t len, off_t from)
{
	while (len > 0) {
		ssize_t got = pread(fd, ret, len, from);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		ret += got;
		from += got;
		len -= (size_t)got;
	}
	return 0;
}

/* The file's last bytes; *ret is the caller's (free), NULL when empty. */
static int
read_tail(int fd, char **ret, size_t *ret_len, bool *ret_whole,
    struct text_error *reterr)
{
	struct stat st;
	char *tail;
	size_t len;

	if (fstat(fd, &st) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return text_fail(reterr, 0, "not a regular file");
	*ret_whole = st.st_size <= (off_t)TAIL_MAX;
	len = *ret_whole ? (size_t)st.st_size : TAIL_MAX;
	if ((tail = malloc(len + 1)) == NULL)
		return text_fail(reterr, 0, "no memory");
	errno = 0;
	if (read_all(fd, tail, len, st.st_size - (off_t)len) == -1) {
		free(tail);
		return text_fail(reterr, 0, "cannot be read: %s",
		    errno != 0 ? strerror(errno) : "it shrinks");
	}
	*ret = tail;
	*ret_len = len;
	return 0;
}

/* Cutting off the end of somebody else's file would be a bad start. */
static bool
looks_torn(const char *at, size_t len)
{
	size_t n = len < 5 ? len : 5;

	return *at == '\0' || memcmp(at, "<86>1", n) == 0 ||
	    memcmp(at, "<84>1", n) == 0;
}

static int
resume(const char *tail, size_t len, bool whole, struct chain *ret,
    size_t *ret_torn, struct text_error *reterr)
{
	const char *end = memrchr(tail, '\n', len);
	const char *start, *torn = end != NULL ? end + 1 : tail;
	size_t torn_len = len - (size_t)(torn - tail);
	struct chain last;
	char prev[RECORD_HASH];

	if (end == NULL && !whole)
		return text_fail(reterr, 0, "no line ends in its last MiB");
	if (torn_len > 0 && !looks_torn(torn, torn_len))
		return text_fail(reterr, 0,
		    "what follows its last line is not a record's beginning");
	*ret_torn = torn_len;
	chain_init(ret);
	if (end == NULL)
		return 0;
	start = memrchr(tail, '\n', (size_t)(end - tail));
	start = start != NULL ? start + 1 : tail;
	if (record_parse(
		start, (size_t)(end - start), &last.seq, prev, reterr) == -1)
		return -1;
	if (record_hash(start, (size_t)(end - start), last.prev) == -1)
		return text_fail(reterr, 0, "libcrypto failed");
	*ret = last;
	return 0;
}

int
chain_resume(
    int fd, struct chain *ret, size_t *ret_torn, struct text_error *reterr)
{
	struct chain chain;
	char *tail = NULL;
	size_t len = 0, torn = 0;
	bool whole = false;
	int rv = -1;

	if (read_tail(fd, &tail, &len, &whole, reterr) == -1)
		goto out;
	if (resume(tail, len, whole, &chain, &torn, reterr) == -1)
		goto out;
	*ret = chain;
	*ret_torn = torn;
	rv = 0;
out:
	free(tail);
	return rv;
}
