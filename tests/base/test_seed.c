/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The seed of another process, which never asked before. */
static uint64_t
seed_of_child(void)
{
	uint64_t seed = 0;
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	if ((pid = fork()) == 0) {
		seed = seed_get();
		_exit(write(ends[1], &seed, sizeof(seed)) != sizeof(seed));
	}
	assert_int_equal(read(ends[0], &seed, sizeof(seed)), sizeof(seed));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(ends[0]);
	close(ends[1]);
	return seed;
}

static void
each_process_has_its_own_and_keeps_it(void **state)
{
	uint64_t one = seed_of_child(), two = seed_of_child();

	(void)state;
	assert_true(one != two);
	assert_true(seed_get() == seed_get());
	assert_true(seed_get() != one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_process_has_its_own_and_keeps_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
