/* SPDX-License-Identifier: Apache-2.0 */
#include "session/hostkey.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"

#define TEXT_MAX 32768

/* The number of bytes, or -1: unreadable, or too long to be a key. */
static ssize_t
read_all(int fd, char *text, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, text + have, size - have);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? (ssize_t)have : -1;
		have += (size_t)n;
	}
	return -1;
}

ssh_key
hostkey_load(int fd, char what[static 128])
{
	char *text = secret_new(TEXT_MAX, NULL);
	ssh_key key = NULL;

	if (text == NULL) {
		snprintf(what, 128, "out of memory");
		return NULL;
	}
	if (read_all(fd, text, TEXT_MAX - 1) <= 0)
		snprintf(what, 128, "the host key cannot be read");
	else if (ssh_pki_import_privkey_base64(text, NULL, NULL, NULL, &key) !=
	    SSH_OK) {
		snprintf(what, 128,
		    "the host key is not a private key without passphrase");
		key = NULL;
	}
	secret_free(text, TEXT_MAX);
	return key;
}
