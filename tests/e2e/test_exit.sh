#!/bin/bash
# What bad input and refusals get: DESIGN's exit codes, a word on stderr, and
# nothing signed that was not asked.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" rsa:3072 p256 ed25519 || exit
cat >>"$DIR/keys.d/demo.conf" <<'END'
[key missing]
token = demo
object = pkcs11:object=nothing-like-it
use = raw

[key future]
token = demo
object = pkcs11:object=p256
use = raw
not-before = 2199-01-01

[key past]
token = demo
object = pkcs11:object=p256
use = raw
not-after = 2001-01-01

[key boxed]
token = demo
object = pkcs11:object=p256
use = wrapped
END
cat >"$DIR/profiles.d/more.conf" <<'END'
[profile odd]
keys = missing future past boxed ed25519

[profile narrow]
keys = p256
verbs = sign check whoami
formats = raw
hashes = sha256
names = *.bin
max-lines = 3

[profile lookers]

[profile elsewhere]
keys = p256
from = 192.0.2.0/24

[profile over]
keys = p256
not-after = 2001-01-01
END
instance_client "$DIR" odd odd
instance_client "$DIR" narrow narrow
instance_client "$DIR" looker lookers
instance_client "$DIR" stranger elsewhere
instance_client "$DIR" over over
ssh-keygen -q -t ed25519 -N '' -C nobody -f "$DIR/client/nobody"
ssh-keygen -q -t ed25519 -N '' -C late -f "$DIR/client/late"
printf 'profile="ci",expiry-time="20010101Z" %s\n' \
    "$(cat "$DIR/client/late.pub")" >>"$DIR/authorized_keys.d/clients"
instance_start "$DIR" || exit

HEX=$(sha256sum <"$TOP/LICENSE" | cut -d ' ' -f 1)
LINE="$HEX  a.bin"

# Standard input first, then what is expected of which call.
with() { # INPUT STATUS CLIENT COMMAND...
	local input=$1 status=$2
	shift 2
	printf "%b" "$input" >"$DIR/in.$BASHPID"
	expect_exit "$status" sign_as "$DIR" "$@" <"$DIR/in.$BASHPID"
}

says() { # PATTERN
	expect_match stderr "$1" "$(cat "$ERR")"
}

exit_64_for_what_is_no_command() {
	with "" 64 build01 frobnicate
	says "countersign: *"
	with "" 64 build01 sign --frobnicate
	with "" 64 build01 sign -k
	with "" 64 build01 sign -o xml
	with "" 64 build01 whoami too much
	with "" 64 build01 "'sign"
	with "" 64 build01 "sign; id"
	with "" 64 build01 "$(printf 'sign\tк')"
}

exit_65_for_lines_that_are_none() {
	with "$LINE\nnonsense\n$LINE\n" 65 build01 sign -k p256
	says "countersign: line 2: *"
	expect "answers before the bad line" 1 "$(wc -l <"$OUT")"
	with "${HEX}00  odd-length\n" 65 build01 sign -k p256
	says "countersign: line 1: *"
	with "\n# x\n\nzz\n" 65 build01 sign -k p256
	says "countersign: line 4: *"
	with "$HEX  $(printf 'n%.0s' {1..300})\n" 65 build01 sign -k p256
	with "$(printf 'a%.0s' {1..9000})\n" 65 build01 sign -k p256
	with "$HEX  nul\\\\0.bin\x00\n" 65 build01 sign -k p256
}

exit_65_for_more_or_less_than_one_raw_digest() {
	with "$LINE\n$LINE\n" 65 build01 sign -k p256 -o raw
	expect output 0 "$(wc -c <"$OUT")"
	with "" 65 build01 sign -k p256 -o raw
	with "short" 65 build01 sign -k p256 -i raw -o raw
	with "$LINE" 65 build01 sign -k p256 -i raw -o raw
}

exit_65_for_names_that_no_tar_may_hold() {
	with "$HEX  /etc/passwd\n" 65 build01 sign -k p256 -o tar
	with "$HEX  a/../../b\n" 65 build01 sign -k p256 -o tar
	with "$HEX\n" 65 build01 sign -k p256 -o tar
	says "countersign: line 1: *"
}

nothing_is_signed_for_a_request_with_one_bad_line_if_atomic() {
	local before
	before=$(records "$DIR" SIGN)
	with "$LINE\nnonsense\n" 65 build01 sign -k p256 --atomic
	expect output 0 "$(wc -c <"$OUT")"
	with "$LINE\n$HEX  a.exe\n" 77 narrow sign -k p256 --atomic
	expect output 0 "$(wc -c <"$OUT")"
	expect records "$before" "$(records "$DIR" SIGN)"
	with "$LINE\n$LINE\n" 0 build01 sign -k p256 --atomic
	expect answers 2 "$(wc -l <"$OUT")"
}

