/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/value.h"

#include <string.h>

#include "policy/list.h"

bool
names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->item[i], name) == 0)
			return true;
	return false;
}

static int
item_add(const struct place *place, const char *text, item_fn *check,
    const void *arg, struct names *list, struct text_error *reterr)
{
	if (check != NULL && check(arg, text, reterr) == -1)
		return -1;
	if (names_have(list, text))
		return text_fail(reterr, 0, "\"%.80s\" is given twice", text);
	text = place_text(place, text, reterr);
	if (text == NULL)
		return -1;
	list->item[list->count++] = text;
	return 0;
}

static size_t
count_items(const char *value, bool commas)
{
	const char *at = value, *item;
	size_t count = 0, len;

	while (list_next(&at, commas, &item, &len))
		count++;
	return count;
}

int
value_list(const struct place *place, const char *value, bool commas,
    item_fn *check, const void *arg, struct names *ret,
    struct text_error *reterr)
{
	size_t count = count_items(value, commas), len;
	struct names list = { .rule = place->rule };
	const char *at = value, *item;
	char text[INI_LINE_MAX + 1];

	if (count == 0)
		return text_fail(reterr, 0, "the list is empty");
	list.item =
	    arena_alloc(&place->tree->arena, (count + 1) * sizeof(*list.item));
	if (list.item == NULL)
		return text_fail(reterr, 0, "out of memory");
	while (list_next(&at, commas, &item, &len)) {
		memcpy(text, item, len);
		text[len] = '\0';
		if (item_add(place, text, check, arg, &list, reterr) == -1)
			return -1;
	}
	*ret = list;
	return 0;
}

static int
check_name(const void *arg, const char *item, struct text_error *reterr)
{
	const struct word *word = arg;

	if (text_is_name(item))
		return 0;
	return text_fail(
	    reterr, 0, "%s: \"%.64s\" is not a name", word->name, item);
}

int
value_names(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	return value_list(place, value, true, check_name, word, field, reterr);
}

static int
check_hash(const void *arg, const char *item, struct text_error *reterr)
{
	char known[96] = "";
	struct sentence s;

	(void)arg;
	if (hash_by_word(item) != HASH_NONE)
		return 0;
	sentence_init(&s, known, sizeof(known));
	for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++)
		sentence_item(&s, hash_word(h));
	if (strncmp(item, "sha1", 4) == 0 || strncmp(item, "md5", 3) == 0)
		return text_fail(reterr, 0,
		    "%.16s is broken and never signed; hashes: %s", item,
		    known);
	return text_fail(
	    reterr, 0, "unknown hash \"%.40s\"; hashes: %s", item, known);
}

int
value_hashes(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)word;
	return value_list(place, value, true, check_hash, NULL, field, reterr);
}

unsigned
names_hashes(const struct names *names)
{
	unsigned set = 0;

	for (size_t i = 0; i < names->count; i++)
		set |= 1u << hash_by_word(names->item[i]);
	return set;
}

static int
check_format(const void *arg, const char *item, struct text_error *reterr)
{
	const struct tree *tree = arg;
	char known[128] = "";
	struct sentence s;

	if (tree_format(tree, item) != NULL)
		return 0;
	sentence_init(&s, known, sizeof(known));
	for (size_t i = 0; i < tree->format_count; i++)
		sentence_item(&s, tree->formats[i].name);
	return text_fail(
	    reterr, 0, "unknown format \"%.40s\"; formats: %s", item, known);
}

int
value_formats(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)word;
	return value_list(
	    place, value, true, check_format, place->tree, field, reterr);
}
