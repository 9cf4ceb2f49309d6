#!/bin/bash
# The tree is reloaded again and again under clients that sign all the time:
# who may stay notices nothing, and what is taken away is gone at once.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

ROUNDS=25
AUDIT=$DIR/log/audit.log

instance_new "$DIR" rsa:3072 p256 p384 || exit
for client in single batch mixed leaver; do
	instance_client "$DIR" $client $client || exit
done
instance_client "$DIR" member ci || exit
sed -i '/ member$/d' "$DIR/authorized_keys.d/clients"
instance_audit "$DIR"

# A profile for each client, so that what they sign under is told apart.
profiles() { # WORD...
	local name
	for name in ci single batch mixed leaver; do
		printf '[profile %s]\nkeys = rsa3072 p256\n' $name
		[ $# = 0 ] || printf '%s\n' "$@"
	done >"$DIR/profiles.d/demo.conf"
}

profiles
instance_start "$DIR" || exit

reload() {
	"$CTL" -C "$DIR" reload >/dev/null
}

lines() { # TAG COUNT
	awk -v tag="$1" -v n="$2" 'BEGIN { for (i = 1; i <= n; i++)
		printf "%064d  %s/%d\n", i, tag, i }'
}

# Requests of COUNT lines one after the other until DIR/stop is there.
client_goes_on() { # CLIENT COUNT KEY [OPTION...]
	local client=$1 count=$2 key=$3 round=0 at=$DIR/$1
	shift 3
	: >"$at.asked"
	while [ ! -e "$DIR/stop" ]; do
		lines "$client-$((round += 1))" "$count" >"$at.lines"
		cat "$at.lines" >>"$at.asked"
		sign_as "$DIR" "$client" sign -k "$key" "$@" <"$at.lines" \
		    >"$at.answers" 2>"$at.err" ||
		    echo "round $round ended with $?: $(cat "$at.err")"
		awk '{ print $1 "  " $3 }' "$at.answers" |
		    cmp - "$at.lines" || echo "round $round lost lines"
	done >"$at.wrong" 2>&1
}

# A change that takes nothing from those who sign.
change() { # ROUND
	local odd=$(($1 / 5 % 2))
	case $(($1 % 5)) in
	0) # Somebody else comes, and goes.
		sed -i '/ other$/d' "$DIR/authorized_keys.d/clients"
		[ $odd = 0 ] || sed -n 's/ member$/ other/;
		    s/^/profile="ci" /p' "$DIR/client/member.pub" \
		    >>"$DIR/authorized_keys.d/clients"
		;;
	1) # Their own words change, and stay wide.
		profiles "hours = Mon-Sun 00:00-24:00 $([ $odd = 0 ] &&
		    echo UTC || echo Asia/Tokyo)" "rate = 1000000/1s" \
		    "per-day = $((1000000000 + $1))" "max-lines = 100000" \
		    "priority = $([ $odd = 0 ] && echo high || echo low)" \
		    "names = *-*/*" "purpose = round $1"
		;;
	2) # Those words go.
		profiles
		;;
	3) # Keys roll over, in years.
		rm -f "$DIR/keys.d/next.conf"
		[ $odd = 0 ] || printf '%s\n' '[generation next]' 'key = p256' \
		    'object = pkcs11:object=p384' 'start = 2090-01-01' \
		    >"$DIR/keys.d/next.conf"
		;;
	4)
		rm -rf "$DIR/tenants" "$DIR/tenants.d"
		[ $odd = 0 ] || tenant
		;;
	esac
}

tenant() {
	local team=$DIR/tenants/team
	mkdir -p "$DIR/tenants.d" "$team/keys.d" "$team/profiles.d"
	printf '%s\n' '[tenant team]' "owner = $(id -un)" 'tokens = demo' \
	    'objects = p256' >"$DIR/tenants.d/team.conf"
	printf '%s\n' '[key p256]' 'token = demo' \
	    'object = pkcs11:object=p256' 'use = raw' >"$team/keys.d/k.conf"
	printf '%s\n' '[profile ci]' 'keys = p256' >"$team/profiles.d/p.conf"
}

signed_by() { # PRINCIPAL
	grep ' SIGN \[' "$AUDIT" | grep "principal=\"$1\".* outcome=\"ok\""
}

signed_names() { # PRINCIPAL
	signed_by "$1" | sed 's/.* name="\([^"]*\)".*/\1/' | sort
}

