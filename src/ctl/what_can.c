/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl what-can: all that a client key, or each client key of a
 * principal, may do.
 */
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/clients.h"
#include "ctl/rights_out.h"
#include "ctl/verb.h"
#include "policy/list.h"

struct lookup {
	const struct tree *tree;
	struct json json;
	bool as_json;
	struct right_text right;
	size_t count;
};

static void
verbs_text(unsigned set, char ret[static MESSAGE_SIZE])
{
	struct sentence s;

	ret[0] = '\0';
	sentence_init(&s, ret, MESSAGE_SIZE);
	for (enum verb v = VERB_HELP; v < VERB_COUNT; v++)
		if ((set & 1u << v) != 0)
			sentence_item(&s, verb_word(v));
	if (s.items == 0)
		sentence_item(&s, "none");
}

static void
print_keys(struct lookup *l, const struct profile *profile)
{
	for (size_t i = 0; i < profile->keys.count; i++) {
		right_text_make(l->tree, profile,
		    tree_key_by_name(l->tree, profile->keys.item[i]),
		    &l->right);
		if (l->as_json) {
			json_object(&l->json, NULL);
			json_right(&l->json, &l->right);
			json_bool(
			    &l->json, "signs", rights_sign(&l->right.rights));
			json_object_end(&l->json);
			continue;
		}
		printf("  key %s: ", profile->keys.item[i]);
		if (rights_sign(&l->right.rights))
			print_right(stdout, &l->right);
		else
			fputs("signs nothing", stdout);
		fputc('\n', stdout);
	}
}

static void
print_client(struct lookup *l, const struct client_key *client)
{
	const struct profile *profile = client->profile;
	char verbs[MESSAGE_SIZE];

	l->count++;
	verbs_text(profile->limits.verb_set, verbs);
	if (!l->as_json) {
		print_client_key(stdout, client);
		printf("\n  verbs: %s\n", verbs);
		if (profile->second != NULL)
			printf("  only together with a client key of profile "
			       "%s\n",
			    profile->second);
		if (profile->keys.count == 0)
			puts("  no signing key");
		print_keys(l, profile);
		return;
	}
	json_object(&l->json, NULL);
	json_client_key(&l->json, client);
	json_text(&l->json, "verbs", verbs);
	json_text(&l->json, "second", profile->second);
	json_list(&l->json, "keys");
	print_keys(l, profile);
	json_list_end(&l->json);
	json_object_end(&l->json);
}

/* A principal, unless it is a fingerprint or a file. */
static int
print_all(struct lookup *l, const char *who)
{
	const struct client_key *client;
	char print[FINGERPRINT_SIZE];
	int rv;

	for (size_t i = 0; i < tree_clients(l->tree); i++)
		if (strcmp(tree_client(l->tree, i)->principal, who) == 0)
			print_client(l, tree_client(l->tree, i));
	if (l->count > 0)
		return 0;
	if (strncmp(who, "SHA256:", 7) != 0 && access(who, F_OK) == -1) {
		fprintf(stderr,
		    "countersignctl: no client key is of '%s', and there is no "
		    "such file\n",
		    who);
		return 1;
	}
	if ((rv = client_arg(who, print)) != 0)
		return rv;
	if ((client = client_by_print(l->tree, print)) != NULL)
		print_client(l, client);
	return 0;
}

static int
print_answer(struct lookup *l, const char *who)
{
	int rv;

	if (l->as_json)
		json_list(&l->json, NULL);
	rv = print_all(l, who);
	if (l->as_json) {
		json_list_end(&l->json);
		json_end(&l->json);
	}
	if (rv != 0 || l->count > 0)
		return rv;
	fprintf(stderr,
	    "countersignctl: no file of authorized_keys.d has this client "
	    "key\n");
	return 1;
}

static int
parse_options(int argc, char **argv, bool *ret_json, const char **ret_who)
{
	*ret_who = NULL;
	*ret_json = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			*ret_json = true;
		else if (argv[i][0] == '-' || *ret_who != NULL)
			return usage_error(
			    "what-can: '%s' is one too many", argv[i]);
		else
			*ret_who = argv[i];
	}
	if (*ret_who == NULL)
		return usage_error("what-can: name a fingerprint, a .pub file "
				   "or a principal");
	return 0;
}

int
verb_what_can(const char *dir, int argc, char **argv)
{
	static struct lookup l;
	struct tree *tree;
	const char *who;
	bool json;
	int rv = parse_options(argc, argv, &json, &who);

	if (rv != 0)
		return rv;
	if ((tree = tree_here(dir)) == NULL)
		return 1;
	l = (struct lookup){
		.tree = tree, .json.out = stdout, .as_json = json
	};
	rv = print_answer(&l, who);
	tree_free(tree);
	return rv;
}
