#!/bin/bash
# A request of any length, and any number of connections, run in the memory
# and the descriptors that the first ones needed.
# alone: it measures.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/memory.sh
. "$TOP/tests/support/memory.sh"

shared_service p256
TREE=$(instance_tree "$PID")

name_of() { # PID
	tr '\0' ' ' <"/proc/$1/cmdline"
}

# "PID KIB" of each process of the service.
sample() {
	local pid
	for pid in $(instance_tree "$PID"); do
		echo "$pid $(resident "$pid")"
	done
}

# No process has more than MORE KiB above what it had.
grew_at_most() { # MORE BEFORE AFTER
	needs_plain_programs
	local pid kib before
	while read -r pid kib; do
		before=$(awk -v pid="$pid" '$1 == pid { print $2 }' "$2")
		[ -n "$before" ] || fail "a new process: $(name_of "$pid")"
		[ $((kib - before)) -le "$1" ] ||
		    fail "$(name_of "$pid"): from $before to $kib KiB"
	done <"$3"
}

answered() { # COUNT
	[ "$(wc -l <"$DIR/answers")" -ge "$1" ]
}

# One request; each part of its input is sent when all before it is answered.
# The first two show what is needed: buffers may meet their largest burst late.
# None of the others may need more.
stays_flat() { # VERB PART PARTS
	local part
	rm -f "$DIR/pipe" "$DIR/first"
	mkfifo "$DIR/pipe"
	digest_lines "$2" >"$DIR/part"
	sign_ssh "$DIR" "$1" -k p256 <"$DIR/pipe" >"$DIR/answers" \
	    2>"$DIR/err" &
	local request=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $request"
	exec 7>"$DIR/pipe"
	cat "$DIR/part" >&7
	wait_for 60 answered "$2" || fail "no answers: $(cat "$DIR/err")"
	for ((part = 2; part <= $3; part++)); do
		cat "$DIR/part" >&7
		wait_for 60 answered $(($2 * part)) || fail "no answers"
		sample >"$DIR/now"
		[ -e "$DIR/first" ] || cp "$DIR/now" "$DIR/first"
		grew_at_most 1024 "$DIR/first" "$DIR/now"
	done
	exec 7>&-
	wait $request
	expect answers $(($2 * $3)) "$(wc -l <"$DIR/answers")"
}

a_hundred_thousand_lines_are_checked() {
	stays_flat check 10000 10
}

thirty_thousand_lines_are_signed() {
	stays_flat sign 10000 3
}

# All at once, as fast as ssh can, and read as slowly as it gets: not at all.
what_nobody_reads_is_not_gathered() {
	needs_plain_programs
	local kib ssh
	rm -f "$DIR/pipe"
	mkfifo "$DIR/pipe"
	digest_lines 200000 >"$DIR/lines"
	sign_ssh "$DIR" check -k p256 <"$DIR/lines" >"$DIR/pipe" &
	local request=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $request"
	exec 8<"$DIR/pipe"
	wait_for 10 new_session
	# Everything on the way fills, and then ssh cannot send more.
	ssh=$(instance_tree $request | tail -n 1)
	wait_for 30 is_held_up "$ssh"
	[ "$(position "$ssh")" -lt "$(stat -c %s "$DIR/lines")" ] ||
	    fail "nothing was held up"
	kib=$(resident "$(newest_session)")
	[ "$kib" -le 12288 ] || fail "the session holds $kib KiB"
	cat <&8 >"$DIR/answers"
	wait $request
	expect answers 200000 "$(wc -l <"$DIR/answers")"
}

newest_session() {
	instance_tree "$(process_named "$PID" countersign-session)" |
	    sed 1d | tail -n 1
}

new_session() {
	[ -n "$(newest_session)" ]
}

# How far ssh has read its standard input, a file.
position() { # PID
	awk '$1 == "pos:" { print $2 }' "/proc/$1/fdinfo/0"
}

# It has begun to read, and then it stopped.
is_held_up() { # PID
	local before
	before=$(position "$1")
	[ "$before" -gt 0 ] || return
	sleep 0.3
	[ "$before" = "$(position "$1")" ]
}

descriptors() {
	local pid
	for pid in $TREE; do
		echo "$(name_of "$pid") $(find "/proc/$pid/fd" -type l | wc -l)"
	done
}

no_session_is_left() {
	[ -z "$(newest_session)" ]
}

# A login, a line, its answer, again and again.
connect() { # COUNT
	timeout 60 "$B/tools/bench_client" oneshot -p "$PORT" -u sign \
	    -i "$DIR/client/build01" -n "$1" -c 4 \
	    -l "$(printf '%064d' 7)" "sign -k p256" >"$DIR/said" ||
	    fail "$(cat "$DIR/said")"
	wait_for 10 no_session_is_left
}

five_hundred_connections_leave_nothing_behind() {
	local before
	connect 100
	sample >"$DIR/first"
	before=$(descriptors)
	connect 400
	sample >"$DIR/now"
	grew_at_most 512 "$DIR/first" "$DIR/now"
	expect descriptors "$before" "$(descriptors)"
}

# Strangers cost no more: no login, a wrong key, no SSH at all.
failed_logins_leave_nothing_behind() {
	local before
	ssh-keygen -q -t ed25519 -N '' -C x -f "$DIR/client/stranger"
	strangers 20
	sample >"$DIR/first"
	before=$(descriptors)
	strangers 60
	sample >"$DIR/now"
	grew_at_most 512 "$DIR/first" "$DIR/now"
	expect descriptors "$before" "$(descriptors)"
}

strangers() { # COUNT
	local i
	for ((i = 0; i < $1; i++)); do
		sign_as "$DIR" stranger whoami </dev/null >"$DIR/said" 2>&1 &&
		    fail "a stranger was let in"
		(echo "GET / HTTP/1.0" >"/dev/tcp/127.0.0.1/$PORT") || :
	done
	wait_for 10 no_session_is_left
}

cases a_hundred_thousand_lines_are_checked \
    thirty_thousand_lines_are_signed \
    what_nobody_reads_is_not_gathered \
    five_hundred_connections_leave_nothing_behind \
    failed_logins_leave_nothing_behind
