/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/chore.h"

#include "broker/keyring.h"
#include "broker/service.h"
#include "broker/token.h"
#include "broker/worker.h"

/* Workers that one may cost: a second may show that it was the first's. */
#define TRIES_MAX 2

static struct token *
token_of(const struct chore *chore)
{
	return token_by_name(chore->service, chore->key->token);
}

static void
wait_for_worker(struct chore *chore)
{
	struct chore **at = &token_of(chore)->chores;

	while (*at != NULL)
		at = &(*at)->next;
	chore->next = NULL;
	*at = chore;
}

void
chore_begin(struct chore *chore, struct service *service)
{
	chore->service = service;
	chore->tries = 0;
	key_ref(chore->key);
	wait_for_worker(chore);
}

static void
end(struct chore *chore)
{
	keyring_unref(chore->service->keyring, chore->key);
	chore->key = NULL;
}

static void
fail(struct chore *chore, enum reason reason, const char *text)
{
	end(chore);
	chore->failed(chore, reason, text);
}

void
chore_retry(struct chore *chore, enum reason reason, const char *text)
{
	if (++chore->tries >= TRIES_MAX)
		fail(chore, reason, text);
	else
		wait_for_worker(chore);
}

bool
chore_signed(struct chore *chore, const uint8_t *signature, size_t len)
{
	struct key *key = chore->key;
	struct service *service = chore->service;

	/* Its owner may begin it anew from in there. */
	if (!chore->done(chore, signature, len)) {
		chore_retry(
		    chore, REASON_TOKEN_WRONG, reason_text(REASON_TOKEN_WRONG));
		return false;
	}
	keyring_unref(service->keyring, key);
	return true;
}

static struct worker *
free_worker(const struct token *token, const struct key *key)
{
	struct worker *best = NULL;

	for (struct worker *w = token->workers; w != NULL; w = w->next)
		if (worker_takes_chore(w, key) &&
		    (best == NULL || w->load_us < best->load_us))
			best = w;
	return best;
}

void
chores_give(struct token *token)
{
	struct chore *chore = token->chores, *next;
	struct worker *w;
	enum reason reason;
	const char *why;

	token->chores = NULL;
	for (; chore != NULL; chore = next) {
		next = chore->next;
		if (token_standing(token, chore->key, &reason, &why) ==
		    KEY_DOWN)
			fail(chore, reason, why);
		else if ((w = free_worker(token, chore->key)) != NULL)
			worker_add_chore(w, chore);
		else
			wait_for_worker(chore);
	}
}
