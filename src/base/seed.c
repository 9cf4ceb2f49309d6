/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seed.h"

#include <pthread.h>
#include <sys/random.h>

#include "base/clock.h"

static uint64_t seed;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
make_seed(void)
{
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = clock_wall_us() ^ clock_mono_us() << 32;
}

uint64_t
seed_get(void)
{
	pthread_once(&once, make_seed);
	return seed;
}
