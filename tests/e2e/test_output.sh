#!/bin/bash
# What comes out: lines, raw, tar, json, the greeting; nothing but results,
# whatever the names are.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/mux.sh
. "$TOP/tests/support/mux.sh"

instance_new "$DIR" rsa:3072 p256 || exit
cat >"$DIR/profiles.d/more.conf" <<'END'
[profile bare]
keys = p256
verbs = sign check

[profile asking]
keys = p256
default = check -k p256 -o json
END
instance_client "$DIR" bare bare || exit
instance_client "$DIR" asking asking || exit
instance_start "$DIR" || exit
mux_open "$DIR" build01
for key in rsa3072 p256; do
	mux_ssh pubkey $key </dev/null >"$DIR/$key.pem" || exit
done
HEX=$(sha256sum <"$TOP/LICENSE" | cut -d ' ' -f 1)

verify() { # KEY SIGNATURE
	openssl dgst -sha256 -verify "$DIR/$1.pem" -signature "$2" \
	    "$TOP/LICENSE"
}

with() { # INPUT STATUS COMMAND...
	local status=$2
	printf '%b' "$1" >"$DIR/in"
	shift 2
	expect_exit "$status" mux_ssh "$@" <"$DIR/in"
}

says() { # PATTERN
	expect_match stderr "$1" "$(cat "$ERR")"
}

# Names that would do harm to a reader who is not careful.
hostile_names() {
	# shellcheck disable=SC2016 # nobody shall expand them
	printf '%s\n' 'a b' '-rf' '--' '*' '$(id)' '`id`' ';id' "a'b" 'a"b' \
	    '{"x":1}' '%s%n' '&&' '|' '<' 'a  b' ' lead' 'trail ' 'ünï' \
	    'b) = c' '!ok' '#x' 'SHA256 (x)' $'tab\there' $'esc\e[31m' \
	    $'bell\a' $'\x7f' $'latin\xe9' $'\xc3' $'\xf4\x90\x80\x80'
}

lines_come_back_as_they_went_in() {
	hostile_names | sed "s/^/$HEX  /" >"$DIR/in"
	expect_exit 0 mux_ssh sign -k p256 <"$DIR/in"
	expect "stderr" "" "$(cat "$ERR")"
	LC_ALL=C sed 's/^\([0-9a-f]*\)  [A-Za-z0-9+/=]*  /\1  /' "$OUT" \
	    >"$DIR/back"
	cmp "$DIR/in" "$DIR/back"
	expect verified "$(wc -l <"$DIR/in")" "$("$PYTHON" \
	    "$TOP/tests/e2e/verify_lines.py" "$DIR/p256.pem" <"$OUT")"
}

lines_escape_as_sha256sum_does() {
	mkdir "$DIR/escaped"
	cp "$TOP/LICENSE" "$DIR/escaped/"$'a\nb'
	cp "$TOP/LICENSE" "$DIR/escaped/"$'c\rd'
	cp "$TOP/LICENSE" "$DIR/escaped/e\\f"
	(cd "$DIR/escaped" && sha256sum -- *) >"$DIR/in"
	expect_exit 0 mux_ssh sign -k p256 <"$DIR/in"
	# Without the signature it is a file that sha256sum itself checks.
	sed 's/^\([\]*[0-9a-f]*\)  [A-Za-z0-9+/=]*  /\1  /' "$OUT" \
	    >"$DIR/sums"
	(cd "$DIR/escaped" && sha256sum -c --strict "$DIR/sums")
	expect "lines" 3 "$(wc -l <"$DIR/sums")"
}

raw_is_the_signature_and_nothing_else() {
	with "$HEX  a\n" 0 sign -k rsa3072 -o raw
	expect "bytes" 384 "$(wc -c <"$OUT")"
	verify rsa3072 "$OUT"
	with "# comment\n\n$HEX\n\n" 0 sign -k p256 -o raw
	verify p256 "$OUT"
	with "$HEX  a\n" 0 sign -k p256 -f p1363 -o raw
	expect "bytes" 64 "$(wc -c <"$OUT")"
}

raw_is_for_exactly_one() {
	local before
	before=$(records "$DIR" SIGN)
	with "$HEX  a\n$HEX  b\n" 65 sign -k p256 -o raw
	says "countersign: line 2: *one digest*"
	with "" 65 sign -k p256 -o raw
	says "countersign: *one digest*"
	with "$HEX\nx\n" 65 sign -k p256 -o raw
	says "countersign: line 2: *"
	expect signed "$before" "$(records "$DIR" SIGN)"
	expect output 0 "$(wc -c <"$OUT")"
}

