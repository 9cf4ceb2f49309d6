/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jail.h"

#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/landlock.h"

#define WHAT 128

struct jail_filter {
	struct sock_fprog program;
};

/* A sanitizer makes calls of its own that are on nobody's list. */
static bool
is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
	return true;
#else
	return false;
#endif
#else
	return false;
#endif
}

static int
fail(char what[WHAT], const char *jail, const char *step, int error)
{
	snprintf(what, WHAT, "%s jail: %s: %s", jail, step, strerror(error));
	return -1;
}

/*
 * A name that libseccomp does not know is a mistake; one that this
 * architecture does not have is negative too, and passed over by it.
 */
static int
add_call(scmp_filter_ctx ctx, uint32_t action, const struct jail_call *call)
{
	int number = seccomp_syscall_resolve_name(call->name);
	uint64_t bits = UINT64_MAX;

	if (number == __NR_SCMP_ERROR)
		return -EINVAL;
	if (!call->has_arg)
		return seccomp_rule_add(ctx, action, number, 0);
	/*
	 * The kernel does not look at the upper half of an int, and a filter
	 * does: there it would be a way around what is denied.
	 */
	if (action != SCMP_ACT_ALLOW)
		bits = UINT32_MAX;
	return seccomp_rule_add(ctx, action, number, 1,
	    SCMP_CMP(call->arg, SCMP_CMP_MASKED_EQ, call->mask & bits,
		call->value & bits));
}

/* A refused clone3 must look absent, so that libc falls back to clone. */
static uint32_t
denial(const char *name)
{
	return SCMP_ACT_ERRNO(strcmp(name, "clone3") == 0 ? ENOSYS : EPERM);
}

static int
add_calls(scmp_filter_ctx ctx, const struct jail *jail, char what[WHAT])
{
	const struct jail_call *call =
	    jail->calls != NULL ? jail->calls : jail->denied;

	for (; call->name != NULL; call++) {
		uint32_t action =
		    jail->calls != NULL ? SCMP_ACT_ALLOW : denial(call->name);
		int error = add_call(ctx, action, call);

		if (error != 0)
			return fail(what, jail->name, call->name, -error);
	}
	return 0;
}

/* libseccomp writes the program to a descriptor only. */
static int
read_program(int fd, struct sock_fprog *ret)
{
	struct stat st;
	struct sock_filter *code;
	size_t size;

	if (fstat(fd, &st) == -1)
		return -1;
	size = (size_t)st.st_size;
	if (size / sizeof(*code) > BPF_MAXINSNS) {
		errno = E2BIG;
		return -1;
	}
	if ((code = malloc(size)) == NULL)
		return -1;
	if (pread(fd, code, size, 0) != (ssize_t)size) {
		errno = EIO;
		free(code);
		return -1;
	}
	ret->filter = code;
	ret->len = (unsigned short)(size / sizeof(*code));
	return 0;
}

static int
compile(const struct jail *jail, struct jail_filter *filter, char what[WHAT])
{
	uint32_t other =
	    jail->calls != NULL ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ALLOW;
	scmp_filter_ctx ctx = seccomp_init(other);
	int error, fd = -1, rv = -1;

	if (ctx == NULL)
		return fail(what, jail->name, "seccomp", ENOMEM);
	/* The calls of other architectures have other numbers. */
	error = seccomp_attr_set(
	    ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (error != 0) {
		fail(what, jail->name, "seccomp", -error);
		goto out;
	}
	if (add_calls(ctx, jail, what) == -1)
		goto out;
	if ((fd = memfd_create("filter", MFD_CLOEXEC)) == -1) {
		fail(what, jail->name, "memfd", errno);
		goto out;
	}
	if ((error = seccomp_export_bpf(ctx, fd)) != 0) {
		fail(what, jail->name, "seccomp", -error);
		goto out;
	}
	if ((rv = read_program(fd, &filter->program)) == -1)
		fail(what, jail->name, "the filter", errno);
out:
	if (fd != -1)
		close(fd);
	seccomp_release(ctx);
	return rv;
}

int
jail_prepare(const struct jail *jail, struct jail_filter **ret, char what[WHAT])
{
	struct jail_filter *filter;

	if ((jail->calls == NULL) == (jail->denied == NULL))
		return fail(what, jail->name, "one list", EINVAL);
	if ((filter = calloc(1, sizeof(*filter))) == NULL)
		return fail(what, jail->name, "memory", ENOMEM);
	if (compile(jail, filter, what) == -1) {
		free(filter);
		return -1;
	}
	*ret = filter;
	return 0;
}

void
jail_filter_free(struct jail_filter *filter)
{
	if (filter == NULL)
		return;
	free(filter->program.filter);
	free(filter);
}

/* Never above what we were given: only root could ask for more. */
static int
limit(int resource, unsigned long value)
{
	struct rlimit rl;

	if (getrlimit((__rlimit_resource_t)resource, &rl) == -1)
		return -1;
	if (rl.rlim_max > value)
		rl.rlim_max = value;
	rl.rlim_cur = rl.rlim_max;
	return setrlimit((__rlimit_resource_t)resource, &rl);
}

int
jail_private(void)
{
	if (limit(RLIMIT_CORE, 0) == -1)
		return -1;
	return is_sanitized() ? 0 : prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int
enter_limits(const struct jail *jail, char what[WHAT])
{
	if (jail->open_files != 0 &&
	    limit(RLIMIT_NOFILE, jail->open_files) == -1)
		return fail(what, jail->name, "RLIMIT_NOFILE", errno);
	if (is_sanitized())
		return 0;
	if (jail->memory != 0 && limit(RLIMIT_AS, jail->memory) == -1)
		return fail(what, jail->name, "RLIMIT_AS", errno);
	if (!jail->processes && limit(RLIMIT_NPROC, 0) == -1)
		return fail(what, jail->name, "RLIMIT_NPROC", errno);
	return 0;
}

int
jail_enter(const struct jail *jail, const struct jail_filter *filter,
    const struct jail_path *paths, size_t npaths, bool *ret_landlock,
    char what[WHAT])
{
	bool landlock = false;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return fail(what, jail->name, "no_new_privs", errno);
	if (jail_private() == -1)
		return fail(what, jail->name, "core dumps", errno);
	/* It needs descriptors itself, so it comes before their limit. */
	if (!is_sanitized() && landlock_enter(paths, npaths, &landlock) == -1)
		return fail(what, jail->name, "Landlock", errno);
	if (enter_limits(jail, what) == -1)
		return -1;
	if (!is_sanitized() &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter->program, 0,
		0) == -1)
		return fail(what, jail->name, "seccomp", errno);
	if (ret_landlock != NULL)
		*ret_landlock = landlock;
	return 0;
}

int
jail_become(const char *user)
{
	struct passwd *pw = getpwnam(user);
	uid_t uid;
	gid_t gid;

	if (pw == NULL || pw->pw_uid == 0) {
		errno = pw == NULL ? ENOENT : EPERM;
		return -1;
	}
	uid = pw->pw_uid;
	gid = pw->pw_gid;
	if (initgroups(user, gid) == -1 || setresgid(gid, gid, gid) == -1 ||
	    setresuid(uid, uid, uid) == -1)
		return -1;
	/* What must not work any more (a group may be root's from the start).
	 */
	if (setresuid((uid_t)-1, 0, (uid_t)-1) == 0 ||
	    (gid != 0 && setresgid((gid_t)-1, 0, (gid_t)-1) == 0)) {
		errno = EPERM;
		return -1;
	}
	return 0;
}