exit_1_when_some_lines_failed_under_keep_going() {
	with "$LINE\nnonsense\n$HEX  a.exe\n$LINE\n" 1 narrow \
	    sign -k p256 --keep-going
	expect answers 4 "$(wc -l <"$OUT")"
	expect_match "second answer" "*!bad-input*" "$(sed -n 2p "$OUT")"
	expect "third answer" "$HEX  !name  a.exe" "$(sed -n 3p "$OUT")"
	expect_match "fourth answer" "$HEX  ?*  a.bin" "$(sed -n 4p "$OUT")"
	says "*line 2: *line 3: *"
}

exit_69_for_a_key_that_the_token_does_not_have() {
	with "$LINE\n" 69 odd sign -k missing
	says "countersign: *"
}

exit_77_for_what_the_profile_does_not_grant() {
	with "$LINE\n" 77 narrow sign -k rsa3072
	says "*p256*"
	with "$LINE\n" 77 looker sign -k p256
	with "" 77 narrow pubkey p256
	with "" 77 narrow keys
	with "$LINE\n" 77 narrow sign -k p256 -f p1363
	with "$(sha512sum <"$TOP/LICENSE")\n" 77 narrow sign -k p256
	with "$HEX  a.exe\n" 77 narrow sign -k p256
	says "countersign: line 1: *.bin*"
	with "$HEX\n" 77 narrow sign -k p256
}

exit_77_for_a_line_too_many() {
	with "$LINE\n$LINE\n$LINE\n$LINE\n" 77 narrow sign -k p256
	expect "answers before" 3 "$(wc -l <"$OUT")"
	says "countersign: line 4: *3*"
}

exit_77_for_what_does_not_fit_the_key() {
	with "$LINE\n" 77 build01 sign -k rsa3072 -f p1363
	with "$LINE\n" 77 build01 sign -k p256 -f raw-pss
	with "$LINE\n" 77 odd sign -k ed25519 -f raw
	with "$LINE\n" 77 odd sign -k boxed -f raw
}

exit_77_before_and_after_a_keys_time() {
	with "$LINE\n" 77 odd sign -k future
	says "*2199*"
	with "$LINE\n" 77 odd sign -k past
	says "*2001*"
}

a_client_that_may_not_log_in_gets_255() {
	with "" 255 nobody whoami
	with "" 255 late whoami
	SIGN_USER=root with "" 255 build01 whoami
}

a_client_without_a_usable_profile_is_told() {
	# At login or at its command, but never with a signature.
	local client status
	for client in stranger over; do
		status=0
		echo "$LINE" | sign_as "$DIR" $client sign -k p256 \
		    >"$DIR/out" 2>"$DIR/err" || status=$?
		case $status in
		77 | 78 | 255) ;;
		*) fail "$client: exit $status" ;;
		esac
		expect output 0 "$(wc -c <"$DIR/out")"
	done
}

the_key_may_be_left_out_only_where_there_is_one() {
	with "$LINE\n" 0 narrow sign
	with "$LINE\n" 64 build01 sign
	says "*rsa3072*p256*"
}

stdout_holds_nothing_but_results() {
	with "$LINE\n" 0 build01 sign -k p256
	expect stderr "" "$(cat "$ERR")"
	expect lines 1 "$(wc -l <"$OUT")"
}

an_empty_request_is_no_error() {
	with "" 0 build01 sign -k p256
	expect output 0 "$(wc -c <"$OUT")"
}

every_refusal_names_the_line_that_decided() {
	with "$LINE\n" 77 narrow sign -k rsa3072
	with "$HEX  a.exe\n" 77 narrow sign -k p256
	grep ' DENY ' "$DIR/log/audit.log" | tail -n 2 >"$DIR/denied"
	expect reasons "key-unknown name" "$(sed \
	    's/.* reason="\([^"]*\)".*/\1/' "$DIR/denied" | paste -sd ' ')"
	expect rules 2 \
	    "$(grep -c ' rule="profiles.d/more.conf:[0-9]*"' "$DIR/denied")"
}

the_chain_holds_after_all_this() {
	"$CTL" log verify "$DIR/log/audit.log"
}

cases exit_64_for_what_is_no_command \
    exit_65_for_lines_that_are_none \
    exit_65_for_more_or_less_than_one_raw_digest \
    exit_65_for_names_that_no_tar_may_hold \
    nothing_is_signed_for_a_request_with_one_bad_line_if_atomic \
    exit_1_when_some_lines_failed_under_keep_going \
    exit_69_for_a_key_that_the_token_does_not_have \
    exit_77_for_what_the_profile_does_not_grant \
    exit_77_for_a_line_too_many \
    exit_77_for_what_does_not_fit_the_key \
    exit_77_before_and_after_a_keys_time \
    a_client_that_may_not_log_in_gets_255 \
    a_client_without_a_usable_profile_is_told \
    the_key_may_be_left_out_only_where_there_is_one \
    stdout_holds_nothing_but_results \
    an_empty_request_is_no_error \
    every_refusal_names_the_line_that_decided \
    the_chain_holds_after_all_this
