#!/bin/bash
# An admin stops a key or a client at once, and lets it go on.
# covers: src/ctl/suspend.c src/broker/on_suspend.c
# covers: src/broker/suspend.c src/broker/suspend_text.c
# covers: src/broker/records_suspend.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/mux.sh
. "$TOP/tests/support/mux.sh"

instance_new "$DIR" rsa:3072 p256 || exit
instance_client "$DIR" stolen ci || exit
cat >"$DIR/profiles.d/people.conf" <<-'END'
	[profile people]
	keys = p256
END
instance_client "$DIR" ann people || exit
# A team of its own, with a key that is named as one of ours.
TEAM=$DIR/tenants/team
mkdir -p "$DIR/tenants.d" "$TEAM/keys.d" "$TEAM/profiles.d" \
    "$TEAM/authorized_keys.d"
cat >"$DIR/tenants.d/team.conf" <<-END
	[tenant team]
	owner = $(id -un)
	tokens = demo
	objects = *
END
cat >"$TEAM/keys.d/keys.conf" <<-'END'
	[key p256]
	token = demo
	object = pkcs11:object=p256
	use = raw
END
cat >"$TEAM/profiles.d/ci.conf" <<-'END'
	[profile ci]
	keys = p256
END
ssh-keygen -q -t ed25519 -N '' -C member -f "$DIR/client/member" || exit
sed 's/^/profile="ci" /' "$DIR/client/member.pub" \
    >"$TEAM/authorized_keys.d/clients"
instance_start "$DIR" || exit

ctl() {
	"$CTL" -C "$DIR" "$@"
}

print_of() { # CLIENT
	ssh-keygen -lf "$DIR/client/$1.pub" | cut -d ' ' -f 2
}

newest() { # EVENT
	grep " $1 \[countersign@" "$DIR/log/audit.log" | tail -n 1
}

signs() { # CLIENT KEY
	expect "answers for $1" 1 \
	    "$(digest_lines 1 | sign_as "$DIR" "$1" sign -k "$2" | wc -l)"
}

ends_within_a_second() { # PID
	gone() {
		! kill -0 "$1" 2>/dev/null
	}
	wait_for 1 gone "$1" || fail "it is still there"
}

a_stolen_key_is_cut_off_in_mid_batch() {
	local batch status=0
	digest_lines 20000 >"$DIR/lines"
	mux_open "$DIR" stolen
	mux_ssh sign -k p256 <"$DIR/lines" >"$DIR/answers" 2>"$DIR/err" &
	batch=$!
	wait_for 10 test -s "$DIR/answers"
	expect_exit 0 ctl suspend client "$DIR/client/stolen.pub" \
	    --reason "laptop lost"
	expect stdout "the client key $(print_of stolen) is suspended; 1 open \
connection ended" "$(cat "$OUT")"
	ends_within_a_second $batch
	ends_within_a_second "$MASTER"
	wait $batch || status=$?
	expect "the batch's exit" 77 $status
	expect_match stderr "*client key $(print_of stolen) is suspended: \
laptop lost*" "$(cat "$DIR/err")"
	[ "$(wc -l <"$DIR/answers")" -lt 20000 ] ||
	    fail "it was not in the middle"
	expect_match record "* SUSPEND *what=\"client\" fp=\"$(print_of \
	    stolen)\" by=\"*\" why=\"laptop lost\" sessions=\"1\"*" \
	    "$(newest SUSPEND)"
}

what_it_got_is_on_record() {
	grep ' SIGN \[.*principal="stolen"' "$DIR/log/audit.log" |
	    sed 's/.* name="\([^"]*\)".*/\1/' | sort >"$DIR/on-record"
	awk '{ print $3 }' "$DIR/answers" | sort >"$DIR/got"
	expect "answered and not recorded" "" \
	    "$(comm -13 "$DIR/on-record" "$DIR/got")"
}

it_cannot_come_back_and_others_do_not_notice() {
	expect_exit 255 sign_as "$DIR" stolen whoami </dev/null
	told() {
		newest AUTHFAIL | grep -qF "fp=\"$(print_of stolen)\"" &&
		    newest AUTHFAIL | grep -q 'reason="suspended"'
	}
	wait_for 5 told
	signs build01 p256
	signs ann p256
}

