/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/authorized.h"

#include <string.h>

#include "base/utf8.h"
#include "policy/scope.h"
#include "policy/tenant.h"

#define TYPE_SIZE 80

static void
skip_blanks(const char **at)
{
	while (char_is_blank(**at))
		(*at)++;
}

/* The word at *at, cut to size; moves on to what follows it. */
static size_t
word_take(const char **at, char *ret, size_t size)
{
	size_t len = strcspn(*at, " \t");
	size_t kept = len < size ? len : size - 1;

	memcpy(ret, *at, kept);
	ret[kept] = '\0';
	*at += len;
	skip_blanks(at);
	return len;
}

static int
blob_take(const char **at, const char *type, struct authorized_line *ret,
    struct text_error *reterr)
{
	size_t len = strcspn(*at, " \t");

	if (len == 0)
		return text_fail(
		    reterr, 0, "the key is missing after %s", type);
	if (base64_decode(
		*at, len, ret->blob, sizeof(ret->blob), &ret->blob_len) == -1)
		return text_fail(reterr, 0, "the key is not base64");
	*at += len;
	skip_blanks(at);
	return keyblob_check(type, ret->blob, ret->blob_len, reterr);
}

static int
principal_check(const char *text, struct text_error *reterr)
{
	size_t len = strlen(text), unit;
	uint32_t c;

	if (len == 0)
		return text_fail(reterr, 0,
		    "the comment after the key is missing: it is the "
		    "principal, who the key belongs to");
	if (len > PRINCIPAL_MAX)
		return text_fail(
		    reterr, 0, "the principal is over %d bytes", PRINCIPAL_MAX);
	for (size_t at = 0; at < len; at += unit) {
		unit = utf8_unit(text + at, len - at, &c);
		if (unit == 0 || !utf8_is_printable(c))
			return text_fail(
			    reterr, 0, "the principal must be printable");
	}
	return 0;
}

int
authorized_parse(
    const char *line, struct authorized_line *ret, struct text_error *reterr)
{
	const char *at = line;
	char type[TYPE_SIZE];

	skip_blanks(&at);
	word_take(&at, type, sizeof(type));
	if (!keyblob_is_type(type)) {
		at = line;
		skip_blanks(&at);
		if (key_options_parse(&at, &ret->options, reterr) == -1)
			return -1;
		skip_blanks(&at);
		if (word_take(&at, type, sizeof(type)) == 0)
			return text_fail(
			    reterr, 0, "no key stands after the options");
	} else {
		ret->options.profile[0] = '\0';
	}
	if (keyblob_type(type, reterr) != REASON_OK ||
	    blob_take(&at, type, ret, reterr) == -1)
		return -1;
	if (ret->options.profile[0] == '\0')
		return text_fail(reterr, 0,
		    "the key has no profile=\"NAME\" option, so it may do "
		    "nothing");
	if (principal_check(at, reterr) == -1)
		return -1;
	ret->principal = at;
	return 0;
}

/*
 * A public key is public: no tenant may put it on its own list, and so take
 * it from the tenant that has it, while that one's new files are read.
 */
static bool
is_held(const struct tree *tree, const struct authorized_line *line)
{
	const struct client_key *held;
	const struct tenant *holder;

	if (tree->tenant == NULL || tree->before == NULL)
		return false;
	held = tree_client_by_blob(tree->before, line->blob, line->blob_len);
	if (held == NULL || held->profile->tenant == NULL)
		return false;
	holder = tree_tenant_by_name(tree, held->profile->tenant->name);
	return holder != NULL && !tenant_within(tree->tenant, holder) &&
	    !tenant_within(holder, tree->tenant);
}

/*
 * Whether the key may be added: 1, 0 when it is passed over, -1 with reterr.
 * Among tenants nobody learns more than that the key is somebody's: whose it
 * is and where it stands is the other's business.
 */
static int
check_taken(const struct tree *tree, const struct authorized_line *line,
    struct text_error *reterr)
{
	size_t found =
	    index_find(&tree->client_blobs, line->blob, line->blob_len);
	const struct client_key *first = rows_at(&tree->clients, found);

