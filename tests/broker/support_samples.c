/* SPDX-License-Identifier: Apache-2.0 */
#include "support_samples.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/clock.h"

/* The records are so old: none of a piece that is closed for its age. */
#define AGE_US 60000000u

static const struct record_origin origin = { "signer", 42 };

static void
begin(struct samples *p, const char *dir)
{
	snprintf(p->file, sizeof(p->file), "%s/audit.log", dir);
	p->wall_us = clock_wall_us() - AGE_US;
	chain_init(&p->chain);
	buf_init(&p->all, (size_t)64 << 20);
}

void
samples_make(struct samples *p)
{
	memset(p, 0, sizeof(*p));
	strcpy(p->dir, "/tmp/countersign-pieces.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	begin(p, p->dir);
}

void
samples_make_in(struct samples *p, const char *dir)
{
	memset(p, 0, sizeof(*p));
	begin(p, dir);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
samples_drop(struct samples *p)
{
	if (p->dir[0] != '\0')
		nftw(p->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	buf_release(&p->all);
}

const char *
samples_path(const struct samples *p, uint64_t first, bool packed)
{
	static char path[PATH_MAX];
	struct segment piece = { first, packed };

	assert_int_equal(segment_path(p->file, &piece, path), 0);
	return path;
}

bool
samples_has(const struct samples *p, uint64_t first, bool packed)
{
	return access(samples_path(p, first, packed), F_OK) == 0;
}

void
samples_append(struct samples *p, uint64_t first, const void *data, size_t len)
{
	int fd = open(samples_path(p, first, false),
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

static void
make_record(struct samples *p, const struct sample *s)
{
	struct record *r = &p->record;

	record_begin(r, s->event == NULL ? EVENT_SIGN : EVENT_DENY, &origin,
	    &p->chain, p->wall_us + p->chain.seq);
	record_add(r, "id", "12345678-1-0");
	record_add(r, "key", s->key);
	record_add(r, "digest", s->digest);
	record_add(r, "name", s->name);
	record_add(r, "outcome", s->outcome);
	assert_int_equal(record_finish(r, &p->chain, "a sample"), 0);
	buf_add(&p->all, r->line, r->len);
	assert_false(p->all.bad);
}

uint64_t
samples_record(struct samples *p, uint64_t first, const struct sample *s)
{
	make_record(p, s);
	samples_append(p, first, p->record.line, p->record.len);
	return p->chain.seq;
}

uint64_t
samples_add(struct samples *p, unsigned count)
{
	static const struct sample sample = {
		.key = "other",
		.digest = "00112233445566778899aabbccddeeff"
			  "00112233445566778899aabbccddeeff",
		.outcome = "ok",
		.name = "dist/app-1.0.tar.gz",
	};
	uint64_t first = p->chain.seq + 1;
	size_t before = buf_len(&p->all);

	for (unsigned i = 0; i < count; i++)
		make_record(p, &sample);
	samples_append(
	    p, first, buf_at(&p->all) + before, buf_len(&p->all) - before);
	return first;
}

void
samples_pack(struct samples *p, uint64_t first)
{
	gzFile to = gzopen(samples_path(p, first, true), "wb");
	int fd = open(samples_path(p, first, false), O_RDONLY | O_CLOEXEC);
	char data[4096];
	ssize_t got;

	assert_non_null(to);
	assert_int_not_equal(fd, -1);
	while ((got = read(fd, data, sizeof(data))) > 0)
		assert_int_equal(gzwrite(to, data, (unsigned)got), got);
	close(fd);
	assert_int_equal(gzclose(to), Z_OK);
	assert_int_equal(unlink(samples_path(p, first, false)), 0);
}

const char *
samples_text(const struct samples *p, uint64_t from)
{
	const char *at = buf_at(&p->all), *end = at + buf_len(&p->all);

	while (--from > 0 && at < end)
		at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
	return at;
}
