/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

#include "ctl/verb.h"

int
usage_error(const char *fmt, ...)
{
	va_list ap;

	fputs("countersignctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EX_USAGE;
}
