/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/client_arg.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/verb.h"
#include "policy/authorized.h"

#define PREFIX "SHA256:"
#define FILE_MAX 16384

/* The next word of a line, cut off in place; "" at its end. */
static char *
next_word(char **at)
{
	char *word = *at + strspn(*at, " \t\r");

	*at = word + strcspn(word, " \t\r");
	if (**at != '\0')
		*(*at)++ = '\0';
	return word;
}

/*
 * TYPE BASE64 [COMMENT], or a whole line of authorized_keys.d: 0, or -1 with
 * what is wrong.
 */
static int
read_line(char *line, char *ret, struct text_error *reterr)
{
	static struct authorized_line parsed;
	const char *type, *base64;
	uint8_t blob[KEYBLOB_MAX];
	size_t len;

	if (authorized_parse(line, &parsed, reterr) == 0) {
		fingerprint(parsed.blob, parsed.blob_len, ret);
		return 0;
	}
	type = next_word(&line);
	base64 = next_word(&line);
	if (!keyblob_is_type(type))
		return text_fail(reterr, 0, "this is no public key of ssh");
	if (base64_decode(base64, strlen(base64), blob, sizeof(blob), &len) ==
	    -1)
		return text_fail(reterr, 0, "the key is no base64");
	if (keyblob_check(type, blob, len, reterr) == -1)
		return -1;
	fingerprint(blob, len, ret);
	return 0;
}

/* The one key of the file. */
static int
read_text(char *text, char *ret, struct text_error *reterr)
{
	bool found = false;
	char *line, *next;
	unsigned number = 0;

	for (line = text; line != NULL; line = next) {
		number++;
		if ((next = strchr(line, '\n')) != NULL)
			*next++ = '\0';
		line += strspn(line, " \t\r");
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (found)
			return text_fail(
			    reterr, number, "a second key in the file");
		if (read_line(line, ret, reterr) == -1) {
			reterr->line = number;
			return -1;
		}
		found = true;
	}
	return found ? 0 : text_fail(reterr, 0, "there is no key in the file");
}

static int
read_file(const char *path, char *ret, struct text_error *reterr)
{
	char text[FILE_MAX + 1];
	FILE *file = fopen(path, "re");
	size_t len;

	if (file == NULL)
		return text_fail(reterr, 0, "%s", strerror(errno));
	len = fread(text, 1, FILE_MAX, file);
	if (ferror(file) || fgetc(file) != EOF || memchr(text, '\0', len)) {
		fclose(file);
		return text_fail(
		    reterr, 0, "this is no file with a public key");
	}
	fclose(file);
	text[len] = '\0';
	return read_text(text, ret, reterr);
}

int
client_arg(const char *arg, char ret[static FINGERPRINT_SIZE])
{
	struct text_error error = { .line = 0 };
	char print[FINGERPRINT_SIZE];

	if (strncmp(arg, PREFIX, strlen(PREFIX)) == 0) {
		if (!text_copy(ret, FINGERPRINT_SIZE, arg))
			return usage_error(
			    "%s: the fingerprint is too long", arg);
		return 0;
	}
	if (read_file(arg, print, &error) == 0) {
		memcpy(ret, print, sizeof(print));
		return 0;
	}
	if (error.line > 0)
		fprintf(stderr, "countersignctl: %s:%u: %s\n", arg, error.line,
		    error.what);
	else
		fprintf(stderr, "countersignctl: %s: %s\n", arg, error.what);
	return EX_DATAERR;
}
