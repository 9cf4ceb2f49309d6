/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/ctl/log_given.c src/ctl/log_kept.c src/ctl/log_names.c */
#include "ctl/logs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "../audit/support_log.h"

#define LINES 5

static char dir[] = "/tmp/logverify.XXXXXX";
static char line[LINES][RECORD_MAX + 1];
static const char *tree = "/nonexistent";
static char out[4096]; /* both streams of the last run */

#define NO_CHECKPOINT                                                       \
	"NO CHECKPOINT covers these records: whoever could write them can " \
	"have changed any of them\n"

static int
set_up(void **state)
{
	struct record_origin origin = { "signer1", 812 };
	struct chain chain;
	struct record r;

	(void)state;
	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return -1;
	chain_init(&chain);
	for (size_t i = 0; i < LINES; i++) {
		record_begin(&r, EVENT_SIGN, &origin, &chain,
		    UINT64_C(1795232243123456));
		if (record_finish(&r, &chain, "signed") == -1)
			return -1;
		memcpy(line[i], r.line, r.len);
		line[i][r.len] = '\0';
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink("a");
	unlink("b");
	unlink("out");
	return chdir("/") == 0 ? rmdir(dir) : -1;
}

/* Lines by number, one digit each; other text as it is. */
static void
put(const char *name, const char *lines)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	for (; *lines != '\0'; lines++) {
		if (*lines >= '1' && *lines <= '5')
			fputs(line[*lines - '1'], file);
		else
			fputc(*lines, file);
	}
	assert_int_equal(fclose(file), 0);
}

/* Runs it with stdout and stderr in out. */
static int
run(int argc, char **argv)
{
	int keep[2] = { dup(1), dup(2) }, fd, rv;
	ssize_t len;

	fd = open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	fflush(NULL);
	dup2(fd, 1);
	dup2(fd, 2);
	rv = log_verify(tree, argc, argv);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		dup2(keep[i], i + 1);
		close(keep[i]);
	}
	len = pread(fd, out, sizeof(out) - 1, 0);
	assert_true(len >= 0);
	out[len] = '\0';
	close(fd);
	return rv;
}

static int
verify(int argc, const char *one, const char *two)
{
	char word[] = "verify", first[64], second[64];
	char *argv[] = { word, first, second, NULL };

	snprintf(first, sizeof(first), "%s", one);
	snprintf(second, sizeof(second), "%s", two);
	argv[argc] = NULL;
	return run(argc, argv);
}

static void
accepts_an_intact_chain(void **state)
{
	(void)state;
	put("a", "12345");
	assert_int_equal(verify(2, "a", ""), 0);
	assert_string_equal(
	    out, "5 records, seq 1 to 5, chain intact\n" NO_CHECKPOINT);
}

static void
follows_the_chain_across_files(void **state)
{
	(void)state;
	put("a", "23");
	put("b", "45");
	assert_int_equal(verify(3, "a", "b"), 0);
	assert_string_equal(
	    out, "4 records, seq 2 to 5, chain intact\n" NO_CHECKPOINT);
	assert_int_equal(verify(3, "b", "a"), 0);
	put("b", "5");
	assert_int_equal(verify(3, "a", "b"), 1);
	assert_string_equal(
	    out, "b:1: seq 4: 1 missing: seq 5 comes after seq 3\n");
}

static void
reads_standard_input(void **state)
{
	int keep = dup(0), fd;

	(void)state;
	put("a", "123");
	fd = open("a", O_RDONLY | O_CLOEXEC);
	dup2(fd, 0);
	close(fd);
	assert_int_equal(verify(2, "-", ""), 0);
	assert_string_equal(
	    out, "3 records, seq 1 to 3, chain intact\n" NO_CHECKPOINT);
	put("a", "12x");
	fd = open("a", O_RDONLY | O_CLOEXEC);
	dup2(fd, 0);
	close(fd);
	assert_int_equal(verify(2, "-", ""), 1);
	assert_memory_equal(out, "(standard input):3: ", 20);
	dup2(keep, 0);
	close(keep);
}

static void
names_the_first_bad_record(void **state)
{
	char kept = line[2][20];

	(void)state;
	line[2][20] = kept == '9' ? '8' : '9';
	put("a", "12345");
	line[2][20] = kept;
	assert_int_equal(verify(2, "a", ""), 1);
	assert_string_equal(out, "a:3: seq 3: this record was changed\n");
}

