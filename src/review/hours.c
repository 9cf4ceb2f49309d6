/* SPDX-License-Identifier: Apache-2.0 */
#include "review/hours.h"

int
hours_parse(const char *text, struct hours *ret, struct text_error *reterr)
{
	struct hours hours;

	if (!text_copy(hours.text, sizeof(hours.text), text))
		return text_fail(
		    reterr, 0, "hours: over %zu bytes", sizeof(hours.text) - 1);
	if (week_parse(text, &hours.week, reterr) == -1)
		return -1;
	*ret = hours;
	return 0;
}

bool
hours_open(const struct hours *h, const struct moment *m)
{
	return week_open(
	    &h->week, m->weekday % 7 * WEEK_DAY + m->minute % WEEK_DAY);
}

bool
hours_any(const struct hours *h, unsigned weekday)
{
	return week_wait(&h->week, weekday % 7 * WEEK_DAY) < WEEK_DAY;
}
