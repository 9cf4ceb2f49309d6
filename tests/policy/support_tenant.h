/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees with tenants, from texts.
 */
#ifndef CS_TESTS_POLICY_SUPPORT_TENANT_H
#define CS_TESTS_POLICY_SUPPORT_TENANT_H

#include "policy/tenant.h"
#include "support_tree.h"

/* Bounds that let a tenant have what TEAM_KEYS says. */
#define BOUNDS "owner = nobody\ntokens = t\nobjects = team-*\n"
#define TEAM_KEYS                         \
	"[key release]\n"                 \
	"token = t\n"                     \
	"object = pkcs11:object=team-1\n" \
	"use = raw\n"
#define TEAM_PROFILES "[profile ci]\nkeys = release\n"
#define OTHER_KEY      \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIO9VsZc6nhbT2Ni2Qf0o0Y4bC5k2tJm9Xp7UuM0Ryw1a"

/* NULL: nothing of the kind. */
struct team {
	const char *keys, *profiles, *authorized, *tenants;
	const char *tenants_file; /* below its tenants.d */
};

/* A good tree whose tenants.d/team.conf has these words; none are told. */
struct tree *tree_with_tenant(const char *words);
/* Enters the tenant, adds all and finishes: how many errors were told. */
unsigned add_team(
    struct tree *, const char *tenant, const struct team *, struct told *);

#endif
