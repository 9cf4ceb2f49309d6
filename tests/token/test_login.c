/* SPDX-License-Identifier: Apache-2.0 */
#include "support_service.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void
write_pin(const char *text, mode_t mode)
{
	const char *path = place_path("other-pin");
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

/* What one worker makes of a setup: it must not stay. */
static struct token_state
failed_start(const struct token_setup *setup, const struct worker_start *start)
{
	struct worker worker;
	struct service s;

	service_start(&s, setup, -1);
	worker_begin(&s, start, &worker);
	assert_int_equal(worker_end(&s, &worker), W_EXITCODE(1, 0));
	assert_int_equal(service_stop(&s), 0);
	return worker.state;
}

static const struct worker_start first = { .worker = 1, .token = "demo" };

static void
tries_a_wrong_pin_once(void **state)
{
	struct token_setup setup = setup_with_shim();
	struct worker_start again = first;
	struct token_state said;

	(void)state;
	place_fault(NULL);
	place_told("");
	strcpy(setup.pin_file, place_path("other-pin"));
	write_pin("not-the-pin\n", 0600);
	said = failed_start(&setup, &first);
	assert_int_equal(said.reason, REASON_TOKEN_PIN);
	assert_non_null(strstr(said.text, "C_Login: CKR_PIN_INCORRECT"));
	assert_non_null(strstr(said.text, setup.pin_file));
	assert_null(strstr(said.text, "not-the-pin"));
	assert_int_equal(said.stamp_len, WIRE_STAMP);
	assert_int_equal(place_told("C_Login"), 1);

	/* The same file again: nothing reaches the token. */
	memcpy(again.refused, said.stamp, said.stamp_len);
	again.refused_len = said.stamp_len;
	said = failed_start(&setup, &again);
	assert_int_equal(said.reason, REASON_TOKEN_PIN);
	assert_non_null(strstr(said.text, "refused before"));
	assert_int_equal(place_told("C_Login"), 0);

	/* The admin wrote another one. */
	write_pin("still-not-the-pin\n", 0600);
	said = failed_start(&setup, &again);
	assert_int_equal(said.reason, REASON_TOKEN_PIN);
	assert_int_equal(place_told("C_Login"), 1);
}

static void
does_not_try_a_pin_that_could_lock_the_token(void **state)
{
	static const char *const words[][2] = {
		{ "C_GetTokenInfo=locked", "the PIN is locked" },
		{ "C_GetTokenInfo=final", "the PIN has one try left" },
	};
	struct token_setup setup = setup_with_shim();
	struct token_state said;

	(void)state;
	place_told("");
	for (size_t i = 0; i < 2; i++) {
		place_fault(words[i][0]);
		said = failed_start(&setup, &first);
		assert_int_equal(said.reason, REASON_TOKEN_PIN);
		assert_non_null(strstr(said.text, words[i][1]));
		assert_int_equal(place_told("C_Login"), 0);
	}
}

static void
refuses_a_pin_file_that_is_not_a_secret(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *said;
	} cases[] = {
		{ "1234\n", 0640, "closed to group and others" },
		{ "1234\n", 0604, "closed to group and others" },
		{ "", 0600, "is empty" },
		{ "\n", 0600, "is empty" },
		{ "12\n34\n", 0600, "more than one line" },
	};
	struct token_setup setup = setup_with_shim();
	struct token_state said;

	(void)state;
	place_fault(NULL);
	strcpy(setup.pin_file, place_path("other-pin"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_pin(cases[i].text, cases[i].mode);
		said = failed_start(&setup, &first);
		assert_int_equal(said.reason, REASON_TOKEN_UNAVAILABLE);
		assert_non_null(strstr(said.text, cases[i].said));
	}
	unlink(setup.pin_file);
	assert_int_equal(symlink("pin", setup.pin_file), 0);
	said = failed_start(&setup, &first);
	assert_int_equal(said.reason, REASON_TOKEN_UNAVAILABLE);
	unlink(setup.pin_file);
	said = failed_start(&setup, &first);
	assert_non_null(strstr(said.text, "No such file"));
}

static void
says_which_token_or_module_is_missing(void **state)
{
	struct token_setup setup = setup_plain();
	struct token_state said;

	(void)state;
	strcpy(setup.label, "nobody");
	said = failed_start(&setup, &first);
	assert_int_equal(said.reason, REASON_TOKEN_UNAVAILABLE);
	assert_non_null(strstr(said.text, "has no token \"nobody\""));
	strcpy(setup.label, LABEL);
	strcpy(setup.serial, "0123456789abcdef");
	said = failed_start(&setup, &first);
	assert_int_equal(said.reason, REASON_TOKEN_UNAVAILABLE);
	assert_non_null(strstr(said.text, "with serial 0123456789abcdef"));
	strcpy(setup.module, "/nonexistent.so");
	said = failed_start(&setup, &first);
	assert_int_equal(said.reason, REASON_TOKEN_UNAVAILABLE);
	assert_non_null(strstr(said.text, "/nonexistent.so"));
	strcpy(setup.module, "/usr/lib/x86_64-linux-gnu/libz.so.1");
	said = failed_start(&setup, &first);
	assert_int_equal(said.reason, REASON_TOKEN_UNAVAILABLE);
}

static void
an_error_at_login_is_not_the_pins_fault(void **state)
{
	struct token_setup setup = setup_with_shim();
	struct token_state said;

	(void)state;
	place_fault("C_Login=rv:0x30");
	said = failed_start(&setup, &first);
	assert_int_equal(said.reason, REASON_TOKEN_FAILED);
	assert_string_equal(said.text, "C_Login: CKR_DEVICE_ERROR");
	place_fault("C_OpenSession=rv:0xe0");
	said = failed_start(&setup, &first);
	assert_int_equal(said.reason, REASON_TOKEN_FAILED);
	assert_string_equal(said.text, "C_OpenSession: CKR_TOKEN_NOT_PRESENT");
}

static void
tells_two_tokens_of_one_label_apart_by_serial(void **state)
{
	struct token_setup setup = setup_with_shim();
	struct token_state said;
	struct worker worker;
	struct service s;

	(void)state;
	assert_int_equal(place_ctl("init", "--module", SOFTHSM, "--label",
			     "second", "--pin-file", place_path("pin"),
			     "--so-pin-file", place_path("so-pin"), NULL),
	    0);
	place_fault(NULL);
	service_start(&s, &setup, -1);
	worker_ready(&s, &worker);
	close(worker.channel);
	service_stop(&s);

	place_fault("C_GetTokenInfo=label:" LABEL);
	said = failed_start(&setup, &first);
	assert_int_equal(said.reason, REASON_TOKEN_UNAVAILABLE);
	assert_non_null(strstr(said.text, "two tokens are called"));

	strcpy(setup.serial, worker.state.serial);
	service_start(&s, &setup, -1);
	worker_ready(&s, &worker);
	assert_string_equal(worker.state.serial, setup.serial);
	worker_key(&worker, 1, "pkcs11:object=p256");
	close(worker.channel);
	service_stop(&s);
}

/* A hang is the broker's to notice; the keeper kills what it is told to. */
static void
a_login_that_hangs_can_be_killed(void **state)
{
	struct token_setup setup = setup_with_shim();
	struct worker worker = { .number = 1 };
	uint8_t space[256], message[CHANNEL_MAX];
	struct service s;
	struct reader r;
	struct writer w;
	char told[64];
	size_t nfds;

	(void)state;
	place_told("");
	place_fault("C_Login=hang");
	service_start(&s, &setup, -1);
	writer_init(&w, space, sizeof(space));
	worker_start_put(&w, &first);
	channel_send(s.broker, space, w.used);
	assert_int_equal(channel_wait(s.broker, 10000), 1);
	assert_int_equal(
	    channel_recv_fds(s.broker, message, &r, &worker.channel, 1, &nfds),
	    CHANNEL_OK);
	place_next(told, sizeof(told));
	assert_string_equal(told, "C_Login");
	worker_kill(&s, &worker);
	assert_int_equal(worker_end(&s, &worker), SIGKILL);
	/* A second order for it finds nobody, and harms nobody. */
	worker_kill(&s, &worker);
	place_fault(NULL);
	s.workers = 1;
	worker_ready(&s, &worker);
	close(worker.channel);
	assert_int_equal(service_stop(&s), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_a_wrong_pin_once),
		cmocka_unit_test(does_not_try_a_pin_that_could_lock_the_token),
		cmocka_unit_test(refuses_a_pin_file_that_is_not_a_secret),
		cmocka_unit_test(says_which_token_or_module_is_missing),
		cmocka_unit_test(an_error_at_login_is_not_the_pins_fault),
		cmocka_unit_test(tells_two_tokens_of_one_label_apart_by_serial),
		cmocka_unit_test(a_login_that_hangs_can_be_killed),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
