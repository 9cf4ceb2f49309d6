/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The VmFlags of the mapping that begins at p, as the kernel tells them. */
static bool
has_flag(const void *p, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512];
	bool here = false, found = false;
	uintptr_t start, end;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &start, &end) == 2)
			here = start <= (uintptr_t)p && (uintptr_t)p < end;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	fclose(f);
	return found;
}

static void
is_zeroed_and_usable_to_the_last_byte(void **state)
{
	static const uint8_t zeros[5000];
	uint8_t *p = secret_new(sizeof(zeros), NULL);

	(void)state;
	assert_non_null(p);
	assert_memory_equal(p, zeros, sizeof(zeros));
	p[0] = p[sizeof(zeros) - 1] = 1;
	secret_free(p, sizeof(zeros));
}

static void
stays_out_of_core_dumps(void **state)
{
	void *p = secret_new(16, NULL);

	(void)state;
	assert_true(has_flag(p, " dd"));
	secret_free(p, 16);
}

static void
is_locked_when_it_says_so(void **state)
{
	int locked = -1;
	void *p = secret_new(16, &locked);

	(void)state;
	assert_true(locked == 0 || locked == 1);
	/* A sanitizer turns mlock into nothing that succeeds. */
#ifndef __SANITIZE_ADDRESS__
	assert_int_equal(has_flag(p, " lo"), locked);
#endif
	secret_free(p, 16);
}

static void
a_forked_child_sees_zeros(void **state)
{
	char *p = secret_new(16, NULL);
	int status;
	pid_t child;

	(void)state;
	memcpy(p, "1234", 4);
	if ((child = fork()) == 0)
		_exit(p[0] == 0 && p[3] == 0 ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_memory_equal(p, "1234", 4);
	secret_free(p, 16);
}

static void
refuses_sizes_that_overflow(void **state)
{
	(void)state;
	assert_null(secret_new(SIZE_MAX, NULL));
	assert_null(secret_new(SIZE_MAX / 2, NULL));
}

static void
nothing_can_be_freed(void **state)
{
	void *p = secret_new(0, NULL);

	(void)state;
	assert_non_null(p);
	secret_free(p, 0);
	secret_free(NULL, 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_zeroed_and_usable_to_the_last_byte),
		cmocka_unit_test(stays_out_of_core_dumps),
		cmocka_unit_test(is_locked_when_it_says_so),
		cmocka_unit_test(a_forked_child_sees_zeros),
		cmocka_unit_test(refuses_sizes_that_overflow),
		cmocka_unit_test(nothing_can_be_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
