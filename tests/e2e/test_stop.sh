#!/bin/bash
# How the service ends, and what happens when a part of it does.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" rsa:3072 p256 || exit
digest_lines 2000 >"$DIR/lines"

# As if nothing had been recorded yet.
fresh_log() {
	rm -f "$DIR"/log/audit.log* "$DIR"/state/tree "$DIR"/state/checkpoint
}

# A batch that takes a while, in the background: BATCH.
begin_batch() {
	rm -f "$DIR/answers"
	sign_ssh "$DIR" sign -k rsa3072 <"$DIR/lines" >"$DIR/answers" \
	    2>"$DIR/err" &
	BATCH=$!
	wait_for 10 test -s "$DIR/answers"
}

batch_is_whole() {
	wait "$BATCH" || fail "the batch: $(cat "$DIR/err")"
	expect answers "$(sha256sum <"$DIR/lines")" \
	    "$(awk '{ print $1 "  " $3 }' "$DIR/answers" | sha256sum)"
}

# No line twice, none missing, none twice on record.
each_is_recorded_once() {
	expect "records" "$(sed 's/.*  //' "$DIR/lines" | sort | sha256sum)" \
	    "$(sed -n 's/.* SIGN .* name="\([^"]*\)".*outcome="ok".*/\1/p' \
		"$DIR/log/audit.log" | sort | sha256sum)"
}

term_lets_accepted_requests_finish() {
	instance_start "$DIR"
	begin_batch
	refused() {
		! sign_ssh "$DIR" whoami </dev/null 2>/dev/null
	}
	kill "$(cat "$DIR/pid")"
	wait_for 5 refused
	batch_is_whole
	wait "$PID"
	each_is_recorded_once
	expect "STOP records" 1 "$(records "$DIR" STOP)"
	"$CTL" log verify "$DIR/log/audit.log"
}

new_requests_are_refused_while_draining() {
	fresh_log
	instance_start "$DIR"
	SSH_MORE="-M -S $DIR/master" begin_batch
	kill "$PID"
	draining() {
		grep -q draining "$DIR/service.log"
	}
	wait_for 5 draining
	local status=0
	digest_lines 1 | SSH_MORE="-S $DIR/master" sign_ssh "$DIR" \
	    sign -k p256 >"$DIR/out" 2>"$DIR/said" || status=$?
	expect "status while draining" 75 $status
	batch_is_whole
	wait "$PID"
}

an_idle_service_stops_at_once() {
	instance_start "$DIR"
	SSH_MORE="-M -S $DIR/master -N" sign_ssh "$DIR" </dev/null \
	    2>/dev/null &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	wait_for 10 test -S "$DIR/master"
	SECONDS=0
	instance_stop "$DIR"
	[ $SECONDS -lt 5 ] || fail "it took $SECONDS s"
}

a_killed_worker_costs_nothing() {
	fresh_log
	instance_start "$DIR"
	begin_batch
	# One after another: a line is tried twice, not more.
	local i worker answers
	answered() {
		[ "$(wc -l <"$DIR/answers")" -gt $((answers + 50)) ]
	}
	for i in 1 2 3; do
		worker=$(process_named "$PID" "countersign-token: ")
		kill -KILL "$worker" || fail "worker $i"
		answers=$(wc -l <"$DIR/answers")
		wait_for 10 answered
	done
	batch_is_whole
	each_is_recorded_once
	[ "$(records "$DIR" TOKEN)" -ge 3 ] || fail "no TOKEN records"
	instance_stop "$DIR"
	"$CTL" log verify "$DIR/log/audit.log"
}

a_killed_session_costs_only_itself() {
	instance_start "$DIR"
	begin_batch
	local parent session
	parent=$(process_named "$PID" countersign-session)
	session=$(instance_tree "$parent" | sed -n 2p)
	digest_lines 500 | sign_ssh "$DIR" sign -k rsa3072 >"$DIR/other" &
	local other=$!
	wait_for 10 test -s "$DIR/other"
	kill -KILL "$session"
	wait "$BATCH" && fail "its session was killed"
	wait $other || fail "another session suffered"
	expect "the other batch" 500 "$(wc -l <"$DIR/other")"
	instance_stop "$DIR"
}

when_a_part_ends_by_itself_all_end() {
	local name part all pid
	for name in countersign-broker countersign-session; do
		instance_start "$DIR"
		all=$(instance_tree "$PID")
		part=$(process_named "$PID" $name)
		kill -KILL "$part"
		local status=0
		wait "$PID" || status=$?
		expect "status without $name" 70 $status
		gone() {
			for pid in $all; do
				! kill -0 "$pid" 2>/dev/null || return 1
			done
		}
		wait_for 10 gone
	done
}

cases term_lets_accepted_requests_finish \
    new_requests_are_refused_while_draining \
    an_idle_service_stops_at_once \
    a_killed_worker_costs_nothing \
    a_killed_session_costs_only_itself \
    when_a_part_ends_by_itself_all_end
