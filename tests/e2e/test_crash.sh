#!/bin/bash
# Whatever is killed, and whenever: each signature that left has its record,
# and the log opens, goes on and says what it repaired.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit
cp "$DIR/countersign.conf" "$DIR/conf"

fresh() { # WORD...
	local word
	rm -rf "$DIR/log" "$DIR/state"
	cp "$DIR/conf" "$DIR/countersign.conf"
	for word; do
		echo "$word"
	done >>"$DIR/countersign.conf"
	: >"$DIR/answered"
}

whole_log() {
	cat "$DIR"/log/audit.log.????????????
}

# Other digests in each round, or an answer of one would do for another.
round_lines() { # ROUND
	awk -v r="$1" 'BEGIN { for (i = 0; i < 20000; i++)
		printf "%08x%056x  round%d/%05d\n", r, i, r, i }'
}

# Signs until something dies, which kill_when decides by the answers' number.
signing_dies() { # ROUND ANSWERS KILL...
	local batch answers=$2
	round_lines "$1" >"$DIR/lines"
	rm -f "$DIR/answers"
	shift 2
	sign_ssh "$DIR" sign -k p256 <"$DIR/lines" >"$DIR/answers" \
	    2>/dev/null &
	batch=$!
	came() {
		[ "$(wc -l 2>/dev/null <"$DIR/answers")" -ge "$answers" ]
	}
	wait_for 20 came
	"$@"
	wait $batch || :
	wait "$PID" 2>/dev/null || :
	# The last line may be half of one.
	sed '$d' "$DIR/answers" | awk '{ print $3 }' >>"$DIR/answered"
}

kill_all() {
	# shellcheck disable=SC2046 # one word a process
	kill -KILL $(instance_tree "$PID")
}

kill_broker() {
	kill -KILL "$(process_named "$PID" countersign-broker)"
}

answers_are_recorded() {
	whole_log | sed -n 's/.* SIGN .* name="\([^"]*\)".*/\1/p' |
	    sort >"$DIR/signed"
	sort "$DIR/answered" >"$DIR/sorted"
	expect "answered and not recorded" "" \
	    "$(comm -23 "$DIR/sorted" "$DIR/signed" | head -n 3)"
	expect "recorded twice" "" "$(uniq -d "$DIR/signed" | head -n 3)"
}

survives() { # ROUNDS KILL
	local round
	for round in $(seq "$1"); do
		echo "round $round"
		instance_start "$DIR"
		signing_dies "$round" $((RANDOM % 400 + 1)) "$2"
	done
	instance_start "$DIR"
	instance_stop "$DIR"
	"$CTL" -C "$DIR" log verify
	answers_are_recorded
	[ "$(wc -l <"$DIR/answered")" -gt "$1" ] || fail "nothing was answered"
	# A kill is no power cut: nothing of what was on disk is gone.
	! whole_log | grep ' START .* lost="' || fail "records were lost"
	! whole_log | grep ' START .* merkle="' || fail "the tree was lost"
}

the_broker_is_killed_while_pieces_change() {
	fresh 'rotate-size = 16K' 'compress-after = never'
	survives 8 kill_broker
}

everything_is_killed_while_pieces_are_compressed() {
	fresh 'rotate-size = 16K' 'compress-after = 0'
	local round
	for round in 1 2 3 4; do
		echo "round $round"
		instance_start "$DIR"
		signing_dies "$round" $((RANDOM % 400 + 1)) kill_all
	done
	instance_start "$DIR"
	instance_stop "$DIR"
	"$CTL" -C "$DIR" log verify
	local name
	for name in "$DIR"/log/audit.log.????????????; do
		[ ! -e "$name.gz" ] || continue
		cat "$name"
	done >"$DIR/all"
	gzip -cd "$DIR"/log/*.gz >>"$DIR/all" 2>/dev/null || :
	whole_log() {
		cat "$DIR/all"
	}
	answers_are_recorded
}

one_piece_is_killed_too() {
	fresh
	survives 4 kill_all
}

# A power cut: what the disk had not got is gone from the end.
the_end_may_be_missing_by_any_byte() {
	fresh 'rotate-size = 8K' 'compress-after = never'
	instance_start "$DIR"
	digest_lines 60 | sign_ssh "$DIR" sign -k p256 >/dev/null
	instance_stop "$DIR"
	local piece size cut
	for cut in 1 2 100 333 700 1500; do
		echo "cut $cut"
		piece=$(printf '%s\n' "$DIR"/log/audit.log.[0-9]* | tail -n 1)
		size=$(stat -c %s "$piece")
		truncate -s $((size > cut ? size - cut : 0)) "$piece"
		instance_start "$DIR"
		digest_lines 1 | sign_ssh "$DIR" sign -k p256 >/dev/null
		instance_stop "$DIR"
		"$CTL" -C "$DIR" log verify
		whole_log | grep ' START ' | tail -n 1 | grep -q ' lost="[1-9]'
	done
}

cases the_broker_is_killed_while_pieces_change \
    everything_is_killed_while_pieces_are_compressed \
    one_piece_is_killed_too \
    the_end_may_be_missing_by_any_byte
