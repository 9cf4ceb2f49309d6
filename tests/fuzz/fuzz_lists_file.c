/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a list, cut in two where the first byte says: what is taken
 * does not depend on the cut.
 */
#include <stdlib.h>

#include "lists/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The digests, or -1; with the line that is wrong. */
static long
count(const char *text, size_t len, size_t cut, unsigned *ret_line)
{
	static struct list_reader r;
	struct text_error error = { .line = 0 };
	struct set *set = set_new();
	long n = -1;

	if (set == NULL)
		abort();
	list_reader_init(&r, set);
	if (list_reader_take(&r, text, cut, &error) == 0 &&
	    list_reader_take(&r, text + cut, len - cut, &error) == 0 &&
	    list_reader_end(&r, &error) == 0) {
		set_seal(set);
		n = (long)set_count(set);
	}
	set_free(set);
	*ret_line = error.line;
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;
	unsigned whole, parts;

	if (size < 1)
		return 0;
	size--;
	if (count(text, size, size, &whole) !=
		count(text, size, size * data[0] / 255, &parts) ||
	    whole != parts)
		abort();
	return 0;
}
