/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a report goes, and in which form: --html, --json, --top.
 */
#ifndef CS_CTL_REPORT_OUT_H
#define CS_CTL_REPORT_OUT_H

#include "review/page.h"
#include "review/sheet.h"

struct report_out {
	const char *html; /* a file, "-" for stdout, or NULL */
	bool json;
	size_t top;
};

void report_out_init(struct report_out *);
/* 'o' --html, 'j' --json, 't' --top (optarg): 0, or said why and EX_USAGE. */
int report_out_option(
    struct report_out *, int c, const char *verb, const char *word);
/* 0, or the exit status, and said why. */
int report_out_write(
    const struct report_out *, const struct page *, const struct sheets *);

#endif
