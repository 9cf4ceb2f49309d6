/* SPDX-License-Identifier: Apache-2.0 */
#include "session/server.h"

#include <stdio.h>

/*
 * Without group exchange (it opens a file, and dies in the jail) and group18
 * (98 ms a login); no certificates, no SHA-1, no compression.
 */
static const struct {
	enum ssh_bind_options_e option;
	const char *value;
} algorithms[] = {
	{ SSH_BIND_OPTIONS_KEY_EXCHANGE,
	    "curve25519-sha256,curve25519-sha256@libssh.org,"
	    "diffie-hellman-group16-sha512" },
	{ SSH_BIND_OPTIONS_CIPHERS_C_S,
	    "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,"
	    "aes128-gcm@openssh.com,aes256-ctr,aes128-ctr" },
	{ SSH_BIND_OPTIONS_CIPHERS_S_C,
	    "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,"
	    "aes128-gcm@openssh.com,aes256-ctr,aes128-ctr" },
	{ SSH_BIND_OPTIONS_HMAC_C_S,
	    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
	    "hmac-sha2-256,hmac-sha2-512" },
	{ SSH_BIND_OPTIONS_HMAC_S_C,
	    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
	    "hmac-sha2-256,hmac-sha2-512" },
	{ SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS,
	    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
	    "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256" },
	{ SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES,
	    "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,"
	    "ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
	    "sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256" },
	{ SSH_BIND_OPTIONS_BANNER, "countersign" },
};

#define RSA_BITS_MIN 2048

static int
set_options(ssh_bind bind)
{
	/* Or the system's libssh_server_config could weaken us. */
	bool no_config = false;
	int bits = RSA_BITS_MIN;

	if (ssh_bind_options_set(
		bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no_config) != 0 ||
	    ssh_bind_options_set(bind, SSH_BIND_OPTIONS_RSA_MIN_SIZE, &bits) !=
		0)
		return -1;
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (ssh_bind_options_set(
			bind, algorithms[i].option, algorithms[i].value) != 0)
			return -1;
	return 0;
}

ssh_bind
server_prepare(ssh_key host_key, char what[static 128])
{
	ssh_bind bind = ssh_bind_new();

	if (bind == NULL) {
		snprintf(what, 128, "out of memory");
		goto fail;
	}
	if (set_options(bind) != 0 ||
	    ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, host_key) !=
		0) {
		snprintf(what, 128, "libssh: %s", ssh_get_error(bind));
		goto fail;
	}
	return bind;
fail:
	ssh_bind_free(bind);
	return NULL;
}

static int
set_session_options(ssh_session ssh, const struct session_start *start)
{
	uint64_t rekey_bytes = (uint64_t)start->rekey_kib * 1024;
	uint32_t rekey_s = start->rekey_s;

	if (ssh_options_set(ssh, SSH_OPTIONS_COMPRESSION_C_S, "none") != 0 ||
	    ssh_options_set(ssh, SSH_OPTIONS_COMPRESSION_S_C, "none") != 0)
		return -1;
	if (rekey_bytes != 0 &&
	    ssh_options_set(ssh, SSH_OPTIONS_REKEY_DATA, &rekey_bytes) != 0)
		return -1;
	if (rekey_s != 0 &&
	    ssh_options_set(ssh, SSH_OPTIONS_REKEY_TIME, &rekey_s) != 0)
		return -1;
	return 0;
}

ssh_session
server_accept(ssh_bind bind, int fd, const struct session_start *start,
    char what[static 128])
{
	ssh_session ssh = ssh_new();

	if (ssh == NULL) {
		snprintf(what, 128, "out of memory");
		return NULL;
	}
	if (set_session_options(ssh, start) != 0 ||
	    ssh_bind_accept_fd(bind, ssh, fd) != SSH_OK) {
		snprintf(what, 128, "libssh: %s", ssh_get_error(ssh));
		ssh_free(ssh);
		return NULL;
	}
	ssh_set_blocking(ssh, 0);
	ssh_set_auth_methods(ssh, SSH_AUTH_METHOD_PUBLICKEY);
	return ssh;
}
