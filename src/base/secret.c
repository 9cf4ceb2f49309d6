/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t
whole_pages(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

void *
secret_new(size_t size, int *ret_locked)
{
	size_t len = whole_pages(size);
	void *space = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int locked;

	if (space == MAP_FAILED)
		return NULL;
	locked = mlock(space, len) == 0;
	madvise(space, len, MADV_DONTDUMP);
	madvise(space, len, MADV_WIPEONFORK);
	if (ret_locked != NULL)
		*ret_locked = locked;
	return space;
}

void
secret_free(void *space, size_t size)
{
	if (space == NULL)
		return;
	explicit_bzero(space, size);
	munmap(space, whole_pages(size));
}
