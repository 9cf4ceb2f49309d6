/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PKCS#11 module that forwards to the one named by FAULT_MODULE, and does
 * wrong what it is told to.  FAULT_FILE (read at each call) or FAULT holds
 * words like
 *
 *	C_Sign=hang		never returns
 *	C_Sign=crash		dies of SIGSEGV
 *	C_Sign=rv:0x30		returns that CK_RV
 *	C_Sign=slow:500		takes so many milliseconds more
 *	C_Sign=wrong		flips a bit of the signature
 *	C_Sign=hang@3		from the third call of this process on
 *	C_GetTokenInfo=locked, C_GetTokenInfo=final
 *	C_GetTokenInfo=label:NAME		every token is called that
 *	C_GetAttributeValue=lie:0x162:1		a CK_BBOOL says something else
 *	C_Login=probe		tries what the jail should forbid
 *
 * FAULT_LOG is a datagram socket that is told of each call listed below: a
 * jailed process can send there although it can write no file.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <p11-kit/pkcs11.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static CK_FUNCTION_LIST *real;
static CK_FUNCTION_LIST ours;

static void
tell(const char *text)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = getenv("FAULT_LOG");
	int fd;

	if (path == NULL || strlen(path) >= sizeof(to.sun_path))
		return;
	strcpy(to.sun_path, path);
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return;
	sendto(fd, text, strlen(text), MSG_DONTWAIT,
	    (const struct sockaddr *)&to, sizeof(to));
	close(fd);
}

/* The words in force, into ret. */
static void
faults(char *ret, size_t size)
{
	const char *path = getenv("FAULT_FILE"), *text = getenv("FAULT");
	ssize_t len = 0;
	int fd;

	ret[0] = '\0';
	if (path != NULL && (fd = open(path, O_RDONLY | O_CLOEXEC)) != -1) {
		if ((len = read(fd, ret, size - 1)) < 0)
			len = 0;
		ret[len] = '\0';
		close(fd);
	} else if (text != NULL) {
		snprintf(ret, size, "%s", text);
	}
}

/*
 * What the call number count of this name is to do wrong, in ret: false when
 * nothing.
 */
static bool
fault(const char *name, unsigned count, char *ret, size_t size)
{
	char words[1024], *save = NULL, *at;
	size_t len = strlen(name);

	faults(words, sizeof(words));
	for (char *w = strtok_r(words, " \n", &save); w != NULL;
	     w = strtok_r(NULL, " \n", &save)) {
		if (strncmp(w, name, len) != 0 || w[len] != '=')
			continue;
		if ((at = strchr(w, '@')) != NULL) {
			*at++ = '\0';
			if (count < strtoul(at, NULL, 10))
				continue;
		}
		snprintf(ret, size, "%s", w + len + 1);
		return true;
	}
	return false;
}

/* What a call does wrong before it begins: true with *ret when it is over. */
static bool
misbehave(const char *what, CK_RV *ret)
{
	if (strcmp(what, "hang") == 0)
		for (;;)
			pause();
	if (strcmp(what, "crash") == 0) {
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	}
	if (strncmp(what, "slow:", 5) == 0)
		usleep((useconds_t)strtoul(what + 5, NULL, 10) * 1000);
	if (strncmp(what, "rv:", 3) != 0)
		return false;
	*ret = strtoul(what + 3, NULL, 0);
	return true;
}

static const char *
outcome(bool ok)
{
	return ok ? "done" : strerrorname_np(errno);
}

static bool
can_run(void)
{
	static char path[] = "/bin/true";
	char *argv[] = { path, NULL }, *envp[] = { NULL };
	pid_t pid = fork();

	if (pid == 0) {
		execve(path, argv, envp);
		_exit(1);
	}
	if (pid == -1)
		return false;
	waitpid(pid, NULL, 0);
	return true;
}

/* As a raw call, which hides its flags from a filter. */
static bool
can_fork(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(0);
	if (pid == -1)
		return false;
	waitpid((pid_t)pid, NULL, 0);
	return true;
}

/* TCP by another name, where the kernel has it. */
static const char *
smc_outcome(void)
{
	int fd = socket(AF_SMC, SOCK_STREAM, 0);

	if (fd == -1 && errno == EAFNOSUPPORT)
		return "done";
	if (fd == -1)
		return strerrorname_np(errno);
	close(fd);
	return "done";
}

/* One line with what was tried, and how each ended. */
static void
probe(void)
{
	char text[256], path[] = "/tmp/module-fault-was-here";
	int inet, file;
	size_t n = 0;

	inet = socket(AF_INET, SOCK_STREAM, 0);
	n += (size_t)snprintf(
	    text, sizeof(text), "inet=%s ", outcome(inet != -1));
	file = open(path, O_WRONLY | O_CREAT, 0600);
	n += (size_t)snprintf(
	    text + n, sizeof(text) - n, "write=%s ", outcome(file != -1));
	n += (size_t)snprintf(
	    text + n, sizeof(text) - n, "run=%s ", outcome(can_run()));
	n += (size_t)snprintf(text + n, sizeof(text) - n, "fork=%s smc=%s ",
	    outcome(can_fork()), smc_outcome());
	n += (size_t)snprintf(text + n, sizeof(text) - n, "kill=%s ",
	    outcome(kill(getppid(), 0) == 0));
	n += (size_t)snprintf(text + n, sizeof(text) - n, "read=%s",
	    outcome(access("/etc/passwd", R_OK) == 0));
	unlink(path);
	tell(text);
}

