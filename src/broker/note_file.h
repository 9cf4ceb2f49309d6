/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STATE-DIR/checkpoint, the newest signed note: replaced as a whole by a
 * thread of its own, because a disk may take its time.  When notes come faster
 * than they can be written only the last one is.
 */
#ifndef CS_BROKER_NOTE_FILE_H
#define CS_BROKER_NOTE_FILE_H

#include <stddef.h>

#include "audit/note.h"

struct note_file;

/*
 * What is there: its length, or 0 when there is nothing, or nothing that we
 * could have written (which is logged).  No signature is checked.
 */
size_t note_file_load(const char *dir, char ret[static CHECKPOINT_NOTE],
    struct signed_checkpoint *ret_parsed);

/* gate (may be NULL) is the first that runs in the thread.  NULL with errno. */
struct note_file *note_file_new(
    const char *dir, void (*gate)(void *), void *gate_arg);
/* At most CHECKPOINT_NOTE bytes, copied.  A failure is logged. */
void note_file_write(struct note_file *, const char *note, size_t len);
/* Waits for what is to be written.  Accepts NULL. */
void note_file_free(struct note_file *);

#endif
