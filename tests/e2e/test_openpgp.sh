#!/bin/bash
# OpenPGP over stock ssh: gpg, gpgv and sqv verify what comes back.
# covers: src/ctl/token_openpgp.c src/ctl/token_write.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

FILE=$TOP/LICENSE
KEYS="rsa3072 p256 ed25519"
export GNUPGHOME=$DIR/gpg

service() {
	mkdir -m 700 "$GNUPGHOME"
	instance_new "$DIR" rsa:3072 p256 p384 ed25519 || return
	formats_none "$DIR"
	local key
	for key in $KEYS p384; do
		formats_openpgp "$DIR" "$key" --created 2026-01-01 || return
		gpg --batch --no-autostart --import "$DIR/openpgp/$key.asc" ||
		    return
	done
	for key in $KEYS; do
		formats_key "$DIR" "$key" wrapped \
		    "openpgp openpgp-text sums-openpgp" \
		    "openpgp = ../openpgp/$key.asc"
	done
	formats_key "$DIR" p384 raw "raw openpgp-trailer" \
	    "openpgp = ../openpgp/p384.asc"
	formats_profile "$DIR"
	instance_start "$DIR"
}
if ! service >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi

sign() { # KEY FORMAT [OPTION...]
	sign_ssh "$DIR" sign -k "$1" -f "$2" "${@:3}"
}