	if (first != NULL && first->profile->tenant == tree->tenant)
		return text_fail(reterr, 0,
		    "the key is already listed in %s:%u, for %.64s",
		    first->file, first->line, first->principal);
	if (first == NULL && !is_held(tree, line))
		return 1;
	if (tree->replay)
		return 0;
	return text_fail(
	    reterr, 0, "the key is already listed by somebody else");
}

static struct profile *
find_profile(
    const struct tree *tree, const char *name, struct text_error *reterr)
{
	char scoped[NAME_SIZE];
	struct profile *profile = NULL;

	if (scope_name(tree->tenant, name, scoped) == 0)
		profile = tree_find_profile(tree, scoped);
	if (profile == NULL)
		text_fail(reterr, 0, "there is no profile %.64s", name);
	return profile;
}

static int
client_add(struct intake *in, const struct authorized_line *line,
    unsigned number, struct text_error *reterr)
{
	struct tree *tree = in->tree;
	struct client_key client = {
		.blob_len = (uint32_t)line->blob_len,
		.line = number,
		.file = in->file,
		.expiry = line->options.expiry,
	}, *row;
	const char *from = line->options.from;
	int rv;

	if ((rv = check_taken(tree, line, reterr)) < 1)
		return rv;
	client.profile = find_profile(tree, line->options.profile, reterr);
	if (client.profile == NULL)
		return -1;
	if (tree->tenant != NULL &&
	    tree->clients.count - tree->mark.clients >= TENANT_CLIENTS_MAX)
		return text_fail(reterr, 0,
		    "a tenant may not have more than %d client keys",
		    TENANT_CLIENTS_MAX);
	client.blob = (const uint8_t *)arena_text(
	    &tree->arena, line->blob, line->blob_len);
	client.principal =
	    arena_text(&tree->arena, line->principal, strlen(line->principal));
	if (from[0] != '\0')
		client.from = arena_text(&tree->arena, from, strlen(from));
	if (client.blob == NULL || client.principal == NULL ||
	    (from[0] != '\0' && client.from == NULL) ||
	    (row = rows_add(&tree->clients)) == NULL)
		return text_fail(reterr, 0, "out of memory");
	*row = client;
	if (index_add(&tree->client_blobs, tree->clients.count - 1) == -1)
		return text_fail(reterr, 0, "out of memory");
	return 0;
}

static int
line_read(struct intake *in, const char *text, size_t len, unsigned number,
    struct text_error *reterr)
{
	char line[AUTHORIZED_LINE_MAX + 1];
	struct authorized_line parsed;
	const char *at = line;
	uint32_t hidden;

	if (len > AUTHORIZED_LINE_MAX)
		return text_fail(reterr, 0, "the line is over %d bytes",
		    AUTHORIZED_LINE_MAX);
	if (memchr(text, '\0', len) != NULL)
		return text_fail(reterr, 0, "a NUL byte in the line");
	while (len > 0 && char_is_blank(text[len - 1]))
		len--;
	memcpy(line, text, len);
	line[len] = '\0';
	skip_blanks(&at);
	if (*at == '\0' || *at == '#')
		return 0;
	if (!text_is_utf8(line, len))
		return text_fail(reterr, 0, "the line is not UTF-8");
	for (size_t i = 0; i < len; i++)
		if ((line[i] & 0xe0) == 0 && line[i] != '\t')
			return text_fail(
			    reterr, 0, "a control character in the line");
	if ((hidden = utf8_hidden(line, len)) != 0)
		return text_fail(reterr, 0,
		    "a character that is not shown (U+%04X) in the line",
		    (unsigned)hidden);
	if (authorized_parse(line, &parsed, reterr) == -1)
		return -1;
	return client_add(in, &parsed, number, reterr);
}

void
authorized_read(struct intake *in, const char *text, size_t len)
{
	struct text_error error;
	unsigned number = 0;

	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t line = end != NULL ? (size_t)(end - text) : len;
		size_t next = end != NULL ? line + 1 : line;

		number++;
		if (line > 0 && text[line - 1] == '\r')
			line--;
		if (line_read(in, text, line, number, &error) == -1) {
			error.line = number;
			intake_tell(in, &error);
		}
		text += next;
		len -= next;
	}
}
