#!/bin/bash
# A real EFI program, signed from its digest over stock ssh: sbverify and
# osslsigncode verify the file.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

IMAGE=/usr/lib/systemd/boot/efi/systemd-bootx64.efi
CA=$DIR/ca/ca.pem

service() {
	instance_new "$DIR" rsa:3072 rsa:4096 p256 p384 p521 || return
	formats_ca "$DIR" || return
	formats_none "$DIR"
	formats_certificate "$DIR" rsa3072 || return
	formats_certificate "$DIR" p256 || return
	formats_key "$DIR" rsa3072 wrapped authenticode \
	    "certificate = ../certs/rsa3072.pem"
	formats_key "$DIR" p256 wrapped authenticode \
	    "certificate = ../certs/p256.pem"
	formats_certificate "$DIR" rsa4096 \
	    extendedKeyUsage=critical,timeStamping || return
	formats_key "$DIR" rsa4096 wrapped tsa \
	    "certificate = ../certs/rsa4096.pem" \
	    "tsa-policy = 1.3.6.1.4.1.32473.1"
	formats_key "$DIR" p521 raw raw
	formats_profile "$DIR"
	instance_start "$DIR"
}
if ! service >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi

# The image's digest, as another program works it out: a checksum line.
image_line() { # HASH
	rm -f "$DIR/data"
	osslsigncode extract-data -h "$1" -in $IMAGE -out "$DIR/data" >/dev/null
	openssl asn1parse -inform DER -in "$DIR/data" |
	    sed -n 's/.*OCTET STRING.*DUMP.:\([0-9A-F]*\)$/\1  boot.efi/p'
}

sign() { # KEY HASH: to p7
	image_line "$2" >"$DIR/line"
	sign_ssh "$DIR" sign -k "$1" -f authenticode -o raw <"$DIR/line" \
	    >"$DIR/p7"
}

sbverify_takes_what_is_attached() {
	local key
	for key in rsa3072 p256; do
		sign $key sha256
		sbverify --cert "$DIR/certs/$key.pem" --detached "$DIR/p7" \
		    $IMAGE 2>/dev/null
		cp $IMAGE "$DIR/boot.efi"
		sbattach --attach "$DIR/p7" "$DIR/boot.efi" 2>/dev/null
		sbverify --cert "$DIR/certs/$key.pem" "$DIR/boot.efi" \
		    >"$DIR/said" 2>/dev/null
		grep -qx 'Signature verification OK' "$DIR/said"
		printf x | dd of="$DIR/boot.efi" bs=1 seek=100000 \
		    conv=notrunc 2>/dev/null
		if sbverify --cert "$DIR/certs/$key.pem" "$DIR/boot.efi" \
		    >/dev/null 2>&1; then
			fail "a changed program verifies"
		fi
	done
}

osslsigncode_takes_every_hash() {
	local key hash
	for key in rsa3072 p256; do
		for hash in sha256 sha384 sha512; do
			sign $key $hash
			rm -f "$DIR/signed.efi"
			osslsigncode attach-signature -sigin "$DIR/p7" \
			    -in $IMAGE -out "$DIR/signed.efi" -CAfile "$CA" \
			    >/dev/null
			osslsigncode verify -in "$DIR/signed.efi" \
			    -CAfile "$CA" >"$DIR/said" 2>&1 ||
			    fail "$key $hash: $(cat "$DIR/said")"
			grep -q '^Signature verification: ok' "$DIR/said"
		done
	done
}

# osslsigncode asks over HTTP for a time-stamp, which the same service makes.
it_is_stamped_by_our_own_authority() {
	local port
	sign rsa3072 sha256
	rm -f "$DIR/signed.efi" "$DIR/stamped.efi" "$DIR/http"
	osslsigncode attach-signature -sigin "$DIR/p7" -in $IMAGE \
	    -out "$DIR/signed.efi" -CAfile "$CA" >/dev/null
	# shellcheck disable=SC2046 # the words of a command
	$PYTHON "$TOP/tests/support/tsa_http.py" ssh \
	    $(ssh_options "$DIR" build01) 127.0.0.1 tsa >"$DIR/http" &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	wait_for 10 test -s "$DIR/http"
	port=$(cat "$DIR/http")
	osslsigncode add -ts "http://127.0.0.1:$port/" -h sha256 \
	    -in "$DIR/signed.efi" -out "$DIR/stamped.efi" >"$DIR/said" 2>&1 ||
	    fail "$(cat "$DIR/said")"
	osslsigncode verify -in "$DIR/stamped.efi" -CAfile "$CA" \
	    -TSA-CAfile "$CA" >"$DIR/said" 2>&1 || fail "$(cat "$DIR/said")"
	grep -q '^Timestamp verified' "$DIR/said" || fail "$(cat "$DIR/said")"
}

another_certificate_does_not_verify_it() {
	sign rsa3072 sha256
	if sbverify --cert "$DIR/certs/p256.pem" --detached "$DIR/p7" \
	    $IMAGE >/dev/null 2>&1; then
		fail "it verifies by another certificate"
	fi
}

many_come_as_files() {
	image_line sha256 >"$DIR/line"
	mkdir "$DIR/many"
	sign_ssh "$DIR" sign -k p256 -o tar <"$DIR/line" |
	    tar -C "$DIR/many" -xf -
	sbverify --cert "$DIR/certs/p256.pem" --detached \
	    "$DIR/many/boot.efi.p7" $IMAGE >/dev/null 2>&1
}

what_does_not_fit_is_refused() {
	image_line sha256 >"$DIR/line"
	expect_exit 77 sign_ssh "$DIR" sign -k p521 -f authenticode <"$DIR/line"
	expect_match stderr "*format authenticode is wrapped and key p521 has \
use = raw*" "$(cat "$ERR")"
	expect_exit 77 sign_ssh "$DIR" sign -k p256 --hash sha3-256 <"$DIR/line"
}

a_certificate_for_other_uses_is_refused() {
	formats_certificate "$DIR" p384 extendedKeyUsage=serverAuth
	formats_key "$DIR" p384 wrapped authenticode \
	    "certificate = ../certs/p384.pem"
	expect_exit 1 "$CTL" -C "$DIR" check
	cat "$OUT" "$ERR" | grep -q 'key p384: .*lacks codeSigning'
	rm "$DIR/keys.d/p384.conf"
	"$CTL" -C "$DIR" check
}

cases sbverify_takes_what_is_attached \
    osslsigncode_takes_every_hash \
    it_is_stamped_by_our_own_authority \
    another_certificate_does_not_verify_it \
    many_come_as_files \
    what_does_not_fit_is_refused \
    a_certificate_for_other_uses_is_refused
