/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/tenant_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/text.h"
#include "conf/load.h"
#include "ctl/admin.h"
#include "ctl/tell.h"
#include "ctl/verb.h"

static int
fail(const char *what)
{
	fprintf(stderr, "countersignctl: log show: %s\n", what);
	return EX_UNAVAILABLE;
}

/* The last line says how to go on: the seq, 0 at the end, or -1. */
static int
read_next(char *text, size_t len, size_t *ret_records, uint64_t *ret)
{
	char *last;

	if (len == 0 || text[len - 1] != '\n')
		return -1;
	text[len - 1] = '\0';
	last = strrchr(text, '\n');
	last = last != NULL ? last + 1 : text;
	*ret_records = (size_t)(last - text);
	*ret = 0;
	if (strcmp(last, "end") == 0)
		return 0;
	if (strncmp(last, "next ", 5) != 0)
		return -1;
	return text_number(last + 5, UINT64_MAX, ret);
}

static bool
write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, text, len);

		if (put <= 0)
			return false;
		text += put;
		len -= (size_t)put;
	}
	return true;
}

/* Some records from *seq on, which moves: 0, or the exit status. */
static int
fetch(const char *run_dir, int fd, uint64_t *seq)
{
	struct admin_request request = { .verb = ADMIN_LOG };
	char number[24], *text = NULL;
	uint64_t next = 0;
	size_t len = 0, records = 0;
	FILE *out = open_memstream(&text, &len);
	int rv;

	if (out == NULL)
		return fail("no memory");
	snprintf(number, sizeof(number), "%" PRIu64, *seq);
	admin_request_add(&request, number);
	rv = ask_admin_into(out, run_dir, &request);
	if (fclose(out) != 0)
		rv = fail("no memory");
	else if (rv == 0 &&
	    (read_next(text, len, &records, &next) == -1 ||
		(next != 0 && next <= *seq)))
		rv = fail("the broker's answer is malformed");
	else if (rv == 0 && !write_all(fd, text, records))
		rv = fail("the records cannot be kept");
	*seq = next;
	free(text);
	return rv;
}

int
tenant_log(const char *dir, int *ret_fd)
{
	struct tree *tree = conf_load_server(dir, tell_error, stderr);
	int fd = -1, rv = 1;
	uint64_t seq = 1;

	if (tree == NULL)
		return rv;
	if ((fd = memfd_create("records", MFD_CLOEXEC)) == -1)
		rv = fail("no memory");
	else
		do
			rv = fetch(tree_server(tree)->run_dir, fd, &seq);
		while (rv == 0 && seq != 0);
	tree_free(tree);
	if (rv == 0)
		*ret_fd = fd;
	else if (fd != -1)
		close(fd);
	return rv;
}
