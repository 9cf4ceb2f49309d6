#!/bin/bash
# Statements in DSSE envelopes and Sigstore bundles, signed lists of BSD's kind
# and pkg's replies: over stock ssh, and proven by other people's programs.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/npm.sh
. "$TOP/tests/support/npm.sh"

instance_new "$DIR" rsa:3072 rsa:4096 p256 p384 ed25519 || exit
cat >"$DIR/keys.d/demo.conf" <<-'END'
	[key rsa]
	token = demo
	object = pkcs11:object=rsa3072
	use = wrapped
	formats = dsse sigstore-dsse
	[key p256]
	token = demo
	object = pkcs11:object=p256
	use = wrapped
	formats = dsse sigstore-dsse
	predicate-type = https://example.com/release/v1
	[key ed25519]
	token = demo
	object = pkcs11:object=ed25519
	use = wrapped
	formats = dsse sigstore-dsse sums-signify
	[key pkg]
	token = demo
	object = pkcs11:object=rsa4096
	use = wrapped
	formats = freebsd-pkg
	[key blob]
	token = demo
	object = pkcs11:object=p384
	use = raw
	formats = sigstore-bundle
END
cat >"$DIR/profiles.d/demo.conf" <<-'END'
	[profile ci]
	keys = rsa p256 ed25519 pkg blob
END
instance_start "$DIR" || exit
FILE=$DIR/fw.bin
echo 'an artifact' >"$FILE"
for key in rsa p256 ed25519 pkg blob; do
	sign_ssh "$DIR" pubkey $key >"$DIR/$key.pem" || exit
done

sums() {
	(cd "$DIR" && sha256sum fw.bin)
}

# The encoding that is signed, put together by jq and printf.
envelope_verifies() { # KEY
	local body
	jq -r .payload "$DIR/answer" | base64 -d >"$DIR/body"
	jq -r '.signatures[0].sig' "$DIR/answer" | base64 -d >"$DIR/sig"
	body=$(wc -c <"$DIR/body")
	{
		printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$body"
		cat "$DIR/body"
	} >"$DIR/message"
	case $1 in
	ed25519)
		openssl pkeyutl -verify -rawin -pubin -inkey "$DIR/$1.pem" \
		    -sigfile "$DIR/sig" -in "$DIR/message"
		;;
	*)
		openssl dgst -sha256 -verify "$DIR/$1.pem" \
		    -signature "$DIR/sig" "$DIR/message"
		;;
	esac
}

openssl_verifies_envelopes() {
	local key
	for key in rsa p256 ed25519; do
		sums | sign_ssh "$DIR" sign -k $key -f dsse -o raw \
		    >"$DIR/answer"
		envelope_verifies $key
		expect lines 1 "$(wc -l <"$DIR/answer")"
		jq -e --arg hex "$(sums | cut -d ' ' -f 1)" --arg key $key '
		    ._type == "https://in-toto.io/Statement/v1" and
		    .subject == [{name: "fw.bin", digest: {sha256: $hex}}] and
		    .predicate.key == $key and (.predicate.time |
			fromdateiso8601 | . > 1700000000)' "$DIR/body" ||
		    fail "$(cat "$DIR/body")"
	done
}

a_key_says_what_its_statements_are_of() {
	sums | sign_ssh "$DIR" sign -k p256 -f dsse -o raw >"$DIR/answer"
	expect type https://example.com/release/v1 \
	    "$(jq -r .payload "$DIR/answer" | base64 -d | jq -r .predicateType)"
	sums | sign_ssh "$DIR" sign -k rsa -f dsse -o raw >"$DIR/answer"
	expect type urn:countersign:signed:v1 \
	    "$(jq -r .payload "$DIR/answer" | base64 -d | jq -r .predicateType)"
}

a_statement_without_a_name_is_refused() {
	expect_exit 77 sign_ssh "$DIR" sign -k p256 -f dsse \
	    <<<"$(printf '%064d' 1)"
	grep -q 'needs a name with each line' "$ERR" || fail "$(cat "$ERR")"
	expect_exit 65 sign_ssh "$DIR" sign -k p256 -f dsse \
	    <<<"$(printf '%064d' 1)  $(printf '\377')"
	grep -q 'in UTF-8' "$ERR" || fail "$(cat "$ERR")"
}

