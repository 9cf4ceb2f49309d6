/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/listen.c src/policy/section.c src/policy/value.c */
#include "policy/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_tree.h"

static struct tree *
tree_with(const char *server)
{
	const struct texts texts = { .server = server };

	return good_tree(&texts);
}

static void
assert_refused(const char *server, const char *line)
{
	const struct texts texts = { .server = server };

	assert_told(&texts, line);
}

static void
is_complete_when_nothing_is_said(void **state)
{
	struct tree *tree = tree_with("");
	const struct server_conf *s = tree_server(tree);

	(void)state;
	assert_int_equal(s->listens, 2);
	assert_string_equal(s->listen[0].host, "0.0.0.0");
	assert_int_equal(s->listen[0].port, 2222);
	assert_string_equal(s->listen[1].host, "::");
	assert_string_equal(s->user, "sign");
	assert_string_equal(s->host_key, "/etc/cs/ssh_host_ed25519_key");
	assert_string_equal(s->state_dir, "/var/lib/countersign");
	assert_string_equal(s->run_dir, "/run/countersign");
	assert_string_equal(s->net_user, "_countersign-net");
	assert_string_equal(s->broker_user, "_countersign");
	assert_string_equal(s->token_user, "_countersign-token");
	assert_string_equal(s->lists_user, "_countersign-lists");
	assert_string_equal(s->audit_file, "/var/log/countersign/audit.log");
	assert_int_equal(s->connections, 1000);
	assert_int_equal(s->connections_per_address, 500);
	assert_int_equal(s->unauthenticated, 100);
	assert_int_equal(s->channels, 64);
	assert_int_equal(s->login_grace, 30);
	assert_int_equal(s->idle_timeout, 600);
	assert_int_equal(s->drain_timeout, 30);
	assert_int_equal(s->digests_timeout, 10);
	assert_int_equal(s->rekey_kib, 0);
	assert_int_equal(s->rekey_interval, 0);
	tree_free(tree);
}

static void
takes_every_word(void **state)
{
	struct tree *tree = tree_with("[server]\n"
				      "listen = 127.0.0.1:0, [::1]:22\n"
				      "user = git\n"
				      "host-key = keys/host\n"
				      "state-dir = state\n"
				      "run-dir = /run/x\n"
				      "net-user = a\n"
				      "broker-user = b\n"
				      "token-user = _c-d.e\n"
				      "lists-user = d\n"
				      "[limits]\n"
				      "connections = 1\n"
				      "connections-per-address = 2\n"
				      "unauthenticated = 3\n"
				      "channels = 4\n"
				      "login-grace = 5\n"
				      "idle-timeout = 6m\n"
				      "drain-timeout = 7s\n"
				      "digests-timeout = 8s\n"
				      "rekey-data = 512M\n"
				      "rekey-interval = 1h\n"
				      "[audit]\n"
				      "file = log/audit\n");
	const struct server_conf *s = tree_server(tree);

	(void)state;
	assert_int_equal(s->listens, 2);
	assert_string_equal(s->listen[0].host, "127.0.0.1");
	assert_int_equal(s->listen[0].port, 0);
	assert_string_equal(s->listen[1].host, "::1");
	assert_int_equal(s->listen[1].port, 22);
	assert_string_equal(s->user, "git");
	assert_string_equal(s->host_key, "/etc/cs/keys/host");
	assert_string_equal(s->state_dir, "/etc/cs/state");
	assert_string_equal(s->run_dir, "/run/x");
	assert_string_equal(s->token_user, "_c-d.e");
	assert_string_equal(s->lists_user, "d");
	assert_int_equal(s->idle_timeout, 360);
	assert_int_equal(s->drain_timeout, 7);
	assert_int_equal(s->digests_timeout, 8);
	assert_int_equal(s->rekey_kib, 512 * 1024);
	assert_int_equal(s->rekey_interval, 3600);
	assert_string_equal(s->audit_file, "/etc/cs/log/audit");
	tree_free(tree);
}

static void
reads_sizes_as_sshd_config_does(void **state)
{
	static const struct {
		const char *size;
		uint32_t kib;
	} sizes[] = { { "64K", 64 }, { "64k", 64 }, { "1G", 1 << 20 },
		{ "1g", 1 << 20 }, { "0", 0 }, { "default", 0 }, { "1", 1 },
		{ "1025", 2 }, { "1024G", 1u << 30 } };
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct tree *tree;

		snprintf(text, sizeof(text), "[limits]\nrekey-data = %s\n",
		    sizes[i].size);
		tree = tree_with(text);
		assert_int_equal(tree_server(tree)->rekey_kib, sizes[i].kib);
		tree_free(tree);
	}
}

