#!/bin/bash
# RFC 3161 time-stamps over stock ssh: what openssl ts asks, it verifies.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

FILE=$TOP/LICENSE
POLICY=1.3.6.1.4.1.32473.1
CA=$DIR/ca/ca.pem
STAMPS=extendedKeyUsage=critical,timeStamping

# Two authorities, and a key that signs files.
authorities() {
	cat >"$DIR/keys.d/stamps.conf" <<-END
		[key stamp-rsa]
		token = demo
		object = pkcs11:object=rsa3072
		use = wrapped
		formats = tsa
		hashes = sha256 sha384 sha512 sha3-256
		tsa-policy = $POLICY
		certificate = ../certs/rsa3072.pem

		[key stamp-ec]
		token = demo
		object = pkcs11:object=p256
		use = wrapped
		formats = tsa
		hashes = sha256
		tsa-policy = $POLICY
		tsa-accuracy = 1s
		certificate = ../certs/p256.pem

		[key release]
		token = demo
		object = pkcs11:object=p384
		use = wrapped
		formats = cms
		certificate = ../certs/p384.pem
	END
	cat >"$DIR/profiles.d/demo.conf" <<-END
		[profile ci]
		keys = stamp-rsa stamp-ec release

		[profile one]
		keys = stamp-ec release
		default = tsa

		[profile none]
		keys = stamp-ec
		verbs = sign check

		[profile twice]
		keys = stamp-ec
		repeat-window = 1h
	END
}

service() {
	instance_new "$DIR" rsa:3072 p256 p384 || return
	formats_ca "$DIR" || return
	formats_none "$DIR"
	formats_certificate "$DIR" rsa3072 $STAMPS || return
	formats_certificate "$DIR" p256 $STAMPS || return
	formats_certificate "$DIR" p384 || return
	authorities
	local profile
	for profile in one none twice; do
		instance_client "$DIR" $profile $profile || return
	done
	instance_start "$DIR"
}
if ! service >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi

query() { # OPTION...: to q.tsq
	openssl ts -query -data "$FILE" "$@" -out "$DIR/q.tsq" 2>/dev/null
}

# The answer to q.tsq in r.tsr.
stamp() { # WORD...
	sign_ssh "$DIR" tsa "$@" <"$DIR/q.tsq" >"$DIR/r.tsr"
}

verify() { # OPTION...
	openssl ts -verify -queryfile "$DIR/q.tsq" -in "$DIR/r.tsr" \
	    -CAfile "$CA" "$@" >"$DIR/said" 2>&1 || fail "$(cat "$DIR/said")"
	grep -qx 'Verification: OK' "$DIR/said"
}

text() {
	openssl ts -reply -in "$DIR/r.tsr" -text 2>/dev/null
}

# What was sent is refused with this status and sentence, and nothing else.
refused() { # STATUS SENTENCE FILE WORD...
	local status=$1 sentence=$2 file=$3
	shift 3
	expect_exit "$status" sign_ssh "$DIR" tsa "$@" <"$file"
	expect "standard output" "" "$(cat "$OUT")"
	expect "standard error" "countersign: $sentence" "$(cat "$ERR")"
}

openssl_verifies_every_hash() {
	local hash
	for hash in sha256 sha384 sha512 sha3-256; do
		query -$hash -cert
		stamp -k stamp-rsa
		verify
	done
	query -sha256 -cert
	stamp -k stamp-ec
	verify
}

a_nonce_comes_back_and_may_be_left_out() {
	query -sha256 -cert -no_nonce
	stamp -k stamp-ec
	verify
	text | grep -qx 'Nonce: unspecified'
	query -sha256 -cert
	stamp -k stamp-ec
	verify
	openssl ts -query -in "$DIR/q.tsq" -text 2>/dev/null |
	    sed -n 's/^Nonce: //p' >"$DIR/nonce"
	expect nonce "$(cat "$DIR/nonce")" "$(text | sed -n 's/^Nonce: //p')"
	# Another request's answer is none.
	query -sha256 -cert
	if openssl ts -verify -queryfile "$DIR/q.tsq" -in "$DIR/r.tsr" \
	    -CAfile "$CA" >"$DIR/said" 2>&1; then
		fail "it verifies for another nonce"
	fi
	grep -q 'nonce mismatch' "$DIR/said"
}

certificates_come_when_they_are_asked_for() {
	query -sha256
	stamp -k stamp-rsa
	verify -untrusted "$DIR/certs/rsa3072.pem"
	if openssl ts -verify -queryfile "$DIR/q.tsq" -in "$DIR/r.tsr" \
	    -CAfile "$CA" >/dev/null 2>&1; then
		fail "there is a certificate in it"
	fi
}

