/* SPDX-License-Identifier: Apache-2.0 */
/* tool-uses: broker policy conf format audit */
/* tool-links: -lcrypto -linih -lz -lsqlite3 */
/*
 * The broker's journal alone, beside a loop that only writes and syncs: the
 * same bytes to the same folder, with as many syncs.
 *
 *	bench_journal all|one DIR RECORDS
 *
 * all: as fast as it takes them.  one: each when the one before is on disk.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "broker/journal.h"

static const struct record_origin origin = { "signer1.example.org", 812 };
static struct loop *loop;
static struct journal *journal;
static struct waiter *waiters;
static uint64_t wanted, added, done, syncs;
static bool one;

static void
on_recorded(struct waiter *waiter, bool ok)
{
	(void)waiter;
	if (!ok)
		errx(1, "a record could not be written");
	done++;
}

static void
on_written(void *arg)
{
	(void)arg;
	syncs++;
}

/* As long as the one of a usual signature. */
static void
add(void)
{
	struct record *r = journal_begin(journal, EVENT_SIGN);
	uint8_t digest[32];

	if (r == NULL)
		errx(1, "the journal takes no record");
	memset(digest, (int)added, sizeof(digest));
	record_add(r, "id", "0a1b2c3d-42-0");
	record_add(r, "profile", "ci-release");
	record_add_number(r, "conn", 42);
	record_add(r, "principal", "build01");
	record_add(
	    r, "fp", "SHA256:uNiVztksCsDhcc0u9e8BrcMdyBbl4LHcTXSDZeVVDuc");
	record_add(r, "src", "10.2.0.7");
	record_add(r, "verb", "sign");
	record_add(r, "key", "release");
	record_add(
	    r, "keyfp", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
	record_add(r, "format", "raw");
	record_add_number(r, "line", added);
	record_add(r, "hash", "sha256");
	record_add_hex(r, "digest", digest, sizeof(digest));
	record_add(r, "name", "dist/firmware-1.2.3.bin");
	record_add(r, "mech", "CKM_ECDSA");
	record_add(
	    r, "sig", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
	record_add(r, "outcome", "ok");
	record_add_number(r, "us", 42);
	waiters[added].fn = on_recorded;
	if (journal_end(journal, "signed dist/firmware-1.2.3.bin for build01",
		&waiters[added]) == -1)
		errx(1, "a record did not fit");
	added++;
}

static void
on_round(void *arg)
{
	(void)arg;
	if (done == wanted) {
		loop_stop(loop);
		return;
	}
	while (added < wanted && journal_has_room(journal) &&
	    (!one || added == done))
		add();
	journal_flush(journal);
}

static void
on_freed(void *arg)
{
	(void)arg;
}

static double
run(const char *dir, uint64_t *ret_bytes)
{
	char path[4096];
	struct journal_conf conf = { .file = path, .state_dir = dir };
	struct journal_opened opened;
	struct text_error error;
	struct stat st;
	uint64_t since;

	snprintf(path, sizeof(path), "%s/audit.log", dir);
	loop = loop_new();
	journal = journal_open(&conf, &origin, &opened, &error);
	if (loop == NULL || journal == NULL)
		errx(1, "%s: %s", path, error.what);
	if (journal_start(journal, loop, NULL, NULL, on_freed, NULL) == -1)
		err(1, "the journal's thread");
	journal_on_written(journal, on_written, NULL);
	loop_after_round(loop, on_round, NULL);
	since = clock_mono_us();
	on_round(NULL);
	if (loop_run(loop) == -1)
		err(1, "loop");
	since = clock_mono_us() - since;
	if (stat(path, &st) == -1)
		err(1, "%s", path);
	*ret_bytes = (uint64_t)st.st_size;
	journal_close(journal);
	loop_free(loop);
	return (double)wanted * 1e6 / (double)since;
}

/* The same bytes in as many pieces, each synced. */
static double
bare(const char *dir, uint64_t bytes)
{
	uint64_t since, pieces = syncs > 0 ? syncs : 1, piece = bytes / pieces;
	char path[4096], *data = calloc(1, piece + 1);
	int fd;

	snprintf(path, sizeof(path), "%s/bare", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd == -1 || data == NULL)
		err(1, "%s", path);
	memset(data, 'x', piece);
	since = clock_mono_us();
	for (uint64_t i = 0; i < pieces; i++)
		if (write(fd, data, piece) != (ssize_t)piece ||
		    fdatasync(fd) == -1)
			err(1, "%s", path);
	since = clock_mono_us() - since;
	close(fd);
	free(data);
	return (double)wanted * 1e6 / (double)since;
}

int
main(int argc, char **argv)
{
	uint64_t bytes;
	double rate, bare_rate;

	if (argc != 4 || text_number(argv[3], 10000000, &wanted) == -1 ||
	    wanted == 0)
		errx(64, "usage: bench_journal all|one DIR RECORDS");
	one = strcmp(argv[1], "one") == 0;
	if (mkdir(argv[2], 0700) == -1)
		err(1, "%s", argv[2]);
	if ((waiters = calloc(wanted, sizeof(*waiters))) == NULL)
		err(1, "waiters");
	rate = run(argv[2], &bytes);
	bare_rate = bare(argv[2], bytes);
	free(waiters);
	printf("rate=%.0f bare_rate=%.0f bytes=%.0f per_sync=%.1f\n", rate,
	    bare_rate, (double)bytes / (double)wanted,
	    (double)wanted / (double)syncs);
	return 0;
}
