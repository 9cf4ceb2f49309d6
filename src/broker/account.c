/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/account.h"

#include <stdlib.h>
#include <string.h>

void
accounts_init(struct accounts *all, size_t tokens)
{
	map_init(&all->map);
	all->tokens = tokens;
}

void
accounts_release(struct accounts *all)
{
	map_release(&all->map);
}

struct account *
account_get(struct accounts *all, const char *fingerprint)
{
	size_t len = strlen(fingerprint);
	struct account *account =
	    (struct account *)map_find(&all->map, fingerprint, len);

	if (account != NULL) {
		account->sessions++;
		return account;
	}
	account = calloc(1, sizeof(*account) + len + 1);
	if (account == NULL)
		return NULL;
	memcpy(account->fingerprint, fingerprint, len + 1);
	account->node.key = account->fingerprint;
	account->node.len = (uint32_t)len;
	account->sessions = 1;
	account->groups = calloc(
	    (all->tokens + 1) * PRIORITY_COUNT, sizeof(*account->groups));
	if (account->groups != NULL && map_add(&all->map, &account->node) == 0)
		return account;
	free(account->groups);
	free(account);
	return NULL;
}

void
account_put(struct accounts *all, struct account *account)
{
	if (account == NULL || --account->sessions > 0)
		return;
	map_remove(&all->map, &account->node);
	free(account->groups);
	free(account);
}

struct sched_group *
account_group(
    const struct account *account, size_t token, enum priority priority)
{
	return &account->groups[token * PRIORITY_COUNT + priority];
}
