#!/bin/bash
# csign for the smaller formats, each verified against its pin by the tool that
# its users have, and refused with another pin.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/csign.sh
. "$TOP/tests/support/csign.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

service() { # DIR FORMATS-OF-ED25519 USE
	instance_new "$1" rsa:3072 rsa:4096 p256 p384 ed25519 || return
	formats_none "$1"
	formats_key "$1" rsa4096 raw "ima, jws, sigstore-bundle"
	formats_key "$1" p384 raw "ima, jws"
	formats_key "$1" p256 wrapped "dsse, sigstore-dsse, manifest"
	formats_key "$1" rsa3072 wrapped "dsse, manifest"
	formats_key "$1" ed25519 "$3" "$2"
	FORMATS_HASHES=", blake2b" formats_profile "$1"
	sed -i '/^hashes/d' "$1/profiles.d/demo.conf"
	instance_start "$1"
}
if ! service "$DIR" minisign raw >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi
csign_env "$DIR"
for key in rsa4096 rsa3072 p256 p384 ed25519; do
	sign_ssh "$DIR" pubkey $key </dev/null >"$DIR/$key.pem"
done

files() { # NAME...
	mkdir "$DIR/files.$BASHPID"
	cd "$DIR/files.$BASHPID" || exit
	local name
	for name; do
		echo "in $name" >"./$name"
	done
}

# Signed and verified; not by another key.
pinned() { # KEY FORMAT EXTENSION OTHER-PIN
	signs -k "$1" -f "$2" --pin "$DIR/$1.pem" a 'b c'
	[ -s "a.$3" ] && [ -s "b c.$3" ]
	rm "a.$3" "b c.$3"
	expect_exit 76 csign -k "$1" -f "$2" --pin "$DIR/$4.pem" a
	only a 'b c'
}

