/* SPDX-License-Identifier: Apache-2.0 */
#include "session/tar.h"

#include <stdio.h>
#include <string.h>

#define BLOCK 512
#define NAME_PART 100
#define PREFIX_PART 155

struct header {
	char name[NAME_PART];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char owner[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[PREFIX_PART];
	char unused[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a ustar header is one block");

static bool
refuse(char *what, const char *why)
{
	snprintf(what, MESSAGE_SIZE, "tar output: %s", why);
	return false;
}

static bool
has_parent_part(const char *name)
{
	for (const char *at = name; at != NULL; at = strchr(at, '/')) {
		size_t len;

		at += *at == '/';
		len = strcspn(at, "/");
		if (len == 2 && memcmp(at, "..", 2) == 0)
			return true;
	}
	return false;
}

/*
 * Where the path is cut into prefix and name: 0 when it fits the name whole,
 * the slash's place otherwise, -1 when it fits no way.
 */
static int
cut_of(const char *path, size_t len)
{
	if (len <= NAME_PART)
		return 0;
	for (size_t i = len - NAME_PART - 1; i < len && i <= PREFIX_PART; i++)
		if (path[i] == '/' && i > 0 && i + 1 < len)
			return (int)i;
	return -1;
}

bool
tar_name_ok(
    const char *name, const char *extension, char what[static MESSAGE_SIZE])
{
	char path[LINE_NAME_SIZE + 32];
	size_t len = strlen(name);

	if (len == 0 || strcmp(name, "-") == 0)
		return refuse(what, "every line needs a name");
	if (name[0] == '/')
		return refuse(what, "a name must not begin with /");
	if (name[len - 1] == '/')
		return refuse(what, "a name must not end with /");
	if (has_parent_part(name))
		return refuse(what, "a name must not have a .. part");
	len = (size_t)snprintf(path, sizeof(path), "%s.%s", name, extension);
	if (cut_of(path, len) == -1)
		return refuse(what, "the name does not fit a ustar header");
	return true;
}

static void
put_octal(char *field, size_t size, size_t value)
{
	field[--size] = '\0';
	for (; size > 0; value /= 8)
		field[--size] = (char)('0' + value % 8);
}

/* The checksum is the sum of all bytes, itself counted as blanks. */
static void
put_checksum(struct header *h)
{
	const unsigned char *bytes = (const unsigned char *)h;
	unsigned sum = 0;

	memset(h->checksum, ' ', sizeof(h->checksum));
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += bytes[i];
	put_octal(h->checksum, 7, sum);
	h->checksum[6] = '\0';
	h->checksum[7] = ' ';
}

static void
put_path(struct header *h, const char *path, size_t len)
{
	int cut = cut_of(path, len);
	size_t from = cut > 0 ? (size_t)cut + 1 : 0;

	if (cut > 0)
		memcpy(h->prefix, path, (size_t)cut);
	if (len - from <= NAME_PART)
		memcpy(h->name, path + from, len - from);
}

void
tar_put(struct buf *b, const char *name, size_t name_len, const char *extension,
    const void *bytes, size_t len)
{
	static const char zeros[BLOCK];
	char path[LINE_NAME_SIZE + 32];
	struct header h = { .type = '0' };
	int n = snprintf(
	    path, sizeof(path), "%.*s.%s", (int)name_len, name, extension);

	put_path(&h, path, (size_t)n);
	put_octal(h.mode, sizeof(h.mode), 0644);
	put_octal(h.uid, sizeof(h.uid), 0);
	put_octal(h.gid, sizeof(h.gid), 0);
	put_octal(h.size, sizeof(h.size), len);
	put_octal(h.mtime, sizeof(h.mtime), 0);
	memcpy(h.magic, "ustar", sizeof(h.magic));
	memcpy(h.version, "00", sizeof(h.version));
	put_checksum(&h);
	buf_add(b, &h, sizeof(h));
	buf_add(b, bytes, len);
	if (len % BLOCK != 0)
		buf_add(b, zeros, BLOCK - len % BLOCK);
}

void
tar_end(struct buf *b)
{
	static const char zeros[2 * BLOCK];

	buf_add(b, zeros, sizeof(zeros));
}
