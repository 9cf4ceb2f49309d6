/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker: one login to one token, and a loop that signs.
 *
 * Starts with its channel to the broker as descriptor 3, a channel on which
 * TOKEN_SETUP and WORKER_START are waiting as 4, and the PIN as 5 when the
 * setup names no file.
 */
#ifndef CS_TOKEN_WORKER_H
#define CS_TOKEN_WORKER_H

#define WORKER_CHANNEL 3
#define WORKER_SETUP 4
#define WORKER_PIN 5

/*
 * The exit status: 0 when the broker closed the channel, 1 when the token
 * failed (the broker was told), 70 when the broker broke the rules.
 */
int worker_run(void);

#endif