minisign_is_what_minisign_verifies() {
	command -v minisign >/dev/null || skip "no minisign"
	files a 'b c'
	sign_ssh "$DIR" pubkey ed25519 --form minisign </dev/null >"$DIR/m.pub"
	signs -k ed25519 -f minisign --pin "$DIR/m.pub" a 'b c'
	minisign -V -H -p "$DIR/m.pub" -m 'b c'
	rm ./*.minisig
	minisign -G -f -W -p "$DIR/other.pub" -s "$DIR/other.key" >/dev/null
	expect_exit 76 csign -k ed25519 -f minisign --pin "$DIR/other.pub" a
	expect_exit 64 csign -k ed25519 -f minisign --pin "$DIR/ed25519.pem" a
	expect_match stderr '*--form minisign*' "$(cat "$ERR")"
	only a 'b c'
}

ima_is_verified() {
	files a 'b c'
	pinned rsa4096 ima sig rsa3072
	pinned p384 ima sig p256
}

jws_is_verified() {
	files a 'b c'
	pinned rsa4096 jws jws rsa3072
	files_of_jws
}

# The header asks for the hash of the curve.
files_of_jws() {
	signs -k p384 -f jws --hash sha384 --pin "$DIR/p384.pem" a
	expect_match jws '*..*' "$(cat a.jws)"
	rm a.jws
	signs -k p384 -f jws --pin "$DIR/p384.pem" a
	local hash
	for hash in sha256 sha384 sha512; do
		signs -k rsa4096 -f jws --hash $hash --pin "$DIR/rsa4096.pem" a
		expect_match "header of $hash" "*RS${hash#sha}*" \
		    "$(cut -d . -f 1 a.jws | base64 -d 2>/dev/null)"
		expect_exit 76 csign -k rsa4096 -f jws --hash $hash \
		    --pin "$DIR/rsa3072.pem" a
	done
	expect_exit 64 csign -k p384 -f jws --hash sha256 a
}

sigstore_bundles_are_verified() {
	files a 'b c'
	pinned rsa4096 sigstore-bundle sigstore.json rsa3072
	pinned p256 sigstore-dsse sigstore.json p384
}

envelopes_are_verified_and_about_the_file() {
	files a 'b c'
	pinned p256 dsse intoto.jsonl p384
	pinned rsa3072 dsse intoto.jsonl rsa4096
	signs -k p256 -f dsse a
	jq -r .payload a.intoto.jsonl | base64 -d |
	    jq -e --arg h "$(sha256sum <a | cut -c -64)" \
	        '.subject[0] == {name: "a", digest: {sha256: $h}}'
}

# A server that lies says more than what was signed, or says it of another.
what_stands_beside_a_signature_is_refused() {
	files a b
	signs -k p256 -f dsse b
	mv b.intoto.jsonl "$DIR/of-b.json"
	csign_wrap adds <<-'END'
		$REAL_SSH "${@:2}" >"$0.answer" || exit
		case ${*: -1} in
		pubkey*)
			cat "$0.answer"
			exit
			;;
		esac
		read -r hex text name <"$0.answer"
		base64 -d <<<"$text" >"$0.good"
		case $ADDS in
		payload) sed 's/\.\./.ZXZpbA./' "$0.good" ;;
		twice) sed 's/^{/{"payload":"ZXZpbA==",/' "$0.good" ;;
		escaped) sed 's/^{/{"pay\\u006coad":"ZXZpbA==",/' "$0.good" ;;
		other) cat "${0%/*}/of-b.json" ;;
		esac >"$0.bad"
		cmp -s "$0.good" "$0.bad" && exit 70
		printf '%s  %s  %s\n' "$hex" "$(base64 -w 0 <"$0.bad")" "$name"
	END
	local adds
	for adds in twice escaped other; do
		ADDS=$adds expect_exit 76 csign -k p256 -f dsse \
		    --pin "$DIR/p256.pem" a
	done
	ADDS=payload expect_exit 76 csign -k rsa4096 -f jws \
	    --pin "$DIR/rsa4096.pem" a
	only a b
}

# It is the digest of the subject that counts.
a_name_that_is_the_digest_is_none() {
	files a b
	local hex
	hex=$(sha256sum <a | cut -c -64)
	mv b "$hex"
	signs -k p256 -f dsse "$hex"
	mv "$hex.intoto.jsonl" "$DIR/named.json"
	csign_wrap names <<-'END'
		read -r hex name
		printf '%s  %s  %s\n' "$hex" \
		    "$(base64 -w 0 <"${0%/*}/named.json")" "$name"
	END
	expect_exit 76 csign -k p256 -f dsse --pin "$DIR/p256.pem" a
	only a "$hex"
}

manifests_prove_each_file() {
	PATH=$TOP/scripts:$PATH
	files a 'b c'
	pinned p256 manifest manifest p384
	local before
	before=$(records "$DIR" SIGN)
	signs -k rsa3072 -f manifest a 'b c'
	expect records 2 $(($(records "$DIR" SIGN) - before))
	manifest-verify -p "$DIR/rsa3072.pem" 'b c' 'b c.manifest'
	echo other >a
	refused manifest-verify -p "$DIR/rsa3072.pem" a a.manifest
}

a_manifest_that_broke_is_asked_for_as_a_whole() {
	PATH=$TOP/scripts:$PATH
	files a b c
	csign_wrap breaks <<-'END'
		cd "${0%/*}" || exit 70
		echo >>breaks.tries
		if [ "$(wc -l <breaks.tries)" = 1 ]; then
			$REAL_SSH "${@:2}" | head -n 1
			exit 255
		fi
		exec $REAL_SSH "${@:2}"
	END
	signs -k p256 -f manifest --retry-delay 0 a b c
	expect roots 1 "$(cat ./*.manifest | grep '^root: ' | sort -u | wc -l)"
	expect counts "count: 3" "$(cat ./*.manifest | grep '^count: ' |
	    sort -u)"
	manifest-verify -p "$DIR/p256.pem" a a.manifest
}

signify_lists_are_verified() {
	command -v signify-openbsd >/dev/null || skip "no signify-openbsd"
	service "$DIR/signify" "sums-signify, dsse" wrapped
	csign_env "$DIR/signify"
	files a 'b c'
	sign_ssh "$DIR/signify" pubkey ed25519 --form signify </dev/null \
	    >"$DIR/bsd.pub"
	signs -k ed25519 -f sums-signify --pin "$DIR/bsd.pub" a 'b c'
	only a 'b c' SHA256.sig
	signify-openbsd -C -p "$DIR/bsd.pub" -x SHA256.sig
	signs -k ed25519 -f dsse --pin "$DIR/ed25519.pem" a
	signify-openbsd -G -n -p "$DIR/x.pub" -s "$DIR/x.sec"
	rm SHA256.sig
	expect_exit 76 csign -k ed25519 -f sums-signify --pin "$DIR/x.pub" a
	expect_exit 64 csign -k ed25519 -f sums-signify \
	    --pin "$DIR/ed25519.pem" a
	[ ! -e SHA256.sig ]
	instance_stop "$DIR/signify"
}

# What the service calls its files, csign does, too.
files_are_called_as_the_service_calls_them() {
	local name extension ours
	sed -nE 's/^\t\.(name|extension) = "(.*)",/\1 \2/p' \
	    "$TOP"/src/format/*.c | while read -r word value; do
		case $word in
		name) name=$value ;;
		extension) echo "$name $value" ;;
		esac
	done | grep -vE '^(freebsd-pkg|tsa|openpgp-trailer) ' |
	    sort >"$DIR/theirs"
	[ "$(wc -l <"$DIR/theirs")" -gt 12 ]
	sed '/^main "\$@"/d' "$CSIGN" >"$DIR/parts.sh"
	while read -r name extension; do
		ours=$(sh -c '. "$1"; format_facts "$2"; echo $extension' x \
		    "$DIR/parts.sh" "$name") || fail "csign has no $name"
		expect "the files of $name" "$extension" "$ours"
	done <"$DIR/theirs"
}

cases minisign_is_what_minisign_verifies \
    ima_is_verified \
    jws_is_verified \
    sigstore_bundles_are_verified \
    envelopes_are_verified_and_about_the_file \
    what_stands_beside_a_signature_is_refused \
    a_name_that_is_the_digest_is_none \
    manifests_prove_each_file \
    a_manifest_that_broke_is_asked_for_as_a_whole \
    signify_lists_are_verified \
    files_are_called_as_the_service_calls_them
