/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/log.h"

int
setup_fill(const struct token_conf *conf, struct token_setup *ret)
{
	const char *serial = conf->serial != NULL ? conf->serial : "";
	const char *pin_file = conf->pin_file != NULL ? conf->pin_file : "";
	const char **variable = conf->environment;

	memset(ret, 0, sizeof(*ret));
	ret->network = conf->network;
	if (!text_copy(ret->name, sizeof(ret->name), conf->name) ||
	    !text_copy(ret->module, sizeof(ret->module), conf->module) ||
	    !text_copy(ret->label, sizeof(ret->label), conf->label) ||
	    !text_copy(ret->serial, sizeof(ret->serial), serial) ||
	    !text_copy(ret->pin_file, sizeof(ret->pin_file), pin_file))
		return -1;
	for (; variable != NULL && *variable != NULL; variable++) {
		if (ret->variables == TOKEN_ENVIRONMENT ||
		    !text_copy(ret->environment[ret->variables], TOKEN_VARIABLE,
			*variable))
			return -1;
		ret->variables++;
	}
	return 0;
}

static int
open_credential(const struct token_conf *conf)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];
	int fd;

	if (folder == NULL) {
		log_warn("token %s: pin-credential = %s, but the service "
			 "manager passed no credentials",
		    conf->name, conf->pin_credential);
		return -1;
	}
	snprintf(path, sizeof(path), "%s/%s", folder, conf->pin_credential);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) == -1)
		log_warn("token %s: %s: %s", conf->name, path, strerror(errno));
	return fd;
}

static int
send_one(int channel, const struct token_conf *conf)
{
	static uint8_t space[CHANNEL_MAX];
	static struct token_setup setup;
	enum channel_status status;
	struct writer w;
	int pin = -1;

	if (setup_fill(conf, &setup) == -1) {
		log_warn("token %s: its configuration is too long", conf->name);
		return -1;
	}
	if (conf->pin_credential != NULL && (pin = open_credential(conf)) == -1)
		return -1;
	writer_init(&w, space, sizeof(space));
	token_setup_put(&w, &setup);
	status =
	    channel_send_fds(channel, w.start, w.used, &pin, pin == -1 ? 0 : 1);
	if (pin != -1)
		close(pin);
	if (status == CHANNEL_OK && writer_ok(&w))
		return 0;
	log_warn("countersign-token does not listen");
	return -1;
}

int
setup_send(int channel, const struct tree *tree)
{
	for (size_t i = 0; i < tree_tokens(tree); i++) {
		if (send_one(channel, tree_token(tree, i)) == -1)
			return -1;
	}
	return 0;
}