verify() { # KEY SIGNATURE [FILE]
	gpg --batch --no-autostart --status-fd 1 --verify "${@:2}" \
	    >"$DIR/said" 2>&1
	grep -q '^\[GNUPG:\] GOODSIG' "$DIR/said" || fail "$(cat "$DIR/said")"
	gpgv --keyring "$DIR/openpgp/$1.gpg" "${@:2}" 2>"$DIR/said"
	[ $# -lt 3 ] || sqv --keyring "$DIR/openpgp/$1.gpg" "${@:2}" >"$DIR/said"
}

# A verifier that says no, and not for another reason.
refused() { # KEY SIGNATURE [FILE]
	! gpg --batch --no-autostart --status-fd 1 --verify "${@:2}" \
	    >"$DIR/said" 2>&1 || fail "gpg took it"
	grep -q '^\[GNUPG:\] BADSIG' "$DIR/said" || fail "$(cat "$DIR/said")"
	! gpgv --keyring "$DIR/openpgp/$1.gpg" "${@:2}" 2>/dev/null ||
	    fail "gpgv took it"
}

a_file_verifies_with_every_key() {
	local key
	for key in $KEYS; do
		printf '%s  a file\n' "$(formats_state <"$FILE")" |
		    sign "$key" openpgp -o raw >"$DIR/$key.asc"
		verify "$key" "$DIR/$key.asc" "$FILE"
		{ cat "$FILE" && echo; } >"$DIR/other"
		refused "$key" "$DIR/$key.asc" "$DIR/other"
	done
}

the_record_has_the_digest_of_the_file() {
	grep ' SIGN \[countersign@' "$DIR/log/audit.log" |
	    grep 'format="openpgp"' | tail -n 1 >"$DIR/said"
	grep -q "digest=\"$(sha256sum <"$FILE" | cut -d ' ' -f 1)\"" \
	    "$DIR/said" || fail "$(cat "$DIR/said")"
	grep -q 'name="a file"' "$DIR/said"
}

many_files_are_answered_in_one_go() {
	local i
	rm -rf "$DIR/many"
	mkdir "$DIR/many"
	for i in 0 1 55 56 63 64 65 127 128 4000; do
		head -c $i /dev/urandom >"$DIR/many/$i"
		printf '%s  %s\n' "$(formats_state <"$DIR/many/$i")" $i
	done >"$DIR/lines"
	sign p256 openpgp -o tar <"$DIR/lines" | tar -x -C "$DIR/many"
	for i in 0 1 55 56 63 64 65 127 128 4000; do
		verify p256 "$DIR/many/$i.asc" "$DIR/many/$i"
	done
	sign p256 openpgp <"$DIR/lines" >"$DIR/said"
	expect "lines" 10 "$(wc -l <"$DIR/said")"
	# There is no digest in the line that came, and none goes back.
	expect "the first column" - "$(cut -d ' ' -f 1 "$DIR/said" | sort -u)"
	sed -n 3p "$DIR/said" | cut -d ' ' -f 3 | base64 -d >"$DIR/55.asc"
	verify p256 "$DIR/55.asc" "$DIR/many/55"
}

perl_base_alone_says_the_same() {
	local i
	for i in 0 63 64 5000; do
		head -c $i "$FILE" >"$DIR/part"
		expect "state of $i bytes" "$(formats_state <"$DIR/part")" \
		    "$(MIDSTATE_ALONE=1 formats_state <"$DIR/part")"
	done
}

what_is_no_state_is_refused() {
	local state
	state=$(printf abc | formats_state)
	sha256sum "$FILE" >"$DIR/line"
	expect_exit 65 sign p256 openpgp <"$DIR/line"
	expect_match stderr "*csign*" "$(cat "$ERR")"
	echo "${state%61*}" >"$DIR/line"
	expect_exit 65 sign p256 openpgp <"$DIR/line"
	expect_match stderr "*not a state of sha256*" "$(cat "$ERR")"
	echo "$state" >"$DIR/line"
	expect_exit 65 sign p256 sums-openpgp <"$DIR/line"
	expect_match stderr "*takes digests, not hash states*" "$(cat "$ERR")"
	expect_exit 0 sign_ssh "$DIR" check -k p256 -f openpgp <"$DIR/line"
}

texts() {
	printf 'one\ntwo\n'
	printf '\036crlf\r\nand lf\n'
	printf '\036blanks \t\nand more  \n'
	printf '\036no end'
	printf '\036blanks at no end  '
	printf '\036- a dash\n-----BEGIN PGP SIGNATURE-----\n--\nFrom me\n'
	printf '\036\n\n\n'
	printf '\036two crs\r\r\nand\rone\n'
	printf '\036a\n \n'
	printf '\036a\n '
	printf '\036ends in a cr\r'
	printf '\036\303\244\304\200\n'
}

# As gpg hashes them: gpg's own signature has the same meaning.
texts_verify_whatever_their_ends_are() {
	local text n=0
	texts >"$DIR/texts"
	while IFS= read -r -d $'\036' text || [ -n "$text" ]; do
		n=$((n + 1))
		printf %s "$text" >"$DIR/text"
		formats_state -t <"$DIR/text" |
		    sign p256 openpgp-text -o raw >"$DIR/text.asc"
		gpg --batch --no-autostart --verify "$DIR/text.asc" \
		    "$DIR/text" 2>"$DIR/said" ||
		    fail "text $n: $(cat "$DIR/said")"
		gpgv --keyring "$DIR/openpgp/p256.gpg" "$DIR/text.asc" \
		    "$DIR/text" 2>"$DIR/said" || fail "text $n: gpgv"
		clear_sign p256 "$DIR/text" >"$DIR/clear.asc"
		gpg --batch --no-autostart --verify "$DIR/clear.asc" \
		    2>"$DIR/said" ||
		    fail "clear text $n: $(cat "$DIR/said")"
		gpgv --keyring "$DIR/openpgp/p256.gpg" "$DIR/clear.asc" \
		    2>"$DIR/said" || fail "clear text $n: gpgv"
		# And what is not the same text is not taken.
		{ printf x && cat "$DIR/text"; } >"$DIR/other"
		refused p256 "$DIR/text.asc" "$DIR/other"
	done <"$DIR/texts"
	expect "texts" 12 $n
}

# What countersign-formats(7) says a client does.
clear_sign() { # KEY FILE
	printf -- '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n'
	sed -e 's/^-/- -/' -e 's/^From /- &/' "$2"
	[ -z "$(tail -c 1 "$2")" ] || echo
	formats_state -c <"$2" | sign "$1" openpgp-text -o raw
}

a_list_is_clear_signed_for_every_key() {
	local key
	rm -rf "$DIR/dist"
	mkdir "$DIR/dist"
	cp "$FILE" "$DIR/dist/a b"
	echo firmware >"$DIR/dist/-fw.bin"
	for key in $KEYS; do
		(cd "$DIR/dist" && sha256sum -- *) |
		    sign "$key" sums-openpgp >"$DIR/SHA256SUMS.asc"
		verify "$key" "$DIR/SHA256SUMS.asc"
		gpgv --keyring "$DIR/openpgp/$key.gpg" --output - \
		    "$DIR/SHA256SUMS.asc" 2>"$DIR/said" >"$DIR/dist.sums"
		(cd "$DIR/dist" && sha256sum --strict -c "$DIR/dist.sums") \
		    >"$DIR/said"
		# The document is itself one that sha256sum reads.
		(cd "$DIR/dist" && sha256sum -c "$DIR/SHA256SUMS.asc") \
		    >"$DIR/said" 2>&1
		sed -i 's/ a b$/ a c/' "$DIR/SHA256SUMS.asc"
		refused "$key" "$DIR/SHA256SUMS.asc"
	done
	# A list with SHA-512 is signed with it.
	sha512sum "$FILE" | sign rsa3072 sums-openpgp >"$DIR/SHA512SUMS.asc"
	grep -q '^Hash: SHA512$' "$DIR/SHA512SUMS.asc"
	verify rsa3072 "$DIR/SHA512SUMS.asc"
}

a_name_that_ends_in_a_blank_is_no_list() {
	printf '%s  a \n' "$(sha256sum <"$FILE" | cut -d ' ' -f 1)" \
	    >"$DIR/line"
	expect_exit 65 sign p256 sums-openpgp <"$DIR/line"
	expect_match stderr "*blank at its end*" "$(cat "$ERR")"
}

trailer() {
	sign_ssh "$DIR" pubkey p384 --form openpgp-trailer >"$DIR/trailer"
	xxd -p -c 100 "$DIR/trailer"
}

a_trailer_is_hashed_by_the_client() {
	local hex
	hex=$(trailer)
	expect "bytes" 41 "$(wc -c <"$DIR/trailer")"
	cat "$FILE" "$DIR/trailer" | sha384sum |
	    sign p384 openpgp-trailer --trailer "$hex" -o raw >"$DIR/t.asc"
	verify p384 "$DIR/t.asc" "$FILE"
}

only_our_own_trailer_is_taken() {
	local hex old
	hex=$(trailer)
	sha384sum "$FILE" >"$DIR/line"
	# A certification of a user id instead of a file's signature.
	expect_exit 65 sign p384 openpgp-trailer \
	    --trailer "0413${hex#0400}" <"$DIR/line"
	old=${hex:0:16}5fffffff${hex:24}
	expect_exit 65 sign p384 openpgp-trailer --trailer "$old" <"$DIR/line"
	expect_match stderr "*not of the last hour*" "$(cat "$ERR")"
	expect_exit 65 sign p384 openpgp-trailer <"$DIR/line"
	expect_match stderr "*--trailer HEX*" "$(cat "$ERR")"
	expect_exit 64 sign p384 openpgp-trailer --trailer 04 <"$DIR/line"
	expect_exit 64 sign p384 raw --trailer "$hex" <"$DIR/line"
	expect_match stderr "*is for format openpgp-trailer*" "$(cat "$ERR")"
	expect_exit 0 sign p384 raw <"$DIR/line"
}

clients_get_the_key_itself() {
	sign_ssh "$DIR" pubkey p256 --form openpgp |
	    cmp - "$DIR/openpgp/p256.asc"
}

keys_show_how_they_are_used() {
	sign_ssh "$DIR" keys >"$DIR/said"
	grep -q 'openpgp openpgp-text sums-openpgp\|openpgp, openpgp-text' \
	    "$DIR/said" || fail "$(cat "$DIR/said")"
}

status_has_the_fingerprint() {
	gpg --batch --show-keys --with-colons "$DIR/openpgp/p256.asc" |
	    sed -n 's/^fpr:*\([0-9A-F]*\):/\L\1/p' >"$DIR/said"
	expect fingerprint "$(cat "$DIR/said")" \
	    "$("$CTL" -C "$DIR" status --json |
		jq -r '.keys[] | select(.name == "p256").openpgp.fingerprint')"
}

