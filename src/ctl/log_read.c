/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/log_read.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf/load.h"
#include "ctl/tell.h"

/* A file that holds no records at all should not fill the terminal. */
#define BAD_SHOWN 100

static int write_status;

struct input *
log_open(const struct log_files *files)
{
	const char *log = NULL;
	struct tree *tree = NULL;
	struct text_error err = { 0 };
	struct input *input = NULL;

	if (files->count == 0) {
		tree = conf_load_server(files->dir, tell_error, stderr);
		if (tree == NULL)
			return NULL;
		log = tree_server(tree)->audit_file;
	}
	input = input_open(log, files->count, files->files, &err);
	if (input == NULL && err.file[0] != '\0')
		fprintf(stderr, "countersignctl: %s: %s\n", err.file, err.what);
	else if (input == NULL)
		fprintf(stderr, "countersignctl: %s\n", err.what);
	tree_free(tree);
	return input;
}

/* The reason may quote what stands there: that must not reach a terminal. */
static void
bad_line(
    struct log_tally *tally, const struct input_line *line, const char *why)
{
	char text[4 * sizeof(line->why)];

	if (++tally->bad > BAD_SHOWN)
		return;
	text_escape(why, strlen(why), text, sizeof(text));
	fprintf(stderr, "%s:%u: %s\n", line->file, line->number, text);
}

/* False: that was the last one. */
static bool
give_record(const struct input_line *line, log_line_fn *fn, void *arg,
    struct log_tally *tally)
{
	struct text_error err;

	switch (fn(arg, line, &err)) {
	case LOG_NEXT:
		break;
	case LOG_BAD:
		bad_line(tally, line, err.what);
		return true;
	case LOG_STOP:
		return false;
	}
	tally->read++;
	return true;
}

static int
read_lines(
    struct input *input, log_line_fn *fn, void *arg, struct log_tally *tally)
{
	struct input_line line;

	for (;;) {
		switch (input_next(input, &line)) {
		case INPUT_END:
			return 0;
		case INPUT_EMPTY:
			break;
		case INPUT_ERROR:
			fprintf(stderr, "countersignctl: %s: %s\n", line.file,
			    line.why);
			return EX_DATAERR;
		case INPUT_BAD:
		case INPUT_TORN:
			bad_line(tally, &line, line.why);
			break;
		case INPUT_RECORD:
			if (!give_record(&line, fn, arg, tally))
				return 0;
			break;
		}
	}
}

int
log_read(const struct log_files *files, log_line_fn *fn, void *arg,
    struct log_tally *ret)
{
	struct log_tally tally = { 0 };
	struct input *input;
	int rv;

	/* Who closes our output early, as head(1) does, is no error. */
	signal(SIGPIPE, SIG_IGN);
	write_status = 0;
	if ((input = log_open(files)) == NULL)
		return EX_DATAERR;
	rv = read_lines(input, fn, arg, &tally);
	if (tally.bad > BAD_SHOWN)
		fprintf(stderr,
		    "countersignctl: %" PRIu64 " more lines are no records\n",
		    tally.bad - BAD_SHOWN);
	input_close(input);
	*ret = tally;
	return rv;
}

static bool
write_failed(int error)
{
	write_status = error == EPIPE ? 0 : EX_IOERR;
	if (error != EPIPE)
		fprintf(stderr, "countersignctl: standard output: %s\n",
		    strerror(error));
	return false;
}

bool
log_write(struct buf *out)
{
	if (out->bad)
		return write_failed(ENOMEM);
	while (buf_len(out) > 0) {
		ssize_t len = write(STDOUT_FILENO, buf_at(out), buf_len(out));

		if (len == -1 && errno == EINTR)
			continue;
		if (len == -1)
			return write_failed(errno);
		buf_consume(out, (size_t)len);
	}
	return true;
}

int
log_write_status(void)
{
	return write_status;
}
