/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authenticode: the signature of a PE file (UEFI, Windows) from its
 * Authenticode digest: a PKCS#7 SignedData around SpcIndirectDataContent, as
 * osslsigncode and sbsign write it.
 */
#include <string.h>

#include "format/algorithm.h"
#include "format/der.h"
#include "format/proof.h"
#include "format/rows.h"
#include "format/signed_data.h"

#define OID_INDIRECT_DATA "1.3.6.1.4.1.311.2.1.4"
#define OID_STATEMENT_TYPE "1.3.6.1.4.1.311.2.1.11"
#define OID_OPUS_INFO "1.3.6.1.4.1.311.2.1.12"
#define OID_PE_IMAGE_DATA "1.3.6.1.4.1.311.2.1.15"
#define OID_INDIVIDUAL "1.3.6.1.4.1.311.2.1.21"
#define PART_MAX 1024

/* What every signer writes where page hashes used to be, in UTF-16BE. */
static const uint8_t obsolete[] = "\0<\0<\0<\0O\0b\0s\0o\0l\0e\0t\0e\0>\0>\0>";

struct image {
	const struct making *making;
	struct buf content;
	struct buf attributes;
	uint8_t digest[DIGEST_MAX]; /* of content, without tag and length */
	struct signed_data data;
};

/* Of the verifiers, all know these; none knows SHA-3. */
static enum mech
authenticode_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	if (hash != HASH_SHA256 && hash != HASH_SHA384 && hash != HASH_SHA512) {
		*ret_over = HASH_NONE;
		return MECH_NONE;
	}
	return signed_data_mech(type, hash, ret_over);
}

/* SpcPeImageData: includeResources, and a file that is no file. */
static void
put_image_data(struct buf *b)
{
	size_t image = der_begin(b, DER_SEQUENCE), file, link;

	der_put(b, DER_BIT_STRING, "\x07\x80", 2);
	file = der_begin(b, DER_CONSTRUCTED);
	link = der_begin(b, DER_CONSTRUCTED + 2);
	der_put(b, DER_CONTEXT, obsolete, sizeof(obsolete) - 1);
	der_end(b, link);
	der_end(b, file);
	der_end(b, image);
}

static void
put_digest_info(const struct format_line *line, struct buf *b)
{
	const char *oid = algorithm_hash(line->hash);
	size_t info = der_begin(b, DER_SEQUENCE);
	size_t algorithm = der_begin(b, DER_SEQUENCE);

	der_oid(b, oid != NULL ? oid : "");
	der_null(b);
	der_end(b, algorithm);
	der_put(b, DER_OCTET_STRING, line->digest, line->len);
	der_end(b, info);
}

static void
put_content(const struct format_line *line, struct buf *b)
{
	size_t content = der_begin(b, DER_SEQUENCE);
	size_t data = der_begin(b, DER_SEQUENCE);

	der_oid(b, OID_PE_IMAGE_DATA);
	put_image_data(b);
	der_end(b, data);
	put_digest_info(line, b);
	der_end(b, content);
}

static int
hash_content(struct image *image)
{
	struct reader r, content;

	reader_init(&r, buf_at(&image->content), buf_len(&image->content));
	content = der_get(&r, DER_SEQUENCE);
	if (image->content.bad || !reader_done(&r))
		return -1;
	return proof_digest(image->making->lines->hash, content.at,
	    content.left, image->digest);
}

/* An empty SpcSpOpusInfo, and who says it: an individual, not a merchant. */
static void
put_spc(struct buf *b)
{
	struct buf value;
	size_t list;

	buf_init(&value, PART_MAX);
	der_put(&value, DER_SEQUENCE, "", 0);
	attribute_put(b, OID_OPUS_INFO, &value);
	buf_consume(&value, buf_len(&value));
	list = der_begin(&value, DER_SEQUENCE);
	der_oid(&value, OID_INDIVIDUAL);
	der_end(&value, list);
	attribute_put(b, OID_STATEMENT_TYPE, &value);
	buf_release(&value);
}

static void
put_attributes(const struct image *image, struct buf *b)
{
	size_t set = der_begin(b, DER_SET);

	signed_data_attributes(&image->data, b);
	if (!image->making->set->no_signing_time)
		attribute_time(b, image->making->now);
	put_spc(b);
	der_end_set_of(b, set);
}

static void
image_release(struct image *image)
{
	buf_release(&image->content);
	buf_release(&image->attributes);
}

/* 0, or -1; released in both cases. */
static int
image_make(struct image *image, const struct making *m)
{
	*image = (struct image){ .making = m };
	buf_init(&image->content, PART_MAX);
	buf_init(&image->attributes, PART_MAX);
	if (m->key->certificate == NULL ||
	    m->lines->len != hash_size(m->lines->hash))
		return -1;
	put_content(m->lines, &image->content);
	if (hash_content(image) == -1)
		return -1;
	image->data = (struct signed_data){
		.key = m->key,
		.hash = m->lines->hash,
		.version = 1,
		.content_type = OID_INDIRECT_DATA,
		.content = (const uint8_t *)buf_at(&image->content),
		.content_len = buf_len(&image->content),
		.certificates = true,
		.attributed = true,
		.digest = image->digest,
		.digest_len = m->lines->len,
	};
	put_attributes(image, &image->attributes);
	return image->attributes.bad ? -1 : 0;
}

static int
authenticode_input(const struct making *m, struct buf *ret)
{
	struct image image;
	int rv = image_make(&image, m);

	if (rv == 0)
		rv = signed_data_input(&image.data, &image.attributes, ret);
	image_release(&image);
	return rv;
}

static int
authenticode_finish(const struct making *m, const uint8_t *signature,
    size_t len, struct buf *ret)
{
	struct image image;
	int rv = image_make(&image, m);

	if (rv == 0)
		rv = signed_data_put(
		    &image.data, &image.attributes, signature, len, ret);
	image_release(&image);
	return rv;
}

static int
authenticode_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	struct image image;
	int rv = image_make(&image, m);

	if (rv == 0)
		rv = signed_data_open(&image.data, answer, len, ret);
	image_release(&image);
	return rv;
}

const struct format format_authenticode = {
	.name = "authenticode",
	.wrapped = true,
	.needs = FORMAT_NEEDS_CERTIFICATE | FORMAT_NEEDS_CODE_SIGNING |
	    FORMAT_HAS_SIGNING_TIME,
	.extension = "p7",
	.help = "PE files from their digest (sbverify, osslsigncode verify)",
	.mech = authenticode_mech,
	.input = authenticode_input,
	.finish = authenticode_finish,
	.open = authenticode_open,
};
