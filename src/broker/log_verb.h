/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the verb `log' answers: the newest checkpoint, a receipt, records.
 */
#ifndef CS_BROKER_LOG_VERB_H
#define CS_BROKER_LOG_VERB_H

struct request;

void answer_log(struct request *);

#endif
