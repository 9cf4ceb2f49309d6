#!/bin/bash
# A signing key's object changes under its name, and clients notice nothing.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

shared_service p256 p384

reload() {
	"$CTL" -C "$DIR" reload
}

utc() { # SECONDS
	date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ
}

# The key's own object is p256, its next generation's p384.
generation() { # START [WORD...]
	{
		printf '%s\n' '[key release]' 'token = demo' 'use = raw' \
		    'object = pkcs11:object=p256' \
		    '[generation next]' 'key = release' \
		    "start = $(utc "$1")"
		shift
		printf '%s\n' "$@"
	} >"$DIR/keys.d/release.conf"
}

NEXT="object = pkcs11:object=p384"
FAR=$((EPOCHSECONDS + 86400))

next_from() { # START
	generation "$1" "$NEXT"
	sed -i 's/^keys = .*/keys = release/;/^default/d' \
	    "$DIR/profiles.d/demo.conf"
	reload
}

print() { # KEY
	sign_ssh "$DIR" pubkey "$@" | openssl pkey -pubin -outform DER |
	    openssl dgst -sha256 -binary | base64 | tr -d =
}

# The fingerprints that signed, in the order of lines, each once.
signers() { # CONN
	grep ' SIGN \[' "$DIR/log/audit.log" | grep " conn=\"$1\"" |
	    sed -nE 's/.* line="([0-9]+)".*/\1 &/p' | sort -n |
	    sed -nE 's/.* keyfp="SHA256:([^"]*)".*/\1/p' | uniq
}

last_connection() {
	sed -nE 's/.* AUTH .* conn="([0-9]+)".*/\1/p' "$DIR/log/audit.log" |
	    tail -n 1
}

clients_see_the_next_generation_and_get_it_ahead() {
	next_from "$FAR"
	sign_ssh "$DIR" keys >"$DIR/keys"
	grep -q "^    fingerprint  SHA256:$(print)\$" "$DIR/keys"
	grep -q "^    next         next, from $(utc "$FAR"), SHA256:$(print \
	    --next)\$" "$DIR/keys"
	sign_ssh "$DIR" keys --json | $PYTHON -c '
import json, sys
key, = json.load(sys.stdin)
assert "generation" not in key and key["state"] == "ok", key
assert key["next"]["generation"] == "next", key
assert key["next"]["start"] == sys.argv[1], key
assert key["next"]["state"] == "ok", key
assert key["next"]["fingerprint"] != key["fingerprint"], key' "$(utc "$FAR")"
	[ "$(print)" != "$(print --next)" ]
	expect_exit 64 sign_ssh "$DIR" cert --next
	expect_match stderr "*pubkey release --next*" "$(cat "$ERR")"
}

status_says_which_is_in_force() {
	"$CTL" -C "$DIR" status >"$DIR/status"
	grep -q '^key release (its own, in force): ok$' "$DIR/status"
	grep -q "^key release (generation next from $(utc "$FAR"), to come): \
ok\$" "$DIR/status"
}

an_object_that_is_missing_shows_before_the_start() {
	generation "$FAR" 'object = pkcs11:object=nowhere'
	reload
	missing() {
		"$CTL" -C "$DIR" status |
		    grep -q '^key release (generation next .*): key-missing'
	}
	wait_for 10 missing
	recorded() {
		grep ' TOKEN \[' "$DIR/log/audit.log" |
		    grep 'generation="next"' |
		    grep -q 'reason="key-missing"'
	}
	wait_for 10 recorded
	sign_ssh "$DIR" keys | grep -q '^    state        ok$'
	sign_ssh "$DIR" keys | grep -q '^    next .*, key-missing: '
	expect answers 1 "$(digest_lines 1 | sign_ssh "$DIR" sign | wc -l)"
}

