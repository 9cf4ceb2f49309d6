/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSH's signatures and messages, from a client's agent request and from
 * answers: whatever is read stays within what was given.
 */
#include <stdlib.h>
#include <string.h>

#include "base/sshsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
within(const uint8_t *data, size_t len, const uint8_t *part, size_t part_len)
{
	if (part_len > len || part < data || part + part_len > data + len)
		abort();
}

static void
try_signature(const uint8_t *data, size_t len)
{
	struct sshsig sig;

	if (sshsig_get(data, len, &sig) == -1)
		return;
	within(data, len, sig.key, sig.key_len);
	within(data, len, sig.signature, sig.signature_len);
	if (!sshsig_is_namespace(sig.namespace))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t bytes[SSHSIG_MAX];
	struct sshsig_message message;
	size_t bytes_len;

	try_signature(data, len);
	if (sshsig_unarmor(
		(const char *)data, len, bytes, sizeof(bytes), &bytes_len) == 0)
		try_signature(bytes, bytes_len);
	if (sshsig_message_get(data, len, &message) == 0 &&
	    (message.len != hash_size(message.hash) ||
		!sshsig_is_namespace(message.namespace)))
		abort();
	return 0;
}
