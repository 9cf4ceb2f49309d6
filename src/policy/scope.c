/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/scope.h"

#include <stdio.h>
#include <string.h>

#include "policy/tenant.h"

int
scope_name(
    const struct tenant *tenant, const char *name, char ret[static NAME_SIZE])
{
	int n;

	if (tenant == NULL)
		return text_copy(ret, NAME_SIZE, name) ? 0 : -1;
	n = snprintf(ret, NAME_SIZE, "%s/%s", tenant->name, name);
	return n < 0 || n >= NAME_SIZE ? -1 : 0;
}

const char *
place_name(
    const struct place *place, const char *name, struct text_error *reterr)
{
	const struct tenant *tenant = place->tree->tenant;
	char scoped[NAME_SIZE];

	if (scope_name(tenant, name, scoped) == -1) {
		text_fail(reterr, 0,
		    "the name %.64s is too long: with its tenant's, %s/%.64s "
		    "may have %d characters",
		    name, tenant != NULL ? tenant->name : "", name,
		    NAME_SIZE - 1);
		return NULL;
	}
	return place_text(place, scoped, reterr);
}

int
value_own_names(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	struct names *ret = field, names;

	if (value_names(place, word, value, &names, reterr) == -1)
		return -1;
	for (size_t i = 0; i < names.count && place->tree->tenant != NULL;
	     i++) {
		names.item[i] = place_name(place, names.item[i], reterr);
		if (names.item[i] == NULL)
			return -1;
	}
	*ret = names;
	return 0;
}

int
value_own_name(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	const char **ret = field, *name;

	if (!text_is_name(value))
		return text_fail(reterr, 0, "%s: \"%.64s\" is not a name",
		    word->name, value);
	if ((name = place_name(place, value, reterr)) == NULL)
		return -1;
	*ret = name;
	return 0;
}

int
place_room(const struct place *place, const struct rows *rows, size_t before,
    size_t max, struct text_error *reterr)
{
	if (place->tree->tenant == NULL || rows->count - before < max)
		return 0;
	return text_fail(
	    reterr, 0, "a tenant may not have more than %zu of these", max);
}
