#!/bin/bash
# A profile with require-second lets its client key in together with another
# one only, as stock clients do it, and both are on record.
# covers: src/broker/login.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit
cat >>"$DIR/profiles.d/demo.conf" <<-'END'
	[profile device]
	keys = p256
	require-second = person
	[profile person]
	verbs = whoami
END
instance_client "$DIR" device device || exit
instance_client "$DIR" other-device device || exit
instance_client "$DIR" jane person || exit
instance_client "$DIR" joe person ecdsa || exit
instance_start "$DIR" || exit
PORT=$(cat "$DIR/port")
KNOWN=$DIR/client/known_hosts
HERE=$TOP/tests/e2e

# As CLIENT, with the keys of the others after it.
sign_with() { # CLIENT OTHER[ OTHER...] [COMMAND...]
	local client=$1 other more=
	for other in $2; do
		more="$more -i $DIR/client/$other"
	done
	shift 2
	SSH_MORE=$more sign_as "$DIR" "$client" "$@"
}

print_of() { # CLIENT
	ssh-keygen -lf "$DIR/client/$1.pub" | cut -d ' ' -f 2
}

last() { # EVENT
	grep " $1 \[" "$DIR/log/audit.log" | tail -n 1
}

# AUTHFAIL may come a moment after the client is gone.
one_more() { # EVENT BEFORE
	[ "$(records "$DIR" "$1")" -gt "$2" ]
}

stock_ssh_proves_both_keys() {
	digest_lines 3 >"$DIR/lines"
	expect_exit 0 sign_with device jane sign -k p256 <"$DIR/lines"
	expect answers 3 "$(wc -l <"$OUT")"
	expect stderr "" "$(cat "$ERR")"
	local both
	both="fp=\"$(print_of device)\" second-fp=\"$(print_of jane)\""
	expect_match AUTH "*principal=\"device\" $both *" "$(last AUTH)"
	expect_match AUTH "*second-principal=\"jane\"*" "$(last AUTH)"
	expect_match AUTH "*profile=\"device\"*" "$(last AUTH)"
	expect_match SIGN "*principal=\"device\" $both *" "$(last SIGN)"
}

the_reply_is_a_partial_success_for_publickey_alone() {
	SSH_MORE="-v -o LogLevel=DEBUG1 -i $DIR/client/jane" \
	    sign_as "$DIR" device whoami </dev/null >"$DIR/out" 2>"$DIR/err"
	grep -q 'using "publickey" with partial success' "$DIR/err" ||
	    fail "no partial success: $(cat "$DIR/err")"
	expect "methods offered" "publickey" "$(sed -n \
	    's/.*Authentications that can continue: \([a-z,-]*\).*/\1/p' \
	    "$DIR/err" | sort -u)"
	expect whoami "principal: device
fingerprint: $(print_of device)
second-principal: jane
second-fingerprint: $(print_of jane)" "$(head -n 4 "$DIR/out")"
}

an_agent_with_many_keys_does_it_too() {
	eval "$(ssh-agent)" >/dev/null
	INSTANCE_PIDS="$INSTANCE_PIDS $SSH_AGENT_PID"
	local key
	for key in build01 other-device jane device joe; do
		[ $key = build01 ] || ssh-add -q "$DIR/client/$key"
	done
	# No private key but the agent's: the public ones say which, in order.
	mkdir -p "$DIR/public"
	cp "$DIR/client/device.pub" "$DIR/client/joe.pub" "$DIR/public"
	expect_exit 0 ssh -F none -p "$PORT" -l sign -o BatchMode=yes \
	    -i "$DIR/public/device.pub" -i "$DIR/public/joe.pub" \
	    -o IdentitiesOnly=yes -o HostKeyAlias=countersign \
	    -o UserKnownHostsFile="$KNOWN" 127.0.0.1 whoami --json </dev/null
	expect_match whoami '*"second-principal":"joe"*' "$(cat "$OUT")"
	# All of the agent's: other-device comes first, then jane.
	expect_exit 0 ssh -F none -p "$PORT" -l sign -o BatchMode=yes \
	    -o HostKeyAlias=countersign -o UserKnownHostsFile="$KNOWN" \
	    -o IdentityFile=none 127.0.0.1 whoami --json </dev/null
	expect_match whoami '*"principal":"other-device"*"jane"*' "$(cat "$OUT")"
}

one_key_alone_stays_out() {
	local before
	before=$(records "$DIR" AUTHFAIL)
	expect_exit 255 sign_as "$DIR" device whoami </dev/null
	wait_for 10 one_more AUTHFAIL "$before"
	expect_match record "*principal=\"device\"*reason=\"second-key\"*" \
	    "$(last AUTHFAIL)"
}

two_devices_are_no_person() {
	local before
	before=$(records "$DIR" AUTHFAIL)
	expect_exit 255 sign_with device other-device whoami </dev/null
	wait_for 10 one_more AUTHFAIL "$before"
	expect_match record "*second-fp=*reason=\"second-key\"*" \
	    "$(last AUTHFAIL)"
}