it_stays_so_over_a_restart_and_a_crash() {
	local own=$DIR/own
	instance_new "$own" p256
	instance_client "$own" stolen ci
	instance_start "$own"
	expect_exit 0 "$CTL" -C "$own" suspend client \
	    "$own/client/stolen.pub" --reason "laptop lost"
	expect_exit 0 "$CTL" -C "$own" suspend key p256 --reason "with it"
	# shellcheck disable=SC2046 # one word a process
	kill -KILL $(instance_tree "$PID")
	wait "$PID" || :
	instance_start "$own"
	expect_exit 255 sign_as "$own" stolen whoami </dev/null
	expect_exit 77 sign_as "$own" build01 sign -k p256 </dev/null
	expect_exit 0 "$CTL" -C "$own" resume key p256
	instance_stop "$own"
	instance_start "$own"
	expect_exit 255 sign_as "$own" stolen whoami </dev/null
	expect_exit 0 sign_as "$own" build01 sign -k p256 </dev/null
	expect_match list "suspended client *: laptop lost (by *)" \
	    "$("$CTL" -C "$own" suspend list)"
	instance_stop "$own"
}

the_log_tells_what_a_reviewer_asks() {
	local print
	print=$(print_of stolen)
	expect_match "log show" "*SUSPEND*$print*laptop lost*" \
	    "$(ctl log show --event SUSPEND --fp "$print")"
	expect_match "log show" "*reason*suspended*" \
	    "$(ctl log show --event AUTHFAIL --fp "$print" --long)"
	expect_match "log report" "*suspension*" \
	    "$(ctl log report --since -1d)"
}

it_is_resumed_at_once() {
	expect_exit 0 ctl resume client "$(print_of stolen)" --reason "found"
	expect_match record "* RESUME *what=\"client\" fp=\"$(print_of \
	    stolen)\" by=\"*\" why=\"found\"*" "$(newest RESUME)"
	signs stolen p256
	expect list "" "$(ctl suspend)"
	expect_exit 1 ctl resume client "$(print_of stolen)"
	expect_match stderr "*is not suspended" "$(cat "$ERR")"
}

lines_of_a_suspended_key_are_refused_and_those_of_others_go_on() {
	local status=0
	mux_open "$DIR" build01
	channel_open sign -k rsa3072
	channel_ask "$(digest_lines 1)"
	expect_exit 0 ctl suspend key rsa3072 --reason "under inquiry"
	digest_lines 2 >&"$CHANNEL_IN"
	channel_end || status=$?
	expect "the channel's exit" 77 $status
	expect "the channel's text" \
	    "countersign: line 2: the key rsa3072 is suspended: under inquiry" \
	    "$(cat "$CHANNEL_ERR")"
	expect "answers of another key" 1 \
	    "$(digest_lines 1 | mux_ssh sign -k p256 | wc -l)"
	expect_exit 0 mux_ssh pubkey rsa3072 </dev/null
	expect_exit 77 mux_ssh sign -k rsa3072 --keep-going < <(digest_lines 2)
	expect_match keys "*state        suspended: under inquiry*" \
	    "$(mux_ssh keys </dev/null)"
	expect_match status "*key rsa3072: suspended: under inquiry*suspended \
key rsa3072: under inquiry (by *" "$(ctl status)"
	ctl resume key rsa3072
	expect "answers when it is resumed" 1 \
	    "$(digest_lines 1 | mux_ssh sign -k rsa3072 | wc -l)"
	mux_close
}

queued_lines_are_refused_when_their_turn_comes() {
	local batch status=0 signed
	digest_lines 3000 >"$DIR/lines"
	rm -f "$DIR/answers"
	sign_ssh "$DIR" sign -k rsa3072 --keep-going <"$DIR/lines" \
	    >"$DIR/answers" 2>"$DIR/err" &
	batch=$!
	wait_for 10 test -s "$DIR/answers"
	expect_exit 0 ctl suspend key rsa3072 --reason "under inquiry"
	wait $batch || status=$?
	ctl resume key rsa3072
	expect "the batch's exit" 1 $status
	expect answers 3000 "$(wc -l <"$DIR/answers")"
	signed=$(awk '$2 != "!suspended"' "$DIR/answers" | wc -l)
	[ "$signed" -gt 0 ] || fail "nothing was signed"
	[ "$signed" -lt 3000 ] || fail "it was not in the middle"
}

a_principal_and_a_profile_end_their_connections() {
	local what
	for what in "principal ann" "profile people"; do
		mux_open "$DIR" ann
		# shellcheck disable=SC2086 # two words
		expect_exit 0 ctl suspend $what --reason "on leave"
		expect stdout "the $what is suspended; 1 open connection ended" \
		    "$(cat "$OUT")"
		ends_within_a_second "$MASTER"
		wait "$MASTER" || :
		expect_match farewell "*the $what is suspended: on leave*" \
		    "$(cat "$DIR/mux.log")"
		expect_exit 255 sign_as "$DIR" ann whoami </dev/null
		signs build01 p256
		# shellcheck disable=SC2086 # two words
		ctl resume $what
		signs ann p256
	done
}

