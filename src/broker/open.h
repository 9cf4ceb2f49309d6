/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a channel's command to what is done with it.
 */
#ifndef CS_BROKER_OPEN_H
#define CS_BROKER_OPEN_H

#include "broker/request.h"

/* Reads the command, asks policy, and answers or accepts. */
void open_request(struct request *, const struct open_request *);
/* Reads the command: 0, or -1 when the request is over. */
int open_read(struct request *, const struct open_request *);
/* The session said END. */
void open_ended(struct request *);
/* Policy again, under a new tree: the request goes on or is refused. */
void open_again(struct request *);

#endif
