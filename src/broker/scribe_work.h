/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the scribe's thread does with the files: each kind of work, in full.
 */
#ifndef CS_BROKER_SCRIBE_WORK_H
#define CS_BROKER_SCRIBE_WORK_H

#include "broker/scribe.h"

void scribe_work(struct log_files *, struct scribe_job *);
/* The last: what a clean end leaves. */
void scribe_finish(struct log_files *);

#endif
