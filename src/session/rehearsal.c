/* SPDX-License-Identifier: Apache-2.0 */
#include "session/rehearsal.h"

#include <libssh/callbacks.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "session/server.h"

#define PATIENCE_US 2000000

/* What the clients of this world choose first. */
static const char *const ciphers[] = {
	"chacha20-poly1305@openssh.com",
	"aes256-gcm@openssh.com",
	"aes256-ctr",
};

struct stage {
	ssh_session server;
	ssh_session client;
	ssh_event event;
	ssh_key key;
	struct ssh_server_callbacks_struct callbacks;
};

static int
on_key(ssh_session ssh, const char *user, struct ssh_key_struct *key,
    char state, void *arg)
{
	char *blob = NULL;

	(void)ssh, (void)user, (void)state, (void)arg;
	if (ssh_pki_export_pubkey_base64(key, &blob) == SSH_OK)
		ssh_string_free_char(blob);
	return SSH_AUTH_SUCCESS;
}

static ssh_channel
on_channel(ssh_session ssh, void *arg)
{
	(void)arg;
	return ssh_channel_new(ssh);
}

static int
set_client(ssh_session client, int fd, const char *cipher)
{
	bool no_config = false;
	const struct {
		enum ssh_options_e option;
		const void *value;
	} options[] = {
		{ SSH_OPTIONS_HOST, "localhost" },
		{ SSH_OPTIONS_USER, "rehearsal" },
		{ SSH_OPTIONS_PROCESS_CONFIG, &no_config },
		{ SSH_OPTIONS_KNOWNHOSTS, "/dev/null" },
		{ SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null" },
		{ SSH_OPTIONS_CIPHERS_C_S, cipher },
		{ SSH_OPTIONS_CIPHERS_S_C, cipher },
		{ SSH_OPTIONS_FD, &fd },
	};

	ssh_set_blocking(client, 0);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (ssh_options_set(
			client, options[i].option, options[i].value) != 0)
			return -1;
	return 0;
}

static int
set_stage(struct stage *s)
{
	s->callbacks.auth_pubkey_function = on_key;
	s->callbacks.channel_open_request_session_function = on_channel;
	ssh_callbacks_init(&s->callbacks);
	if ((s->event = ssh_event_new()) == NULL ||
	    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &s->key) != SSH_OK ||
	    ssh_set_server_callbacks(s->server, &s->callbacks) != SSH_OK ||
	    ssh_handle_key_exchange(s->server) == SSH_ERROR ||
	    ssh_event_add_session(s->event, s->server) != SSH_OK)
		return -1;
	return 0;
}

/* The client's part, again and again until it is through. */
static int
play(struct stage *s)
{
	uint64_t until = clock_mono_us() + PATIENCE_US;
	bool connected = false;
	int rc;

	while (clock_mono_us() < until) {
		if (ssh_event_dopoll(s->event, 1) == SSH_ERROR)
			return -1;
		if (!connected) {
			if ((rc = ssh_connect(s->client)) == SSH_ERROR)
				return -1;
			connected = rc == SSH_OK;
			continue;
		}
		rc = ssh_userauth_publickey(s->client, NULL, s->key);
		if (rc == SSH_AUTH_SUCCESS)
			return 0;
		if (rc != SSH_AUTH_AGAIN)
			return -1;
	}
	return -1;
}

static int
run(ssh_bind bind, const char *cipher)
{
	struct session_start start = { .connection = 0 };
	struct stage s = { .server = NULL };
	int pair[2], rv = -1;
	char what[128];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		pair) == -1)
		return -1;
	s.server = server_accept(bind, pair[0], &start, what);
	s.client = ssh_new();
	if (s.server == NULL || s.client == NULL) {
		close(pair[0]);
		close(pair[1]);
		goto out;
	}
	if (set_client(s.client, pair[1], cipher) == 0 && set_stage(&s) == 0)
		rv = play(&s);
	/* A client leaves a descriptor that it was given open. */
	ssh_disconnect(s.client);
	close(pair[1]);
	ssh_disconnect(s.server);
out:
	if (s.event != NULL)
		ssh_event_free(s.event);
	ssh_free(s.client);
	ssh_free(s.server);
	ssh_key_free(s.key);
	return rv;
}

int
rehearsal_run(ssh_bind bind)
{
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
		if (run(bind, ciphers[i]) != 0)
			return -1;
	return 0;
}
