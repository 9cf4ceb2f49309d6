/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "audit/verify.h"
#include "audit/lines.h"
#include "ctl/logs.h"

/* Said on stderr as FILE:LINE: TEXT; gives the exit status. */
static int
bad_line(const char *file, unsigned line, const char *what)
{
	fprintf(stderr, "%s:%u: %s\n", file, line, what);
	return 1;
}

static int
bad_file(const char *file, const char *what)
{
	fprintf(stderr, "countersignctl: %s: %s\n", file, what);
	return 1;
}

/* A line that is no record has no number of its own: say which was due. */
static int
bad_record(const struct verifier *v, const char *file, unsigned line,
    const struct text_error *err)
{
	char what[sizeof(err->what) + 64];

	if (!v->started || strncmp(err->what, "seq ", 4) == 0)
		return bad_line(file, line, err->what);
	snprintf(what, sizeof(what), "seq %" PRIu64 " expected: %s",
	    v->chain.seq + 1, err->what);
	return bad_line(file, line, what);
}

static int
torn(const struct verifier *v, const char *file, unsigned line, size_t len)
{
	char what[160];

	snprintf(what, sizeof(what),
	    "seq %" PRIu64 " expected: torn record, %zu bytes without an end "
	    "of line (a crash leaves this; the service removes it)",
	    v->chain.seq + 1, len);
	return bad_line(file, line, what);
}

static int
verify_lines(
    struct verifier *v, struct lines *l, const char *file, uint64_t *ret_first)
{
	struct text_error err;
	const char *line;
	size_t len;

	for (;;) {
		switch (lines_next(l, &line, &len)) {
		case LINES_END:
			return 0;
		case LINES_ERROR:
			return bad_file(file, strerror(errno));
		case LINES_TORN:
			return torn(v, file, l->number, len);
		case LINES_LONG:
		case LINES_OK:
			break;
		}
		if (verify_line(v, line, len, &err) == -1)
			return bad_record(v, file, l->number, &err);
		if (v->records == 1)
			*ret_first = v->chain.seq;
	}
}

static int
verify_file(struct verifier *v, const char *file, uint64_t *ret_first)
{
	bool standard = strcmp(file, "-") == 0;
	const char *name = standard ? "(standard input)" : file;
	struct lines lines = { 0 };
	int fd, rv;

	fd = standard ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return bad_file(name, strerror(errno));
	if (lines_init(&lines, fd) == -1)
		rv = bad_file(name, "no memory");
	else
		rv = verify_lines(v, &lines, name, ret_first);
	lines_release(&lines);
	if (!standard)
		close(fd);
	return rv;
}

int
log_verify(const char *dir, int argc, char **argv)
{
	struct verifier v;
	uint64_t first = 0;
	int rv;

	(void)dir;
	if (argc < 2)
		return usage_error("log verify: name the files, oldest first");
	verifier_init(&v, false);
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1] != '\0')
			return usage_error(
			    "log verify: unknown option '%s'", argv[i]);
		if ((rv = verify_file(&v, argv[i], &first)) != 0)
			return rv;
	}
	/* A log that was emptied must not pass for an intact one. */
	if (v.records == 0)
		return bad_file(argv[argc - 1], "no records");
	printf("%" PRIu64 " records, seq %" PRIu64 " to %" PRIu64
	       ", chain intact\n",
	    v.records, first, v.chain.seq);
	return 0;
}
