#!/bin/bash
# What a reviewer is shown of a period, and what an auditor is told of keys:
# countersignctl log report and report keys, on made-up logs with records of
# every kind.
# covers: src/ctl/log_report.c src/ctl/report.c src/ctl/report_out.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

CTL=$B/countersignctl
LOG=$DIR/made
export TZ=UTC LC_ALL=C.UTF-8
# Eight days from Saturday, 2026-11-21 on.
"$B/tools/make_log" -n 8000 -c 200 -r 3000 -i 86400000 "$LOG" || exit

report() { # ARGUMENT...
	"$CTL" log report "$@"
}

# The numbers that plain tools count.
count() { # PATTERN
	grep -c "$1" "$LOG"
}

numbers_are_those_that_grep_counts() {
	report --json "$LOG" >"$DIR/json"
	expect signed "$(count ' SIGN .*outcome="ok"')" \
	    "$(jq .summary.signed "$DIR/json")"
	expect refused "$(count ' DENY ')" "$(jq .summary.refused "$DIR/json")"
	expect failed "$(count ' SIGN .*outcome="failed"')" \
	    "$(jq .summary.failed "$DIR/json")"
	expect logins "$(count ' AUTH ')" "$(jq .summary.logins "$DIR/json")"
	expect records 8000 "$(jq .summary.records "$DIR/json")"
	expect distinct "$(grep ' SIGN .*outcome="ok"' "$LOG" |
	    grep -o ' hash="[^"]*" digest="[^"]*"' | sort -u | wc -l)" \
	    "$(jq .summary.distinct "$DIR/json")"
	expect sums "$(jq .summary.signed "$DIR/json")" \
	    "$(jq '[.keys[].signed] | add' "$DIR/json")"
	expect bins "$(jq .summary.signed "$DIR/json")" \
	    "$(jq '[.over_time[].signed] | add' "$DIR/json")"
	local key
	for key in $(jq -r '.keys[].name' "$DIR/json"); do
		expect "$key" "$(count " SIGN .* key=\"$key\" .*outcome=\"ok\"")" \
		    "$(jq --arg k "$key" '.keys[] | select(.name == $k).signed' \
		        "$DIR/json")"
	done
}

a_period_is_cut_out() {
	report --json --since 2026-11-23 --until 2026-11-24 "$LOG" >"$DIR/json"
	expect signed "$(count ' 2026-11-23T.* SIGN .*outcome="ok"')" \
	    "$(jq .summary.signed "$DIR/json")"
	expect 'the whole chain' 8000 "$(jq .chain.records "$DIR/json")"
	report --json --month 2026-11 "$LOG" >"$DIR/json"
	expect month 8000 "$(jq .summary.records "$DIR/json")"
	# The same day begins an hour earlier there.
	report --json --zone CET-1 --since 2026-11-23 --until 2026-11-24 \
	    "$LOG" >"$DIR/json"
	expect 'the zone' '"2026-11-22T23:00:00.000000Z"' \
	    "$(jq .summary.since "$DIR/json")"
}

text_is_aligned() {
	report "$LOG" >"$DIR/text"
	! grep -n ' $' "$DIR/text" || fail 'blanks at the end of a line'
	LC_ALL=C report "$LOG" >"$DIR/ascii"
	! LC_ALL=C grep -n '[^ -~]' "$DIR/ascii" || fail 'not ASCII'
	awk 'length > 100 { print; bad = 1 } END { exit bad }' "$DIR/ascii"
	grep -q '  intact$' "$DIR/text"
}

# Well-formed as XML, and as HTML without anything that acts or loads.
check_page() { # FILE
	"$PYTHON" - "$1" <<-END
		import sys, html.parser, xml.etree.ElementTree as tree
		text = open(sys.argv[1], encoding="utf-8").read()
		root = tree.fromstring(text)
		ids = [e.get("id") for e in root.iter() if e.get("id")]
		assert len(ids) == len(set(ids)), "an id comes twice"
		links = [e.get("href") for e in root.iter() if e.get("href")]
		for link in links:
		    assert link[0] == "#" and link[1:] in ids, link
		for e in root.iter():
		    name = e.tag.split("}")[1]
		    assert name not in ("script", "link", "img", "iframe"), name
		    assert not any(a.startswith("on") or a == "src"
		                   for a in e.attrib), e.attrib
		    if name == "table":
		        assert e[0].tag.endswith("caption") and e[0].text
		    if name == "svg":
		        assert e[0].tag.endswith("title") and e[0].text
		        assert e[1].tag.endswith("desc") and e[1].text
		class Check(html.parser.HTMLParser):
		    open = []
		    def handle_starttag(self, tag, attrs): self.open.append(tag)
		    def handle_startendtag(self, tag, attrs): pass
		    def handle_endtag(self, tag): assert self.open.pop() == tag
		check = Check()
		check.feed(text)
		assert not check.open
	END
}

