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
tell_warning(
    const struct hearer *to, const struct rule *rule, const char *fmt, ...)
{
	struct note note = { .kind = "signing-key", .rule = *rule };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(note.text, sizeof(note.text), fmt, ap);
	va_end(ap);
	to->fn(to->arg, &note);
}

static void
tell_line(FILE *out, const char *word, const struct note *note)
{
	tell_place(out, note->rule.file, note->rule.line);
	fprintf(out, "%s: %s\n", word, note->text);
}

void
tell_warning_line(void *out, const struct note *note)
{
	tell_line(out, "warning", note);
}

void
tell_note_line(void *out, const struct note *note)
{
	tell_line(out, "note", note);
}
