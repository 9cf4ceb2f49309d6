/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "audit/auditor.h"
#include "audit/segment.h"
#include "base/buf.h"
#include "conf/load.h"
#include "ctl/log_given.h"
#include "ctl/log_read.h"
#include "ctl/logs.h"
#include "ctl/tell.h"

#define OUT_MAX 8192

struct verify {
	struct auditor auditor;
	struct fault fault;
	bool json;
	char kept[PATH_MAX]; /* the service's newest checkpoint, or "" */
	uint64_t kept_size;
	uint64_t oldest; /* seq that the oldest piece's name says; 0: none */
};

static int
parse_options(struct verify *v, int argc, char **argv)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "key", required_argument, NULL, 'k' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct claims *claims = &v->auditor.claims;
	int c, rv = 0;

	optind = 0;
	while (rv == 0 &&
	    (c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == 'f')
			rv = given_checkpoint(claims, optarg);
		else if (c == 'k')
			rv = given_key(claims, optarg);
		else if (c == 'j')
			v->json = true;
		else
			return usage_error("log verify: %s '%s'",
			    c == ':' ? "a value must follow" : "unknown option",
			    argv[optind - 1]);
	}
	return rv;
}

/*
 * The log of the tree is held against the newest checkpoint that the service
 * keeps: read before the records, which it then cannot be ahead of.
 */
static int
take_kept(struct verify *v, const char *state_dir)
{
	struct claims *claims = &v->auditor.claims;
	int len, rv;

	len = snprintf(v->kept, sizeof(v->kept), "%s/checkpoint", state_dir);
	if (len < 0 || (size_t)len >= sizeof(v->kept) ||
	    (access(v->kept, R_OK) == -1 &&
		(errno == ENOENT || errno == EACCES))) {
		v->kept[0] = '\0';
		return 0;
	}
	rv = given_checkpoint(claims, v->kept);
	if (rv == 0)
		v->kept_size =
		    claims->list[claims->count - 1]->parsed.checkpoint.size;
	return rv;
}

static int
take_tree(struct verify *v, const char *dir, bool with_kept)
{
	struct tree *tree = conf_load_server(dir, tell_error, stderr);
	struct segments pieces;
	int rv = 0;

	if (tree == NULL)
		return EX_DATAERR;
	if (segments_list(tree_server(tree)->audit_file, &pieces) == 0) {
		if (pieces.count > 0)
			v->oldest = pieces.list[0].first;
		segments_release(&pieces);
	}
	if (with_kept)
		rv = take_kept(v, tree_server(tree)->state_dir);
	tree_free(tree);
	return rv;
}

/* A piece is named for its first record: one that was emptied still tells. */
static int
check_oldest(struct verify *v)
{
	uint64_t first = v->auditor.follower.first;
	struct record_place nowhere = { NULL, 0 };

	if (v->oldest == 0 || v->oldest >= first)
		return 0;
	fault_set(&v->fault, FAULT_MISSING, nowhere, v->oldest, first - 1,
	    "missing: the oldest piece begins with seq %ju by its name",
	    (uintmax_t)v->oldest);
	return 1;
}

/* Older pieces may have been removed, and with them what it could be held to.
 */
static bool
kept_says_nothing(const struct verify *v)
{
	return v->kept[0] != '\0' && v->fault.kind == FAULT_UNCHECKED &&
	    v->fault.place.file == v->kept &&
	    v->kept_size <= v->auditor.follower.last.seq;
}

static int
torn(struct verify *v, const struct input_line *line, struct record_place place)
{
	char what[128];

	snprintf(what, sizeof(what),
	    "a torn record, %zu bytes without an end of line (a crash leaves "
	    "this; the service removes it)",
	    line->len);
	return auditor_no_record(&v->auditor, place, what, &v->fault);
}

static int
unreadable(const struct input_line *line)
{
	fprintf(stderr, "countersignctl: %s: %s\n", line->file, line->why);
	return EX_DATAERR;
}

/* 0, 1 with the fault, or EX_DATAERR (said why). */
static int
verify_lines(struct verify *v, struct input *input)
{
	struct input_line line;
	int rv = 0;

	while (rv == 0) {
		enum input_status status = input_next(input, &line);
		struct record_place place = { line.file, line.number };

		switch (status) {
		case INPUT_RECORD:
			rv = auditor_record(&v->auditor, line.record, line.len,
			    place, &v->fault);
			break;
		case INPUT_BAD:
			rv = auditor_no_record(
			    &v->auditor, place, line.why, &v->fault);
			break;
		case INPUT_TORN:
			rv = torn(v, &line, place);
			break;
		case INPUT_ERROR:
			return unreadable(&line);
		case INPUT_END:
			return -auditor_end(&v->auditor, &v->fault);
		}
	}
	return 1;
}

/* "FILE:LINE: seq 7 to 9: ", as much of it as is known. */
static void
print_where(const struct fault *f)
{
	if (f->place.file == NULL)
		fputs("countersignctl: ", stderr);
	else if (f->place.line == 0)
		fprintf(stderr, "%s: ", f->place.file);
	else
		fprintf(stderr, "%s:%u: ", f->place.file, f->place.line);
	if (f->first == 0)
		return;
	fprintf(stderr, "seq %" PRIu64, f->first);
	if (f->last != f->first)
		fprintf(stderr, " to %" PRIu64, f->last);
	fputs(f->kind == FAULT_LINE ? " expected: " : ": ", stderr);
}

