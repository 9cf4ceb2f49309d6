/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can happen that leaves a record: DESIGN's MSGIDs.  Words never change
 * once released; those of later capabilities come with them.
 */
#ifndef CS_AUDIT_EVENT_H
#define CS_AUDIT_EVENT_H

#include <stdbool.h>

enum event {
	EVENT_START,
	EVENT_STOP,
	EVENT_RELOAD,
	EVENT_RELOADFAIL,
	EVENT_AUTH,
	EVENT_AUTHFAIL,
	EVENT_SIGN,
	EVENT_DENY,
	EVENT_TOKEN,
	EVENT_LIMIT,
	EVENT_CLOCK,
	EVENT_CHECKPOINT,
	EVENT_SUSPEND,
	EVENT_RESUME,
	EVENT_COUNT,
};

const char *event_word(enum event);
/* Should somebody look?  Then its severity is warning, not info. */
bool event_warns(enum event);

#endif
