/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An epoll loop: descriptors with a callback, and one-shot timers.
 *
 * A callback may remove any source, its own too: a removed source is never
 * called again, not even for events already fetched.
 */
#ifndef CS_BASE_LOOP_H
#define CS_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

struct loop;
struct loop_source;
struct loop_timer;

typedef void loop_ready_fn(void *arg, uint32_t events);
typedef void loop_timer_fn(void *arg);

/* NULL with errno.  Sources and timers go before the loop they are in. */
struct loop *loop_new(void);
void loop_free(struct loop *);

/* events: EPOLLIN, EPOLLOUT; hang-ups are always told.  NULL: errno. */
struct loop_source *loop_add(
    struct loop *, int fd, uint32_t events, loop_ready_fn *, void *arg);
void loop_events(struct loop_source *, uint32_t events);
/* The descriptor stays the caller's, and still open.  Accepts NULL. */
void loop_remove(struct loop_source *);

/* A timer that is not set yet; embedding is not possible. */
struct loop_timer *loop_timer_new(struct loop *, loop_timer_fn *, void *arg);
/*
 * Fires once at mono_us, or as soon as the next round when that is past, so
 * that a timer that sets itself again starves nobody.
 */
void loop_timer_set(struct loop_timer *, uint64_t mono_us);
void loop_timer_stop(struct loop_timer *);
void loop_timer_free(struct loop_timer *);

/* Called after each round of callbacks, to flush what they gathered; one. */
void loop_after_round(struct loop *, loop_timer_fn *, void *arg);

/* Runs until loop_stop: 0, or -1 with errno when epoll itself fails. */
int loop_run(struct loop *);
void loop_stop(struct loop *);

#endif
