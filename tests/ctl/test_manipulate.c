/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every manipulation at every place of a small log, in every form that a log
 * comes in: `log verify' must name the record and where it stands.
 */
#include "ctl/logs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "../audit/support_log.h"
#include "base/buf.h"

#define N 60
#define EVERY 7
#define LAST_SEAL 56 /* seq of the last checkpoint in the log */
#define PIECE 17 /* lines of one file, when there are several */

static char dir[] = "/tmp/manipulate.XXXXXX";
static struct signer real, thief;
static struct log whole, bad;
static char vkey[NOTE_VKEY];

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return -1;
	signer_init(&real, LOG_ORIGIN, 1);
	signer_init(&thief, LOG_ORIGIN, 2);
	note_key_text(&real.key, vkey);
	log_make(&whole, N, EVERY, &real);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	signer_release(&real);
	signer_release(&thief);
	return chdir("/") == 0 && system("rm -rf /tmp/manipulate.??????") == 0 ?
	    0 :
	    -1;
}

static void
put_note(const char *file, const struct log *log, size_t size,
    const struct signer *s)
{
	char note[CHECKPOINT_NOTE];
	FILE *f = fopen(file, "we");

	log_note(log, size, s, note);
	assert_non_null(f);
	fputs(note, f);
	assert_int_equal(fclose(f), 0);
}

/* The forms: how many lines in a file, and what a file is called. */
struct form {
	const char *name[8];
	size_t lines;
	bool json;
};

static const struct form forms[] = {
	{ { "log" }, LOG_LINES, false },
	{ { "log.gz" }, LOG_LINES, false },
	{ { "log.json" }, LOG_LINES, true },
	{ { "p0", "p1.gz", "p2", "p3.gz", "p4" }, PIECE, false },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

static void
put_lines(const char *file, const struct log *log, size_t from, size_t count,
    bool json)
{
	size_t len = strlen(file);
	bool packed = len > 3 && strcmp(file + len - 3, ".gz") == 0;
	gzFile out = gzopen(file, packed ? "wbe1" : "wbTe");
	struct buf b;

	assert_non_null(out);
	buf_init(&b, 1 << 20);
	for (size_t i = from; i < log->count && i < from + count; i++) {
		const char *line = log->line[i];

		if (json)
			buf_adds(&b, "{\"event.original\":");
		if (json)
			buf_add_json(&b, line, strlen(line));
		else
			buf_adds(&b, line);
		buf_adds(&b, json ? "}\n" : "\n");
	}
	gzwrite(out, buf_at(&b), (unsigned)buf_len(&b));
	assert_int_equal(gzclose(out), Z_OK);
	buf_release(&b);
}

static char out[8192];

/* Runs it with stdout in out. */
static int
run(int argc, char **argv)
{
	int keep = dup(1), fd, rv;
	ssize_t len;

	fd = open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	fflush(NULL);
	dup2(fd, 1);
	rv = log_verify("/nonexistent", argc, argv);
	fflush(NULL);
	dup2(keep, 1);
	close(keep);
	len = pread(fd, out, sizeof(out) - 1, 0);
	assert_true(len >= 0);
	out[len] = '\0';
	close(fd);
	return rv;
}

/* What was found. */
static struct {
	char fault[16], file[64];
	unsigned long first, last, line;
} found;

static void
get_text(const char *name, char *ret, size_t size)
{
	char key[32], *at;

	*ret = '\0';
	snprintf(key, sizeof(key), "\"%s\":\"", name);
	if ((at = strstr(out, key)) == NULL)
		return;
	at += strlen(key);
	snprintf(ret, size, "%.*s", (int)strcspn(at, "\""), at);
}

static unsigned long
get_number(const char *name)
{
	char key[32], *at;

	snprintf(key, sizeof(key), "\"%s\":", name);
	at = strstr(out, key);
	return at != NULL ? strtoul(at + strlen(key), NULL, 10) : 0;
}

/* The files in the worst order, and what else is given. */
static int
verify_form(const struct form *form, const char *const *given)
{
	char json[] = "--json", word[] = "verify", *argv[32] = { word, json };
	int argc = 2, rv;

	for (; *given != NULL; given++)
		argv[argc++] = strdup(*given);
	for (size_t i = 8; i-- > 0;) {
		if (form->name[i] == NULL || i * form->lines >= bad.count)
			continue;
		put_lines(form->name[i], &bad, i * form->lines, form->lines,
		    form->json);
		argv[argc++] = strdup(form->name[i]);
	}
	rv = run(argc, argv);
	for (int i = 2; i < argc; i++)
		free(argv[i]);
	get_text("fault", found.fault, sizeof(found.fault));
	get_text("file", found.file, sizeof(found.file));
	found.first = get_number("bad-first");
	found.last = get_number("bad-last");
	found.line = get_number("line");
	return rv;
}

static const char *const with_key[] = { "--key", vkey, NULL };
static const char *const with_note[] = { "--key", vkey, "--from", "full.note",
	NULL };
static const char *const alone[] = { NULL };

#define NOWHERE (-1)
#define AT_FIRST (-2) /* where the first of the bad ones stands */

/* Which fault, in which records, in which line of bad. */
struct want {
	const char *fault; /* words, or NULL */
	size_t seq; /* is among the bad ones */
	bool exact; /* and the only one */
	long at;
};

static void
complain(const struct form *form, const struct want *want, const char *what)
{
	fail_msg("%s: %s: wanted %s, seq %zu, line %ld: %s", form->name[0],
	    what, want->fault != NULL ? want->fault : "any", want->seq,
	    want->at + 1, out);
}

/* Is the place that was named the one that is wanted? */
static bool
is_place(const struct form *form, const struct want *want)
{
	size_t at = (size_t)want->at;

	if (want->at == NOWHERE)
		return true;
	if (want->at == AT_FIRST)
		at = strcmp(found.fault, "truncated") == 0 ? bad.count - 1 :
							     found.first - 1;
	return strcmp(found.file, form->name[at / form->lines]) == 0 &&
	    found.line == at % form->lines + 1;
}

static void
find(const char *const *given, const struct want *want)
{
	for (size_t i = 0; i < FORMS; i++) {
		const struct form *form = &forms[i];

		if (verify_form(form, given) != 1)
			complain(form, want, "not found");
		if (want->fault != NULL &&
		    strstr(want->fault, found.fault) == NULL)
			complain(form, want, "another fault");
		if (want->seq < found.first || want->seq > found.last)
			complain(form, want, "another record");
		if (want->exact && found.first != found.last)
			complain(form, want, "too many records");
		if (!is_place(form, want))
			complain(form, want, "another place");
	}
}

/*
 * Where only a checkpoint tells, a few records are suspect: the right one is
 * among them, and the place is that of the first.
 */
static void
find_among(const char *const *given, const char *fault, size_t seq)
{
	struct want want = { fault, seq, false, AT_FIRST };

	find(given, &want);
}

static void
accept_all(const char *const *given)
{
	for (size_t i = 0; i < FORMS; i++)
		if (verify_form(&forms[i], given) != 0)
			fail_msg("%s: %s", forms[i].name[0], out);
}

static void
an_intact_log_is_intact(void **state)
{
	(void)state;
	bad = whole;
	put_note("full.note", &whole, N, &real);
	accept_all(alone);
	accept_all(with_key);
	assert_int_equal(get_number("checkpoints"), 8);
	assert_int_equal(get_number("covered"), LAST_SEAL - 1);
	accept_all(with_note);
	assert_int_equal(get_number("covered"), N);
}

/* One byte or more of each part of a record. */
static void
finds_every_edit(void **state)
{
	static const char *const edits[][2] = {
		{ "<86>", "<84>" },
		{ "<86>1", "<86>2" },
		{ "2026-11-", "2026-12-" },
		{ "Z signer1", "z signer1" },
		{ "signer1 ", "signer2 " },
		{ " countersign ", " Countersign " },
		{ " 812 ", " 813 " },
		{ " [countersign@32473", "X [countersign@32473" },
		{ "@32473", "@32474" },
		{ "seq=", "Seq=" },
		{ "=\"", "= \"" },
		{ "\" prev=", "x\" prev=" },
		{ "\" prev=\"", "\" prev=\"0" },
		{ "] as", "]  as" },
		{ "asked", "Asked" },
		{ "asked", "asked " },
		{ "asked", "ask" },
		{ "] as it was asked", "]" },
		{ "] as", "" },
	};

	(void)state;
	for (size_t e = 0; e < sizeof(edits) / sizeof(edits[0]); e++) {
		for (size_t k = 0; k < N; k++) {
			struct want want = { NULL, k + 1, k + 2 < N, (long)k };

			bad = whole;
			log_replace(&bad, k, edits[e][0], edits[e][1]);
			/* Nothing before it says which one that was. */
			if (k == 0 && verify_form(&forms[0], alone) == 1 &&
			    strcmp(found.fault, "line") == 0)
				want.seq = 0;
			if (k == N - 1)
				find_among(with_note, NULL, k + 1);
			else
				find(with_note, &want);
		}
	}
}

/* Each hex digit of prev, the place where the chain itself is edited. */
static void
finds_every_edit_of_prev(void **state)
{
	(void)state;
	for (size_t k = 0; k < N; k++) {
		struct want want = { "changed", k + 1, true, (long)k };
		char *prev;

		bad = whole;
		prev = strstr(bad.line[k], "prev=\"") + 6 + k;
		*prev = *prev == 'a' ? 'b' : 'a';
		if (k == N - 1) {
			want.exact = false;
			want.at--;
		}
		find(with_note, &want);
	}
}

static void
finds_every_edit_of_seq(void **state)
{
	static const long steps[] = { 1, -1, 5, 100, 1000 };

	(void)state;
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		for (size_t k = 0; k < N; k++) {
			struct want want = { NULL, k + 1, true, (long)k };
			char old[32], new[32];

			if ((long)k + 1 + steps[s] < 1)
				continue;
			bad = whole;
			snprintf(old, sizeof(old), "seq=\"%zu\"", k + 1);
			snprintf(new, sizeof(new), "seq=\"%ld\"",
			    (long)k + 1 + steps[s]);
			log_replace(&bad, k, old, new);
			/* The first is known by what it says, and the last has
			 * nothing behind it. */
			if (k == 0)
				want.seq = k + 1 + (size_t)steps[s];
			if (k == N - 1 && steps[s] < 0)
				want.seq = k;
			if (k == N - 1)
				want.exact = false;
			find(with_note, &want);
		}
	}
}

static void
finds_every_copy(void **state)
{
	(void)state;
	for (size_t k = 0; k <= N; k++) {
		for (size_t j = 0; j < N; j += j < k + 2 && j + 2 > k ? 1 : 9) {
			struct want want = { "order", j + 1, true, (long)k };

			bad = whole;
			log_insert(&bad, k, whole.line[j]);
			if (k == 0)
				want.fault = "order changed";
			/* Of two that are the same, the second is too many. */
			if (j == k)
				want.at++;
			/* Nothing follows that would say it is one too many. */
			if (k == N && j == N - 1)
				want.at = N;
			find(with_note, &want);
		}
	}
}

static void
forge(size_t k)
{
	log_insert(&bad, k, whole.line[k < N ? k : N - 1]);
	log_replace(&bad, k, "as it was asked", "as it was forged");
}

static void
finds_every_forged_record(void **state)
{
	(void)state;
	for (size_t k = 0; k < N; k++) {
		struct want want = { "order", k + 1, true, (long)k };

		bad = whole;
		forge(k);
		/* Without a successor the two are equals. */
		if (k == N - 1)
			want.at++;
		find(with_note, &want);
	}
}

static void
finds_every_deletion(void **state)
{
	(void)state;
	for (size_t k = 1; k < N; k++) {
		struct want want = { "missing", k + 1, true, (long)k };

		bad = whole;
		log_delete(&bad, k);
		if (k == N - 1) {
			want.fault = "truncated";
			want.at--;
		}
		find(with_note, &want);
	}
	/* A log may begin anywhere; it says so. */
	bad = whole;
	log_delete(&bad, 0);
	accept_all(with_note);
	assert_int_equal(get_number("first"), 2);
}

static void
finds_every_swap(void **state)
{
	(void)state;
	for (size_t k = 0; k + 1 < N; k++) {
		struct want want = { "order", k + 2, true, (long)k };

		bad = whole;
		log_swap(&bad, k);
		if (k == 0) {
			want.seq = 1;
			want.at = 1;
		}
		find(with_note, &want);
	}
}

static void
finds_every_truncation(void **state)
{
	(void)state;
	for (size_t k = 1; k < N; k++) {
		struct want want = { "truncated", k + 1, false, (long)k - 1 };

		bad = whole;
		bad.count = k;
		find(with_note, &want);
		assert_int_equal(found.first, k + 1);
		assert_int_equal(found.last, N);
	}
}

/* The rest: who can write the file makes the whole chain fit again. */
static void
finds_every_edit_of_who_mends_the_chain(void **state)
{
	(void)state;
	for (size_t k = 0; k < N; k++) {
		bad = whole;
		log_replace(&bad, k, "as it was asked", "as it was Asked");
		log_relink(&bad, k + 1);
		find_among(with_note, "changed", k + 1);
		/* The checkpoints in the log are enough for what they cover. */
		if (k + 1 < LAST_SEAL)
			find_among(with_key, "changed", k + 1);
		else
			accept_all(with_key);
	}
}

static void
finds_every_insertion_of_who_mends_the_chain(void **state)
{
	(void)state;
	for (size_t k = 0; k < N; k++) {
		bad = whole;
		forge(k);
		if (log_is_checkpoint(&whole, k))
			memcpy(strstr(bad.line[k], "CHECKPOINT"), "CHACKPOINT",
			    10);
		log_renumber(&bad, k);
		find_among(with_note, "changed", k + 1);
		if (k + 1 < LAST_SEAL)
			find_among(with_key, "changed", k + 1);
	}
}

static void
finds_every_deletion_of_who_mends_the_chain(void **state)
{
	(void)state;
	for (size_t k = 0; k < N; k++) {
		bad = whole;
		log_delete(&bad, k);
		log_renumber(&bad, k);
		if (k + 1 < LAST_SEAL)
			find_among(with_key, "changed missing", k + 1);
		if (k + 1 < LAST_SEAL)
			find_among(with_note, "changed missing", k + 1);
		else
			find_among(with_note, "truncated", N);
	}
}

static void
finds_every_swap_of_who_mends_the_chain(void **state)
{
	(void)state;
	for (size_t k = 0; k + 1 < N; k++) {
		bad = whole;
		log_swap(&bad, k);
		log_renumber(&bad, k);
		find_among(with_note, "changed missing", k + 1);
		if (k + 1 < LAST_SEAL - 1)
			find_among(with_key, "changed missing", k + 1);
	}
}

/* The first checkpoint from k on. */
static size_t
next_seal(size_t k)
{
	while (k < N && !log_is_checkpoint(&whole, k))
		k++;
	return k;
}

static void
finds_every_replaced_key(void **state)
{
	(void)state;
	for (size_t k = 0; k < LAST_SEAL; k++) {
		size_t seal = next_seal(k);
		struct want want = { "key", seal + 1, true, (long)seal };

		bad = whole;
		log_replace(&bad, k, "as it was asked", "as it was Asked");
		log_reseal(&bad, k, &thief);
		find(with_note, &want);
		find(with_key, &want);
		/* Who is given no key trusts the first one. */
		if (k >= EVERY)
			find(alone, &want);
		else
			accept_all(alone);
	}
}

/* What a checkpoint says, changed by who mends the chain. */
static void
finds_every_edit_of_a_checkpoint(void **state)
{
	static const char *const names[] = { "origin=\"", "size=\"", "root=\"",
		"signature=\"", "auditkey=\"", "nodes=\"" };

	(void)state;
	for (size_t k = next_seal(0); k < N; k = next_seal(k + 1)) {
		struct want want = { "checkpoint key origin", k + 1, true,
			(long)k };

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			char *value;

			bad = whole;
			value = strstr(bad.line[k], names[i]);
			value += strlen(names[i]);
			*value = *value == '1' ? '2' : '1';
			log_relink(&bad, k + 1);
			find(with_key, &want);
			find(alone, &want);
		}
		bad = whole;
		log_replace(&bad, k, " nodes=\"", " knots=\"");
		log_relink(&bad, k + 1);
		find_among(with_note, "changed", k + 1);
	}
}

/* A checkpoint of a log that has another record at k. */
static void
finds_every_fork(void **state)
{
	static const char *const with_fork[] = { "--from", "fork.note", NULL };
	static const char *const with_both[] = { "--from", "fork.note",
		"--from", "true.note", "--key", vkey, NULL };
	struct log fork;

	(void)state;
	for (size_t k = 0; k < N; k++) {
		for (size_t size = k + 1; size <= N; size += 11) {
			struct want want = { "fork", 0, false, NOWHERE };

			fork = whole;
			log_replace(&fork, k, "asked", "Asked");
			log_relink(&fork, k + 1);
			put_note("fork.note", &fork, size, &real);
			put_note("true.note", &whole, size, &real);
			bad = whole;
			found.first = 0;
			if (size < LAST_SEAL)
				find(with_fork, &want);
			else
				find_among(with_fork, "changed",
				    k < LAST_SEAL ? LAST_SEAL : k + 1);
			want.seq = 0;
			find(with_both, &want);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_intact_log_is_intact),
		cmocka_unit_test(finds_every_edit),
		cmocka_unit_test(finds_every_edit_of_prev),
		cmocka_unit_test(finds_every_edit_of_seq),
		cmocka_unit_test(finds_every_copy),
		cmocka_unit_test(finds_every_forged_record),
		cmocka_unit_test(finds_every_deletion),
		cmocka_unit_test(finds_every_swap),
		cmocka_unit_test(finds_every_truncation),
		cmocka_unit_test(finds_every_edit_of_who_mends_the_chain),
		cmocka_unit_test(finds_every_insertion_of_who_mends_the_chain),
		cmocka_unit_test(finds_every_deletion_of_who_mends_the_chain),
		cmocka_unit_test(finds_every_swap_of_who_mends_the_chain),
		cmocka_unit_test(finds_every_replaced_key),
		cmocka_unit_test(finds_every_edit_of_a_checkpoint),
		cmocka_unit_test(finds_every_fork),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
