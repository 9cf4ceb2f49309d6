/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl/admin.h"
#include "ctl/log_read.h"
#include "ctl/logs.h"
#include "ctl/tenant_log.h"
#include "review/filter.h"
#include "review/json.h"
#include "review/table.h"
#include "review/tail.h"

#define OUT_MAX (8u << 20)
#define OUT_FULL (64u << 10)

enum form {
	FORM_TABLE = 't',
	FORM_LONG = 'l',
	FORM_JSON = 'j',
	FORM_RAW = 'r',
};

struct show {
	struct filter *filter;
	struct table *table;
	struct tail *tail; /* NULL: without --last */
	int form;
	bool colours;
	struct buf out;
	uint64_t shown;
	struct fields fields;
};

/* The words of filter.h, and how the records are shown. */
static const struct option options[] = {
	{ "event", required_argument, NULL, 'f' },
	{ "outcome", required_argument, NULL, 'f' },
	{ "reason", required_argument, NULL, 'f' },
	{ "key", required_argument, NULL, 'f' },
	{ "keyfp", required_argument, NULL, 'f' },
	{ "profile", required_argument, NULL, 'f' },
	{ "principal", required_argument, NULL, 'f' },
	{ "fp", required_argument, NULL, 'f' },
	{ "source", required_argument, NULL, 'f' },
	{ "digest", required_argument, NULL, 'f' },
	{ "name", required_argument, NULL, 'f' },
	{ "id", required_argument, NULL, 'f' },
	{ "seq", required_argument, NULL, 'f' },
	{ "since", required_argument, NULL, 'f' },
	{ "until", required_argument, NULL, 'f' },
	{ "last", required_argument, NULL, 'n' },
	{ "long", no_argument, NULL, FORM_LONG },
	{ "json", no_argument, NULL, FORM_JSON },
	{ "raw", no_argument, NULL, FORM_RAW },
	{ NULL, 0, NULL, 0 },
};

static int
no_memory(void)
{
	fputs("countersignctl: no memory\n", stderr);
	return EX_OSERR;
}

static int
set_last(struct show *show, const char *value)
{
	uint64_t count;

	if (text_number(value, TAIL_MAX, &count) == -1 || count == 0)
		return usage_error(
		    "log show: --last: write a number from 1 to %d", TAIL_MAX);
	tail_free(show->tail);
	show->tail = tail_new((size_t)count);
	return show->tail == NULL ? no_memory() : 0;
}

static int
set_option(struct show *show, int c, int index, const char *word)
{
	struct text_error err;

	switch (c) {
	case 'f':
		if (filter_add(
			show->filter, options[index].name, optarg, &err) == -1)
			return usage_error("log show: %s", err.what);
		return 0;
	case 'n':
		return set_last(show, optarg);
	case FORM_LONG:
	case FORM_JSON:
	case FORM_RAW:
		if (show->form != FORM_TABLE && show->form != c)
			return usage_error(
			    "log show: --long, --json and --raw exclude one "
			    "another");
		show->form = c;
		return 0;
	default:
		return usage_error("log show: %s '%s'",
		    c == ':' ? "a value must follow" : "unknown option", word);
	}
}

static int
parse_options(struct show *show, int argc, char **argv)
{
	int c, index = 0, rv;

	optind = 0;
	while ((c = getopt_long(argc, argv, ":", options, &index)) != -1)
		if ((rv = set_option(show, c, index, argv[optind - 1])) != 0)
			return rv;
	return 0;
}

static void
add_record(struct show *show, const char *record, size_t len)
{
	show->shown++;
	switch (show->form) {
	case FORM_LONG:
		table_block(&show->fields, show->colours, &show->out);
		break;
	case FORM_JSON:
		json_record(&show->fields, record, len, &show->out);
		break;
	case FORM_RAW:
		buf_add(&show->out, record, len);
		buf_add(&show->out, "\n", 1);
		break;
	default:
		table_add(show->table, &show->fields, &show->out);
		break;
	}
}

static enum log_next
on_record(void *arg, const struct input_line *line, struct text_error *reterr)
{
	struct show *show = arg;

	if (!filter_may_match(show->filter, line->record, line->len))
		return LOG_NEXT;
	if (fields_read(line->record, line->len, &show->fields, reterr) == -1)
		return LOG_BAD;
	if (!filter_match(show->filter, &show->fields))
		return LOG_NEXT;
	if (show->tail != NULL) {
		if (!tail_add(show->tail, line->record, line->len))
			show->out.bad = true;
		return show->out.bad ? LOG_STOP : LOG_NEXT;
	}
	add_record(show, line->record, line->len);
	if (buf_len(&show->out) < OUT_FULL && !show->out.bad)
		return LOG_NEXT;
	return log_write(&show->out) ? LOG_NEXT : LOG_STOP;
}

/* What --last kept, and what waits to be aligned or written. */
static bool
finish(struct show *show)
{
	struct text_error ignored;
	const char *record;
	size_t len;

	while (show->tail != NULL &&
	    (record = tail_take(show->tail, &len)) != NULL) {
		if (fields_read(record, len, &show->fields, &ignored) == 0)
			add_record(show, record, len);
		if (buf_len(&show->out) >= OUT_FULL && !log_write(&show->out))
			return false;
	}
	table_flush(show->table, &show->out);
	return log_write(&show->out);
}

/* For people, who would like to know that this was all. */
static void
say_count(const struct show *show, const struct log_tally *tally)
{
	if (show->form != FORM_TABLE && show->form != FORM_LONG)
		return;
	fprintf(stderr, "%" PRIu64 " of %" PRIu64 " record%s shown\n",
	    show->shown, tally->read, tally->read == 1 ? "" : "s");
}

static int
show_files(struct show *show, const struct log_files *files)
{
	struct log_tally tally = { 0 };
	int rv = log_read(files, on_record, show, &tally);

	if (!finish(show))
		return log_write_status();
	if (rv != 0)
		return rv;
	say_count(show, &tally);
	return show->shown == 0 || tally.bad > 0;
}

/* Only for eyes: https://no-color.org. */
static bool
wants_colours(void)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (none == NULL || *none == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

/* Without files the owner of a tenant means the tenant's records. */
static int
show_tenant(struct show *show, const char *dir)
{
	char path[32], *files[] = { path };
	int fd, rv = tenant_log(dir, &fd);

	if (rv != 0)
		return rv;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rv = show_files(show, &(struct log_files){ dir, 1, files });
	close(fd);
	return rv;
}

int
log_show(const char *dir, int argc, char **argv)
{
	struct show show = { .form = FORM_TABLE, .colours = wants_colours() };
	int rv;

	buf_init(&show.out, OUT_MAX);
	show.filter = filter_new(clock_wall_us());
	show.table = table_new(show.colours);
	if (show.filter == NULL || show.table == NULL)
		rv = no_memory();
	else
		rv = parse_options(&show, argc, argv);
	if (rv == 0 && optind == argc && asks_as_tenant(dir))
		rv = show_tenant(&show, dir);
	else if (rv == 0)
		rv = show_files(&show,
		    &(struct log_files){ dir, argc - optind, argv + optind });
	buf_release(&show.out);
	tail_free(show.tail);
	table_free(show.table);
	filter_free(show.filter);
	return rv;
}
