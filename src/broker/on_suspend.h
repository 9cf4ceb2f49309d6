/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What countersignctl suspend and resume ask.  SUSPEND and RESUME come with
 * what, which and why; why may be empty for the second.
 */
#ifndef CS_BROKER_ON_SUSPEND_H
#define CS_BROKER_ON_SUSPEND_H

#include "broker/admin.h"

admin_verb_fn ask_suspend, ask_resume, answer_suspended;

#endif
