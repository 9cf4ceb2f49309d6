/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/address.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define ENTRY_SIZE 80

/* IPv4 is kept in its own family, however it was written. */
struct address {
	int family;
	uint8_t byte[16];
	unsigned bits; /* 32 or 128 */
};

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool
address_get(const char *text, struct address *ret)
{
	struct address a = { .family = AF_INET, .bits = 32 };

	if (inet_pton(AF_INET, text, a.byte) != 1) {
		a.family = AF_INET6;
		a.bits = 128;
		if (inet_pton(AF_INET6, text, a.byte) != 1)
			return false;
	}
	*ret = a;
	return true;
}

static bool
is_mapped(const struct address *a)
{
	return a->family == AF_INET6 &&
	    memcmp(a->byte, mapped, sizeof(mapped)) == 0;
}

static void
unmap(struct address *a)
{
	struct address plain = { .family = AF_INET, .bits = 32 };

	memcpy(plain.byte, a->byte + sizeof(mapped), 4);
	*a = plain;
}

static bool
bit(const struct address *a, unsigned number)
{
	return (a->byte[number / 8] >> (7 - number % 8) & 1) != 0;
}

static bool
prefix_same(const struct address *a, const struct address *b, unsigned len)
{
	if (a->family != b->family)
		return false;
	for (unsigned i = 0; i < len; i++)
		if (bit(a, i) != bit(b, i))
			return false;
	return true;
}

/*
 * "10.0.0.0/8" or an address alone.  1: it is one; 0: it is something else;
 * -1: it is a wrong one, with reterr.
 */
static int
cidr_parse(const char *text, struct address *ret, unsigned *ret_len,
    struct text_error *reterr)
{
	const char *slash = strchr(text, '/');
	char part[ENTRY_SIZE];
	uint64_t len;

	memcpy(part, text, strlen(text) + 1);
	if (slash != NULL)
		part[slash - text] = '\0';
	if (!address_get(part, ret)) {
		if (slash == NULL)
			return 0;
		return text_fail(reterr, 0,
		    "\"%s\" is not a network: write 10.0.0.0/8 or 2001:db8::/32",
		    text);
	}
	len = ret->bits;
	if (slash != NULL && text_number(slash + 1, ret->bits, &len) == -1)
		return text_fail(reterr, 0,
		    "\"%s\": the mask must be 0 to %u bits", text, ret->bits);
	for (unsigned i = (unsigned)len; i < ret->bits; i++)
		if (bit(ret, i))
			return text_fail(reterr, 0,
			    "\"%s\": the address has bits behind its mask",
			    text);
	if (is_mapped(ret) && len >= 96) {
		unmap(ret);
		len -= 96;
	}
	*ret_len = (unsigned)len;
	return 1;
}

/* An entry of the list without its '!'.  False: the list is broken. */
static bool
entry_next(const char **at, char ret[static ENTRY_SIZE], bool *ret_negated)
{
	size_t len = strcspn(*at, ",");
	const char *start = *at;

	*ret_negated = len > 0 && *start == '!';
	*at += len + (start[len] == ',');
	if (*ret_negated) {
		start++;
		len--;
	}
	if (len == 0 || len >= ENTRY_SIZE)
		return false;
	memcpy(ret, start, len);
	ret[len] = '\0';
	return true;
}

static int
entry_check(const char *entry, struct text_error *reterr)
{
	struct address ignored;
	unsigned len;
	int rv = cidr_parse(entry, &ignored, &len, reterr);

	if (rv != 0)
		return rv == 1 ? 0 : -1;
	/* Patterns see the IPv4 address, so that this would never match. */
	if (strncasecmp(entry, "::ffff:", 7) == 0)
		return text_fail(reterr, 0,
		    "\"%s\": write patterns of IPv4 addresses as 10.2.*",
		    entry);
	if (entry[strspn(entry, "0123456789abcdefABCDEF.:*?")] != '\0' ||
	    strpbrk(entry, "*?") == NULL)
		return text_fail(reterr, 0,
		    "\"%s\" is not an address, a network (10.0.0.0/8) or "
		    "a pattern (10.2.*); host names are not looked up",
		    entry);
	return 0;
}

int
address_list_check(const char *list, struct text_error *reterr)
{
	char entry[ENTRY_SIZE];
	bool negated, positive = false;
	size_t len = strlen(list);

	if (len == 0 || list[len - 1] == ',')
		return text_fail(reterr, 0, "an empty entry in the list");
	while (*list != '\0') {
		if (!entry_next(&list, entry, &negated))
			return text_fail(reterr, 0,
			    "an empty or over-long entry in the list");
		if (entry_check(entry, reterr) == -1)
			return -1;
		positive = positive || !negated;
	}
	if (!positive)
		return text_fail(reterr, 0,
		    "only \"!\" entries match nothing: add \"*\" or a network");
	return 0;
}

static bool
entry_match(const char *entry, const struct address *address, const char *text)
{
	struct text_error ignored;
	struct address network;
	unsigned len;
	char lower[ENTRY_SIZE];
	size_t i;

	switch (cidr_parse(entry, &network, &len, &ignored)) {
	case 1:
		return prefix_same(address, &network, len);
	case 0:
		break;
	default:
		return false;
	}
	for (i = 0; entry[i] != '\0'; i++)
		lower[i] = entry[i] >= 'A' && entry[i] <= 'F' ?
		    (char)(entry[i] + ('a' - 'A')) :
		    entry[i];
	lower[i] = '\0';
	return glob_match(lower, text);
}

bool
address_list_match(const char *list, const char *text)
{
	char entry[ENTRY_SIZE], canonical[INET6_ADDRSTRLEN];
	struct address address;
	bool negated, found = false;

	if (strlen(text) >= sizeof(entry))
		return false;
	memcpy(entry, text, strlen(text) + 1);
	entry[strcspn(entry, "%")] = '\0'; /* fe80::1%eth0 */
	if (!address_get(entry, &address))
		return false;
	if (is_mapped(&address))
		unmap(&address);
	inet_ntop(address.family, address.byte, canonical, sizeof(canonical));
	while (*list != '\0') {
		if (!entry_next(&list, entry, &negated))
			return false;
		if (!entry_match(entry, &address, canonical))
			continue;
		if (negated)
			return false;
		found = true;
	}
	return found;
}
