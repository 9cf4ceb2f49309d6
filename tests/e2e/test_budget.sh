#!/bin/bash
# What a profile's or a key's budgets refuse, and that nothing makes them more
# than they are.
# covers: src/broker/allow.c src/broker/budget_plan.c src/broker/exceed.c
# covers: src/broker/budget_text.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit
instance_client "$DIR" other ci || exit
instance_start "$DIR" || exit

# shellcheck source=tests/support/budget.sh
. "$TOP/tests/support/budget.sh"

the_line_over_the_rate_is_refused_with_its_rule() {
	profile rate1 'rate = 5/1h'
	expect "signed" "5 75" "$(signed build01 7)"
	expect_match said "countersign: line 6: the profile rate1 allows 5 lines in 3600 s*try again in * s" \
	    "$(cat "$DIR/said")"
	expect "signed" "0 75" "$(signed build01 1)"
	grep " DENY .* outcome=\"refused\" reason=\"rate\" rule=\"[^\"]*profiles.d/demo.conf:3\"" \
	    "$DIR/log/audit.log" | grep -q ' line="6" '
}

a_burst_is_what_may_come_at_once() {
	profile burst1 'rate = 5/1h' 'burst = 2'
	expect "signed" "2 75" "$(signed build01 7)"
}

time_gives_back() {
	profile back1 'rate = 4/1s' 'burst = 1'
	again() {
		[ "$(signed build01 1)" = "1 0" ]
	}
	local _
	for _ in 1 2 3 4; do
		wait_for 5 again
	done
}

the_day_has_its_lines() {
	profile day1 'per-day = 3'
	expect "signed" "3 75" "$(signed build01 5)"
	expect_match said "*allows 3 lines a day (UTC); try again in * s" \
	    "$(cat "$DIR/said")"
	grep -q " DENY .* reason=\"per-day\" rule=\"[^\"]*demo.conf:3\"" \
	    "$DIR/log/audit.log"
}

keep_going_answers_each_line() {
	profile going1 'per-day = 2'
	expect "signed" "4 1" "$(signed build01 4 --keep-going)"
	expect "refused" 2 "$(grep -c ' !per-day ' "$DIR/got")"
}

what_is_not_signed_costs_nothing() {
	profile free1 'per-day = 3' 'names = build/*'
	echo "$(printf '%064d' 7)  elsewhere/x" |
	    sign_ssh "$DIR" sign -k p256 2>/dev/null && fail "was allowed"
	digest_lines 4 | sign_ssh "$DIR" sign -k p256 --atomic 2>/dev/null &&
	    fail "an atomic request over the budget"
	expect "signed" "3 75" "$(signed build01 4)"
}

check_asks_and_is_not_charged() {
	profile check1 'per-day = 2'
	digest_lines 3 | sign_ssh "$DIR" check -k p256 --keep-going \
	    >"$DIR/got" || :
	expect_match third '*!per-day*' "$(sed -n 3p "$DIR/got")"
	expect refused 1 "$(grep -c '!per-day' "$DIR/got")"
	expect "signed" "2 75" "$(signed build01 3)"
}

each_client_key_has_its_own_of_a_profile() {
	profile own1 'per-day = 2'
	expect "signed" "2 75" "$(signed build01 3)"
	expect "signed" "2 75" "$(signed other 3)"
}

all_share_those_of_a_key() {
	profile shared1
	key 'per-day = 3'
	expect "signed" "2 0" "$(signed build01 2)"
	expect "signed" "1 75" "$(signed other 2)"
	expect_match said "*the key p256 allows 3 lines a day*" \
	    "$(cat "$DIR/said")"
	key
}

a_line_that_one_layer_refuses_is_not_charged_to_the_other() {
	profile both1 'per-day = 1'
	key 'per-day = 1000000' 'rate = 5/1h'
	signed build01 3 --keep-going >/dev/null
	signed build01 3 --keep-going >/dev/null
	profile both2
	# One of the five was used.
	expect "signed" "4 75" "$(signed build01 6)"
	key
}

