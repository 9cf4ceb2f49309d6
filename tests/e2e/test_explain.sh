#!/bin/bash
# What explain says is what happens over ssh; check says what a reload does.
# covers: src/ctl/main.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" rsa:3072 p256 || exit
cat >"$DIR/profiles.d/more.conf" <<-'END'
	[profile narrow]
	keys = p256
	formats = raw
	hashes = sha256
	names = *.deb
	max-lines = 2
	verbs = sign whoami keys

	[profile over]
	keys = p256
	not-after = 2020-01-01

	[profile elsewhere]
	keys = p256
	from = 192.0.2.0/24

	[profile both]
	keys = p256
	require-second = narrow
END
for profile in narrow over elsewhere both; do
	instance_client "$DIR" "$profile" "$profile" || exit
done
instance_start "$DIR" || exit
AGREED=0

explain() { # CLIENT [OPTION...] -- COMMAND
	local client=$1
	shift
	"$CTL" -C "$DIR" explain "$DIR/client/$client.pub" "$@"
}

# Lines with these names, under a hash.
lines() { # HASH NAME...
	local hash=$1 name
	shift
	for name; do
		printf '%s' "$name" | "${hash}sum" | sed "s|-\$|$name|"
	done
}

# Both must end alike; a login that fails is ssh's own 255.
agree() { # CLIENT HASH NAMES COMMAND...
	local client=$1 hash=$2 names=$3 real=0 told=0 name
	local options=(--json --hash "$hash")
	shift 3
	for name in $names; do
		options+=(--name "$name")
	done
	# shellcheck disable=SC2086 # one word a name
	lines "$hash" $names | sign_as "$DIR" "$client" "$@" >"$DIR/out" \
	    2>"$DIR/err" || real=$?
	explain "$client" "${options[@]}" -- "$@" >"$DIR/told" || told=$?
	[ "$(jq -r .stage "$DIR/told")" != login ] || [ $told = 0 ] || told=255
	[ $real = $told ] || fail "$client, $hash, $names, $*: ssh ended with" \
	    "$real ($(cat "$DIR/err")), explain with $told: $(cat "$DIR/told")"
	[ $real = 0 ] || [ $real = 255 ] ||
	    grep -qF "$(jq -r .text "$DIR/told")" "$DIR/err" ||
	    fail "explain says $(jq -r .text "$DIR/told"), the client reads" \
	        "$(cat "$DIR/err")"
	[ $real != 0 ] || AGREED=$((AGREED + 1))
}

explain_agrees_with_what_happens() {
	local client command names hash
	for client in build01 narrow over; do
		for command in 'sign -k p256 -f raw' 'sign -k p256 -f cms' \
		    'sign -k rsa3072 -f raw' 'sign' 'check -k p256 -f raw' \
		    'log since 1' 'cert p256' \
		    'sign -k nosuch' 'frob'; do
			# shellcheck disable=SC2086 # the words of a command
			agree $client sha256 a.deb $command
		done
	done
	for names in 'a.deb b.deb' 'a.deb b.rpm' 'a.deb b.deb c.deb'; do
		for hash in sha256 sha512; do
			agree narrow $hash "$names" sign
		done
	done
	agree elsewhere sha256 a.deb sign
	agree both sha256 a.deb sign
	[ $AGREED -ge 4 ] || fail "only $AGREED were allowed"
}

explain_looks_at_addresses_and_times() {
	expect_exit 77 explain elsewhere -- whoami
	expect_exit 0 explain elsewhere --from 192.0.2.7 -- whoami
	expect_exit 0 explain over --at 2019-12-31T23:59:59Z -- sign
	expect_exit 77 explain over --at 2020-01-01 -- sign
	expect_exit 78 explain both -- sign
	expect_exit 0 explain both --second "$DIR/client/narrow.pub" -- sign
}

explain_knows_what_is_suspended() {
	"$CTL" -C "$DIR" suspend profile narrow --reason "an incident"
	expect_exit 77 explain narrow --name a.deb -- sign
	expect_match stdout "*an incident*" "$(cat "$OUT")"
	"$CTL" -C "$DIR" resume profile narrow
	expect_exit 0 explain narrow --name a.deb -- sign
}

check_says_what_the_reload_then_does() {
	"$CTL" -C "$DIR" check >"$DIR/before"
	expect last "this is what the service took last" \
	    "$(tail -n 1 "$DIR/before")"
	sed -i 's/^max-lines = 2/max-lines = 3/' "$DIR/profiles.d/more.conf"
	"$CTL" -C "$DIR" check >"$DIR/before"
	expect last "  profile narrow: max-lines 2 -> 3 (loosened)" \
	    "$(tail -n 1 "$DIR/before")"
	"$CTL" -C "$DIR" reload
	agree narrow sha256 'a.deb b.deb c.deb' sign
	taken() {
		"$CTL" -C "$DIR" check | grep -q "took last"
	}
	wait_for 5 taken
}

who_can_and_what_can_name_the_same() {
	"$CTL" -C "$DIR" who-can rsa3072 >"$DIR/who"
	expect lines 1 "$(wc -l <"$DIR/who")"
	expect_match who "* build01, profile ci: raw*" "$(cat "$DIR/who")"
	"$CTL" -C "$DIR" what-can build01 >"$DIR/what"
	grep -q "^  key rsa3072: raw" "$DIR/what"
	expect profiles "both ci elsewhere narrow over" \
	    "$("$CTL" -C "$DIR" who-can p256 --json | jq -r '.[].profile' |
	        sort -u | tr '\n' ' ' | sed 's/ $//')"
}

who_is_meant_may_be_unknown() {
	local verb
	for verb in who-can what-can; do
		expect_exit 1 "$CTL" -C "$DIR" $verb nobody
		grep -q "nobody" "$ERR"
		expect_exit 1 "$CTL" -C "$DIR" $verb nobody --json
		expect "the list" 0 "$(jq length "$OUT")"
	done
	expect_exit 1 "$CTL" -C "$DIR" what-can "SHA256:$(printf %043d 0)"
}

lint_finds_what_is_over() {
	expect_exit 1 "$CTL" -C "$DIR" lint
	grep -q "profiles.d/more.conf:11: note: profile over is not valid" "$OUT"
}

cases explain_agrees_with_what_happens \
    explain_looks_at_addresses_and_times \
    explain_knows_what_is_suspended \
    check_says_what_the_reload_then_does \
    who_can_and_what_can_name_the_same \
    who_is_meant_may_be_unknown \
    lint_finds_what_is_over