static void
refuses_sizes_that_are_none(void **state)
{
	static const char *const bad[] = { "1T", "M", "-1", "1.5G", "1025G",
		"1 G", "99999999999999999999999", "0x10" };
	char text[128], line[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(
		    text, sizeof(text), "[limits]\nrekey-data = %s\n", bad[i]);
		snprintf(line, sizeof(line),
		    "countersign.conf:2: rekey-data must be a size such as "
		    "512M or 1G (at most 1024G), 0 or default, not \"%s\"",
		    bad[i]);
		assert_refused(text, line);
	}
}

static void
refuses_addresses_without_a_port_or_brackets(void **state)
{
	static const char *const bad[] = { "127.0.0.1", "::1:22", "[::1]",
		"[::1:22", "localhost:22", "127.0.0.1:65536", "127.0.0.1:-1",
		"127.0.0.1:", ":22", "*:22", "[127.0.0.1]:22", "[]:22",
		"[fe80::1%eth0]:22", "[::ffff:127.0.0.1]:22", "127.1:22" };
	char text[128], line[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "[server]\nlisten = %s\n", bad[i]);
		snprintf(line, sizeof(line),
		    "countersign.conf:2: \"%s\" is not an address with a port: "
		    "write 127.0.0.1:2222 or [::1]:2222",
		    bad[i]);
		assert_refused(text, line);
	}
}

static void
refuses_an_address_given_twice(void **state)
{
	(void)state;
	assert_refused("[server]\nlisten = 127.0.0.1:22 127.0.0.1:22\n",
	    "countersign.conf:2: \"127.0.0.1:22\" is given twice");
	assert_refused("[server]\nlisten = [::1]:22 [0::1]:22\n",
	    "countersign.conf:2: [0::1]:22 is given twice");
}

static void
refuses_more_addresses_than_it_can_hold(void **state)
{
	char text[512] = "[server]\nlisten =";

	(void)state;
	for (unsigned i = 0; i <= LISTEN_MAX; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    " 127.0.0.1:%u", i + 1);
	assert_refused(text, "countersign.conf:2: over 16 addresses");
}

static void
refuses_users_that_cannot_be(void **state)
{
	(void)state;
	assert_refused("[server]\nuser = a b\n",
	    "countersign.conf:2: user: \"a b\" is not a user's name");
	assert_refused("[server]\nnet-user = -a\n",
	    "countersign.conf:2: net-user: \"-a\" is not a user's name");
	assert_refused("[server]\nuser = abcdefghijklmnopqrstuvwxyzabcdefg\n",
	    "countersign.conf:2: user: \"abcdefghijklmnopqrstuvwxyzabcdefg\" "
	    "is not a user's name");
}

static void
refuses_limits_out_of_range(void **state)
{
	(void)state;
	assert_refused("[limits]\nconnections = 0\n",
	    "countersign.conf:2: connections must be a number from 1 to "
	    "100000, not \"0\"");
	assert_refused("[limits]\nchannels = 1001\n",
	    "countersign.conf:2: channels must be a number from 1 to 1000, "
	    "not \"1001\"");
	assert_refused("[limits]\nchannels = many\n",
	    "countersign.conf:2: channels must be a number from 1 to 1000, "
	    "not \"many\"");
	assert_refused("[limits]\nlogin-grace = 0\n",
	    "countersign.conf:2: login-grace must be a time such as 30s, 10m, "
	    "2h or 1d, from 1s to 3600s, not \"0\"");
	assert_refused("[limits]\nidle-timeout = 10 m\n",
	    "countersign.conf:2: idle-timeout must be a time such as 30s, "
	    "10m, 2h or 1d, from 1s to 2592000s, not \"10 m\"");
}

static uint32_t
canary(const char *words)
{
	struct tree *tree = good_tree(&(struct texts){ .server = words });
	uint32_t ret = tree_server(tree)->canary;

	tree_free(tree);
	return ret;
}

static void
reads_how_often_keys_are_tried(void **state)
{
	(void)state;
	assert_int_equal(canary(""), 3600);
	assert_int_equal(canary("[limits]\ncanary = 1s\n"), 1);
	assert_int_equal(canary("[limits]\ncanary = 30d\n"), 2592000);
	assert_int_equal(canary("[limits]\ncanary = never\n"), 0);
	assert_refused("[limits]\ncanary = 0\n",
	    "countersign.conf:2: canary must be a time such as 30s, 10m, 2h "
	    "or 1d, from 1s to 2592000s, not \"0\"");
	assert_refused("[limits]\ncanary = none\n",
	    "countersign.conf:2: canary must be a time such as 30s, 10m, 2h "
	    "or 1d, from 1s to 2592000s, not \"none\"");
	assert_refused("[limits]\ncanary = 31d\n",
	    "countersign.conf:2: canary must be a time such as 30s, 10m, 2h "
	    "or 1d, from 1s to 2592000s, not \"31d\"");
}

