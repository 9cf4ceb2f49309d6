/* SPDX-License-Identifier: Apache-2.0 */
#include "format/when.h"

#include <stdio.h>

#include "base/clock.h"

#define YEAR_10000 INT64_C(253402300800)
#define TO_SECONDS 19 /* characters */

int
when_text(int64_t seconds, char ret[static WHEN_SIZE])
{
	char text[CLOCK_TEXT];

	if (seconds < 0 || seconds >= YEAR_10000)
		return -1;
	clock_text((uint64_t)seconds * 1000000, text);
	snprintf(ret, WHEN_SIZE, "%.*sZ", TO_SECONDS, text);
	return 0;
}
