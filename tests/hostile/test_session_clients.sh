#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Stock ssh at the edges of what a session must stand: many channels at once,
# keys exchanged again by either side, certificates, a million lines.
# usage: test_session_clients.sh BUILD
# covers: src/session/main.c src/session/hostkey.c src/session/rehearsal.c
set -u
B=$1
D=$(mktemp -d)
BROKER=
FAILED=0
trap 'stop; rm -rf "$D"' EXIT

# A broker of our own: start [GRACE_MS IDLE_MS CHANNELS REKEY_KIB]
start() {
	"$B/tools/lying_broker" "$B/countersign-session" "$D/host" "$@" \
	    >"$D/log" 2>"$D/err" &
	BROKER=$!
	wait_for '^ready$'
	PORT=$(sed -n 's/^port //p' "$D/log")
}

stop() {
	[ -z "$BROKER" ] && return
	kill "$BROKER" 2>/dev/null
	wait "$BROKER" 2>/dev/null
	BROKER=
}

# Until the broker has said it.
wait_for() {
	for _ in $(seq 200); do
		grep -Eq -- "$1" "$D/log" && return 0
		sleep 0.05
	done
	echo "never seen: $1" >&2
	return 1
}

client() {
	timeout 120 ssh -F none -p "$PORT" -i "$D/id" -o IdentitiesOnly=yes \
	    -o BatchMode=yes -o StrictHostKeyChecking=no -o LogLevel=ERROR \
	    -o UserKnownHostsFile=/dev/null "$@"
}

lines() {
	seq "$1" | awk '{ printf "%064x  build/%08d.bin\n", $1, $1 }'
}

# The digests and names that came back, in sha256sum's form.
back() {
	awk '{ print $1 "  " $3 }'
}

check() {
	if "$2"; then
		echo "ok $1"
	else
		echo "FAIL $1"
		tail -n 5 "$D/log" "$D/err"
		FAILED=1
	fi
}

thirty_channels() {
	local pids=() rc=0

	client -o ControlPath="$D/mux" -M -N -f sign@127.0.0.1 || return
	for i in $(seq 30); do
		client -o ControlPath="$D/mux" sign@127.0.0.1 sign \
		    <"$D/thousand" >"$D/out.$i" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || rc=1
	done
	for i in $(seq 30); do
		back <"$D/out.$i" | cmp -s - "$D/thousand" || rc=1
	done
	client -o ControlPath="$D/mux" -O exit sign@127.0.0.1 2>/dev/null
	return "$rc"
}

client_rekeys() {
	client -o RekeyLimit=100K sign@127.0.0.1 sign <"$D/many" >"$D/back"
	back <"$D/back" | cmp -s - "$D/many"
}

certificate_alone_is_told() {
	timeout 20 ssh -F none -p "$PORT" -o BatchMode=yes -o LogLevel=ERROR \
	    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	    -o PubkeyAcceptedAlgorithms=ssh-ed25519-cert-v01@openssh.com \
	    -o IdentitiesOnly=yes -o CertificateFile="$D/cert-cert.pub" \
	    -i "$D/cert" sign@127.0.0.1 exit 0 2>/dev/null
	[ $? -eq 255 ] && wait_for 'login-failed certificate'
}

good_key_after_a_certificate() {
	timeout 20 ssh -F none -p "$PORT" -o BatchMode=yes -o LogLevel=ERROR \
	    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	    -o IdentitiesOnly=yes -o CertificateFile="$D/cert-cert.pub" \
	    -i "$D/cert" -i "$D/id" sign@127.0.0.1 exit 3 2>/dev/null
	[ $? -eq 3 ]
}

every_key_type_logs_in() {
	local rc=0
	for t in ed25519 ecdsa:256 ecdsa:384 ecdsa:521 rsa:2048 rsa:4096; do
		ssh-keygen -q -t "${t%:*}" -b "${t#*:}" -N '' -f "$D/k.$t" \
		    2>/dev/null || ssh-keygen -q -t "$t" -N '' -f "$D/k.$t"
		timeout 20 ssh -F none -p "$PORT" -i "$D/k.$t" \
		    -o IdentitiesOnly=yes -o BatchMode=yes -o LogLevel=ERROR \
		    -o StrictHostKeyChecking=no \
		    -o UserKnownHostsFile=/dev/null sign@127.0.0.1 exit 4 \
		    2>/dev/null
		[ $? -eq 4 ] || { echo "$t" && rc=1; }
	done
	return "$rc"
}

