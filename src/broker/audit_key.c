/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/audit_key.h"

#include <stdio.h>
#include <string.h>

#include "broker/service.h"

/* What is before the 32 bytes in an Ed25519 SPKI (RFC 8410). */
static const uint8_t spki_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b,
	0x65, 0x70, 0x03, 0x21, 0x00 };

struct key *
audit_key(const struct service *service)
{
	const struct signing_key *conf = tree_audit_key(service->tree);

	return conf != NULL ?
	    keyring_of(service->keyring, conf->generations[0]) :
	    NULL;
}

enum key_standing
audit_key_standing(
    const struct service *service, enum reason *ret, const char **ret_text)
{
	const struct key *key = audit_key(service);
	const struct token *token = NULL;

	for (size_t i = 0; key != NULL && i < service->token_count; i++)
		if (strcmp(service->tokens[i]->name, key->token) == 0)
			token = service->tokens[i];
	if (token != NULL)
		return token_standing(token, key, ret, ret_text);
	*ret = REASON_TOKEN_UNAVAILABLE;
	*ret_text = "this service has no audit key, so there are no "
		    "checkpoints and no receipts";
	return KEY_DOWN;
}

void
audit_origin(
    const struct service *service, const char *host, char ret[static NOTE_NAME])
{
	const char *origin = tree_server(service->tree)->audit_origin;
	int len;

	if (origin != NULL && text_copy(ret, NOTE_NAME, origin))
		return;
	len = snprintf(ret, NOTE_NAME, "%s/countersign", host);
	/* A host that is called as no host should be. */
	if (len >= NOTE_NAME || !note_name_is_good(ret))
		text_copy(ret, NOTE_NAME, "countersign");
}

int
audit_key_note(const struct key *key, const char *origin, struct note_key *ret)
{
	if (!key->known || key->spki_len != sizeof(spki_head) + NOTE_PUBKEY ||
	    memcmp(key->spki, spki_head, sizeof(spki_head)) != 0)
		return -1;
	return note_key_init(ret, origin, key->spki + sizeof(spki_head));
}
