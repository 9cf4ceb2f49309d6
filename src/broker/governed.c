/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/governed.h"

#include <stdio.h>
#include <string.h>

#include "broker/service.h"

bool
owns_tenant(const struct tree *tree, uid_t uid)
{
	for (size_t i = 0; i < tree_tenants(tree); i++)
		if (tree_tenant(tree, i)->has_uid &&
		    tree_tenant(tree, i)->uid == uid)
			return true;
	return false;
}

static bool
is_root(const struct admin_peer *who)
{
	return (admin_role(who) & ADMIN_ROOT) != 0;
}

bool
governs_tenant(const struct admin_peer *who, const struct tenant *tenant)
{
	if (is_root(who))
		return true;
	for (; tenant != NULL; tenant = tenant->parent)
		if (tenant->has_uid && tenant->uid == admin_uid(who))
			return true;
	return false;
}

/* What is not there any more was the tenant's that it is named after. */
bool
governs_name(const struct admin_peer *who, const char *name)
{
	const struct tree *tree = admin_service(who)->tree;
	char part[NAME_SIZE];
	char *slash;

	if (is_root(who))
		return true;
	if (!text_copy(part, sizeof(part), name))
		return false;
	while ((slash = strrchr(part, '/')) != NULL) {
		const struct tenant *tenant;

		*slash = '\0';
		tenant = tree_tenant_by_name(tree, part);
		if (tenant != NULL)
			return governs_tenant(who, tenant);
	}
	return false;
}

bool
governs_client(const struct admin_peer *who, const char *print)
{
	const struct service *service = admin_service(who);
	const struct client_key *client;

	if (is_root(who))
		return true;
	client = prints_find(service->prints, service->tree, print);
	return client != NULL && governs_tenant(who, client->profile->tenant);
}

bool
governs_file(const struct admin_peer *who, const char *file)
{
	const struct tree *tree = admin_service(who)->tree;
	char folder[TENANT_PATH_SIZE];

	for (size_t i = 0; i < tree_tenants(tree); i++) {
		const struct tenant *tenant = tree_tenant(tree, i);
		size_t len;

		if (!governs_tenant(who, tenant))
			continue;
		tenant_folder(tenant, folder);
		len = strlen(folder);
		if (strncmp(file, folder, len) == 0 &&
		    (file[len] == '/' || file[len] == '\0'))
			return true;
		if (strcmp(file, tenant->rule.file) == 0)
			return true;
	}
	return false;
}
