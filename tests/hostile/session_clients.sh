#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Stock ssh at the edges of what a session must stand: many channels at once,
# keys exchanged again by either side, certificates, a million lines.
# usage: session_clients.sh BUILD
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
		echo "ok   $1"
	else
		echo "FAIL $1"
		tail -5 "$D/log" "$D/err"
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
	return $rc
}

client_rekeys() {
	client -o RekeyLimit=100K sign@127.0.0.1 sign <"$D/many" | back |
	    cmp -s - "$D/many"
}

certificate_is_refused() {
	local rc
	client -o CertificateFile="$D/cert-cert.pub" -i "$D/cert" \
	    -o IdentityFile=none sign@127.0.0.1 exit 0 2>/dev/null
	rc=$?
	# Its plain key is offered too, and that one may log in.
	ssh-keygen -q -f "$D/alone" -t ed25519 -N ''
	[ $rc -eq 0 ] || [ $rc -eq 255 ] || return 1
	wait_for 'login|login-failed certificate'
}

certificate_alone_is_told() {
	# An agent that holds nothing but the certificate.
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q "$D/cert" 2>/dev/null
	ssh-add -q -d "$D/cert.pub" 2>/dev/null
	ssh-add -L | grep -q cert-v01 || ssh-add -q "$D/cert" 2>/dev/null
	timeout 20 ssh -F none -p "$PORT" -o BatchMode=yes -o LogLevel=ERROR \
	    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	    -o PubkeyAcceptedAlgorithms=ssh-ed25519-cert-v01@openssh.com \
	    -o CertificateFile="$D/cert-cert.pub" -i "$D/cert" \
	    sign@127.0.0.1 exit 0 2>/dev/null
	rc=$?
	eval "$(ssh-agent -k)" >/dev/null
	[ $rc -eq 255 ] && wait_for 'login-failed certificate'
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
	return $rc
}

sha1_is_refused() {
	timeout 20 ssh -F none -p "$PORT" -i "$D/k.rsa:2048" \
	    -o PubkeyAcceptedAlgorithms=ssh-rsa -o IdentitiesOnly=yes \
	    -o BatchMode=yes -o StrictHostKeyChecking=no \
	    -o UserKnownHostsFile=/dev/null sign@127.0.0.1 exit 0 \
	    >/dev/null 2>&1
	[ $? -eq 255 ]
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
	wait $pid
	out=$(wc -l <"$D/late")
	rm "$D/fifo"
	[ "$out" -eq 1 ]
}

# The largest process of the broker's session, in KiB.
session_size() {
	local parent
	parent=$(cat /proc/$BROKER/task/$BROKER/children)
	for pid in $(cat /proc/${parent% }/task/${parent% }/children); do
		sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status"
	done 2>/dev/null | sort -n | tail -1
}

a_million_lines_in_flat_memory() {
	local early late
	(lines 10000; wait_file "$D/go"; lines 990000) |
	    client sign@127.0.0.1 sign >"$D/million" &
	local pid=$!
	for _ in $(seq 200); do
		[ "$(wc -l <"$D/million")" -ge 10000 ] && break
		sleep 0.05
	done
	early=$(session_size)
	touch "$D/go"
	late=$early
	while kill -0 $pid 2>/dev/null; do
		now=$(session_size)
		[ -n "$now" ] && [ "$now" -gt "$late" ] && late=$now
		sleep 0.1
	done
	wait $pid || return 1
	[ "$(wc -l <"$D/million")" -eq 1000000 ] || return 1
	echo "     $early KiB after 10,000 lines, at most $late KiB then"
	case $B in
	*asan*) return 0 ;;
	esac
	[ $((late - early)) -le 4096 ]
}

wait_file() {
	while [ ! -e "$1" ]; do
		sleep 0.05
	done
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
exit $FAILED
