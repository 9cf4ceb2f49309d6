/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client key as an admin names one: by its fingerprint, or by a file with
 * its public half, as ssh-keygen(1) writes it.
 */
#ifndef CS_CTL_CLIENT_ARG_H
#define CS_CTL_CLIENT_ARG_H

#include "format/format.h"

/*
 * What begins with "SHA256:" is a fingerprint, and whoever looks it up says
 * whether it can be one.  0, or the exit status after saying what is wrong.
 */
int client_arg(const char *arg, char ret[static FINGERPRINT_SIZE]);

#endif
