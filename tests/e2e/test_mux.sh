#!/bin/bash
# Many channels in one connection: all open at once, and none at the mercy of
# another.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/mux.sh
. "$TOP/tests/support/mux.sh"
# shellcheck source=tests/support/memory.sh
. "$TOP/tests/support/memory.sh"

instance_new "$DIR" rsa:3072 p256 || exit
cat >"$DIR/profiles.d/narrow.conf" <<'END'
[profile narrow]
keys = p256
names = *.bin
END
instance_client "$DIR" narrow narrow || exit
instance_start "$DIR" || exit
sign_ssh "$DIR" pubkey p256 </dev/null >"$DIR/p256.pem" || exit
digest_lines 1 >"$DIR/line"

one_line() {
	expect "one line beside it" "$(cat "$DIR/line")" "$(mux_ssh sign \
	    -k p256 <"$DIR/line" | awk '{ print $1 "  " $3 }')"
}

# Each has had an answer before any of them ends: they are open together.
thirty_are_open_at_once() {
	mux_open "$DIR" build01
	local i line pids=() ins=()
	for i in {1..30}; do
		channel_open sign -k p256
		line=$(digest_lines "$i" | tail -n 1)
		channel_ask "$line"
		expect "channel $i" "$line" \
		    "$(awk '{ print $1 "  " $3 }' <<<"$ANSWER")"
		echo "$ANSWER" >>"$DIR/thirty"
		pids+=("$CHANNEL") ins+=("$CHANNEL_IN")
	done
	for i in "${ins[@]}"; do
		exec {i}>&-
	done
	for i in "${pids[@]}"; do
		wait "$i" || fail "a channel ended with $?"
	done
	mux_close
	expect verified 30 "$("$PYTHON" "$TOP/tests/e2e/verify_lines.py" \
	    "$DIR/p256.pem" <"$DIR/thirty")"
	expect logins 2 "$(records "$DIR" AUTH)"
}

thirty_of_one_program_at_once() {
	digest_lines 100 >"$DIR/hundred"
	timeout 60 "$PYTHON" -W ignore "$TOP/tests/e2e/client_asyncssh.py" \
	    "$PORT" sign "$DIR/client/build01" "$DIR/client/known_hosts" \
	    countersign "sign -k p256" 30 <"$DIR/hundred" >"$DIR/answers"
	expect answers \
	    "$(for _ in {1..30}; do cat "$DIR/hundred"; done | sha256sum)" \
	    "$(awk '{ print $1 "  " $3 }' "$DIR/answers" | sha256sum)"
}

one_that_is_never_read_stalls_no_other() {
	local i
	mux_open "$DIR" build01
	channel_open sign -k p256
	# More than every buffer on the way holds; nobody reads the answers.
	digest_lines 40000 >&"$CHANNEL_IN" &
	local writer=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $writer"
	for i in 1 2 3; do
		one_line
	done
	expect "rsa, too" 200 "$(digest_lines 200 | mux_ssh sign -k rsa3072 |
	    wc -l)"
	kill -0 $writer || fail "the batch was over: nothing was held up"
	channel_count >"$DIR/count" &
	local reader=$!
	wait $writer
	channel_end
	wait $reader
	expect "what was held up" 40000 "$(cat "$DIR/count")"
	mux_close
}

one_that_never_sends_stalls_no_other() {
	local i
	mux_open "$DIR" build01
	channel_open sign -k p256
	for i in 1 2 3; do
		one_line
	done
	channel_ask "$(cat "$DIR/line")"
	# Half a line is no line.
	printf %s "$(cut -c 1-40 "$DIR/line")" >&"$CHANNEL_IN"
	one_line
	printf '%s\n' "$(cut -c 41- "$DIR/line")" >&"$CHANNEL_IN"
	read -r -t 20 -u "$CHANNEL_OUT" ANSWER
	expect_match "the other half" "* build/00000000.bin" "$ANSWER"
	channel_end
	mux_close
}

one_in_a_hurry_does_not_starve_one_by_one() {
	mux_open "$DIR" build01
	digest_lines 20000 >"$DIR/many"
	mux_ssh sign -k p256 <"$DIR/many" >"$DIR/answers" &
	local batch=$!
	channel_open sign -k p256
	local i
	for i in {1..10}; do
		channel_ask "$(cat "$DIR/line")"
	done
	kill -0 $batch || fail "the batch was over first"
	channel_end
	wait $batch
	expect "the batch" 20000 "$(wc -l <"$DIR/answers")"
	mux_close
}

