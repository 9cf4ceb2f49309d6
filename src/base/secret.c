/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whole pages, because locking and advice work on nothing less; 0: too big. */
static size_t
whole_pages(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (size > SIZE_MAX - page)
		return 0;
	return size == 0 ? page : (size + page - 1) / page * page;
}

void *
secret_new(size_t size, int *ret_locked)
{
	size_t len = whole_pages(size);
	void *p;
	int locked;

	if (len == 0) {
		errno = ENOMEM;
		return NULL;
	}
	p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	if (madvise(p, len, MADV_DONTDUMP) == -1 ||
	    madvise(p, len, MADV_WIPEONFORK) == -1) {
		munmap(p, len);
		return NULL;
	}
	locked = mlock(p, len) == 0;
	if (ret_locked != NULL)
		*ret_locked = locked;
	return p;
}

void
secret_free(void *p, size_t size)
{
	size_t len = whole_pages(size);

	if (p == NULL)
		return;
	explicit_bzero(p, len);
	munmap(p, len);
}
