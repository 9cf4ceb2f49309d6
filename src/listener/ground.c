/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/ground.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define FOLDER_MODE 0750
/* Owners of tenants reach the admin's socket, which is all that is in it. */
#define RUN_MODE 0755

/* 0, or -1 when there is no such user. */
static int
find(const char *name, uid_t *ret_uid, gid_t *ret_gid)
{
	const struct passwd *entry = getpwnam(name);

	if (entry == NULL)
		return -1;
	*ret_uid = entry->pw_uid;
	*ret_gid = entry->pw_gid;
	return 0;
}

static int
missing(const char *name, struct text_error *reterr)
{
	return text_fail(reterr, 0,
	    "there is no user %s; create it: useradd --system --user-group "
	    "--no-create-home --shell /usr/sbin/nologin %s",
	    name, name);
}

/* Four users, none of them root: 0, or -1. */
static int
check_apart(const uid_t *uid, size_t count, struct text_error *reterr)
{
	for (size_t i = 0; i < count; i++) {
		if (uid[i] == 0)
			return text_fail(reterr, 0,
			    "net-user, broker-user, token-user and lists-user "
			    "must not be root");
		for (size_t j = 0; j < i; j++)
			if (uid[i] == uid[j])
				return text_fail(reterr, 0,
				    "net-user, broker-user, token-user and "
				    "lists-user must be four users");
	}
	return 0;
}

int
ground_users(const struct server_conf *conf, struct users *ret,
    struct text_error *reterr)
{
	const char *const names[] = { conf->net_user, conf->broker_user,
		conf->token_user, conf->lists_user };
	struct users users = { .net_uid = geteuid(),
		.broker_uid = geteuid(),
		.broker_gid = getegid() };
	uid_t uid[4];
	gid_t gid[4];

	if (geteuid() != 0) {
		*ret = users;
		return 0;
	}
	for (size_t i = 0; i < 4; i++)
		if (find(names[i], &uid[i], &gid[i]) == -1)
			return missing(names[i], reterr);
	if (check_apart(uid, 4, reterr) == -1)
		return -1;
	*ret = (struct users){ .net = names[0],
		.broker = names[1],
		.token = names[2],
		.lists = names[3],
		.net_uid = uid[0],
		.broker_uid = uid[1],
		.broker_gid = gid[1] };
	return 0;
}

static int
folder(const char *path, mode_t mode, const struct users *users,
    struct text_error *reterr)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	if (file_make_dir(path, mode, users->broker_uid, users->broker_gid) ==
	    0)
		return 0;
	return text_fail(reterr, 0, "cannot create the folder %s: %s", path,
	    strerror(errno));
}

int
ground_folders(const struct server_conf *conf, const struct users *users,
    struct text_error *reterr)
{
	char records[PATH_MAX];
	const char *slash = strrchr(conf->audit_file, '/');

	if (slash == NULL || slash == conf->audit_file ||
	    (size_t)(slash - conf->audit_file) >= sizeof(records))
		return text_fail(
		    reterr, 0, "the path %s is not usable", conf->audit_file);
	snprintf(records, sizeof(records), "%.*s",
	    (int)(slash - conf->audit_file), conf->audit_file);
	if (folder(conf->run_dir, RUN_MODE, users, reterr) == -1 ||
	    folder(conf->state_dir, FOLDER_MODE, users, reterr) == -1 ||
	    folder(records, FOLDER_MODE, users, reterr) == -1)
		return -1;
	return 0;
}

static int
check_host_key(int fd, const struct users *users, struct text_error *reterr)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return text_fail(reterr, 0, "is not a regular file");
	if (st.st_uid != 0 && st.st_uid != geteuid() &&
	    st.st_uid != users->net_uid)
		return text_fail(reterr, 0,
		    "belongs to uid %u; it must belong to root or %s",
		    (unsigned)st.st_uid,
		    users->net != NULL ? users->net :
					 "the user of the service");
	if ((st.st_mode & 077) != 0)
		return text_fail(reterr, 0,
		    "is open to others (mode %04o); chmod 600 it",
		    (unsigned)(st.st_mode & 07777));
	return 0;
}

int
ground_host_key(
    const char *path, const struct users *users, struct text_error *reterr)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	text_copy(reterr->file, sizeof(reterr->file), path);
	if (fd == -1 && errno == ENOENT) {
		text_fail(reterr, 0,
		    "there is no host key; create it: ssh-keygen -q -t ed25519 "
		    "-N '' -f %s",
		    path);
		return -1;
	}
	if (fd == -1) {
		text_fail(reterr, 0, "%s", strerror(errno));
		return -1;
	}
	if (check_host_key(fd, users, reterr) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}