the_person_first_is_the_persons_own_login() {
	expect_exit 0 sign_with jane device whoami </dev/null
	expect_match whoami "principal: jane*profile: person*" "$(cat "$OUT")"
	digest_lines 1 >"$DIR/line"
	expect_exit 77 sign_with jane device sign -k p256 <"$DIR/line"
}

an_expired_person_keeps_the_device_out() {
	cp "$DIR/authorized_keys.d/clients" "$DIR/kept"
	sed -i '/ jane$/s/^profile="person"/&,expiry-time="20200101Z"/' \
	    "$DIR/authorized_keys.d/clients"
	"$CTL" -C "$DIR" reload
	local before
	before=$(records "$DIR" AUTHFAIL)
	expect_exit 255 sign_with device jane whoami </dev/null
	wait_for 10 one_more AUTHFAIL "$before"
	expect_match record "*reason=\"expired\"*" "$(last AUTHFAIL)"
	# Another person may still help, and is asked after the first.
	expect_exit 0 sign_with device "jane joe" whoami </dev/null
	cp "$DIR/kept" "$DIR/authorized_keys.d/clients"
	"$CTL" -C "$DIR" reload
}

removing_either_key_ends_an_open_connection() {
	cp "$DIR/authorized_keys.d/clients" "$DIR/kept"
	local gone held
	for gone in jane device; do
		rm -f "$DIR/held"
		SSH_MORE="-i $DIR/client/jane -M -S $DIR/held -N" \
		    sign_as "$DIR" device </dev/null 2>"$DIR/held.err" &
		held=$!
		INSTANCE_PIDS="$INSTANCE_PIDS $held"
		wait_for 10 test -S "$DIR/held"
		ssh -F none -S "$DIR/held" 127.0.0.1 whoami </dev/null |
		    grep -q "second-principal: jane"
		sed -i "/ $gone\$/d" "$DIR/authorized_keys.d/clients"
		"$CTL" -C "$DIR" reload
		wait $held && fail "without $gone it is still there"
		cp "$DIR/kept" "$DIR/authorized_keys.d/clients"
		"$CTL" -C "$DIR" reload
	done
}

other_clients_prove_two_keys_too() {
	local keys=$DIR/client/device,$DIR/client/jane name
	for name in paramiko asyncssh; do
		expect_exit 0 timeout 60 "$PYTHON" -W ignore \
		    "$HERE/client_$name.py" "$PORT" sign "$keys" "$KNOWN" \
		    countersign whoami </dev/null
		expect_match "$name" "*second-principal: jane*" "$(cat "$OUT")"
		# paramiko tries to go on, and is cut off.
		timeout 60 "$PYTHON" -W ignore "$HERE/client_$name.py" \
		    "$PORT" sign "${keys%,*}" "$KNOWN" countersign whoami \
		    </dev/null >"$DIR/out" 2>"$DIR/err" &&
		    fail "$name came in with one key"
		expect "no answer" 0 "$(wc -c <"$DIR/out")"
	done
}

dropbears_dbclient_proves_two_keys_too() {
	local key
	mkdir -p "$DIR/home/.ssh"
	sed 's/^countersign /127.0.0.1 /' "$KNOWN" >"$DIR/home/.ssh/known_hosts"
	for key in device jane; do
		dropbearconvert openssh dropbear "$DIR/client/$key" \
		    "$DIR/$key.dropbear" 2>"$DIR/err"
	done
	HOME=$DIR/home expect_exit 0 timeout 60 dbclient -T \
	    -i "$DIR/device.dropbear" -i "$DIR/jane.dropbear" -p "$PORT" \
	    sign@127.0.0.1 whoami </dev/null
	expect_match whoami "*second-principal: jane*" "$(cat "$OUT")"
}

a_profile_that_is_not_there_is_an_error() {
	cp "$DIR/profiles.d/demo.conf" "$DIR/kept"
	sed -i 's/^require-second.*/require-second = nobody/' \
	    "$DIR/profiles.d/demo.conf"
	expect_exit 1 "$CTL" -C "$DIR" check
	expect_match error "*profiles.d/demo.conf:6: *no profile nobody*" \
	    "$(cat "$OUT" "$ERR")"
	cp "$DIR/kept" "$DIR/profiles.d/demo.conf"
}

cases stock_ssh_proves_both_keys \
    the_reply_is_a_partial_success_for_publickey_alone \
    an_agent_with_many_keys_does_it_too \
    one_key_alone_stays_out \
    two_devices_are_no_person \
    the_person_first_is_the_persons_own_login \
    an_expired_person_keeps_the_device_out \
    removing_either_key_ends_an_open_connection \
    other_clients_prove_two_keys_too \
    dropbears_dbclient_proves_two_keys_too \
    a_profile_that_is_not_there_is_an_error
