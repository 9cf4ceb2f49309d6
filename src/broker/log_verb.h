/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the verb `log' answers: the newest checkpoint, a receipt, records.
 */
#ifndef CS_BROKER_LOG_VERB_H
#define CS_BROKER_LOG_VERB_H

struct request;

void answer_log(struct request *);
/* May have something to do: the login is recorded, there is room. */
void log_verb_go_on(struct request *);
/* The running tree is another one. */
void log_verb_again(struct request *);
/* Nobody waits for it any more.  Also of a request that is none. */
void log_verb_drop(struct request *);

#endif
