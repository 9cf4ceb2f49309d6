#!/bin/bash
# Requests of different connections share the token's workers line by line:
# who asks for one waits for a few operations, not for somebody's thousands.
# Measured in operations, which the records number, not in seconds.
# alone: it measures.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/mux.sh
. "$TOP/tests/support/mux.sh"
# shellcheck source=tests/support/batch.sh
. "$TOP/tests/support/batch.sh"

instance_new "$DIR" rsa:4096 p256 || exit
for client in other other1 other2 other3 other4; do
	instance_client "$DIR" $client ci || exit
done
instance_start "$DIR" || exit
AUDIT=$DIR/log/audit.log
digest_lines 3000 >"$DIR/lines"

# Two workers have two operations each before them; the rest is what was done
# while the question and its answer travelled.
one_line_waits_for_a_few_operations() {
	mux_open "$DIR" build01
	begin_batch other rsa4096
	between 9 rsa4096 >"$DIR/between"
	kill -0 "$BATCH" || fail "the batch was over first"
	end_batch "$BATCH"
	mux_close
	local typical
	typical=$(median <"$DIR/between")
	[ "$typical" -le 24 ] || fail "operations between: $(paste -sd ' ' \
	    "$DIR/between")"
	# Something was done for the other meanwhile, or nothing was measured.
	grep -qv '^0$' "$DIR/between" ||
	    fail "no batch beside it"
}

one_line_of_a_fast_key_waits_for_no_batch_of_a_slow_one() {
	mux_open "$DIR" build01
	begin_batch other rsa4096
	between 9 p256 >"$DIR/between"
	kill -0 "$BATCH" || fail "the batch was over first"
	end_batch "$BATCH"
	mux_close
	local typical
	typical=$(median <"$DIR/between")
	[ "$typical" -le 24 ] || fail "operations between: $(paste -sd ' ' \
	    "$DIR/between")"
}

# Four batches: a turn each before one's own.
one_line_among_four_batches_waits_for_a_turn_of_each() {
	local pids=() i typical
	mux_open "$DIR" build01
	for i in 1 2 3 4; do
		begin_batch other$i rsa4096
		pids+=("$BATCH")
	done
	between 9 rsa4096 >"$DIR/between"
	for i in "${pids[@]}"; do
		kill -0 "$i" || fail "a batch was over first"
		end_batch "$i"
	done
	mux_close
	typical=$(median <"$DIR/between")
	[ "$typical" -le 32 ] || fail "operations between: $(paste -sd ' ' \
	    "$DIR/between")"
}

signed_for() { # PRINCIPAL
	grep -c " SIGN .* principal=\"$1\"" "$AUDIT" || :
}

# Many channels do not make a client's share larger.
connections_share_alike_whatever_their_channels() {
	local i pids=() mine others first
	mux_open "$DIR" build01
	begin_batch other rsa4096
	local batch=$BATCH
	for i in {1..6}; do
		mux_ssh sign -k rsa4096 <"$DIR/lines" \
		    >"$DIR/mine.$i" 2>"$DIR/mine.err" &
		pids+=($!)
	done
	for i in {1..6}; do
		wait_for 20 test -s "$DIR/mine.$i"
	done
	mine=$(signed_for build01) others=$(signed_for other)
	first=$((mine + others))
	enough() {
		[ $(($(signed_for build01) + $(signed_for other))) -ge \
		    $((first + 300)) ]
	}
	wait_for 30 enough
	mine=$(($(signed_for build01) - mine))
	others=$(($(signed_for other) - others))
	kill -0 "$batch" || fail "the batch was over first"
	end_batch "$batch"
	mux_close
	wait "${pids[@]}" || :
	# One of seven would be a seventh; one of two is half.
	[ $((others * 3)) -ge "$mine" ] ||
	    fail "$mine for six channels, $others for the other client"
	[ $((mine * 3)) -ge "$others" ] ||
	    fail "$mine for six channels, $others for the other client"
}

# A greeting, a check, a key: none of them waits for the token.
what_needs_no_token_waits_for_none() {
	mux_open "$DIR" build01
	begin_batch other rsa4096
	local before after verb
	before=$(seq_of "$(tail -n 1 "$AUDIT")")
	for verb in whoami keys "pubkey rsa4096" help; do
		expect_exit 0 mux_ssh "$verb" </dev/null
	done
	expect_exit 0 mux_ssh check -k rsa4096 <"$DIR/lines"
	after=$(seq_of "$(tail -n 1 "$AUDIT")")
	kill -0 "$BATCH" || fail "the batch was over first"
	end_batch "$BATCH"
	mux_close
	expect "checked" 3000 "$(wc -l <"$OUT")"
	[ $((after - before)) -le 1000 ] ||
	    fail "$((after - before)) operations passed"
}

cases one_line_waits_for_a_few_operations \
    one_line_of_a_fast_key_waits_for_no_batch_of_a_slow_one \
    one_line_among_four_batches_waits_for_a_turn_of_each \
    connections_share_alike_whatever_their_channels \
    what_needs_no_token_waits_for_none
