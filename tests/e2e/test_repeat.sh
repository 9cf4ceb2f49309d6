#!/bin/bash
# Within repeat-window the same line has the same signature, whoever retries.
# covers: src/broker/repeat.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit
instance_client "$DIR" other ci || exit
# shellcheck source=tests/support/budget.sh
. "$TOP/tests/support/budget.sh"

# Lines that no other case has.
lines_of() { # CASE COUNT
	awk -v c="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++)
		printf "%032x%032x  build/%d-%d\n", c, i, c, i }'
}

sign_lines() { # CASE COUNT [OPTION...]
	lines_of "$1" "$2" | sign_ssh "$DIR" sign -k p256 "${@:3}"
}

# SIGN records of a case: all, or those that are repeats.
signs() { # CASE
	grep -c " SIGN .* name=\"build/$1-[0-9]*\".* outcome=\"ok\"" \
	    "$DIR/log/audit.log" || :
}

repeats() { # CASE
	grep -c " SIGN .* name=\"build/$1-[0-9]*\".* us=\"0\" repeat=\"[0-9]*\"" \
	    "$DIR/log/audit.log" || :
}

a_retry_has_the_same_signature_and_says_so() {
	instance_start "$DIR"
	profile again1 'repeat-window = 10m'
	sign_lines 1 3 >"$DIR/first"
	sign_lines 1 3 >"$DIR/second"
	cmp "$DIR/first" "$DIR/second"
	expect repeats 3 "$(repeats 1)"
	expect signs 6 "$(signs 1)"
	# It names the record of the first.
	local seq
	seq=$(sed -n 's/.* SIGN .* seq="\([0-9]*\)".* name="build\/1-0".*/\1/p' \
	    "$DIR/log/audit.log" | head -n 1)
	grep " SIGN .* name=\"build/1-0\"" "$DIR/log/audit.log" |
	    sed -n 2p | grep -q " repeat=\"$seq\""
	# The same profile's other client, too.
	lines_of 1 3 | sign_as "$DIR" other sign -k p256 | cmp - "$DIR/first"
	instance_stop "$DIR"
}

without_the_word_each_is_signed() {
	instance_start "$DIR"
	profile none1
	sign_lines 2 1 >"$DIR/first"
	sign_lines 2 1 >"$DIR/second"
	! cmp -s "$DIR/first" "$DIR/second" || fail "the same"
	expect repeats 0 "$(repeats 2)"
	instance_stop "$DIR"
}

what_differs_is_signed_anew() {
	instance_start "$DIR"
	profile differs1 'repeat-window = 10m'
	sign_lines 3 1 >"$DIR/first"
	sign_lines 3 1 -f p1363 >/dev/null
	lines_of 3 1 | sign_ssh "$DIR" sign -k p256 --hash sha3-256 \
	    >/dev/null 2>&1 || :
	profile differs2 'repeat-window = 10m'
	sign_lines 3 1 >"$DIR/second"
	! cmp -s "$DIR/first" "$DIR/second" || fail "of another profile"
	expect repeats 0 "$(repeats 3)"
	instance_stop "$DIR"
}

the_lines_of_a_request_are_repeats_of_each_other() {
	instance_start "$DIR"
	profile same1 'repeat-window = 10m'
	{
		lines_of 4 20
		lines_of 4 20
	} | sign_ssh "$DIR" sign -k p256 >"$DIR/got"
	head -n 20 "$DIR/got" >"$DIR/first"
	tail -n 20 "$DIR/got" | cmp - "$DIR/first"
	expect repeats 20 "$(repeats 4)"
	# One right after the other: the second waits for the first.
	for _ in 1 2 3 4 5 6; do
		lines_of 5 1
	done | sign_ssh "$DIR" sign -k p256 >"$DIR/got"
	expect answers 6 "$(wc -l <"$DIR/got")"
	expect different 1 "$(sort -u "$DIR/got" | wc -l)"
	expect repeats 5 "$(repeats 5)"
	instance_stop "$DIR"
}

parallel_retries_share_one_signature() {
	instance_start "$DIR"
	profile parallel1 'repeat-window = 10m'
	local i pids=''
	for i in 1 2 3 4; do
		sign_lines 6 100 >"$DIR/got.$i" &
		pids="$pids $!"
	done
	for i in $pids; do
		wait "$i" || fail "one of them"
	done
	for i in 2 3 4; do
		cmp "$DIR/got.1" "$DIR/got.$i"
	done
	expect signs 400 "$(signs 6)"
	expect repeats 300 "$(repeats 6)"
	instance_stop "$DIR"
}

a_retry_costs_no_budget() {
	instance_start "$DIR"
	profile budget1 'repeat-window = 10m' 'per-day = 3'
	sign_lines 7 3 >"$DIR/first"
	sign_lines 7 3 | cmp - "$DIR/first"
	expect_exit 75 sign_lines 8 1
	sign_lines 7 3 | cmp - "$DIR/first"
	lines_of 7 3 | sign_ssh "$DIR" check -k p256 >/dev/null
	instance_stop "$DIR"
}

