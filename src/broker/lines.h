/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of one request in their order: taken in, decided, given out.
 */
#ifndef CS_BROKER_LINES_H
#define CS_BROKER_LINES_H

#include "broker/request.h"

/* A line came: NULL, or the rule that it breaks.  Its digest may be set. */
const char *lines_add(struct request *, struct line *);
/* Decides what can be decided, and queues it at the token. */
void lines_pump(struct request *);
/* Something about its key, its token or the journal changed. */
void lines_review(struct request *);
/* After a reload: what no worker and no record has is decided anew. */
void lines_redecide(struct request *);
/* No further line is decided or given out. */
void request_stop(struct request *);
/* Frees those that neither a worker nor the journal has. */
void lines_drop(struct request *);

/* Index is between head and tail. */
struct slot *lines_at(const struct request *, uint32_t index);
struct slot **lines_place(const struct request *, uint32_t index);

/* A worker may have a line of it; and that line. */
bool lines_are_runnable(const struct request *);
struct slot *lines_take(struct request *);

#endif
