#!/bin/bash
# log since: the whole log for who may read it, across pieces that are closed
# and compressed meanwhile, at the speed of its reader.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/memory.sh
. "$TOP/tests/support/memory.sh"

RECORDS=45000

instance_new "$DIR" p256 || exit
cat >"$DIR/profiles.d/auditor.conf" <<'END'
[profile auditor]
keys = p256
verbs = log
log = all

[profile mute]
keys = p256
verbs = sign
END
instance_client "$DIR" auditor auditor || exit
instance_client "$DIR" collector auditor || exit
instance_client "$DIR" mute mute || exit
# Small pieces, compressed as soon as they are closed.
cat >>"$DIR/countersign.conf" <<'END'
rotate-size = 1M
compress-after = 0

[limits]
drain-timeout = 2s
END
mkdir -p "$DIR/log"
"$B/tools/make_log" -n "$RECORDS" -p 30000 "$DIR/log/audit.log" || exit
if [ "$(id -u)" = 0 ]; then
	chown -R _countersign: "$DIR/log" || exit
fi
instance_start "$DIR" || exit
BROKER=$(process_named "$PID" countersign-broker) || exit

one_piece_is_plain() {
	[ "$(find "$DIR/log" -name 'audit.log.[0-9]*[0-9]' | wc -l)" = 1 ]
}

# Every piece, in order, once all that are closed are packed.
whole_log() {
	local piece
	wait_for 60 one_piece_is_plain || fail "closed pieces are not packed"
	for piece in "$DIR"/log/audit.log.[0-9]*; do
		case $piece in
		*.gz) zcat "$piece" ;;
		*) cat "$piece" ;;
		esac
	done
}

# The output is the log from SEQ on, up to at least the last record of before.
is_the_log_from() { # SEQ LAST FILE
	local size lines
	size=$(stat -c %s "$3")
	lines=$(wc -l <"$3")
	[ "$lines" -ge $(($2 - $1 + 1)) ] || fail "only $lines lines"
	whole_log | tail -n "+$1" | head -c "$size" | cmp - "$3"
}

last_seq() {
	tail -n 1 "$DIR/log/audit.log" | sed 's/.* seq="\([0-9]*\)".*/\1/'
}

sign_some() { # COUNT
	digest_lines "$1" | sign_ssh "$DIR" sign -k p256 -f raw >/dev/null
}

# A reader that has read a little and stops: READER, its output FROM.
stopped_reader() { # SEQ [CLIENT]
	FROM=$DIR/from.$BASHPID.$1
	mkfifo "$FROM.fifo"
	# shellcheck disable=SC2046,SC2029 # no option has a blank
	ssh $(ssh_options "$DIR" "${2:-auditor}") 127.0.0.1 log since "$1" \
	    >"$FROM.fifo" 2>"$FROM.err" </dev/null &
	READER=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $READER"
	exec {END}<"$FROM.fifo"
	head -c 100000 <&"$END" >"$FROM"
}

# It reads on to the end.
reader_goes_on() {
	cat <&"$END" >>"$FROM"
	wait "$READER"
}

first_piece_is_packed() {
	[ -e "$DIR/log/audit.log.000000000001.gz" ] &&
	    [ ! -e "$DIR/log/audit.log.000000000001" ]
}

# What the archive's thread has open.
open_pieces() {
	find "/proc/$BROKER/fd" -lname '*/audit.log.*' | wc -l
}

no_reader_is_left() {
	[ "$(open_pieces)" = "$OPEN" ]
}

# The first case: the pieces of before are closed and packed under it.
a_reader_goes_on_while_its_piece_is_packed() {
	local last
	last=$(last_seq)
	stopped_reader 1
	sign_some 3000
	wait_for 60 first_piece_is_packed || fail "the piece is not packed"
	reader_goes_on
	is_the_log_from 1 "$last" "$FROM"
	"$CTL" log verify "$FROM"
}

the_whole_log_byte_for_byte() {
	local last
	sign_some 3000
	last=$(last_seq)
	expect_exit 0 sign_as "$DIR" auditor log since 1
	expect stderr "" "$(cat "$ERR")"
	is_the_log_from 1 "$last" "$OUT"
	"$CTL" log verify "$OUT"
	find "$DIR/log" -name '*.gz' | grep -q . || fail "nothing is packed"
}

from_anywhere() {
	local last from
	last=$(last_seq)
	for from in 2 29999 30000 30001 $((last - 1)) "$last"; do
		expect_exit 0 sign_as "$DIR" auditor log since "$from"
		is_the_log_from "$from" "$last" "$OUT"
	done
}

beyond_the_end_is_told() {
	expect_exit 65 sign_as "$DIR" auditor log since 99999999
	expect stdout "" "$(cat "$OUT")"
	expect_match stderr "countersign: the last record is [0-9]*" \
	    "$(cat "$ERR")"
	expect_exit 64 sign_as "$DIR" auditor log since 0
	expect_exit 64 sign_as "$DIR" auditor log since -1
	expect_exit 64 sign_as "$DIR" auditor log since
	expect_exit 64 sign_as "$DIR" auditor log since 1 2
}