a_tenant_is_suspended_with_all_that_it_has() {
	mux_open "$DIR" member
	expect_exit 0 ctl suspend tenant team --reason "bill unpaid"
	expect stdout "the tenant team is suspended; 1 open connection ended" \
	    "$(cat "$OUT")"
	ends_within_a_second "$MASTER"
	wait "$MASTER" || :
	expect_exit 255 sign_as "$DIR" member whoami </dev/null
	signs build01 p256
	ctl resume tenant team
	signs member team/p256
	ctl suspend key team/p256 --reason "only this one"
	expect_exit 77 sign_as "$DIR" member sign -k team/p256 </dev/null
	signs build01 p256
	ctl resume key team/p256
	ctl suspend profile team/ci --reason "only this one"
	expect_exit 255 sign_as "$DIR" member whoami </dev/null
	signs build01 p256
	ctl resume profile team/ci
}

a_second_time_changes_the_reason() {
	ctl suspend key p256 --reason "a mistake"
	ctl suspend key p256 --reason "another one"
	expect "the list" 1 "$(ctl suspend | wc -l)"
	expect_match json "\[{\"what\":\"key\",\"name\":\"p256\",\
\"why\":\"another one\",\"by\":\"*\",\"since\":\"2*Z\"}\]" \
	    "$(ctl suspend --json)"
	expect_match "json status" '*"suspended":\[{"what":"key",*' \
	    "$(ctl status --json)"
	ctl resume key p256
	expect "the empty list" "[]" "$(ctl suspend list --json)"
}

what_is_not_in_the_tree_may_still_come() {
	expect_exit 0 ctl suspend principal newcomer --reason "not yet"
	instance_client "$DIR" newcomer ci
	ctl reload
	expect_exit 255 sign_as "$DIR" newcomer whoami </dev/null
	ctl resume principal newcomer
	signs newcomer p256
	local what
	for what in key profile tenant; do
		expect_exit 1 ctl suspend $what nosuch --reason x
		expect stderr \
		    "countersignctl: the running tree has no $what nosuch" \
		    "$(cat "$ERR")"
	done
}

wrong_usage_is_refused() {
	expect_exit 64 ctl suspend key p256
	expect_exit 64 ctl suspend key p256 --reason ""
	expect_exit 64 ctl suspend key --reason x
	expect_exit 64 ctl suspend keys p256 --reason x
	expect_exit 64 ctl suspend key p256 more --reason x
	expect_exit 64 ctl suspend key p256 --reason x --json
	expect_exit 64 ctl suspend key p256 --reason x --reason y
	expect_exit 64 ctl suspend list --reason x
	expect_exit 64 ctl suspend key p256 --force --reason x
	expect_exit 64 ctl suspend key "" --reason x
	expect_exit 64 ctl suspend key p256 --reason $'two\nlines'
	expect_exit 64 ctl suspend key p256 --reason $'\xff'
	expect_exit 64 ctl suspend key p256 --reason \
	    "$(printf '%0201d' 1)"
	expect_exit 64 ctl suspend principal "$(printf '%0256d' 1)" --reason x
	expect_exit 64 ctl suspend client SHA256:short --reason x
	expect_exit 65 ctl suspend client "$DIR/nosuch.pub" --reason x
	expect_exit 65 ctl suspend client "$DIR/client/ann" --reason x
	expect_exit 64 ctl resume key
	expect_exit 64 ctl resume key p256 --json
	expect_exit 64 ctl resume
	expect "the list" "" "$(ctl suspend)"
}

others_may_not() {
	[ "$(id -u)" = 0 ] || skip "only root can become somebody else"
	expect_exit 69 setpriv --reuid=nobody --regid=nogroup --clear-groups \
	    "$CTL" -C "$DIR" suspend key p256 --reason x
	expect "the list" "" "$(ctl suspend)"
}

the_chain_holds_after_all_this() {
	"$CTL" log verify "$DIR/log/audit.log"
}

cases a_stolen_key_is_cut_off_in_mid_batch \
    what_it_got_is_on_record \
    it_cannot_come_back_and_others_do_not_notice \
    it_stays_so_over_a_restart_and_a_crash \
    the_log_tells_what_a_reviewer_asks \
    it_is_resumed_at_once \
    lines_of_a_suspended_key_are_refused_and_those_of_others_go_on \
    queued_lines_are_refused_when_their_turn_comes \
    a_principal_and_a_profile_end_their_connections \
    a_tenant_is_suspended_with_all_that_it_has \
    a_second_time_changes_the_reason \
    what_is_not_in_the_tree_may_still_come \
    wrong_usage_is_refused \
    others_may_not \
    the_chain_holds_after_all_this
