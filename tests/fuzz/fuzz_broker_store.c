/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STATE-DIR/state.db as a start reads it: any file is refused with a reason,
 * or gives rows of ours.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static char dir[] = "/tmp/countersign-fuzz.XXXXXX";
static char path[64], wal[64];

static void
drop(void)
{
	unlink(path);
	unlink(wal);
	rmdir(dir);
}

static void
make(void)
{
	if (path[0] != '\0')
		return;
	if (mkdtemp(dir) == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/state.db", dir);
	snprintf(wal, sizeof(wal), "%s/state.db-wal", dir);
	atexit(drop);
}

static void
must_be_text(const char *text)
{
	if (strlen(text) >= STORE_TEXT || !text_is_utf8(text, strlen(text)))
		abort();
}

static bool
see_budget(void *arg, const struct store_budget *row)
{
	(void)arg;
	must_be_text(row->subject);
	return true;
}

static bool
see_suspension(void *arg, const struct store_suspension *row)
{
	(void)arg;
	must_be_text(row->kind);
	must_be_text(row->name);
	must_be_text(row->text);
	must_be_text(row->by);
	return true;
}

static bool
see_repeat(void *arg, const struct store_repeat *row)
{
	uint8_t *sum = arg;

	for (size_t i = 0; i < STORE_KEY; i++)
		*sum ^= row->key[i];
	for (size_t i = 0; i < row->len; i++)
		*sum ^= row->answer[i];
	return row->len <= STORE_BYTES;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct text_error error = { .what = "" };
	struct store *store;
	uint8_t sum = 0;
	int fd;

	make();
	unlink(wal);
	fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	if (fd == -1 || write(fd, data, len) != (ssize_t)len)
		abort();
	close(fd);
	store = store_open(dir, &error);
	if (store == NULL) {
		if (error.what[0] == '\0')
			abort();
		return 0;
	}
	store_each_budget(store, see_budget, NULL, &error);
	store_each_suspension(store, see_suspension, NULL, &error);
	store_each_repeat(store, see_repeat, &sum, &error);
	store_close(store);
	return 0;
}
