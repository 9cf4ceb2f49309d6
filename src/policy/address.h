/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numeric addresses, and sshd(8)'s from="…" lists: patterns with * and ?,
 * CIDR, and '!' for "not".  IPv4-mapped IPv6 addresses count as IPv4.
 */
#ifndef CS_POLICY_ADDRESS_H
#define CS_POLICY_ADDRESS_H

#include <stdbool.h>

#include "base/text.h"

/*
 * Checks the syntax: 0, or -1 with reterr->what.  Host names are refused: no
 * name is ever looked up, so they would never match.
 */
int address_list_check(const char *list, struct text_error *reterr);
/* As sshd: any negated match refuses, otherwise one match is needed. */
bool address_list_match(const char *list, const char *address);

/* Globs of artifact names: * and ? (both match '/' too), [a-z], [!a-z]. */
bool glob_match(const char *pattern, const char *text);
/* Has each '[' its ']'?  (One without stands for itself.) */
bool glob_check(const char *pattern);

#endif
