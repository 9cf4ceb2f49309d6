# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# How much memory processes have, for tests that have read case.sh.

# In KiB.
resident() { # PID
	awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"
}

# A sanitizer keeps what was freed.
needs_plain_programs() {
	! grep -q __asan_init "$B/countersignd" || skip "sanitized programs"
}