after_the_window_it_is_signed_anew() {
	instance_start "$DIR"
	profile short1 'repeat-window = 2s'
	sign_lines 9 1 >"$DIR/first"
	anew() {
		! sign_lines 9 1 | cmp -s - "$DIR/first"
	}
	wait_for 10 anew
	# The key's window is as good, and of two the shorter counts.
	profile short2
	key 'repeat-window = 10m'
	sign_lines 9 1 >"$DIR/first"
	sign_lines 9 1 | cmp - "$DIR/first"
	profile short2 'repeat-window = 1s'
	wait_for 10 anew
	key
	instance_stop "$DIR"
}

it_survives_a_restart() {
	instance_start "$DIR"
	profile restart1 'repeat-window = 10m'
	sign_lines 10 5 >"$DIR/first"
	instance_stop "$DIR"
	instance_start "$DIR"
	sign_lines 10 5 | cmp - "$DIR/first"
	expect repeats 5 "$(repeats 10)"
	instance_stop "$DIR"
}

a_client_that_was_cut_off_gets_what_was_signed_for_it() {
	instance_start "$DIR"
	profile cut1 'repeat-window = 10m'
	sign_lines 11 2000 >"$DIR/got" 2>/dev/null &
	local batch=$!
	wait_for 10 test -s "$DIR/got"
	kill "$(pgrep -P "$batch" ssh)" 2>/dev/null || kill "$batch"
	wait "$batch" || :
	sign_lines 11 2000 >"$DIR/second"
	# Each line was signed once.
	expect "signed anew" 2000 $(($(signs 11) - $(repeats 11)))
	expect answers 2000 "$(wc -l <"$DIR/second")"
	instance_stop "$DIR"
}

what_is_refused_now_is_not_repeated() {
	instance_start "$DIR"
	profile refused1 'repeat-window = 10m'
	sign_lines 12 1 >/dev/null
	profile refused1 'repeat-window = 10m' 'names = elsewhere/*'
	expect_exit 77 sign_lines 12 1
	profile refused1 'repeat-window = 10m'
	"$CTL" -C "$DIR" suspend key p256 --reason lost >/dev/null
	expect_exit 77 sign_lines 12 1
	"$CTL" -C "$DIR" resume key p256 >/dev/null
	sign_lines 12 1 >/dev/null
	expect repeats 1 "$(repeats 12)"
	instance_stop "$DIR"
}

an_atomic_request_repeats_all_or_nothing() {
	instance_start "$DIR"
	profile atomic1 'repeat-window = 10m' 'names = build/*'
	sign_lines 13 4 --atomic >"$DIR/first"
	sign_lines 13 4 --atomic | cmp - "$DIR/first"
	expect repeats 4 "$(repeats 13)"
	# Half of it is known.
	{
		lines_of 13 2
		lines_of 14 2
	} | sign_ssh "$DIR" sign -k p256 --atomic >"$DIR/got"
	expect answers 4 "$(wc -l <"$DIR/got")"
	head -n 2 "$DIR/first" | cmp - <(head -n 2 "$DIR/got")
	# One that is refused takes the known ones with it.
	{
		lines_of 13 2
		echo "$(printf '%064d' 7)  elsewhere"
	} | sign_ssh "$DIR" sign -k p256 --atomic >"$DIR/got" 2>/dev/null &&
	    fail "signed"
	expect answers 0 "$(wc -l <"$DIR/got")"
	expect repeats 6 "$(repeats 13)"
	# The same line twice in it, from two at once: nobody waits for ever.
	local one
	{
		lines_of 15 9
		lines_of 15 9
	} >"$DIR/lines"
	sign_ssh "$DIR" sign -k p256 --atomic <"$DIR/lines" >"$DIR/got.1" &
	one=$!
	sign_ssh "$DIR" sign -k p256 --atomic <"$DIR/lines" >"$DIR/got.2"
	wait "$one"
	expect answers 36 "$(cat "$DIR/got.1" "$DIR/got.2" | wc -l)"
	instance_stop "$DIR"
}

the_chain_holds_after_all_this() {
	"$CTL" -C "$DIR" log verify
}

cases a_retry_has_the_same_signature_and_says_so \
    without_the_word_each_is_signed \
    what_differs_is_signed_anew \
    the_lines_of_a_request_are_repeats_of_each_other \
    parallel_retries_share_one_signature \
    a_retry_costs_no_budget \
    after_the_window_it_is_signed_anew \
    it_survives_a_restart \
    a_client_that_was_cut_off_gets_what_was_signed_for_it \
    what_is_refused_now_is_not_repeated \
    an_atomic_request_repeats_all_or_nothing \
    the_chain_holds_after_all_this
