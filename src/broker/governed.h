/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a user of the host may ask about: root about everything, the owner of
 * a tenant about that one and all inside of it.
 */
#ifndef CS_BROKER_GOVERNED_H
#define CS_BROKER_GOVERNED_H

#include <sys/types.h>

#include "broker/admin.h"
#include "policy/tenant.h"

/* Does the user own any tenant of the tree? */
bool owns_tenant(const struct tree *, uid_t);

bool governs_tenant(const struct admin_peer *, const struct tenant *);
/* The key or profile with this name, of the running tree or not. */
bool governs_name(const struct admin_peer *, const char *name);
/* A client key of the running tree, by fingerprint. */
bool governs_client(const struct admin_peer *, const char *fingerprint);
/* "tenants/team/…", and "tenants.d/team.conf" for its owner. */
bool governs_file(const struct admin_peer *, const char *file);

#endif