static void
json_text(struct buf *out, const char *name, const char *text)
{
	if (text == NULL)
		return;
	buf_addf(out, ",\"%s\":", name);
	buf_add_json(out, text, strlen(text));
}

static void
json_number(struct buf *out, const char *name, uint64_t number)
{
	buf_addf(out, ",\"%s\":%" PRIu64, name, number);
}

static void
json_fault(const struct fault *f, struct buf *out)
{
	json_text(out, "fault", fault_word(f->kind));
	if (f->first != 0) {
		json_number(out, "bad-first", f->first);
		json_number(out, "bad-last", f->last);
	}
	json_text(out, "file", f->place.file);
	if (f->place.line != 0)
		json_number(out, "line", f->place.line);
	json_text(out, "message", f->what);
}

static void
json_checkpoints(const struct auditor *a, struct buf *out)
{
	char key[NOTE_VKEY];

	json_number(out, "checkpoints", a->checkpoints);
	json_number(out, "covered", a->covered);
	if (a->checkpoints > 0) {
		note_key_text(&a->key, key);
		json_text(out, "key", key);
	}
	buf_addf(
	    out, ",\"key-given\":%s", a->claims.keys_given ? "true" : "false");
}

/* One object on a line; a fault is in it, and nowhere else. */
static int
print_json(const struct verify *v, bool intact)
{
	const struct auditor *a = &v->auditor;
	struct buf out;

	buf_init(&out, OUT_MAX);
	buf_addf(&out, "{\"intact\":%s", intact ? "true" : "false");
	json_number(&out, "records", a->follower.records);
	if (a->follower.records > 0) {
		json_number(&out, "first", a->follower.first);
		json_number(&out, "last", a->follower.last.seq);
	}
	json_checkpoints(a, &out);
	if (!intact)
		json_fault(&v->fault, &out);
	buf_adds(&out, "}\n");
	log_write(&out);
	buf_release(&out);
	return intact ? 0 : 1;
}

static void
print_checkpoints(const struct verify *v)
{
	const struct auditor *a = &v->auditor;
	size_t given = a->claims.count - (v->kept[0] != '\0');
	char key[NOTE_VKEY];

	if (a->checkpoints > 0) {
		note_key_text(&a->key, key);
		printf("%" PRIu64 " checkpoint%s by %s\n", a->checkpoints,
		    a->checkpoints == 1 ? "" : "s", key);
	}
	if (given > 0)
		printf("%zu given checkpoint%s agree%s\n", given,
		    given == 1 ? "" : "s", given == 1 ? "s" : "");
	if (v->kept[0] != '\0')
		printf("%s agrees\n", v->kept);
	if (a->covered == 0)
		puts("NO CHECKPOINT covers these records: whoever could write "
		     "them can have changed any of them");
	else
		printf("covered up to seq %" PRIu64 ", %" PRIu64
		       " record%s after that\n",
		    a->covered, a->follower.last.seq - a->covered,
		    a->follower.last.seq - a->covered == 1 ? "" : "s");
	if (a->checkpoints > 0 && !a->claims.keys_given)
		puts("the audit key was taken from the records: compare it "
		     "with the signer's, or give that with --key");
}

static int
print_result(const struct verify *v, bool intact)
{
	const struct auditor *a = &v->auditor;

	if (v->json)
		return print_json(v, intact);
	if (!intact) {
		print_where(&v->fault);
		fprintf(stderr, "%s\n", v->fault.what);
		return 1;
	}
	printf("%" PRIu64 " records, seq %" PRIu64 " to %" PRIu64
	       ", chain intact\n",
	    a->follower.records, a->follower.first, a->follower.last.seq);
	print_checkpoints(v);
	return 0;
}

/* What verify_lines says; RETRY when the kept checkpoint tells nothing. */
#define RETRY (-1)

static int
verify(struct verify *v, const struct log_files *files)
{
	struct input *input = log_open(files);
	struct record_place nowhere = { NULL, 0 };
	int rv;

	if (input == NULL)
		return EX_DATAERR;
	rv = verify_lines(v, input);
	/* A log that was emptied must not pass for an intact one. */
	if (rv == 0 && v->auditor.follower.records == 0) {
		fault_set(
		    &v->fault, FAULT_TRUNCATED, nowhere, 0, 0, "no records");
		rv = 1;
	}
	if (rv == 0)
		rv = check_oldest(v);
	if (rv == 1 && kept_says_nothing(v))
		rv = RETRY;
	else if (rv != EX_DATAERR)
		rv = print_result(v, rv == 0);
	input_close(input);
	return rv;
}

static int
attempt(const char *dir, int argc, char **argv, bool with_kept)
{
	struct verify *v = calloc(1, sizeof(*v));
	int rv;

	if (v == NULL) {
		fputs("countersignctl: no memory\n", stderr);
		return EX_OSERR;
	}
	auditor_init(&v->auditor);
	rv = parse_options(v, argc, argv);
	if (rv == 0 && optind == argc)
		rv = take_tree(v, dir, with_kept);
	if (rv == 0)
		rv = verify(v,
		    &(struct log_files){ dir, argc - optind, argv + optind });
	auditor_release(&v->auditor);
	free(v);
	return rv;
}

int
log_verify(const char *dir, int argc, char **argv)
{
	int rv = attempt(dir, argc, argv, true);

	return rv == RETRY ? attempt(dir, argc, argv, false) : rv;
}
