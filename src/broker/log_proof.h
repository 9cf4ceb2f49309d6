/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `log proof': the receipt of a digest that was signed before, with a key that
 * the profile grants now.
 */
#ifndef CS_BROKER_LOG_PROOF_H
#define CS_BROKER_LOG_PROOF_H

struct request;

void answer_log_proof(struct request *);
/* May have something to do: the login is recorded. */
void log_proof_go_on(struct request *);
/* The running tree is another one: looks again. */
void log_proof_again(struct request *);
/* Nobody waits for it any more.  Also of a request that is none. */
void log_proof_drop(struct request *);

#endif
