/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/key_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
key_files_read(struct key_files *ret, const struct generation *g)
{
	struct key_files files = { .certificate = NULL };
	const char *pem = g->file[KEY_FILE_CERTIFICATE];
	char why[MESSAGE_SIZE];

	for (int f = 0; f < KEY_FILES; f++) {
		if (g->file[f] == NULL)
			continue;
		if ((files.text[f] = strdup(g->file[f])) == NULL) {
			key_files_release(&files);
			return -1;
		}
	}
	if (pem != NULL)
		files.certificate = certificate_parse(pem, strlen(pem), why);
	*ret = files;
	return 0;
}

void
key_files_release(struct key_files *files)
{
	for (int f = 0; f < KEY_FILES; f++)
		free(files->text[f]);
	certificate_free(files->certificate);
	memset(files, 0, sizeof(*files));
}

bool
key_file_is(const struct key_files *files, enum key_file which,
    const struct generation *g)
{
	const char *a = files->text[which], *b = g->file[which];

	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool
key_files_are(const struct key_files *files, const struct generation *g)
{
	for (int f = 0; f < KEY_FILES; f++)
		if (!key_file_is(files, (enum key_file)f, g))
			return false;
	return true;
}

static int
check_openpgp(struct key_files *files, const uint8_t *spki, size_t len,
    char text[MESSAGE_SIZE])
{
	const char *armored = files->text[KEY_FILE_OPENPGP];
	char why[MESSAGE_SIZE];

	if (armored == NULL)
		return 0;
	if (openpgp_key_read(armored, spki, len, &files->openpgp, why) == 0) {
		files->has_openpgp = true;
		return 0;
	}
	snprintf(text, MESSAGE_SIZE, "openpgp: the file %.400s", why);
	return -1;
}

int
key_files_check(struct key_files *files, const uint8_t *spki, size_t len,
    char text[MESSAGE_SIZE])
{
	if (files->certificate != NULL &&
	    !certificate_is_for(files->certificate, spki, len)) {
		snprintf(text, MESSAGE_SIZE,
		    "the certificate is for another key than the token's "
		    "object");
		return -1;
	}
	return check_openpgp(files, spki, len, text);
}

const struct openpgp_key *
key_files_openpgp(const struct key_files *files)
{
	return files->has_openpgp ? &files->openpgp : NULL;
}