static void
says_which_record_was_due_where_there_is_none(void **state)
{
	(void)state;
	put("a", "12\n345");
	assert_int_equal(verify(2, "a", ""), 1);
	assert_string_equal(out, "a:3: seq 3 expected: an empty line\n");
	put("a", "root:x:\n");
	assert_int_equal(verify(2, "a", ""), 1);
	assert_string_equal(out, "a:1: not a record: bad header\n");
}

static void
calls_a_torn_record_torn(void **state)
{
	(void)state;
	put("a", "12<86>");
	put("b", "3");
	assert_int_equal(verify(3, "a", "b"), 1);
	assert_memory_equal(out, "a:3: seq 3 expected: a torn record, 4 bytes",
	    strlen("a:3: seq 3 expected: a torn record, 4 bytes"));
}

static void
an_emptied_log_is_not_intact(void **state)
{
	(void)state;
	put("a", "");
	assert_int_equal(verify(2, "a", ""), 1);
	assert_string_equal(out, "countersignctl: no records\n");
	put("b", "1");
	assert_int_equal(verify(3, "a", "b"), 0);
}

static void
refuses_what_it_cannot_read(void **state)
{
	(void)state;
	assert_int_equal(verify(2, "missing", ""), EX_DATAERR);
	assert_string_equal(
	    out, "countersignctl: missing: No such file or directory\n");
	assert_int_equal(verify(2, ".", ""), EX_DATAERR);
	assert_string_equal(out, "countersignctl: .: Is a directory\n");
}

static void
refuses_wrong_usage(void **state)
{
	(void)state;
	assert_int_equal(verify(2, "--fast", ""), EX_USAGE);
	assert_non_null(strstr(out, "unknown option '--fast'"));
	assert_int_equal(verify(2, "--key", ""), EX_USAGE);
	assert_non_null(strstr(out, "a value must follow '--key'"));
}

/* Without a file, what the tree says is the log, with all its pieces. */
static void
reads_the_log_of_the_tree(void **state)
{
	char word[] = "verify", *argv[] = { word, NULL };
	char conf[128];
	FILE *file;

	(void)state;
	assert_int_equal(run(1, argv), EX_DATAERR);
	assert_int_equal(mkdir("tree", 0755), 0);
	file = fopen("tree/countersign.conf", "we");
	snprintf(conf, sizeof(conf), "[audit]\nfile = %s/log\n", dir);
	fputs(conf, file);
	assert_int_equal(fclose(file), 0);
	put("log.000000000001", "12");
	put("log.000000000003", "345");
	tree = "tree";
	assert_int_equal(run(1, argv), 0);
	assert_string_equal(
	    out, "5 records, seq 1 to 5, chain intact\n" NO_CHECKPOINT);
	/* Old pieces may go, but not what was in one that is there. */
	put("log.000000000001", "");
	assert_int_equal(run(1, argv), 1);
	assert_non_null(strstr(out,
	    "/log.000000000001: seq 1 to 2: 2 missing: the file has no "
	    "records, and others follow\n"));
	unlink("log.000000000001");
	assert_int_equal(run(1, argv), 0);
	tree = "/nonexistent";
	unlink("log.000000000003");
	unlink("tree/countersign.conf");
	assert_int_equal(rmdir("tree"), 0);
}

static struct signer signer, other;
static struct log whole;

/* The text is a file's whole content. */
static void
put_text(const char *name, const char *text)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void
put_log(const char *name, const struct log *log)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	for (size_t i = 0; i < log->count; i++)
		fprintf(file, "%s\n", log->line[i]);
	assert_int_equal(fclose(file), 0);
}

/* With a state folder, and no log yet. */
static void
make_tree(void)
{
	char conf[128];

	assert_int_equal(mkdir("tree", 0755), 0);
	assert_int_equal(mkdir("tree/state", 0755), 0);
	snprintf(conf, sizeof(conf),
	    "[server]\nstate-dir = state\n[audit]\nfile = %s/log\n", dir);
	put_text("tree/countersign.conf", conf);
	tree = "tree";
}

static void
remove_tree(void)
{
	tree = "/nonexistent";
	unlink("tree/state/checkpoint");
	assert_int_equal(rmdir("tree/state"), 0);
	unlink("tree/countersign.conf");
	assert_int_equal(rmdir("tree"), 0);
}

