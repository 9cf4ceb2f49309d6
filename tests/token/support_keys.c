/* SPDX-License-Identifier: Apache-2.0 */
#include "support_service.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "p11/object.h"
#include "p11/pin.h"

bool
place_enter(struct login *ret)
{
	struct p11_session *s = &ret->session;
	struct text_error err;
	char pin[PIN_SIZE];
	CK_UTF8CHAR text[PIN_SIZE];
	size_t len;
	CK_RV rv;
	int fd;

	setenv("SOFTHSM2_CONF", place_path("softhsm2.conf"), 1);
	fd = open(place_path("pin"), O_RDONLY | O_CLOEXEC);
	if (pin_read(fd, pin, &len, &err) == -1 ||
	    module_load(SOFTHSM, &s->fn, &err) == -1 ||
	    module_find(s->fn, LABEL, NULL, &ret->token, &err) == -1)
		return false;
	close(fd);
	memcpy(text, pin, len);
	rv = s->fn->C_OpenSession(ret->token.slot,
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &s->handle);
	if (rv != CKR_OK)
		return false;
	rv = s->fn->C_Login(s->handle, CKU_USER, text, len);
	return rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN;
}

static CK_RV
generate(const struct p11_session *s, const struct odd_key *key)
{
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_BBOOL *extractable = key->extractable ? &yes : &no;
	CK_BBOOL *modifiable = key->modifiable ? &yes : &no;
	CK_BBOOL *copyable = key->not_copyable ? &no : &yes;
	CK_ULONG bits = key->bits;
	uint8_t exponent[] = { 1, 0, 1 }, id[64];
	char name[64];
	CK_MECHANISM mechanism = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_OBJECT_HANDLE public, private;
	size_t len = strlen(strcpy(name, key->name));
	CK_ATTRIBUTE public_template[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_LABEL, name, len },
		{ CKA_ID, id, len },
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent) },
	};
	CK_ATTRIBUTE private_template[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_PRIVATE, &yes, 1 },
		{ CKA_LABEL, name, len },
		{ CKA_ID, id, len },
		{ CKA_SIGN, &yes, 1 },
		{ CKA_SENSITIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, extractable, 1 },
		{ CKA_MODIFIABLE, modifiable, 1 },
		{ CKA_COPYABLE, copyable, 1 },
	};

	memcpy(id, name, len);
	return s->fn->C_GenerateKeyPair(s->handle, &mechanism, public_template,
	    5, private_template, 9, &public, &private);
}

static CK_RV delete (const struct p11_session *s, const char *name)
{
	char label[64];
	CK_ATTRIBUTE template = { CKA_LABEL, label, 0 };
	CK_OBJECT_HANDLE found[4];
	CK_ULONG count = 0;
	CK_RV rv;

	template.ulValueLen = strlen(strcpy(label, name));
	rv = object_find(s, &template, 1, found, 4, &count);
	while (rv == CKR_OK && count > 0)
		rv = s->fn->C_DestroyObject(s->handle, found[--count]);
	return rv;
}

/* In a child, for a module cannot be unloaded and stays logged in. */
static void
change(const struct odd_key *key, const char *name)
{
	struct login login;
	int status;
	CK_RV rv;
	pid_t pid = fork();

	if (pid == 0) {
		if (!place_enter(&login))
			_exit(2);
		rv = key != NULL ? generate(&login.session, key) :
				   delete (&login.session, name);
		_exit(rv != CKR_OK);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

void
place_key(const struct odd_key *key)
{
	change(key, NULL);
}

void
place_delete(const char *name)
{
	change(NULL, name);
}
