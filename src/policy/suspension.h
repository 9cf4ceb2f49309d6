/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is suspended: a set in memory of things that sign nothing until they
 * are resumed.  Who keeps it on disk, and who may change it, is not decided
 * here.
 */
#ifndef CS_POLICY_SUSPENSION_H
#define CS_POLICY_SUSPENSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/words.h"

enum subject {
	SUBJECT_KEY, /* a signing key, by name */
	SUBJECT_CLIENT, /* a client key, by fingerprint "SHA256:…" */
	SUBJECT_PRINCIPAL,
	SUBJECT_PROFILE,
	SUBJECT_TENANT,
	SUBJECT_COUNT,
};

#define SUBJECT_NAME 256 /* the longest is a principal; with its NUL */
#define SUSPENSION_TEXT 201 /* why; with its NUL */

struct suspension {
	enum subject subject;
	char name[SUBJECT_NAME];
	char text[SUSPENSION_TEXT]; /* why, printable UTF-8 */
	char by[NAME_SIZE]; /* the user who said so, or "on-exceed" */
	int64_t since; /* seconds since 1970 */
};

struct suspensions;

/* NULL: no memory. */
struct suspensions *suspensions_new(void);
void suspensions_free(struct suspensions *);

/* Copied; takes the place of one of the same thing: 0, or -1 (no memory). */
int suspensions_add(struct suspensions *, const struct suspension *);
/* Was it there? */
bool suspensions_remove(struct suspensions *, enum subject, const char *name);
/* NULL: it is not suspended.  Cost does not grow with the set. */
const struct suspension *suspensions_find(
    const struct suspensions *, enum subject, const char *name);
/*
 * The same, and for what has a tenant's name before a '/' also the tenant's.
 * The set may be NULL: nothing is suspended.
 */
const struct suspension *suspensions_cover(
    const struct suspensions *, enum subject, const char *name);
/* In the order in which they came; NULL after the last. */
const struct suspension *suspensions_at(const struct suspensions *, size_t);

const char *subject_word(enum subject); /* "key", "client", … */
enum subject subject_by_word(const char *); /* SUBJECT_COUNT: unknown */

#endif
