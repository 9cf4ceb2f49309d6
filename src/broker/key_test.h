/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What countersignctl test asks: a probe of each generation of a signing key
 * that is in force or to come, one after another.  The argument is the key's
 * name.  Each probe goes on record.
 */
#ifndef CS_BROKER_KEY_TEST_H
#define CS_BROKER_KEY_TEST_H

#include "broker/admin.h"

struct key_test;

admin_verb_fn ask_test;
/* Those that have not ended, when the workers are gone.  Accepts NULL. */
void key_tests_free(struct key_test *);

#endif
