/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/clients.h"

#include <stdio.h>
#include <string.h>

#include "conf/load.h"
#include "ctl/tell.h"
#include "format/key_check.h"

struct tree *
tree_here(const char *dir)
{
	struct conf_source from = {
		.dir = dir,
		.check = key_file_check,
		.told = tell_error,
		.told_arg = stderr,
	};

	from.formats = format_words(&from.format_count);
	return conf_load_from(&from);
}

void
client_print(const struct client_key *client, char ret[static FINGERPRINT_SIZE])
{
	fingerprint(client->blob, client->blob_len, ret);
}

const struct client_key *
client_by_print(const struct tree *tree, const char *print)
{
	char one[FINGERPRINT_SIZE];

	for (size_t i = 0; i < tree_clients(tree); i++) {
		client_print(tree_client(tree, i), one);
		if (strcmp(one, print) == 0)
			return tree_client(tree, i);
	}
	return NULL;
}