tar_is_what_tar_reads() {
	local long deep
	long=$(printf 'n%.0s' {1..96})
	deep=$(printf 'd%.0s' {1..100})/$(printf 'e%.0s' {1..50})/$long
	mkdir "$DIR/tar"
	printf '%s\n' LICENSE 'a b' '-rf' 'sub/dir/x' "$long" "$deep" \
	    '..x' 'x..' 'a/..b/c' $'latin\xe9' | sed "s/^/$HEX  /" >"$DIR/in"
	printf '\\%s  new\\nline\n' "$HEX" >>"$DIR/in"
	expect_exit 0 mux_ssh sign -k rsa3072 -o tar <"$DIR/in"
	expect "blocks of 512" 0 $(($(wc -c <"$OUT") % 512))
	tar -C "$DIR/tar" -xf "$OUT" 2>"$DIR/tar.err"
	expect "what tar says" "" "$(cat "$DIR/tar.err")"
	expect "files" 11 "$(find "$DIR/tar" -type f -printf x | wc -c)"
	local file
	find "$DIR/tar" -type f -print0 >"$DIR/found"
	while IFS= read -r -d '' file; do
		verify rsa3072 "$file"
		expect_match "a name" "*.sig" "$file"
	done <"$DIR/found"
	verify rsa3072 "$DIR/tar/$deep.sig"
	verify rsa3072 "$DIR/tar/"$'new\nline.sig'
	"$PYTHON" -c 'import sys, tarfile
for m in tarfile.open(sys.argv[1]):
    assert m.isreg() and m.mode == 0o644 and m.size == 384, m' "$OUT"
}

tar_refuses_names_that_escape_or_do_not_fit() {
	local before name
	before=$(records "$DIR" SIGN)
	for name in /etc/passwd .. ../x a/../x a/.. a/b/../../../x / ./../x \
	    x/ - "$(printf 'n%.0s' {1..101})" \
	    "$(printf 'd%.0s' {1..160})/x"; do
		with "$HEX  $name\n" 65 sign -k rsa3072 -o tar
		says "countersign: line 1: tar output: *"
		expect "$name" 0 "$(wc -c <"$OUT")"
	done
	with "$HEX\n" 65 sign -k rsa3072 -o tar
	with "$HEX  a\n$HEX  /b\n" 65 sign -k rsa3072 -o tar --atomic
	expect "records" "$before" "$(records "$DIR" SIGN)"
}

tar_of_nothing_is_an_empty_tar() {
	with "" 0 sign -k rsa3072 -o tar
	expect files "" "$(tar -tf "$OUT")"
}

# What came before is whole, and it is a tar that says it ends too early or
# ends properly; never a half member.
tar_after_a_refusal_has_whole_members() {
	with "$HEX  a\n$HEX  b\nnonsense\n" 65 sign -k rsa3072 -o tar
	expect "blocks of 512" 0 $(($(wc -c <"$OUT") % 512))
	mkdir "$DIR/partial"
	tar -C "$DIR/partial" -xf "$OUT" 2>/dev/null || :
	verify rsa3072 "$DIR/partial/a.sig"
	verify rsa3072 "$DIR/partial/b.sig"
}

json_is_what_jq_reads_whatever_the_names() {
	hostile_names | grep -av -e $'\xe9' -e $'^\xc3$' -e $'\xf4' |
	    sed "s/^/$HEX  /" >"$DIR/in"
	printf '\\%s  new\\nline\\\\\n' "$HEX" >>"$DIR/in"
	echo "$HEX" >>"$DIR/in"
	expect_exit 0 mux_ssh sign -k p256 -o json <"$DIR/in"
	local count
	count=$(wc -l <"$DIR/in")
	expect objects "$count" "$(jq -c . "$OUT" | wc -l)"
	expect lines "$(seq "$count" | paste -sd ' ')" \
	    "$(jq .line "$OUT" | paste -sd ' ')"
	expect names "$(head -n -2 "$DIR/in" | sed 's/^[0-9a-f]*  //' |
	    sha256sum)" "$(jq -r .name "$OUT" | head -n -3 | sha256sum)"
	expect "the escaped name" $'"new\\nline\\\\"' \
	    "$(jq .name "$OUT" | tail -n 2 | head -n 1)"
	expect "no name" null "$(jq .name "$OUT" | tail -n 1)"
	jq -r '"\(.digest)  \(.signature)  x"' "$OUT" >"$DIR/lines"
	expect verified "$count" "$("$PYTHON" \
	    "$TOP/tests/e2e/verify_lines.py" "$DIR/p256.pem" \
	    <"$DIR/lines")"
}

# JSON is UTF-8, names are bytes: still one object a line that parses.
json_stays_json_with_names_that_are_not_utf_8() {
	printf "$HEX  %b\n" 'latin\xe9' '\xc3' '\xf4\x90\x80\x80' \
	    '\xed\xa0\x80' '\xc0\xaf' >"$DIR/in"
	expect_exit 0 mux_ssh sign -k p256 -o json <"$DIR/in"
	"$PYTHON" -c 'import json, sys
lines = open(sys.argv[1], "rb").read().decode("utf-8").splitlines()
assert len(lines) == 5, lines
for line in lines:
    json.loads(line)["name"].encode("utf-8")' "$OUT"
}