sigstore_verifies_statements() {
	npm_ready
	local key
	for key in rsa p256 ed25519; do
		sums | sign_ssh "$DIR" sign -k $key -f sigstore-dsse -o raw \
		    >"$DIR/bundle"
		node "$TOP/tests/npm/verify-bundle.js" "$DIR/$key.pem" \
		    "$DIR/bundle" >"$DIR/statement"
		expect subject fw.bin \
		    "$(jq -r '.subject[0].name' "$DIR/statement")"
	done
	jq -c '.dsseEnvelope.payload |= (@base64d | sub("fw"; "gw") | @base64)' \
	    "$DIR/bundle" >"$DIR/changed"
	expect_exit 1 node "$TOP/tests/npm/verify-bundle.js" \
	    "$DIR/ed25519.pem" "$DIR/changed"
}

sigstore_verifies_messages() {
	npm_ready
	sums | sign_ssh "$DIR" sign -k blob -f sigstore-bundle -o tar |
	    tar -xf - -C "$DIR"
	node "$TOP/tests/npm/verify-bundle.js" "$DIR/blob.pem" \
	    "$FILE.sigstore.json" "$FILE"
	expect_exit 1 node "$TOP/tests/npm/verify-bundle.js" \
	    "$DIR/blob.pem" "$FILE.sigstore.json" "$DIR/blob.pem"
	expect_exit 1 node "$TOP/tests/npm/verify-bundle.js" \
	    "$DIR/p256.pem" "$FILE.sigstore.json" "$FILE"
}

signify_verifies_lists() {
	sign_ssh "$DIR" pubkey ed25519 --form signify >"$DIR/key.pub"
	mkdir "$DIR/dist"
	local i
	for i in {1..100}; do
		echo "$i" >"$DIR/dist/file $i"
	done
	(cd "$DIR/dist" && sha256sum -- *) |
	    sign_ssh "$DIR" sign -k ed25519 -f sums-signify >"$DIR/SHA256.sig"
	(cd "$DIR/dist" &&
	    signify-openbsd -C -p ../key.pub -x ../SHA256.sig) >"$DIR/said"
	expect good 100 "$(grep -c ': OK$' "$DIR/said")"
	sed -i 's/(file 7)/(file 8)/' "$DIR/SHA256.sig"
	expect_exit 1 signify-openbsd -C -p "$DIR/key.pub" -x "$DIR/SHA256.sig"
}

a_list_that_signify_cannot_have_is_refused() {
	expect_exit 65 sign_ssh "$DIR" sign -k ed25519 -f sums-signify \
	    <<<"$(digest_lines 400)"
	grep -q 'more than 32768 bytes' "$ERR" || fail "$(cat "$ERR")"
	expect output 0 "$(wc -c <"$OUT")"
	expect_exit 65 sign_ssh "$DIR" sign -k ed25519 -f sums-signify \
	    <<<"$(digest_lines 2; echo "$(printf '%064d' 1)  a)b")"
	grep -q "line 3: .*has no ')'" "$ERR" || fail "$(cat "$ERR")"
	expect output 0 "$(wc -c <"$OUT")"
}

# As pkg does it: a line, the pipe kept open, lines read until END.
pkg_is_answered_while_its_pipe_is_open() {
	local sum
	mkfifo "$DIR/in"
	sign_ssh "$DIR" sign -k pkg -f freebsd-pkg -o raw <"$DIR/in" \
	    >"$DIR/reply" &
	exec 7>"$DIR/in"
	sum=$(sums | cut -d ' ' -f 1)
	echo "$sum" >&7
	ended() {
		[ "$(tail -c 4 "$DIR/reply")" = END ]
	}
	wait_for 20 ended || fail "no answer while the pipe is open"
	exec 7>&-
	wait $!
	expect first SIGNATURE "$(head -n 1 "$DIR/reply" | tr -d '\0')"
	$PYTHON - "$DIR/reply" "$DIR/sig" "$DIR/cert" <<-'END'
		import sys
		parts = {b'SIGNATURE\n': b'', b'CERT\n': b''}
		to = None
		for line in open(sys.argv[1], 'rb'):
		    if line in parts: to = line
		    elif line == b'END\n': break
		    else: parts[to] += line
		open(sys.argv[2], 'wb').write(parts[b'SIGNATURE\n'][:-1])
		open(sys.argv[3], 'wb').write(parts[b'CERT\n'])
	END
	cmp "$DIR/cert" "$DIR/pkg.pem"
	printf %s "$sum" | openssl dgst -sha256 -verify "$DIR/cert" \
	    -signature "$DIR/sig"
}