others_may_not() {
	expect_exit 77 sign_ssh "$DIR" log since 1
	expect stdout "" "$(cat "$OUT")"
	expect stderr "countersign: the profile ci has log = own; log since \
needs log = all" "$(cat "$ERR")"
	expect_exit 77 sign_as "$DIR" mute log since 1
	expect stdout "" "$(cat "$OUT")"
	expect_exit 77 sign_as "$DIR" auditor whoami
	tail -n 20 "$DIR/log/audit.log" |
	    grep ' DENY ' | grep 'verb="log"' | grep -q 'reason="verb"'
}

a_slow_reader_costs_no_memory() {
	local before session
	needs_plain_programs
	expect_exit 0 sign_as "$DIR" auditor log since 1
	before=$(resident "$BROKER")
	stopped_reader 1
	session=$(process_named "$PID" countersign-session)
	# Signatures go on as if nobody read.
	for _ in 1 2 3; do
		sign_some 500
	done
	[ "$(resident "$BROKER")" -lt $((before + 4096)) ] ||
	    fail "the broker grew from $before to $(resident "$BROKER") KiB"
	[ "$(resident "$session")" -lt 20000 ] ||
	    fail "the session has $(resident "$session") KiB"
	reader_goes_on
}

who_goes_away_leaves_nothing_open() {
	OPEN=$(open_pieces)
	for _ in 1 2 3 4 5 6; do
		stopped_reader 1
		[ "$(open_pieces)" -gt "$OPEN" ] || fail "nothing is read"
		kill -KILL "$READER"
		wait "$READER" 2>/dev/null || :
		exec {END}<&-
		rm -f "$FROM.fifo"
		wait_for 20 no_reader_is_left || fail "a piece stays open"
	done
	expect_exit 0 sign_as "$DIR" auditor log since 40000
}

two_of_a_client_key_at_once() {
	local pids="" i
	OPEN=$(open_pieces)
	for i in 1 2; do
		stopped_reader "$i" auditor
		pids="$pids $READER"
	done
	expect_exit 75 sign_as "$DIR" auditor log since 1
	expect stdout "" "$(cat "$OUT")"
	for i in 3 4; do
		stopped_reader "$i" collector
		pids="$pids $READER"
	done
	expect_exit 75 sign_as "$DIR" collector log since 1
	# shellcheck disable=SC2086 # one word each
	kill -KILL $pids
	wait_for 20 no_reader_is_left || fail "a piece stays open"
	expect_exit 0 sign_as "$DIR" auditor log since 40000
}

who_reads_nothing_for_too_long_is_sent_away() {
	local other=$DIR/idle status=0
	instance_new "$other" p256
	printf '[limits]\nidle-timeout = 1s\n' >>"$other/countersign.conf"
	cp "$DIR/profiles.d/auditor.conf" "$other/profiles.d"
	instance_client "$other" auditor auditor
	mkdir "$other/log"
	"$B/tools/make_log" -n 20000 -p 30000 "$other/log/audit.log"
	if [ "$(id -u)" = 0 ]; then
		chown -R _countersign: "$other/log"
	fi
	instance_start "$other"
	BROKER=$(process_named "$PID" countersign-broker)
	DIR=$other
	OPEN=$(open_pieces)
	stopped_reader 1
	[ "$(open_pieces)" -gt "$OPEN" ] || fail "nothing is read"
	wait_for 20 no_reader_is_left || fail "a piece stays open"
	cat <&"$END" >"$FROM"
	wait "$READER" || status=$?
	expect_match "the reader's status" "@(75|255)" "$status"
	instance_stop "$other"
}

what_is_gone_is_told() {
	local oldest
	rm "$DIR/log/audit.log.000000000001.gz"
	oldest=$(find "$DIR/log" -name 'audit.log.0*' | sort | head -n 1 |
	    sed 's/.*audit\.log\.0*\([0-9]*\).*/\1/')
	expect_exit 65 sign_as "$DIR" auditor log since 1
	expect stdout "" "$(cat "$OUT")"
	expect stderr "countersign: the oldest record that is still here is \
$oldest" "$(cat "$ERR")"
	expect_exit 0 sign_as "$DIR" auditor log since "$oldest"
	whole_log | head -c "$(stat -c %s "$OUT")" | cmp - "$OUT"
}

is_gone() {
	! kill -0 "$PID" 2>/dev/null
}

a_stop_does_not_wait_for_a_reader_for_ever() {
	local status=0
	stopped_reader 40000
	kill "$PID"
	wait_for 20 is_gone || fail "the service waits for its reader"
	exec {END}<&-
	wait "$READER" || status=$?
	# It could not be told, as it reads nothing.
	expect "the reader's status" 255 "$status"
}

cases a_reader_goes_on_while_its_piece_is_packed \
    the_whole_log_byte_for_byte \
    from_anywhere \
    beyond_the_end_is_told \
    others_may_not \
    a_slow_reader_costs_no_memory \
    who_goes_away_leaves_nothing_open \
    two_of_a_client_key_at_once \
    who_reads_nothing_for_too_long_is_sent_away \
    what_is_gone_is_told \
    a_stop_does_not_wait_for_a_reader_for_ever
