/* SPDX-License-Identifier: Apache-2.0 */
#include "session/login.h"

#include <libssh/callbacks.h>
#include <string.h>

#include "base/text.h"

/* Requests before the login; an agent with more keys needs IdentitiesOnly. */
#define REQUESTS_MAX 32
#define RSA_BITS_MIN 2048

/* libssh's log lines at this level are the only trace of dropped requests. */
#define WATCH_LEVEL SSH_LOG_PACKET

static const enum ssh_keytypes_e accepted[] = {
	SSH_KEYTYPE_ED25519,
	SSH_KEYTYPE_SK_ED25519,
	SSH_KEYTYPE_ECDSA_P256,
	SSH_KEYTYPE_ECDSA_P384,
	SSH_KEYTYPE_ECDSA_P521,
	SSH_KEYTYPE_SK_ECDSA,
	SSH_KEYTYPE_RSA,
};

static const enum ssh_keytypes_e certificates[] = {
	SSH_KEYTYPE_DSS_CERT01,
	SSH_KEYTYPE_RSA_CERT01,
	SSH_KEYTYPE_ECDSA_P256_CERT01,
	SSH_KEYTYPE_ECDSA_P384_CERT01,
	SSH_KEYTYPE_ECDSA_P521_CERT01,
	SSH_KEYTYPE_ED25519_CERT01,
	SSH_KEYTYPE_SK_ECDSA_CERT01,
	SSH_KEYTYPE_SK_ED25519_CERT01,
};

void
login_init(struct login *l, struct link *link, uint64_t deadline_us)
{
	memset(l, 0, sizeof(*l));
	l->link = link;
	l->deadline_us = deadline_us;
}

static bool
begins(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

/* A request came in; if the last one is still open, it was dropped. */
static void
on_request(struct login *l)
{
	if (l->open)
		l->dropped = true;
	if (!l->dropped) {
		l->suspect = REASON_KEY_TYPE;
		l->mismatch = false;
	}
	l->open = true;
	l->requests++;
}

/*
 * Whatever libssh logs.  Lines begin with the function's name and fixed text,
 * so nothing that the peer chose can look like one of these.
 */
static void
on_log(int level, const char *function, const char *line, void *arg)
{
	struct login *l = arg;
	size_t head = strlen(function);
	const char *text = strlen(line) >= head + 2 ? line + head + 2 : "";

	(void)level;
	if (strcmp(function, "ssh_auth_reply_default") == 0) {
		if (begins(text, "Sending a auth failure"))
			l->open = false;
	} else if (strcmp(function, "ssh_packet_userauth_request") != 0)
		return;
	if (begins(text, "Auth request for service"))
		on_request(l);
	else if (begins(text, "Public key from client"))
		l->mismatch = true;
	else if (begins(text, "Received an invalid signature") && !l->mismatch)
		l->suspect = REASON_BAD_SIGNATURE;
}

void
login_watch(struct login *l)
{
	ssh_set_log_callback(on_log);
	ssh_set_log_userdata(l);
	ssh_set_log_level(WATCH_LEVEL);
}

void
login_unwatch(void)
{
	ssh_set_log_level(SSH_LOG_NONE);
}

static bool
is_among(enum ssh_keytypes_e type, const enum ssh_keytypes_e *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == type)
			return true;
	return false;
}

/* RFC 4253 6.6: string "ssh-rsa", mpint e, mpint n. */
static bool
rsa_is_short(const struct key_query *query)
{
	struct reader r;
	const uint8_t *n;
	size_t len;

	reader_init(&r, query->blob, query->blob_len);
	get_view(&r, WIRE_KEY_BLOB, &len);
	get_view(&r, WIRE_KEY_BLOB, &len);
	n = get_view(&r, WIRE_KEY_BLOB, &len);
	if (!reader_done(&r))
		return true;
	for (; len > 0 && *n == 0; len--)
		n++;
	return len < RSA_BITS_MIN / 8 ||
	    (len == RSA_BITS_MIN / 8 && (*n & 0x80) == 0);
}

