#!/bin/bash
# Connections that never log in, too many of them, and noise on the port.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit
cat >>"$DIR/countersign.conf" <<'END'

[limits]
connections = 40
connections-per-address = 30
unauthenticated = 16
login-grace = 3s
END
instance_start "$DIR" || exit

# Opens COUNT connections that say nothing; holds those that got a banner
# until its stdin ends, and prints how many those were.
idle_connections() { # COUNT
	"$PYTHON" -c '
import socket, sys
held = []
for _ in range(int(sys.argv[2])):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5)
    try:
        if s.recv(4) == b"SSH-":
            held.append(s)
    except ConnectionResetError:
        pass
print(len(held), flush=True)
sys.stdin.read()
' "$PORT" "$1"
}

begin_flood() { # COUNT
	coproc FLOOD { idle_connections "$1"; }
	INSTANCE_PIDS="$INSTANCE_PIDS $FLOOD_PID"
	read -r HELD <&"${FLOOD[0]}"
}

can_log_in() {
	sign_ssh "$DIR" whoami </dev/null >"$DIR/who" 2>/dev/null
}

more_than_may_be_without_login_are_closed_at_once() {
	begin_flood 40
	# A quarter is kept for other addresses.
	expect "connections that got a banner" 12 "$HELD"
	grep -q 'refused a connection from 127.0.0.1: too many connections' \
	    "$DIR/service.log"
}

a_flood_is_told_in_one_line_not_in_many() {
	[ "$(grep -c 'refused a connection' "$DIR/service.log")" -le 2 ] ||
	    fail "$(grep -c 'refused a connection' "$DIR/service.log") lines"
}

those_that_never_log_in_make_room_after_the_grace() {
	begin_flood 20
	can_log_in && fail "there was room"
	wait_for 10 can_log_in
}

one_that_left_makes_room_at_once() {
	begin_flood 12
	kill "$FLOOD_PID"
	wait_for 2 can_log_in
}

noise_costs_only_its_own_connection() {
	"$PYTHON" -c '
import os, socket, sys
for i in range(30):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5)
    try:
        s.sendall(os.urandom(4096) if i % 2 else b"GET / HTTP/1.0\r\n\r\n")
        s.settimeout(5)
        while s.recv(4096):
            pass
    except OSError:
        pass
    s.close()
' "$PORT"
	wait_for 5 can_log_in
	expect "answers" 1 \
	    "$(digest_lines 1 | sign_ssh "$DIR" sign -k p256 | wc -l)"
}

resets_right_after_connecting_are_harmless() {
	"$PYTHON" -c '
import socket, struct, sys
for _ in range(300):
    s = socket.socket()
    s.connect(("127.0.0.1", int(sys.argv[1])))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
' "$PORT"
	wait_for 5 can_log_in
}

nothing_is_left_behind() {
	parent=$(process_named "$(cat "$DIR/pid")" countersign-session)
	no_sessions() {
		[ "$(instance_tree "$parent" | wc -l)" = 1 ]
	}
	wait_for 10 no_sessions
	# And the listener kept none of the connections that it handed over.
	expect "sockets" 0 "$(find "/proc/$(cat "$DIR/pid")/fd" -lname \
	    'socket:*' | wc -l | awk '{ print ($1 > 8) }')"
	"$CTL" log verify "$DIR/log/audit.log"
}

cases more_than_may_be_without_login_are_closed_at_once \
    a_flood_is_told_in_one_line_not_in_many \
    those_that_never_log_in_make_room_after_the_grace \
    one_that_left_makes_room_at_once \
    noise_costs_only_its_own_connection \
    resets_right_after_connecting_are_harmless \
    nothing_is_left_behind