the_policy_is_the_keys() {
	query -sha256 -cert -tspolicy $POLICY
	stamp -k stamp-ec
	verify
	expect policy "Policy OID: $POLICY" "$(text | grep '^Policy OID')"
	query -sha256 -cert -tspolicy 1.2.3.4
	refused 77 "the request asks for the policy 1.2.3.4; key stamp-ec \
makes time-stamps under $POLICY" "$DIR/q.tsq" -k stamp-ec
	expect_match record '* DENY *reason="tsa-policy"*' \
	    "$(tail -n 1 "$DIR/log/audit.log")"
}

the_time_is_now_and_serials_differ() {
	local at serials
	query -sha256 -cert
	for _ in 1 2 3 4 5; do
		stamp -k stamp-ec
		text | sed -n 's/^Serial number: //p' >>"$DIR/serials"
	done
	serials=$(sort -u "$DIR/serials" | grep -c '^0x[4-7][0-9A-F]\{31\}$')
	expect "serial numbers" 5 "$serials"
	at=$(text | sed -n 's/^Time stamp: //p')
	at=$(($(date +%s) - $(date -d "$at" +%s)))
	if [ "$at" -lt 0 ] || [ "$at" -gt 60 ]; then
		fail "the time is off by $at s"
	fi
	text | grep -q '^Accuracy: 0x01 seconds'
}

it_is_recorded_with_what_it_stamps() {
	local digest
	digest=$(sha256sum "$FILE" | cut -d ' ' -f 1)
	query -sha256 -cert
	stamp -k stamp-ec
	expect_match record "* SIGN *key=\"stamp-ec\"*format=\"tsa\"*\
hash=\"sha256\"*digest=\"$digest\"*outcome=\"ok\"*" \
	    "$(tail -n 1 "$DIR/log/audit.log")"
}

the_one_key_that_stamps_is_found() {
	query -sha256 -cert
	sign_as "$DIR" one tsa <"$DIR/q.tsq" >"$DIR/r.tsr"
	verify
	# By the profile's default, too; and without input, the greeting.
	sign_as "$DIR" one <"$DIR/q.tsq" >"$DIR/r.tsr"
	verify
	sign_as "$DIR" one </dev/null | grep -q 'stamp-ec'
	refused 64 "say which key with -k; the profile ci grants: stamp-rsa, \
stamp-ec" "$DIR/q.tsq"
}

a_hash_that_is_not_granted_is_refused() {
	query -sha512 -cert
	refused 77 "you may not use sha512 with key stamp-ec; allowed: \
sha256" "$DIR/q.tsq" -k stamp-ec
	openssl ts -query -data "$FILE" -sha1 -out "$DIR/q.tsq" 2>/dev/null
	refused 65 "the time-stamp request has another hash than sha256, \
sha384, sha512, sha3-256, sha3-384 or sha3-512" "$DIR/q.tsq" -k stamp-ec
}

what_is_no_request_is_refused() {
	query -sha256 -cert
	refused 65 "the time-stamp request is missing: standard input is \
empty" /dev/null -k stamp-ec
	head -c 60 "$DIR/q.tsq" >"$DIR/bad"
	refused 65 "the time-stamp request is none: not one SEQUENCE in DER, \
RFC 3161" "$DIR/bad" -k stamp-ec
	cat "$DIR/q.tsq" "$DIR/q.tsq" >"$DIR/bad"
	refused 65 "the time-stamp request is none: not one SEQUENCE in DER, \
RFC 3161" "$DIR/bad" -k stamp-ec
	sha256sum "$FILE" >"$DIR/bad"
	refused 65 "the time-stamp request is none: not one SEQUENCE in DER, \
RFC 3161" "$DIR/bad" -k stamp-ec
	head -c 5000000 /dev/zero >"$DIR/bad"
	refused 65 "the time-stamp request is longer than 4096 bytes" \
	    "$DIR/bad" -k stamp-ec
	# It is over although more would come.
	expect_exit 65 sign_ssh "$DIR" tsa -k stamp-ec < <(yes)
}

