/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/report_out.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/log_read.h"
#include "ctl/verb.h"

#define TOP_DEFAULT 30
#define TOP_MAX 1000000
#define OUT_MAX (256u << 20)
#define WIDTH 100

void
report_out_init(struct report_out *out)
{
	*out = (struct report_out){ .top = TOP_DEFAULT };
}

static int
set_top(struct report_out *out, const char *verb)
{
	uint64_t number;

	if (text_number(optarg, TOP_MAX, &number) == -1)
		return usage_error(
		    "%s: --top: write a number, or 0 for all", verb);
	out->top = (size_t)number;
	return 0;
}

int
report_out_option(
    struct report_out *out, int c, const char *verb, const char *word)
{
	switch (c) {
	case 'o':
		out->html = optarg;
		return 0;
	case 'j':
		out->json = true;
		return 0;
	case 't':
		return set_top(out, verb);
	default:
		return usage_error("%s: %s '%s'", verb,
		    c == ':' ? "a value must follow" : "unknown option", word);
	}
}

static int
bad_file(const char *file)
{
	fprintf(stderr, "countersignctl: %s: %s\n", file, strerror(errno));
	return EX_CANTCREAT;
}

static int
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, data, len);

		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return -1;
		data += done;
		len -= (size_t)done;
	}
	return 0;
}

/* Names of people and artifacts are for those who may read the log. */
static int
write_file(const char *file, const struct buf *text)
{
	int fd = open(
	    file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0640);
	int rv = 0;

	if (fd == -1)
		return bad_file(file);
	if (write_all(fd, buf_at(text), buf_len(text)) == -1)
		rv = bad_file(file);
	if (close(fd) == -1 && rv == 0)
		rv = bad_file(file);
	return rv;
}

static int
to_stdout(struct buf *text)
{
	return log_write(text) ? 0 : log_write_status();
}

static int
no_memory(void)
{
	fputs("countersignctl: no memory\n", stderr);
	return EX_OSERR;
}

static int
write_html(const struct report_out *out, const struct page *page,
    const struct sheets *sheets)
{
	struct buf text;
	int rv;

	buf_init(&text, OUT_MAX);
	page_write(page, sheets, out->top, &text);
	if (text.bad)
		rv = no_memory();
	else if (strcmp(out->html, "-") == 0)
		rv = to_stdout(&text);
	else
		rv = write_file(out->html, &text);
	buf_release(&text);
	return rv;
}

static int
write_text(const struct report_out *out, const struct sheets *sheets)
{
	struct sheet_style style = { .width = WIDTH, .top = out->top };
	struct buf text;
	int rv;

	setlocale(LC_CTYPE, "");
	style.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	buf_init(&text, OUT_MAX);
	if (out->json)
		sheets_json(sheets, &text);
	else
		sheets_text(sheets, &style, &text);
	rv = text.bad ? no_memory() : to_stdout(&text);
	buf_release(&text);
	return rv;
}

int
report_out_write(const struct report_out *out, const struct page *page,
    const struct sheets *sheets)
{
	int rv = 0;

	if (out->html != NULL)
		rv = write_html(out, page, sheets);
	if (rv == 0 && (out->html == NULL || out->json))
		rv = write_text(out, sheets);
	return rv;
}