static void
keep(uint64_t size)
{
	char note[CHECKPOINT_NOTE];

	log_note(&whole, size, &signer, note);
	put_text("tree/state/checkpoint", note);
}

/* All paths are below dir, which is left out of what was said. */
static int
verify_tree(void)
{
	char word[] = "verify", *argv[] = { word, NULL }, *at;
	int rv = run(1, argv);
	size_t len = strlen(dir) + 1;

	while ((at = strstr(out, dir)) != NULL)
		memmove(at, at + len, strlen(at + len) + 1);
	return rv;
}

/* What the service keeps in its state folder counts without being given. */
static void
holds_the_log_of_the_tree_against_the_kept_checkpoint(void **state)
{
	struct log cut = whole;

	(void)state;
	make_tree();
	put_log("log.000000000001", &whole);
	keep(whole.count);
	assert_int_equal(verify_tree(), 0);
	assert_non_null(
	    strstr(out, "the newest checkpoint in tree/state agrees\n"));
	cut.count--;
	put_log("log.000000000001", &cut);
	assert_int_equal(verify_tree(), 1);
	assert_non_null(strstr(out,
	    "seq 60: the log ends at seq 59, but the checkpoint "
	    "tree/state/checkpoint covers 60"));
	put_text("tree/state/checkpoint", "nothing");
	assert_int_equal(verify_tree(), EX_DATAERR);
	unlink("log.000000000001");
	remove_tree();
}

/* Its own record would tell the key: such a log is another one. */
static void
a_log_without_the_kept_checkpoints_record_is_not_intact(void **state)
{
	(void)state;
	make_tree();
	put("log.000000000001", "12345");
	keep(20);
	assert_int_equal(verify_tree(), 1);
	assert_non_null(strstr(out,
	    "log.000000000001:5: seq 6 to 20: the log ends at seq 5, but the "
	    "checkpoint tree/state/checkpoint covers 20\n"));
	keep(3);
	assert_int_equal(verify_tree(), 1);
	assert_string_equal(out,
	    "tree/state/checkpoint: the service signed the first 3 records, "
	    "but these have no CHECKPOINT among them\n");
	put("log.000000000001", "");
	assert_int_equal(verify_tree(), 1);
	assert_string_equal(out,
	    "countersignctl: seq 1 to 3: the log ends at seq 0, but the "
	    "checkpoint tree/state/checkpoint covers 3\n");
	unlink("log.000000000001");
	/* Older pieces were moved away, and it is about those alone. */
	put("log.000000000004", "45");
	assert_int_equal(verify_tree(), 0);
	assert_non_null(strstr(out,
	    "countersignctl: tree/state/checkpoint: it covers nothing after "
	    "seq 3, and the log begins with record 4\n"));
	assert_non_null(strstr(out,
	    "2 records, seq 4 to 5, chain intact\n"
	    "the log begins with record 4: older pieces are not here\n"));
	unlink("log.000000000004");
	remove_tree();
}

static void
says_that_the_kept_checkpoint_is_missing(void **state)
{
	static const char missing[] =
	    "countersignctl: tree/state/checkpoint: No such file or directory: "
	    "the end of the log may be missing\n";

	(void)state;
	make_tree();
	put_log("log.000000000001", &whole);
	assert_int_equal(verify_tree(), 0);
	assert_non_null(strstr(out, missing));
	put("log.000000000001", "12345");
	assert_int_equal(verify_tree(), 0);
	assert_string_equal(
	    out, "5 records, seq 1 to 5, chain intact\n" NO_CHECKPOINT);
	assert_int_equal(symlink("checkpoint", "tree/state/checkpoint"), 0);
	assert_int_equal(verify_tree(), EX_DATAERR);
	unlink("log.000000000001");
	remove_tree();
}

/* Pieces by their names, lines as for put: all of the log of the tree. */
struct piece {
	const char *name, *lines;
};

#define LOG_PIECE(seq) "log.00000000000" #seq

static int
verify_pieces(const struct piece *pieces, size_t count)
{
	int rv;

	for (size_t i = 0; i < count; i++)
		put(pieces[i].name, pieces[i].lines);
	rv = verify_tree();
	for (size_t i = 0; i < count; i++)
		unlink(pieces[i].name);
	return rv;
}

