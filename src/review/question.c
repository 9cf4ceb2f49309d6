/* SPDX-License-Identifier: Apache-2.0 */
#include "review/question.h"

#include <string.h>
#include <strings.h>

#include "audit/event.h"
#include "base/reason.h"
#include "base/words.h"
#include "policy/address.h"

#define DIGEST_LEAST 8 /* hex digits: a prefix that is no accident */
#define PRINT_PREFIX "SHA256:"
#define PRINT_LEN 43 /* base64 of a SHA-256 without its padding */

static int
copy(const char *value, char ret[static QUESTION_SIZE],
    struct text_error *reterr)
{
	if (*value == '\0')
		return text_fail(reterr, 0, "the value is empty");
	if (!text_copy(ret, QUESTION_SIZE, value))
		return text_fail(reterr, 0, "the value is too long");
	return 0;
}

int
question_any(const char *value, char ret[static QUESTION_SIZE],
    struct text_error *reterr)
{
	return copy(value, ret, reterr);
}

/* A typing error must not look like "there was none". */
int
question_event(const char *value, char ret[static QUESTION_SIZE],
    struct text_error *reterr)
{
	for (int e = 0; e < EVENT_COUNT; e++)
		if (strcasecmp(value, event_word((enum event)e)) == 0)
			return copy(event_word((enum event)e), ret, reterr);
	return text_fail(reterr, 0, "\"%.40s\" is no event", value);
}

int
question_outcome(const char *value, char ret[static QUESTION_SIZE],
    struct text_error *reterr)
{
	static const char *const words[] = { "ok", "failed", "refused", "low" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(value, words[i]) == 0)
			return copy(value, ret, reterr);
	return text_fail(reterr, 0,
	    "\"%.40s\" is no outcome: write ok, failed, refused or low", value);
}

int
question_reason(const char *value, char ret[static QUESTION_SIZE],
    struct text_error *reterr)
{
	for (int r = 0; r < REASON_COUNT; r++)
		if (strcmp(value, reason_word((enum reason)r)) == 0)
			return copy(value, ret, reterr);
	return text_fail(reterr, 0, "\"%.40s\" is no reason", value);
}

int
question_print(const char *value, char ret[static QUESTION_SIZE],
    struct text_error *reterr)
{
	size_t prefix = sizeof(PRINT_PREFIX) - 1;

	if (strncmp(value, PRINT_PREFIX, prefix) != 0 ||
	    strlen(value) != prefix + PRINT_LEN)
		return text_fail(reterr, 0,
		    "\"%.60s\" is no fingerprint: write SHA256: and 43 "
		    "characters, as ssh-keygen -l prints it",
		    value);
	return copy(value, ret, reterr);
}

int
question_digest(const char *value, char ret[static QUESTION_SIZE],
    struct text_error *reterr)
{
	size_t len = strlen(value);

	if (len < DIGEST_LEAST || len > 2 * DIGEST_MAX ||
	    value[strspn(value, "0123456789abcdefABCDEF")] != '\0')
		return text_fail(reterr, 0,
		    "\"%.130s\" is no digest: write it in hex, or its first %d "
		    "digits or more",
		    value, DIGEST_LEAST);
	for (size_t i = 0; i <= len; i++)
		ret[i] = value[i] >= 'A' && value[i] <= 'F' ?
		    (char)(value[i] + ('a' - 'A')) :
		    value[i];
	return 0;
}

int
question_source(const char *value, char ret[static QUESTION_SIZE],
    struct text_error *reterr)
{
	if (address_list_check(value, reterr) == -1)
		return -1;
	return copy(value, ret, reterr);
}

int
question_range(const char *value, uint64_t *ret_first, uint64_t *ret_last,
    struct text_error *reterr)
{
	const char *dash = strchr(value, '-');
	size_t len = dash != NULL ? (size_t)(dash - value) : strlen(value);
	uint64_t first, last = UINT64_MAX;
	char text[24];

	if (len >= sizeof(text))
		goto fail;
	memcpy(text, value, len);
	text[len] = '\0';
	if (text_number(text, UINT64_MAX, &first) == -1)
		goto fail;
	if (dash == NULL)
		last = first;
	else if (dash[1] != '\0' &&
	    text_number(dash + 1, UINT64_MAX, &last) == -1)
		goto fail;
	if (last < first)
		goto fail;
	*ret_first = first;
	*ret_last = last;
	return 0;
fail:
	return text_fail(reterr, 0,
	    "\"%.40s\" is no number or range: write 42, 42-99 or 42-", value);
}
