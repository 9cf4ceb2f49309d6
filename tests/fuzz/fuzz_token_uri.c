/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "p11/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Whatever is accepted names something, within its bounds. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_error err;
	struct p11_uri uri;
	char *text = malloc(size + 1);

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (p11_uri_parse(text, &uri, &err) == 0 &&
	    (uri.id_len > P11_OBJECT_ID ||
		(uri.id_len == 0 && strlen(uri.object) == 0)))
		abort();
	free(text);
	return 0;
}
