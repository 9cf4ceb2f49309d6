/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot that somebody else wrote, and the tree that it makes. */
#include "conf/snapshot.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct format_word formats[] = { { .name = "raw" } };

static void
told(void *arg, const struct text_error *error)
{
	(void)arg;
	if (memchr(error->what, '\0', sizeof(error->what)) == NULL)
		abort();
}

/* An entry is whole, and inside of the text. */
static void
check(const struct snapshot *snapshot, size_t size)
{
	size_t sum = 0;

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct snapshot_entry *e = &snapshot->list[i];

		sum += e->len + strlen(e->file);
		if (e->text[e->len] != '\0' || e->file[0] == '\0')
			abort();
	}
	if (sum > size || strlen(snapshot->fingerprint) != SNAPSHOT_PRINT)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_error error = { .line = 0 };
	struct snapshot snapshot;
	char *text = malloc(size + 1);

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (snapshot_read(text, size, &snapshot, &error) == -1) {
		free(text);
		return 0;
	}
	check(&snapshot, size);
	tree_free(snapshot_tree(
	    &snapshot, "/etc/countersign", formats, 1, told, NULL));
	snapshot_release(&snapshot);
	return 0;
}