static CK_RV
fault_open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application,
    CK_NOTIFY notify, CK_SESSION_HANDLE *ret)
{
	static unsigned count;
	char what[64];
	CK_RV rv;

	if (fault("C_OpenSession", ++count, what, sizeof(what)) &&
	    misbehave(what, &rv))
		return rv;
	return real->C_OpenSession(slot, flags, application, notify, ret);
}

static CK_RV
fault_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin,
    unsigned long len)
{
	static unsigned count;
	char what[64];
	CK_RV rv;

	tell("C_Login");
	if (fault("C_Login", ++count, what, sizeof(what))) {
		if (misbehave(what, &rv))
			return rv;
		if (strcmp(what, "probe") == 0)
			probe();
	}
	return real->C_Login(session, user, pin, len);
}

static CK_RV
fault_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *ret)
{
	static unsigned count;
	char what[64];
	CK_RV rv = real->C_GetTokenInfo(slot, ret), other;

	if (rv != CKR_OK ||
	    !fault("C_GetTokenInfo", ++count, what, sizeof(what)))
		return rv;
	if (misbehave(what, &other))
		return other;
	if (strcmp(what, "locked") == 0)
		ret->flags |= CKF_USER_PIN_LOCKED;
	if (strcmp(what, "final") == 0)
		ret->flags |= CKF_USER_PIN_FINAL_TRY;
	if (strncmp(what, "label:", 6) == 0) {
		memset(ret->label, ' ', sizeof(ret->label));
		memcpy(ret->label, what + 6, strnlen(what + 6, 32));
	}
	return rv;
}

static CK_RV
fault_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *list, unsigned long n)
{
	static unsigned count;
	CK_RV rv = real->C_GetAttributeValue(session, object, list, n), other;
	char what[64], *value;
	CK_ATTRIBUTE_TYPE type;

	if (rv != CKR_OK ||
	    !fault("C_GetAttributeValue", ++count, what, sizeof(what)))
		return rv;
	if (misbehave(what, &other))
		return other;
	if (strncmp(what, "lie:", 4) != 0)
		return rv;
	type = strtoul(what + 4, &value, 0);
	for (unsigned long i = 0; i < n; i++)
		if (list[i].type == type && list[i].pValue != NULL &&
		    list[i].ulValueLen == 1 && *value == ':')
			*(CK_BBOOL *)list[i].pValue = value[1] == '1';
	return rv;
}

static CK_RV
fault_find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *list, unsigned long n)
{
	static unsigned count;
	char what[64];
	CK_RV rv;

	if (fault("C_FindObjectsInit", ++count, what, sizeof(what)) &&
	    misbehave(what, &rv))
		return rv;
	return real->C_FindObjectsInit(session, list, n);
}

static CK_RV
fault_copy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *list, unsigned long n, CK_OBJECT_HANDLE *ret)
{
	static unsigned count;
	char what[64];
	CK_RV rv;

	if (fault("C_CopyObject", ++count, what, sizeof(what)) &&
	    misbehave(what, &rv))
		return rv;
	return real->C_CopyObject(session, object, list, n, ret);
}

static CK_RV
fault_sign_init(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	static unsigned count;
	char what[64];
	CK_RV rv;

	if (fault("C_SignInit", ++count, what, sizeof(what)) &&
	    misbehave(what, &rv))
		return rv;
	return real->C_SignInit(session, mechanism, key);
}

static CK_RV
fault_sign(CK_SESSION_HANDLE session, unsigned char *data, unsigned long len,
    unsigned char *ret, unsigned long *ret_len)
{
	static unsigned count;
	bool wrong;
	char what[64] = "";
	CK_RV rv;

	wrong = fault("C_Sign", ++count, what, sizeof(what));
	if (wrong && misbehave(what, &rv))
		return rv;
	rv = real->C_Sign(session, data, len, ret, ret_len);
	if (wrong && strcmp(what, "wrong") == 0 && rv == CKR_OK && ret != NULL)
		ret[*ret_len / 2] ^= 1;
	if (wrong && strcmp(what, "short") == 0 && rv == CKR_OK)
		(*ret_len)--;
	return rv;
}

static bool
load(void)
{
	const char *path = getenv("FAULT_MODULE");
	void *module =
	    path != NULL ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	CK_C_GetFunctionList get;

	if (module == NULL)
		return false;
	get = (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList");
	return get != NULL && get(&real) == CKR_OK;
}

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **ret)
{
	if (real == NULL && !load())
		return CKR_GENERAL_ERROR;
	ours = *real;
	ours.C_GetFunctionList = C_GetFunctionList;
	ours.C_OpenSession = fault_open_session;
	ours.C_Login = fault_login;
	ours.C_GetTokenInfo = fault_token_info;
	ours.C_GetAttributeValue = fault_attributes;
	ours.C_FindObjectsInit = fault_find_init;
	ours.C_CopyObject = fault_copy;
	ours.C_SignInit = fault_sign_init;
	ours.C_Sign = fault_sign;
	*ret = &ours;
	return CKR_OK;
}
