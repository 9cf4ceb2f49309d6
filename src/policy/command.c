/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/command.h"

#include <stdio.h>
#include <string.h>

#include "base/sshsig.h"
#include "policy/list.h"
#include "policy/split.h"

/* A verb's option: both spellings, and what it does to the command. */
typedef int option_fn(
    struct command *, const char *value, struct text_error *reterr);

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

static int
set_key(struct command *c, const char *value, struct text_error *reterr)
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

static const struct option {
	const char *name; /* after "--" */
	char letter; /* after "-", or NUL */
	bool value;
	unsigned verbs;
	option_fn *set;
} options[] = {
	{ "key", 'k', true, KEYS, set_key },
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

static int
fail_option(enum verb verb, const char *word, struct text_error *reterr)
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

/* The option that a word names; *ret_value: what is attached, or NULL. */
static const struct option *
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

/* Where the parser stands. */
struct position {
	const struct split *words;
	size_t at;
	unsigned given; /* 1u << index of each option seen */
	unsigned operands;
};

static int
option_take(struct position *p, struct command *c, struct text_error *reterr)
{
	const char *word = p->words->word[p->at++], *value;
	const struct option *o = option_find(c->verb, word, &value);
	unsigned bit;

	if (o == NULL)
		return fail_option(c->verb, word, reterr);
	bit = BIT(o - options);
	if ((p->given & bit) != 0)
		return text_fail(reterr, 0, "--%s is given twice", o->name);
	p->given |= bit;
	if (o->value && value == NULL) {
		if (p->at == p->words->count)
			return text_fail(
			    reterr, 0, "--%s needs a value", o->name);
		value = p->words->word[p->at++];
	} else if (!o->value && value != NULL) {
		return text_fail(reterr, 0, "--%s takes no value", o->name);
	}
	return o->set(c, value, reterr);
}

static int
set_digest(struct command *c, const char *word, struct text_error *reterr)
{
	size_t len = strlen(word);

	c->digest_len = len / 2;
	if (len % 2 != 0 || hash_by_size(c->digest_len) == HASH_NONE ||
	    hex_decode(word, len, c->digest) == -1)
		return text_fail(reterr, 0,
		    "\"%.64s\" is no digest: 64, 96 or 128 hex digits", word);
	return 0;
}

static int
set_seq(struct command *c, const char *word, struct text_error *reterr)
{
	if (text_number(word, UINT64_MAX, &c->seq) == -1 || c->seq == 0)
		return text_fail(reterr, 0,
		    "\"%.64s\" is no record's number: 1 or more", word);
	return 0;
}

/* Its first operand says what, its second of what. */
static int
log_operand(struct position *p, struct command *c, const char *word,
    struct text_error *reterr)
{
	static const char *const actions[] = {
		[LOG_CHECKPOINT] = "checkpoint",
		[LOG_PROOF] = "proof",
		[LOG_SINCE] = "since",
	};

	if (p->operands == 2 && c->log == LOG_PROOF)
		return set_digest(c, word, reterr);
	if (p->operands == 2 && c->log == LOG_SINCE)
		return set_seq(c, word, reterr);
	for (enum log_action a = LOG_CHECKPOINT;
	     p->operands == 1 && a <= LOG_SINCE; a++) {
		if (strcmp(actions[a], word) != 0)
			continue;
		c->log = a;
		return 0;
	}
	return text_fail(reterr, 0, "unexpected \"%.64s\"; write: %s", word,
	    verb_usage(c->verb));
}

static int
operand_take(struct position *p, struct command *c, const char *word,
    struct text_error *reterr)
{
	enum verb topic;

	p->operands++;
	if (c->verb == VERB_LOG)
		return log_operand(p, c, word, reterr);

	if (c->verb == VERB_HELP && c->topic[0] == '\0') {
		if (verb_parse(word, &topic, reterr) == -1)
			return -1;
		text_copy(c->topic, sizeof(c->topic), word);
		return 0;
	}
	if ((c->verb == VERB_PUBKEY || c->verb == VERB_CERT) &&
	    c->key[0] == '\0')
		return set_key(c, word, reterr);
	return text_fail(reterr, 0, "unexpected \"%.64s\"; write: %s", word,
	    verb_usage(c->verb));
}

/* What only shows when everything was read. */
static int
check_whole(const struct position *p, const struct command *c,
    struct text_error *reterr)
{
	if (c->keep_going && c->atomic)
		return text_fail(
		    reterr, 0, "--keep-going and --atomic exclude each other");
	if (c->receipt && c->output != OUTPUT_TAR && c->output != OUTPUT_JSON)
		return text_fail(
		    reterr, 0, "--receipt needs -o tar or -o json");
	if (c->verb == VERB_LOG &&
	    p->operands != (c->log == LOG_CHECKPOINT ? 1u : 2u))
		return text_fail(reterr, 0, "write: %s", verb_usage(c->verb));
	return 0;
}

static int
words_parse(
    const struct split *words, struct command *c, struct text_error *reterr)
{
	struct position p = { .words = words, .at = 1 };
	bool only_operands = false;
	int rv;

	while (p.at < words->count) {
		const char *word = words->word[p.at];

		if (!only_operands && strcmp(word, "--") == 0) {
			only_operands = true;
			p.at++;
			continue;
		}
		if (!only_operands && word[0] == '-' && word[1] != '\0') {
			rv = option_take(&p, c, reterr);
		} else {
			p.at++;
			rv = operand_take(&p, c, word, reterr);
		}
		if (rv == -1)
			return -1;
	}
	return check_whole(&p, c, reterr);
}

int
command_parse(const char *text, struct command *ret, struct text_error *reterr)
{
	struct command c = { .verb = VERB_GREETING };
	struct split words;

	if (split_command(text, &words, reterr) == -1)
		return -1;
	if (words.count > 0) {
		if (verb_parse(words.word[0], &c.verb, reterr) == -1 ||
		    words_parse(&words, &c, reterr) == -1)
			return -1;
		if (c.verb == VERB_AGENT)
			text_copy(c.format, sizeof(c.format), AGENT_FORMAT);
	}
	*ret = c;
	return 0;
}
