/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/option.h"

#include <stdio.h>
#include <string.h>

#include "base/sshsig.h"
#include "policy/list.h"

#define BIT(verb) (1u << (verb))
#define SIGNS (BIT(VERB_SIGN) | BIT(VERB_CHECK))
#define KEYS (SIGNS | BIT(VERB_TSA) | BIT(VERB_AGENT))

static int
set_name(char ret[NAME_SIZE], const char *what, const char *value, bool good,
    struct text_error *reterr)
{
	if (!good)
		return text_fail(
		    reterr, 0, "\"%.64s\" is not a %s's name", value, what);
	text_copy(ret, NAME_SIZE, value);
	return 0;
}

int
option_key(struct command *c, const char *value, struct text_error *reterr)
{
	return set_name(
	    c->key, "key", value, text_is_scoped_name(value), reterr);
}

static int
set_format(struct command *c, const char *value, struct text_error *reterr)
{
	return set_name(
	    c->format, "format", value, text_is_name(value), reterr);
}

static int
set_namespace(struct command *c, const char *value, struct text_error *reterr)
{
	if (!sshsig_is_namespace(value))
		return text_fail(reterr, 0, "\"%.80s\" is no namespace", value);
	text_copy(c->namespace, sizeof(c->namespace), value);
	return 0;
}

static int
set_output(struct command *c, const char *value, struct text_error *reterr)
{
	for (enum output o = 0; o < OUTPUT_COUNT; o++) {
		if (strcmp(output_word(o), value) != 0)
			continue;
		c->output = o;
		return 0;
	}
	return text_fail(reterr, 0,
	    "unknown output \"%.64s\"; known: lines, raw, tar, json", value);
}

static int
set_input(struct command *c, const char *value, struct text_error *reterr)
{
	c->raw_input = strcmp(value, "raw") == 0;
	if (!c->raw_input && strcmp(value, "lines") != 0)
		return text_fail(reterr, 0,
		    "unknown input \"%.64s\"; known: lines, raw", value);
	return 0;
}

static int
set_hash(struct command *c, const char *value, struct text_error *reterr)
{
	if ((c->hash = hash_by_word(value)) == HASH_NONE)
		return text_fail(reterr, 0,
		    "unknown hash \"%.64s\"; known: sha256, sha384, sha512, "
		    "sha3-256, sha3-384, sha3-512",
		    value);
	return 0;
}

static int
set_form(struct command *c, const char *value, struct text_error *reterr)
{
	static const char *const words[FORM_COUNT] = {
		[FORM_PEM] = "pem",
		[FORM_DER] = "der",
		[FORM_SSH] = "ssh",
		[FORM_SIGNERS] = "allowed-signers",
		[FORM_OPENPGP] = "openpgp",
		[FORM_OPENPGP_TRAILER] = "openpgp-trailer",
		[FORM_MINISIGN] = "minisign",
		[FORM_SIGNIFY] = "signify",
		[FORM_JWS_HEADER] = "jws-header",
	};
	char known[160] = "";
	struct sentence s;

	for (enum form f = 0; f < FORM_COUNT; f++) {
		if (strcmp(words[f], value) != 0)
			continue;
		c->form = f;
		return 0;
	}
	sentence_init(&s, known, sizeof(known));
	for (enum form f = 0; f < FORM_COUNT; f++)
		sentence_item(&s, words[f]);
	return text_fail(
	    reterr, 0, "unknown form \"%.64s\"; known: %s", value, known);
}

static int
set_trailer(struct command *c, const char *value, struct text_error *reterr)
{
	uint8_t bytes[TRAILER_SIZE / 2];

	if (strlen(value) != 2 * sizeof(bytes) ||
	    hex_decode(value, 2 * sizeof(bytes), bytes) == -1)
		return text_fail(reterr, 0,
		    "--trailer is %zu hex digits: what pubkey KEY --form "
		    "openpgp-trailer gives",
		    2 * sizeof(bytes));
	text_copy(c->trailer, sizeof(c->trailer), value);
	return 0;
}

static int
set_json(struct command *c, const char *value, struct text_error *reterr)
{
	(void)value;
	(void)reterr;
	c->json = true;
	return 0;
}

static int
set_keep_going(struct command *c, const char *value, struct text_error *reterr)
{
	(void)value;
	(void)reterr;
	c->keep_going = true;
	return 0;
}

static int
set_atomic(struct command *c, const char *value, struct text_error *reterr)
{
	(void)value;
	(void)reterr;
	c->atomic = true;
	return 0;
}

static int
set_receipt(struct command *c, const char *value, struct text_error *reterr)
{
	(void)value;
	(void)reterr;
	c->receipt = true;
	return 0;
}

static int
set_next(struct command *c, const char *value, struct text_error *reterr)
{
	(void)value;
	(void)reterr;
	c->next = true;
	return 0;
}

static const struct option options[] = {
	{ "key", 'k', true, KEYS, option_key },
	{ "format", 'f', true, SIGNS, set_format },
	{ "output", 'o', true, SIGNS, set_output },
	{ "input", 'i', true, SIGNS, set_input },
	{ "hash", '\0', true, SIGNS | BIT(VERB_PUBKEY), set_hash },
	{ "keep-going", '\0', false, SIGNS, set_keep_going },
	{ "atomic", '\0', false, SIGNS, set_atomic },
	{ "receipt", '\0', false, SIGNS, set_receipt },
	{ "namespace", '\0', true, SIGNS, set_namespace },
	{ "trailer", '\0', true, SIGNS, set_trailer },
	{ "form", '\0', true, BIT(VERB_PUBKEY), set_form },
	{ "next", '\0', false, BIT(VERB_PUBKEY) | BIT(VERB_CERT), set_next },
	{ "json", '\0', false, BIT(VERB_WHOAMI) | BIT(VERB_KEYS), set_json },
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

int
option_unknown(enum verb verb, const char *word, struct text_error *reterr)
{
	char known[160] = "", spelled[24];
	struct sentence s;

	sentence_init(&s, known, sizeof(known));
	for (size_t i = 0; i < OPTIONS; i++) {
		if ((options[i].verbs & BIT(verb)) == 0)
			continue;
		if (options[i].letter != '\0')
			snprintf(
			    spelled, sizeof(spelled), "-%c", options[i].letter);
		else
			snprintf(
			    spelled, sizeof(spelled), "--%s", options[i].name);
		sentence_item(&s, spelled);
	}
	return text_fail(reterr, 0, "%s has no option \"%.64s\"; it has %s",
	    verb_word(verb), word, s.items > 0 ? known : "none");
}

const struct option *
option_find(enum verb verb, const char *word, const char **ret_value)
{
	*ret_value = NULL;
	for (size_t i = 0; i < OPTIONS; i++) {
		const struct option *o = &options[i];
		size_t len = strlen(o->name);

		if ((o->verbs & BIT(verb)) == 0)
			continue;
		if (word[1] != '-') {
			if (o->letter == '\0' || word[1] != o->letter)
				continue;
			*ret_value = word[2] != '\0' ? word + 2 : NULL;
			return o;
		}
		if (strncmp(word + 2, o->name, len) != 0)
			continue;
		if (word[2 + len] == '=')
			*ret_value = word + 2 + len + 1;
		else if (word[2 + len] != '\0')
			continue;
		return o;
	}
	return NULL;
}

size_t
option_index(const struct option *o)
{
	return (size_t)(o - options);
}
