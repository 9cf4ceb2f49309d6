/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `log since': records from one on, as fast as their reader takes them.
 */
#ifndef CS_BROKER_LOG_SINCE_H
#define CS_BROKER_LOG_SINCE_H

struct request;

void answer_log_since(struct request *);
/* May have something to do: the login is recorded, there is room. */
void log_since_go_on(struct request *);
/* The running tree is another one. */
void log_since_again(struct request *);
/* Nobody waits for it any more.  Also of one that is none. */
void log_since_drop(struct request *);

#endif
