/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "p11/pin.h"
#include "p11/rv.h"

/* 160 bits: SoftHSM neither stretches a PIN much nor locks it out. */
#define PIN_CHARS 32

static int
make_pin(char ret[static PIN_CHARS + 1])
{
	static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t random[PIN_CHARS];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -1;
	for (size_t i = 0; i < PIN_CHARS; i++)
		ret[i] = base32[random[i] % 32];
	ret[PIN_CHARS] = '\n';
	explicit_bzero(random, sizeof(random));
	return 0;
}

/* Makes the file if it is not there: 0, or -1 with errno. */
static int
make_pin_file(const char *path)
{
	char pin[PIN_CHARS + 1];
	int fd, rv = -1;

	fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return errno == EEXIST ? 0 : -1;
	if (make_pin(pin) == -1 ||
	    write(fd, pin, sizeof(pin)) != (ssize_t)sizeof(pin) ||
	    fsync(fd) == -1) {
		unlink(path);
		goto out;
	}
	token_say("%s: made, with a random PIN\n", path);
	rv = 0;
out:
	explicit_bzero(pin, sizeof(pin));
	close(fd);
	return rv;
}

char *
token_pin_load(const char *path, bool make)
{
	struct text_error err = { 0 };
	char *pin = NULL;
	size_t len;
	int fd = -1;

	if (make && make_pin_file(path) == -1) {
		token_fail("%s: %s", path, strerror(errno));
		return NULL;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1) {
		token_fail("%s: %s", path, strerror(errno));
		return NULL;
	}
	if (file_check(fd, path, FILE_SECRET, &err) == -1 ||
	    (pin = secret_new(PIN_SIZE, NULL)) == NULL ||
	    pin_read(fd, pin, &len, &err) == -1) {
		token_fail("%s: %s", path, *err.what ? err.what : "no memory");
		token_pin_free(pin);
		pin = NULL;
	}
	close(fd);
	return pin;
}

void
token_pin_free(char *pin)
{
	secret_free(pin, PIN_SIZE);
}

static CK_RV
login(const char *pin, struct token_login *t)
{
	CK_FUNCTION_LIST *fn = t->session.fn;
	CK_UTF8CHAR text[PIN_SIZE];
	CK_RV rv;

	rv = fn->C_OpenSession(t->token.slot,
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
	    &t->session.handle);
	if (rv != CKR_OK)
		return rv;
	memcpy(text, pin, strlen(pin));
	rv = fn->C_Login(t->session.handle, CKU_USER, text, strlen(pin));
	explicit_bzero(text, sizeof(text));
	if (rv != CKR_OK)
		fn->C_CloseSession(t->session.handle);
	return rv;
}

int
token_login_open(const struct token_options *o, struct token_login *ret)
{
	struct text_error err = { 0 };
	struct token_login t = { 0 };
	char *pin = NULL;
	CK_RV rv;

	if (module_load(o->module, &t.session.fn, &err) == -1 ||
	    module_find(t.session.fn, o->label, o->serial, &t.token, &err) ==
		-1)
		return token_fail("%s", err.what);
	if ((t.token.flags & (CKF_USER_PIN_LOCKED | CKF_USER_PIN_FINAL_TRY)) !=
	    0)
		return token_fail("token \"%s\": the PIN is locked or has one "
				  "try left; nothing was tried",
		    o->label);
	if ((pin = token_pin_load(o->pin_file, false)) == NULL)
		return EX_UNAVAILABLE;
	rv = login(pin, &t);
	token_pin_free(pin);
	if (rv != CKR_OK)
		return token_fail(
		    "token \"%s\": login: %s", o->label, rv_name(rv));
	*ret = t;
	return 0;
}

void
token_login_close(struct token_login *t)
{
	t->session.fn->C_Logout(t->session.handle);
	t->session.fn->C_CloseSession(t->session.handle);
	t->session.fn->C_Finalize(NULL);
}