extensions_are_refused() {
	# The last byte of -cert's BOOLEAN, then [0] with an extension in it.
	query -sha256 -no_nonce -cert
	python3 - "$DIR/q.tsq" "$DIR/bad" <<-END
		import sys
		der = open(sys.argv[1], "rb").read()
		more = bytes.fromhex("a00a3008060355040304010500")[:12]
		der = bytes([0x30, der[1] + len(more)]) + der[2:] + more
		open(sys.argv[2], "wb").write(der)
	END
	refused 65 "the time-stamp request has extensions, and none of them \
is answered" "$DIR/bad" -k stamp-ec
}

only_the_verb_tsa_makes_them() {
	sha256sum "$FILE" >"$DIR/line"
	expect_exit 64 sign_ssh "$DIR" sign -k stamp-ec <"$DIR/line"
	expect_match stderr "*key stamp-ec makes time-stamps only; write: \
ssh ... tsa < query.tsq > reply.tsr" "$(cat "$ERR")"
	expect_exit 64 sign_ssh "$DIR" sign -k release -f tsa <"$DIR/line"
	expect_match stderr "*format tsa is what the verb tsa makes*" \
	    "$(cat "$ERR")"
	query -sha256
	refused 77 "key release makes no time-stamps: its formats are not tsa" \
	    "$DIR/q.tsq" -k release
	expect_exit 77 sign_as "$DIR" none tsa <"$DIR/q.tsq"
}

each_is_of_its_own_moment() {
	query -sha256 -cert
	sign_as "$DIR" twice tsa <"$DIR/q.tsq" >"$DIR/r.tsr"
	sign_as "$DIR" twice tsa <"$DIR/q.tsq" >"$DIR/again.tsr"
	verify
	if cmp -s "$DIR/r.tsr" "$DIR/again.tsr"; then
		fail "a time-stamp was given twice"
	fi
}

admins_see_who_may() {
	local fp
	fp=$(ssh-keygen -lf "$DIR/client/one.pub" | cut -d ' ' -f 2)
	"$CTL" -C "$DIR" who-can stamp-ec >"$DIR/said"
	grep -q 'one, profile one: tsa with sha256' "$DIR/said"
	if grep -q "profile none: " "$DIR/said"; then
		fail "who may not is told to"
	fi
	"$CTL" -C "$DIR" what-can "$fp" | grep -q 'key stamp-ec: tsa with sha256'
	"$CTL" -C "$DIR" explain "$fp" -- tsa >"$DIR/said"
	grep -qi 'stamp-ec' "$DIR/said"
	"$CTL" -C "$DIR" test stamp-ec >"$DIR/said"
	grep -q 'tsa' "$DIR/said"
}

a_key_without_a_policy_is_no_authority() {
	cp "$DIR/keys.d/stamps.conf" "$DIR/kept"
	sed -i '/^tsa-policy/d' "$DIR/keys.d/stamps.conf"
	expect_exit 1 "$CTL" -C "$DIR" check
	cat "$OUT" "$ERR" | grep -q 'has format tsa and no tsa-policy'
	sed 's/^formats = tsa/formats = tsa cms/' "$DIR/kept" \
	    >"$DIR/keys.d/stamps.conf"
	expect_exit 1 "$CTL" -C "$DIR" check
	cat "$OUT" "$ERR" | grep -q 'format tsa stands alone'
	cp "$DIR/kept" "$DIR/keys.d/stamps.conf"
	"$CTL" -C "$DIR" check
}

a_certificate_for_other_uses_does_not_stamp() {
	local usage
	cp "$DIR/certs/p256.pem" "$DIR/kept.pem"
	for usage in timeStamping critical,timeStamping,codeSigning \
	    critical,codeSigning; do
		rm "$DIR/ca/p256.csr"
		formats_certificate "$DIR" p256 extendedKeyUsage=$usage
		expect_exit 1 "$CTL" -C "$DIR" check
		cat "$OUT" "$ERR" | grep -q \
		    'key stamp-ec: .*critical, and timeStamping alone'
	done
	cp "$DIR/kept.pem" "$DIR/certs/p256.pem"
	"$CTL" -C "$DIR" check
}

cases openssl_verifies_every_hash \
    a_nonce_comes_back_and_may_be_left_out \
    certificates_come_when_they_are_asked_for \
    the_policy_is_the_keys \
    the_time_is_now_and_serials_differ \
    it_is_recorded_with_what_it_stamps \
    the_one_key_that_stamps_is_found \
    a_hash_that_is_not_granted_is_refused \
    what_is_no_request_is_refused \
    extensions_are_refused \
    only_the_verb_tsa_makes_them \
    each_is_of_its_own_moment \
    admins_see_who_may \
    a_key_without_a_policy_is_no_authority \
    a_certificate_for_other_uses_does_not_stamp
