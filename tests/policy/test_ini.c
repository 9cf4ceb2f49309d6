/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/ini_line.c */
#include "policy/ini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What was handed over and told, as lines. */
struct heard {
	char lines[8192];
	char errors[4096];
	const char *refuse; /* a section that the receiver does not want */
};

static int
on_line(void *arg, const char *section, const char *name, const char *value,
    unsigned line, struct text_error *reterr)
{
	struct heard *heard = arg;
	size_t used = strlen(heard->lines);

	if (heard->refuse != NULL && strcmp(section, heard->refuse) == 0)
		return text_fail(reterr, line, "not wanted");
	snprintf(heard->lines + used, sizeof(heard->lines) - used,
	    "%u [%s] %s=%s\n", line, section, name ? name : "",
	    value ? value : "");
	return 0;
}

static void
on_error(void *arg, const struct text_error *error)
{
	struct heard *heard = arg;
	size_t used = strlen(heard->errors);

	snprintf(heard->errors + used, sizeof(heard->errors) - used, "%u: %s\n",
	    error->line, error->what);
}

static unsigned
read_len(const char *text, size_t len, struct heard *heard)
{
	heard->lines[0] = heard->errors[0] = '\0';
	return ini_read(text, len, on_line, heard, on_error, heard);
}

static unsigned
read_text(const char *text, struct heard *heard)
{
	return read_len(text, strlen(text), heard);
}

/* One error; and what else was on the lines is lines. */
static void
assert_error(const char *text, const char *error, const char *lines)
{
	struct heard heard = { .refuse = NULL };

	assert_int_equal(read_text(text, &heard), 1);
	assert_string_equal(heard.errors, error);
	assert_string_equal(heard.lines, lines);
}

static void
hands_over_sections_and_pairs_with_their_lines(void **state)
{
	struct heard heard = { .refuse = NULL };

	(void)state;
	assert_int_equal(read_text("# a comment = 1\n"
				   "\n"
				   "[key release]\n"
				   "token = demo\n"
				   "; another = 2\n"
				   "object=pkcs11:object=a;id=%01\n"
				   "x  =  two words  \n"
				   "[audit]\r\n"
				   "file = a\r\n"
				   "last = line without its end",
			     &heard),
	    0);
	assert_string_equal(heard.errors, "");
	assert_string_equal(heard.lines,
	    "3 [key release] =\n"
	    "4 [key release] token=demo\n"
	    "6 [key release] object=pkcs11:object=a;id=%01\n"
	    "7 [key release] x=two words\n"
	    "8 [audit] =\n"
	    "9 [audit] file=a\n"
	    "10 [audit] last=line without its end\n");
}

static void
takes_an_empty_text(void **state)
{
	struct heard heard = { .refuse = NULL };

	(void)state;
	assert_int_equal(read_text("", &heard), 0);
	assert_string_equal(heard.lines, "");
}

static void
takes_a_line_of_the_greatest_length_whole(void **state)
{
	char text[INI_LINE_MAX + 16];
	struct heard heard = { .refuse = NULL };
	size_t len;

	(void)state;
	memcpy(text, "[s]\nv=", 6);
	memset(text + 6, 'a', INI_LINE_MAX - 2);
	len = 6 + INI_LINE_MAX - 2;
	memcpy(text + len, "\n", 2);
	assert_int_equal(read_text(text, &heard), 0);
	assert_int_equal(strlen(heard.lines),
	    strlen("1 [s] =\n2 [s] v=\n") + INI_LINE_MAX - 2);
}

static void
refuses_a_longer_line_and_does_not_go_on_inside_it(void **state)
{
	char text[2 * INI_LINE_MAX];
	struct heard heard = { .refuse = NULL };

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "[s]\nv=", 6);
	memcpy(text + 4 + INI_LINE_MAX - 3, "evil=1", 6);
	text[4 + INI_LINE_MAX + 1] = '\0';
	assert_int_equal(read_text(text, &heard), 1);
	assert_string_equal(heard.errors, "2: the line is over 4095 bytes\n");
	assert_string_equal(heard.lines, "1 [s] =\n");
}

static void
refuses_a_long_comment_whose_rest_would_come_to_life(void **state)
{
	char text[8192];
	struct heard heard = { .refuse = NULL };

	(void)state;
	memset(text, 'c', sizeof(text));
	memcpy(text, "[s]\n#", 5);
	memcpy(text + 6000, "\n", 2);
	memcpy(text + 4098, "=1", 2);
	assert_int_equal(read_text(text, &heard), 1);
	assert_string_equal(heard.lines, "1 [s] =\n");
}

