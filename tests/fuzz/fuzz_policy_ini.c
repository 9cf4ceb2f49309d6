/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an INI text: what is handed over stands so in the text, and as
 * many lines are read or refused as there are.
 */
#include "policy/ini.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct heard {
	const uint8_t *data;
	size_t len;
	unsigned line;
	unsigned errors;
};

static int
on_line(void *arg, const char *section, const char *name, const char *value,
    unsigned line, struct text_error *reterr)
{
	struct heard *heard = arg;

	(void)reterr;
	if (line <= heard->line || section[0] == '\0')
		abort();
	heard->line = line;
	if (name != NULL &&
	    (name[0] == '\0' || value[0] == '\0' ||
		memmem(heard->data, heard->len, value, strlen(value)) == NULL))
		abort();
	return 0;
}

static void
on_error(void *arg, const struct text_error *error)
{
	struct heard *heard = arg;

	heard->errors++;
	if (error->what[0] == '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct heard heard = { data, len, 0, 0 };

	if (ini_read((const char *)data, len, on_line, &heard, on_error,
		&heard) != heard.errors)
		abort();
	return 0;
}
