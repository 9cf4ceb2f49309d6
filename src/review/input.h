/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of many files, one after another, whatever carried them here:
 * the signer's own pieces (plain or gzip), RFC 5424 lines that a collector
 * stored (with or without an octet count before, and with elements that
 * relays add behind ours, such as [meta sequenceId="1"]), and JSON lines whose
 * member "event.original" is the record.  Each is given as the signer wrote
 * it.
 */
#ifndef CS_REVIEW_INPUT_H
#define CS_REVIEW_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct input;

enum input_status {
	INPUT_RECORD,
	INPUT_END,
	INPUT_BAD, /* a line that holds no record; reading can go on */
	INPUT_TORN, /* the last line of a file has no LF */
	INPUT_EMPTY, /* a piece of a log (segment.h) without any line */
	INPUT_ERROR, /* a file cannot be read; nothing more comes */
};

struct input_line {
	const char *file; /* "(standard input)" for "-"; until input_close */
	unsigned number;
	uint64_t named; /* a piece's first seq, by its name; 0: no piece */
	uint64_t next; /* the same of the next file */
	const char *record; /* without its LF; valid until the next call */
	size_t len;
	char why[256]; /* for BAD, TORN and ERROR */
};

/*
 * The files in order of their first record's seq ("-" must be alone); without
 * any, those of the log whose active file is `log' (segment.h).  NULL with
 * reterr.
 */
struct input *input_open(
    const char *log, int count, char **files, struct text_error *reterr);
void input_close(struct input *);
enum input_status input_next(struct input *, struct input_line *ret);

/*
 * The record in one line of any of these forms, copied to ret: its length, or
 * -1 with reterr.
 */
#define INPUT_LINE_MAX 16384
int input_unwrap(const char *line, size_t len, char ret[static INPUT_LINE_MAX],
    struct text_error *reterr);

#endif
