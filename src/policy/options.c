/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/options.h"

#include <string.h>
#include <strings.h>

#include "policy/address.h"
#include "policy/date.h"

#define OPTION_NAME_SIZE 64

typedef int option_fn(
    struct key_options *, const char *value, struct text_error *reterr);

static int
set_profile(struct key_options *o, const char *value, struct text_error *reterr)
{
	if (o->profile[0] != '\0')
		return text_fail(reterr, 0, "profile= is given twice");
	if (!text_is_name(value))
		return text_fail(reterr, 0,
		    "profile=\"%.64s\" is not a profile's name", value);
	text_copy(o->profile, sizeof(o->profile), value);
	return 0;
}

static int
set_from(struct key_options *o, const char *value, struct text_error *reterr)
{
	struct text_error why;

	if (o->from[0] != '\0')
		return text_fail(reterr, 0, "from= is given twice");
	if (address_list_check(value, &why) == -1)
		return text_fail(reterr, 0, "from=: %.200s", why.what);
	text_copy(o->from, sizeof(o->from), value);
	return 0;
}

static int
set_expiry(struct key_options *o, const char *value, struct text_error *reterr)
{
	struct text_error why;

	if (o->expiry != 0)
		return text_fail(reterr, 0, "expiry-time= is given twice");
	if (date_parse_sshd(value, &o->expiry, &why) == -1)
		return text_fail(reterr, 0, "expiry-time=: %.200s", why.what);
	return 0;
}

#define NEVER "is never allowed here, so it cannot be given"

/* With set: kept, with a value.  Without both: says what already holds. */
static const struct key_option {
	const char *name;
	option_fn *set;
	const char *refused; /* why */
} known[] = {
	{ "profile", set_profile, NULL },
	{ "from", set_from, NULL },
	{ "expiry-time", set_expiry, NULL },
	{ "restrict", NULL, NULL },
	{ "no-agent-forwarding", NULL, NULL },
	{ "no-port-forwarding", NULL, NULL },
	{ "no-pty", NULL, NULL },
	{ "no-user-rc", NULL, NULL },
	{ "no-X11-forwarding", NULL, NULL },
	{ "agent-forwarding", NULL, NEVER },
	{ "port-forwarding", NULL, NEVER },
	{ "X11-forwarding", NULL, NEVER },
	{ "pty", NULL, NEVER },
	{ "user-rc", NULL, NEVER },
	{ "permitopen", NULL, NEVER },
	{ "permitlisten", NULL, NEVER },
	{ "tunnel", NULL, NEVER },
	{ "environment", NULL, NEVER },
	{ "command", NULL,
	    "has no meaning without a shell; a profile's `default' is what "
	    "runs without a command" },
	{ "cert-authority", NULL, "is refused: certificates are not accepted" },
	{ "principals", NULL, "is refused: certificates are not accepted" },
	{ "verify-required", NULL,
	    "is refused: whether the PIN was asked for cannot be seen here, "
	    "so it could not be enforced" },
	{ "no-touch-required", NULL,
	    "is refused: it asks for less than the default, which cannot be "
	    "changed here" },
};
#define KNOWN (sizeof(known) / sizeof(known[0]))

static const struct key_option *
option_find(const char *name)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (strcasecmp(known[i].name, name) == 0)
			return &known[i];
	return NULL;
}

/* value NULL: none was given. */
static int
option_apply(const char *name, const char *value, struct key_options *ret,
    struct text_error *reterr)
{
	const struct key_option *option = option_find(name);

	if (option == NULL)
		return text_fail(reterr, 0,
		    "unknown option \"%.64s\"; known: profile=, from=, "
		    "expiry-time=, restrict, no-agent-forwarding, "
		    "no-port-forwarding, no-pty, no-user-rc, no-X11-forwarding",
		    name);
	if (option->refused != NULL)
		return text_fail(
		    reterr, 0, "option %s %s", option->name, option->refused);
	if (option->set == NULL && value != NULL)
		return text_fail(
		    reterr, 0, "option %s takes no value", option->name);
	if (option->set != NULL && value == NULL)
		return text_fail(reterr, 0,
		    "option %s needs a value: %s=\"VALUE\"", option->name,
		    option->name);
	if (option->set == NULL)
		return 0;
	if (*value == '\0')
		return text_fail(
		    reterr, 0, "option %s has an empty value", option->name);
	return option->set(ret, value, reterr);
}

/* After '=': a quoted value, in which \" is a quote, as in sshd(8). */
static int
value_take(const char **at, const char *name, char ret[OPTION_VALUE_SIZE],
    struct text_error *reterr)
{
	const char *p = *at;
	size_t used = 0;

	if (*p++ != '"')
		return text_fail(reterr, 0,
		    "option %s: the value must be in double quotes", name);
	while (*p != '\0' && *p != '"') {
		if (p[0] == '\\' && p[1] == '"')
			p++;
		if (used == OPTION_VALUE_SIZE - 1)
			return text_fail(reterr, 0,
			    "option %s: the value is over %d bytes", name,
			    OPTION_VALUE_SIZE - 1);
		ret[used++] = *p++;
	}
	if (*p != '"')
		return text_fail(
		    reterr, 0, "option %s: the quote is not closed", name);
	ret[used] = '\0';
	*at = p + 1;
	return 0;
}

static int
option_take(const char **at, struct key_options *ret, struct text_error *reterr)
{
	size_t len = strcspn(*at, "=, \t\"");
	char name[OPTION_NAME_SIZE], value[OPTION_VALUE_SIZE];
	bool has_value;

	if (len == 0)
		return text_fail(reterr, 0, "an empty option");
	if (len >= sizeof(name))
		return text_fail(reterr, 0, "unknown option \"%.40s...\"", *at);
	memcpy(name, *at, len);
	name[len] = '\0';
	*at += len;
	has_value = **at == '=';
	if (has_value) {
		(*at)++;
		if (value_take(at, name, value, reterr) == -1)
			return -1;
	}
	return option_apply(name, has_value ? value : NULL, ret, reterr);
}

int
key_options_parse(
    const char **at, struct key_options *ret, struct text_error *reterr)
{
	ret->profile[0] = ret->from[0] = '\0';
	ret->expiry = 0;
	for (;;) {
		if (option_take(at, ret, reterr) == -1)
			return -1;
		if (**at == '\0' || char_is_blank(**at))
			return 0;
		if (**at != ',')
			return text_fail(
			    reterr, 0, "a comma must stand between options");
		(*at)++;
	}
}
