/* SPDX-License-Identifier: Apache-2.0 */
/* The words of [token NAME]. */
#include <stdlib.h>
#include <string.h>

#include "policy/value.h"

#define LABEL_MAX 32
#define SERIAL_MAX 16
#define VARIABLES_MAX 16
#define TIMEOUT_MAX_MS 600000
#define TIMEOUT_MIN_MS 10

static int
value_module(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	if (strchr(value, '/') == NULL)
		return text_fail(reterr, 0,
		    "module must be a path, such as "
		    "/usr/lib/softhsm/libsofthsm2.so or ./%.40s: nothing is "
		    "searched for",
		    value);
	return value_path(place, word, value, field, reterr);
}

static int
value_credential(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	if (!text_is_name(value))
		return text_fail(reterr, 0,
		    "pin-credential is the name of a systemd credential, "
		    "not \"%.40s\"",
		    value);
	return value_text(place, word, value, field, reterr);
}

static int
value_timeout(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	size_t len = strlen(value);
	uint32_t *ret = field, s;
	char number[16];
	uint64_t ms;

	(void)place;
	if (len > 2 && len < sizeof(number) &&
	    strcmp(value + len - 2, "ms") == 0) {
		memcpy(number, value, len - 2);
		number[len - 2] = '\0';
		if (text_number(number, word->max, &ms) == -1)
			goto bad;
	} else {
		if (text_duration(value, (uint32_t)word->max / 1000, &s) == -1)
			goto bad;
		ms = (uint64_t)s * 1000;
	}
	if (ms < word->min)
		goto bad;
	*ret = (uint32_t)ms;
	return 0;
bad:
	return text_fail(reterr, 0,
	    "timeout must be a time such as 500ms, 10s or 1m, from 10ms to "
	    "10m, not \"%.40s\"",
	    value);
}

/* The name before '='; -1 when there is none. */
static int
variable_name(const char *item, size_t *ret_len)
{
	size_t len = 0;

	while (char_is_alpha(item[len]) || item[len] == '_' ||
	    (len > 0 && char_is_digit(item[len])))
		len++;
	if (len == 0 || item[len] != '=')
		return -1;
	*ret_len = len;
	return 0;
}

/*
 * LD_PRELOAD and its like would give the worker another program's code; the
 * module needs none of them.
 */
static bool
is_loader_variable(const char *item)
{
	return strncmp(item, "LD_", 3) == 0 ||
	    strncmp(item, "GLIBC_", 6) == 0 || strncmp(item, "MALLOC_", 7) == 0;
}

static int
check_variable(const void *arg, const char *item, struct text_error *reterr)
{
	size_t len;

	(void)arg;
	if (variable_name(item, &len) == -1)
		return text_fail(reterr, 0,
		    "environment is a list of NAME=VALUE, not \"%.60s\"", item);
	if (is_loader_variable(item))
		return text_fail(reterr, 0,
		    "%.40s is the loader's and may not be set", item);
	if (strlen(item) > VALUE_PATH_MAX)
		return text_fail(reterr, 0, "%.40s... is over %d bytes", item,
		    VALUE_PATH_MAX);
	return 0;
}

/* NAME=./path and NAME=../path start at the file's folder. */
static const char *
variable_expand(
    const struct place *place, const char *item, struct text_error *reterr)
{
	const char *value = strchr(item, '=') + 1, *path;
	size_t name = (size_t)(value - item), len;
	char text[2 * VALUE_PATH_MAX + 2];

	if (strncmp(value, "./", 2) != 0 && strncmp(value, "../", 3) != 0)
		return item;
	if ((path = place_path(place, value, reterr)) == NULL)
		return NULL;
	len = strlen(path);
	if (name + len > VALUE_PATH_MAX) {
		text_fail(reterr, 0, "%.40s... is over %d bytes", item,
		    VALUE_PATH_MAX);
		return NULL;
	}
	memcpy(text, item, name);
	memcpy(text + name, path, len + 1);
	return place_text(place, text, reterr);
}

static int
value_environment(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	const char ***ret = field;
	struct names list;
	size_t a, b;

	(void)word;
	if (value_list(
		place, value, false, check_variable, NULL, &list, reterr) == -1)
		return -1;
	if (list.count > VARIABLES_MAX)
		return text_fail(reterr, 0, "over %d variables", VARIABLES_MAX);
	for (size_t i = 0; i < list.count; i++) {
		for (size_t j = 0; j < i; j++)
			if (variable_name(list.item[i], &a) == 0 &&
			    variable_name(list.item[j], &b) == 0 && a == b &&
			    memcmp(list.item[i], list.item[j], a) == 0)
				return text_fail(reterr, 0,
				    "%.*s is given twice", (int)a,
				    list.item[i]);
		list.item[i] = variable_expand(place, list.item[i], reterr);
		if (list.item[i] == NULL)
			return -1;
	}
	*ret = list.item;
	return 0;
}

#define AT(field) offsetof(struct token_conf, field), 0

static const struct word words[] = {
	{ "module", value_module, AT(module), 0, 0 },
	{ "token", value_text, AT(label), 0, LABEL_MAX },
	{ "serial", value_text, AT(serial), 0, SERIAL_MAX },
	{ "pin-file", value_path, AT(pin_file), 0, 0 },
	{ "pin-credential", value_credential, AT(pin_credential), 0, 63 },
	{ "workers", value_u16, AT(workers), 1, 64 },
	{ "timeout", value_timeout, AT(timeout_ms), TIMEOUT_MIN_MS,
	    TIMEOUT_MAX_MS },
	{ "environment", value_environment, AT(environment), 0, 0 },
	{ "network", value_yes, AT(network), 0, 0 },
};

static void *
token_open(
    const struct place *place, const char *name, struct text_error *reterr)
{
	struct tree *tree = place->tree;
	struct token_conf *token = tree_find_token(tree, name);

	if (token != NULL) {
		text_fail(reterr, 0, "token %s is already defined in %s:%u",
		    name, token->rule.file, token->rule.line);
		return NULL;
	}
	if ((name = place_text(place, name, reterr)) == NULL)
		return NULL;
	if ((token = rows_add(&tree->tokens)) != NULL) {
		token->name = name;
		token->workers = 2;
		token->timeout_ms = 10000;
		token->rule = place->rule;
		if (index_add(&tree->token_names, tree->tokens.count - 1) == 0)
			return token;
	}
	text_fail(reterr, 0, "out of memory");
	return NULL;
}

static int
token_close(const struct place *place, void *object, struct text_error *reterr)
{
	const struct token_conf *token = object;

	(void)place;
	if (token->module == NULL)
		return text_fail(
		    reterr, 0, "token %s has no module", token->name);
	if (token->label == NULL)
		return text_fail(reterr, 0,
		    "token %s has no token: the label of the token",
		    token->name);
	if ((token->pin_file == NULL) == (token->pin_credential == NULL))
		return text_fail(reterr, 0,
		    "token %s needs either pin-file or pin-credential%s",
		    token->name, token->pin_file != NULL ? ", not both" : "");
	return 0;
}

const struct kind kind_token = {
	"token",
	TREE_TOKENS,
	true,
	words,
	sizeof(words) / sizeof(words[0]),
	token_open,
	token_close,
	offsetof(struct token_conf, said),
	0,
};
