/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs that only tell: each ends its request.
 */
#ifndef CS_BROKER_ANSWER_H
#define CS_BROKER_ANSWER_H

#include "broker/request.h"

void answer_greeting(struct request *);
void answer_help(struct request *);
void answer_whoami(struct request *);
void answer_keys(struct request *);
void answer_pubkey(struct request *);
void answer_cert(struct request *);

#endif
