/* SPDX-License-Identifier: Apache-2.0 */
#include "format/format.h"

#include <pthread.h>
#include <string.h>

#include "format/rows.h"

/* Every format there is. */
static const struct format *const rows[] = {
	&format_raw,
	&format_raw_pss,
	&format_p1363,
	&format_cms,
	&format_cms_noattr,
	&format_kmod,
	&format_fsverity,
	&format_verity,
	&format_ima,
	&format_jws,
	&format_minisign,
	&format_sigstore_bundle,
	&format_sigstore_dsse,
	&format_dsse,
	&format_freebsd_pkg,
	&format_manifest,
	&format_sums_signify,
	&format_openpgp,
	&format_openpgp_text,
	&format_openpgp_trailer,
	&format_sums_openpgp,
	&format_authenticode,
	&format_tsa,
	&format_sshsig,
	&format_sums_sshsig,
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct format_word words[ROWS];
static pthread_once_t words_once = PTHREAD_ONCE_INIT;

static void
fill_words(void)
{
	for (size_t i = 0; i < ROWS; i++)
		words[i] = (struct format_word){ rows[i]->name,
			rows[i]->wrapped, rows[i]->needs, rows[i]->assumed };
}

const struct format_word *
format_words(size_t *ret_count)
{
	pthread_once(&words_once, fill_words);
	*ret_count = ROWS;
	return words;
}

unsigned
format_steps(const struct format *f)
{
	return f->steps > 1 ? f->steps : 1;
}

const struct format *
format_at(size_t index)
{
	return index < ROWS ? rows[index] : NULL;
}

const struct format *
format_by_name(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i]->name, name) == 0)
			return rows[i];
	return NULL;
}
