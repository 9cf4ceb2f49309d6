/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the INI files of a tree, divided by FF bytes: whatever loads
 * without an error decides every request without a fault, and never OK for a
 * key that the profile does not name.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/decide.h"
#include "policy/tenant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct format_word formats[] = {
	{ .name = "raw" },
	{ .name = "p1363" },
	{ .name = "cms", .wrapped = true },
};

static void
told(void *arg, const struct text_error *error)
{
	(void)arg;
	if (error->what[0] == '\0' || error->file[0] == '\0')
		abort();
}

static void
decide(const struct tree *tree, const struct profile *profile)
{
	static const char *const commands[] = { "sign", "sign -f raw",
		"check -k release", "sign -k image -f cms --hash sha384",
		"pubkey", "cert release", "pubkey release --next" };
	const struct client_key client = { .profile = profile };
	const struct moment moment = { .address = "10.2.0.7",
		.now = 1795000000 };
	struct command command;
	struct verdict verdict;
	struct grant grant;
	struct text_error error;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (command_parse(commands[i], &command, &error) == -1)
			abort();
		if (decide_request(tree, &client, &command, &moment, &grant,
			&verdict) != REASON_OK) {
			if (verdict.text[0] == '\0')
				abort();
			continue;
		}
		if (!grants_key(profile, grant.key))
			abort();
		decide_line(
		    &grant, &moment, 7, HASH_SHA256, "fw.bin", &verdict);
	}
}

/* The rest: bounds, and the keys and profiles of a tenant inside them. */
static unsigned
add_tenant(struct tree *tree, const uint8_t *data, size_t len)
{
	static const struct {
		enum tree_part part;
		const char *file;
	} files[] = { { TREE_TENANTS, "tenants.d/team.conf" },
		{ TREE_KEYS, "tenants/team/keys.d/k.conf" },
		{ TREE_PROFILES, "tenants/team/profiles.d/p.conf" } };
	size_t keys = tree_keys(tree), profiles = tree_profiles(tree);
	unsigned errors = 0;

	for (size_t i = 0; i < 3; i++) {
		const uint8_t *end = memchr(data, 0xff, len);
		size_t file = end != NULL ? (size_t)(end - data) : len;

		if (i == 1) {
			if (errors > 0 || tree_tenants(tree) == 0)
				return errors;
			tree_enter(tree, tree_tenant(tree, 0), NULL);
		}
		errors += tree_add(tree, files[i].part, files[i].file,
		    (const char *)data, file, told, NULL);
		file += end != NULL;
		data += file;
		len -= file;
	}
	if (tree_finish(tree, told, NULL) + errors == 0)
		return 0;
	tree_undo(tree);
	if (tree_keys(tree) != keys || tree_profiles(tree) != profiles)
		abort();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const files[] = { "countersign.conf",
		"tokens.d/t.conf", "keys.d/k.conf", "profiles.d/p.conf" };
	struct tree *tree =
	    tree_new("/etc/cs", formats, sizeof(formats) / sizeof(formats[0]));
	unsigned errors = 0;

	if (tree == NULL)
		return 0;
	for (unsigned part = TREE_SERVER; part <= TREE_PROFILES; part++) {
		const uint8_t *end = memchr(data, 0xff, len);
		size_t file = end != NULL ? (size_t)(end - data) : len;

		errors += tree_add(tree, (enum tree_part)part, files[part],
		    (const char *)data, file, told, NULL);
		file += end != NULL;
		data += file;
		len -= file;
	}
	errors += tree_finish(tree, told, NULL);
	if (errors == 0)
		errors += add_tenant(tree, data, len);
	for (size_t i = 0; errors == 0 && i < tree_profiles(tree); i++)
		decide(tree, tree_profile(tree, i));
	tree_free(tree);
	return 0;
}
