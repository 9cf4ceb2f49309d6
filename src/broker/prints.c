/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/prints.h"

#include <stdlib.h>
#include <string.h>

#include "format/format.h"

/* Behind "SHA256:": enough to tell nearly all of them apart. */
#define START_AT 7
#define START_LEN 12

struct print {
	char start[START_LEN];
	uint32_t client;
};

struct prints {
	size_t count;
	struct print list[]; /* by start */
};

static int
by_start(const void *a, const void *b)
{
	const struct print *x = a, *y = b;

	return memcmp(x->start, y->start, START_LEN);
}

struct prints *
prints_new(const struct tree *tree)
{
	size_t count = tree_clients(tree);
	struct prints *prints =
	    malloc(sizeof(*prints) + count * sizeof(prints->list[0]));
	char text[FINGERPRINT_SIZE];

	if (prints == NULL)
		return NULL;
	prints->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct client_key *client = tree_client(tree, i);

		fingerprint(client->blob, client->blob_len, text);
		memcpy(prints->list[i].start, text + START_AT, START_LEN);
		prints->list[i].client = (uint32_t)i;
	}
	if (count > 0)
		qsort(prints->list, count, sizeof(prints->list[0]), by_start);
	return prints;
}

void
prints_free(struct prints *prints)
{
	free(prints);
}

/* The first that does not come before. */
static size_t
first_of(const struct prints *prints, const struct print *wanted)
{
	size_t low = 0, high = prints->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_start(&prints->list[middle], wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct client_key *
prints_find(
    const struct prints *prints, const struct tree *tree, const char *print)
{
	char text[FINGERPRINT_SIZE];
	struct print wanted;

	if (prints == NULL || strlen(print) != FINGERPRINT_SIZE - 1)
		return NULL;
	memcpy(wanted.start, print + START_AT, START_LEN);
	for (size_t i = first_of(prints, &wanted);
	     i < prints->count && by_start(&prints->list[i], &wanted) == 0;
	     i++) {
		const struct client_key *client =
		    tree_client(tree, prints->list[i].client);

		fingerprint(client->blob, client->blob_len, text);
		if (strcmp(text, print) == 0)
			return client;
	}
	return NULL;
}