static void
keeps_a_comment_of_a_thousand_bytes_a_comment(void **state)
{
	char text[1100];
	struct heard heard = { .refuse = NULL };

	(void)state;
	memset(text, 'c', sizeof(text));
	memcpy(text, "[s]\n#", 5);
	memcpy(text + 203, "x = 1", 5);
	memcpy(text + 1000, "\n", 2);
	assert_int_equal(read_text(text, &heard), 0);
	assert_string_equal(heard.lines, "1 [s] =\n");
}

static void
tells_long_section_names_apart(void **state)
{
	/* libinih cuts at 49 bytes, where these are still the same. */
	struct heard heard = { .refuse = NULL };
	const char *text =
	    "[key aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1]"
	    "\na = 1\n"
	    "[key aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2]"
	    "\na = 2\n";

	(void)state;
	assert_int_equal(read_text(text, &heard), 0);
	assert_non_null(strstr(heard.lines, "aaa1] a=1\n"));
	assert_non_null(strstr(heard.lines, "aaa2] a=2\n"));
}

static void
refuses_a_word_given_twice(void **state)
{
	(void)state;
	assert_error("[s]\na = 1\nb = 2\na = 3\n",
	    "4: a was already given in line 2\n",
	    "1 [s] =\n2 [s] a=1\n3 [s] b=2\n");
}

static void
refuses_a_section_given_twice_and_passes_over_its_lines(void **state)
{
	(void)state;
	assert_error("[s]\na = 1\n[t]\n[s]\nb = 2\n",
	    "4: section [s] was already given in line 1\n",
	    "1 [s] =\n2 [s] a=1\n3 [t] =\n");
}

static void
refuses_indented_lines(void **state)
{
	(void)state;
	assert_error("[s]\na = 1\n  more\n",
	    "3: the line is indented: there are no continuation lines\n",
	    "1 [s] =\n2 [s] a=1\n");
	assert_error("[s]\na = 1\n\t[admin]\n",
	    "3: the line is indented: there are no continuation lines\n",
	    "1 [s] =\n2 [s] a=1\n");
}

static void
passes_over_lines_of_blanks(void **state)
{
	struct heard heard = { .refuse = NULL };

	(void)state;
	assert_int_equal(read_text("[s]\n  \t \na = 1\n", &heard), 0);
}

static void
refuses_broken_sections_and_gives_their_lines_to_nobody(void **state)
{
	(void)state;
	assert_error("[s]\n[admin\na = 1\n", "2: a section without its ']'\n",
	    "1 [s] =\n");
	assert_error(
	    "[s] junk\na = 1\n", "1: text after the section's ']'\n", "");
	assert_error(
	    "[s] # why\na = 1\n", "1: text after the section's ']'\n", "");
	assert_error("[]\na = 1\n", "1: an empty section name\n", "");
	assert_error("[ s ]\na = 1\n",
	    "1: write the section as [kind] or [kind NAME]\n", "");
}

static void
refuses_a_colon_for_an_equals_sign(void **state)
{
	(void)state;
	assert_error("[s]\nsha256:abc = x\n",
	    "2: ':' after a word: write '='\n", "1 [s] =\n");
	assert_error(
	    "[s]\na : x\n", "2: ':' after a word: write '='\n", "1 [s] =\n");
}

static void
refuses_a_word_before_any_section(void **state)
{
	(void)state;
	assert_error(
	    "a = 1\n[s]\n", "1: a stands before any [section]\n", "2 [s] =\n");
}

static void
refuses_empty_words_and_values(void **state)
{
	(void)state;
	assert_error("[s]\n= 1\n", "2: no word before '='\n", "1 [s] =\n");
	assert_error("[s]\na =\n", "2: a has no value\n", "1 [s] =\n");
	assert_error("[s]\na = \t\n", "2: a has no value\n", "1 [s] =\n");
}

static void
refuses_lines_that_are_neither(void **state)
{
	(void)state;
	assert_error("[s]\nword\n",
	    "2: expected \"word = value\" or \"[section]\"\n", "1 [s] =\n");
	assert_error("[s]\ntwo words = 1\n",
	    "2: expected \"word = value\" or \"[section]\"\n", "1 [s] =\n");
}