who_may_stay_notices_nothing() {
	local round client
	client_goes_on single 1 p256 &
	client_goes_on batch 400 p256 &
	client_goes_on mixed 40 rsa3072 --keep-going &
	for ((round = 0; round < ROUNDS; round++)); do
		change $round
		reload || break
	done
	: >"$DIR/stop"
	wait
	expect "rounds that were taken" $ROUNDS $round
	expect reloads $ROUNDS "$(grep -c ' RELOAD \[.* before="' "$AUDIT")"
	for client in single batch mixed; do
		expect "what $client saw" "" "$(head -n 5 "$DIR/$client.wrong")"
		[ -s "$DIR/$client.asked" ] || fail "$client never asked"
	done
}

each_of_their_lines_is_on_record_once() {
	local client
	for client in single batch mixed; do
		signed_names $client >"$DIR/on-record"
		sed 's/.*  //' "$DIR/$client.asked" | sort >"$DIR/was-asked"
		cmp "$DIR/on-record" "$DIR/was-asked" ||
		    fail "$client: $(diff "$DIR/on-record" "$DIR/was-asked" |
			head -n 5)"
	done
	expect "lines refused" 0 "$(records "$DIR" DENY)"
}

# How many signatures for leaver follow the newest reload in the records.
signed_since_reload() {
	tac "$AUDIT" | sed '/ RELOAD \[.* before="/q' |
	    grep -c ' SIGN \[.*principal="leaver".* outcome="ok"' || :
}

# What the workers have when the reload comes is signed, and on record: not
# more than they take at once.
IN_HAND=40

# EDIT (of sed) takes a right away from the profiles: leaver's running batch
# ends, and a line that comes later is not signed.
is_refused_at_once() { # EDIT PATTERN
	local batch status=0
	lines gone-$BASHPID 3000 >"$DIR/leaver.lines"
	rm -f "$DIR/leaver.answers"
	sign_as "$DIR" leaver sign -k rsa3072 <"$DIR/leaver.lines" \
	    >"$DIR/leaver.answers" 2>"$DIR/leaver.err" &
	batch=$!
	wait_for 10 test -s "$DIR/leaver.answers"
	sed -i "/profile leaver/,\$$1" "$DIR/profiles.d/demo.conf"
	reload
	lines late 1 >"$DIR/late"
	expect_exit 77 sign_as "$DIR" leaver sign -k rsa3072 <"$DIR/late"
	expect_match stderr "$2" "$(cat "$ERR")"
	wait $batch || status=$?
	expect "the batch's exit" 77 $status
	expect_match "what it said" "$2" "$(cat "$DIR/leaver.err")"
	[ "$(signed_since_reload)" -le $IN_HAND ] ||
	    fail "$(signed_since_reload) signatures after the reload"
	expect "late signatures" 0 "$(signed_by leaver |
	    grep -c 'name="late/' || :)"
	expect "answered and not recorded" "" "$(awk '{ print $3 }' \
	    "$DIR/leaver.answers" | sort | comm -13 <(signed_names leaver) -)"
	profiles
	reload
}

a_profile_that_loses_the_key_signs_nothing_more() {
	is_refused_at_once 's/^keys = .*/keys = p256/' \
	    "*grants no key rsa3072*"
}

a_name_that_is_not_allowed_any_more_is_not_signed() {
	is_refused_at_once 's/^keys.*/&\nnames = other\/*/' "*other/\**"
}

hours_that_end_by_a_reload_end_at_once() {
	local day
	day=$(date -u -d '+3 days' +%a)
	is_refused_at_once "s/^keys.*/&\nhours = $day 00:00-24:00 UTC/" \
	    "*does not sign at this time; allowed: $day*"
}

the_records_hold_after_all_this() {
	expect_exit 0 "$CTL" -C "$DIR" log verify "$AUDIT"
}

cases who_may_stay_notices_nothing each_of_their_lines_is_on_record_once \
    a_profile_that_loses_the_key_signs_nothing_more \
    a_name_that_is_not_allowed_any_more_is_not_signed \
    hours_that_end_by_a_reload_end_at_once the_records_hold_after_all_this
