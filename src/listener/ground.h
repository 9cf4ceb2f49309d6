/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ground that the processes stand on, laid while we still may: their
 * users, the folders they write to, and the host key.
 */
#ifndef CS_LISTENER_GROUND_H
#define CS_LISTENER_GROUND_H

#include <sys/types.h>

#include "base/text.h"
#include "policy/tree.h"

/* Whom each domain becomes; all NULL when not started as root. */
struct users {
	const char *net, *broker, *token, *lists;
	uid_t net_uid, broker_uid;
	gid_t broker_gid;
};

/*
 * As root the four users must exist, be four, and not be root: 0, or -1
 * with reterr->what, which names the command that creates them.
 */
int ground_users(
    const struct server_conf *, struct users *ret, struct text_error *reterr);

/* run-dir, state-dir and the records' folder, the broker's: 0, or -1. */
int ground_folders(const struct server_conf *, const struct users *,
    struct text_error *reterr);

/*
 * The host key's descriptor, or -1 with reterr.  It must be a regular file of
 * root, of ours or of the net user, and closed to all others.
 */
int ground_host_key(
    const char *path, const struct users *, struct text_error *reterr);

#endif
