/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store's file: opened and checked at the start, read row by row, and
 * changed by whole batches.  One thread at a time.
 */
#ifndef CS_BROKER_STORE_FILE_H
#define CS_BROKER_STORE_FILE_H

#include <limits.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "broker/store_change.h"

struct store_file {
	sqlite3 *db;
	sqlite3_stmt *changes[STORE_CHANGES];
	char path[PATH_MAX];
};

/* 0, or -1 with reterr; then nothing is to be closed. */
int store_file_open(
    struct store_file *, const char *state_dir, struct text_error *reterr);
void store_file_close(struct store_file *);
/* What libsqlite3 said last. */
int store_file_fail(const struct store_file *, struct text_error *reterr);

/* Brings an empty or older database to our schema: 0, or -1 (sqlite3_errmsg).
 */
int store_schema_make(sqlite3 *);
/* Is it exactly that schema?  0, or -1 with reterr. */
int store_schema_check(sqlite3 *, struct text_error *reterr);

/* 0, or -1: sqlite3_errmsg says why. */
int store_work_prepare(struct store_file *);
void store_work_release(struct store_file *);
/*
 * All of the changes, or none: 0, or -1 with why.  How they are written is
 * between store_change.h and this.
 */
int store_work_apply(
    struct store_file *, const void *changes, size_t len, char why[128]);

#endif
