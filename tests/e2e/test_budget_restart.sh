#!/bin/bash
# Budgets over restarts and crashes; and a state that cannot be read or written.
# covers: src/broker/store_file.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit
# shellcheck source=tests/support/budget.sh
. "$TOP/tests/support/budget.sh"

crash() {
	# shellcheck disable=SC2046 # one word a process
	kill -KILL $(instance_tree "$PID")
	wait "$PID" 2>/dev/null || :
	instance_start "$DIR"
}

a_restart_keeps_it() {
	instance_start "$DIR"
	profile restart1 'per-day = 5' 'rate = 5/1h'
	expect "signed" "3 0" "$(signed build01 3)"
	instance_stop "$DIR"
	instance_start "$DIR"
	expect "signed" "2 75" "$(signed build01 4)"
	instance_stop "$DIR"
}

a_crash_gives_no_line_back() {
	instance_start "$DIR"
	profile crash1 'per-day = 400'
	digest_lines 300 | sign_ssh "$DIR" sign -k p256 >"$DIR/got" \
	    2>/dev/null &
	local batch=$! first second
	wait_for 10 test -s "$DIR/got"
	crash
	wait $batch || :
	first=$(wc -l <"$DIR/got")
	digest_lines 600 | sign_ssh "$DIR" sign -k p256 >"$DIR/got" \
	    2>/dev/null || :
	second=$(wc -l <"$DIR/got")
	[ $((first + second)) -le 400 ] ||
	    fail "$first before the crash, and $second after it"
	# What was charged for answers that never left was less than a window.
	[ $((first + second)) -ge 100 ] || fail "$first and $second"
	instance_stop "$DIR"
}

a_damaged_state_is_refused_and_left_alone() {
	instance_start "$DIR"
	instance_stop "$DIR"
	cp -a "$DIR/state/state.db" "$DIR/kept"
	printf 'nonsense' | dd of="$DIR/state/state.db" conv=notrunc 2>/dev/null
	cp -a "$DIR/state/state.db" "$DIR/damaged"
	expect_exit 1 timeout 20 "$B/countersignd" -D -C "$DIR"
	expect_match stderr "*state/state.db: is damaged*move it away*" \
	    "$(cat "$ERR")"
	cmp "$DIR/damaged" "$DIR/state/state.db"
	cp -a "$DIR/kept" "$DIR/state/state.db"
	instance_start "$DIR"
	instance_stop "$DIR"
}

a_state_that_cannot_be_written_signs_nothing_that_costs() {
	instance_start "$DIR"
	profile gone1 'per-day = 9'
	expect "signed" "1 0" "$(signed build01 1)"
	mv "$DIR/state/state.db" "$DIR/state/away"
	expect "signed" "0 69" "$(signed build01 1)"
	expect_match said "*could not be kept*" "$(cat "$DIR/said")"
	grep -q ' SIGN .* outcome="failed" reason="state-unavailable"' \
	    "$DIR/log/audit.log"
	"$CTL" -C "$DIR" status | grep -q '^state: .*failing: .*removed'
	"$CTL" -C "$DIR" status --json | jq -e '.state.failing' >/dev/null
	# What costs nothing needs no state.
	profile free2
	expect "signed" "1 0" "$(signed build01 1)"
	profile gone1 'per-day = 9'
	mv "$DIR/state/away" "$DIR/state/state.db"
	again() {
		[ "$(signed build01 1)" = "1 0" ]
	}
	wait_for 10 again
	"$CTL" -C "$DIR" status --json | jq -e '.state.failing | not' >/dev/null
	expect "signed" "7 75" "$(signed build01 9)"
	instance_stop "$DIR"
}

cases a_restart_keeps_it \
    a_crash_gives_no_line_back \
    a_damaged_state_is_refused_and_left_alone \
    a_state_that_cannot_be_written_signs_nothing_that_costs
