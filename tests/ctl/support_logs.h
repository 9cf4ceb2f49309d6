/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Made-up logs in a folder of their own, and verbs run on them.
 */
#ifndef CS_TESTS_CTL_SUPPORT_LOGS_H
#define CS_TESTS_CTL_SUPPORT_LOGS_H

#include "audit/record.h"
#include "ctl/verb.h"

#define LOGS_DIGEST \
	"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"
#define LOGS_PRINT "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define LOGS_STOLEN "SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

extern char logs_out[2][1 << 16]; /* stdout and stderr of the last run */

/* Makes the folder, its working folder from now on: cmocka's set up. */
int logs_set_up(void **state);
int logs_tear_down(void **state);

/*
 * A file of records, a letter each: (b)egin, (a)uthentication, (s)ignature,
 * (t)heft: one with a stolen client key, (f)ailed one, (d)enied one,
 * (c)heckpoint; anything else stands for itself.  The chain goes on from file
 * to file until logs_begin; a record comes ten minutes after the last, the
 * first one at 2026-11-21T03:37:23.123456Z.
 */
void logs_put(const char *name, const char *letters);
void logs_begin(void);

/* With up to eight words after its name, up to a NULL. */
int logs_run(verb_fn *verb, const char *const *words);
#define LOGS_RUN(verb, ...) \
	logs_run(verb, (const char *const[]){ #verb, __VA_ARGS__, NULL })

#endif
