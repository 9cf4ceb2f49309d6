/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listing of a tree that somebody else wrote: as it comes, or (when the
 * first byte is odd) with the head and the end that it should have.
 */
#include "broker/recall.h"

#include <stdlib.h>
#include <string.h>

#include "broker/listing.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static char *
frame(const uint8_t *data, size_t *size)
{
	size_t head = sizeof(LISTING_HEAD) - 1, len = head + *size;
	char hash[LISTING_HASH + 1];
	char *text = malloc(len + sizeof(LISTING_END) + LISTING_HASH + 2);

	if (text == NULL)
		abort();
	memcpy(text, LISTING_HEAD, head);
	memcpy(text + head, data, *size);
	if (listing_hash(text, len, hash) == -1)
		abort();
	memcpy(text + len, LISTING_END, sizeof(LISTING_END) - 1);
	len += sizeof(LISTING_END) - 1;
	memcpy(text + len, hash, LISTING_HASH);
	len += LISTING_HASH;
	text[len++] = '\n';
	text[len] = '\0';
	*size = len;
	return text;
}

static char *
copy(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* What was taken is what we could have written. */
static void
check(const struct recall *recall)
{
	for (size_t i = 0; i < recall->count; i++) {
		const struct recalled *row = &recall->list[i];

		if (strlen(row->hash) != LISTING_HASH ||
		    strlen(row->name) >= sizeof(((struct listed *)0)->name) ||
		    (row->object == CHANGE_CLIENT) !=
			(row->principal != NULL && row->profile != NULL))
			abort();
		if (i > 0 && row->object == row[-1].object &&
		    strcmp(row->name, row[-1].name) <= 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_error error = { .line = 0 };
	struct recall recall;
	size_t len = size - 1;
	char *text;

	if (size == 0)
		return 0;
	text = data[0] & 1 ? frame(data + 1, &len) : copy(data + 1, len);
	if (recall_read(text, len, &recall, &error) == 0)
		check(&recall);
	recall_release(&recall);
	free(text);
	return 0;
}
