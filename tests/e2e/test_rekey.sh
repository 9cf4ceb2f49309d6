#!/bin/bash
# New keys in the middle of a stream, asked for by either side or by both: not
# a byte is lost, and nothing waits for ever.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

SERVER=$DIR/server
instance_new "$DIR" rsa:3072 p256 || exit
instance_start "$DIR" || exit
# This one asks for new keys itself.
instance_new "$SERVER" rsa:3072 p256 || exit
printf '\n[limits]\nrekey-data = 64K\n' >>"$SERVER/countersign.conf"
instance_start "$SERVER" || exit
digest_lines 5000 >"$DIR/lines"
# Linear in the input: some seconds on a busy machine are plenty.
LIMIT="timeout 60"

# How often keys were exchanged, the first time included; ssh -v says so.
exchanges() { # LOG
	grep -c 'SSH2_MSG_NEWKEYS received' "$1" || :
}

whole() { # FILE [LINES]
	expect "digests and names in order" \
	    "$(sha256sum <"${2:-$DIR/lines}")" \
	    "$(awk '{ print $1 "  " $3 }' "$1" | sha256sum)"
}

verified() { # DIR FILE
	sign_ssh "$1" pubkey p256 </dev/null >"$DIR/p256.pem"
	expect verified 5000 "$("$PYTHON" \
	    "$TOP/tests/e2e/verify_lines.py" "$DIR/p256.pem" <"$2")"
}

at_least() { # WANTED GOT
	[ "$2" -ge "$1" ] || fail "keys were exchanged $2 times, not $1"
}

streams() { # DIR OPTIONS
	# shellcheck disable=SC2046,SC2086 # words
	$LIMIT ssh -v $(ssh_options "$1" build01) $2 127.0.0.1 sign -k p256 <"$DIR/lines" >"$DIR/answers" \
	    2>"$DIR/log.v" || fail "exit $?: $(tail -n 3 "$DIR/log.v")"
	whole "$DIR/answers"
}

the_client_asks() {
	streams "$DIR" "-o RekeyLimit=64K"
	verified "$DIR" "$DIR/answers"
	at_least 5 "$(exchanges "$DIR/log.v")"
}

the_client_asks_all_the_time() {
	streams "$DIR" "-o RekeyLimit=16K"
	at_least 20 "$(exchanges "$DIR/log.v")"
}

the_server_asks() {
	streams "$SERVER" ""
	verified "$SERVER" "$DIR/answers"
	at_least 5 "$(exchanges "$DIR/log.v")"
}

both_ask() {
	streams "$SERVER" "-o RekeyLimit=48K"
	at_least 8 "$(exchanges "$DIR/log.v")"
}

nobody_asks_without_need() {
	streams "$DIR" ""
	expect "key exchanges" 1 "$(exchanges "$DIR/log.v")"
}

with_every_cipher() {
	local cipher
	for cipher in chacha20-poly1305@openssh.com aes256-gcm@openssh.com \
	    aes128-ctr; do
		streams "$SERVER" "-c $cipher -o RekeyLimit=100K"
		at_least 4 "$(exchanges "$DIR/log.v")"
	done
}

# More than the buffers on the way hold.
while_nobody_reads() {
	rm -f "$DIR/pipe"
	digest_lines 60000 >"$DIR/many"
	mkfifo "$DIR/pipe"
	again() {
		[ "$(grep -c 'SSH2_MSG_KEXINIT sent' "$DIR/log.v")" -gt 2 ]
	}
	{
		exec <"$DIR/pipe"
		wait_for 20 again
		exec cat
	} >"$DIR/answers" &
	local reader=$!
	: >"$DIR/log.v"
	# shellcheck disable=SC2046 # words
	$LIMIT ssh -v $(ssh_options "$SERVER" build01) -o RekeyLimit=64K \
	    127.0.0.1 check -k p256 <"$DIR/many" >"$DIR/pipe" 2>"$DIR/log.v"
	wait $reader
	whole "$DIR/answers" "$DIR/many"
}

with_many_channels() {
	local i pids=()
	# shellcheck disable=SC2046 # words
	ssh -v $(ssh_options "$SERVER" build01) -o RekeyLimit=128K -M \
	    -S "$DIR/mux" -N 127.0.0.1 </dev/null 2>"$DIR/log.v" &
	local master=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $master"
	wait_for 10 test -S "$DIR/mux"
	for i in {1..8}; do
		$LIMIT ssh -F none -S "$DIR/mux" 127.0.0.1 sign -k p256 \
		    <"$DIR/lines" >"$DIR/answers.$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || fail "a channel ended with $?"
	done
	kill $master
	for i in {1..8}; do
		whole "$DIR/answers.$i"
	done
	at_least 20 "$(exchanges "$DIR/log.v")"
}

# The broker answers while no data may go: the answers wait, in order.
paramiko_asks() {
	$LIMIT "$PYTHON" -W ignore "$TOP/tests/e2e/client_paramiko.py" \
	    "$(cat "$DIR/port")" sign "$DIR/client/build01" \
	    "$DIR/client/known_hosts" countersign "sign -k p256" 10 \
	    <"$DIR/lines" >"$DIR/answers"
	whole "$DIR/answers"
}

# Debian's asyncssh sends data while it asks itself, which no server takes.
asyncssh_follows_the_server() {
	$LIMIT "$PYTHON" -W ignore "$TOP/tests/e2e/client_asyncssh.py" \
	    "$(cat "$SERVER/port")" sign "$SERVER/client/build01" \
	    "$SERVER/client/known_hosts" countersign "sign -k p256" \
	    <"$DIR/lines" >"$DIR/answers"
	whole "$DIR/answers"
}

# plink takes packets of 16 KiB at most, half of what the others take.
others_follow_the_server() {
	local client port
	port=$(cat "$SERVER/port")
	mkdir -p "$DIR/home/.ssh"
	sed 's/^countersign /127.0.0.1 /' "$SERVER/client/known_hosts" \
	    >"$DIR/home/.ssh/known_hosts"
	dropbearconvert openssh dropbear "$SERVER/client/build01" \
	    "$DIR/key.dropbear" 2>&1
	puttygen "$SERVER/client/build01" -O private -o "$DIR/key.ppk"
	for client in dbclient plink libssh2; do
		follow_$client <"$DIR/lines" >"$DIR/answers" ||
		    fail "$client: exit $?"
		whole "$DIR/answers"
	done
}

follow_dbclient() {
	HOME=$DIR/home $LIMIT dbclient -T -i "$DIR/key.dropbear" -p "$port" \
	    sign@127.0.0.1 sign -k p256
}

follow_plink() {
	$LIMIT plink -batch -ssh -P "$port" -i "$DIR/key.ppk" -hostkey \
	    "$(ssh-keygen -lf "$SERVER/ssh_host_ed25519_key.pub" |
		cut -d ' ' -f 2)" sign@127.0.0.1 sign -k p256
}

follow_libssh2() {
	$LIMIT "$B/tools/client_libssh2" "$port" sign \
	    "$SERVER/client/build01" "$SERVER/client/known_hosts" \
	    countersign "sign -k p256"
}

cases the_client_asks \
    the_client_asks_all_the_time \
    the_server_asks \
    both_ask \
    nobody_asks_without_need \
    with_every_cipher \
    while_nobody_reads \
    with_many_channels \
    paramiko_asks \
    asyncssh_follows_the_server \
    others_follow_the_server
