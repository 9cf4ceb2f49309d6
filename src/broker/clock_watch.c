/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/clock_watch.h"

bool
clock_watch_look(struct clock_watch *watch, uint64_t wall_us, uint64_t mono_us,
    struct clock_step *ret)
{
	int64_t ahead = (int64_t)(wall_us - mono_us);
	int64_t step = ahead - watch->ahead;
	bool stepped =
	    watch->known && (step > CLOCK_STEP_US || step < -CLOCK_STEP_US);

	if (stepped) {
		ret->from = wall_us - (uint64_t)step;
		ret->to = wall_us;
		ret->step = step;
	}
	watch->known = true;
	watch->ahead = ahead;
	return stepped;
}
