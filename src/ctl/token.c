/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/token.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/verb.h"

enum need {
	NEED_LABEL = 1 << 0,
	NEED_PIN = 1 << 1,
	NEED_SO_PIN = 1 << 2,
	NEED_NAME = 1 << 3,
	NEED_TYPE = 1 << 4,
	NEED_SUBJECT = 1 << 5,
	NEED_CERTIFICATE = 1 << 6,
	NEED_USER_ID = 1 << 7,
};

#define NEED_LOGIN (NEED_LABEL | NEED_PIN)

static const struct {
	const char *name;
	int (*run)(const struct token_options *);
	unsigned needs;
} actions[] = {
	{ "init", token_init, NEED_LABEL | NEED_PIN | NEED_SO_PIN },
	{ "keygen", token_keygen, NEED_LOGIN | NEED_NAME | NEED_TYPE },
	{ "list", token_list, 0 },
	{ "csr", token_csr, NEED_LOGIN | NEED_NAME | NEED_SUBJECT },
	{ "openpgp", token_openpgp, NEED_LOGIN | NEED_NAME | NEED_USER_ID },
	{ "import-cert", token_import_cert,
	    NEED_LOGIN | NEED_NAME | NEED_CERTIFICATE },
	{ "backup-check", token_backup_check, NEED_LOGIN },
};
#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

static const struct option long_options[] = {
	{ "module", required_argument, NULL, 'm' },
	{ "label", required_argument, NULL, 'l' },
	{ "serial", required_argument, NULL, 's' },
	{ "pin-file", required_argument, NULL, 'p' },
	{ "so-pin-file", required_argument, NULL, 'o' },
	{ "name", required_argument, NULL, 'n' },
	{ "type", required_argument, NULL, 't' },
	{ "id", required_argument, NULL, 'i' },
	{ "subject", required_argument, NULL, 'S' },
	{ "eku", required_argument, NULL, 'e' },
	{ "certificate", required_argument, NULL, 'c' },
	{ "user-id", required_argument, NULL, 'u' },
	{ "created", required_argument, NULL, 'C' },
	{ "expires", required_argument, NULL, 'E' },
	{ "out", required_argument, NULL, 'O' },
	{ "against", required_argument, NULL, 'a' },
	{ "transcript", required_argument, NULL, 'T' },
	{ NULL, 0, NULL, 0 },
};

static const char **
option_slot(struct token_options *o, int c)
{
	const struct {
		int c;
		const char **slot;
	} slots[] = {
		{ 'm', &o->module },
		{ 'l', &o->label },
		{ 's', &o->serial },
		{ 'p', &o->pin_file },
		{ 'o', &o->so_pin_file },
		{ 'n', &o->name },
		{ 't', &o->type },
		{ 'i', &o->id },
		{ 'S', &o->subject },
		{ 'e', &o->eku },
		{ 'c', &o->certificate },
		{ 'u', &o->user_id },
		{ 'C', &o->created },
		{ 'E', &o->expires },
		{ 'O', &o->out },
		{ 'a', &o->against },
		{ 'T', &o->transcript },
	};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		if (slots[i].c == c)
			return slots[i].slot;
	return NULL;
}

static int
parse_options(int argc, char **argv, struct token_options *ret)
{
	const char **slot;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if ((slot = option_slot(ret, c)) == NULL)
			return EX_USAGE;
		if (*slot != NULL)
			return usage_error("token: an option is given twice");
		*slot = optarg;
	}
	if (optind != argc)
		return usage_error("token: '%s' is one too many", argv[optind]);
	return 0;
}

static int
check_needs(const struct token_options *o, unsigned needs)
{
	const struct {
		unsigned need;
		const char *value;
		const char *word;
	} wanted[] = {
		{ NEED_LABEL, o->label, "label" },
		{ NEED_PIN, o->pin_file, "pin-file" },
		{ NEED_SO_PIN, o->so_pin_file, "so-pin-file" },
		{ NEED_NAME, o->name, "name" },
		{ NEED_TYPE, o->type, "type" },
		{ NEED_SUBJECT, o->subject, "subject" },
		{ NEED_CERTIFICATE, o->certificate, "certificate" },
		{ NEED_USER_ID, o->user_id, "user-id" },
	};

	if (o->module == NULL)
		return usage_error("token: --module is missing");
	if (o->label != NULL && (strlen(o->label) >= P11_LABEL || !*o->label))
		return usage_error("token: a label has 1 to 32 bytes");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if ((needs & wanted[i].need) != 0 && wanted[i].value == NULL)
			return usage_error(
			    "token: --%s is missing", wanted[i].word);
	return 0;
}

/* With its transcript, when one is kept: that it was tried is part of it. */
static int
run(size_t action, const struct token_options *o, int argc, char **argv)
{
	int rv;

	if (o->transcript != NULL &&
	    transcript_begin(o->transcript, argc, argv) == -1)
		return EX_CANTCREAT;
	rv = actions[action].run(o);
	if (o->transcript != NULL && transcript_end(rv) == -1)
		return EX_IOERR;
	return rv;
}

int
verb_token(const char *dir, int argc, char **argv)
{
	struct token_options options = { 0 };
	int rv;

	(void)dir;
	for (size_t i = 0; argc >= 2 && i < ACTIONS; i++) {
		if (strcmp(argv[1], actions[i].name) != 0)
			continue;
		if ((rv = parse_options(argc - 1, argv + 1, &options)) != 0 ||
		    (rv = check_needs(&options, actions[i].needs)) != 0)
			return rv;
		return run(i, &options, argc - 1, argv + 1);
	}
	return usage_error("token: say init, keygen, list, csr, openpgp, "
			   "import-cert or backup-check");
}
