/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/tenant_answer.h"

#include <string.h>

#include "broker/governed.h"
#include "policy/compare.h"

/* Changes that are told one by one: the answer has its bounds. */
#define CHANGES_MAX 1000

#define REFUSED                                                              \
	"the service's own files have errors now, so nothing can be taken; " \
	"its admin has to see to them\n"

/* Whole lines "FILE:LINE: TEXT" or "FILE: TEXT": how many are theirs. */
static size_t
say_errors(
    const struct admin_peer *who, const struct loaded *loaded, struct buf *out)
{
	const char *line = loaded->text.bad ? "" : buf_at(&loaded->text), *end;
	char file[sizeof(((struct text_error *)NULL)->file)];
	size_t count = 0;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		size_t len = strcspn(line, ":");

		if (len >= sizeof(file) || line + len > end)
			continue;
		memcpy(file, line, len);
		file[len] = '\0';
		if (!governs_file(who, file))
			continue;
		buf_add(out, line, (size_t)(end - line) + 1);
		count++;
	}
	return count;
}

static size_t
say_bad(
    const struct admin_peer *who, const struct loaded *loaded, struct buf *out)
{
	size_t bad = 0;

	for (size_t i = 0; i < tree_tenants(loaded->tree); i++) {
		const struct tenant *tenant = tree_tenant(loaded->tree, i);

		if (tenant->error == NULL || !governs_tenant(who, tenant))
			continue;
		bad++;
		buf_addf(out, "tenant %s has errors: %s\n", tenant->name,
		    tenant->kept ? "its last good files stay" :
				   "it has nothing");
	}
	return bad;
}

static void
say_change(const struct change *change, struct buf *out)
{
	char words[CHANGE_WORDS];

	change_words(change, words);
	buf_addf(out, "%s %s: %s%s%s\n",
	    change->object == CHANGE_CLIENT ?
		"client key of" :
		change_object_word(change->object),
	    change_of(change), change_kind_word(change->kind),
	    words[0] != '\0' ? ": " : "", words);
}

static size_t
say_changes(
    const struct admin_peer *who, const struct loaded *loaded, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < loaded->changes.count; i++) {
		const struct change *change = &loaded->changes.list[i];
		const struct tenant *tenant = change_tenant(change);

		if (tenant == NULL || !governs_tenant(who, tenant))
			continue;
		if (count++ == 0)
			buf_adds(out, "a reload would change:\n");
		if (count <= CHANGES_MAX)
			say_change(change, out);
	}
	if (count > CHANGES_MAX)
		buf_addf(out, "... and %zu more\n", count - CHANGES_MAX);
	return count;
}

uint8_t
say_check(
    const struct admin_peer *who, const struct loaded *loaded, struct buf *out)
{
	size_t errors = say_errors(who, loaded, out);

	if (loaded->tree == NULL) {
		buf_adds(out, REFUSED);
		return 1;
	}
	errors += say_bad(who, loaded, out);
	if (say_changes(who, loaded, out) == 0)
		buf_adds(out, "a reload would change nothing\n");
	return errors > 0;
}

uint8_t
say_reload(const struct admin_peer *who, const struct loaded *loaded,
    bool taken, struct buf *out)
{
	if (!taken) {
		buf_adds(out, REFUSED);
		return 1;
	}
	say_errors(who, loaded, out);
	if (say_bad(who, loaded, out) > 0) {
		buf_adds(out, "the rest was reloaded\n");
		return 1;
	}
	buf_adds(out, "reloaded\n");
	return 0;
}
