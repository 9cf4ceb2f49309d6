/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/records.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/service.h"
#include "broker/slot.h"
#include "broker/token.h"
#include "support_ends.h"
#include "support_tree.h"

/* The longest that each field can be. */
static char name63[NAME_SIZE], principal[1024], line_name[LINE_NAME_SIZE];
static char rule[RULE_SIZE];
static char folder[64], path[80], host[65];
static const struct record_origin origin = { host, 4194304 };
static struct service service;
static struct session session;
static struct request request;
static struct key key;
static struct slot *slot;
static uint8_t answer[64];

static void
fill(char *text, size_t size, const char *with)
{
	size_t len = strlen(with);

	for (size_t i = 0; i + 1 < size; i++)
		text[i] = with[i % len];
	text[size - 1] = '\0';
}

static void
make_objects(void)
{
	session.service = &service;
	session.from.connection = UINT64_MAX;
	fill(session.from.address, sizeof(session.from.address), "f");
	fill(session.fingerprint, sizeof(session.fingerprint), "x");
	fill(session.user, sizeof(session.user), "\\");
	session.principal = principal;
	request.session = &session;
	request.channel = UINT32_MAX;
	fill(request.profile, sizeof(request.profile), "p");
	request.format = format_by_name("raw-pss");
	request.command.verb = VERB_SIGN;
	fill(request.command.key, sizeof(request.command.key), "k");
	request.key = &key;
	fill(key.name, sizeof(key.name), "k");
	fill(key.fingerprint, sizeof(key.fingerprint), "x");
	key.known = true;
	slot = calloc(1, sizeof(*slot) + LINE_NAME_SIZE);
	slot->request = &request;
	slot->key = &key;
	slot->number = UINT64_MAX;
	slot->timed.token_us = UINT32_MAX;
	slot->hash = HASH_SHA3_512;
	slot->digest_len = 64;
	slot->mech = MECH_RSA_PSS;
	slot->answer = answer;
	slot->answer_len = sizeof(answer);
	slot->name_len = LINE_NAME_SIZE - 1;
	memcpy(slot->name, line_name, LINE_NAME_SIZE);
}

static int
remove_one(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(name);
}

static void
remove_log(const char *name)
{
	nftw(name, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int
set_up(void **state)
{
	struct text_error error;
	struct journal_opened opened;
	struct journal_conf conf = { .file = path, .state_dir = folder };

	(void)state;
	strcpy(folder, "/tmp/countersign-records.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/audit.log", folder);
	fill(host, sizeof(host), "h");
	fill(name63, sizeof(name63), "n");
	/* What takes the most room when it is escaped. */
	fill(principal, sizeof(principal), "\"");
	fill(line_name, sizeof(line_name), "\x01\"]");
	fill(rule, sizeof(rule), "\\");
	memset(&service, 0, sizeof(service));
	memset(&session, 0, sizeof(session));
	memset(&request, 0, sizeof(request));
	memset(&key, 0, sizeof(key));
	service.loop = loop_new();
	service.journal = journal_open(&conf, &origin, &opened, &error);
	assert_non_null(service.journal);
	assert_int_equal(journal_start(service.journal, service.loop, NULL,
			     NULL, service_freed, &service),
	    0);
	make_objects();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	journal_close(service.journal);
	loop_free(service.loop);
	free(slot);
	remove_log(folder);
	return 0;
}

/* How many records were taken in: the next one's number tells. */
static uint64_t
seq(void)
{
	return journal_begin(service.journal, EVENT_TOKEN)->seq - 1;
}

static void
fits_the_longest_signature(void **state)
{
	(void)state;
	request.state = REQUEST_OVER;
	slot->reason = REASON_OK;
	assert_int_equal(record_sign(slot, NULL), 0);
	slot->reason = REASON_AUDIT_UNAVAILABLE;
	assert_int_equal(record_sign(slot, NULL), 0);
}

static void
fits_the_longest_refusal(void **state)
{
	(void)state;
	assert_int_equal(record_deny(&request, slot, REASON_TOO_MANY_LINES,
			     line_name, rule, NULL),
	    0);
	request.key = NULL;
	request.format = NULL;
	fill(request.command.format, sizeof(request.command.format), "f");
	assert_int_equal(record_deny(&request, slot, REASON_TOO_MANY_LINES,
			     line_name, rule, NULL),
	    0);
}

static void
fits_the_longest_login(void **state)
{
	const struct profile profile = { .name = name63 };
	const struct client_key client = { .profile = &profile };
	uint64_t before;

	(void)state;
	session.client = &client;
	assert_int_equal(record_login(&session, NULL), 0);
	session.reason = REASON_BAD_SIGNATURE;
	before = seq();
	record_login_failed(&session);
	assert_int_equal(seq(), before + 1);
}

static void
says_which_rule_decided(void **state)
{
	struct rule where = { NULL, 0 };
	char text[RULE_SIZE];

	(void)state;
	rule_text(&where, text);
	assert_string_equal(text, "");
	where.file = "keys.d/a.conf";
	rule_text(&where, text);
	assert_string_equal(text, "keys.d/a.conf");
	where.line = 7;
	rule_text(&where, text);
	assert_string_equal(text, "keys.d/a.conf:7");
}

static void
has_an_id_that_names_boot_connection_and_channel(void **state)
{
	char id[REQUEST_ID_SIZE];

	(void)state;
	service.boot = 0xabc;
	session.from.connection = 12;
	request.channel = 3;
	request_id(&request, id);
	assert_string_equal(id, "00000abc-12-3");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(fits_the_longest_signature),
		TEST(fits_the_longest_refusal),
		TEST(fits_the_longest_login),
		TEST(says_which_rule_decided),
		TEST(has_an_id_that_names_boot_connection_and_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
