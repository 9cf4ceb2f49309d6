/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's private key, from an open descriptor.
 */
#ifndef CS_SESSION_HOSTKEY_H
#define CS_SESSION_HOSTKEY_H

#include <libssh/libssh.h>

/* An OpenSSH or PEM private key without passphrase.  NULL with what. */
ssh_key hostkey_load(int fd, char what[static 128]);

#endif
