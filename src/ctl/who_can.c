/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl who-can: the client keys that may sign with a signing key.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/clients.h"
#include "ctl/rights_out.h"
#include "ctl/verb.h"

/* The last profile that was looked at: client keys of one come together. */
struct lookup {
	const struct tree *tree;
	const struct signing_key *key;
	struct right_text right;
	struct json json;
	bool as_json;
	size_t count;
};

static bool
may_sign(struct lookup *l, const struct client_key *client)
{
	if (l->key == NULL)
		return false;
	if (l->right.profile != client->profile)
		right_text_make(l->tree, client->profile, l->key, &l->right);
	return rights_sign(&l->right.rights);
}

static void
print_one(struct lookup *l, const struct client_key *client)
{
	if (l->as_json) {
		json_object(&l->json, NULL);
		json_client_key(&l->json, client);
		json_right(&l->json, &l->right);
		json_object_end(&l->json);
		return;
	}
	print_client_key(stdout, client);
	fputs(": ", stdout);
	print_right(stdout, &l->right);
	fputc('\n', stdout);
}

static int
by_profile(const void *a, const void *b)
{
	const struct client_key *const *left = a, *const *right = b;
	int order = strcmp((*left)->profile->name, (*right)->profile->name);

	if (order == 0)
		order = strcmp((*left)->principal, (*right)->principal);
	if (order == 0)
		order = *left < *right ? -1 : *left > *right;
	return order;
}

static int
print_all(struct lookup *l)
{
	size_t count = tree_clients(l->tree);
	const struct client_key **list = calloc(count + 1, sizeof(*list));

	if (list == NULL) {
		fputs("countersignctl: no memory\n", stderr);
		return EX_OSERR;
	}
	for (size_t i = 0; i < count; i++)
		list[i] = tree_client(l->tree, i);
	qsort(list, count, sizeof(*list), by_profile);
	if (l->as_json)
		json_list(&l->json, NULL);
	for (size_t i = 0; i < count; i++)
		if (may_sign(l, list[i])) {
			print_one(l, list[i]);
			l->count++;
		}
	if (l->as_json) {
		json_list_end(&l->json);
		json_end(&l->json);
	}
	free(list);
	return l->count > 0 ? 0 : 1;
}

static int
parse_options(int argc, char **argv, bool *ret_json, const char **ret_key)
{
	*ret_key = NULL;
	*ret_json = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			*ret_json = true;
		else if (argv[i][0] == '-' || *ret_key != NULL)
			return usage_error(
			    "who-can: '%s' is one too many", argv[i]);
		else
			*ret_key = argv[i];
	}
	if (*ret_key == NULL)
		return usage_error("who-can: name a signing key");
	return 0;
}

int
verb_who_can(const char *dir, int argc, char **argv)
{
	static struct lookup l;
	struct tree *tree;
	const char *name;
	bool json;
	int rv = parse_options(argc, argv, &json, &name);

	if (rv != 0)
		return rv;
	if ((tree = tree_here(dir)) == NULL)
		return 1;
	l = (struct lookup){
		.tree = tree, .json.out = stdout, .as_json = json
	};
	l.key = tree_key_by_name(tree, name);
	if (l.key == NULL)
		fprintf(stderr, "countersignctl: there is no key '%s'\n", name);
	rv = print_all(&l);
	tree_free(tree);
	return rv;
}