/* The key as the broker knows keys: its exact wire form. */
static bool
export_blob(ssh_key key, struct key_query *ret)
{
	char *text = NULL;
	bool ok;

	if (ssh_pki_export_pubkey_base64(key, &text) != SSH_OK)
		return false;
	ok = base64_decode(text, strlen(text), ret->blob, sizeof(ret->blob),
		 &ret->blob_len) == 0;
	ssh_string_free_char(text);
	return ok;
}

/* What can be decided without asking anybody. */
static enum reason
prepare(const char *user, ssh_key key, struct key_query *ret)
{
	enum ssh_keytypes_e type = ssh_key_type(key);

	if (is_among(type, certificates,
		sizeof(certificates) / sizeof(certificates[0])))
		return REASON_CERTIFICATE;
	if (!is_among(type, accepted, sizeof(accepted) / sizeof(accepted[0])))
		return REASON_KEY_TYPE;
	if (!text_copy(ret->user, sizeof(ret->user), user))
		return REASON_USER;
	if (!export_blob(key, ret))
		return REASON_KEY_TYPE;
	if (type == SSH_KEYTYPE_RSA && rsa_is_short(ret))
		return REASON_KEY_TYPE;
	return REASON_OK;
}

/* The broker's answer; anything else ends the session, and is a no. */
static struct key_reply
ask(struct login *l, const struct key_query *query)
{
	static const struct key_reply no = { .accepted = false };
	struct key_reply reply;
	struct reader r;

	switch ((int)ask_key(l->link, query, l->deadline_us, &r)) {
	case WIRE_KEY_REPLY:
		if (key_reply_get(&r, &reply) &&
		    (query->proven || !reply.partial))
			return reply;
		l->link->gone = true;
		return no;
	case WIRE_LOGOUT:
		if (logout_get(&r, &l->logout))
			l->sent_away = true;
		else
			l->link->gone = true;
		return no;
	case WIRE_NONE:
		return no;
	default:
		l->link->gone = true;
		return no;
	}
}

int
login_key(struct login *l, const char *user, ssh_key key, int state)
{
	struct key_query query = { .proven =
				       state == SSH_PUBLICKEY_STATE_VALID };
	struct key_reply reply;
	enum reason reason;

	/* libssh answers every request that gets this far. */
	l->open = false;
	if (l->done || l->dropped || l->sent_away || l->link->gone)
		return SSH_AUTH_DENIED;
	if (!query.proven && state != SSH_PUBLICKEY_STATE_NONE)
		return SSH_AUTH_DENIED;
	if ((reason = prepare(user, key, &query)) != REASON_OK) {
		l->refused = reason;
		return SSH_AUTH_DENIED;
	}
	reply = ask(l, &query);
	if (!reply.accepted)
		return SSH_AUTH_DENIED;
	if (reply.partial) {
		l->half = true;
		return SSH_AUTH_PARTIAL;
	}
	l->done = query.proven;
	return SSH_AUTH_SUCCESS;
}

static enum reason
fail(struct login *l, enum reason reason)
{
	if (link_is_ready(l->link))
		ask_login_failed(l->link, reason);
	return reason;
}

enum reason
login_check(struct login *l, uint64_t now_us)
{
	if (l->sent_away)
		return l->logout.reason;
	if (l->dropped || l->open)
		return fail(l, l->suspect);
	if (l->requests > REQUESTS_MAX)
		return fail(
		    l, l->half ? REASON_SECOND_KEY : REASON_CLIENT_UNKNOWN);
	if (!l->done && now_us >= l->deadline_us)
		return fail(
		    l, l->half ? REASON_SECOND_KEY : REASON_LOGIN_GRACE);
	return REASON_OK;
}

void
login_left(struct login *l)
{
	if (!l->done && !l->sent_away && l->refused != REASON_OK)
		fail(l, l->refused);
}
