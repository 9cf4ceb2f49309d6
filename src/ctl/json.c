/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

/* Longer than any text of a tree. */
#define TEXT_MAX (1u << 20)

static void
put_string(struct json *j, const char *text, size_t len)
{
	struct buf buf;

	buf_init(&buf, TEXT_MAX);
	buf_add_json(&buf, text, len);
	if (buf.bad)
		log_fatal("no memory for a text of %zu bytes", len);
	fwrite(buf_at(&buf), 1, buf_len(&buf), j->out);
	buf_release(&buf);
}

static void
begin(struct json *j, const char *name)
{
	if (j->more)
		fputc(',', j->out);
	j->more = true;
	if (name == NULL)
		return;
	put_string(j, name, strlen(name));
	fputc(':', j->out);
}

static void
open_level(struct json *j, const char *name, char c)
{
	begin(j, name);
	fputc(c, j->out);
	j->more = false;
}

static void
close_level(struct json *j, char c)
{
	fputc(c, j->out);
	j->more = true;
}

void
json_object(struct json *j, const char *name)
{
	open_level(j, name, '{');
}

void
json_object_end(struct json *j)
{
	close_level(j, '}');
}

void
json_list(struct json *j, const char *name)
{
	open_level(j, name, '[');
}

void
json_list_end(struct json *j)
{
	close_level(j, ']');
}

void
json_bytes(struct json *j, const char *name, const char *text, size_t len)
{
	begin(j, name);
	put_string(j, text, len);
}

void
json_text(struct json *j, const char *name, const char *text)
{
	begin(j, name);
	if (text == NULL)
		fputs("null", j->out);
	else
		put_string(j, text, strlen(text));
}

void
json_number(struct json *j, const char *name, uint64_t number)
{
	begin(j, name);
	fprintf(j->out, "%" PRIu64, number);
}

void
json_bool(struct json *j, const char *name, bool yes)
{
	begin(j, name);
	fputs(yes ? "true" : "false", j->out);
}

void
json_rule(struct json *j, const struct rule *rule)
{
	if (rule->file == NULL)
		return;
	json_text(j, "file", rule->file);
	json_number(j, "line", rule->line);
}

void
json_end(struct json *j)
{
	fputc('\n', j->out);
	j->more = false;
}
