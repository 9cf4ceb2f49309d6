/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/terms.h"

#include <stdlib.h>
#include <string.h>

static size_t
size_of(const char *text)
{
	return text != NULL ? strlen(text) + 1 : 0;
}

/* A copy at *at, which goes on behind it; NULL stays NULL. */
static const char *
copy(char **at, const char *text)
{
	char *to = *at;
	size_t size = size_of(text);

	if (text == NULL)
		return NULL;
	memcpy(to, text, size);
	*at += size;
	return to;
}

struct terms *
terms_new(const struct key *key, const char *namespace, const char *trailer)
{
	const struct signing_key *conf = key->conf->key;
	struct terms *t = calloc(1,
	    sizeof(*t) + size_of(namespace) + size_of(trailer) +
		size_of(conf->predicate_type) + size_of(conf->tsa_policy));
	char *at;

	if (t == NULL)
		return NULL;
	at = t->texts;
	t->refs = 1;
	t->certificate = certificate_ref(key->files.certificate);
	t->settings = (struct format_settings){
		.namespace = copy(&at, namespace),
		.trailer = copy(&at, trailer),
		.predicate_type = copy(&at, conf->predicate_type),
		.tsa_policy = copy(&at, conf->tsa_policy),
		.tsa_accuracy_s = conf->tsa_accuracy_s,
		.no_signing_time = conf->no_signing_time,
	};
	return t;
}

struct terms *
terms_ref(struct terms *t)
{
	t->refs++;
	return t;
}

void
terms_free(struct terms *t)
{
	if (t == NULL || --t->refs > 0)
		return;
	certificate_free(t->certificate);
	free(t);
}

void
terms_facts(
    const struct terms *t, const struct key *key, struct format_key *ret)
{
	*ret = key->facts;
	ret->certificate = t->certificate;
}
