/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A path, or '@' and a name in the abstract space: 0, or -1 with errno. */
static int
address(const char *text, struct sockaddr_un *ret, socklen_t *ret_len)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t len = strlen(text);

	if ((text[0] != '/' && text[0] != '@') || len < 2 ||
	    len >= sizeof(un.sun_path)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(un.sun_path, text, len);
	*ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (text[0] == '@')
		un.sun_path[0] = '\0';
	else
		*ret_len += 1;
	*ret = un;
	return 0;
}

int
notify_open(void)
{
	const char *text = getenv("NOTIFY_SOCKET");
	struct sockaddr_un un;
	socklen_t len;
	int fd = -1, rv = -1;

	errno = 0;
	if (text == NULL)
		return -1;
	if (address(text, &un, &len) == -1)
		goto out;
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		goto out;
	if (connect(fd, (struct sockaddr *)&un, len) == -1)
		goto out;
	rv = fd;
	fd = -1;
out:
	unsetenv("NOTIFY_SOCKET");
	if (fd != -1)
		close(fd);
	return rv;
}

void
notify_send(int fd, const char *text)
{
	/* A manager that does not listen must not keep the service down. */
	if (fd != -1)
		send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}
