#!/bin/bash
# One signature for a whole release: over stock ssh, and checked by the script
# that anybody can read, with all that could be wrong about a proof.
# covers: src/format/manifest.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" rsa:3072 p256 p384 ed25519 || exit
for key in rsa3072 p256 p384 ed25519; do
	cat <<-END
		[key $key]
		token = demo
		object = pkcs11:object=$key
		use = wrapped
		formats = manifest
	END
done >"$DIR/keys.d/demo.conf"
cat >"$DIR/profiles.d/demo.conf" <<-'END'
	[profile ci]
	keys = rsa3072 p256 p384 ed25519
	[profile few]
	keys = p256
	names = build/*
	rate = 20000/h
END
instance_client "$DIR" few few || exit
instance_start "$DIR" || exit
for key in rsa3072 p256 p384 ed25519; do
	sign_ssh "$DIR" pubkey $key >"$DIR/$key.pem" || exit
done
DIST=$DIR/dist
mkdir "$DIST"
for i in {1..11}; do
	echo "content of $i" >"$DIST/file $i"
done
echo strange >"$DIST/"$'back\\slash\nand line'
verify() { # FILE [OPTION...]
	local file=$1
	shift
	"$TOP/scripts/manifest-verify" -p "$DIR/p256.pem" "$@" "$file" \
	    "$file.manifest"
}

# A folder of its own with the files and their proofs.
release() { # KEY HASH FOLDER
	cp -R "$DIST" "$3"
	(cd "$DIST" && "${2}sum" -- *) >"$DIR/lines"
	sign_ssh "$DIR" sign -k "$1" -f manifest -o tar <"$DIR/lines" |
	    tar -xf - -C "$3"
}

every_file_of_a_release_is_proven() {
	local key file
	for key in rsa3072 p256 p384 ed25519; do
		release $key sha256 "$DIR/$key"
		for file in "$DIR/$key"/*; do
			[ "${file%.manifest}" = "$file" ] || continue
			"$TOP/scripts/manifest-verify" -p "$DIR/$key.pem" \
			    "$file" "$file.manifest" >"$DIR/said"
			expect said "$file: OK" "$(cat "$DIR/said")"
		done
		expect signatures 1 "$(sort -u <<<"$(grep -h ^signature: \
		    "$DIR/$key"/*.manifest)" | wc -l)"
	done
	release p256 sha512 "$DIR/sha512"
	verify "$DIR/sha512/file 1" >/dev/null
}

the_script_runs_in_other_shells() {
	release p256 sha256 "$DIR/shells"
	local shell
	for shell in dash 'bash --posix' 'busybox sh' mksh; do
		command -v "${shell%% *}" >/dev/null || continue
		# shellcheck disable=SC2086 # two words
		$shell "$TOP/scripts/manifest-verify" -p "$DIR/p256.pem" \
		    "$DIR/shells/file 10" "$DIR/shells/file 10.manifest"
	done
}

a_changed_file_or_proof_is_refused() {
	release p256 sha256 "$DIR/changed"
	local file="$DIR/changed/file 7" good="$DIR/good" line
	cp "$file.manifest" "$good"
	verify "$file" >/dev/null
	echo more >>"$file"
	expect_exit 1 verify "$file"
	grep -q 'is not what .* was made for' "$ERR" || fail "$(cat "$ERR")"
	cp "$DIST/file 7" "$file"
	# Each line of the proof changed, left out, and doubled.
	for ((line = 1; line <= $(wc -l <"$good"); line++)); do
		# shellcheck disable=SC2016 # awk's
		awk -v n=$line 'NR == n { sub(/.$/, "~") } { print }' \
		    "$good" >"$file.manifest"
		cmp -s "$good" "$file.manifest" || expect_exit 1 verify "$file"
		sed "${line}d" "$good" >"$file.manifest"
		expect_exit 1 verify "$file"
		sed "${line}p" "$good" >"$file.manifest"
		expect_exit 1 verify "$file"
	done
	expect_exit 1 "$TOP/scripts/manifest-verify" -p "$DIR/p384.pem" \
	    "$file" "$good"
	grep -q 'is not signed with' "$ERR" || fail "$(cat "$ERR")"
	printf %s "$(cat "$good")" >"$file.manifest"
	expect_exit 1 verify "$file"
	grep -q 'cut off' "$ERR" || fail "$(cat "$ERR")"
}

# The proof of a neighbour, its file under this one's name, another index.
no_file_passes_for_another() {
	release p256 sha256 "$DIR/others"
	cd "$DIR/others"
	cp 'file 2' 'file 9'
	cp 'file 2.manifest' 'file 9.manifest'
	expect_exit 1 verify 'file 9'
	grep -q 'is signed as file 2 (if that is meant: -n NAME)' "$ERR" ||
	    fail "$(cat "$ERR")"
	verify 'file 9' -n 'file 2'
	expect_exit 1 verify 'file 9' -n 'file 9'
	local i
	for i in {0..12} 00 -1 x ''; do
		sed "s/^index: .*/index: $i/" 'file 2.manifest' >'file 3.manifest'
		cp 'file 2' 'file 3'
		"$TOP/scripts/manifest-verify" -p "$DIR/p256.pem" -n 'file 2' \
		    'file 3' 'file 3.manifest' >"$DIR/said" 2>&1 || continue
		expect index "index: $i" "$(grep ^index: 'file 2.manifest')"
	done
	for i in 1 2 11 13 024 99999999999; do
		sed "s/^count: .*/count: $i/" 'file 2.manifest' >'file 3.manifest'
		expect_exit 1 "$TOP/scripts/manifest-verify" \
		    -p "$DIR/p256.pem" -n 'file 2' 'file 3' 'file 3.manifest'
	done
}

