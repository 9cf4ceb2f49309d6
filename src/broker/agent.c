/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/agent.h"

#include <string.h>

#include "broker/service.h"
#include "format/ssh.h"
#include "policy/namespace.h"

/* All of them must fit into one message of an agent. */
#define IDENTITIES_MAX ((size_t)240 << 10)

/* Can it sign a file's hash for this client, as far as it can be seen now? */
static const struct key *
key_for_agent(const struct session *s, const struct signing_key *conf)
{
	const struct format *f = format_by_name(AGENT_FORMAT);
	const struct format_word word = {
		.name = f->name, .wrapped = f->wrapped, .needs = f->needs
	};
	const struct generation *now = key_generation(conf, service_now());
	char text[MESSAGE_SIZE];
	const struct key *key;
	enum mech mech;
	enum hash over;
	size_t at = 0;

	if (now == NULL ||
	    !both_allow_format(s->client->profile, conf, &word) ||
	    (conf->limits.verb_set & 1u << VERB_AGENT) == 0 ||
	    namespace_next(s->client->profile, conf, &at) == NULL)
		return NULL;
	key = keyring_of(s->service->keyring, now);
	if (!key->known ||
	    (format_plan(f, &key->facts, HASH_SHA512, &mech, &over, text) !=
		    REASON_OK &&
		format_plan(f, &key->facts, HASH_SHA256, &mech, &over, text) !=
		    REASON_OK))
		return NULL;
	return key;
}

static bool
add_identity(struct buf *out, const struct key *key)
{
	uint8_t space[SSH_KEY_MAX + NAME_SIZE + 8];
	struct writer w;

	if (key->facts.ssh == NULL)
		return false;
	writer_init(&w, space, sizeof(space));
	put_bytes(&w, key->facts.ssh, key->facts.ssh_len);
	put_bytes(&w, key->name, strlen(key->name));
	if (!writer_ok(&w) || buf_len(out) + w.used > IDENTITIES_MAX)
		return false;
	buf_add(out, space, w.used);
	return true;
}

uint32_t
agent_identities(
    const struct session *s, const struct signing_key *only, struct buf *out)
{
	const struct names *names = &s->client->profile->keys;
	uint8_t number[4];
	struct buf list;
	struct writer w;
	uint32_t count = 0;

	buf_init(&list, IDENTITIES_MAX);
	for (size_t i = 0; i < names->count; i++) {
		const struct signing_key *conf =
		    tree_key_by_name(s->service->tree, names->item[i]);
		const struct key *key;

		if (conf == NULL || (only != NULL && conf != only) ||
		    (key = key_for_agent(s, conf)) == NULL)
			continue;
		count += add_identity(&list, key);
	}
	writer_init(&w, number, sizeof(number));
	put_u32(&w, count);
	buf_add(out, number, w.used);
	buf_add(out, buf_at(&list), buf_len(&list));
	buf_release(&list);
	return count;
}
