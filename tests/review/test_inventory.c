/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/review/inventory_sheets.c */
#include "review/inventory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_lines.h"

static void
add(struct inventory *v, uint64_t time_us, const char *event,
    const struct pair *pairs)
{
	static struct fields f;

	f = (struct fields){ .time_us = time_us,
		.seq = time_us,
		.host = "signer1",
		.pid = "8",
		.event = event,
		.text = "" };
	for (; pairs->name != NULL; pairs++)
		f.field[f.count++] =
		    (struct field){ pairs->name, pairs->value };
	inventory_add(v, &f);
}
#define ADD(v, time_us, event, ...) \
	add(v, time_us, event,      \
	    (const struct pair[]){ __VA_ARGS__, { NULL, NULL } })

#define KEY(print, words)                                              \
	{ "what", "key" }, { "token", "main" }, { "key", "release" },  \
	    { "type", "p256" }, { "bits", "256" }, { "keyfp", print }, \
	    { "attributes", words },                                   \
	{                                                              \
		"outcome", "ok"                                        \
	}
#define GOOD "sensitive always-sensitive never-extractable local"

static struct sheets
sheets_of(const struct inventory *v)
{
	struct period always = { 0, UINT64_MAX };
	static struct hours hours;
	struct report *r = report_new(&always, &hours);
	struct sheets s = { 0 };

	assert_non_null(r);
	assert_int_equal(inventory_sheets(v, r, &s), 0);
	report_free(r);
	return s;
}

/* The fact of the key in the sheet of that number among the keys. */
static const struct cell *
fact(const struct sheets *s, size_t number, const char *name)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct sheet *t = s->list[i];

		if (strcmp(t->id, "keys") != 0 || number-- > 0)
			continue;
		for (size_t c = 0; c < t->width; c++)
			if (strcmp(t->columns[c].name, name) == 0)
				return &t->cells[c];
	}
	fail_msg("there is no %s", name);
	return NULL;
}

#define TEXT(s, number, name) fact(s, number, name)->text

static void
answers_from_the_newest_records(void **state)
{
	struct inventory *v = inventory_new();
	struct sheets s;

	(void)state;
	ADD(v, 1, "TOKEN", { "what", "login" }, { "token", "main" },
	    { "module", "/lib/p11.so" }, { "label", "Prod" },
	    { "serial", "42" }, { "model", "M" }, { "firmware", "1.0" });
	ADD(v, 2, "TOKEN", KEY("SHA256:a", GOOD));
	ADD(v, 3, "SIGN", { "key", "release" }, { "profile", "ci" },
	    { "principal", "alice" }, { "outcome", "ok" });
	ADD(v, 4, "SIGN", { "key", "release" }, { "profile", "ci" },
	    { "principal", "bob" }, { "outcome", "ok" });
	ADD(v, 5, "SIGN", { "key", "release" }, { "outcome", "failed" });
	ADD(v, 6, "TOKEN", KEY("SHA256:a", GOOD));
	s = sheets_of(v);
	assert_string_equal(TEXT(&s, 0, "name"), "release");
	assert_string_equal(TEXT(&s, 0, "keyfp"), "SHA256:a");
	assert_string_equal(TEXT(&s, 0, "bits"), "256");
	assert_string_equal(TEXT(&s, 0, "serial"), "42");
	assert_string_equal(TEXT(&s, 0, "firmware"), "1.0");
	assert_string_equal(TEXT(&s, 0, "module"), "/lib/p11.so");
	assert_string_equal(TEXT(&s, 0, "sensitive"), "yes");
	assert_string_equal(TEXT(&s, 0, "never_extractable"), "yes");
	assert_string_equal(TEXT(&s, 0, "extractable"), "no");
	assert_string_equal(TEXT(&s, 0, "local"), "yes");
	assert_string_equal(TEXT(&s, 0, "profiles"), "ci 2");
	assert_string_equal(TEXT(&s, 0, "principals"), "alice 1, bob 1");
	assert_int_equal(fact(&s, 0, "since")->number, 2);
	assert_int_equal(fact(&s, 0, "seen")->number, 6);
	assert_int_equal(fact(&s, 0, "signed")->number, 2);
	assert_int_equal(fact(&s, 0, "failed")->number, 1);
	assert_int_equal(fact(&s, 0, "public_keys")->number, 1);
	assert_int_equal(sheet_rows(sheet_find(&s, "changes")), 0);
	sheets_release(&s);
	inventory_free(v);
}

