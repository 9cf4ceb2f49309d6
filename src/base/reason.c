/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reason.h"

#include "base/log.h"

struct row {
	const char *word;
	int exit;
	const char *text;
};

#define REASON_ROW(name, word, exit, text) { word, exit, text },
static const struct row rows[] = { REASONS(REASON_ROW) };
#undef REASON_ROW

static const struct row *
row_of(enum reason reason)
{
	if ((unsigned)reason >= REASON_COUNT)
		log_fatal("reason %u does not exist", (unsigned)reason);
	return &rows[reason];
}

const char *
reason_word(enum reason reason)
{
	return row_of(reason)->word;
}

const char *
reason_text(enum reason reason)
{
	return row_of(reason)->text;
}

int
reason_exit(enum reason reason)
{
	return row_of(reason)->exit;
}
