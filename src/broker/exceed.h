/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on-exceed = suspend: a client key that wants more than its budget has is
 * suspended, until an admin resumes it.
 */
#ifndef CS_BROKER_EXCEED_H
#define CS_BROKER_EXCEED_H

struct request;
struct verdict;

/* With the refusal.  No harm for one that is suspended already. */
void exceed_suspend(const struct request *, const struct verdict *);

#endif
