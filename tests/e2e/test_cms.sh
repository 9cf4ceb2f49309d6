#!/bin/bash
# CMS over stock ssh, verified by openssl and by GnuTLS.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"
FILE=$TOP/LICENSE

service() {
	local key
	instance_new "$DIR" rsa:3072 rsa:4096 p256 p384 p521 || return
	formats_ca "$DIR" || return
	formats_none "$DIR"
	for key in rsa3072 rsa4096 p256 p384 p521; do
		formats_certificate "$DIR" $key || return
	done
	# A chain: the key's own first.
	cat "$DIR/ca/ca.pem" >>"$DIR/certs/rsa3072.pem"
	cat "$DIR/ca/ca.pem" >>"$DIR/certs/p256.pem"
	formats_key "$DIR" rsa3072 wrapped "cms, fsverity" \
	    "certificate = ../certs/rsa3072.pem"
	formats_key "$DIR" p256 wrapped "cms, verity" \
	    "certificate = ../certs/p256.pem"
	formats_key "$DIR" rsa4096 raw cms-noattr \
	    "certificate = ../certs/rsa4096.pem"
	formats_key "$DIR" p384 raw "raw, cms-noattr" \
	    "certificate = ../certs/p384.pem"
	formats_key "$DIR" p521 wrapped cms "signing-time = no" \
	    "certificate = ../certs/p521.pem"
	formats_profile "$DIR"
	instance_start "$DIR"
}
if ! service >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi
CA=$DIR/ca/ca.pem

refused() { # COMMAND...
	! "$@" || fail "passed: $*"
}

sign() { # KEY FORMAT [HASH]
	"${3:-sha256}sum" "$FILE" |
	    sign_ssh "$DIR" sign -k "$1" -f "$2" -o raw >"$DIR/sig"
}

by_cms() { # FILE
	openssl cms -verify -binary -inform DER -in "$DIR/sig" -content "$1" \
	    -CAfile "$CA" -purpose any -out "$DIR/back" && cmp "$1" "$DIR/back"
}

by_smime() { # FILE
	openssl smime -verify -binary -inform DER -in "$DIR/sig" \
	    -content "$1" -CAfile "$CA" -purpose any -out /dev/null
}

by_gnutls() { # FILE
	certtool --p7-verify --inder --infile "$DIR/sig" --load-data "$1" \
	    --load-ca-certificate "$CA"
}

# And nobody takes it for another file's.
verifies() {
	local by
	cp "$FILE" "$DIR/other"
	echo more >>"$DIR/other"
	for by in by_cms by_smime by_gnutls; do
		$by "$FILE"
		refused $by "$DIR/other"
	done
}

rsa_and_ecdsa_sign_with_every_hash() {
	local key hash
	for key in rsa3072 p256; do
		for hash in sha256 sha384 sha512; do
			sign $key cms $hash
			verifies
		done
	done
}

the_digest_itself_is_signed_without_attributes() {
	local key
	for key in rsa4096 p384; do
		sign $key cms-noattr
		verifies
		openssl asn1parse -inform DER -in "$DIR/sig" >"$DIR/text"
		refused grep messageDigest "$DIR/text"
	done
}

the_chain_is_in_it() {
	sign rsa3072 cms
	openssl pkcs7 -inform DER -in "$DIR/sig" -print_certs -noout >"$DIR/text"
	expect certificates 2 "$(grep -c ^subject "$DIR/text")"
}

its_time_is_now_or_none() {
	sign p256 cms
	openssl asn1parse -inform DER -in "$DIR/sig" | grep -A 2 signingTime |
	    grep -q "UTCTIME *:$(date -u +%y%m%d)\|UTCTIME *:$(date -u \
		-d '10 minutes ago' +%y%m%d)"
	sign p521 cms
	verifies
	openssl asn1parse -inform DER -in "$DIR/sig" >"$DIR/text"
	grep -q messageDigest "$DIR/text"
	refused grep signingTime "$DIR/text"
}

many_files_in_one_go() {
	mkdir "$DIR/many"
	cd "$DIR/many"
	for i in 1 2 3 4 5 6 7 8; do
		echo "in $i" >"f$i"
	done
	sha256sum f* | sign_ssh "$DIR" sign -k p256 -f cms -o tar | tar -xf -
	for i in 1 2 3 4 5 6 7 8; do
		mv "f$i.p7s" "$DIR/sig"
		by_cms "f$i"
	done
}

verity_is_verified_over_what_is_signed() {
	local root=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
	echo "$root  fw.roothash" |
	    sign_ssh "$DIR" sign -k p256 -f verity -o raw >"$DIR/sig"
	printf %s $root >"$DIR/content"
	openssl smime -verify -binary -inform DER -in "$DIR/sig" \
	    -content "$DIR/content" -CAfile "$CA" -purpose any \
	    -certfile "$DIR/certs/p256.pem" -out /dev/null
	refused openssl smime -verify -binary -inform DER -in "$DIR/sig" \
	    -content "$FILE" -CAfile "$CA" -purpose any \
	    -certfile "$DIR/certs/p256.pem" -out /dev/null
}

# As the fsverity program prints it, and as it would be signed there.
fsverity_is_verified_over_what_is_signed() {
	local hash
	for hash in sha256 sha512; do
		fsverity digest --hash-alg=$hash "$FILE" |
		    sign_ssh "$DIR" sign -k rsa3072 -f fsverity -o raw \
			>"$DIR/sig"
		fsverity digest --hash-alg=$hash --compact --for-builtin-sig \
		    "$FILE" | xxd -r -p >"$DIR/content"
		openssl cms -verify -binary -inform DER -in "$DIR/sig" \
		    -content "$DIR/content" -CAfile "$CA" -purpose any \
		    -certfile "$DIR/certs/rsa3072.pem" -out /dev/null
		refused openssl cms -verify -binary -inform DER -in "$DIR/sig" \
		    -content "$FILE" -CAfile "$CA" -purpose any \
		    -certfile "$DIR/certs/rsa3072.pem" -out /dev/null
	done
	expect_exit 77 sign rsa3072 fsverity sha384
	expect_match text "*format fsverity does not take sha384; use sha256, \
sha512*" "$(cat "$ERR")"
}

what_a_key_does_not_list_it_does_not_make() {
	expect_exit 77 sign p256 fsverity
	expect_exit 77 sign p384 cms
	expect_exit 77 sign p256 cms-noattr
}

cases rsa_and_ecdsa_sign_with_every_hash \
    the_digest_itself_is_signed_without_attributes \
    the_chain_is_in_it \
    its_time_is_now_or_none \
    many_files_in_one_go \
    verity_is_verified_over_what_is_signed \
    fsverity_is_verified_over_what_is_signed \
    what_a_key_does_not_list_it_does_not_make
