/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/coverage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_certificate.h"

#define FROM_EVER (-NOW / DAY - 1)

/* Days from NOW; the certificate's are 0, 0 when there is none. */
struct sample {
	const char *name;
	long start, from, until;
};

static struct generation generations[4];
static const struct generation *list[4];
static struct signing_key key;
static char said[2048];

static void
fill(const struct sample *samples, size_t count)
{
	key.name = "release";
	key.rule = (struct rule){ "keys.d/a.conf", 1 };
	key.generations = list;
	key.count = count;
	for (size_t i = 0; i < count; i++) {
		const struct sample *s = &samples[i];

		generations[i] = (struct generation){
			.name = s->name,
			.of = "release",
			.key = &key,
			.start =
			    s->start == FROM_EVER ? 0 : NOW + s->start * DAY,
			.rule = { "keys.d/a.conf", 10 * (unsigned)(i + 1) },
		};
		if (s->from != s->until)
			generations[i].file[KEY_FILE_CERTIFICATE] =
			    make_certificate(NULL, NULL, s->from, s->until);
		list[i] = &generations[i];
	}
}

/* What is said of such a key. */
static const char *
say(const struct sample *samples, size_t count)
{
	char *text = NULL;
	unsigned warnings, lines = 0;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const struct hearer hearer = { tell_warning_line, out };

	fill(samples, count);
	warnings = coverage_warn(&hearer, &key, NOW);
	fclose(out);
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	assert_int_equal(warnings, lines);
	snprintf(said, sizeof(said), "%s", text);
	free(text);
	for (size_t i = 0; i < count; i++)
		free((char *)(uintptr_t)generations[i]
			 .file[KEY_FILE_CERTIFICATE]);
	memset(&key, 0, sizeof(key));
	return said;
}

#define SAY(...)                                             \
	say((const struct sample[]){ __VA_ARGS__ },          \
	    sizeof((const struct sample[]){ __VA_ARGS__ }) / \
		sizeof(struct sample))

static void
a_key_that_never_rolls_over_is_fine(void **state)
{
	(void)state;
	assert_string_equal(SAY({ "", FROM_EVER, 0, 0 }), "");
	/* What there is to say, certificate_warn says. */
	assert_string_equal(SAY({ "", FROM_EVER, -5, -1 }), "");
}

static void
one_that_rolls_over_in_time_is_fine(void **state)
{
	(void)state;
	assert_string_equal(SAY({ "", FROM_EVER, -9, 20 }, { "b", 10, 5, 99 },
				{ "c", 50, 0, 200 }),
	    "");
	assert_string_equal(SAY({ "a", -10, 0, 0 }, { "b", 10, 0, 0 }), "");
	/* To the second on which it starts. */
	assert_string_equal(
	    SAY({ "a", -10, -10, 10 }, { "b", 10, 10, 99 }), "");
}

static void
warns_of_a_time_without_any(void **state)
{
	(void)state;
	assert_string_equal(SAY({ "a", 1, 0, 0 }),
	    "keys.d/a.conf:1: warning: key release has no generation before "
	    "2026-11-22T03:37:23Z: until then it signs nothing\n");
	assert_string_equal(SAY({ "a", 0, 0, 0 }), "");
}

static void
warns_of_a_certificate_that_begins_too_late(void **state)
{
	(void)state;
	assert_string_equal(SAY({ "a", -1, 0, 0 }, { "b", 1, 2, 9 }),
	    "keys.d/a.conf:20: warning: generation b of key release starts at "
	    "2026-11-22T03:37:23Z, but its certificate is valid only from "
	    "2026-11-23T03:37:23Z on\n");
}

static void
warns_of_a_certificate_that_ends_before_it_begins(void **state)
{
	(void)state;
	assert_string_equal(SAY({ "a", -1, 0, 0 }, { "b", 2, -5, 1 }),
	    "keys.d/a.conf:20: warning: generation b of key release starts at "
	    "2026-11-23T03:37:23Z, but its certificate ends before that, at "
	    "2026-11-22T03:37:23Z\n");
}

static void
warns_of_a_gap_before_the_next(void **state)
{
	(void)state;
	assert_string_equal(SAY({ "", FROM_EVER, -9, 1 }, { "b", 2, 0, 99 }),
	    "keys.d/a.conf:10: warning: the certificate of key release ends at "
	    "2026-11-22T03:37:23Z, but the next generation starts only at "
	    "2026-11-23T03:37:23Z\n");
	/* One that has ended is certificate_warn's. */
	assert_string_equal(SAY({ "a", -10, -9, -1 }, { "b", 2, 0, 99 }), "");
}

static void
warns_of_two_that_were_mixed_up(void **state)
{
	(void)state;
	assert_string_equal(SAY({ "a", -1, -9, 9 }, { "b", 2, 0, 5 }),
	    "keys.d/a.conf:20: warning: the certificate of generation b of key "
	    "release ends at 2026-11-26T03:37:23Z, before that of generation a "
	    "of key release, which it replaces, does "
	    "(2026-11-30T03:37:23Z)\n");
}

static void
says_nothing_of_what_is_over(void **state)
{
	(void)state;
	assert_string_equal(SAY({ "a", -20, -9, -8 }, { "b", -1, -5, 99 }), "");
}

static void
warns_of_one_that_never_signs(void **state)
{
	(void)state;
	key.limits.not_after = NOW + 2 * DAY;
	assert_string_equal(SAY({ "a", -1, 0, 0 }, { "b", 2, 0, 0 }),
	    "keys.d/a.conf:20: warning: generation b of key release starts at "
	    "2026-11-23T03:37:23Z, when the key is not valid any more "
	    "(not-after, 2026-11-23T03:37:23Z)\n");
	key.limits.not_after = NOW + 2 * DAY + 1;
	assert_string_equal(SAY({ "a", -1, 0, 0 }, { "b", 2, 0, 0 }), "");
	key.limits.not_before = NOW + 2 * DAY;
	assert_string_equal(SAY({ "a", -1, 0, 0 }, { "b", 2, 0, 0 }),
	    "keys.d/a.conf:10: warning: generation a of key release is over at "
	    "2026-11-23T03:37:23Z, before the key is valid (not-before, "
	    "2026-11-23T03:37:23Z)\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_that_never_rolls_over_is_fine),
		cmocka_unit_test(one_that_rolls_over_in_time_is_fine),
		cmocka_unit_test(warns_of_a_time_without_any),
		cmocka_unit_test(warns_of_a_certificate_that_begins_too_late),
		cmocka_unit_test(
		    warns_of_a_certificate_that_ends_before_it_begins),
		cmocka_unit_test(warns_of_a_gap_before_the_next),
		cmocka_unit_test(warns_of_two_that_were_mixed_up),
		cmocka_unit_test(says_nothing_of_what_is_over),
		cmocka_unit_test(warns_of_one_that_never_signs),
	};

	return cmocka_run_group_tests(tests, make_pkey, free_pkey);
}
