/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text that a client gave to ssh as its command (and a profile's
 * `default`), split by our own strict reader into a verb and its options.
 *
 * Words are separated by blanks; single and double quotes group (no escapes
 * inside, no expansion of any kind); anything but printable ASCII is refused.
 */
#ifndef CS_POLICY_COMMAND_H
#define CS_POLICY_COMMAND_H

#include <stdbool.h>

#include "base/text.h"
#include "base/words.h"

enum verb {
	VERB_GREETING, /* no command at all */
	VERB_HELP,
	VERB_WHOAMI,
	VERB_KEYS,
	VERB_PUBKEY,
	VERB_CERT,
	VERB_SIGN,
	VERB_CHECK,
	VERB_TSA,
	VERB_AGENT,
	VERB_LOG,
	VERB_COUNT,
};

/* Those that name a signing key. */
#define KEY_VERBS                                                \
	(1u << VERB_PUBKEY | 1u << VERB_CERT | 1u << VERB_SIGN | \
	    1u << VERB_CHECK | 1u << VERB_TSA | 1u << VERB_AGENT)

/* The format that the verb agent makes. */
#define AGENT_FORMAT "sshsig"

enum log_action {
	LOG_CHECKPOINT,
	LOG_PROOF, /* of digest */
	LOG_SINCE, /* records from seq on */
};

enum form {
	FORM_PEM,
	FORM_DER,
	FORM_SSH,
	FORM_SIGNERS, /* allowed-signers */
	FORM_OPENPGP, /* the file beside the key */
	FORM_OPENPGP_TRAILER, /* what to hash behind a file, now */
	FORM_MINISIGN,
	FORM_SIGNIFY,
	FORM_JWS_HEADER, /* with hash */
	FORM_COUNT
};

#define TRAILER_SIZE 83 /* 41 bytes in hex */

struct command {
	enum verb verb;
	char key[NAME_SIZE]; /* -k, or pubkey's and cert's operand; "" */
	char format[NAME_SIZE]; /* -f; "": not given */
	char namespace[NAMESPACE_SIZE]; /* --namespace; "": not given */
	char topic[NAME_SIZE]; /* help's operand */
	enum output output;
	enum hash hash; /* --hash */
	enum form form; /* --form */
	char trailer[TRAILER_SIZE]; /* --trailer; "": not given */
	bool next; /* --next */
	bool json; /* --json */
	bool raw_input; /* -i raw */
	bool keep_going;
	bool atomic;
	bool receipt; /* --receipt */
	enum log_action log;
	uint8_t digest[DIGEST_MAX]; /* log proof's operand */
	size_t digest_len;
	uint64_t seq; /* log since's operand, 1 or more */
};

/*
 * Options are accepted as "-k NAME", "-kNAME", "--key NAME", "--key=NAME".
 * 0, or -1 with what to tell the client in reterr->what (it names what would
 * be accepted).
 */
int command_parse(
    const char *text, struct command *ret, struct text_error *reterr);

/* Does it make signatures, after itself or (agent) later? */
bool verb_signs(enum verb);
const char *verb_word(enum verb); /* "" for VERB_GREETING */
/* VERB_COUNT: unknown.  VERB_GREETING has no word. */
enum verb verb_by_word(const char *);
/* 0, or -1 with a text that names the verbs there are. */
int verb_parse(const char *word, enum verb *ret, struct text_error *reterr);
/* For `help`: how it is called, one line without an LF ... */
const char *verb_usage(enum verb);
/* ... and what it does, one or more whole lines. */
const char *verb_help(enum verb);

#endif
