/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/token.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/verb.h"
#include "p11/rv.h"

enum need {
	NEED_LABEL = 1 << 0,
	NEED_PIN = 1 << 1,
	NEED_SO_PIN = 1 << 2,
	NEED_NAME = 1 << 3,
	NEED_TYPE = 1 << 4,
};

static const struct {
	const char *name;
	int (*run)(const struct token_options *);
	unsigned needs;
} actions[] = {
	{ "init", token_init, NEED_LABEL | NEED_PIN | NEED_SO_PIN },
	{ "keygen", token_keygen,
	    NEED_LABEL | NEED_PIN | NEED_NAME | NEED_TYPE },
	{ "list", token_list, 0 },
};

static const struct option long_options[] = {
	{ "module", required_argument, NULL, 'm' },
	{ "label", required_argument, NULL, 'l' },
	{ "serial", required_argument, NULL, 's' },
	{ "pin-file", required_argument, NULL, 'p' },
	{ "so-pin-file", required_argument, NULL, 'o' },
	{ "name", required_argument, NULL, 'n' },
	{ "type", required_argument, NULL, 't' },
	{ "id", required_argument, NULL, 'i' },
	{ NULL, 0, NULL, 0 },
};

int
token_fail(const char *fmt, ...)
{
	va_list ap;

	fputs("countersignctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EX_UNAVAILABLE;
}

static const char **
option_slot(struct token_options *o, int c)
{
	switch (c) {
	case 'm':
		return &o->module;
	case 'l':
		return &o->label;
	case 's':
		return &o->serial;
	case 'p':
		return &o->pin_file;
	case 'o':
		return &o->so_pin_file;
	case 'n':
		return &o->name;
	case 't':
		return &o->type;
	case 'i':
		return &o->id;
	default:
		return NULL;
	}
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
	if (o->module == NULL)
		return usage_error("token: --module is missing");
	if ((needs & NEED_LABEL) != 0 && o->label == NULL)
		return usage_error("token: --label is missing");
	if (o->label != NULL && (strlen(o->label) >= P11_LABEL || !*o->label))
		return usage_error("token: a label has 1 to 32 bytes");
	if ((needs & NEED_PIN) != 0 && o->pin_file == NULL)
		return usage_error("token: --pin-file is missing");
	if ((needs & NEED_SO_PIN) != 0 && o->so_pin_file == NULL)
		return usage_error("token: --so-pin-file is missing");
	if ((needs & NEED_NAME) != 0 && o->name == NULL)
		return usage_error("token: --name is missing");
	if ((needs & NEED_TYPE) != 0 && o->type == NULL)
		return usage_error("token: --type is missing");
	return 0;
}

int
verb_token(const char *dir, int argc, char **argv)
{
	struct token_options options = { 0 };
	int rv;

	(void)dir;
	for (size_t i = 0; argc >= 2 && i < sizeof(actions) / sizeof(*actions);
	     i++) {
		if (strcmp(argv[1], actions[i].name) != 0)
			continue;
		if ((rv = parse_options(argc - 1, argv + 1, &options)) != 0 ||
		    (rv = check_needs(&options, actions[i].needs)) != 0)
			return rv;
		return actions[i].run(&options);
	}
	return usage_error("token: say init, keygen or list");
}
