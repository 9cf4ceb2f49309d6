/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token backup-check: do two tokens hold the same keys, and can the second
 * sign with them?  They need not be at one place: the first leaves a list,
 *
 *	SHA256:PUBLIC-KEY %id label
 *
 * a line a key, and the second is held against it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "ctl/token.h"
#include "ctl/token_key.h"
#include "ctl/verb.h"
#include "format/format.h"
#include "p11/rv.h"

#define KEYS_MAX 1024
#define LIST_MAX (1u << 20)
#define LINE_SIZE 2048

struct check {
	const struct token_options *options;
	const struct p11_session *session;
	char *list; /* of --against, or NULL; a LF before its first line */
	struct buf out;
	unsigned keys, bad;
};

static int
line_of(const struct token_key *key, char ret[static LINE_SIZE])
{
	char id[3 * P11_OBJECT_ID + 1], label[4 * P11_OBJECT_NAME];
	char print[FINGERPRINT_SIZE];
	uint8_t spki[2048];
	size_t len;

	if (pubkey_spki(&key->pubkey, spki, sizeof(spki), &len) == -1)
		return -1;
	fingerprint(spki, len, print);
	token_key_id(key, id);
	text_escape(key->label, strlen(key->label), label, sizeof(label));
	snprintf(ret, LINE_SIZE, "\n%s %s %s\n", print,
	    id[0] != '\0' ? id : "-", label);
	return 0;
}

/* With a message that nobody has seen before. */
static bool
signs(const struct check *c, const struct token_key *key)
{
	uint8_t probe[64], sig[TOKEN_SIGNATURE];
	size_t len;
	int nid;

	return getrandom(probe, sizeof(probe), 0) == sizeof(probe) &&
	    token_key_sign(
		c->session, key, probe, sizeof(probe), sig, &len, &nid) == 0;
}

static bool
is_listed(const struct check *c, const char *line)
{
	return c->list == NULL || strstr(c->list, line) != NULL;
}

static void
check_key(struct check *c, const struct token_key *key)
{
	char line[LINE_SIZE];
	const char *what = NULL;

	if (line_of(key, line) == -1)
		what = "its public key cannot be read";
	else if (!is_listed(c, line))
		what = "is not in the list like that";
	else if (!token_key_is_closed(c->session, key->handle))
		what = "could leave the token, or do more than sign";
	else if (!signs(c, key))
		what = "does not sign";
	c->keys++;
	if (what != NULL) {
		c->bad++;
		token_fail("key \"%s\": %s", key->label, what);
		return;
	}
	buf_adds(&c->out, line + 1);
	token_say("ok %s", line + 1);
}

static bool
is_asked(const struct check *c, const char *label, size_t len)
{
	const char *name = c->options->name;

	return name == NULL ||
	    (strlen(name) == len && memcmp(name, label, len) == 0);
}

static void
check_handle(struct check *c, CK_OBJECT_HANDLE handle)
{
	struct text_error err = { 0 };
	struct token_key key;

	if (token_key_load(c->session, handle, &key, &err) == -1) {
		c->bad++;
		token_fail("key \"%s\": %s", key.label, err.what);
	} else {
		if (is_asked(c, key.label, strlen(key.label)))
			check_key(c, &key);
	}
	token_key_release(&key);
}

/* The label of a line of a list; NULL: it is none. */
static const char *
label_of(const char *line, size_t len)
{
	const char *id = memchr(line, ' ', len), *label;

	if (id == NULL || id - line != FINGERPRINT_SIZE - 1 ||
	    memcmp(line, "SHA256:", 7) != 0)
		return NULL;
	id++;
	label = memchr(id, ' ', len - (size_t)(id - line));
	return label != NULL && label > id ? label + 1 : NULL;
}

/* Does a line of the list stand in what this token's keys say? */
static bool
is_here(struct check *c, const char *line, size_t len)
{
	const char *at = buf_at(&c->out), *next;

	for (; *at != '\0'; at = next) {
		next = strchr(at, '\n') + 1;
		if ((size_t)(next - at) == len + 1 &&
		    memcmp(at, line, len) == 0)
			return true;
	}
	return false;
}

