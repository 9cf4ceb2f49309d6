/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/log_verb.h"

#include "broker/request.h"

void
answer_log(struct request *q)
{
	request_fail(q, REASON_TOKEN_UNAVAILABLE, "there is no checkpoint yet");
}
