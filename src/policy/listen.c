/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/listen.h"

#include <arpa/inet.h>
#include <string.h>

static int
fail_form(const char *text, struct text_error *reterr)
{
	return text_fail(reterr, 0,
	    "\"%.80s\" is not an address with a port: write 127.0.0.1:2222 or "
	    "[::1]:2222",
	    text);
}

/* Canonical, so that two spellings of one address are the same text. */
static int
host_parse(const char *host, bool v6, char *ret, size_t size)
{
	struct in6_addr address;
	int family = v6 ? AF_INET6 : AF_INET;

	if (inet_pton(family, host, &address) != 1)
		return -1;
	if (v6 && IN6_IS_ADDR_V4MAPPED(&address))
		return -1;
	return inet_ntop(family, &address, ret, (socklen_t)size) ? 0 : -1;
}

int
listen_parse(
    const char *text, struct listen_address *ret, struct text_error *reterr)
{
	const char *colon = strrchr(text, ':');
	struct listen_address a = { .port = 0 };
	char host[sizeof(a.host)];
	uint64_t port;
	size_t len;
	bool v6;

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host))
		return fail_form(text, reterr);
	len = (size_t)(colon - text);
	memcpy(host, text, len);
	host[len] = '\0';
	v6 = host[0] == '[' && host[len - 1] == ']';
	if (v6) {
		host[len - 1] = '\0';
		memmove(host, host + 1, len - 1);
	}
	if (text_number(colon + 1, UINT16_MAX, &port) == -1 ||
	    host_parse(host, v6, a.host, sizeof(a.host)) == -1)
		return fail_form(text, reterr);
	a.port = (uint16_t)port;
	*ret = a;
	return 0;
}