# STATUS COMMAND..., with $DIR/in; then another channel must work.
fails_alone() { # STATUS COMMAND...
	local status=$1
	shift
	expect_exit "$status" mux_ssh "$@" <"$DIR/in"
	expect "the next channel" 1 \
	    "$(mux_ssh sign -k p256 <"$DIR/line" | wc -l)"
}

every_failure_leaves_the_connection_usable() {
	mux_open "$DIR" narrow
	{
		cat "$DIR/line"
		echo nonsense
		digest_lines 1000
	} >"$DIR/in"
	fails_alone 65 sign -k p256
	sed -i 2d "$DIR/in"
	fails_alone 64 sing
	fails_alone 64 sign --frob
	fails_alone 64 "sign '"
	fails_alone 64 "sign -k $(printf 'k%.0s' {1..5000})"
	fails_alone 77 sign -k rsa3072
	sed -i '2s/bin$/exe/' "$DIR/in"
	fails_alone 77 sign -k p256
	fails_alone 1 sign -k p256 --keep-going
	fails_alone 77 sign -k p256 --atomic
	head -c 20000 /dev/zero >"$DIR/in"
	fails_alone 65 sign -k p256
	fails_alone 65 sign -k p256 -i raw -o raw
	fails_alone 255 -s sftp
	mux_close
}

a_killed_channel_leaves_the_others() {
	mux_open "$DIR" build01
	channel_open sign -k p256
	channel_ask "$(cat "$DIR/line")"
	local kept=$CHANNEL_IN kept_pid=$CHANNEL kept_out=$CHANNEL_OUT
	channel_open sign -k rsa3072
	digest_lines 2000 >&"$CHANNEL_IN" &
	local writer=$!
	read -r -t 20 -u "$CHANNEL_OUT" ANSWER
	kill -KILL "$CHANNEL"
	wait "$CHANNEL" || :
	kill -KILL $writer 2>/dev/null || :
	CHANNEL_IN=$kept CHANNEL=$kept_pid CHANNEL_OUT=$kept_out
	channel_ask "$(cat "$DIR/line")"
	one_line
	channel_end
	mux_close
}

two_hundred_in_a_row_leave_nothing_behind() {
	needs_plain_programs
	mux_open "$DIR" build01
	local i session before after
	session=$(instance_tree "$(process_named "$PID" countersign-session)" |
	    sed -n 2p)
	for i in {1..200}; do
		[ "$i" != 100 ] || before=$(resident "$session")
		mux_ssh check -k p256 <"$DIR/line" >"$DIR/out" ||
		    fail "channel $i"
	done
	after=$(resident "$session")
	[ $((after - before)) -le 512 ] ||
	    fail "the session grew from $before to $after KiB"
	mux_close
}

# One too many is refused by itself, and there is room again afterwards.
channels_are_limited_each_by_each() {
	local other=$DIR/limited
	instance_new "$other" p256
	printf '\n[limits]\nchannels = 2\n' >>"$other/countersign.conf"
	instance_start "$other"
	mux_open "$other" build01
	channel_open sign -k p256
	channel_ask "$(cat "$DIR/line")"
	local first=$CHANNEL_IN pid=$CHANNEL out=$CHANNEL_OUT
	channel_open sign -k p256
	channel_ask "$(cat "$DIR/line")"
	expect_exit 255 mux_ssh sign -k p256 <"$DIR/line"
	channel_ask "$(cat "$DIR/line")"
	channel_end || fail "the second ended with $?"
	one_line
	CHANNEL_IN=$first CHANNEL=$pid CHANNEL_OUT=$out
	channel_ask "$(cat "$DIR/line")"
	channel_end || fail "the first ended with $?"
	mux_close
	instance_stop "$other"
}

the_chain_holds_after_all_this() {
	"$CTL" log verify "$DIR/log/audit.log"
}

cases thirty_are_open_at_once \
    thirty_of_one_program_at_once \
    one_that_is_never_read_stalls_no_other \
    one_that_never_sends_stalls_no_other \
    one_in_a_hurry_does_not_starve_one_by_one \
    every_failure_leaves_the_connection_usable \
    a_killed_channel_leaves_the_others \
    two_hundred_in_a_row_leave_nothing_behind \
    channels_are_limited_each_by_each \
    the_chain_holds_after_all_this