sha1_is_refused() {
	timeout 20 ssh -F none -p "$PORT" -i "$D/k.rsa:2048" \
	    -o PubkeyAcceptedAlgorithms=ssh-rsa -o IdentitiesOnly=yes \
	    -o BatchMode=yes -o StrictHostKeyChecking=no \
	    -o UserKnownHostsFile=/dev/null sign@127.0.0.1 exit 0 \
	    >/dev/null 2>&1
	[ $? -eq 255 ]
}

# Whatever the host key is; an unusable one is said at once.
every_host_key_serves() {
	local rc=0 type

	for type in rsa ecdsa; do
		stop
		mv "$D/host" "$D/host.kept"
		ssh-keygen -q -t "$type" -N '' -f "$D/host.$type"
		cp "$D/host.$type" "$D/host"
		start
		client sign@127.0.0.1 exit 5 2>/dev/null
		[ $? -eq 5 ] || rc=1
		mv "$D/host.kept" "$D/host"
	done
	stop
	return "$rc"
}

refuses_a_host_key_with_a_passphrase() {
	ssh-keygen -q -t ed25519 -N secret -f "$D/locked"
	"$B/tools/lying_broker" "$B/countersign-session" "$D/locked" \
	    >"$D/log" 2>"$D/err" &
	BROKER=$!
	wait_for '^parent gone$'
	wait "$BROKER"
	BROKER=
	grep -q 'without passphrase' "$D/err"
}

stdin_may_end_late() {
	local out
	mkfifo "$D/fifo"
	client sign@127.0.0.1 sign <"$D/fifo" >"$D/late" &
	local pid=$!
	exec 7>"$D/fifo"
	head -1 "$D/thousand" >&7
	for _ in $(seq 100); do
		[ -s "$D/late" ] && break
		sleep 0.05
	done
	[ -s "$D/late" ] || return 1
	exec 7>&-
	wait "$pid"
	out=$(wc -l <"$D/late")
	rm "$D/fifo"
	[ "$out" -eq 1 ]
}

# The session's memory in KiB, nothing when there is no session.
session_size() {
	local parent child
	read -r parent <"/proc/$BROKER/task/$BROKER/children"
	read -r child <"/proc/$parent/task/$parent/children"
	[ -n "$child" ] &&
	    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$child/status"
}

# A reader that is slower than everything else fills every buffer there is;
# from then on nothing may grow by more than those.
a_million_lines_in_flat_memory() {
	local early=0 late=0 now size pid

	lines 1000000 | client sign@127.0.0.1 sign |
	    while dd bs=1M count=1 iflag=fullblock status=none 2>/dev/null |
		cat >>"$D/million" && [ -s "$D/million" ] &&
		size=$(stat -c %s "$D/million") && [ "$size" != "${last-0}" ]; do
		last=$size
		sleep 0.005
	    done &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		now=$(session_size 2>/dev/null)
		[ -n "$now" ] && [ "$now" -gt "$late" ] && late=$now
		size=$(stat -c %s "$D/million" 2>/dev/null)
		[ "${size:-0}" -lt 4000000 ] && early=$late
		sleep 0.05
	done
	wait "$pid"
	[ "$(wc -l <"$D/million")" -eq 1000000 ] || return 1
	echo "     $early KiB after 4 MB of answers, at most $late KiB then"
	grep -q __asan_init "$B/countersign-session" && return 0
	[ $((late - early)) -le 3072 ]
}

ssh-keygen -q -t ed25519 -N '' -f "$D/host"
ssh-keygen -q -t ed25519 -N '' -f "$D/id"
ssh-keygen -q -t ed25519 -N '' -f "$D/ca"
ssh-keygen -q -t ed25519 -N '' -f "$D/cert"
ssh-keygen -q -s "$D/ca" -I me -n sign "$D/cert.pub"
lines 1000 >"$D/thousand"
lines 20000 >"$D/many"

start
check "thirty channels of one connection sign at once" thirty_channels
check "a client may rekey every 100 KB" client_rekeys
check "a certificate does not log in by itself" certificate_alone_is_told
check "a good key after a certificate logs in" good_key_after_a_certificate
check "every plain key type logs in" every_key_type_logs_in
check "RSA with SHA-1 does not" sha1_is_refused
check "answers come while stdin stays open" stdin_may_end_late
check "a million lines take flat memory" a_million_lines_in_flat_memory
stop
start 10000 60000 32 100
check "the server may rekey every 100 KB" client_rekeys
check "and with thirty channels" thirty_channels
check "RSA and ECDSA host keys serve" every_host_key_serves
check "a host key with a passphrase is refused" \
    refuses_a_host_key_with_a_passphrase
exit "$FAILED"