static void
reads_how_the_log_is_kept(void **state)
{
	struct tree *tree = good_tree(&(struct texts){
	    .server = "[audit]\norigin = signer1.example.org/cs\n"
		      "checkpoint-records = 7\ncheckpoint-interval = 2m\n"
		      "rotate-size = 4096\nrotate-age = none\n"
		      "compress-after = 0\nwarn-free = 1G\n" });
	const struct server_conf *s = tree_server(tree);

	(void)state;
	assert_string_equal(s->audit_origin, "signer1.example.org/cs");
	assert_int_equal(s->checkpoint_records, 7);
	assert_int_equal(s->checkpoint_interval, 120);
	assert_int_equal(s->rotate_size, 4096);
	assert_int_equal(s->rotate_age, 0);
	assert_int_equal(s->compress_after, 0);
	assert_int_equal(s->warn_free, 1 << 30);
	tree_free(tree);
	tree = good_tree(&(struct texts){
	    .server = "[audit]\ncompress-after = never\nrotate-size = none\n"
		      "warn-free = none\n" });
	s = tree_server(tree);
	assert_int_equal(s->compress_after, COMPRESS_NEVER);
	assert_int_equal(s->rotate_size, 0);
	assert_int_equal(s->warn_free, 0);
	assert_int_equal(s->rotate_age, 86400);
	assert_null(s->audit_origin);
	tree_free(tree);
}

static void
refuses_a_log_that_cannot_be(void **state)
{
	(void)state;
	assert_refused("[audit]\norigin = a b\n",
	    "countersign.conf:2: origin must be such as "
	    "signer1.example.org/countersign: 1 to 64 characters, none of "
	    "them a blank or +\"\\]");
	assert_refused("[audit]\norigin = a+b\n",
	    "countersign.conf:2: origin must be such as "
	    "signer1.example.org/countersign: 1 to 64 characters, none of "
	    "them a blank or +\"\\]");
	assert_refused("[audit]\nrotate-size = 4095\n",
	    "countersign.conf:2: rotate-size must be a size such as 512M or "
	    "1G, at least 4096 bytes, or none, not \"4095\"");
	assert_refused("[audit]\nrotate-size = 1Q\n",
	    "countersign.conf:2: rotate-size must be a size such as 512M or "
	    "1G, at least 4096 bytes, or none, not \"1Q\"");
	assert_refused("[audit]\ncheckpoint-records = 0\n",
	    "countersign.conf:2: checkpoint-records must be a number from 1 "
	    "to 1000000, not \"0\"");
}

static void
refuses_unknown_sections_and_words(void **state)
{
	(void)state;
	assert_refused("[sever]\nuser = a\n",
	    "countersign.conf:1: unknown section [sever]; known here: server, "
	    "limits, audit");
	assert_refused("[server x]\n",
	    "countersign.conf:1: section [server] takes no name");
	assert_refused("[token a]\nuser = a\n",
	    "countersign.conf:1: section [token] belongs in tokens.d");
	assert_refused("[audit]\npath = a\n",
	    "countersign.conf:2: unknown word path; known: file, origin, "
	    "checkpoint-records, checkpoint-interval, rotate-size, "
	    "rotate-age, compress-after, warn-free");
	assert_refused("[server]\nhost_key = a\n",
	    "countersign.conf:2: unknown word host_key; known: listen, user, "
	    "host-key, state-dir, run-dir, net-user, broker-user, token-user, "
	    "lists-user");
}

static void
refuses_a_path_without_end(void **state)
{
	char text[1200] = "[audit]\nfile = /";

	(void)state;
	memset(text + strlen(text), 'a', 1100);
	assert_refused(text, "countersign.conf:2: the path is over 1023 bytes");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_complete_when_nothing_is_said),
		cmocka_unit_test(takes_every_word),
		cmocka_unit_test(reads_sizes_as_sshd_config_does),
		cmocka_unit_test(refuses_sizes_that_are_none),
		cmocka_unit_test(refuses_addresses_without_a_port_or_brackets),
		cmocka_unit_test(refuses_an_address_given_twice),
		cmocka_unit_test(refuses_more_addresses_than_it_can_hold),
		cmocka_unit_test(refuses_users_that_cannot_be),
		cmocka_unit_test(refuses_limits_out_of_range),
		cmocka_unit_test(reads_how_often_keys_are_tried),
		cmocka_unit_test(reads_how_the_log_is_kept),
		cmocka_unit_test(refuses_a_log_that_cannot_be),
		cmocka_unit_test(refuses_unknown_sections_and_words),
		cmocka_unit_test(refuses_a_path_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
