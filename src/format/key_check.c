/* SPDX-License-Identifier: Apache-2.0 */
#include "format/key_check.h"

#include <stdio.h>
#include <string.h>

#include "format/certificate.h"
#include "format/format.h"
#include "format/openpgp_key.h"

static int
check_certificate(const struct generation *g, const char *pem, char why[])
{
	const struct names *formats = &g->key->limits.formats;
	struct certificate *c = certificate_parse(pem, strlen(pem), why);
	char text[MESSAGE_SIZE];
	int rv = 0;

	if (c == NULL)
		return -1;
	for (size_t i = 0; i < formats->count && rv == 0; i++) {
		const struct format *f = format_by_name(formats->item[i]);

		if (f == NULL ||
		    (rv = certificate_fits(c, f->needs, text)) == 0)
			continue;
		snprintf(why, MESSAGE_SIZE, "is not for format %s: %.300s",
		    f->name, text);
	}
	certificate_free(c);
	return rv;
}

int
key_file_check(const struct generation *g, enum key_file which,
    const char *text, char why[MESSAGE_SIZE])
{
	struct openpgp_key key;

	if (which == KEY_FILE_CERTIFICATE)
		return check_certificate(g, text, why);
	return openpgp_key_peek(text, &key, why);
}
