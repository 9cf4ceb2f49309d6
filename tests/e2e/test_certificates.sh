#!/bin/bash
# A key's certificate: looked at when the tree is loaded, held against the
# token's key, renewed without an interruption, and over one day.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"
FILE=$TOP/LICENSE

service() {
	local key
	instance_new "$DIR" rsa:3072 rsa:4096 p256 p384 || return
	formats_ca "$DIR" || return
	formats_none "$DIR"
	for key in rsa3072 p256 p384; do
		formats_certificate "$DIR" $key || return
	done
	formats_key "$DIR" rsa3072 wrapped cms \
	    "certificate = ../certs/rsa3072.pem"
	formats_key "$DIR" p256 wrapped cms "certificate = ../certs/p256.pem"
	formats_key "$DIR" p384 raw "raw, kmod" \
	    "certificate = ../certs/p384.pem"
	formats_profile "$DIR"
	instance_start "$DIR"
}
if ! service >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi
CA=$DIR/ca/ca.pem
cp -R "$DIR/certs" "$DIR/certs.good"
cp -R "$DIR/keys.d" "$DIR/keys.good"

# As it was, whatever the case did.
restore() {
	cp "$DIR/certs.good"/* "$DIR/certs/"
	cp "$DIR/keys.good"/* "$DIR/keys.d/"
	ctl reload
}

ctl() {
	"$CTL" -C "$DIR" "$@"
}

sign() { # KEY FORMAT
	sha256sum "$FILE" |
	    sign_ssh "$DIR" sign -k "$1" -f "$2" -o raw >"$DIR/sig"
}

verify() { # [OPTION...]
	openssl cms -verify -binary -inform DER -in "$DIR/sig" \
	    -content "$FILE" -CAfile "$CA" -purpose any "$@" -out /dev/null
}

# check and reload say it, and the service goes on with what it had.
refused() { # TEXT
	expect_exit 1 ctl check
	expect_match "the check's text" "*$1*" "$(cat "$ERR")"
	expect_exit 1 ctl reload
	expect_match "the reload's text" "*$1*" "$(cat "$OUT" "$ERR")"
	sign rsa3072 cms
	verify
}

a_bad_file_is_refused_with_its_line() {
	trap 'restore >/dev/null 2>&1' EXIT
	echo nothing >"$DIR/certs/rsa3072.pem"
	refused "keys.d/rsa3072.conf:1: key rsa3072: certificate*rsa3072.pem: \
is not a PEM certificate"
	head -n 3 "$DIR/certs.good/rsa3072.pem" >"$DIR/certs/rsa3072.pem"
	refused "keys.d/rsa3072.conf:6: key rsa3072: certificate*rsa3072.pem: \
certificate 1 in it cannot be read"
	cat "$CA" "$DIR/certs.good/rsa3072.pem" >"$DIR/certs/rsa3072.pem"
	refused "certificate 1 (ca) is not issued by certificate 2 (rsa3072): \
the key's own comes first"
	cat "$DIR/certs.good/rsa3072.pem" "$DIR/ca/ca.key" \
	    >"$DIR/certs/rsa3072.pem"
	refused "holds a private key"
}

a_usage_that_does_not_fit_is_refused() {
	trap 'restore >/dev/null 2>&1' EXIT
	cp "$DIR/ca/p256.ext" "$DIR/ca/kept"
	sed 's/digitalSignature/keyEncipherment/' "$DIR/ca/kept" \
	    >"$DIR/ca/p256.ext"
	openssl x509 -req -in "$DIR/ca/p256.csr" -CA "$CA" \
	    -CAkey "$DIR/ca/ca.key" -extfile "$DIR/ca/p256.ext" -days 20 \
	    -out "$DIR/certs/p256.pem"
	cp "$DIR/ca/kept" "$DIR/ca/p256.ext"
	refused "keys.d/p256.conf:6: key p256: certificate*p256.pem: is not \
for format cms: its keyUsage lacks digitalSignature"
}

a_format_that_needs_one_is_not_listed_without() {
	trap 'restore >/dev/null 2>&1' EXIT
	sed -i '/^certificate/d' "$DIR/keys.d/p256.conf"
	refused "keys.d/p256.conf:1: key p256 has no certificate: format cms \
needs one; write certificate = FILE"
	# One that lists none still says what it lacks.
	sed -i '/^formats/d' "$DIR/keys.d/p256.conf"
	ctl reload
	expect_exit 77 sign p256 cms
	expect_match text "*format cms needs a key with a certificate*" \
	    "$(cat "$ERR")"
}

one_for_another_key_makes_the_key_unfit() {
	trap 'restore >/dev/null 2>&1' EXIT
	formats_key "$DIR" rsa4096 wrapped cms \
	    "certificate = ../certs/rsa3072.pem"
	formats_profile "$DIR"
	ctl reload
	expect_exit 69 sign rsa4096 cms
	expect_match text "*the certificate is for another key than the \
token's object*" "$(cat "$ERR")"
	expect_match status "*key rsa4096: key-unfit: the certificate is for \
another key than the token's object*" "$(ctl status)"
	expect_match keys "*key-unfit: the certificate is for another key*" \
	    "$(sign_ssh "$DIR" keys)"
	grep ' TOKEN ' "$DIR/log/audit.log" | grep -q 'another key than the'
	sign rsa3072 cms
	# The right one gives it another try.
	formats_certificate "$DIR" rsa4096
	sed -i 's/rsa3072.pem/rsa4096.pem/' "$DIR/keys.d/rsa4096.conf"
	ctl reload
	sign rsa4096 cms
	verify
	rm "$DIR/keys.d/rsa4096.conf"
	FORMATS_KEYS="rsa3072 p256 p384"
	formats_profile "$DIR"
}

# A key that signs is not taken away by a mistake in its renewal.
a_renewal_by_another_keys_is_refused() {
	trap 'restore >/dev/null 2>&1' EXIT
	sign p256 cms
	cp "$DIR/certs.good/rsa3072.pem" "$DIR/certs/p256.pem"
	expect_exit 1 ctl reload
	expect_match text "*keys.d/p256.conf:1: key p256: the certificate is \
for another key than the token's object; nothing was reloaded*" \
	    "$(cat "$OUT" "$ERR")"
	sign p256 cms
	verify
}

serial_of() { # FILE
	openssl x509 -in "$1" -noout -serial
}

# One session signs before, and after, and sees no gap.
a_renewed_one_is_taken_without_a_gap() {
	local n i before
	trap 'restore >/dev/null 2>&1' EXIT
	sign rsa3072 cms
	before=$(openssl pkcs7 -inform DER -in "$DIR/sig" -print_certs |
	    openssl x509 -noout -serial)
	expect before "$(serial_of "$DIR/certs.good/rsa3072.pem")" "$before"
	rm "$DIR/ca/rsa3072.csr"
	formats_certificate "$DIR" rsa3072
	mkfifo "$DIR/lines"
	sign_ssh "$DIR" sign -k rsa3072 -f cms -o tar <"$DIR/lines" \
	    >"$DIR/tar" &
	n=$!
	{
		for i in 1 2 3 4 5 6; do
			printf '%064d  f%d\n' $i $i
			[ $i != 3 ] || ctl reload >&2
		done
	} >"$DIR/lines"
	wait $n
	expect files 6 "$(tar -tf "$DIR/tar" | wc -l)"
	sign rsa3072 cms
	verify
	expect after "$(serial_of "$DIR/certs/rsa3072.pem")" \
	    "$(openssl pkcs7 -inform DER -in "$DIR/sig" -print_certs |
		openssl x509 -noout -serial)"
	[ "$(serial_of "$DIR/certs/rsa3072.pem")" != "$before" ]
	expect TOKEN "" "$(tail -n 12 "$DIR/log/audit.log" |
	    grep ' TOKEN ' | grep rsa3072 || :)"
}

# An old one is no reason to refuse a tree; only its formats are refused.
one_that_is_over_signs_nothing() {
	trap 'restore >/dev/null 2>&1' EXIT
	formats_dates "$DIR" p256 20200101000000Z 20200201000000Z
	formats_dates "$DIR" p384 20200101000000Z 20200201000000Z
	expect_exit 0 ctl check
	expect_match warning "*warning: the certificate of key p256 has \
expired: formats that need it are refused*" "$(cat "$OUT" "$ERR")"
	ctl reload
	expect_exit 77 sign p256 cms
	expect_match text "*the certificate was valid until \
2020-02-01T00:00:00Z*" "$(cat "$ERR")"
	tail -n 1 "$DIR/log/audit.log" |
	    grep -q ' DENY .*reason="certificate-dates"'
	expect_match status "*key p256: ok*the certificate was valid until*" \
	    "$(ctl status)"
	sign_ssh "$DIR" keys | grep -q \
	    '^    certificate  the certificate was valid until 2020-02-01'
	sign_ssh "$DIR" keys --json | grep -q \
	    '"name":"p256".*"certificate":"the certificate was valid until'
	expect_exit 77 sign p384 kmod
	expect_exit 69 ctl test p384
	expect_match "test's kmod" "*p384 kmod sha256: failed, \
certificate-dates: the certificate was valid until*" "$(cat "$OUT")"
	expect_match "test's raw" "*p384 raw sha256: ok*" "$(cat "$OUT")"
	sign p384 raw
	sign_ssh "$DIR" pubkey p384 >"$DIR/p384.pub"
	openssl dgst -sha256 -verify "$DIR/p384.pub" -signature "$DIR/sig" \
	    "$FILE"
	sign rsa3072 cms
	# Where the admin says so it signs.
	echo 'allow-expired-certificate = yes' >>"$DIR/keys.d/p256.conf"
	ctl reload
	sign p256 cms
	verify -no_check_time
	if verify; then
		fail "openssl takes it in time"
	fi
}

one_that_is_not_valid_yet_signs_nothing() {
	trap 'restore >/dev/null 2>&1' EXIT
	formats_dates "$DIR" p256 20990101000000Z 20991231000000Z
	ctl reload
	expect_exit 77 sign p256 cms
	expect_match text "*the certificate is not valid before \
2099-01-01T00:00:00Z*" "$(cat "$ERR")"
	restore
	sign p256 cms
}

cases a_bad_file_is_refused_with_its_line \
    a_usage_that_does_not_fit_is_refused \
    a_format_that_needs_one_is_not_listed_without \
    one_for_another_key_makes_the_key_unfit \
    a_renewal_by_another_keys_is_refused \
    a_renewed_one_is_taken_without_a_gap \
    one_that_is_over_signs_nothing \
    one_that_is_not_valid_yet_signs_nothing
