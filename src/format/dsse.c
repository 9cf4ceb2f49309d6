/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dsse: a DSSE envelope around an in-toto Statement, on one line: as a file
 * that is a bundle of one attestation.
 */
#include "format/rows.h"
#include "format/scan.h"
#include "format/statement.h"

static int
dsse_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	if (envelope_add(m, signature, len, ret) == -1)
		return -1;
	buf_adds(ret, "\n");
	return ret->bad ? -1 : 0;
}

static int
dsse_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	struct reader r;

	reader_init(&r, answer, len);
	scan_envelope(&r, m, ret);
	scan_text(&r, "\n");
	return reader_done(&r) ? 0 : -1;
}

const struct format format_dsse = {
	.name = "dsse",
	.wrapped = true,
	.needs = FORMAT_NEEDS_NAME | FORMAT_HAS_PREDICATE,
	.extension = "intoto.jsonl",
	.help = "an in-toto statement about the name, in a DSSE envelope",
	.mech = statement_mech,
	.fit = statement_fit,
	.input = statement_input,
	.finish = dsse_finish,
	.open = dsse_open,
};
