/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The row of each format, for the table in format.c.
 */
#ifndef CS_FORMAT_ROWS_H
#define CS_FORMAT_ROWS_H

#include "format/format.h"

extern const struct format format_raw; /* raw.c */
extern const struct format format_raw_pss; /* raw_pss.c */
extern const struct format format_p1363; /* p1363.c */
extern const struct format format_cms; /* cms.c */
extern const struct format format_cms_noattr;
extern const struct format format_kmod; /* verity.c */
extern const struct format format_fsverity;
extern const struct format format_verity;
extern const struct format format_ima; /* ima.c */
extern const struct format format_jws; /* jws.c */
extern const struct format format_minisign; /* minisign.c */
extern const struct format format_sigstore_bundle; /* sigstore.c */
extern const struct format format_sigstore_dsse;
extern const struct format format_dsse; /* dsse.c */
extern const struct format format_freebsd_pkg; /* freebsd_pkg.c */
extern const struct format format_manifest; /* manifest.c */
extern const struct format format_sums_signify; /* sums_signify.c */
extern const struct format format_openpgp; /* openpgp.c */
extern const struct format format_openpgp_text; /* openpgp.c */
extern const struct format format_openpgp_trailer; /* openpgp_trailer.c */
extern const struct format format_sums_openpgp; /* sums_openpgp.c */
extern const struct format format_authenticode; /* authenticode.c */
extern const struct format format_tsa; /* tsa.c */
extern const struct format format_sshsig; /* sshsig.c */
extern const struct format format_sums_sshsig; /* sshsig.c */

#endif
