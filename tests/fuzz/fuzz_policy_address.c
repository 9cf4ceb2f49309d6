/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list and an address, divided by the first LF: "!" may only take away.  And
 * the same two as a glob and a name, a date, and a URI.
 */
#include "policy/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/date.h"
#include "policy/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
address(const char *list, const char *text)
{
	struct text_error error;
	char narrower[1100];

	if (address_list_check(list, &error) == -1)
		return;
	if (!address_list_match(list, text))
		return;
	snprintf(narrower, sizeof(narrower), "%s,!%s", list, text);
	if (strchr(text, ',') == NULL && strchr(text, '%') == NULL &&
	    address_list_match(narrower, text))
		abort();
}

static void
date(const char *text)
{
	struct text_error error;
	char again[DATE_TEXT];
	int64_t at, same;

	if (date_parse(text, &at, &error) == -1)
		return;
	date_text(at, again);
	if (at <= 0 || date_parse(again, &same, &error) == -1 || same != at)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[1024], *second;
	struct text_error error;

	if (len >= sizeof(text))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	date(text);
	uri_check(text, &error);
	if ((second = strchr(text, '\n')) == NULL)
		return 0;
	*second++ = '\0';
	address(text, second);
	glob_match(text, second);
	return 0;
}
