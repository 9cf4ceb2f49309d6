/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "ctl/log_read.h"
#include "ctl/logs.h"
#include "review/filehash.h"
#include "review/who.h"

#define OUT_MAX (128u << 20)

struct question {
	struct who *who;
	const char *file; /* whose digests are asked about */
	bool json;
};

static int
parse_options(struct question *q, int argc, char **argv)
{
	static const struct option options[] = {
		{ "file", required_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (c) {
		case 'f':
			if (q->file != NULL)
				return usage_error(
				    "log who: --file is given twice");
			q->file = optarg;
			break;
		case 'j':
			q->json = true;
			break;
		default:
			return usage_error("log who: %s '%s'",
			    c == ':' ? "a value must follow" : "unknown option",
			    argv[optind - 1]);
		}
	}
	return 0;
}

static int
ask_file(struct question *q)
{
	char digests[HASH_COUNT][DIGEST_TEXT];
	struct text_error err;

	if (filehash(q->file, digests, &err) == -1) {
		fprintf(stderr, "countersignctl: %s\n", err.what);
		return EX_DATAERR;
	}
	for (int i = HASH_NONE + 1; i < HASH_COUNT; i++)
		if (who_ask(q->who, digests[i], &err) == -1) {
			fprintf(stderr, "countersignctl: %s\n", err.what);
			return EX_SOFTWARE;
		}
	return 0;
}

/* The digest is the first word, or those of a file. */
static int
ask(struct question *q, int *count, char ***words)
{
	struct text_error err;

	if (q->file != NULL)
		return ask_file(q);
	if (*count == 0)
		return usage_error("log who: name a digest, or --file FILE");
	if (who_ask(q->who, **words, &err) == -1)
		return usage_error("log who: %s", err.what);
	(*count)--;
	(*words)++;
	return 0;
}

static enum log_next
on_record(void *arg, const struct input_line *line, struct text_error *reterr)
{
	struct question *q = arg;

	return who_take(q->who, line->record, line->len, reterr) == 0 ?
	    LOG_NEXT :
	    LOG_BAD;
}

static bool
answer(const struct question *q, const struct log_tally *tally)
{
	struct buf out;
	bool written;

	buf_init(&out, OUT_MAX);
	if (q->json)
		who_json(q->who, &out);
	else
		who_text(q->who, &out);
	if (!q->json && who_total(q->who, WHO_SIGNED) == 0)
		buf_addf(&out,
		    "Never signed, as far as the %" PRIu64
		    " records say that were read.\n",
		    tally->read);
	written = log_write(&out);
	buf_release(&out);
	return written;
}

static int
ask_files(struct question *q, const struct log_files *files)
{
	struct log_tally tally = { 0 };
	int rv = log_read(files, on_record, q, &tally);

	if (rv != 0 && who_total(q->who, WHO_SIGNED) == 0)
		return rv;
	if (!answer(q, &tally) && log_write_status() != 0)
		return log_write_status();
	if (rv != 0)
		return rv;
	return who_total(q->who, WHO_SIGNED) == 0;
}

int
log_who(const char *dir, int argc, char **argv)
{
	struct question q = { .who = who_new() };
	char **words;
	int rv, count;

	if (q.who == NULL) {
		fputs("countersignctl: no memory\n", stderr);
		return EX_OSERR;
	}
	if ((rv = parse_options(&q, argc, argv)) == 0) {
		count = argc - optind;
		words = argv + optind;
		rv = ask(&q, &count, &words);
	}
	if (rv == 0)
		rv = ask_files(&q, &(struct log_files){ dir, count, words });
	who_free(q.who);
	return rv;
}
