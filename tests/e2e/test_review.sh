#!/bin/bash
# What a reviewer does with records: countersignctl log show and who, jq and
# lnav, on what a real service wrote; the examples are those of the man pages.
# covers: src/ctl/log_show.c src/ctl/log_who.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" rsa:3072 p256 || exit
instance_client "$DIR" thief ci || exit
instance_start "$DIR" || exit
LOG=$DIR/log/audit.log

# Logins, signatures, and a refusal.
printf 'firmware\n' >"$DIR/fw.bin"
(cd "$DIR" && sha256sum fw.bin) | sign_ssh "$DIR" sign -k p256 >/dev/null || exit
digest_lines 5 | sign_as "$DIR" thief sign -k rsa3072 >/dev/null || exit
digest_lines 1 | sign_ssh "$DIR" sign -k nothing >/dev/null 2>&1
instance_stop "$DIR" || exit

RECORDS=$DIR/signer1.json
"$CTL" log show --json "$LOG" >"$RECORDS" || exit

# The page as a reader sees it.
page() { # FILE
	mandoc -Tascii "$TOP/man/$1" | sed 's/.\x08//g'
}

# What begins with START in a page, with the lines that go on: one each in
# files $DIR/example.1, ...
examples() { # FILE START
	rm -f "$DIR"/example.*
	page "$1" | awk -v start="$2" -v out="$DIR/example." '
		{ line = $0; sub(/^ +/, "", line) }
		index(line, start) == 1 { open = 1; n++; file = out n
		    sub(/^\$ /, "", line); print line >file; next }
		line == "" || line ~ /^[$;]/ { open = 0 }
		open { print line >file }'
	ls "$DIR"/example.* >/dev/null
}

every_line_is_json_for_others() {
	"$PYTHON" - "$RECORDS" "$LOG" <<-END
		import json, sys
		for line, record in zip(open(sys.argv[1]), open(sys.argv[2])):
		    o = json.loads(line)
		    assert o["event.original"] == record.rstrip("\n"), line
		    assert o["event.action"] in record
	END
	expect lines "$(wc -l <"$LOG")" "$(jq -c . "$RECORDS" | wc -l)"
	jq -r '."event.original"' "$RECORDS" | cmp - "$LOG"
}

every_kind_of_record_is_json_for_others() {
	"$B/tools/make_log" -n 3000 "$DIR/made"
	"$CTL" log show --json "$DIR/made" >"$DIR/made.json"
	jq -r '."event.original"' "$DIR/made.json" | cmp - "$DIR/made"
	"$CTL" log show --json "$DIR/made.json" | cmp - "$DIR/made.json"
}

json_that_says_something_else_is_found() {
	sed 's/"user.name":"thief"/"user.name":"build01"/' "$RECORDS" \
	    >"$DIR/forged.json"
	local at
	at=$(grep -n -m 1 '"user.name":"thief"' "$RECORDS" | cut -d : -f 1)
	for verb in verify show; do
		expect_exit 1 "$CTL" log $verb "$DIR/forged.json"
		expect_match place "$DIR/forged.json:$at: *user.name*" \
		    "$(grep user.name "$ERR" | head -n 1)"
	done
	expect_exit 0 "$CTL" log show "$RECORDS"
}

pieces_are_one_log() {
	mkdir "$DIR/pieces"
	"$B/tools/make_log" -n 1000 -p 300 "$DIR/pieces/audit.log"
	gzip "$DIR/pieces/audit.log.000000000001"
	"$CTL" log show --raw "$DIR"/pieces/audit.log.0* >"$DIR/all"
	expect lines 1000 "$(wc -l <"$DIR/all")"
	"$CTL" log show --raw - <"$DIR/all" >"$DIR/again"
	cmp "$DIR/again" "$DIR/all"
	"$CTL" log show --raw --seq 299-302 "$DIR"/pieces/audit.log.0* |
	    cmp - <(sed -n 299,302p "$DIR/all")
}

the_log_of_the_tree_is_the_one_without_a_file() {
	"$CTL" -C "$DIR" log show --raw >"$DIR/all"
	cmp "$DIR/all" "$LOG"
}

what_a_stolen_key_signed_is_one_command() {
	local print
	print=$(ssh-keygen -lf "$DIR/client/thief.pub" | cut -d ' ' -f 2)
	expect_exit 0 "$CTL" log show --fp "$print" --since -1h \
	    --event SIGN --outcome ok "$LOG"
	expect lines 5 "$(grep -c ' SIGN .* thief .* rsa3072 ' "$OUT")"
	expect_match summary "5 of * records shown" "$(cat "$ERR")"
	expect_exit 1 "$CTL" log show --fp "$print" --since 2999-01-01 "$LOG"
}