a_page_is_well_formed() {
	report --html "$DIR/page.html" "$LOG"
	check_page "$DIR/page.html"
	grep -q 'Chain intact' "$DIR/page.html"
	[ "$(grep -c '<svg' "$DIR/page.html")" -ge 4 ]
	report --html - "$LOG" | grep -v 'class="sub"' |
	    cmp - <(grep -v 'class="sub"' "$DIR/page.html")
	"$CTL" report keys --html "$DIR/keys.html" "$LOG"
	check_page "$DIR/keys.html"
}

a_broken_chain_is_loud() {
	awk 'NR != 4000' "$LOG" >"$DIR/bad"
	expect_exit 1 report --html "$DIR/bad.html" "$DIR/bad"
	grep -q BROKEN "$ERR"
	grep -q 'Chain BROKEN' "$DIR/bad.html"
	check_page "$DIR/bad.html"
	expect_exit 1 report --json "$DIR/bad"
	expect intact false "$(jq .chain.intact "$OUT")"
	expect records 7999 "$(jq .chain.records "$OUT")"
	expect_exit 1 report "$DIR/bad"
	grep -q '  BROKEN: do not trust' "$OUT"
	expect_exit 1 "$CTL" report keys "$DIR/bad"
}

an_empty_log_is_no_good_log() {
	: >"$DIR/empty"
	expect_exit 1 report "$DIR/empty"
	expect_exit 65 report "$DIR/nothing"
}

the_middle_of_a_log_is_enough() {
	sed -n '3000,6000p' "$LOG" >"$DIR/middle"
	report "$DIR/middle" >"$DIR/text"
	grep -q 'do not reach back' "$DIR/text"
}

what_cannot_be_meant_is_refused() {
	expect_exit 64 report --since never "$LOG"
	expect_exit 64 report --hours always "$LOG"
	expect_exit 64 report --zone Nowhere/Town "$LOG"
	expect_exit 64 report --month 2026-11 --since 2026-11-01 "$LOG"
	expect_exit 64 report --since 2026-12-01 --until 2026-11-01 "$LOG"
	expect_exit 64 report --top many "$LOG"
	expect_exit 64 report --what "$LOG"
	expect_exit 64 "$CTL" report
	expect_exit 64 "$CTL" report everything
}

an_audit_key_can_be_given() {
	"$B/tools/make_log" -n 500 -v "$DIR/vkey" "$DIR/other"
	report --json --key "$DIR/vkey" "$DIR/other" >"$DIR/json"
	expect given true "$(jq .chain.key_given "$DIR/json")"
	"$B/tools/make_log" -n 500 -s 2 -v "$DIR/vkey" /dev/null
	expect_exit 1 report --key "$DIR/vkey" "$DIR/other"
}

an_auditor_is_told_of_keys() {
	"$CTL" report keys --json "$LOG" >"$DIR/json"
	expect signed "$(count ' SIGN .*outcome="ok"')" \
	    "$(jq '[.keys[].signed] | add' "$DIR/json")"
	jq -e '.keys[0] | .serial and .module and .never_extractable == "yes"' \
	    "$DIR/json" >/dev/null
	"$CTL" report keys "$LOG" | grep -q '^Signing key '
}

every_member_and_option_is_in_the_pages() {
	local word
	mandoc -Tascii "$TOP/man/countersign-audit.7" | sed 's/.\x08//g' \
	    >"$DIR/audit"
	mandoc -Tascii "$TOP/man/countersignctl.8" | sed 's/.\x08//g' >"$DIR/ctl"
	{
		report --json "$LOG"
		"$CTL" report keys --json "$LOG"
	} | jq -r 'keys[]' | sort -u >"$DIR/words"
	[ "$(wc -l <"$DIR/words")" -ge 24 ]
	while read -r word; do
		grep -qw -- "$word" "$DIR/audit" || fail "no word of $word"
	done <"$DIR/words"
	sed -nE 's/^\t\{ "([a-z]+)", [a-z]+_argument.*/\1/p' \
	    "$TOP/src/ctl/log_report.c" "$TOP/src/ctl/report.c" >"$DIR/words"
	[ "$(wc -l <"$DIR/words")" -ge 14 ]
	while read -r word; do
		grep -q -e "--$word" "$DIR/ctl" || fail "no word of --$word"
	done <"$DIR/words"
}

cases numbers_are_those_that_grep_counts \
    a_period_is_cut_out \
    text_is_aligned \
    a_page_is_well_formed \
    a_broken_chain_is_loud \
    an_empty_log_is_no_good_log \
    the_middle_of_a_log_is_enough \
    what_cannot_be_meant_is_refused \
    an_audit_key_can_be_given \
    an_auditor_is_told_of_keys \
    every_member_and_option_is_in_the_pages
