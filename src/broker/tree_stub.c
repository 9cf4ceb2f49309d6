/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/tree_stub.h"

#include <string.h>

__attribute__((weak)) void
journal_tree(const struct journal *j, struct merkle *ret)
{
	(void)j;
	memset(ret, 0, sizeof(*ret));
}

__attribute__((weak)) int
journal_inclusion(struct journal *j, uint64_t index, uint64_t leaves,
    struct merkle_proof *ret)
{
	(void)j, (void)index, (void)leaves, (void)ret;
	return -1;
}

__attribute__((weak)) bool
journal_wants_rotation(const struct journal *j)
{
	(void)j;
	return false;
}

__attribute__((weak)) void
journal_rotate(struct journal *j)
{
	(void)j;
}