a_probe_signs_as_clients_do() {
	"$CTL" -C "$DIR" test p256 >"$DIR/said" || fail "$(cat "$DIR/said")"
	grep -q openpgp-text "$DIR/said" || fail "$(cat "$DIR/said")"
	"$CTL" -C "$DIR" test p384 >"$DIR/said" || fail "$(cat "$DIR/said")"
}

the_file_is_made_with_what_was_wished() {
	local key
	for key in $KEYS p384; do
		gpg --batch --no-autostart --with-colons --check-sigs \
		    "$key@example.org" >"$DIR/said" 2>/dev/null
		grep -q "^pub:.*:1767225600:" "$DIR/said"
		grep -q '^sig:!:' "$DIR/said" || fail "$(cat "$DIR/said")"
		sq inspect "$DIR/openpgp/$key.asc" >"$DIR/said"
		grep -q "UserID: $key <$key@example.org>" "$DIR/said"
	done
}

bad_wishes_make_no_file() {
	local more="--label demo --pin-file $DIR/openpgp/pin --name p256"
	make() { # shellcheck disable=SC2086 # words
		token_ctl "$DIR/token" openpgp $more "$@"
	}
	expect_exit 64 make
	expect_match stderr "*--user-id is missing*" "$(cat "$ERR")"
	expect_exit 64 make --user-id "$(printf 'a\nb')"
	expect_exit 64 make --user-id a --created 2126-01-01
	expect_exit 64 make --user-id a --created yesterday
	expect_exit 64 make --user-id a --expires 2026-01-01
	expect_exit 73 make --user-id a --out "$DIR/openpgp/p256.asc"
	expect_exit 0 make --user-id a --expires 2099-01-01
	gpg --batch --show-keys --with-colons <"$OUT" 2>/dev/null |
	    grep -q '^pub:.*:4070908800:'
}

