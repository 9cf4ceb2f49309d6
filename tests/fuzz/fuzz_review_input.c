/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of any form, and the same bytes as a whole file, gzip included.
 */
#include "review/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A record stays one, whatever it came in. */
static void
one_line(const char *line, size_t len)
{
	static char once[INPUT_LINE_MAX], twice[INPUT_LINE_MAX];
	char prev[RECORD_HASH];
	struct text_error err;
	uint64_t seq;
	int first, second;

	if ((first = input_unwrap(line, len, once, &err)) == -1)
		return;
	if (first > INPUT_LINE_MAX)
		abort();
	if (record_parse(once, (size_t)first, &seq, prev, &err) == -1)
		return;
	second = input_unwrap(once, (size_t)first, twice, &err);
	/* An empty text with a blank loses it, once. */
	if (second != first && second != first - 1)
		abort();
}

static void
whole_file(const uint8_t *data, size_t len)
{
	char path[32], *files[] = { path };
	struct text_error err;
	struct input_line line;
	struct input *input;
	int fd = memfd_create("file", MFD_CLOEXEC);

	if (fd == -1 || write(fd, data, len) != (ssize_t)len ||
	    lseek(fd, 0, SEEK_SET) != 0)
		abort();
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if ((input = input_open(NULL, 1, files, &err)) == NULL)
		abort();
	for (;;) {
		enum input_status status = input_next(input, &line);

		if (status == INPUT_END || status == INPUT_ERROR)
			break;
	}
	input_close(input);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	one_line((const char *)data, len);
	/* Half a line at the end gets a second look, which takes its time. */
	if (len > 1 &&
	    (data[len - 1] == '\n' || memcmp(data, "\x1f\x8b", 2) == 0))
		whole_file(data, len);
	return 0;
}