pkg_hears_nothing_when_it_is_refused() {
	expect_exit 77 sign_ssh "$DIR" sign -k pkg -f freebsd-pkg -o raw \
	    <<<"$(printf '%096d' 1)"
	expect output 0 "$(wc -c <"$OUT")"
	expect_exit 65 sign_ssh "$DIR" sign -k pkg -f freebsd-pkg -o raw \
	    <<<"no digest"
	expect output 0 "$(wc -c <"$OUT")"
}

formats_that_sign_the_same_are_kept_apart() {
	cp -R "$DIR/keys.d" "$DIR/kept"
	sed -i 's/= freebsd-pkg/= freebsd-pkg verity/' "$DIR/keys.d/demo.conf"
	expect_exit 1 "$CTL" -C "$DIR" check
	grep -q 'keys.d/demo.conf:[0-9]*: key pkg: formats verity and freebsd' \
	    "$OUT" "$ERR" || fail "$(cat "$OUT" "$ERR")"
	rm -r "$DIR/keys.d"
	mv "$DIR/kept" "$DIR/keys.d"
}

# The same by two names; one of them has a certificate, as verity needs.
no_two_keys_share_an_object_for_such_formats() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$DIR/ca.key" \
	    -subj /CN=ca -out "$DIR/ca.pem" 2>/dev/null
	openssl req -new -newkey rsa:2048 -nodes -keyout "$DIR/any.key" \
	    -subj /CN=v -out "$DIR/any.csr" 2>/dev/null
	openssl x509 -req -in "$DIR/any.csr" -CA "$DIR/ca.pem" \
	    -CAkey "$DIR/ca.key" -CAcreateserial -force_pubkey "$DIR/pkg.pem" \
	    -out "$DIR/v.pem" 2>/dev/null
	chmod 0644 "$DIR/v.pem"
	cat >"$DIR/keys.d/v.conf" <<-'END'
		[key v]
		token = demo
		object = pkcs11:object=rsa4096
		use = wrapped
		formats = verity
		certificate = ../v.pem
	END
	expect_exit 1 "$CTL" -C "$DIR" check
	grep -qE 'key v has the object of key pkg \(.*:[0-9]+\): formats verity' \
	    "$OUT" "$ERR" || fail "$(cat "$OUT" "$ERR")"
	# Written otherwise, it shows when the token says whose key it is.
	sed -i 's/object=rsa4096/type=private;object=rsa4096/' \
	    "$DIR/keys.d/v.conf"
	"$CTL" -C "$DIR" check
	"$CTL" -C "$DIR" reload
	told() {
		"$CTL" -C "$DIR" status >"$DIR/status"
		grep -q 'formats verity and freebsd-pkg sign' "$DIR/status"
	}
	wait_for 20 told || fail "$(cat "$DIR/status")"
	rm "$DIR/keys.d/v.conf"
	"$CTL" -C "$DIR" reload
}

cases openssl_verifies_envelopes \
    a_key_says_what_its_statements_are_of \
    a_statement_without_a_name_is_refused \
    sigstore_verifies_statements \
    sigstore_verifies_messages \
    signify_verifies_lists \
    a_list_that_signify_cannot_have_is_refused \
    pkg_is_answered_while_its_pipe_is_open \
    pkg_hears_nothing_when_it_is_refused \
    formats_that_sign_the_same_are_kept_apart \
    no_two_keys_share_an_object_for_such_formats