another_keys_file_makes_the_key_unfit() {
	mkdir "$DIR/b"
	instance_new "$DIR/b" rsa:3072 p256
	cp -R "$DIR/openpgp" "$DIR/b"
	formats_none "$DIR/b"
	formats_key "$DIR/b" p256 wrapped openpgp \
	    "openpgp = ../openpgp/ed25519.asc"
	formats_profile "$DIR/b"
	instance_start "$DIR/b"
	printf abc | formats_state >"$DIR/line"
	expect_exit 69 sign_ssh "$DIR/b" sign -k p256 -f openpgp <"$DIR/line"
	expect_match stderr "*is for another key than the token's*" \
	    "$(cat "$ERR")"
	# Nor does a tree with a broken one replace this.
	sed -i "3s/^....../AAAAAA/" "$DIR/b/openpgp/ed25519.asc"
	expect_exit 1 "$CTL" -C "$DIR/b" check
	instance_stop "$DIR/b"
}

nothing_is_signed_under_a_key_that_has_ended() {
	local soon
	mkdir "$DIR/c"
	instance_new "$DIR/c" rsa:3072 p256
	formats_none "$DIR/c"
	soon=$(date -u -d '2 seconds' +%Y-%m-%dT%H:%M:%SZ)
	formats_openpgp "$DIR/c" p256 --created 2026-01-02 --expires "$soon"
	formats_key "$DIR/c" p256 wrapped openpgp \
	    "openpgp = ../openpgp/p256.asc"
	formats_profile "$DIR/c"
	instance_start "$DIR/c"
	printf abc | formats_state >"$DIR/line"
	ended() {
		sign_ssh "$DIR/c" sign -k p256 -f openpgp <"$DIR/line" \
		    >/dev/null 2>&1
		[ $? = 77 ]
	}
	wait_for 10 ended
	expect_exit 77 sign_ssh "$DIR/c" sign -k p256 -f openpgp <"$DIR/line"
	expect_match stderr "*has expired*" "$(cat "$ERR")"
	"$CTL" -C "$DIR/c" status >"$DIR/said"
	grep -q 'the OpenPGP key has expired' "$DIR/said"
	# With another end it is the same key to verifiers, and signs again.
	rm "$DIR/c/openpgp/p256.asc"
	formats_openpgp "$DIR/c" p256 --created 2026-01-02 \
	    --expires 2099-01-01
	"$CTL" -C "$DIR/c" reload
	signs() {
		sign_ssh "$DIR/c" sign -k p256 -f openpgp -o raw \
		    <"$DIR/line" >"$DIR/sig.asc" 2>/dev/null
	}
	wait_for 10 signs
	printf abc >"$DIR/abc"
	gpgv --keyring "$DIR/c/openpgp/p256.gpg" "$DIR/sig.asc" "$DIR/abc"
	instance_stop "$DIR/c"
}

cases a_file_verifies_with_every_key the_record_has_the_digest_of_the_file \
    many_files_are_answered_in_one_go perl_base_alone_says_the_same \
    what_is_no_state_is_refused texts_verify_whatever_their_ends_are \
    a_list_is_clear_signed_for_every_key \
    a_name_that_ends_in_a_blank_is_no_list a_trailer_is_hashed_by_the_client \
    only_our_own_trailer_is_taken clients_get_the_key_itself \
    keys_show_how_they_are_used status_has_the_fingerprint a_probe_signs_as_clients_do \
    the_file_is_made_with_what_was_wished bad_wishes_make_no_file \
    another_keys_file_makes_the_key_unfit \
    nothing_is_signed_under_a_key_that_has_ended
