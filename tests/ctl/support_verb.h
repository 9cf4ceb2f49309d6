/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of countersignctl on a small tree in a folder of its own, which is
 * the working directory meanwhile.
 */
#ifndef CS_TESTS_CTL_SUPPORT_VERB_H
#define CS_TESTS_CTL_SUPPORT_VERB_H

#include "ctl/verb.h"

/* The client key of the tree, and another one. */
#define VERB_KEY       \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIBm/RAlphM3+hUG6wWfcO5bIUIaqMLa2ywxcOK1wMWbh"
#define VERB_OTHER_KEY \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIIfrl98NaCitwc+gQ2PtkPqjPixgfMU1nVfGcJqth/HF"
#define VERB_PRINT "SHA256:ebCT4wkJOqO5AIlHG03cHvn3Cr3ZZEEh8m81duHhR3Q"

extern char verb_dir[64];
extern char verb_out[2][65536]; /* stdout and stderr of the last run */

int verb_make_tree(void **state);
int verb_remove_tree(void **state);
/* Each test begins with a tree that is right. */
int verb_set_up(void **state);
void verb_put(const char *name, const char *text);

/* Runs the verb with these words (separated by blanks), or none. */
int verb_run(verb_fn *, const char *words);

#endif
