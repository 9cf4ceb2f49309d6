/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree at the start: taken up from its file and the end of the piece that
 * is written, without reading the history; made again from all pieces when it
 * is missing or does not fit them.
 */
#ifndef CS_BROKER_LOG_RESTART_H
#define CS_BROKER_LOG_RESTART_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/log_tree.h"
#include "broker/pieces.h"

struct log_restart {
	uint64_t rehashed; /* records whose hashes were missing or wrong */
	uint64_t lost; /* records that were there once, after the last one */
	bool rebuilt;
};

/*
 * tree is opened by it; state_dir has `tree' and `checkpoint'.  seq is that of
 * the log's last record.  0, or -1 with reterr.
 */
int log_restart(struct log_tree *, const char *state_dir, const struct pieces *,
    uint64_t seq, struct log_restart *ret, struct text_error *reterr);

/* The tree of all pieces' records, into the empty file: 0, or -1 with reterr.
 */
int log_rebuild(struct log_tree *, const struct pieces *, uint64_t seq,
    struct text_error *reterr);

#endif