static void
refuses_comments_inside_values(void **state)
{
	(void)state;
	assert_error("[s]\na = x ; y\n",
	    "2: ';' inside a value: a comment needs a line of its own\n",
	    "1 [s] =\n");
	assert_error("[s]\na = x # y\n",
	    "2: '#' inside a value: a comment needs a line of its own\n",
	    "1 [s] =\n");
	assert_error("[s]\na = ;x\n",
	    "2: ';' inside a value: a comment needs a line of its own\n",
	    "1 [s] =\n");
	assert_error("[s]\na =#x\n",
	    "2: '#' inside a value: a comment needs a line of its own\n",
	    "1 [s] =\n");
}

static void
refuses_nul_control_characters_and_other_encodings(void **state)
{
	struct heard heard = { .refuse = NULL };

	(void)state;
	assert_int_equal(read_len("[s]\na = 1\0b = 2\n", 16, &heard), 1);
	assert_string_equal(heard.errors, "2: a NUL byte in the line\n");
	assert_string_equal(heard.lines, "1 [s] =\n");
	assert_error("[s]\na = \x1b[2J\n",
	    "2: a control character (0x1b) in the line\n", "1 [s] =\n");
	assert_error("[s]\na = b\rc = d\n",
	    "2: a control character (0x0d) in the line\n", "1 [s] =\n");
	assert_error(
	    "[s]\na = M\xfcller\n", "2: the line is not UTF-8\n", "1 [s] =\n");
	/* CSI in one character, and one that turns the text around. */
	assert_error("[s]\na = \xc2\x9b"
		     "2J\n",
	    "2: a character that is not shown (U+009B) in the line\n",
	    "1 [s] =\n");
	assert_error("[s]\na\xe2\x80\xae = b\n",
	    "2: a character that is not shown (U+202E) in the line\n",
	    "1 [s] =\n");
	assert_int_equal(
	    read_text("# \xf0\x9f\x91\xa9\xe2\x80\x8d\n[s]\n", &heard), 0);
	assert_error("\xef\xbb\xbf[s]\n",
	    "1: a byte order mark: save the file without it\n", "");
}

static void
tells_every_bad_line_not_the_first_only(void **state)
{
	struct heard heard = { .refuse = NULL };

	(void)state;
	assert_int_equal(read_text("[s]\nx\na = 1\ny\n[t\n", &heard), 3);
	assert_string_equal(heard.lines, "1 [s] =\n3 [s] a=1\n");
}

static void
passes_over_the_lines_of_a_section_that_was_not_wanted(void **state)
{
	struct heard heard = { .refuse = "s" };

	(void)state;
	assert_int_equal(read_text("[s]\na = 1\n[t]\nb = 2\n", &heard), 1);
	assert_string_equal(heard.errors, "1: not wanted\n");
	assert_string_equal(heard.lines, "3 [t] =\n4 [t] b=2\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    hands_over_sections_and_pairs_with_their_lines),
		cmocka_unit_test(takes_an_empty_text),
		cmocka_unit_test(takes_a_line_of_the_greatest_length_whole),
		cmocka_unit_test(
		    refuses_a_longer_line_and_does_not_go_on_inside_it),
		cmocka_unit_test(
		    refuses_a_long_comment_whose_rest_would_come_to_life),
		cmocka_unit_test(keeps_a_comment_of_a_thousand_bytes_a_comment),
		cmocka_unit_test(tells_long_section_names_apart),
		cmocka_unit_test(refuses_a_word_given_twice),
		cmocka_unit_test(
		    refuses_a_section_given_twice_and_passes_over_its_lines),
		cmocka_unit_test(refuses_indented_lines),
		cmocka_unit_test(passes_over_lines_of_blanks),
		cmocka_unit_test(
		    refuses_broken_sections_and_gives_their_lines_to_nobody),
		cmocka_unit_test(refuses_a_colon_for_an_equals_sign),
		cmocka_unit_test(refuses_a_word_before_any_section),
		cmocka_unit_test(refuses_empty_words_and_values),
		cmocka_unit_test(refuses_lines_that_are_neither),
		cmocka_unit_test(refuses_comments_inside_values),
		cmocka_unit_test(
		    refuses_nul_control_characters_and_other_encodings),
		cmocka_unit_test(tells_every_bad_line_not_the_first_only),
		cmocka_unit_test(
		    passes_over_the_lines_of_a_section_that_was_not_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
