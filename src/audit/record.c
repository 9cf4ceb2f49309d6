/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/record.h"

#include <string.h>

#include "audit/value.h"
#include "audit/verify.h"
#include "base/clock.h"
#include "base/text.h"

#define HOST_LEN 64
#define HEX_BYTES 64
/* prev, the bracket, a short text and the LF. */
#define END_ROOM 160

static void
add(struct record *r, const void *data, size_t len)
{
	/* One byte is the LF's. */
	if (r->bad || len > RECORD_MAX - 1 - r->len) {
		r->bad = true;
		return;
	}
	memcpy(r->line + r->len, data, len);
	r->len += len;
}

static void
add_text(struct record *r, const char *text)
{
	add(r, text, strlen(text));
}

static void
add_number(struct record *r, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	add(r, digits + at, sizeof(digits) - at);
}

/* RFC 5424's HOSTNAME. */
static void
add_host(struct record *r, const char *host)
{
	size_t len = strnlen(host, HOST_LEN + 1);

	for (size_t i = 0; i < len; i++)
		if (!char_is_print(host[i]) || host[i] == ' ')
			len = 0;
	if (len == 0 || len > HOST_LEN)
		add_text(r, "-");
	else
		add(r, host, len);
}

void
chain_init(struct chain *chain)
{
	chain->seq = 0;
	memcpy(chain->prev, RECORD_FIRST, RECORD_HASH);
}

void
record_begin(struct record *r, enum event event,
    const struct record_origin *origin, const struct chain *chain,
    uint64_t wall_us)
{
	char when[CLOCK_TEXT];

	r->len = 0;
	r->bad = false;
	r->seq = chain->seq + 1;
	clock_text(wall_us, when);
	add_text(r, event_warns(event) ? "<84>1 " : "<86>1 ");
	add_text(r, when);
	add_text(r, " ");
	add_host(r, origin->host);
	add_text(r, " countersign ");
	add_number(r, origin->pid);
	add_text(r, " ");
	add_text(r, event_word(event));
	add_text(r, " [countersign@32473");
	record_add_number(r, "seq", r->seq);
}

static void
open_field(struct record *r, const char *name)
{
	add(r, " ", 1);
	add_text(r, name);
	add(r, "=\"", 2);
}

void
record_add_bytes(
    struct record *r, const char *name, const void *value, size_t len)
{
	char text[RECORD_VALUE_MAX];

	open_field(r, name);
	add(r, text, value_write(value, len, text, sizeof(text)));
	add(r, "\"", 1);
}

void
record_add(struct record *r, const char *name, const char *value)
{
	if (value != NULL)
		record_add_bytes(r, name, value, strlen(value));
}

void
record_add_cut(
    struct record *r, const char *name, const char *value, size_t max)
{
	char text[RECORD_VALUE_MAX];

	if (value == NULL)
		return;
	open_field(r, name);
	add(r, text, value_write(value, strlen(value), text, max));
	add(r, "\"", 1);
}

void
record_add_hex(
    struct record *r, const char *name, const void *bytes, size_t len)
{
	char text[2 * HEX_BYTES + 1];

	if (len > HEX_BYTES) {
		r->bad = true;
		return;
	}
	hex_encode(bytes, len, text);
	open_field(r, name);
	add(r, text, 2 * len);
	add(r, "\"", 1);
}

void
record_add_number(struct record *r, const char *name, uint64_t number)
{
	open_field(r, name);
	add_number(r, number);
	add(r, "\"", 1);
}

void
record_add_whole(struct record *r, const char *name, const char *value)
{
	size_t len = strlen(name) + strlen(value) + sizeof(" =\"\"") - 1;

	if (r->bad || len + END_ROOM > RECORD_MAX - r->len)
		return;
	open_field(r, name);
	add_text(r, value);
	add(r, "\"", 1);
}

/* The free text gives way: the data is what counts. */
static void
add_message(struct record *r, const char *text)
{
	size_t room = RECORD_MAX - 1 - r->len;

	if (r->bad || room < 2 || *text == '\0')
		return;
	add(r, " ", 1);
	r->len += text_escape(text, strlen(text), r->line + r->len, room);
}

int
record_finish(struct record *r, struct chain *chain, const char *text)
{
	struct chain next = { .seq = r->seq };

	record_add(r, "prev", chain->prev);
	add(r, "]", 1);
	add_message(r, text);
	if (r->bad || r->seq != chain->seq + 1)
		return -1;
	if (record_hash(r->line, r->len, next.prev) == -1)
		return -1;
	r->line[r->len++] = '\n';
	*chain = next;
	return 0;
}
