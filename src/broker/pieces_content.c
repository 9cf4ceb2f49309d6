/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pieces_content, declared in broker/pieces.h: what others did to the file
 * that only we should write, such as a program that rotates logs by copying
 * them and cutting them off.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/pieces.h"

/* What is left of the piece stays as it is: it shows what happened. */
static int
go_on_elsewhere(struct pieces *p, uint64_t next, off_t left)
{
	int fd = pieces_make(p, next, -1, 0);

	if (fd == -1)
		return errno;
	p->out.good = p->out.room = left;
	p->out.dirty = false;
	pieces_use(p, fd, next, 0);
	p->since_us = 0;
	return 0;
}

int
pieces_content(struct pieces *p, uint64_t next, enum pieces_names *ret)
{
	struct stat st;

	if (fstat(p->out.fd, &st) == -1)
		return errno;
	if (st.st_size < p->out.good) {
		*ret = NAMES_SHORTER;
		return go_on_elsewhere(p, next, st.st_size);
	}
	/* After a failed batch the rest is our own, and is cut off later. */
	if (st.st_size == p->out.good || p->out.dirty)
		return 0;
	*ret = NAMES_LONGER;
	p->out.dirty = true;
	return 0;
}
