/* SPDX-License-Identifier: Apache-2.0 */
#include "format/certificate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/certificate_chain.h"
#include "format/der.h"
#include "policy/date.h"
#include "policy/entry.h"

/* From the leaf's DER; what libcrypto took for one need not be DER. */
static int
find_fields(struct certificate *c)
{
	struct reader all, whole, tbs;

	reader_init(&all, c->chain[0].at, c->chain[0].len);
	whole = der_get(&all, DER_SEQUENCE);
	tbs = der_get(&whole, DER_SEQUENCE);
	if (der_peek(&tbs) == DER_CONSTRUCTED)
		der_get(&tbs, DER_CONSTRUCTED); /* version */
	c->serial.at = der_get_whole(&tbs, &c->serial.len);
	der_get(&tbs, DER_SEQUENCE); /* signature's algorithm */
	c->issuer.at = der_get_whole(&tbs, &c->issuer.len);
	der_get(&tbs, DER_SEQUENCE); /* validity */
	der_get(&tbs, DER_SEQUENCE); /* subject */
	c->spki.at = der_get_whole(&tbs, &c->spki.len);
	return tbs.bad || all.left > 0 ? -1 : 0;
}

/* Appends what is in b to the data; used is where. */
static struct der_view
keep(struct certificate *c, size_t *used, struct der_view what)
{
	struct der_view view = { c->data + *used, what.len };

	memcpy(c->data + *used, what.at, what.len);
	*used += what.len;
	return view;
}

static void
make_signer(struct certificate *c, size_t *used, struct buf *space)
{
	size_t begun = der_begin(space, DER_SEQUENCE);

	buf_add(space, c->issuer.at, c->issuer.len);
	buf_add(space, c->serial.at, c->serial.len);
	der_end(space, begun);
	if (!space->bad)
		c->signer = keep(c, used,
		    (struct der_view){
			(const uint8_t *)buf_at(space), buf_len(space) });
	buf_consume(space, buf_len(space));
}

static void
make_set(struct certificate *c, size_t *used, struct buf *space)
{
	size_t begun = der_begin(space, DER_SET);
	struct reader r, content;

	for (size_t i = 0; i < c->count; i++)
		buf_add(space, c->chain[i].at, c->chain[i].len);
	der_end_set_of(space, begun);
	reader_init(&r, buf_at(space), buf_len(space));
	content = der_get(&r, DER_SET);
	if (!space->bad && !content.bad)
		c->set = keep(
		    c, used, (struct der_view){ content.at, content.left });
}

/* The DER of all, and what is made of it: 0, or -1. */
static int
fill(struct certificate *c, const struct chain *chain)
{
	size_t used = chain->len;
	struct buf space;
	int rv = -1;

	/* The signer's is shorter than the leaf that its parts are from. */
	buf_init(&space, 2 * chain->len + 16);
	if ((c->data = malloc(3 * chain->len)) == NULL)
		goto out;
	chain_write(chain, c->data, c->chain);
	c->count = chain->count;
	if (find_fields(c) == -1)
		goto out;
	make_signer(c, &used, &space);
	make_set(c, &used, &space);
	if (c->signer.len > 0 && c->set.len == chain->len)
		rv = 0;
out:
	buf_release(&space);
	return rv;
}

struct certificate *
certificate_parse(const char *pem, size_t len, char text[MESSAGE_SIZE])
{
	struct certificate *c = calloc(1, sizeof(*c));
	struct chain chain;

	if (c == NULL) {
		snprintf(text, MESSAGE_SIZE, "no memory");
		return NULL;
	}
	c->refs = 1;
	if (chain_read(&chain, pem, len, text) == -1 ||
	    chain_check(&chain, text) == -1)
		goto fail;
	if (chain_facts(&chain, c) == -1 || fill(c, &chain) == -1) {
		snprintf(text, MESSAGE_SIZE,
		    "the first certificate is not encoded as it should be");
		goto fail;
	}
	chain_release(&chain);
	return c;
fail:
	chain_release(&chain);
	certificate_free(c);
	return NULL;
}

struct certificate *
certificate_ref(struct certificate *c)
{
	if (c != NULL)
		c->refs++;
	return c;
}

void
certificate_free(struct certificate *c)
{
	if (c == NULL || --c->refs > 0)
		return;
	free(c->data);
	free(c);
}

bool
certificate_is_for(const struct certificate *c, const uint8_t *spki, size_t len)
{
	return c->spki.len == len && memcmp(c->spki.at, spki, len) == 0;
}

int
certificate_fits(
    const struct certificate *c, unsigned needs, char text[MESSAGE_SIZE])
{
	const char *why = NULL;

	if ((needs & FORMAT_NEEDS_CERTIFICATE) == 0)
		return 0;
	if (!c->signs)
		why = "its keyUsage lacks digitalSignature";
	else if ((needs & FORMAT_NEEDS_CODE_SIGNING) != 0 && !c->signs_code)
		why = "its extendedKeyUsage lacks codeSigning";
	else if ((needs & FORMAT_NEEDS_TIME_STAMPING) != 0 && !c->stamps_time)
		why = "its extendedKeyUsage must be critical, and timeStamping "
		      "alone";
	if (why == NULL)
		return 0;
	snprintf(text, MESSAGE_SIZE, "%s", why);
	return -1;
}

int
certificate_is_valid(
    const struct certificate *c, int64_t now, char text[MESSAGE_SIZE])
{
	char date[DATE_TEXT];

	if (now < c->not_before) {
		date_text(c->not_before, date);
		snprintf(text, MESSAGE_SIZE,
		    "the certificate is not valid before %s", date);
		return -1;
	}
	if (now > c->not_after) {
		date_text(c->not_after, date);
		snprintf(text, MESSAGE_SIZE,
		    "the certificate was valid until %s", date);
		return -1;
	}
	return 0;
}
