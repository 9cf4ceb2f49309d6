/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/pin.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The whole file into ret[size]: its length, or -1. */
static ssize_t
read_all(int fd, char *ret, size_t size)
{
	size_t used = 0;
	ssize_t got;

	while (used < size) {
		got = pread(fd, ret + used, size - used, (off_t)used);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -1;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	return (ssize_t)used;
}

static int
check_line(char *text, size_t len, size_t *ret_len, struct text_error *reterr)
{
	if (len > 0 && text[len - 1] == '\n')
		text[--len] = '\0';
	if (len > 0 && text[len - 1] == '\r')
		text[--len] = '\0';
	if (len == 0)
		return text_fail(reterr, 0, "the PIN file is empty");
	if (memchr(text, '\0', len) != NULL)
		return text_fail(reterr, 0, "the PIN file holds a NUL");
	if (memchr(text, '\n', len) != NULL)
		return text_fail(
		    reterr, 0, "the PIN file holds more than one line");
	*ret_len = len;
	return 0;
}

int
pin_read(int fd, char ret[static PIN_SIZE], size_t *ret_len,
    struct text_error *reterr)
{
	ssize_t len = read_all(fd, ret, PIN_SIZE);
	int rv = -1;

	if (len == -1) {
		text_fail(reterr, 0, "the PIN file: %s", strerror(errno));
		goto out;
	}
	if (len == PIN_SIZE) {
		text_fail(reterr, 0, "the PIN file holds more than a PIN");
		goto out;
	}
	ret[len] = '\0';
	rv = check_line(ret, (size_t)len, ret_len, reterr);
out:
	if (rv == -1)
		explicit_bzero(ret, PIN_SIZE);
	return rv;
}
