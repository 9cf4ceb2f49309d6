/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/log_given.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define FILE_MAX (64u << 10)
#define PEM_BEGIN "-----BEGIN"

static int
bad(const char *arg, const char *what)
{
	fprintf(stderr, "countersignctl: %s: %s\n", arg, what);
	return EX_DATAERR;
}

/* Anybody's file, terminated by a NUL: its length, or -1 with errno. */
static ssize_t
slurp(const char *file, char ret[static FILE_MAX + 1])
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got = -1;

	if (fd == -1)
		return -1;
	do {
		got = read(fd, ret + len, FILE_MAX - len);
		len += got > 0 ? (size_t)got : 0;
	} while ((got > 0 && len < FILE_MAX) || (got == -1 && errno == EINTR));
	close(fd);
	if (len == FILE_MAX)
		errno = EFBIG;
	ret[len] = '\0';
	return got == -1 || len == FILE_MAX ? -1 : (ssize_t)len;
}

/* Only an Ed25519 key has 32 raw bytes that are taken here. */
static int
read_pem(const char *text, size_t len, uint8_t ret[NOTE_PUBKEY])
{
	BIO *bio = BIO_new_mem_buf(text, (int)len);
	EVP_PKEY *pkey = NULL;
	size_t size = NOTE_PUBKEY;
	int rv = -1;

	if (bio != NULL)
		pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	if (pkey != NULL && EVP_PKEY_get_id(pkey) == EVP_PKEY_ED25519 &&
	    EVP_PKEY_get_raw_public_key(pkey, ret, &size) == 1 &&
	    size == NOTE_PUBKEY)
		rv = 0;
	EVP_PKEY_free(pkey);
	BIO_free(bio);
	return rv;
}

static int
key_in_text(struct claims *claims, const char *file, char *text, size_t len)
{
	uint8_t pubkey[NOTE_PUBKEY];
	struct text_error err;
	struct note_key key;
	int rv;

	if (strstr(text, PEM_BEGIN) != NULL) {
		if (read_pem(text, len, pubkey) == -1)
			return bad(file, "no Ed25519 public key in PEM");
		rv = claims_add_pubkey(claims, pubkey, &err);
	} else {
		text[strcspn(text, "\r\n")] = '\0';
		rv = note_key_parse(text, &key, &err);
		if (rv == 0)
			rv = claims_add_key(claims, &key, &err);
	}
	return rv == 0 ? 0 : bad(file, err.what);
}

int
given_key(struct claims *claims, const char *arg)
{
	char text[FILE_MAX + 1];
	struct text_error err;
	struct note_key key;
	ssize_t len;

	if (note_key_parse(arg, &key, &err) == 0) {
		if (claims_add_key(claims, &key, &err) == 0)
			return 0;
		return bad(arg, err.what);
	}
	if ((len = slurp(arg, text)) == -1)
		return bad(arg, strerror(errno));
	return key_in_text(claims, arg, text, (size_t)len);
}

int
given_checkpoint(struct claims *claims, const char *file)
{
	char text[FILE_MAX + 1];
	struct text_error err;
	ssize_t len;

	if ((len = slurp(file, text)) == -1)
		return bad(file, strerror(errno));
	if (claims_add(claims, file, text, (size_t)len, &err) == -1)
		return bad(file, err.what);
	return 0;
}