two_connections_share_it() {
	profile two1 'per-day = 100'
	signed build01 80 --keep-going >"$DIR/one" &
	local one=$! total
	DIR2=$DIR/second
	mkdir -p "$DIR2"
	digest_lines 80 | sign_ssh "$DIR" sign -k p256 --keep-going \
	    >"$DIR2/got" 2>/dev/null || :
	wait $one
	total=$(cat "$DIR/got" "$DIR2/got" | grep -vc ' !per-day ')
	expect "signed by both" 100 "$total"
}

the_client_key_that_wants_more_is_suspended() {
	profile exceed1 'rate = 2/1h' 'on-exceed = suspend'
	expect "signed" "2 0" "$(signed other 2)"
	expect "signed" "0 77" "$(signed other 1)"
	expect_match said "*suspended*2 lines in 3600 s*" "$(cat "$DIR/said")"
	expect "signed" "0 255" "$(signed other 1)"
	wait_for 5 grep -q ' AUTHFAIL .*reason="suspended"' \
	    "$DIR/log/audit.log"
	expect suspensions 1 "$(records "$DIR" SUSPEND)"
	grep -q ' SUSPEND .*by="on-exceed".* rule="[^"]*profiles.d/demo.conf:3"' \
	    "$DIR/log/audit.log"
	# It is that key alone.
	expect "signed" "1 0" "$(signed build01 1)"
	local fp
	fp=$(ssh-keygen -lf "$DIR/client/other.pub" | awk '{ print $2 }')
	"$CTL" -C "$DIR" resume client "$fp" >/dev/null
	profile exceed2
	expect "signed" "1 0" "$(signed other 1)"
}

asking_alone_suspends_nobody() {
	profile exceed3 'per-day = 1' 'on-exceed = suspend'
	digest_lines 3 | sign_ssh "$DIR" check -k p256 --keep-going \
	    >"$DIR/got" || :
	expect refused 2 "$(grep -c '!per-day' "$DIR/got")"
	expect "signed" "1 0" "$(signed build01 1)"
}

a_key_may_suspend_too_and_keep_going_does_so_once() {
	local before
	before=$(records "$DIR" SUSPEND)
	profile exceed4
	key 'per-day = 1' 'on-exceed = suspend'
	signed other 20 --keep-going >/dev/null
	expect suspensions $((before + 1)) "$(records "$DIR" SUSPEND)"
	expect "signed" "0 255" "$(signed other 1)"
	key
}

whoami_and_keys_say_what_is_left() {
	profile left1 'rate = 5/1h' 'per-day = 9' 'concurrency = 2'
	key 'per-day = 100'
	local left
	left=$(sign_ssh "$DIR" keys --json </dev/null |
	    jq '.[0].budget."day-left"')
	signed build01 3 >/dev/null
	sign_ssh "$DIR" whoami </dev/null >"$DIR/got"
	grep -q '^budget of profile left1: 2 of 5 lines at once (5 in 3600 s), 6 of 9 lines until 20..-..-..T00:00:00Z, 0 of 2 sign requests run$' \
	    "$DIR/got" || fail "$(cat "$DIR/got")"
	grep -q "^budget of key p256: $((left - 3)) of 100 lines until " \
	    "$DIR/got"
	signed build01 3 >/dev/null
	sign_ssh "$DIR" whoami --json </dev/null >"$DIR/got"
	jq -e '.budgets[0] | .what == "profile" and .name == "left1" and
	    ."burst-left" == 0 and .burst == 5 and .rate == 5 and
	    ."rate-seconds" == 3600 and ."day-left" == 4 and
	    ."per-day" == 9 and .running == 0 and .concurrency == 2 and
	    .wait > 600 and .wait <= 720' "$DIR/got" >/dev/null ||
	    fail "$(cat "$DIR/got")"
	sign_ssh "$DIR" keys </dev/null |
	    grep -q "^    budget       $((left - 5)) of 100 "
	key
	profile left2
	sign_ssh "$DIR" whoami </dev/null | grep '^budget' && fail "none"
	sign_ssh "$DIR" whoami --json </dev/null |
	    jq -e '.budgets == []' >/dev/null
}

