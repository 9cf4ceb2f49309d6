#!/bin/bash
# Clients that leave in the middle, in every way there is: no half line, no
# signature without its record, nothing stuck, nothing left behind.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/memory.sh
. "$TOP/tests/support/memory.sh"

shared_service rsa:3072 p256
sign_ssh "$DIR" pubkey rsa3072 </dev/null >"$DIR/rsa3072.pem" || exit
digest_lines 20000 >"$DIR/lines"
INPUT=$DIR/lines
AUDIT=$DIR/log/audit.log

# ssh itself in the background, as on a terminal: not under a shell that would
# take the signal, and with the signal's usual effect.
begin() { # COMMAND...
	rm -f "$DIR/answers"
	: >"$DIR/answers"
	FROM=$(($(wc -l <"$AUDIT") + 1))
	{
		# shellcheck disable=SC2046 # words
		exec env --default-signal=INT ssh \
		    $(ssh_options "$DIR" build01) 127.0.0.1 "$@" \
		    <"$INPUT" >"$DIR/answers" 2>"$DIR/err"
	} &
	REQUEST=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $REQUEST"
	wait_for 20 answered 50
}

answered() { # COUNT
	[ "$(wc -l <"$DIR/answers")" -ge "$1" ]
}

# The sessions that serve a connection.
sessions() {
	instance_tree "$(process_named "$PID" countersign-session)" |
	    sed 1d | wc -l
}

no_session_is_left() {
	[ "$(sessions)" = 0 ]
}

# What the records since FROM say: digest, name, and the signature's hash.
recorded() {
	tail -n "+$FROM" "$AUDIT" | grep ' SIGN .* outcome="ok"' | sed \
	    's/.* digest="\([^"]*\)" name="\([^"]*\)" .* sig="SHA256:\([^"]*\)".*/\1 \2 \3/'
}

# The same of what arrived; a process for each line would take minutes.
arrived() {
	"$PYTHON" -c 'import base64, hashlib, sys
for line in sys.stdin:
    digest, signature, name = line.rstrip("\n").split("  ", 2)
    h = hashlib.sha256(base64.b64decode(signature)).digest()
    print(digest, name, base64.b64encode(h).decode().rstrip("="))' \
	    <"$DIR/answers"
}

# The records may hold more than what arrived, never less.
nothing_is_unrecorded() {
	recorded | sort >"$DIR/recorded"
	arrived | sort >"$DIR/arrived"
	expect "signatures without a record" "" \
	    "$(comm -13 "$DIR/recorded" "$DIR/arrived" | head -n 2)"
	expect "records that bear a name twice" "" \
	    "$(cut -d ' ' -f 2 "$DIR/recorded" | sort | uniq -d | head -n 2)"
	"$CTL" log verify "$AUDIT" >"$DIR/verified" ||
	    fail "$(tail -n 1 "$DIR/verified")"
}

whole_lines_only() {
	expect "the last byte is a newline" "" \
	    "$(tail -c 1 "$DIR/answers" | tr -d '\n')"
	"$PYTHON" "$TOP/tests/e2e/verify_lines.py" "$DIR/rsa3072.pem" \
	    <"$DIR/answers" >"$DIR/count"
}

# A line each way, and the token's workers are at nobody's service.
workers_are_free() {
	local before
	expect "a fresh request" 2 "$(for key in rsa3072 p256; do
		digest_lines 1 | sign_ssh "$DIR" sign -k $key
	done | wc -l)"
	before=$(records "$DIR" SIGN)
	# What was asked before these could still be signed after them.
	expect "another one" 1 "$(digest_lines 1 |
	    sign_ssh "$DIR" sign -k rsa3072 | wc -l)"
	expect "signatures for nobody" $((before + 1)) \
	    "$(records "$DIR" SIGN)"
}

in_the_middle() {
	[ "$(wc -l <"$DIR/answers")" -lt 20000 ] || fail "it was over before"
}

ctrl_c() {
	begin sign -k rsa3072
	kill -INT "$REQUEST"
	wait "$REQUEST" && fail "ssh took no notice"
	in_the_middle
	wait_for 10 no_session_is_left
	whole_lines_only
	nothing_is_unrecorded
	workers_are_free
}

ctrl_c_when_the_lines_come_fast() {
	local i
	digest_lines 300000 >"$DIR/many"
	INPUT=$DIR/many
	for i in {1..5}; do
		begin check -k p256
		kill -INT "$REQUEST"
		wait "$REQUEST" || :
		expect "round $i ends with a newline" "" \
		    "$(tail -c 1 "$DIR/answers" | tr -d '\n')"
	done
	wait_for 10 no_session_is_left
}