refusals_are_found_by_reason() {
	expect_exit 0 "$CTL" log show --event DENY --reason key-unknown "$LOG"
	expect_match line "*(nothing)*" "$(cat "$OUT")"
}

who_signed_this_file() {
	expect_exit 0 "$CTL" log who --file "$DIR/fw.bin" "$LOG"
	expect_match answer "Signed once:*principal     build01*" \
	    "$(cat "$OUT")"
	expect_exit 0 "$CTL" log who --json \
	    "$(sha256sum "$DIR/fw.bin" | cut -d ' ' -f 1)" "$LOG"
	expect name fw.bin "$(jq -r '."file.name"' "$OUT")"
	expect_exit 1 "$CTL" log who --file "$TOP/LICENSE" "$LOG"
}

a_reader_who_leaves_hears_nothing() {
	"$B/tools/make_log" -n 3000 "$DIR/made"
	for form in --raw --json --long; do
		"$CTL" log show $form "$DIR/made" 2>"$DIR/err" | head -n 1 \
		    >/dev/null
		expect statuses "0 0" "${PIPESTATUS[*]}"
		[ ! -s "$DIR/err" ] || [ $form = --long ] ||
		    fail "$(cat "$DIR/err")"
	done
}

# A terminal sees colours, and nothing from a record that could command it.
a_terminal_gets_colours_and_no_commands() {
	"$B/tools/make_log" -n 3000 "$DIR/made"
	TERM=xterm script -qec "'$CTL' log show '$DIR/made'" /dev/null \
	    </dev/null >"$DIR/seen"
	grep -q $'\033\[31mDENY\033\[0m' "$DIR/seen"
	# But for our colours, no control character but the line's end.
	sed 's/\x1b\[\(31\|33\|0\)m//g' "$DIR/seen" | tr -d '\r\n' |
	    LC_ALL=C grep -q '[[:cntrl:]]' && fail "control characters"
	TERM=xterm NO_COLOR=1 script -qec "'$CTL' log show '$DIR/made'" \
	    /dev/null </dev/null | grep -q $'\033' && fail "not asked for"
	"$CTL" log show "$DIR/made" | grep -q $'\033' && fail "no terminal"
	:
}

every_jq_example_of_the_page_works() {
	local file said
	cd "$DIR"
	examples countersign-audit.7 '$ jq '
	for file in example.*; do
		said=$(bash "$file") || fail "$(cat "$file")"
		# One asks for a digest that is not there.
		[ -n "$said" ] || grep -q 8f43 "$file" || fail "$(cat "$file")"
	done
	expect examples 5 "$(find . -maxdepth 1 -name 'example.*' | wc -l)"
}

lnav_knows_both_forms() {
	command -v lnav >/dev/null || skip "no lnav"
	local file table said
	mkdir -p "$DIR/home"
	export HOME=$DIR/home TERM=dumb
	lnav -i "$TOP"/sshd-config/lnav/*.json >/dev/null
	lnav -C >"$DIR/said" 2>&1 || fail "$(cat "$DIR/said")"
	examples countersign-audit.7 ';select '
	for file in "$DIR"/example.*; do
		table=$RECORDS
		grep -q countersign_raw_log "$file" && table=$LOG
		said=$(lnav -n -c "$(tr '\n' ' ' <"$file")" \
		    -c ':write-csv-to -' "$table" 2>&1) ||
		    fail "$(cat "$file"): $said"
		[ "$(wc -l <<<"$said")" -ge 2 ] || fail "$(cat "$file"): $said"
		[[ $said != *error* ]] || fail "$(cat "$file"): $said"
	done
	expect examples 3 "$(find "$DIR" -maxdepth 1 -name 'example.*' |
	    wc -l)"
	for table in countersign_log countersign_raw_log; do
		file=$RECORDS
		[ $table = countersign_log ] || file=$LOG
		expect "records in $table" "$(wc -l <"$LOG")" "$(lnav -n \
		    -c ";select count(*) as n from $table" \
		    -c ':write-csv-to -' "$file" | tail -n 1)"
	done
}

cases every_line_is_json_for_others \
    every_kind_of_record_is_json_for_others \
    json_that_says_something_else_is_found \
    pieces_are_one_log \
    the_log_of_the_tree_is_the_one_without_a_file \
    what_a_stolen_key_signed_is_one_command \
    refusals_are_found_by_reason \
    who_signed_this_file \
    a_reader_who_leaves_hears_nothing \
    a_terminal_gets_colours_and_no_commands \
    every_jq_example_of_the_page_works \
    lnav_knows_both_forms
