/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second words of `countersignctl log`.
 */
#ifndef CS_CTL_LOGS_H
#define CS_CTL_LOGS_H

#include "ctl/verb.h"

/* The files in their order as one chain; argv[0] is the word. */
verb_fn log_verify;

/* Records by what they say, for people, as JSON, or as they are. */
verb_fn log_show;

/* Was a digest ever signed, by whom, with what? */
verb_fn log_who;

/* What a collector keeps of them. */
verb_fn log_store;

/* A period as a reviewer wants to see it. */
verb_fn log_report;

#endif
