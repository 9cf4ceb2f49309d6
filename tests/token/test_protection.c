/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/token/jail.c */
/*
 * What the jail keeps a module from.  Sanitizers need calls that it forbids,
 * so that these tests run in other builds only (tests/hostile/token.sh).
 */
#include "support_service.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
#define JAILED false
#else
#define JAILED true
#endif

#define KILLS 200

static void
add_file(EVP_MD_CTX *ctx, const char *dir, const char *name)
{
	char path[1024], data[16384];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	EVP_DigestUpdate(ctx, name, strlen(name));
	while ((len = read(fd, data, sizeof(data))) > 0)
		EVP_DigestUpdate(ctx, data, (size_t)len);
	close(fd);
}

/* One digest over all files of the token, in the order of their names. */
static void
fingerprint(uint8_t ret[static 32])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct dirent **tokens, **files;
	char dir[1024];
	int ntokens, nfiles;

	EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	ntokens = scandir(place_path("tokens"), &tokens, NULL, alphasort);
	assert_true(ntokens > 2);
	for (int i = 0; i < ntokens; i++) {
		snprintf(dir, sizeof(dir), "%s/%s", place_path("tokens"),
		    tokens[i]->d_name);
		free(tokens[i]);
		if (strchr(dir + strlen(place.dir), '.') != NULL)
			continue;
		nfiles = scandir(dir, &files, NULL, alphasort);
		for (int j = 0; j < nfiles; j++) {
			add_file(ctx, dir, files[j]->d_name);
			free(files[j]);
		}
		free(files);
	}
	free(tokens);
	EVP_DigestFinal_ex(ctx, ret, NULL);
	EVP_MD_CTX_free(ctx);
}

static void
a_module_can_only_read_and_sign(void **state)
{
	struct token_setup setup = setup_with_shim();
	struct worker worker;
	struct service s;
	char told[256];

	(void)state;
	if (!JAILED)
		skip();
	place_fault("C_Login=probe");
	place_told("");
	service_start(&s, &setup, -1);
	worker_ready(&s, &worker);
	place_next(told, sizeof(told));
	assert_string_equal(told, "C_Login");
	place_next(told, sizeof(told));
	assert_string_equal(told,
	    "inet=EPERM write=EACCES run=EPERM fork=ENOSYS "
	    "smc=EPERM kill=EPERM read=done");
	close(worker.channel);
	service_stop(&s);
}

static void
a_module_may_have_the_network_and_nothing_else(void **state)
{
	struct token_setup setup = setup_with_shim();
	struct worker worker;
	struct service s;
	char told[256];

	(void)state;
	if (!JAILED)
		skip();
	setup.network = true;
	place_fault("C_Login=probe");
	place_told("");
	service_start(&s, &setup, -1);
	worker_ready(&s, &worker);
	place_next(told, sizeof(told));
	place_next(told, sizeof(told));
	assert_string_equal(told,
	    "inet=done write=EACCES run=EPERM fork=ENOSYS "
	    "smc=done kill=EPERM read=done");
	close(worker.channel);
	service_stop(&s);
}

/* Everything up to a signature leaves a writable token as it was. */
static void
a_token_is_not_changed_by_its_use(void **state)
{
	struct token_setup setup = setup_plain();
	uint8_t before[32], after[32];
	struct worker worker;
	struct service s;

	(void)state;
	if (!JAILED)
		skip();
	fingerprint(before);
	service_start(&s, &setup, -1);
	worker_ready(&s, &worker);
	worker_key(&worker, 1, "pkcs11:object=p256");
	worker_job(&worker, 1, 1, MECH_ECDSA, HASH_SHA256);
	assert_int_equal(worker_result(&worker).reason, REASON_OK);
	close(worker.channel);
	service_stop(&s);
	fingerprint(after);
	assert_memory_equal(before, after, sizeof(before));
}

/* Starts a worker and kills it somewhere between exec and login. */
static void
kill_one(struct service *s, uint32_t number, long delay_us)
{
	struct worker_start start = { .worker = number, .token = "demo" };
	struct timespec delay = { .tv_nsec = delay_us * 1000 };
	uint8_t space[256], message[CHANNEL_MAX];
	struct worker worker = { .number = number };
	struct reader r;
	struct writer w;
	size_t nfds;

	writer_init(&w, space, sizeof(space));
	worker_start_put(&w, &start);
	channel_send(s->broker, space, w.used);
	assert_int_equal(channel_wait(s->broker, 10000), 1);
	assert_int_equal(
	    channel_recv_fds(s->broker, message, &r, &worker.channel, 1, &nfds),
	    CHANNEL_OK);
	nanosleep(&delay, NULL);
	worker_kill(s, &worker);
	assert_int_equal(worker_end(s, &worker), SIGKILL);
}

/* Without the jail a token of SoftHSM 2.6 is lost after a score of these. */
static void
a_token_survives_workers_that_are_killed(void **state)
{
	struct token_setup setup = setup_plain();
	struct worker worker;
	struct service s;

	(void)state;
	if (!JAILED)
		skip();
	service_start(&s, &setup, -1);
	for (uint32_t i = 0; i < KILLS; i++)
		kill_one(&s, i + 1, (long)(i % 100) * 100);
	s.workers = KILLS;
	worker_ready(&s, &worker);
	worker_key(&worker, 1, "pkcs11:object=rsa3072");
	worker_job(&worker, 1, 1, MECH_RSA_PSS, HASH_SHA256);
	assert_int_equal(worker_result(&worker).reason, REASON_OK);
	close(worker.channel);
	service_stop(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_can_only_read_and_sign),
		cmocka_unit_test(
		    a_module_may_have_the_network_and_nothing_else),
		cmocka_unit_test(a_token_is_not_changed_by_its_use),
		cmocka_unit_test(a_token_survives_workers_that_are_killed),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
