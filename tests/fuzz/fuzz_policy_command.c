/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as a command: what is refused says why, what is taken holds names
 * only.
 */
#include "policy/command.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[COMMAND_SIZE + 16];
	struct command command;
	struct text_error error = { .what = "" };

	if (len >= sizeof(text))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	if (command_parse(text, &command, &error) == -1) {
		if (error.what[0] == '\0')
			abort();
		return 0;
	}
	if ((command.key[0] != '\0' && !text_is_scoped_name(command.key)) ||
	    (command.format[0] != '\0' && !text_is_name(command.format)) ||
	    command.verb >= VERB_COUNT || command.output >= OUTPUT_COUNT ||
	    command.form >= FORM_COUNT || command.hash >= HASH_COUNT)
		abort();
	return 0;
}
