/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/tell.h"

#include <stdarg.h>

static void
tell_place(FILE *out, const char *file, unsigned line)
{
	fputs(file, out);
	if (line != 0)
		fprintf(out, ":%u", line);
	fputs(": ", out);
}

void
tell_error(void *out, const struct text_error *err)
{
	tell_place(out, err->file, err->line);
	fprintf(out, "%s\n", err->what);
}

void
tell_warning(FILE *out, const struct rule *rule, const char *fmt, ...)
{
	va_list ap;

	tell_place(out, rule->file, rule->line);
	fputs("warning: ", out);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fputc('\n', out);
}
