#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a session that obeys nobody leaves behind: nothing.
# usage: test_leftovers.sh BUILD
# shellcheck source=tests/support/case.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/case.sh"

# The child of the sessions' parent: one connection.
session_of() { # PID
	local parent
	parent=$(process_named "$1" countersign-session) || return
	# shellcheck disable=SC2046 # one word a process
	set -- $(cat "/proc/$parent/task/$parent/children")
	[ $# -gt 0 ] && echo "$1"
}

has_session() {
	SESSION=$(session_of "$PID")
}

# A stopped process is as deaf as one that was taken over.
a_session_that_does_not_end_is_killed_with_the_service() {
	printf '[limits]\ndrain-timeout = 1s\n' >>"$DIR/countersign.conf"
	instance_start "$DIR"
	sleep 30 | sign_ssh "$DIR" sign -k p256 -f raw >/dev/null 2>&1 &
	wait_for 10 has_session
	wait_for 10 grep -q ' AUTH ' "$DIR/log/audit.log"
	kill -STOP "$SESSION"
	instance_stop "$DIR"
	[ ! -e "/proc/$SESSION" ] || fail "the session is still there"
}

instance_new "$DIR" p256 || exit 1
cases a_session_that_does_not_end_is_killed_with_the_service