json_tells_failures_in_place() {
	with "$HEX  a\nnonsense\n$HEX  b\n" 1 sign -k p256 -o json --keep-going
	expect what "1 signature
2 bad-input
3 signature" "$(jq -r '"\(.line) \(.error // "signature")"' "$OUT")"
	expect_match message "*HEX*" \
	    "$(jq -r 'select(.error).message' "$OUT")"
	with "$HEX  a\n" 0 check -k p256 -o json
	expect ok "true null" "$(jq -r '"\(.ok) \(.signature)"' "$OUT")"
}

an_empty_request_is_answered_by_nothing() {
	with "" 0 sign -k p256
	expect output 0 "$(wc -c <"$OUT")"
	with "# x\n" 0 sign -k p256 -o json
	expect output 0 "$(wc -c <"$OUT")"
}

without_a_command_there_is_a_greeting_or_the_default() {
	with "" 0
	expect_match greeting "*build01*SHA256:*ci*rsa3072*p256*" \
	    "$(cat "$OUT")"
	with "$HEX  a\n" 0
	expect_match answer "$HEX  ?*  a" "$(cat "$OUT")"
	expect verified 1 "$("$PYTHON" "$TOP/tests/e2e/verify_lines.py" \
	    "$DIR/p256.pem" <"$OUT")"
	with "nonsense\n" 65
	says "countersign: line 1: *"
	# Another profile's default, options and all.
	echo "$HEX" >"$DIR/in"
	expect_exit 0 sign_as "$DIR" asking <"$DIR/in"
	expect ok true "$(jq .ok "$OUT")"
	# -T makes no difference; nor do comments make a request.
	SSH_MORE=-T expect_exit 0 sign_ssh "$DIR" </dev/null
	grep -q build01 "$OUT"
}

# The first answer of a default comes while stdin stays open, too.
the_default_streams() {
	# shellcheck disable=SC2119 # no command
	channel_open
	channel_ask "$HEX  first"
	expect_match answer "$HEX  ?*  first" "$ANSWER"
	channel_end
}

without_a_default_there_is_a_greeting_only() {
	echo "$HEX" >"$DIR/in"
	local status=0
	sign_as "$DIR" bare <"$DIR/in" >"$DIR/out" 2>"$DIR/err" || status=$?
	expect_match "exit $status" "*bare*p256*" \
	    "$(cat "$DIR/out" "$DIR/err")"
	expect "signed" 0 "$(grep -c "^$HEX" "$DIR/out")"
}

# As a person at a terminal: stdin is one, so ssh asks for one there.
at_a_terminal() {
	local options
	options=$(ssh_options "$DIR" build01 | tr '\n' ' ')
	timeout 20 script -qec "ssh $options $* 127.0.0.1" /dev/null \
	    </dev/null
}

a_terminal_is_greeted_without_being_given_one() {
	script -qec true /dev/null </dev/null >/dev/null 2>&1 ||
	    skip "there are no terminals here"
	expect_exit 0 at_a_terminal
	grep -q 'PTY allocation request failed' "$OUT"
	grep -q 'You are build01' "$OUT"
	expect_exit 0 at_a_terminal -T
	expect "PTY" 0 "$(grep -c PTY "$OUT")"
	# ssh itself gives up when it must have one.
	SSH_MORE=-tt expect_exit 255 sign_ssh "$DIR" whoami </dev/null
}

the_chain_holds_after_all_this() {
	"$CTL" log verify "$DIR/log/audit.log"
	iconv -f utf-8 -t utf-8 "$DIR/log/audit.log" >"$DIR/utf8"
	cmp "$DIR/log/audit.log" "$DIR/utf8"
	expect "control characters in records" 0 \
	    "$(LC_ALL=C tr -d '\n -~\200-\377' <"$DIR/utf8" | wc -c)"
}

cases lines_come_back_as_they_went_in \
    lines_escape_as_sha256sum_does \
    raw_is_the_signature_and_nothing_else \
    raw_is_for_exactly_one \
    tar_is_what_tar_reads \
    tar_refuses_names_that_escape_or_do_not_fit \
    tar_of_nothing_is_an_empty_tar \
    tar_after_a_refusal_has_whole_members \
    json_is_what_jq_reads_whatever_the_names \
    json_stays_json_with_names_that_are_not_utf_8 \
    json_tells_failures_in_place \
    an_empty_request_is_answered_by_nothing \
    without_a_command_there_is_a_greeting_or_the_default \
    the_default_streams \
    without_a_default_there_is_a_greeting_only \
    a_terminal_is_greeted_without_being_given_one \
    the_chain_holds_after_all_this
