#!/bin/bash
# A request may be as long as it likes: no process grows with it.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

shared_service p256

# Prints "pid KiB" for each process of the service; KiB is what is its own.
private_memory() {
	local pid
	for pid in $(instance_tree "$PID"); do
		awk -v pid="$pid" '/^Private/ { sum += $2 }
			END { print pid, sum }' "/proc/$pid/smaps_rollup"
	done
}

wait_for_answers() { # COUNT
	enough() {
		[ "$(wc -l <"$DIR/answers")" -ge "$1" ]
	}
	wait_for 120 enough "$1"
}

a_hundred_thousand_lines_in_flat_memory() {
	digest_lines 100000 | sign_ssh "$DIR" sign -k p256 >"$DIR/answers" &
	local batch=$! pid before after
	wait_for_answers 20000
	private_memory >"$DIR/early"
	wait_for_answers 90000
	private_memory >"$DIR/late"
	wait $batch || fail "the batch"
	expect answers 100000 "$(wc -l <"$DIR/answers")"
	while read -r pid before; do
		after=$(awk -v pid="$pid" '$1 == pid { print $2 }' "$DIR/late")
		[ -n "$after" ] || fail "process $pid ended"
		echo "$pid $before KiB, then $after KiB"
		[ $((after - before)) -le 1024 ] ||
		    fail "process $pid grew from $before to $after KiB"
	done <"$DIR/early"
}

a_hundred_thousand_checks_in_flat_memory() {
	digest_lines 100000 | sign_ssh "$DIR" check -k p256 >"$DIR/answers"
	expect ok 100000 "$(grep -c '  ok  ' "$DIR/answers")"
}

a_client_that_only_writes_is_made_to_wait() {
	mkfifo "$DIR/unread"
	# Nobody reads the answers; what is not read must not be kept.
	digest_lines 300000 | sign_ssh "$DIR" check -k p256 >"$DIR/unread" &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	exec 9<"$DIR/unread"
	read -r -u 9
	still() {
		private_memory >"$DIR/one"
		sleep 0.2
		private_memory >"$DIR/two"
		cmp -s "$DIR/one" "$DIR/two"
	}
	wait_for 60 still
	awk '$2 > 16384 { exit 1 }' "$DIR/two" || fail "$(cat "$DIR/two")"
	exec 9<&-
}

cases a_hundred_thousand_lines_in_flat_memory \
    a_hundred_thousand_checks_in_flat_memory \
    a_client_that_only_writes_is_made_to_wait
