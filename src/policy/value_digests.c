/* SPDX-License-Identifier: Apache-2.0 */
/* digests-from: a list's path, or a command that knows. */
#include <string.h>

#include "policy/list.h"
#include "policy/value.h"

#define ARGS_MAX 32

static size_t
count_args(const char *command)
{
	const char *item;
	size_t count = 0, len;

	while (list_next(&command, false, &item, &len))
		count++;
	return count;
}

/* What follows each '%' must be one of what is filled in. */
static int
check_arg(const char *arg, struct text_error *reterr)
{
	for (; *arg != '\0'; arg++) {
		if (*arg != '%')
			continue;
		arg++;
		if (*arg == '\0' || strchr("dhnkfpu%", *arg) == NULL)
			return text_fail(reterr, 0,
			    "digests-from: %%%.1s is none of %%d %%h %%n %%k "
			    "%%f %%p %%u %%%%",
			    arg);
	}
	return 0;
}

static int
command_parse_args(const struct place *place, const char *command,
    struct names *ret, struct text_error *reterr)
{
	size_t count = count_args(command), len;
	struct names args = { .rule = place->rule };
	char text[INI_LINE_MAX + 1];
	const char *item;

	if (command[0] != '/' || count > ARGS_MAX)
		return text_fail(reterr, 0,
		    "digests-from: a command is !/PATH and at most %d "
		    "arguments, separated by blanks",
		    ARGS_MAX - 1);
	args.item =
	    arena_alloc(&place->tree->arena, (count + 1) * sizeof(*args.item));
	if (args.item == NULL)
		return text_fail(reterr, 0, "out of memory");
	while (list_next(&command, false, &item, &len)) {
		memcpy(text, item, len);
		text[len] = '\0';
		if ((args.count > 0 && check_arg(text, reterr) == -1) ||
		    (item = place_text(place, text, reterr)) == NULL)
			return -1;
		args.item[args.count++] = item;
	}
	*ret = args;
	return 0;
}

int
value_digests(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	struct digests_from *ret = field;

	(void)word;
	if (value[0] == '!')
		return command_parse_args(
		    place, value + 1, &ret->command, reterr);
	if ((ret->file = place_path(place, value, reterr)) == NULL)
		return -1;
	return 0;
}
