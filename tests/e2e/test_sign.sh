#!/bin/bash
# One digest, many digests: every format and output, verified by openssl.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

TYPES="rsa:3072 rsa:4096 p256 p384 p521"
# shellcheck disable=SC2086 # one word a type
shared_service $TYPES
FILE=$TOP/LICENSE

# r || s in hex as openssl wants it: the DER of both.
der_of_p1363() { # FILE
	local hex half
	hex=$(od -An -v -tx1 "$1" | tr -d ' \n')
	half=$((${#hex} / 2))
	printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' \
	    "${hex:0:half}" "${hex:half}" >"$1.conf"
	openssl asn1parse -genconf "$1.conf" -noout -out "$1.der"
}

verify() { # KEY HASH FORMAT SIGNATURE
	local more=
	case $3 in
	raw-pss) more="-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest" ;;
	p1363)
		der_of_p1363 "$4"
		mv "$4.der" "$4"
		;;
	esac
	[ -e "$DIR/$1.pem" ] || sign_ssh "$DIR" pubkey "$1" >"$DIR/$1.pem"
	# shellcheck disable=SC2086 # options
	openssl dgst "-$2" -verify "$DIR/$1.pem" $more -signature "$4" "$FILE"
}

one() { # KEY HASH FORMAT
	"${2}sum" "$FILE" | sign_ssh "$DIR" sign -k "$1" -f "$3" -o raw \
	    >"$DIR/sig"
	verify "$1" "$2" "$3" "$DIR/sig"
}

rsa_keys_sign_every_format_with_every_hash() {
	local key hash format
	for key in rsa3072 rsa4096; do
		for hash in sha256 sha384 sha512; do
			for format in raw raw-pss; do
				one $key $hash $format
			done
		done
	done
}

ecdsa_keys_sign_every_format_with_every_hash() {
	local key hash format
	for key in p256 p384 p521; do
		for hash in sha256 sha384 sha512; do
			for format in raw p1363; do
				one $key $hash $format
			done
		done
	done
}

a_signature_over_another_digest_does_not_verify() {
	sha256sum "$TOP/Makefile" |
	    sign_ssh "$DIR" sign -k p256 -o raw >"$DIR/sig"
	! verify p256 sha256 raw "$DIR/sig"
}

answers_a_batch_in_order_and_each_verifies() {
	(cd "$TOP" && sha256sum src/base/*.c src/wire/*.h) >"$DIR/digests"
	sign_ssh "$DIR" sign -k p256 <"$DIR/digests" >"$DIR/answers"
	expect "digests and names" "$(cat "$DIR/digests")" \
	    "$(awk '{ print $1 "  " $3 }' "$DIR/answers")"
	sign_ssh "$DIR" pubkey p256 >"$DIR/p256.pem"
	local hex signature name
	while read -r hex signature name; do
		echo "$signature" | base64 -d >"$DIR/sig"
		FILE=$TOP/$name
		verify p256 sha256 raw "$DIR/sig" >/dev/null
	done <"$DIR/answers"
}

takes_every_form_of_line() {
	local hex
	hex=$(sha256sum <"$FILE" | cut -d ' ' -f 1)
	{
		echo "$hex"
		echo "$hex  one"
		echo "$hex *two"
		printf '\\%s  li\\nne\n' "$hex"
		echo "SHA256 (three) = $hex"
		echo "SHA2-256(four)= $hex"
		echo
		echo "# a comment"
		printf '%s  five\r\n' "${hex^^}"
	} | sign_ssh "$DIR" sign -k p256 >"$DIR/answers"
	expect names "- one two li\\nne three four five" \
	    "$(awk '{ print $3 }' "$DIR/answers" | paste -sd ' ')"
	expect "digests in lower case" 7 "$(grep -c "$hex" "$DIR/answers")"
	expect "an escaped name begins its line with a backslash" 1 \
	    "$(grep -c '^[\\]' "$DIR/answers")"
}

takes_one_binary_digest() {
	openssl dgst -sha256 -binary "$FILE" |
	    sign_ssh "$DIR" sign -k rsa3072 -i raw -o raw >"$DIR/sig"
	verify rsa3072 sha256 raw "$DIR/sig"
}

writes_a_tar_that_tar_reads() {
	(cd "$TOP/src/base" && sha256sum buf.h text.h) |
	    sign_ssh "$DIR" sign -k rsa3072 -o tar >"$DIR/out.tar"
	mkdir "$DIR/tar"
	tar -C "$DIR/tar" -xf "$DIR/out.tar"
	expect files "buf.h.sig text.h.sig" "$(cd "$DIR/tar" && echo *)"
	FILE=$TOP/src/base/text.h
	verify rsa3072 sha256 raw "$DIR/tar/text.h.sig"
}

writes_json_that_jq_reads() {
	(cd "$TOP" && sha256sum LICENSE) |
	    sign_ssh "$DIR" sign -k p256 -o json >"$DIR/json"
	expect line 1 "$(jq -r .line "$DIR/json")"
	expect name LICENSE "$(jq -r .name "$DIR/json")"
	expect key p256 "$(jq -r .key "$DIR/json")"
	expect format raw "$(jq -r .format "$DIR/json")"
	expect hash sha256 "$(jq -r .hash "$DIR/json")"
	jq -r .signature "$DIR/json" | base64 -d >"$DIR/sig"
	verify p256 sha256 raw "$DIR/sig"
}

greets_without_a_command_and_without_lines() {
	sign_ssh "$DIR" </dev/null >"$DIR/greeting"
	expect_match greeting "*build01*" "$(cat "$DIR/greeting")"
	expect_match greeting "*SHA256:*" "$(cat "$DIR/greeting")"
	expect_match greeting "*rsa3072*" "$(cat "$DIR/greeting")"
}

uses_the_profiles_default_for_lines_without_a_command() {
	sha256sum "$FILE" | sign_ssh "$DIR" >"$DIR/answers"
	cut -d ' ' -f 3 "$DIR/answers" | base64 -d >"$DIR/sig"
	# The profile's default names the last key.
	verify p521 sha256 raw "$DIR/sig"
}

check_says_ok_and_signs_nothing() {
	local before
	before=$(records "$DIR" SIGN)
	sha256sum "$FILE" | sign_ssh "$DIR" check -k p256 >"$DIR/answers"
	expect "second column" ok "$(awk '{ print $2 }' "$DIR/answers")"
	expect "records of signatures" "$before" "$(records "$DIR" SIGN)"
}

tells_who_and_what() {
	expect principal build01 \
	    "$(sign_ssh "$DIR" whoami --json </dev/null | jq -r .principal)"
	sign_ssh "$DIR" keys </dev/null >"$DIR/keys"
	local type
	for type in $TYPES; do
		grep -q "$(instance_key_name "$type")" "$DIR/keys"
	done
	sign_ssh "$DIR" help </dev/null | grep -q sign
	sign_ssh "$DIR" help sign </dev/null | grep -q keep-going
}

gives_the_public_key_in_every_form() {
	sign_ssh "$DIR" pubkey p256 --form der </dev/null >"$DIR/der"
	sign_ssh "$DIR" pubkey p256 --form pem </dev/null >"$DIR/pem"
	expect "der and pem" "$(openssl pkey -pubin -in "$DIR/pem" -outform der |
	    sha256sum)" "$(sha256sum <"$DIR/der")"
	sign_ssh "$DIR" pubkey p256 --form ssh </dev/null >"$DIR/ssh"
	expect "ssh-keygen's opinion" \
	    "$(ssh-keygen -i -m PKCS8 -f "$DIR/pem" | cut -d ' ' -f 1,2)" \
	    "$(cut -d ' ' -f 1,2 "$DIR/ssh")"
}

every_signature_has_its_record_and_the_chain_holds() {
	local lines
	lines=$(digest_lines 50 | sign_ssh "$DIR" sign -k p256 | wc -l)
	expect answers 50 "$lines"
	"$CTL" log verify "$DIR/log/audit.log"
	local i
	for i in 0 7 49; do
		grep -q "name=\"build/$(printf %08d $i).bin\"" \
		    "$DIR/log/audit.log"
	done
}

status_says_where_the_time_of_a_line_goes() {
	digest_lines 20 | sign_ssh "$DIR" sign -k p256 >"$DIR/out"
	"$CTL" -C "$DIR" status | grep -E \
	    '^a line took [0-9]+ us on average: [0-9]+ in the token, [0-9]+ for'
	"$CTL" -C "$DIR" status --json |
	    jq -e '.timing | .lines >= 20 and ."record-us" > 0 and
	        ."whole-us" >= ."record-us" and ."token-us" > 0'
}

cases rsa_keys_sign_every_format_with_every_hash \
    ecdsa_keys_sign_every_format_with_every_hash \
    a_signature_over_another_digest_does_not_verify \
    answers_a_batch_in_order_and_each_verifies \
    takes_every_form_of_line \
    takes_one_binary_digest \
    writes_a_tar_that_tar_reads \
    writes_json_that_jq_reads \
    greets_without_a_command_and_without_lines \
    uses_the_profiles_default_for_lines_without_a_command \
    check_says_ok_and_signs_nothing \
    tells_who_and_what \
    gives_the_public_key_in_every_form \
    every_signature_has_its_record_and_the_chain_holds \
    status_says_where_the_time_of_a_line_goes
