/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real countersign-lists, whose broker is the test.  Everything is
 * asserted, and nothing is waited for longer than a deadline.
 */
#ifndef CS_TESTS_LISTS_SUPPORT_LISTS_H
#define CS_TESTS_LISTS_SUPPORT_LISTS_H

#include <sys/types.h>

#include "base/channel.h"
#include "wire/control.h"
#include "wire/lists.h"

#define LISTS_DEADLINE_MS 10000

struct lists_process {
	pid_t pid; /* 0: waited for */
	int broker; /* our end of the keeper's channel; -1: closed */
	int server; /* our end of the newest server's */
	struct lists_answer answer;
	uint64_t id;
};

void lists_process_start(struct lists_process *);
void lists_process_drop(struct lists_process *);
/* Takes the next server's channel. */
int lists_process_server(struct lists_process *);
/* The server's process. */
pid_t lists_process_child(const struct lists_process *);
/* Its exit status. */
int lists_process_wait(struct lists_process *);

void lists_process_send(int server, const struct lists_query *);
/* The next answer. */
void lists_process_answer(struct lists_process *, int server);
/* One digest, which is all ab. */
void lists_process_ask_file(
    struct lists_process *, int server, const char *path);

#endif
