/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the time zones that a tree's hours name from the host's database.
 */
#ifndef CS_CONF_ZONES_H
#define CS_CONF_ZONES_H

#include "conf/load.h"

#define CONF_ZONES "/usr/share/zoneinfo"

/*
 * Those that were not read yet; what is wrong with one is told by tree_finish,
 * where it is named.  seen (may be NULL) gets each file that was read.
 */
void conf_zones(struct tree *, conf_seen_fn *seen, void *seen_arg);

#endif
