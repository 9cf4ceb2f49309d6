/* SPDX-License-Identifier: Apache-2.0 */
#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From later headers: rights that came with versions 2, 3 and 5. */
#define RIGHT_REFER (1ull << 13)
#define RIGHT_TRUNCATE (1ull << 14)
#define RIGHT_IOCTL (1ull << 15)

#define RIGHTS_FIRST ((1ull << 13) - 1)
#define RIGHTS_READ                                                  \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | \
	    LANDLOCK_ACCESS_FS_READ_DIR)
/* Nothing that is written is run, and nobody needs devices. */
#define RIGHTS_NEVER_WRITABLE                                        \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK)
/* What makes sense for a file rather than a folder. */
#define RIGHTS_FILE                                                  \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | \
	    LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE | RIGHT_IOCTL)

static uint64_t
rights_of(long version)
{
	uint64_t rights = RIGHTS_FIRST;

	if (version >= 2)
		rights |= RIGHT_REFER;
	if (version >= 3)
		rights |= RIGHT_TRUNCATE;
	if (version >= 5)
		rights |= RIGHT_IOCTL;
	return rights;
}

static int
add_path(int rules, const struct jail_path *path, uint64_t all)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = -1 };
	struct stat st;
	int rv = -1;
	int fd = open(path->path, O_PATH | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) == -1)
		goto out;
	rule.parent_fd = fd;
	rule.allowed_access =
	    all & (path->writable ? ~RIGHTS_NEVER_WRITABLE : RIGHTS_READ);
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= RIGHTS_FILE;
	rv = (int)syscall(
	    SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
out:
	close(fd);
	return rv;
}

int
landlock_enter(const struct jail_path *paths, size_t count, bool *ret)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = 0 };
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	int rules, rv = -1;

	*ret = false;
	if (version < 1)
		return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -1;
	attr.handled_access_fs = rights_of(version);
	rules =
	    (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (rules == -1)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (add_path(rules, &paths[i], attr.handled_access_fs) == -1)
			goto out;
	if (syscall(SYS_landlock_restrict_self, rules, 0) == -1)
		goto out;
	*ret = true;
	rv = 0;
out:
	close(rules);
	return rv;
}
