#!/bin/bash
# covers: src/broker/forms.c
# minisign, IMA and JWS: over stock ssh, and proven by the programs whose
# formats they are.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

TYPES="rsa:3072 p256 p384 p521 ed25519"
# shellcheck disable=SC2086 # one word a type
instance_new "$DIR" $TYPES || exit
cat >"$DIR/keys.d/demo.conf" <<-'END'
	[key raw-rsa]
	token = demo
	object = pkcs11:object=rsa3072
	use = raw
	[key raw-p256]
	token = demo
	object = pkcs11:object=p256
	use = raw
	[key raw-p384]
	token = demo
	object = pkcs11:object=p384
	use = raw
	formats = jws ima
	[key raw-p521]
	token = demo
	object = pkcs11:object=p521
	use = raw
	[key mini]
	token = demo
	object = pkcs11:object=ed25519
	use = raw
	formats = minisign
END
cat >"$DIR/profiles.d/demo.conf" <<-'END'
	[profile ci]
	keys = raw-rsa raw-p256 raw-p384 raw-p521 mini
END
instance_start "$DIR" || exit
FILE=$DIR/fw.bin
echo 'an artifact' >"$FILE"
echo 'a second one' >"$DIR/second one"

minisign_verifies_what_b2sum_printed() {
	(cd "$DIR" && b2sum fw.bin) |
	    sign_ssh "$DIR" sign -k mini -f minisign -o raw >"$FILE.minisig"
	sign_ssh "$DIR" pubkey mini --form minisign >"$DIR/mini.pub"
	minisign -V -p "$DIR/mini.pub" -m "$FILE" >"$DIR/said"
	grep -qE $'^Trusted comment: timestamp:[0-9]+\tfile:fw.bin\thashed$' \
	    "$DIR/said" || fail "$(cat "$DIR/said")"
	echo more >>"$FILE.minisig"
	expect_exit 1 minisign -V -p "$DIR/mini.pub" -m "$DIR/second one" \
	    -x "$FILE.minisig"
}

# Two operations of the token a line, in order, in one session.
many_lines_come_back_as_files() {
	mkdir "$DIR/many"
	local i
	for i in {1..40}; do
		echo "$i" >"$DIR/many/f$i"
	done
	(cd "$DIR/many" && b2sum f*) |
	    sign_ssh "$DIR" sign -k mini -f minisign -o tar |
	    tar -xf - -C "$DIR/many"
	sign_ssh "$DIR" pubkey mini --form minisign >"$DIR/mini.pub"
	for i in {1..40}; do
		minisign -V -q -p "$DIR/mini.pub" -m "$DIR/many/f$i"
	done
}

minisign_refuses_what_it_cannot_say() {
	expect_exit 65 sign_ssh "$DIR" sign -k mini -f minisign \
	    <<<"\\$(printf '%0128d' 1)  two\\nlines"
	grep -q 'printable UTF-8 without tabs' "$ERR" || fail "$(cat "$ERR")"
	expect_exit 65 sign_ssh "$DIR" sign -k mini -f minisign \
	    <<<"$(printf '%064d' 1)  sha256"
	grep -q 'blake2b512 has 128' "$ERR" || fail "$(cat "$ERR")"
	expect_exit 77 sign_ssh "$DIR" sign -k raw-rsa -f minisign \
	    --hash sha512 <<<"$(printf '%0128d' 1)  rsa"
	grep -q 'does not fit this rsa key' "$ERR" || fail "$(cat "$ERR")"
}

# evmctl takes keys from certificates: any will do that has the key.
certificate_of() { # KEY
	sign_ssh "$DIR" pubkey "$1" >"$DIR/key.pem"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$DIR/ca.key" \
	    -subj /CN=ca -out "$DIR/ca.pem" 2>/dev/null
	openssl req -new -newkey rsa:2048 -nodes -keyout "$DIR/any.key" \
	    -subj /CN=ima -out "$DIR/any.csr" 2>/dev/null
	openssl x509 -req -in "$DIR/any.csr" -CA "$DIR/ca.pem" \
	    -CAkey "$DIR/ca.key" -CAcreateserial -force_pubkey "$DIR/key.pem" \
	    -outform DER -out "$DIR/$1.der" 2>/dev/null
}

