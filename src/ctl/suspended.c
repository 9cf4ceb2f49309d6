/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/suspended.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ctl/admin.h"

static bool
copy(char *ret, size_t size, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL && text_copy(ret, size, text);
}

static int
add(struct suspensions *set, const json_t *one)
{
	struct suspension s = { .since = 0 };
	const char *what = json_string_value(json_object_get(one, "what"));

	if (what == NULL)
		return -1;
	s.subject = subject_by_word(what);
	if (s.subject == SUBJECT_COUNT ||
	    !copy(s.name, sizeof(s.name), one, "name") ||
	    !copy(s.text, sizeof(s.text), one, "why"))
		return -1;
	return suspensions_add(set, &s);
}

struct suspensions *
suspended_read(const char *json, size_t len)
{
	struct suspensions *set = suspensions_new();
	json_t *root = json_loadb(json, len, 0, NULL);
	bool good = set != NULL && json_is_array(root);

	for (size_t i = 0; good && i < json_array_size(root); i++)
		good = add(set, json_array_get(root, i)) == 0;
	json_decref(root);
	if (good)
		return set;
	suspensions_free(set);
	return NULL;
}

struct suspensions *
suspended_now(const char *run_dir)
{
	const struct admin_request request = { .verb = ADMIN_SUSPENDED,
		.json = true };
	struct suspensions *set = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return NULL;
	if (ask_admin_into(out, run_dir, &request) == 0 && fflush(out) == 0 &&
	    (set = suspended_read(text, len)) == NULL)
		fputs("countersignctl: the broker's answer is malformed: is it "
		      "of another version?\n",
		    stderr);
	fclose(out);
	free(text);
	return set;
}