# Lines go on until the start is over, so many of them under way at a time.
feed() { # UNTIL
	local i line
	for ((i = 0; EPOCHSECONDS <= $1; i++)); do
		printf '%064x  line%d\n' "$i" "$i" >&"${BATCH[1]}"
		[ $i -lt 100 ] || read -r line <&"${BATCH[0]}"
		[ $i -lt 100 ] || echo "$line"
	done
	eval "exec ${BATCH[1]}>&-"
	cat <&"${BATCH[0]}"
	echo "$i" >"$DIR/fed"
}

a_batch_goes_over_to_the_next_without_an_error() {
	local start=$((EPOCHSECONDS + 3)) old new pid
	next_from "$start"
	old=$(print) new=$(print --next)
	sign_ssh "$DIR" pubkey --next >"$DIR/next.pem"
	sign_ssh "$DIR" pubkey >"$DIR/old.pem"
	coproc BATCH { sign_ssh "$DIR" sign 2>"$DIR/err"; }
	pid=$BATCH_PID
	feed $((start + 1)) >"$DIR/answers"
	wait "$pid" || fail "the batch: $(cat "$DIR/err")"
	expect answers "$(cat "$DIR/fed")" "$(wc -l <"$DIR/answers")"
	expect order 0 "$(awk '$3 != "line" NR - 1' "$DIR/answers" | wc -l)"
	expect signers "$old
$new" "$(signers "$(last_connection)")"
	expect "the key in force" "$new" "$(print)"
	expect_exit 64 sign_ssh "$DIR" pubkey --next
	expect_match stderr "*has no next generation*" "$(cat "$ERR")"
	verify_line 1 "$DIR/old.pem"
	verify_line "$(cat "$DIR/fed")" "$DIR/next.pem"
}

verify_line() { # NUMBER PEM
	sed -n "$1p" "$DIR/answers" | {
		read -r digest signature name
		printf '%s' "$digest" | $PYTHON -c '
import sys
sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >"$DIR/digest"
		base64 -d <<<"$signature" >"$DIR/sig"
		openssl pkeyutl -verify -pubin -inkey "$2" -in "$DIR/digest" \
		    -sigfile "$DIR/sig" >"$DIR/out" || fail "$name"
	}
}

a_start_that_moves_back_ahead_brings_the_old_one_back() {
	local before
	before=$(print)
	next_from "$FAR"
	[ "$(print)" != "$before" ]
	grep ' RELOAD \[' "$DIR/log/audit.log" | tail -n 1 |
	    grep 'what="changed" object="generation" of="next"' |
	    grep -q 'key="release" words="start"'
}

nothing_is_signed_before_the_first_one() {
	sed -i '/^object = pkcs11:object=p256$/d' "$DIR/keys.d/release.conf"
	"$CTL" -C "$DIR" check 2>"$DIR/err"
	grep -q "keys.d/release.conf:1: warning: key release has no \
generation before $(utc "$FAR")" "$DIR/err"
	reload
	digest_lines 1 >"$DIR/one"
	expect_exit 77 sign_ssh "$DIR" sign <"$DIR/one"
	expect_match stderr "*starts at $(utc "$FAR")" "$(cat "$ERR")"
	expect_exit 77 sign_ssh "$DIR" pubkey
	expect_exit 0 sign_ssh "$DIR" pubkey --next
	sign_ssh "$DIR" keys | grep -q '^    state        not-before: '
	grep ' DENY \[' "$DIR/log/audit.log" |
	    grep 'rule="keys.d/release.conf:4"' |
	    grep -q 'reason="not-before"'
}

the_chain_holds_after_all_this() {
	"$CTL" log verify "$DIR/log/audit.log"
}

cases clients_see_the_next_generation_and_get_it_ahead \
    status_says_which_is_in_force \
    an_object_that_is_missing_shows_before_the_start \
    a_batch_goes_over_to_the_next_without_an_error \
    a_start_that_moves_back_ahead_brings_the_old_one_back \
    nothing_is_signed_before_the_first_one \
    the_chain_holds_after_all_this
