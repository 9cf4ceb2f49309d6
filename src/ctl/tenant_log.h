/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tenant's records, from the broker: the log itself its owner cannot read.
 */
#ifndef CS_CTL_TENANT_LOG_H
#define CS_CTL_TENANT_LOG_H

/*
 * A file without a name that has them all, as *ret_fd: 0, or the exit status,
 * and said why.
 */
int tenant_log(const char *dir, int *ret_fd);

#endif
