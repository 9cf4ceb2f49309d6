/* SPDX-License-Identifier: Apache-2.0 */
#include "token/pinfile.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "p11/pin.h"

static uint64_t
nanoseconds(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_nsec;
}

/* A touched file counts as changed: that is how an admin says "try again". */
static int
stamp(int fd, uint8_t ret[static WIRE_STAMP])
{
	struct writer w;
	struct stat st;
	uint8_t space[64];
	unsigned len;

	if (fstat(fd, &st) == -1)
		return -1;
	writer_init(&w, space, sizeof(space));
	put_u64(&w, st.st_dev);
	put_u64(&w, st.st_ino);
	put_u64(&w, (uint64_t)st.st_size);
	put_u64(&w, nanoseconds(&st.st_mtim));
	put_u64(&w, nanoseconds(&st.st_ctim));
	if (!writer_ok(&w) ||
	    EVP_Digest(space, w.used, ret, &len, EVP_sha256(), NULL) != 1)
		return -1;
	return 0;
}

static int
open_checked(const char *path, struct text_error *reterr)
{
	struct text_error err;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return text_fail(reterr, 0, "%s: %s", path, strerror(errno));
	if (file_check(fd, path, FILE_SECRET, &err) == -1) {
		close(fd);
		return text_fail(reterr, 0, "%.128s: %s", path, err.what);
	}
	return fd;
}

int
pinfile_load(
    const char *path, int fd, struct pinfile *ret, struct text_error *reterr)
{
	struct pinfile p = { 0 };
	size_t len;
	int opened = -1, rv = -1;

	if (fd == -1 && (fd = opened = open_checked(path, reterr)) == -1)
		return -1;
	if (stamp(fd, p.stamp) == -1) {
		text_fail(reterr, 0, "the PIN file: %s", strerror(errno));
		goto out;
	}
	if ((p.pin = secret_new(PIN_SIZE, NULL)) == NULL) {
		text_fail(reterr, 0, "no memory for the PIN");
		goto out;
	}
	if (pin_read(fd, p.pin, &len, reterr) == -1)
		goto out;
	*ret = p;
	rv = 0;
out:
	if (rv == -1)
		pinfile_release(&p);
	if (opened != -1)
		close(opened);
	return rv;
}

void
pinfile_release(struct pinfile *p)
{
	secret_free(p->pin, PIN_SIZE);
	p->pin = NULL;
}
