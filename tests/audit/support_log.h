/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small log with signed checkpoints, and what an attacker would do to it.
 */
#ifndef CS_TESTS_SUPPORT_LOG_H
#define CS_TESTS_SUPPORT_LOG_H

#include "audit/note.h"
#include "audit/record.h"

#define LOG_LINES 128
#define LOG_ORIGIN "signer1.example.org/countersign"

struct signer {
	void *pkey;
	struct note_key key;
};

/* The same key for the same seed, without any randomness. */
void signer_init(struct signer *, const char *origin, uint8_t seed);
void signer_release(struct signer *);

struct log {
	size_t count;
	char line[LOG_LINES][RECORD_MAX]; /* without LF, with a NUL */
};

/* Records from seq 1; every so many, a CHECKPOINT for all before it. */
void log_make(struct log *, size_t count, size_t every, const struct signer *);
bool log_is_checkpoint(const struct log *, size_t at);

/* Lines are counted from 0. */
void log_insert(struct log *, size_t at, const char *line);
void log_delete(struct log *, size_t at);
void log_swap(struct log *, size_t at);
/* The first `old' in the line becomes `new'. */
void log_replace(struct log *, size_t at, const char *old, const char *new);
/* Gives every line from here on the prev (and the seq) that it must have. */
void log_relink(struct log *, size_t from);
void log_renumber(struct log *, size_t from);
/* Signs the checkpoints from here on anew, for the tree as it is now. */
void log_reseal(struct log *, size_t from, const struct signer *);

/* The note over the first size lines. */
void log_note(const struct log *, size_t size, const struct signer *,
    char ret[static CHECKPOINT_NOTE]);

#endif
