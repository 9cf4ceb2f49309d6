/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reload changed is on record, thing by thing.
 * covers: src/broker/records_reload.c src/broker/records_token.c
 */
#include "broker/teller.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ends.h"

#define MANY 300

static struct ends e;
static int worker = -1;
static char clients[MANY * 200];

static void
put_clients(unsigned count)
{
	static const char head[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";
	uint8_t blob[sizeof(head) - 1 + 32];
	char text[BASE64_SIZE(sizeof(blob))];
	size_t len = 0;

	memcpy(blob, head, sizeof(head) - 1);
	for (unsigned i = 0; i < count; i++) {
		memset(blob + sizeof(head) - 1, (int)(i % 256), 32);
		blob[sizeof(blob) - 1] = (uint8_t)(i / 256);
		base64_encode(blob, sizeof(blob), true, text);
		len += (size_t)snprintf(clients + len, sizeof(clients) - len,
		    "profile=\"ci\" ssh-ed25519 %s host%u\n", text, i);
	}
	clients[len] = '\0';
	ends_put(&e, "authorized_keys.d/many", clients);
}

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	ends_start(&e);
	ends_worker(&e, &worker);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ends_drop(&e);
	if (worker != -1)
		close(worker);
	worker = -1;
	return 0;
}

static void
reload(const char *changes)
{
	struct writer w = ends_writer(&e);

	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
	ends_await_record(&e, "RELOAD", changes);
}

static unsigned
count(const char *records, const char *what)
{
	unsigned found = 0;

	while ((records = strstr(records, what)) != NULL) {
		records += strlen(what);
		found++;
	}
	return found;
}

static void
records_every_client_key_that_came_and_went(void **state)
{
	char *records;

	(void)state;
	put_clients(MANY);
	reload("changes=\"300\"");
	ends_await_record(&e, "RELOAD", "principal=\"host299\"");
	put_clients(1);
	reload("changes=\"299\"");
	ends_await_record(&e, "RELOAD",
	    "what=\"lost\" object=\"client\" "
	    "profile=\"ci\" principal=\"host299\"");
	records = ends_records(&e);
	assert_int_equal(
	    count(records, "what=\"gained\" object=\"client\""), MANY);
	assert_int_equal(
	    count(records, "what=\"lost\" object=\"client\""), MANY - 1);
	assert_int_equal(
	    count(records, "rule=\"authorized_keys.d/many:300\""), 2);
	free(records);
}

static void
records_which_words_changed_and_what_was_before(void **state)
{
	char *records, tree[80];
	const char *start;

	(void)state;
	ends_await_record(&e, "START", " tree=");
	records = ends_records(&e);
	start = strstr(records, " tree=\"");
	assert_non_null(start);
	snprintf(tree, sizeof(tree), "before=\"%.64s\"", start + 7);
	free(records);
	ends_put(&e, "profiles.d/p.conf",
	    "[profile ci]\nkeys = release\nmax-lines = 7\n");
	reload(tree);
	ends_await_record(
	    &e, "RELOAD", "what=\"changed\" object=\"profile\" of=\"ci\"");
	records = ends_records(&e);
	assert_non_null(strstr(records, "max-lines"));
	assert_non_null(strstr(records, "rule=\"profiles.d/p.conf:1\""));
	free(records);
	reload("changes=\"0\"");
}

static void
records_what_an_auditor_asks_of_a_key(void **state)
{
	char *records;

	(void)state;
	ends_token_state(&e, worker, REASON_OK);
	ends_facts(&e, worker, REASON_OK);
	ends_await_record(&e, "TOKEN", "what=\"key\"");
	records = ends_records(&e);
	assert_non_null(ends_record(records, "TOKEN", "module=\"/"));
	assert_non_null(ends_record(
	    records, "TOKEN", "attributes=\"sensitive never-extractable\""));
	assert_non_null(ends_record(records, "TOKEN", "use=\"raw\""));
	assert_non_null(
	    ends_record(records, "TOKEN", "object=\"pkcs11:object="));
	free(records);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    records_every_client_key_that_came_and_went, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    records_which_words_changed_and_what_was_before, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    records_what_an_auditor_asks_of_a_key, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
