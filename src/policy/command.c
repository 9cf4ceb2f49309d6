/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/command.h"

#include <stdio.h>
#include <string.h>

#include "policy/list.h"
#include "policy/option.h"
#include "policy/split.h"

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
		return option_unknown(c->verb, word, reterr);
	bit = 1u << option_index(o);
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
		return option_key(c, word, reterr);
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
