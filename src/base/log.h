/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics for the operator: to stderr, or to syslog (facility daemon)
 * when in the background.  Audit records are another thing (audit/record.h).
 * What came from outside must be escaped (text_escape) before it gets here.
 */
#ifndef CS_BASE_LOG_H
#define CS_BASE_LOG_H

#include <stdbool.h>

/*
 * program is the prefix of each line; it must stay valid.  A later line needs
 * the calls write and sendto, and nothing else.
 */
void log_init(const char *program, bool to_syslog, bool debug);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* One of our own invariants is broken: says so and ends with 70. */
void log_fatal(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

#endif
