#!/bin/bash
# csign --tsa: files get time-stamps, which openssl verifies.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/csign.sh
. "$TOP/tests/support/csign.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

service() {
	instance_new "$DIR" p256 p384 || return
	formats_ca "$DIR" || return
	formats_none "$DIR"
	formats_certificate "$DIR" p256 \
	    extendedKeyUsage=critical,timeStamping || return
	formats_certificate "$DIR" p384 || return
	formats_key "$DIR" p256 wrapped tsa "certificate = ../certs/p256.pem" \
	    "tsa-policy = 1.3.6.1.4.1.32473.1"
	formats_key "$DIR" p384 wrapped cms "certificate = ../certs/p384.pem"
	formats_profile "$DIR"
	instance_start "$DIR"
}
if ! service >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi
csign_env "$DIR"

files_get_time_stamps() {
	mkdir "$DIR/files"
	cd "$DIR/files" || exit
	echo 1 >./-a
	echo 2 >'b c'
	signs --tsa --pin "$DIR/ca/ca.pem" -- -a 'b c'
	only -a 'b c' -a.tsr 'b c.tsr'
	openssl ts -verify -data 'b c' -in 'b c.tsr' -CAfile "$DIR/ca/ca.pem"
	refused openssl ts -verify -data ./-a -in 'b c.tsr' \
	    -CAfile "$DIR/ca/ca.pem"
	rm ./*.tsr
	signs --tsa -k p256 --hash sha512 'b c'
	openssl ts -reply -in 'b c.tsr' -text | grep -q 'Hash Algorithm: sha512'
}

another_pin_and_another_key_are_refused() {
	mkdir "$DIR/more"
	cd "$DIR/more" || exit
	echo 1 >a
	expect_exit 76 csign --tsa --pin "$DIR/certs/p384.pem" a
	expect_exit 77 csign --tsa -k p384 a
	expect_exit 66 csign --tsa nowhere
	only a
}

cases files_get_time_stamps \
    another_pin_and_another_key_are_refused