static void
counts_each_generation_by_itself(void **state)
{
	struct inventory *v = inventory_new();
	struct sheets s;

	(void)state;
	ADD(v, 1, "TOKEN", KEY("SHA256:a", GOOD));
	ADD(v, 2, "TOKEN", { "generation", "next" }, KEY("SHA256:b", GOOD));
	ADD(v, 3, "SIGN", { "key", "release" }, { "keyfp", "SHA256:a" },
	    { "outcome", "ok" });
	ADD(v, 4, "SIGN", { "key", "release" }, { "keyfp", "SHA256:b" },
	    { "outcome", "ok" });
	ADD(v, 5, "SIGN", { "key", "release" }, { "keyfp", "SHA256:b" },
	    { "outcome", "ok" });
	ADD(v, 6, "TOKEN", { "what", "canary" }, { "key", "release" },
	    { "token", "main" }, { "outcome", "failed" });
	s = sheets_of(v);
	assert_string_equal(TEXT(&s, 0, "name"), "release");
	assert_string_equal(TEXT(&s, 1, "name"), "release (next)");
	assert_string_equal(TEXT(&s, 0, "keyfp"), "SHA256:a");
	assert_string_equal(TEXT(&s, 1, "keyfp"), "SHA256:b");
	assert_int_equal(fact(&s, 0, "signed")->number, 1);
	assert_int_equal(fact(&s, 1, "signed")->number, 2);
	/* A roll-over is no exchange. */
	assert_int_equal(sheet_rows(sheet_find(&s, "changes")), 0);
	sheets_release(&s);
	inventory_free(v);
}

static void
says_what_is_not_recorded(void **state)
{
	struct inventory *v = inventory_new();
	struct sheets s;

	(void)state;
	ADD(v, 3, "SIGN", { "key", "old" }, { "outcome", "ok" });
	s = sheets_of(v);
	assert_string_equal(TEXT(&s, 0, "keyfp"), "not recorded");
	assert_string_equal(TEXT(&s, 0, "serial"), "not recorded");
	assert_string_equal(TEXT(&s, 0, "extractable"), "not recorded");
	assert_string_equal(TEXT(&s, 0, "principals"), "none");
	sheets_release(&s);
	inventory_free(v);
}

/* A key that was exchanged, or opened, is what an auditor looks for. */
static void
names_changes_of_keys_and_tokens(void **state)
{
	struct inventory *v = inventory_new();
	struct sheets s;

	(void)state;
	ADD(v, 1, "TOKEN", { "what", "login" }, { "token", "main" },
	    { "serial", "42" }, { "firmware", "1.0" });
	ADD(v, 2, "TOKEN", KEY("SHA256:a", GOOD));
	ADD(v, 3, "TOKEN", KEY("SHA256:b", GOOD));
	ADD(v, 4, "TOKEN", KEY("SHA256:b", "extractable"));
	ADD(v, 5, "TOKEN", { "what", "login" }, { "token", "main" },
	    { "serial", "42" }, { "firmware", "1.1" });
	ADD(v, 6, "RELOAD", { "what", "lost" }, { "object", "key" },
	    { "of", "release" });
	ADD(v, 7, "RELOAD", { "what", "lost" }, { "object", "profile" },
	    { "of", "ci" });
	s = sheets_of(v);
	assert_int_equal(sheet_rows(sheet_find(&s, "changes")), 4);
	assert_string_equal(TEXT(&s, 0, "keyfp"), "SHA256:b");
	assert_string_equal(TEXT(&s, 0, "extractable"), "yes");
	assert_string_equal(TEXT(&s, 0, "never_extractable"), "no");
	assert_string_equal(TEXT(&s, 0, "firmware"), "1.1");
	assert_int_equal(fact(&s, 0, "public_keys")->number, 2);
	assert_int_equal(fact(&s, 0, "since")->number, 4);
	sheets_release(&s);
	inventory_free(v);
}

static void
names_audit_keys(void **state)
{
	struct inventory *v = inventory_new();
	struct sheets s;

	(void)state;
	ADD(v, 1, "CHECKPOINT", { "auditkey", "o+1+a" });
	ADD(v, 2, "CHECKPOINT", { "auditkey", "o+1+a" });
	ADD(v, 3, "CHECKPOINT", { "auditkey", "o+2+b" });
	s = sheets_of(v);
	assert_int_equal(sheet_rows(sheet_find(&s, "audit_keys")), 2);
	sheets_release(&s);
	inventory_free(v);
}

static void
a_flood_of_keys_is_bounded(void **state)
{
	struct inventory *v = inventory_new();
	struct sheets s;
	char name[32];

	(void)state;
	for (unsigned i = 0; i < INVENTORY_KEYS + 50; i++) {
		snprintf(name, sizeof(name), "key%u", i);
		ADD(v, i, "TOKEN", { "what", "key" }, { "key", name },
		    { "keyfp", name });
	}
	assert_int_equal(v->key_names.count, INVENTORY_KEYS);
	s = sheets_of(v);
	sheets_release(&s);
	inventory_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_from_the_newest_records),
		cmocka_unit_test(counts_each_generation_by_itself),
		cmocka_unit_test(says_what_is_not_recorded),
		cmocka_unit_test(names_changes_of_keys_and_tokens),
		cmocka_unit_test(names_audit_keys),
		cmocka_unit_test(a_flood_of_keys_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
