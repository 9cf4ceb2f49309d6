#!/bin/bash
# One connection: many channels, rekeying, and everything that is refused.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

shared_service rsa:3072 p256

# A ControlMaster; SSH_MORE makes later calls use it.
open_master() {
	MASTER=$DIR/master
	SSH_MORE="-M -S $MASTER -N" sign_ssh "$DIR" </dev/null &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	wait_for 10 test -S "$MASTER"
	export SSH_MORE="-S $MASTER"
}

close_master() {
	ssh -S "$MASTER" -O exit 127.0.0.1 2>/dev/null || :
}

thirty_channels_at_once_each_get_their_own() {
	local i
	open_master
	for i in {1..30}; do
		mkdir -p "$DIR/mux"
		digest_lines $((i * 10)) | tail -n 10 |
		    sign_ssh "$DIR" sign -k p256 >"$DIR/mux/$i" &
		echo $! >"$DIR/mux/$i.pid"
	done
	for i in {1..30}; do
		wait "$(cat "$DIR/mux/$i.pid")" || fail "channel $i"
		expect "channel $i" \
		    "$(digest_lines $((i * 10)) | tail -n 10)" \
		    "$(awk '{ print $1 "  " $3 }' "$DIR/mux/$i")"
	done
	close_master
	expect logins 1 "$(records "$DIR" AUTH)"
}

a_channel_that_fails_leaves_the_connection_usable() {
	open_master
	expect_exit 64 sign_ssh "$DIR" frobnicate </dev/null
	expect_exit 77 sign_ssh "$DIR" sign -k nothing </dev/null
	echo junk >"$DIR/junk"
	expect_exit 65 sign_ssh "$DIR" sign -k p256 <"$DIR/junk"
	expect "after all that" 1 \
	    "$(digest_lines 1 | sign_ssh "$DIR" sign -k p256 | wc -l)"
	close_master
}

a_channel_that_is_not_read_stalls_no_other() {
	open_master
	mkfifo "$DIR/stuck"
	digest_lines 50000 | sign_ssh "$DIR" sign -k p256 >"$DIR/stuck" &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	exec 9<"$DIR/stuck"
	local i
	for i in 1 2 3; do
		expect "beside it" 1 \
		    "$(digest_lines 1 | timeout 10 ssh -F none \
			-S "$MASTER" 127.0.0.1 sign -k p256 | wc -l)"
	done
	expect "what was stuck" 50000 "$(wc -l <&9)"
	close_master
}

the_client_may_rekey_in_the_middle() {
	digest_lines 20000 | SSH_MORE="-o RekeyLimit=64K" sign_ssh "$DIR" \
	    sign -k p256 >"$DIR/answers"
	expect answers "$(digest_lines 20000 | sha256sum)" \
	    "$(awk '{ print $1 "  " $3 }' "$DIR/answers" | sha256sum)"
}

the_server_may_rekey_in_the_middle() {
	local other=$DIR/rekey
	instance_new "$other" p256
	printf '\n[limits]\nrekey-data = 64K\n' >>"$other/countersign.conf"
	instance_start "$other"
	digest_lines 20000 | SSH_MORE=-v sign_ssh "$other" sign -k p256 \
	    >"$DIR/answers" 2>"$DIR/err"
	expect answers "$(digest_lines 20000 | sha256sum)" \
	    "$(awk '{ print $1 "  " $3 }' "$DIR/answers" | sha256sum)"
	instance_stop "$other"
}

nothing_is_forwarded() {
	local log=$DIR/err
	# A local forward is asked for when somebody connects to it.
	SSH_MORE="-W 127.0.0.1:22" expect_exit 255 sign_ssh "$DIR" </dev/null
	SSH_MORE="-o ExitOnForwardFailure=yes -R 0:127.0.0.1:22" \
	    expect_exit 255 sign_ssh "$DIR" whoami </dev/null
	SSH_MORE="-A -X" expect_exit 0 sign_ssh "$DIR" whoami </dev/null
	# sftp and any other subsystem.
	SSH_MORE=-s expect_exit 255 sign_ssh "$DIR" sftp </dev/null
	: "$log"
}

the_environment_is_no_processs() {
	SSH_MORE="-o SetEnv=LD_PRELOAD=/x" expect_exit 0 sign_ssh "$DIR" \
	    whoami </dev/null
	expect stderr "" "$(cat "$ERR")"
}

only_public_keys_may_log_in() {
	expect_match methods "*publickey*" "$(ssh -F none -p "$PORT" \
	    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	    -o PreferredAuthentications=none -o BatchMode=yes \
	    sign@127.0.0.1 2>&1)"
	local answer
	answer=$(ssh -F none -p "$PORT" -o StrictHostKeyChecking=no \
	    -o UserKnownHostsFile=/dev/null -o BatchMode=yes \
	    -o PreferredAuthentications=none sign@127.0.0.1 2>&1) || :
	expect_match "denied with" "*(publickey)*" "$answer"
}

certificates_are_refused() {
	ssh-keygen -q -t ed25519 -N '' -f "$DIR/ca"
	cp "$DIR/client/build01" "$DIR/client/certified"
	cp "$DIR/client/build01.pub" "$DIR/client/certified.pub"
	ssh-keygen -q -s "$DIR/ca" -I x -n sign "$DIR/client/certified.pub"
	# The key alone may log in; we offer nothing but its certificate.
	SSH_MORE="-o CertificateFile=$DIR/client/certified-cert.pub \
	    -o PubkeyAcceptedAlgorithms=ssh-ed25519-cert-v01@openssh.com" \
	    expect_exit 255 sign_as "$DIR" certified whoami </dev/null
}

every_plain_key_type_may_log_in() {
	local type
	for type in ecdsa rsa; do
		instance_client "$DIR" "by-$type" ci $type
	done
	ssh-keygen -q -t ecdsa -b 521 -N '' -C by-p521 -f "$DIR/client/by-p521"
	ssh-keygen -q -t ecdsa -b 384 -N '' -C by-p384 -f "$DIR/client/by-p384"
	for type in p521 p384; do
		printf 'profile="ci" %s\n' "$(cat "$DIR/client/by-$type.pub")" \
		    >>"$DIR/authorized_keys.d/clients"
	done
	"$CTL" -C "$DIR" reload
	for type in ecdsa rsa p384 p521; do
		expect_match "by $type" "*by-$type*" \
		    "$(sign_as "$DIR" "by-$type" whoami </dev/null)"
	done
}

every_login_is_on_record() {
	local before
	before=$(records "$DIR" AUTH)
	sign_ssh "$DIR" whoami </dev/null
	expect AUTH $((before + 1)) "$(records "$DIR" AUTH)"
	ssh-keygen -q -t ed25519 -N '' -C x -f "$DIR/client/unknown"
	before=$(records "$DIR" AUTHFAIL)
	expect_exit 255 sign_as "$DIR" unknown whoami </dev/null
	more_failures() {
		[ "$(records "$DIR" AUTHFAIL)" = $((before + 1)) ]
	}
	wait_for 5 more_failures
}

cases thirty_channels_at_once_each_get_their_own \
    a_channel_that_fails_leaves_the_connection_usable \
    a_channel_that_is_not_read_stalls_no_other \
    the_client_may_rekey_in_the_middle \
    the_server_may_rekey_in_the_middle \
    nothing_is_forwarded \
    the_environment_is_no_processs \
    only_public_keys_may_log_in \
    certificates_are_refused \
    every_plain_key_type_may_log_in \
    every_login_is_on_record
