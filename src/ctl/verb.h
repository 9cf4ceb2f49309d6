/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of countersignctl: each is one function and one row of the table
 * in main.c.
 */
#ifndef CS_CTL_VERB_H
#define CS_CTL_VERB_H

/*
 * dir is the tree's folder (-C); argv[0] is the verb, argc counts it.
 * Returns the exit status: DESIGN's numbers, as in <sysexits.h>.
 */
typedef int verb_fn(const char *dir, int argc, char **argv);

verb_fn verb_suspend, verb_resume, verb_test;
verb_fn verb_explain, verb_who_can, verb_what_can, verb_lint;
verb_fn verb_check, verb_reload, verb_status, verb_log, verb_report, verb_token;

/* Says "countersignctl: TEXT" on stderr and returns EX_USAGE. */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
