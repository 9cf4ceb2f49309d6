#!/bin/bash
# What may stand on a line of input, what may not, and when an answer comes.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/mux.sh
. "$TOP/tests/support/mux.sh"

instance_new "$DIR" p256 ed25519 || exit
cat >"$DIR/profiles.d/more.conf" <<'END'
[profile bounded]
keys = p256
max-lines = 3

[profile plain]
keys = p256 ed25519
END
instance_client "$DIR" bounded bounded || exit
instance_client "$DIR" plain plain || exit
instance_start "$DIR" || exit
mux_open "$DIR" build01

H256=$(sha256sum <"$TOP/LICENSE" | cut -d ' ' -f 1)
H384=$(sha384sum <"$TOP/LICENSE" | cut -d ' ' -f 1)
H512=$(sha512sum <"$TOP/LICENSE" | cut -d ' ' -f 1)

# The answer of check is "HEX  ok  NAME": what was understood.
understands() { # LINE ANSWER [OPTION...]
	local line=$1 answer=$2
	shift 2
	printf '%b' "$line" >"$DIR/in"
	expect_exit 0 mux_ssh check -k p256 "$@" <"$DIR/in"
	expect "$line" "$answer" "$(cat "$OUT")"
}

refuses() { # LINE PATTERN [OPTION...]
	local line=$1 pattern=$2
	shift 2
	printf '%b' "$line" >"$DIR/in"
	expect_exit 65 mux_ssh check -k p256 "$@" <"$DIR/in"
	expect "$line" "" "$(cat "$OUT")"
	expect_match "$line" "countersign: $pattern" "$(cat "$ERR")"
}

a_digest_stands_alone_or_before_a_name() {
	understands "$H256\n" "$H256  ok  -"
	understands "$H384\n" "$H384  ok  -"
	understands "$H512\n" "$H512  ok  -"
	understands "${H256^^}\n" "$H256  ok  -"
	understands "$H256  fw.bin\n" "$H256  ok  fw.bin"
	understands "$H256 *fw.bin\n" "$H256  ok  fw.bin"
	understands "$H256  a b  c\n" "$H256  ok  a b  c"
	understands "$H256   a\n" "$H256  ok   a"
	understands "$H256  -\n" "$H256  ok  -"
	understands "$H256  ünï.bin\n" "$H256  ok  ünï.bin"
	local name
	name=$(printf 'n%.0s' {1..255})
	understands "$H256  $name\n" "$H256  ok  $name"
}

a_backslash_announces_escapes() {
	understands "\\\\$H256  a\\\\nb\n" "\\$H256  ok  a\\nb"
	understands "\\\\$H256  a\\\\rb\n" "\\$H256  ok  a\\rb"
	understands "\\\\$H256  a\\\\\\\\b\n" "\\$H256  ok  a\\\\b"
	# Without it a backslash is a backslash, which the answer escapes.
	understands "$H256  a\\\\nb\n" "\\$H256  ok  a\\\\nb"
}

coreutils_and_openssl_write_what_is_read() {
	local odd=$'new\nline\\and back'
	mkdir "$DIR/files"
	cp "$TOP/LICENSE" "$DIR/files/plain"
	cp "$TOP/LICENSE" "$DIR/files/$odd"
	cp "$TOP/LICENSE" "$DIR/files/b) = c"
	(
		cd "$DIR/files"
		sha256sum -- *
		sha256sum -b -- plain
		sha256sum --tag -- *
		sha384sum -- plain
		sha512sum --tag -- plain
		openssl dgst -sha256 plain
		openssl dgst -sha256 -r plain
		openssl dgst -sha512 plain "b) = c"
		openssl dgst -sha3-256 plain
	) >"$DIR/in"
	expect_exit 1 mux_ssh check -k p256 --keep-going <"$DIR/in"
	expect "lines" "$(wc -l <"$DIR/in")" "$(wc -l <"$OUT")"
	# The last is a hash that the key's own list does not have.
	expect "understood" "$(($(wc -l <"$DIR/in") - 1))" \
	    "$(grep -c '  ok  ' "$OUT")"
	expect_match "sha3" "*  !hash  plain" "$(tail -n 1 "$OUT")"
	expect "the odd name" 3 "$(grep -cF "ok  b) = c" "$OUT")"
	expect "escaped as sha256sum does" 2 \
	    "$(grep -cF "ok  new\\nline\\\\and back" "$OUT")"
}

