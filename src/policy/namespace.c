/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/namespace.h"

#include <string.h>

#include "base/sshsig.h"
#include "policy/list.h"
#include "policy/private.h"
#include "policy/tenant.h"
#include "policy/value.h"

static int
check_namespace(const void *arg, const char *item, struct text_error *reterr)
{
	(void)arg;
	if (sshsig_is_namespace(item))
		return 0;
	return text_fail(reterr, 0,
	    "\"%.80s\" is no namespace: at most %d printable characters "
	    "without blanks, commas, quotes, \\, *, ? and !",
	    item, NAMESPACE_SIZE - 1);
}

int
value_namespaces(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)word;
	return value_list(
	    place, value, true, check_namespace, NULL, field, reterr);
}

/* Whoever says nothing leaves it to the others. */
static bool
allows(const struct limits *limits, const char *namespace)
{
	return limits->namespaces.item == NULL ||
	    names_have(&limits->namespaces, namespace);
}

/* The list from which others only take away. */
static const struct names *
first_list(const struct profile *profile, const struct signing_key *key)
{
	return key->limits.namespaces.item != NULL ?
	    &key->limits.namespaces :
	    &profile->limits.namespaces;
}

const char *
namespace_next(
    const struct profile *profile, const struct signing_key *key, size_t *at)
{
	const struct names *list = first_list(profile, key);

	while (*at < list->count) {
		const char *name = list->item[(*at)++];
		bool good = allows(&profile->limits, name);

		for (const struct tenant *t = profile->tenant; t != NULL;
		     t = t->parent)
			good = good && allows(&t->limits, name);
		if (good)
			return name;
	}
	return NULL;
}

void
namespace_list(const struct profile *profile, const struct signing_key *key,
    char *text, size_t size)
{
	const char *name;
	struct sentence s;
	size_t at = 0;

	sentence_init(&s, text, size);
	while ((name = namespace_next(profile, key, &at)) != NULL)
		sentence_item(&s, name);
	if (s.items == 0)
		sentence_item(&s, "none");
}

/* The list that does not have it, or where one is missing. */
static struct rule
rule_of(const struct grant *g, const char *name)
{
	const struct names *own = &g->profile->limits.namespaces;
	const struct names *list = first_list(g->profile, g->key);

	if (list->item == NULL)
		return g->key->rule;
	if (!names_have(list, name))
		return list->rule;
	if (own->item != NULL && !names_have(own, name))
		return own->rule;
	for (const struct tenant *t = g->profile->tenant; t != NULL;
	     t = t->parent)
		if (!allows(&t->limits, name))
			return t->limits.namespaces.rule;
	return list->rule;
}

static enum reason
refuse_all(const struct grant *g, struct verdict *ret)
{
	const struct names *list = first_list(g->profile, g->key);
	const char *key = g->key->name;

	if (list->item != NULL)
		return refuse(ret, REASON_NAMESPACE, rule_of(g, list->item[0]),
		    "the profile %s and the key %s have no namespace in common",
		    g->profile->name, key);
	return refuse(ret, REASON_NAMESPACE, g->key->rule,
	    "no namespace is granted for key %s; an admin grants some with a "
	    "line in [key %s]: namespaces = file, git",
	    key, key);
}

enum reason
namespace_check(const struct grant *g, struct verdict *ret)
{
	size_t at = 0;

	if (namespace_next(g->profile, g->key, &at) != NULL)
		return REASON_OK;
	return refuse_all(g, ret);
}

static enum reason
refuse_one(const struct grant *g, const char *name, struct verdict *ret)
{
	refuse(ret, REASON_NAMESPACE, rule_of(g, name),
	    "you may not use namespace %s with key %s; allowed: ", name,
	    g->key->name);
	namespace_list(g->profile, g->key, ret->text, sizeof(ret->text));
	return REASON_NAMESPACE;
}

static enum reason
ask_which(const struct grant *g, struct verdict *ret)
{
	refuse(ret, REASON_USAGE, first_list(g->profile, g->key)->rule,
	    "say which namespace with --namespace; key %s allows you: ",
	    g->key->name);
	namespace_list(g->profile, g->key, ret->text, sizeof(ret->text));
	return REASON_USAGE;
}

enum reason
namespace_resolve(const struct tree *tree, const struct command *command,
    struct grant *g, struct verdict *ret)
{
	const struct format_word *format = tree_format(tree, g->format);
	const char *asked = command->namespace, *only, *name;
	size_t at = 0;

	if ((format->needs & FORMAT_NEEDS_NAMESPACE) == 0) {
		if (asked[0] == '\0')
			return REASON_OK;
		return refuse(ret, REASON_USAGE, g->key->rule,
		    "--namespace is for SSH signatures; format %s has none",
		    g->format);
	}
	only = name = namespace_next(g->profile, g->key, &at);
	if (only == NULL)
		return refuse_all(g, ret);
	if (asked[0] == '\0') {
		g->namespace = only;
		if (namespace_next(g->profile, g->key, &at) == NULL)
			return REASON_OK;
		/* An agent is told with each message. */
		g->namespace = NULL;
		return command->verb == VERB_AGENT ? REASON_OK :
						     ask_which(g, ret);
	}
	while (name != NULL && strcmp(name, asked) != 0)
		name = namespace_next(g->profile, g->key, &at);
	if (name == NULL)
		return refuse_one(g, asked, ret);
	g->namespace = name;
	return REASON_OK;
}
