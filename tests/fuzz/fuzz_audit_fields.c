/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One record, read back: what is taken is whole, printable, and agrees with
 * what the verifier sees.
 */
#include "audit/fields.h"

#include <stdlib.h>
#include <string.h>

#include "audit/verify.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_printable(const char *text)
{
	size_t len = strlen(text), unit;
	uint32_t c;

	for (; len > 0; len -= unit, text += unit) {
		unit = utf8_unit(text, len, &c);
		if (unit == 0 || !utf8_is_printable(c))
			abort();
	}
}

static void
check(const struct fields *f)
{
	check_printable(f->host);
	check_printable(f->pid);
	check_printable(f->event);
	check_printable(f->text);
	for (size_t i = 0; i < f->count; i++) {
		check_printable(f->field[i].name);
		check_printable(f->field[i].value);
		if (fields_get(f, f->field[i].name) != f->field[i].value)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct fields f;
	char prev[RECORD_HASH];
	struct text_error err;
	uint64_t seq;

	if (fields_read((const char *)data, len, &f, &err) == -1)
		return 0;
	check(&f);
	if (record_parse((const char *)data, len, &seq, prev, &err) == -1 ||
	    seq != f.seq || strcmp(prev, fields_get(&f, "prev")) != 0)
		abort();
	return 0;
}
