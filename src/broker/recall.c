/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/recall.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "broker/listing.h"
#include "policy/authorized.h"

#define END_LEN (sizeof(LISTING_END) - 1 + LISTING_HASH + 1)
#define PRINT_LEN 50 /* SHA256: and the hash */

static const enum change_object objects[] = { CHANGE_SERVER, CHANGE_TOKEN,
	CHANGE_KEY, CHANGE_GENERATION, CHANGE_TENANT, CHANGE_PROFILE,
	CHANGE_CLIENT };
#define OBJECTS (sizeof(objects) / sizeof(objects[0]))

static bool
is_hash(const char *text)
{
	size_t len = 0;

	while (char_is_alpha(text[len]) || char_is_digit(text[len]) ||
	    text[len] == '+' || text[len] == '/')
		len++;
	return len == LISTING_HASH && text[len] == '\0';
}

/* As authorized_keys.d lets it be. */
static bool
is_principal(const char *text)
{
	size_t len = strlen(text), unit;
	uint32_t c;

	for (size_t at = 0; at < len; at += unit) {
		unit = utf8_unit(text + at, len - at, &c);
		if (unit == 0 || !utf8_is_printable(c))
			return false;
	}
	return len > 0 && len <= PRINCIPAL_MAX;
}

static bool
is_print(const char *text)
{
	return strlen(text) == PRINT_LEN && memcmp(text, "SHA256:", 7) == 0 &&
	    is_hash(text + 7);
}

/* The part up to the next blank, or to the end: NULL when there is none. */
static char *
cut(char **at)
{
	char *part = *at, *blank;

	if (part == NULL)
		return NULL;
	blank = strchr(part, ' ');
	*at = blank != NULL ? blank + 1 : NULL;
	if (blank != NULL)
		*blank = '\0';
	return part;
}

static bool
read_object(const char *word, enum change_object *ret)
{
	for (size_t i = 0; word != NULL && i < OBJECTS; i++) {
		*ret = objects[i];
		if (strcmp(change_object_word(objects[i]), word) == 0)
			return true;
	}
	return false;
}

static bool
read_client(char *at, struct recalled *ret)
{
	ret->profile = cut(&at);
	ret->principal = at;
	return is_print(ret->name) && ret->profile != NULL &&
	    text_is_scoped_name(ret->profile) && at != NULL && is_principal(at);
}

static bool
read_line(char *at, struct recalled *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!read_object(cut(&at), &ret->object) ||
	    (ret->name = cut(&at)) == NULL || (ret->hash = cut(&at)) == NULL ||
	    !is_hash(ret->hash))
		return false;
	if (ret->object == CHANGE_CLIENT)
		return read_client(at, ret);
	return at == NULL && text_is_scoped_name(ret->name);
}

static bool
comes_after(const struct recalled *a, const struct recalled *b)
{
	if (a->object != b->object)
		return a->object > b->object;
	return strcmp(a->name, b->name) > 0;
}

/* The whole is what was written, and ends where it ended. */
static int
check_frame(const char *text, size_t len, struct text_error *reterr)
{
	size_t head = sizeof(LISTING_HEAD) - 1;
	char hash[LISTING_HASH + 1];
	const char *end;

	if (len < head + END_LEN || memcmp(text, LISTING_HEAD, head) != 0)
		return text_fail(reterr, 1, "it does not begin as it should");
	end = text + len - END_LEN;
	if (end[-1] != '\n' || text[len - 1] != '\n' ||
	    memcmp(end, LISTING_END, sizeof(LISTING_END) - 1) != 0)
		return text_fail(reterr, 0, "it was cut");
	if (listing_hash(text, len - END_LEN, hash) == -1 ||
	    memcmp(hash, end + sizeof(LISTING_END) - 1, LISTING_HASH) != 0)
		return text_fail(reterr, 0, "it was changed");
	if (memchr(text, '\0', len) != NULL)
		return text_fail(reterr, 0, "it has a NUL");
	return 0;
}

static size_t
count_lines(const char *text, const char *end)
{
	size_t count = 0;

	for (; text < end; text = strchr(text, '\n') + 1)
		count++;
	return count;
}

int
recall_read(
    char *text, size_t len, struct recall *ret, struct text_error *reterr)
{
	char *at = text + sizeof(LISTING_HEAD) - 1, *end, *next;
	struct recalled *row;
	size_t count;

	memset(ret, 0, sizeof(*ret));
	if (check_frame(text, len, reterr) == -1)
		return -1;
	end = text + len - END_LEN;
	count = count_lines(at, end);
	if ((ret->list = calloc(count + 1, sizeof(*ret->list))) == NULL)
		return text_fail(reterr, 0, "no memory");
	for (; at < end; at = next) {
		row = &ret->list[ret->count++];
		next = strchr(at, '\n') + 1;
		next[-1] = '\0';
		if (read_line(at, row) &&
		    (ret->count == 1 || comes_after(row, row - 1)))
			continue;
		/* The first line is the head. */
		text_fail(
		    reterr, (unsigned)ret->count + 1, "it is no line of ours");
		recall_release(ret);
		return -1;
	}
	return 0;
}

void
recall_release(struct recall *recall)
{
	free(recall->list);
	memset(recall, 0, sizeof(*recall));
}
