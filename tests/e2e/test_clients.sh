#!/bin/bash
# Every SSH client that people build with gets the same: one signature, a
# batch in order, and the exit status that says why not.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

shared_service rsa:3072 p256
PORT=$(cat "$DIR/port")
KEY=$DIR/client/build01
KNOWN=$DIR/client/known_hosts
HERE=$TOP/tests/e2e
LIMIT="timeout 60"
digest_lines 300 >"$DIR/lines"
for key in rsa3072 p256; do
	sign_ssh "$DIR" pubkey $key </dev/null >"$DIR/$key.pem" || exit
done

# Each takes a user and a command, and pins the host key in its own way.
by_openssh() {
	SIGN_USER=$1 sign_ssh "$DIR" "$2"
}

by_dbclient() {
	HOME=$DIR/home $LIMIT dbclient -T -i "$DIR/key.dropbear" -p "$PORT" \
	    "$1@127.0.0.1" "$2"
}

by_plink() {
	$LIMIT plink -batch -ssh -P "$PORT" -i "$DIR/key.ppk" \
	    -hostkey "$FINGERPRINT" "$1@127.0.0.1" "$2"
}

by_paramiko() {
	$LIMIT "$PYTHON" -W ignore "$HERE/client_paramiko.py" "$PORT" "$1" \
	    "$KEY" "$KNOWN" countersign "$2"
}

by_asyncssh() {
	$LIMIT "$PYTHON" -W ignore "$HERE/client_asyncssh.py" "$PORT" "$1" \
	    "$KEY" "$KNOWN" countersign "$2"
}

by_libssh2() {
	$LIMIT "$B/tools/client_libssh2" "$PORT" "$1" "$KEY" "$KNOWN" \
	    countersign "$2"
}

prepare_keys() {
	mkdir -p "$DIR/home/.ssh"
	sed 's/^countersign /127.0.0.1 /' "$KNOWN" \
	    >"$DIR/home/.ssh/known_hosts"
	dropbearconvert openssh dropbear "$KEY" "$DIR/key.dropbear" 2>&1
	puttygen "$KEY" -O private -o "$DIR/key.ppk"
}
prepare_keys >"$DIR/prepared" || exit
FINGERPRINT=$(ssh-keygen -lf "$DIR/ssh_host_ed25519_key.pub" |
    cut -d ' ' -f 2)

# Standard input from a file, because expect_exit keeps the rest.
with() { # INPUT STATUS CLIENT COMMAND
	expect_exit "$2" "by_$3" sign "$4" <"$1"
}

signs_one() { # CLIENT
	sha256sum "$TOP/LICENSE" >"$DIR/one"
	with "$DIR/one" 0 "$1" "sign -k rsa3072 -o raw"
	openssl dgst -sha256 -verify "$DIR/rsa3072.pem" -signature "$OUT" \
	    "$TOP/LICENSE"
}

# Bytes go in as they are, too.
signs_one_binary_digest() { # CLIENT
	openssl dgst -sha512 -binary "$TOP/LICENSE" >"$DIR/binary"
	with "$DIR/binary" 0 "$1" "sign -k p256 -i raw -o raw"
	openssl dgst -sha512 -verify "$DIR/p256.pem" -signature "$OUT" \
	    "$TOP/LICENSE"
}

signs_a_batch() { # CLIENT
	with "$DIR/lines" 0 "$1" "sign -k p256"
	expect "digests and names in order" "$(sha256sum <"$DIR/lines")" \
	    "$(awk '{ print $1 "  " $3 }' "$OUT" | sha256sum)"
	expect verified 300 \
	    "$("$PYTHON" "$HERE/verify_lines.py" "$DIR/p256.pem" <"$OUT")"
}

tells_why_not() { # CLIENT
	{
		head -n 2 "$DIR/lines"
		echo nonsense
	} >"$DIR/bad"
	with "$DIR/bad" 65 "$1" "sign -k p256"
	expect_match "the bad line" "*countersign: line 3: *" "$(cat "$ERR")"
	expect "answers before it" 2 "$(wc -l <"$OUT")"
	with "$DIR/lines" 77 "$1" "sign -k other"
	expect_match "the key" "*countersign: *other*p256*" "$(cat "$ERR")"
	expect "no answer" 0 "$(wc -c <"$OUT")"
	with /dev/null 64 "$1" "sing -k p256"
	expect_match "the verb" "*countersign: *sing*sign*" "$(cat "$ERR")"
}

# plink and dbclient say 1 where the others say 255; none may hang or pass.
keeps_strangers_out() { # CLIENT
	local status=0
	"by_$1" root whoami </dev/null >"$DIR/out" 2>"$DIR/err" || status=$?
	case $status in
	1 | 255) ;;
	*) fail "another user: exit $status: $(cat "$DIR/err")" ;;
	esac
	expect "no answer" 0 "$(wc -c <"$DIR/out")"
}

serves() { # CLIENT
	local before
	before=$(records "$DIR" SIGN)
	signs_one "$1"
	signs_one_binary_digest "$1"
	signs_a_batch "$1"
	tells_why_not "$1"
	expect "records of signatures" $((before + 304)) \
	    "$(records "$DIR" SIGN)"
	keeps_strangers_out "$1"
}

openssh_is_served() {
	serves openssh
}

dropbears_dbclient_is_served() {
	serves dbclient
}

puttys_plink_is_served() {
	serves plink
}

paramiko_is_served() {
	serves paramiko
}

asyncssh_is_served() {
	serves asyncssh
}

libssh2_is_served() {
	serves libssh2
}

# libssh2 1.10 signs RSA logins with SHA-1: it must hear no, not nothing.
libssh2_with_an_rsa_key_is_refused_at_once() {
	instance_client "$DIR" by-rsa ci rsa
	# ssh-keygen's own format is not read by it.
	ssh-keygen -q -p -m PEM -N '' -f "$DIR/client/by-rsa" >/dev/null
	KEY=$DIR/client/by-rsa
	"$CTL" -C "$DIR" reload
	sign_as "$DIR" by-rsa whoami </dev/null | grep -q by-rsa
	LIMIT="timeout 10" expect_exit 255 by_libssh2 sign whoami </dev/null
}

a_tampered_answer_would_be_noticed() {
	with "$DIR/one" 0 openssh "sign -k p256"
	awk '{ print (/^0/ ? "1" : "0") substr($0, 2) }' "$OUT" \
	    >"$DIR/tampered"
	expect_exit 1 "$PYTHON" "$HERE/verify_lines.py" "$DIR/p256.pem" \
	    <"$DIR/tampered"
}

the_chain_holds_after_all_this() {
	"$CTL" log verify "$DIR/log/audit.log"
}

cases openssh_is_served \
    dropbears_dbclient_is_served \
    puttys_plink_is_served \
    paramiko_is_served \
    asyncssh_is_served \
    libssh2_is_served \
    libssh2_with_an_rsa_key_is_refused_at_once \
    a_tampered_answer_would_be_noticed \
    the_chain_holds_after_all_this