evmctl_verifies() {
	local key hash
	for key in raw-rsa raw-p256 raw-p384 raw-p521; do
		certificate_of $key
		for hash in sha256 sha512; do
			"${hash}sum" "$FILE" | sign_ssh "$DIR" sign -k $key \
			    -f ima -o raw >"$FILE.sig"
			evmctl ima_verify --sigfile -k "$DIR/$key.der" "$FILE" \
			    >"$DIR/said" 2>&1 || :
			grep -q 'verification is OK' "$DIR/said" ||
			    fail "$key $hash: $(cat "$DIR/said")"
		done
	done
	cp "$FILE.sig" "$DIR/second one.sig"
	expect_exit 1 evmctl ima_verify --sigfile -k "$DIR/raw-p521.der" \
	    "$DIR/second one"
}

url64() {
	base64 -w 0 | tr '+/' '-_' | tr -d =
}

jws_of() { # KEY HASH
	local head body
	head=$(sign_ssh "$DIR" pubkey "$1" --form jws-header --hash "$2")
	body=$(url64 <"$FILE")
	SIGNED=$(printf %s.%s "$head" "$body" | "${2}sum" |
	    sign_ssh "$DIR" sign -k "$1" -f jws -o raw)
	[ "${SIGNED%%..*}" = "$head" ] || fail "$SIGNED has another header"
	echo "$head.$body.${SIGNED##*.}" >"$DIR/signed"
}

jwcrypto_verifies() {
	local pair
	cat >"$DIR/check.py" <<-'END'
		import sys
		from jwcrypto import jwk, jws
		key = jwk.JWK.from_pem(open(sys.argv[1], 'rb').read())
		token = jws.JWS()
		token.deserialize(open(sys.argv[2]).read().strip())
		token.verify(key)
		sys.stdout.buffer.write(token.payload)
	END
	for pair in 'raw-rsa sha256' 'raw-rsa sha384' 'raw-rsa sha512' \
	    'raw-p256 sha256' 'raw-p384 sha384' 'raw-p521 sha512'; do
		# shellcheck disable=SC2086 # two words
		jws_of $pair
		sign_ssh "$DIR" pubkey "${pair% *}" >"$DIR/key.pem"
		$PYTHON "$DIR/check.py" "$DIR/key.pem" "$DIR/signed" |
		    cmp - "$FILE"
	done
	sed -i 's/\../.X/' "$DIR/signed"
	expect_exit 1 $PYTHON "$DIR/check.py" "$DIR/key.pem" "$DIR/signed"
}

a_curve_has_its_own_hash_in_jws() {
	expect_exit 64 sign_ssh "$DIR" pubkey raw-p256 --form jws-header \
	    --hash sha384
	grep -q 'use --hash sha256' "$ERR" || fail "$(cat "$ERR")"
	expect_exit 77 sign_ssh "$DIR" sign -k raw-p256 -f jws \
	    <<<"$(printf '%096d' 1)  x"
	grep -q 'use sha256' "$ERR" || fail "$(cat "$ERR")"
	expect_exit 64 sign_ssh "$DIR" pubkey mini --form jws-header
	grep -q 'signs messages' "$ERR" || fail "$(cat "$ERR")"
}

forms_of_a_public_key_are_its_types() {
	expect_exit 64 sign_ssh "$DIR" pubkey raw-rsa --form minisign
	expect_exit 64 sign_ssh "$DIR" pubkey raw-rsa --form signify
	grep -q 'only ed25519 keys have the form signify' "$ERR" || fail "$(cat "$ERR")"
	expect_exit 64 sign_ssh "$DIR" pubkey raw-rsa --hash sha256
	grep -q 'goes with --form jws-header' "$ERR" || fail "$(cat "$ERR")"
}

cases minisign_verifies_what_b2sum_printed \
    many_lines_come_back_as_files \
    minisign_refuses_what_it_cannot_say \
    evmctl_verifies \
    jwcrypto_verifies \
    a_curve_has_its_own_hash_in_jws \
    forms_of_a_public_key_are_its_types
