/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the archive compresses: at the start, after each rotation, when the
 * next piece is old enough, and again a while after it could not.
 */
#ifndef CS_BROKER_PACKER_H
#define CS_BROKER_PACKER_H

#include <stdint.h>

#include "base/loop.h"

struct archive_jobs;
struct packer;

/* file stays the caller's.  NULL: no memory. */
struct packer *packer_new(
    struct loop *, struct archive_jobs *, const char *file);
void packer_free(struct packer *);

/* Nothing happens until both were said. */
void packer_rotated(struct packer *, uint64_t active);
void packer_after(struct packer *, uint32_t seconds);

#endif
