/* SPDX-License-Identifier: Apache-2.0 */
/* suspend_text and suspend_json, declared in broker/suspend.h. */
#include "broker/suspend.h"

#include <string.h>

#include "policy/date.h"

void
suspend_text(const struct suspensions *set, struct buf *out)
{
	const struct suspension *one;
	char since[DATE_TEXT];

	for (size_t i = 0; (one = suspensions_at(set, i)) != NULL; i++) {
		date_text(one->since, since);
		buf_addf(out, "suspended %s %s: %s (by %s, %s)\n",
		    subject_word(one->subject), one->name, one->text, one->by,
		    since);
	}
}

static void
add_string(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "\"%s\":", name);
	buf_add_json(out, value, strlen(value));
}

void
suspend_json(const struct suspensions *set, struct buf *out)
{
	const struct suspension *one;
	char since[DATE_TEXT];

	buf_adds(out, "[");
	for (size_t i = 0; (one = suspensions_at(set, i)) != NULL; i++) {
		date_text(one->since, since);
		buf_adds(out, i > 0 ? ",{" : "{");
		add_string(out, "what", subject_word(one->subject));
		buf_adds(out, ",");
		add_string(out, "name", one->name);
		buf_adds(out, ",");
		add_string(out, "why", one->text);
		buf_adds(out, ",");
		add_string(out, "by", one->by);
		buf_adds(out, ",");
		add_string(out, "since", since);
		buf_adds(out, "}");
	}
	buf_adds(out, "]");
}
