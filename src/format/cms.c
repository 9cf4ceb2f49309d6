/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cms: a detached SignedData (RFC 5652) with signed attributes and the key's
 * certificates: what openssl cms -verify, smime and certtool take.
 * cms-noattr: the same without attributes, so that the digest itself is
 * signed.
 */
#include "format/der.h"
#include "format/digest.h"
#include "format/rows.h"
#include "format/signed_data.h"

#define ATTRIBUTES_MAX 1024

static struct signed_data
describe(const struct making *m, bool attributed)
{
	return (struct signed_data){
		.key = m->key,
		.hash = m->lines->hash,
		.version = 1,
		.content_type = OID_DATA,
		.certificates = true,
		.attributed = attributed,
		.digest = m->lines->digest,
		.digest_len = m->lines->len,
	};
}

static void
put_attributes(
    const struct making *m, const struct signed_data *s, struct buf *ret)
{
	size_t set;

	buf_init(ret, ATTRIBUTES_MAX);
	set = der_begin(ret, DER_SET);
	signed_data_attributes(s, ret);
	if (!m->set->no_signing_time)
		attribute_time(ret, m->now);
	der_end_set_of(ret, set);
}

static int
cms_input(const struct making *m, struct buf *ret)
{
	struct signed_data s = describe(m, true);
	struct buf attributes;
	int rv;

	put_attributes(m, &s, &attributes);
	rv = signed_data_input(&s, &attributes, ret);
	buf_release(&attributes);
	return rv;
}

static int
cms_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	struct signed_data s = describe(m, true);
	struct buf attributes;
	int rv;

	put_attributes(m, &s, &attributes);
	rv = signed_data_put(&s, &attributes, signature, len, ret);
	buf_release(&attributes);
	return rv;
}

static int
cms_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	struct signed_data s = describe(m, true);

	return signed_data_open(&s, answer, len, ret);
}

static int
noattr_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	struct signed_data s = describe(m, false);

	return signed_data_put(&s, NULL, signature, len, ret);
}

static int
noattr_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	struct signed_data s = describe(m, false);

	return signed_data_open(&s, answer, len, ret);
}

const struct format format_cms = {
	.name = "cms",
	.wrapped = true,
	.needs = FORMAT_NEEDS_CERTIFICATE | FORMAT_HAS_SIGNING_TIME,
	.extension = "p7s",
	.help = "CMS with signed attributes (openssl cms -verify)",
	.mech = signed_data_mech,
	.input = cms_input,
	.finish = cms_finish,
	.open = cms_open,
};

const struct format format_cms_noattr = {
	.name = "cms-noattr",
	.wrapped = false,
	.needs = FORMAT_NEEDS_CERTIFICATE,
	.extension = "p7s",
	.help = "CMS without attributes (openssl cms -verify)",
	.mech = signed_data_mech,
	.input = digest_input,
	.finish = noattr_finish,
	.open = noattr_open,
};
