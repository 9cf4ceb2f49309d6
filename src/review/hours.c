/* SPDX-License-Identifier: Apache-2.0 */
#include "review/hours.h"

#include <string.h>
#include <strings.h>

const char *const weekday_words[7] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	"Sun" };

static bool
take_weekday(const char **at, unsigned *ret)
{
	for (unsigned i = 0; i < 7; i++) {
		if (strncasecmp(*at, weekday_words[i], 3) != 0)
			continue;
		*at += 3;
		*ret = i;
		return true;
	}
	return false;
}

static bool
take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool
take_two(const char **at, unsigned max, unsigned *ret)
{
	if (!char_is_digit((*at)[0]) || !char_is_digit((*at)[1]))
		return false;
	*ret = (unsigned)((*at)[0] - '0') * 10 + (unsigned)((*at)[1] - '0');
	*at += 2;
	return *ret <= max;
}

/* "07:00" to "24:00" as minutes. */
static bool
take_clock(const char **at, unsigned *ret)
{
	unsigned hours, minutes;

	if (!take_two(at, 24, &hours) || !take_char(at, ':') ||
	    !take_two(at, 59, &minutes))
		return false;
	*ret = hours * 60 + minutes;
	return *ret <= HOURS_MINUTES;
}

static void
open_span(struct hours *h, unsigned day, unsigned from, unsigned to)
{
	unsigned end = to > from ? to : to + HOURS_MINUTES;

	for (unsigned m = from; m < end; m++)
		h->open[(day + m / HOURS_MINUTES) % 7][m % HOURS_MINUTES] =
		    true;
}

/* "Mon-Fri 07:00-19:00" or "Sat 09:00-12:00" */
static bool
take_span(const char **at, struct hours *h)
{
	unsigned first, last, from, to;

	if (!take_weekday(at, &first))
		return false;
	last = first;
	if (take_char(at, '-') && !take_weekday(at, &last))
		return false;
	if (!take_char(at, ' ') || !take_clock(at, &from) ||
	    !take_char(at, '-') || !take_clock(at, &to))
		return false;
	for (unsigned day = first;; day = (day + 1) % 7) {
		open_span(h, day, from, to);
		if (day == last)
			return true;
	}
}

int
hours_parse(const char *text, struct hours *ret, struct text_error *reterr)
{
	struct hours hours = { 0 };
	const char *at = text;
	bool good = text_copy(hours.text, sizeof(hours.text), text);

	while (good && (good = take_span(&at, &hours)) && *at != '\0') {
		good = take_char(&at, ',');
		while (*at == ' ')
			at++;
	}
	if (!good)
		return text_fail(reterr, 0,
		    "\"%.60s\" are no hours: write \"" HOURS_DEFAULT
		    "\" or \"Mon-Thu 07:00-19:00, Fri 07:00-15:00\"",
		    text);
	*ret = hours;
	return 0;
}

bool
hours_open(const struct hours *h, const struct moment *m)
{
	return h->open[m->weekday % 7][m->minute % HOURS_MINUTES];
}

bool
hours_any(const struct hours *h, unsigned weekday)
{
	return memchr(h->open[weekday % 7], true, HOURS_MINUTES) != NULL;
}