#define VERIFY_PIECES(...)                                   \
	verify_pieces((const struct piece[]){ __VA_ARGS__ }, \
	    sizeof((const struct piece[]){ __VA_ARGS__ }) /  \
		sizeof(struct piece))

static void
records_are_missing_where_a_name_says_so(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(VERIFY_PIECES({ LOG_PIECE(1), "345" }), 1);
	assert_string_equal(out,
	    "log.000000000001:1: seq 1 to 2: 2 missing: the file "
	    "begins with seq 3, and its name says 1\n");
	assert_int_equal(VERIFY_PIECES({ LOG_PIECE(1), "5" }), 1);
	assert_string_equal(out,
	    "log.000000000001:1: seq 1 to 4: 4 missing: the file "
	    "begins with seq 5, and its name says 1\n");
	assert_int_equal(
	    VERIFY_PIECES({ LOG_PIECE(1), "12" }, { LOG_PIECE(3), "45" }), 1);
	assert_string_equal(out,
	    "log.000000000003:1: seq 3: 1 missing: seq 4 comes "
	    "after seq 2\n");
	/* Those that were moved away are nobody's fault. */
	assert_int_equal(
	    VERIFY_PIECES({ LOG_PIECE(3), "34" }, { LOG_PIECE(5), "5" }), 0);
	assert_non_null(strstr(out, "the log begins with record 3: "));
	remove_tree();
}

static void
a_piece_must_have_its_own_name(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(VERIFY_PIECES({ LOG_PIECE(5), "345" }), 1);
	assert_string_equal(out,
	    "log.000000000005:1: seq 3: the file has another name: "
	    "its first record should be seq 5\n");
	assert_int_equal(
	    VERIFY_PIECES({ LOG_PIECE(1), "12" }, { LOG_PIECE(4), "345" }), 1);
	assert_string_equal(out,
	    "log.000000000004:1: seq 3: the file has another name: "
	    "its first record should be seq 4\n");
	remove_tree();
}

static void
an_emptied_piece_is_found(void **state)
{
	(void)state;
	make_tree();
	assert_int_equal(
	    VERIFY_PIECES({ LOG_PIECE(1), "" }, { LOG_PIECE(3), "345" }), 1);
	assert_string_equal(out,
	    "log.000000000001: seq 1 to 2: 2 missing: the file has "
	    "no records, and others follow\n");
	assert_int_equal(VERIFY_PIECES({ LOG_PIECE(1), "1" },
			     { LOG_PIECE(3), "" }, { LOG_PIECE(5), "5" }),
	    1);
	assert_string_equal(out,
	    "log.000000000003: seq 2 to 4: 3 missing: the file has "
	    "no records, and others follow\n");
	assert_int_equal(VERIFY_PIECES({ LOG_PIECE(1), "123" },
			     { LOG_PIECE(2), "" }, { LOG_PIECE(4), "45" }),
	    1);
	assert_string_equal(out,
	    "log.000000000002: the file has no records and another "
	    "name: seq 4 is due\n");
	/* The one that was begun last may wait for its first record. */
	assert_int_equal(
	    VERIFY_PIECES({ LOG_PIECE(1), "123" }, { LOG_PIECE(4), "" }), 0);
	assert_int_equal(
	    VERIFY_PIECES({ LOG_PIECE(1), "12" }, { LOG_PIECE(4), "" }), 1);
	assert_string_equal(out,
	    "log.000000000004: seq 3: 1 missing: the file has no "
	    "records yet, and none before it has them\n");
	remove_tree();
}

/* The chain knows better than a name which record it is. */
static void
a_changed_first_record_is_told_as_that(void **state)
{
	char kept[sizeof(line[0])], *seq = strstr(line[0], "seq=\"1\"");

	(void)state;
	make_tree();
	memcpy(kept, line[0], sizeof(kept));
	assert_non_null(seq);
	seq[5] = '7';
	assert_int_equal(VERIFY_PIECES({ LOG_PIECE(1), "123" }), 1);
	memcpy(line[0], kept, sizeof(kept));
	assert_non_null(strstr(out,
	    "log.000000000001:1: seq 7: this record "
	    "was changed"));
	remove_tree();
}

