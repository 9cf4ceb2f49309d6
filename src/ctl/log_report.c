/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/clock.h"
#include "ctl/log_given.h"
#include "ctl/log_read.h"
#include "ctl/logs.h"
#include "ctl/report_out.h"
#include "review/page.h"
#include "review/report_sheets.h"

#define WEEK_US (UINT64_C(7) * 24 * 3600 * 1000000)

struct wanted {
	struct period period;
	struct hours hours;
	struct claims claims;
	struct report_out out;
	uint64_t now_us;
	const char *since, *until, *month; /* read once the zone is known */
};

static const struct option options[] = {
	{ "since", required_argument, NULL, 's' },
	{ "until", required_argument, NULL, 'u' },
	{ "month", required_argument, NULL, 'm' },
	{ "hours", required_argument, NULL, 'h' },
	{ "zone", required_argument, NULL, 'z' },
	{ "key", required_argument, NULL, 'k' },
	{ "html", required_argument, NULL, 'o' },
	{ "json", no_argument, NULL, 'j' },
	{ "top", required_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

static int
bad_value(const char *option, const struct text_error *err)
{
	return usage_error("log report: --%s: %s", option, err->what);
}

static int
set_option(struct wanted *w, int c, const char *word)
{
	struct text_error err;

	switch (c) {
	case 's':
		w->since = optarg;
		return 0;
	case 'u':
		w->until = optarg;
		return 0;
	case 'm':
		w->month = optarg;
		return 0;
	case 'h':
		return hours_parse(optarg, &w->hours, &err) == 0 ?
		    0 :
		    bad_value("hours", &err);
	case 'z':
		return zone_use(optarg, &err) == 0 ? 0 :
						     bad_value("zone", &err);
	case 'k':
		return given_key(&w->claims, optarg);
	default:
		return report_out_option(&w->out, c, "log report", word);
	}
}

static int
parse_options(struct wanted *w, int argc, char **argv)
{
	int c, rv;

	optind = 0;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1)
		if ((rv = set_option(w, c, argv[optind - 1])) != 0)
			return rv;
	return 0;
}

static int
set_month(struct wanted *w)
{
	struct text_error err;

	if (w->since != NULL || w->until != NULL)
		return usage_error(
		    "log report: --month excludes --since and --until");
	if (zone_month(
		w->month, &w->period.since_us, &w->period.until_us, &err) == -1)
		return bad_value("month", &err);
	return 0;
}

/* Files hold what somebody chose; the service's own log goes back for ever. */
static int
set_period(struct wanted *w, bool files)
{
	struct text_error err;

	w->period = (struct period){ 0, UINT64_MAX };
	if (w->month != NULL)
		return set_month(w);
	if (w->since == NULL && w->until == NULL && !files)
		w->period.since_us = w->now_us - WEEK_US;
	if (w->since != NULL &&
	    zone_when(w->since, w->now_us, &w->period.since_us, &err) == -1)
		return bad_value("since", &err);
	if (w->until != NULL &&
	    zone_when(w->until, w->now_us, &w->period.until_us, &err) == -1)
		return bad_value("until", &err);
	if (w->period.since_us >= w->period.until_us)
		return usage_error("log report: the period ends before it "
				   "begins");
	return 0;
}

static int
write_report(
    const struct wanted *w, const struct report *r, struct sheets *sheets)
{
	struct page page = { "Log report", "countersignctl log report", r };

	if (report_sheets(r, sheets) == -1) {
		fputs("countersignctl: no memory\n", stderr);
		return EX_OSERR;
	}
	return report_out_write(&w->out, &page, sheets);
}

static int
read_report(
    const struct wanted *w, struct report *r, const struct log_files *files)
{
	struct input *input = log_open(files);
	struct sheets sheets = { 0 };
	char fault[REPORT_FAULT];
	int broken, rv;

	if (input == NULL)
		return EX_DATAERR;
	broken = report_read(r, input);
	input_close(input);
	if (broken == -1) {
		fprintf(stderr, "countersignctl: %s\n", r->why);
		return EX_DATAERR;
	}
	if (broken == 1)
		fprintf(stderr, "countersignctl: the chain is BROKEN: %s\n",
		    report_fault(r, fault));
	rv = write_report(w, r, &sheets);
	sheets_release(&sheets);
	return rv != 0 ? rv : broken;
}

static int
make_report(struct wanted *w, const struct log_files *files)
{
	struct report *r;
	int rv = set_period(w, files->count > 0);

	if (rv != 0)
		return rv;
	if ((r = report_new(&w->period, &w->hours)) == NULL) {
		fputs("countersignctl: no memory\n", stderr);
		return EX_OSERR;
	}
	r->made_us = w->now_us;
	r->auditor.claims = w->claims;
	w->claims = (struct claims){ 0 };
	rv = read_report(w, r, files);
	report_free(r);
	return rv;
}

int
log_report(const char *dir, int argc, char **argv)
{
	struct wanted *w = calloc(1, sizeof(*w));
	struct text_error err;
	int rv;

	if (w == NULL) {
		fputs("countersignctl: no memory\n", stderr);
		return EX_OSERR;
	}
	w->now_us = clock_wall_us();
	report_out_init(&w->out);
	hours_parse(HOURS_DEFAULT, &w->hours, &err);
	rv = parse_options(w, argc, argv);
	if (rv == 0)
		rv = make_report(w,
		    &(struct log_files){ dir, argc - optind, argv + optind });
	claims_release(&w->claims);
	free(w);
	return rv;
}