kill_9() {
	begin sign -k p256
	kill -KILL "$REQUEST"
	wait "$REQUEST" || :
	in_the_middle
	wait_for 10 no_session_is_left
	nothing_is_unrecorded
	workers_are_free
}

# Before the end of input nothing of it is signed, after that all of it may.
ctrl_c_of_an_atomic_request() {
	rm -f "$DIR/pipe"
	mkfifo "$DIR/pipe"
	local before
	before=$(records "$DIR" SIGN)
	{
		# shellcheck disable=SC2046 # words
		exec env --default-signal=INT ssh \
		    $(ssh_options "$DIR" build01) 127.0.0.1 \
		    sign -k rsa3072 --atomic <"$DIR/pipe" >"$DIR/answers"
	} &
	local pid=$!
	exec 7>"$DIR/pipe"
	head -n 1000 "$DIR/lines" >&7
	wait_for 10 test "$(sessions)" = 1
	kill -INT $pid
	wait $pid || :
	exec 7>&-
	wait_for 10 no_session_is_left
	expect "signatures" "$before" "$(records "$DIR" SIGN)"
	expect "output" 0 "$(wc -c <"$DIR/answers")"
	workers_are_free
}

# ssh goes on reading for nobody, so all of it is signed: and recorded.
head_takes_one_line() {
	FROM=$(($(wc -l <"$AUDIT") + 1))
	head -n 300 "$DIR/lines" | sign_ssh "$DIR" sign -k rsa3072 \
	    2>"$DIR/err" | head -n 1 >"$DIR/answers"
	expect "answers" 1 "$(wc -l <"$DIR/answers")"
	wait_for 10 no_session_is_left
	whole_lines_only
	nothing_is_unrecorded
	expect "records" 300 "$(recorded | wc -l)"
	workers_are_free
}

closed_stdout_from_the_start() {
	FROM=$(($(wc -l <"$AUDIT") + 1))
	head -n 300 "$DIR/lines" >"$DIR/few"
	: >"$DIR/answers"
	sign_ssh "$DIR" sign -k p256 <"$DIR/few" >&- 2>"$DIR/err" || :
	wait_for 10 no_session_is_left
	nothing_is_unrecorded
	workers_are_free
}

many_who_leave_at_once() {
	local i pids=()
	FROM=$(($(wc -l <"$AUDIT") + 1))
	for i in {1..8}; do
		sign_ssh "$DIR" sign -k p256 <"$DIR/lines" \
		    >"$DIR/answers.$i" &
		pids+=($!)
	done
	for i in {1..8}; do
		wait_for 20 test -s "$DIR/answers.$i"
	done
	# The ssh processes below the functions, all together.
	# shellcheck disable=SC2046 # words
	kill -KILL $(instance_tree "${pids[@]}") || :
	wait
	wait_for 10 no_session_is_left
	"$CTL" log verify "$AUDIT" >"$DIR/verified"
	workers_are_free
}

during_login() {
	local i
	for i in {1..20}; do
		{
			# shellcheck disable=SC2046 # words
			exec timeout -s KILL "0.0$i" ssh \
			    $(ssh_options "$DIR" build01) 127.0.0.1 whoami \
			    </dev/null
		} >"$DIR/out" 2>&1 &
	done
	wait
	wait_for 10 no_session_is_left
	workers_are_free
}

memory_comes_back() {
	needs_plain_programs
	local pid i before=() after pids
	pids=$(instance_tree "$PID")
	for i in {1..3}; do
		leave_in_the_middle
	done
	for pid in $pids; do
		before+=("$(resident "$pid")")
	done
	for i in {1..8}; do
		leave_in_the_middle
	done
	i=0
	for pid in $pids; do
		after=$(resident "$pid")
		[ $((after - before[i])) -le 512 ] || fail \
		    "$(tr '\0' ' ' <"/proc/$pid/cmdline"): from ${before[i]} to $after KiB"
		i=$((i + 1))
	done
	expect "processes" "$pids" "$(instance_tree "$PID")"
}

leave_in_the_middle() {
	begin sign -k p256
	kill -KILL "$REQUEST"
	wait "$REQUEST" || :
	wait_for 10 no_session_is_left
}

the_chain_holds_after_all_this() {
	"$CTL" log verify "$AUDIT"
}

cases ctrl_c \
    ctrl_c_when_the_lines_come_fast \
    kill_9 \
    ctrl_c_of_an_atomic_request \
    head_takes_one_line \
    closed_stdout_from_the_start \
    many_who_leave_at_once \
    during_login \
    memory_comes_back \
    the_chain_holds_after_all_this