/* Lines of the list that no key of this token answered to. */
static void
check_missing(struct check *c)
{
	const char *line = c->list != NULL ? c->list + 1 : "";
	size_t len;

	for (; *line != '\0'; line += len + 1) {
		const char *label;

		len = strcspn(line, "\n");
		label = label_of(line, len);
		if (is_here(c, line, len) ||
		    !is_asked(c, label, len - (size_t)(label - line)))
			continue;
		c->bad++;
		token_fail("missing: %.*s", (int)len, line);
	}
}

/* The number of the first line that is none of a list; 0: all are. */
static unsigned
bad_line(const char *list)
{
	unsigned number = 1;
	size_t len;

	for (; *list != '\0'; list += len + 1, number++) {
		len = strcspn(list, "\n");
		if (label_of(list, len) == NULL)
			return number;
	}
	return 0;
}

static int
load_list(struct check *c, const char *path)
{
	struct text_error err = { 0 };
	char *text;
	size_t len;

	if (file_load(path, FILE_CONFIG, LIST_MAX, &text, &len, &err) == -1) {
		token_fail("%s: %s", path, err.what);
		return EX_NOINPUT;
	}
	if (len == 0 || strlen(text) != len || text[len - 1] != '\n' ||
	    bad_line(text) != 0) {
		free(text);
		token_fail("%s: is no list of backup-check", path);
		return EX_DATAERR;
	}
	c->list = malloc(len + 2);
	if (c->list != NULL) {
		c->list[0] = '\n';
		memcpy(c->list + 1, text, len + 1);
	}
	free(text);
	return c->list != NULL ? 0 : token_fail("no memory");
}

static int
write_list(const struct check *c, const char *path)
{
	size_t len = buf_len(&c->out) - 1;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int rv = 0;

	if (fd == -1 || write(fd, buf_at(&c->out), len) != (ssize_t)len ||
	    fsync(fd) == -1) {
		token_fail("%s: %s", path, strerror(errno));
		rv = EX_CANTCREAT;
	} else {
		token_say("%s: made\n", path);
	}
	if (fd != -1)
		close(fd);
	return rv;
}

static int
check_all(struct check *c)
{
	static CK_OBJECT_HANDLE keys[KEYS_MAX];
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template = { CKA_CLASS, &class, sizeof(class) };
	CK_ULONG count = 0;
	CK_RV rv;

	rv = object_find(c->session, &template, 1, keys, KEYS_MAX, &count);
	if (rv != CKR_OK)
		return token_fail("C_FindObjects: %s", rv_name(rv));
	for (CK_ULONG i = 0; i < count; i++)
		check_handle(c, keys[i]);
	buf_add(&c->out, "", 1);
	if (c->out.bad)
		return token_fail("too many keys");
	check_missing(c);
	if (c->keys == 0 && c->bad == 0)
		return token_fail("the token has no such key");
	if (c->bad > 0)
		return token_fail("%u of %u keys are not as they should be",
		    c->bad, c->keys > c->bad ? c->keys : c->bad);
	token_say("%u key%s can be used from this token\n", c->keys,
	    c->keys == 1 ? "" : "s");
	return 0;
}

int
token_backup_check(const struct token_options *o)
{
	struct token_login login;
	struct check check = { .options = o, .session = &login.session };
	int rv = 0;

	if (o->against != NULL && o->out != NULL)
		return usage_error("token: --against and --out exclude each "
				   "other");
	buf_init(&check.out, LIST_MAX);
	if (o->against != NULL && (rv = load_list(&check, o->against)) != 0)
		goto out;
	if ((rv = token_login_open(o, &login)) != 0)
		goto out;
	rv = check_all(&check);
	token_login_close(&login);
	if (rv == 0 && o->out != NULL)
		rv = write_list(&check, o->out);
out:
	free(check.list);
	buf_release(&check.out);
	return rv;
}