/* With more words, the file "a" last; NULL ends them. */
static int
verify_with(const char *option, const char *value, const char *option2,
    const char *value2)
{
	const char *words[] = { "verify", option, value, option2, value2 };
	char *argv[8];
	int argc = 0, rv;

	for (size_t i = 0; i < 5; i++)
		if (words[i] != NULL)
			argv[argc++] = strdup(words[i]);
	argv[argc++] = strdup("a");
	argv[argc] = NULL;
	rv = run(argc, argv);
	while (argc > 0)
		free(argv[--argc]);
	return rv;
}

static void
takes_keys_in_every_form(void **state)
{
	static const char pem_of_other[] =
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
	    "-----END PUBLIC KEY-----\n";
	char key[NOTE_VKEY + 1], pem[256], base64[64];
	uint8_t der[44] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65,
		0x70, 0x03, 0x21, 0x00 };

	(void)state;
	put_log("a", &whole);
	note_key_text(&signer.key, key);
	assert_int_equal(verify_with("--key", key, NULL, NULL), 0);
	assert_null(strstr(out, "was taken from the records"));
	assert_non_null(strstr(out, "8 checkpoints by " LOG_ORIGIN "+"));
	assert_non_null(
	    strstr(out, "covered up to seq 55, 5 records after that\n"));
	strcat(key, "\n");
	put_text("key", key);
	assert_int_equal(verify_with("--key", "key", NULL, NULL), 0);
	memcpy(der + 12, signer.key.pubkey, NOTE_PUBKEY);
	base64_encode(der, sizeof(der), true, base64);
	snprintf(pem, sizeof(pem),
	    "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n",
	    base64);
	put_text("key", pem);
	assert_int_equal(verify_with("--key", "key", NULL, NULL), 0);
	put_text("key", pem_of_other);
	assert_int_equal(verify_with("--key", "key", NULL, NULL), 1);
	assert_non_null(strstr(out,
	    "a:7: seq 7: its checkpoint is signed by "
	    "another audit key than those given: "));
}

static void
says_that_the_key_came_with_the_records(void **state)
{
	(void)state;
	put_log("a", &whole);
	assert_int_equal(verify_with(NULL, NULL, NULL, NULL), 0);
	assert_non_null(
	    strstr(out, "the audit key was taken from the records"));
}

/* A planned change is one where both keys are given. */
static void
takes_two_keys(void **state)
{
	char first[NOTE_VKEY], second[NOTE_VKEY];
	struct log log = whole;

	(void)state;
	note_key_text(&signer.key, first);
	note_key_text(&other.key, second);
	log_reseal(&log, 30, &other);
	put_log("a", &log);
	assert_int_equal(verify_with("--key", first, "--key", second), 0);
	assert_int_equal(verify_with("--key", first, NULL, NULL), 1);
	assert_non_null(strstr(out, "a:35: seq 35: "));
	assert_int_equal(verify_with("--key", second, NULL, NULL), 1);
	assert_non_null(strstr(out, "a:7: seq 7: "));
}

static void
takes_checkpoints_and_proofs(void **state)
{
	char note[CHECKPOINT_NOTE], proof[CHECKPOINT_NOTE + 256];
	struct log log = whole;

	(void)state;
	put_log("a", &whole);
	log_note(&whole, 58, &signer, note);
	put_text("note", note);
	assert_int_equal(verify_with("--from", "note", NULL, NULL), 0);
	assert_non_null(strstr(out, "1 given checkpoint agrees\n"));
	assert_non_null(
	    strstr(out, "covered up to seq 58, 2 records after that\n"));
	snprintf(proof, sizeof(proof),
	    "c2sp.org/tlog-proof@v1\nextra YWJj\nindex 3\n"
	    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n%s",
	    note);
	put_text("note", proof);
	assert_int_equal(verify_with("--from", "note", NULL, NULL), 0);
	log.count = 40;
	put_log("a", &log);
	assert_int_equal(verify_with("--from", "note", NULL, NULL), 1);
	assert_string_equal(out,
	    "a:40: seq 41 to 58: the log ends at seq 40, but the checkpoint "
	    "note covers 58 (proven are the first 34)\n");
}

