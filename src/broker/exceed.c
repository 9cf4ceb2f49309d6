/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/exceed.h"

#include <string.h>

#include "base/log.h"
#include "broker/request.h"
#include "broker/service.h"
#include "broker/suspend.h"

/* What says when to try again is no reason any more. */
static void
copy_reason(char ret[SUSPENSION_TEXT], const char *why)
{
	const char *end = strchr(why, ';');
	size_t len = end != NULL ? (size_t)(end - why) : strlen(why);

	if (len >= SUSPENSION_TEXT)
		len = SUSPENSION_TEXT - 1;
	memcpy(ret, why, len);
	ret[len] = '\0';
}

void
exceed_suspend(const struct request *q, const struct verdict *why)
{
	const struct session *s = q->session;
	struct suspension what = {
		.subject = SUBJECT_CLIENT,
		.by = "on-exceed",
		.since = service_now(),
	};

	if (suspensions_find(s->service->suspensions, SUBJECT_CLIENT,
		s->fingerprint) != NULL)
		return;
	text_copy(what.name, sizeof(what.name), s->fingerprint);
	copy_reason(what.text, why->text);
	if (suspend_now(s->service, &what, &why->rule, 0) == -1)
		log_warn(
		    "%s could not be suspended: no memory", s->fingerprint);
}