status_shows_who_used_most() {
	profile most1 'per-day = 200'
	signed build01 120 >/dev/null
	signed other 121 >/dev/null
	local fp
	fp=$(ssh-keygen -lf "$DIR/client/other.pub" | awk '{ print $2 }')
	"$CTL" -C "$DIR" status | grep '^budget ' | head -n 1 |
	    grep -q "^budget client $fp most1: 121 lines today, 0 requests, "
	"$CTL" -C "$DIR" status --json | jq -e --arg s "client $fp most1" \
	    '.budgets[0] | .subject == $s and ."used-today" == 121' >/dev/null
}

a_reload_keeps_it() {
	profile kept1 'per-day = 5'
	expect "signed" "3 0" "$(signed build01 3)"
	profile kept1 'per-day = 6'
	expect "signed" "3 75" "$(signed build01 4)"
}

# A request that stays open: RUNNING, and its end of the pipe 7.
run_one() { # CLIENT
	rm -f "$DIR/fifo" "$DIR/slow"
	mkfifo "$DIR/fifo"
	sign_as "$DIR" "$1" sign -k p256 <"$DIR/fifo" >"$DIR/slow" \
	    2>/dev/null &
	RUNNING=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $RUNNING"
	exec 7>"$DIR/fifo"
	digest_lines 1 >&7
	wait_for 10 test -s "$DIR/slow"
}

as_many_requests_run_as_are_allowed() {
	profile conc1 'concurrency = 1'
	run_one build01
	expect "signed" "0 75" "$(signed build01 1)"
	expect_match said "*allows 1 sign requests at a time; try again in * s" \
	    "$(cat "$DIR/said")"
	grep -q " DENY .* reason=\"concurrency\" rule=\"[^\"]*demo.conf:3\"" \
	    "$DIR/log/audit.log"
	# Another client has its own, and a check is none.
	expect "signed" "1 0" "$(signed other 1)"
	digest_lines 1 | sign_ssh "$DIR" check -k p256 >/dev/null
	exec 7>&-
	wait "$RUNNING"
	expect "signed" "1 0" "$(signed build01 1)"
}

no_end_of_a_request_leaves_it_counted() {
	profile conc2 'concurrency = 1' 'names = build/*'
	local _
	for _ in 1 2 3; do
		run_one build01
		kill "$RUNNING"
		exec 7>&-
		wait "$RUNNING" || :
		again() {
			[ "$(signed build01 1)" = "1 0" ]
		}
		wait_for 10 again
		# One that is refused at its first line.
		echo "$(printf '%064d' 7)  elsewhere" |
		    sign_ssh "$DIR" sign -k p256 2>/dev/null && fail "allowed"
		expect "signed" "1 0" "$(signed build01 1)"
	done
}

a_key_counts_all_clients_requests() {
	profile conc3
	key 'concurrency = 1'
	run_one other
	expect "signed" "0 75" "$(signed build01 1)"
	exec 7>&-
	wait "$RUNNING"
	expect "signed" "1 0" "$(signed build01 1)"
	key
}

the_chain_holds_after_all_this() {
	"$CTL" -C "$DIR" log verify
}

cases the_line_over_the_rate_is_refused_with_its_rule \
    a_burst_is_what_may_come_at_once \
    time_gives_back \
    the_day_has_its_lines \
    keep_going_answers_each_line \
    what_is_not_signed_costs_nothing \
    check_asks_and_is_not_charged \
    each_client_key_has_its_own_of_a_profile \
    all_share_those_of_a_key \
    a_line_that_one_layer_refuses_is_not_charged_to_the_other \
    two_connections_share_it \
    whoami_and_keys_say_what_is_left \
    status_shows_who_used_most \
    the_client_key_that_wants_more_is_suspended \
    asking_alone_suspends_nobody \
    a_reload_keeps_it \
    as_many_requests_run_as_are_allowed \
    no_end_of_a_request_leaves_it_counted \
    a_key_counts_all_clients_requests \
    a_key_may_suspend_too_and_keep_going_does_so_once \
    the_chain_holds_after_all_this