static void
refuses_bad_checkpoints_and_keys(void **state)
{
	char note[CHECKPOINT_NOTE];

	(void)state;
	put_log("a", &whole);
	assert_int_equal(verify_with("--from", "none", NULL, NULL), EX_DATAERR);
	assert_string_equal(
	    out, "countersignctl: none: No such file or directory\n");
	put_text("note", "hello\n");
	assert_int_equal(verify_with("--from", "note", NULL, NULL), EX_DATAERR);
	put_text("note", "c2sp.org/tlog-proof@v1\nindex 3\n");
	assert_int_equal(verify_with("--from", "note", NULL, NULL), EX_DATAERR);
	assert_int_equal(verify_with("--key", "none", NULL, NULL), EX_DATAERR);
	put_text("key", "signer1+00000000+AAAA\n");
	assert_int_equal(verify_with("--key", "key", NULL, NULL), EX_DATAERR);
	put_text("key", "-----BEGIN PUBLIC KEY-----\nAAAA\n");
	assert_int_equal(verify_with("--key", "key", NULL, NULL), EX_DATAERR);
	log_note(&whole, 58, &other, note);
	put_text("note", note);
	assert_int_equal(verify_with("--from", "note", NULL, NULL), 1);
	assert_memory_equal(out, "note: ", 6);
}

static void
prints_json(void **state)
{
	char key[NOTE_VKEY], want[512];
	struct log log = whole;

	(void)state;
	put_log("a", &whole);
	note_key_text(&signer.key, key);
	assert_int_equal(verify_with("--json", "--key", key, NULL), 0);
	snprintf(want, sizeof(want),
	    "{\"intact\":true,\"records\":60,\"first\":1,\"last\":60,"
	    "\"checkpoints\":8,\"covered\":55,\"key\":\"%s\","
	    "\"key-given\":true}\n",
	    key);
	assert_string_equal(out, want);
	log_delete(&log, 4);
	put_log("a", &log);
	assert_int_equal(verify_with("--json", NULL, NULL, NULL), 1);
	assert_string_equal(out,
	    "{\"intact\":false,\"records\":4,\"first\":1,\"last\":4,"
	    "\"checkpoints\":0,\"covered\":0,\"key-given\":false,"
	    "\"fault\":\"missing\",\"bad-first\":5,\"bad-last\":5,"
	    "\"file\":\"a\",\"line\":5,\"message\":\"1 missing: seq 6 comes "
	    "after seq 4\"}\n");
}

static int
sign_log(void **state)
{
	(void)state;
	signer_init(&signer, LOG_ORIGIN, 1);
	signer_init(&other, LOG_ORIGIN, 2);
	log_make(&whole, 60, 7, &signer);
	return set_up(state);
}

static int
release_log(void **state)
{
	signer_release(&signer);
	signer_release(&other);
	unlink("key");
	unlink("note");
	return tear_down(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_an_intact_chain),
		cmocka_unit_test(follows_the_chain_across_files),
		cmocka_unit_test(reads_standard_input),
		cmocka_unit_test(names_the_first_bad_record),
		cmocka_unit_test(says_which_record_was_due_where_there_is_none),
		cmocka_unit_test(calls_a_torn_record_torn),
		cmocka_unit_test(an_emptied_log_is_not_intact),
		cmocka_unit_test(refuses_what_it_cannot_read),
		cmocka_unit_test(refuses_wrong_usage),
		cmocka_unit_test(reads_the_log_of_the_tree),
		cmocka_unit_test(
		    holds_the_log_of_the_tree_against_the_kept_checkpoint),
		cmocka_unit_test(
		    a_log_without_the_kept_checkpoints_record_is_not_intact),
		cmocka_unit_test(says_that_the_kept_checkpoint_is_missing),
		cmocka_unit_test(records_are_missing_where_a_name_says_so),
		cmocka_unit_test(a_piece_must_have_its_own_name),
		cmocka_unit_test(an_emptied_piece_is_found),
		cmocka_unit_test(a_changed_first_record_is_told_as_that),
		cmocka_unit_test(takes_keys_in_every_form),
		cmocka_unit_test(says_that_the_key_came_with_the_records),
		cmocka_unit_test(takes_two_keys),
		cmocka_unit_test(takes_checkpoints_and_proofs),
		cmocka_unit_test(refuses_bad_checkpoints_and_keys),
		cmocka_unit_test(prints_json),
	};

	return cmocka_run_group_tests(tests, sign_log, release_log);
}
