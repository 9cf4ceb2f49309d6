/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/address.h"

/*
 * One [set] at pattern[0] == '[': does c belong to it?  *ret_next is behind
 * it; NULL when it has no end, and then '[' stands for itself.
 */
static bool
set_match(const char *pattern, unsigned char c, const char **ret_next)
{
	const char *p = pattern + 1;
	bool negated = *p == '!' || *p == '^', found = false;
	const char *first;

	if (negated)
		p++;
	for (first = p; *p != '\0' && (*p != ']' || p == first); p++) {
		unsigned char low = (unsigned char)*p, high = low;

		if (p[1] == '-' && p[2] != '\0' && p[2] != ']') {
			high = (unsigned char)p[2];
			p += 2;
		}
		if (low <= c && c <= high)
			found = true;
	}
	*ret_next = *p == ']' ? p + 1 : NULL;
	return found != negated;
}

/* Does one unit of the pattern match c?  *ret_next is the unit after it. */
static bool
unit_match(const char *pattern, char c, const char **ret_next)
{
	bool match;

	*ret_next = pattern + 1;
	if (*pattern == '?')
		return true;
	if (*pattern == '[') {
		match = set_match(pattern, (unsigned char)c, ret_next);
		if (*ret_next != NULL)
			return match;
		*ret_next = pattern + 1;
	}
	return *pattern == c;
}

/*
 * Only the last '*' is ever tried again, so the time is bounded by the
 * product of both lengths.
 */
bool
glob_match(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL, *next;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			retry = text;
		} else if (*pattern != '\0' &&
		    unit_match(pattern, *text, &next)) {
			pattern = next;
			text++;
		} else if (star != NULL) {
			pattern = star;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

bool
glob_check(const char *pattern)
{
	const char *next;

	for (; *pattern != '\0'; pattern = next) {
		next = pattern + 1;
		if (*pattern == '[') {
			set_match(pattern, 'a', &next);
			if (next == NULL)
				return false;
		}
	}
	return true;
}