a_tag_names_the_hash() {
	understands "SHA256 (fw.bin) = $H256\n" "$H256  ok  fw.bin"
	understands "SHA512 (fw (1).bin) = $H512\n" "$H512  ok  fw (1).bin"
	understands "SHA2-256(fw.bin)= $H256\n" "$H256  ok  fw.bin"
	understands "SHA2-512(stdin)= $H512\n" "$H512  ok  stdin"
	understands "SHA256(fw.bin)= $H256\n" "$H256  ok  fw.bin"
	refuses "SHA512 (fw.bin) = $H256\n" "line 1: *64 digits*"
	refuses "MD5 (fw.bin) = d41d8cd98f00b204e9800998ecf8427e\n" \
	    "line 1: *MD5*SHA256*"
	refuses "SHA256 (fw.bin) = $H256\n" "line 1: *SHA256*sha512*" \
	    --hash sha512
}

blank_lines_and_comments_pass() {
	understands "\n   \n\t\n#\n# a comment\n#$H256\n$H256\n" \
	    "$H256  ok  -"
	understands "\r\n# x\r\n$H256  a\r\n" "$H256  ok  a"
	understands "# nothing else" ""
}

a_line_may_end_in_crlf_or_not_at_all() {
	understands "$H256  a\r\n$H512  b\r\n" "$H256  ok  a
$H512  ok  b"
	understands "$H256  a" "$H256  ok  a"
	understands "$H256\r" "$H256  ok  -"
	understands "$H256  a\n$H512" "$H256  ok  a
$H512  ok  -"
}

what_is_no_digest_is_told_with_its_number() {
	refuses "\n# x\nnonsense\n" "line 3: *HEX*SHA256 (name) = HEX*"
	refuses "${H256:1}\n" "line 1: *63 digits*sha256*64*"
	refuses "${H256}0\n" "line 1: *65 digits*"
	refuses "d41d8cd98f00b204e9800998ecf8427e  x\n" "line 1: *32 digits*"
	refuses "da39a3ee5e6b4b0d3255bfef95601890afd80709\n" \
	    "line 1: *40 digits*"
	refuses "$H256 one-blank\n" "line 1: *"
	refuses "$H256\tname\n" "line 1: *"
	refuses " $H256\n" "line 1: *"
	refuses "sha512:$H256 x\n" "line 1: *"
	refuses "\xef\xbb\xbf$H256\n" "line 1: *"
	refuses "$H256  \n" "line 1: *name*empty*"
	refuses "$H256  a\\x00b\n" "line 1: *NUL*"
	refuses "$H256  $(printf 'n%.0s' {1..256})\n" "line 1: *255*"
	refuses "\\\\$H256  a\\\\tb\n" "line 1: *backslash*"
	refuses "$(printf 'a%.0s' {1..9000})\n" "line 1: *8191*"
	refuses "$(printf '#%.0s' {1..9000})\n" "line 1: *8191*"
	head -c 300000 /dev/urandom >"$DIR/garbage"
	expect_exit 65 mux_ssh sign -k p256 <"$DIR/garbage"
	expect_match "garbage" "countersign: line *" "$(cat "$ERR")"
}

a_line_is_answered_before_the_next_is_sent() {
	local i
	channel_open sign -k p256
	for i in {1..5}; do
		channel_ask "$(digest_lines "$i" | tail -n 1)"
		expect_match "answer $i" \
		    "*  build/$(printf %08d $((i - 1))).bin" "$ANSWER"
	done
	channel_end
}

a_bad_line_is_told_while_stdin_stays_open() {
	local status=0
	channel_open sign -k p256
	channel_ask "$H256  a"
	echo nonsense >&"$CHANNEL_IN"
	wait "$CHANNEL" || status=$?
	expect status 65 $status
	expect_match stderr "countersign: line 2: *" "$(cat "$CHANNEL_ERR")"
}

a_line_too_many_is_told_while_stdin_stays_open() {
	local status=0 i
	for i in sign check; do
		digest_lines 5 >"$DIR/in"
		expect_exit 77 sign_as "$DIR" bounded $i <"$DIR/in"
		expect "answers" 3 "$(wc -l <"$OUT")"
		expect_match stderr "countersign: line 4: *3*" "$(cat "$ERR")"
	done
	expect_exit 77 sign_as "$DIR" bounded sign --atomic <"$DIR/in"
	expect "answers" 0 "$(wc -l <"$OUT")"
	expect_exit 1 sign_as "$DIR" bounded sign --keep-going <"$DIR/in"
	expect "refused" 2 "$(grep -c '  !too-many-lines  ' "$OUT")"
}

keep_going_answers_every_line() {
	printf '%s\n' "$H256  a" nonsense "# x" "${H256:2}  b" "$H256  c" \
	    >"$DIR/in"
	expect_exit 1 mux_ssh sign -k p256 --keep-going <"$DIR/in"
	expect answers "$H256 ? a
- !bad-input -
${H256:2} !bad-input b
$H256 ? c" "$(awk '{ print $1, $2 ~ /^!/ ? $2 : "?", $3 }' "$OUT")"
	expect_match stderr "countersign: line 2: *
countersign: line 4: *" "$(cat "$ERR")"
	printf 'x\ny\n' >"$DIR/in"
	expect_exit 1 mux_ssh sign -k p256 --keep-going <"$DIR/in"
	expect_exit 0 mux_ssh sign -k p256 --keep-going </dev/null
	expect_exit 64 mux_ssh sign -k p256 --keep-going --atomic </dev/null
}