# dash's echo would turn such texts into what a terminal obeys.
a_proof_does_not_steer_the_terminal() {
	release p256 sha256 "$DIR/steers"
	cd "$DIR/steers"
	printf '%s\n\033\n' '\033[2J' | while IFS= read -r steers; do
		sed "/^index: /{p;s/.*/x/;}" 'file 2.manifest' |
		    STEERS=$steers awk '$0 == "x" { print ENVIRON["STEERS"]; next }
			{ print }' >proof
		expect_exit 1 dash "$TOP/scripts/manifest-verify" \
		    -p "$DIR/p256.pem" 'file 2' proof
		grep -q 'has a bad hash' "$ERR" || fail "$(cat "$ERR")"
		! grep -q "$(printf '\033')" "$ERR" || fail "it steers"
	done
}

usage_is_told() {
	expect_exit 64 "$TOP/scripts/manifest-verify" a b
	expect_exit 64 "$TOP/scripts/manifest-verify" -p "$DIR/p256.pem" a
	expect_exit 64 "$TOP/scripts/manifest-verify" -x a b
	expect_exit 1 "$TOP/scripts/manifest-verify" -p /nowhere a b
	grep -q '/nowhere cannot be read' "$ERR" || fail "$(cat "$ERR")"
}

# One operation, a record for each line; nothing is signed for half of them.
a_line_that_may_not_be_signed_stops_all() {
	local before
	before=$(records "$DIR" SIGN)
	expect_exit 77 sign_as "$DIR" few sign -k p256 -f manifest \
	    <<<"$(digest_lines 3; echo "$(printf '%064d' 1)  elsewhere/x")"
	expect output 0 "$(wc -c <"$OUT")"
	expect records "$before" "$(records "$DIR" SIGN)"
	expect_exit 77 sign_ssh "$DIR" sign -k p256 -f manifest \
	    <<<"$(digest_lines 3; echo "$(printf '%096d' 1)  x")"
	expect_exit 77 sign_ssh "$DIR" sign -k p256 -f manifest \
	    <<<"$(printf '%064d' 1)"
	expect_exit 0 sign_as "$DIR" few sign -k p256 -f manifest \
	    <<<"$(digest_lines 3)"
	expect lines 3 "$(wc -l <"$OUT")"
	expect records $((before + 3)) "$(records "$DIR" SIGN)"
}

ten_thousand_files_have_one_signature() {
	local answer
	sign_as "$DIR" few sign -k p256 -f manifest <<<"$(digest_lines 10000)" \
	    >"$DIR/answers"
	expect lines 10000 "$(wc -l <"$DIR/answers")"
	for line in 1 5000 10000; do
		answer=$(sed -n "${line}p" "$DIR/answers" | cut -d ' ' -f 3)
		base64 -d <<<"$answer" >"$DIR/proof"
		grep -qx 'count: 10000' "$DIR/proof"
		grep -qx "index: $((line - 1))" "$DIR/proof"
	done
	# The start of all answers is the same.
	expect signatures 1 "$(cut -d ' ' -f 3 "$DIR/answers" |
	    cut -c 1-400 | sort -u | wc -l)"
}

cases every_file_of_a_release_is_proven \
    the_script_runs_in_other_shells \
    a_changed_file_or_proof_is_refused \
    no_file_passes_for_another \
    a_proof_does_not_steer_the_terminal \
    usage_is_told \
    a_line_that_may_not_be_signed_stops_all \
    ten_thousand_files_have_one_signature
