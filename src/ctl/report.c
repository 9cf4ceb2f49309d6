/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl report: questionnaires, answered from the records.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "ctl/log_given.h"
#include "ctl/log_read.h"
#include "ctl/report_out.h"
#include "ctl/verb.h"
#include "review/inventory.h"

static const struct option options[] = {
	{ "zone", required_argument, NULL, 'z' },
	{ "key", required_argument, NULL, 'k' },
	{ "html", required_argument, NULL, 'o' },
	{ "json", no_argument, NULL, 'j' },
	{ "top", required_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

struct keys {
	struct report *report;
	struct inventory *inventory;
	struct report_out out;
};

static int
parse_options(struct keys *k, int argc, char **argv)
{
	struct text_error err;
	int c, rv = 0;

	optind = 0;
	while (rv == 0 &&
	    (c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == 'z') {
			if (zone_use(optarg, &err) == -1)
				rv = usage_error(
				    "report keys: --zone: %s", err.what);
		} else if (c == 'k')
			rv = given_key(&k->report->auditor.claims, optarg);
		else
			rv = report_out_option(
			    &k->out, c, "report keys", argv[optind - 1]);
	}
	return rv;
}

static int
write_keys(const struct keys *k)
{
	struct page page = { "Signing keys", "countersignctl report keys",
		NULL };
	struct sheets sheets = { 0 };
	int rv = EX_OSERR;

	if (inventory_sheets(k->inventory, k->report, &sheets) == 0)
		rv = report_out_write(&k->out, &page, &sheets);
	else
		fputs("countersignctl: no memory\n", stderr);
	sheets_release(&sheets);
	return rv;
}

static int
read_keys(const struct keys *k, const struct log_files *files)
{
	struct input *input = log_open(files);
	char fault[REPORT_FAULT];
	int broken, rv;

	if (input == NULL)
		return EX_DATAERR;
	broken = report_read(k->report, input);
	input_close(input);
	if (broken == -1) {
		fprintf(stderr, "countersignctl: %s\n", k->report->why);
		return EX_DATAERR;
	}
	if (broken == 1)
		fprintf(stderr, "countersignctl: the chain is BROKEN: %s\n",
		    report_fault(k->report, fault));
	rv = write_keys(k);
	return rv != 0 ? rv : broken;
}

static int
report_keys(const char *dir, int argc, char **argv)
{
	static const struct period always = { 0, UINT64_MAX };
	static struct hours no_hours;
	struct keys k = { .report = report_new(&always, &no_hours),
		.inventory = inventory_new() };
	int rv = EX_OSERR;

	report_out_init(&k.out);
	if (k.report == NULL || k.inventory == NULL) {
		fputs("countersignctl: no memory\n", stderr);
	} else if ((rv = parse_options(&k, argc, argv)) == 0) {
		k.report->made_us = clock_wall_us();
		k.report->also = inventory_add;
		k.report->arg = k.inventory;
		rv = read_keys(&k,
		    &(struct log_files){ dir, argc - optind, argv + optind });
	}
	report_free(k.report);
	inventory_free(k.inventory);
	return rv;
}

int
verb_report(const char *dir, int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "keys") == 0)
		return report_keys(dir, argc - 1, argv + 1);
	if (argc >= 2)
		return usage_error("report: unknown '%s'; say keys", argv[1]);
	return usage_error("report: say keys");
}