atomic_signs_all_or_nothing() {
	local before
	before=$(records "$DIR" SIGN)
	digest_lines 2000 >"$DIR/in"
	echo nonsense >>"$DIR/in"
	expect_exit 65 mux_ssh sign -k p256 --atomic <"$DIR/in"
	expect_match stderr "countersign: line 2001: *" "$(cat "$ERR")"
	expect output 0 "$(wc -c <"$OUT")"
	digest_lines 10001 >"$DIR/in"
	expect_exit 65 mux_ssh sign -k p256 --atomic <"$DIR/in"
	expect_match stderr "countersign: line 10001: *10000*" "$(cat "$ERR")"
	expect signed "$before" "$(records "$DIR" SIGN)"
	digest_lines 2000 >"$DIR/in"
	expect_exit 0 mux_ssh sign -k p256 --atomic <"$DIR/in"
	expect answers "$(sha256sum <"$DIR/in")" \
	    "$(awk '{ print $1 "  " $3 }' "$OUT" | sha256sum)"
	# Not before the end.
	channel_open sign -k p256 --atomic
	echo "$H256  a" >&"$CHANNEL_IN"
	if read -r -t 0.5 -u "$CHANNEL_OUT" ANSWER; then
		fail "an answer before the end: $ANSWER"
	fi
	channel_end
}

raw_input_is_one_binary_digest() {
	openssl dgst -sha384 -binary "$TOP/LICENSE" >"$DIR/in"
	expect_exit 0 mux_ssh sign -k p256 -i raw <"$DIR/in"
	expect_match answer "$H384  *  -" "$(cat "$OUT")"
	expect_exit 0 mux_ssh check -k p256 -i raw <"$DIR/in"
	expect answer "$H384  ok  -" "$(cat "$OUT")"
	expect_exit 65 mux_ssh sign -k p256 -i raw --hash sha256 <"$DIR/in"
	expect_exit 65 mux_ssh sign -k p256 -i raw </dev/null
	echo >>"$DIR/in"
	expect_exit 65 mux_ssh sign -k p256 -i raw <"$DIR/in"
	head -c 20 "$TOP/LICENSE" >"$DIR/in"
	expect_exit 65 mux_ssh sign -k p256 -i raw <"$DIR/in"
	expect_match stderr "countersign: *32, 48 or 64*" "$(cat "$ERR")"
}

check_says_what_sign_would() {
	local before
	before=$(wc -l <"$DIR/log/audit.log")
	understands "$H256  a\n" "$H256  ok  a"
	expect "records of what was allowed" "$before" \
	    "$(wc -l <"$DIR/log/audit.log")"
	digest_lines 1 >"$DIR/in"
	expect_exit 77 mux_ssh check -k nothing <"$DIR/in"
	expect_exit 77 mux_ssh check -k ed25519 -f raw <"$DIR/in"
	expect_exit 77 mux_ssh check -k p256 -f raw-pss <"$DIR/in"
	expect_exit 64 mux_ssh check -k p256 -o xml <"$DIR/in"
	# What the output cannot hold, too; the answer itself is a line.
	understands "$H256  a\n" "$H256  ok  a" -o tar
	understands "$H256\n" "$H256  ok  -" -o raw
	refuses "$H256  /etc/passwd\n" "line 1: tar output: *" -o tar
	refuses "$H256\n" "line 1: tar output: *" -o tar
	refuses "$H256\n$H512\n" "line 2: *one digest*" -o raw
	refuses "" "*one digest*" -o raw
}

# Long waits for a byte at a time: the line is what counts.
a_line_in_pieces_is_a_line() {
	local i
	channel_open check -k p256
	for ((i = 0; i < ${#H256}; i += 7)); do
		printf %s "${H256:i:7}" >&"$CHANNEL_IN"
	done
	channel_ask "  a"
	expect answer "$H256  ok  a" "$ANSWER"
	channel_end
}

cases a_digest_stands_alone_or_before_a_name \
    a_backslash_announces_escapes \
    coreutils_and_openssl_write_what_is_read \
    a_tag_names_the_hash \
    blank_lines_and_comments_pass \
    a_line_may_end_in_crlf_or_not_at_all \
    what_is_no_digest_is_told_with_its_number \
    a_line_is_answered_before_the_next_is_sent \
    a_bad_line_is_told_while_stdin_stays_open \
    a_line_too_many_is_told_while_stdin_stays_open \
    keep_going_answers_every_line \
    atomic_signs_all_or_nothing \
    raw_input_is_one_binary_digest \
    check_says_what_sign_would \
    a_line_in_pieces_is_a_line
