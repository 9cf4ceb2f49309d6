#!/bin/bash
# When the log is signed, by a real token, and that Go's packages agree.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/go.sh
. "$TOP/tests/support/go.sh"

instance_new "$DIR" p256 || exit
instance_audit "$DIR" || exit
go_build || exit
cp "$DIR/countersign.conf" "$DIR/conf"

# A log of its own, and words for [audit].
fresh() { # WORD...
	local word
	rm -rf "$DIR/log" "$DIR/state"
	cp "$DIR/conf" "$DIR/countersign.conf"
	for word; do
		echo "$word"
	done >>"$DIR/countersign.conf"
}

sign_lines() { # COUNT
	digest_lines "$1" | sign_ssh "$DIR" sign -k p256 >/dev/null
}

# One SSH connection that leaves records, and no more.
look() {
	sign_ssh "$DIR" whoami </dev/null >/dev/null
}

checkpoints() { # WHY
	grep -c " CHECKPOINT .* why=\"$1\"" "$DIR/log/audit.log" || :
}

are_there() { # WHY COUNT
	[ "$(checkpoints "$1")" -ge "$2" ]
}

vkey() {
	sed -n 's/.* CHECKPOINT .* auditkey="\([^"]*\)".*/\1/p' \
	    "$DIR/log/audit.log" | head -n 1
}

# The whole log, with its chain and each of its checkpoints.
verifies() {
	cat "$DIR"/log/audit.log.[0-9]* >"$DIR/whole"
	go_verify log "$(vkey)" "$DIR/whole"
	"$CTL" log verify --key "$(vkey)" "$DIR"/log/audit.log.[0-9]*
}

the_start_and_the_stop_are_signed() {
	fresh
	instance_start "$DIR"
	wait_for 5 are_there start 1
	sign_lines 20
	instance_stop "$DIR"
	expect "the last record" CHECKPOINT \
	    "$(tail -n 1 "$DIR/log/audit.log" | cut -d ' ' -f 6)"
	expect "the one before" STOP \
	    "$(tail -n 2 "$DIR/log/audit.log" | head -n 1 | cut -d ' ' -f 6)"
	expect "what the last covers" \
	    "$(($(wc -l <"$DIR/log/audit.log") - 1))" \
	    "$(sed -n 2p "$DIR/state/checkpoint")"
	expect "mode of the newest" 644 "$(stat -c %a "$DIR/state/checkpoint")"
	go_verify checkpoint "$(vkey)" <"$DIR/state/checkpoint"
	verifies
}

one_comes_after_so_many_records() {
	fresh 'checkpoint-records = 20' 'checkpoint-interval = 1h'
	instance_start "$DIR"
	wait_for 5 are_there start 1
	sign_lines 8
	expect "after few" 0 "$(checkpoints records)"
	sign_lines 100
	wait_for 5 are_there records 1
	instance_stop "$DIR"
	# Each that was due covers twenty records that none did before.
	local last=0 size
	while read -r size; do
		[ "$last" = 0 ] || [ $((size - last)) -ge 20 ] ||
		    fail "one covers $size records, the one before $last"
		last=$size
	done < <(sed -n \
	    's/.* CHECKPOINT .* size="\([0-9]*\)".* why="records".*/\1/p' \
	    "$DIR/log/audit.log")
	verifies
}

one_comes_after_some_time() {
	fresh 'checkpoint-interval = 1s'
	instance_start "$DIR"
	wait_for 5 are_there start 1
	local i
	for i in 1 2 3; do
		look
		wait_for 5 are_there time "$i"
	done
	instance_stop "$DIR"
	verifies
}

# Pieces of the log that are closed.
are_closed() { # COUNT
	[ "$(find "$DIR/log" -name 'audit.log.[0-9]*' | wc -l)" -gt "$1" ]
}

each_piece_ends_signed() {
	local piece last
	fresh 'checkpoint-interval = 1h' 'rotate-size = 64K' \
	    'compress-after = never'
	instance_start "$DIR"
	for piece in 1 2 3; do
		sign_lines 150
		wait_for 5 are_closed "$piece"
	done
	instance_stop "$DIR"
	last=$(find "$DIR/log" -name 'audit.log.[0-9]*' | sort | tail -n 1)
	for piece in "$DIR"/log/audit.log.[0-9]*; do
		[ "$piece" != "$last" ] || continue
		tail -n 40 "$piece" | grep -q ' CHECKPOINT .* why="rotate"' ||
		    fail "$piece: $(tail -n 3 "$piece" | cut -c 1-200)"
	done
	verifies
}

the_newest_can_be_had_over_ssh() {
	fresh 'checkpoint-interval = 1h' 'origin = log.example.org/signer1'
	instance_start "$DIR"
	wait_for 5 are_there start 1
	sign_ssh "$DIR" log checkpoint </dev/null >"$DIR/older"
	go_verify checkpoint "$(vkey)" <"$DIR/older"
	expect origin log.example.org/signer1 "$(head -n 1 "$DIR/older")"
	wait_for 5 cmp -s "$DIR/older" "$DIR/state/checkpoint"
	sign_lines 50
	instance_stop "$DIR"
	verifies
	go_verify consistency "$(vkey)" "$DIR/whole" \
	    "$DIR/older" "$DIR/state/checkpoint"
}

a_killed_service_signs_what_it_left() {
	fresh
	instance_start "$DIR"
	wait_for 5 are_there start 1
	cp "$DIR/state/checkpoint" "$DIR/older"
	local i all
	for i in 1 2 3; do
		sign_lines 30
		# shellcheck disable=SC2046 # one word a process
		all=$(instance_tree "$PID")
		# shellcheck disable=SC2086 # one word a process
		kill -KILL $all
		wait "$PID" || :
		instance_start "$DIR"
		wait_for 5 are_there start $((i + 1))
		expect "what it covers" yes \
		    "$([ "$(sed -n 2p "$DIR/state/checkpoint")" -gt \
			"$(sed -n 2p "$DIR/older")" ] && echo yes)"
	done
	instance_stop "$DIR"
	verifies
	go_verify consistency "$(vkey)" "$DIR/whole" \
	    "$DIR/older" "$DIR/state/checkpoint"
}

status_tells_of_it() {
	fresh
	instance_start "$DIR"
	wait_for 5 are_there start 1
	look
	"$CTL" -C "$DIR" status >"$DIR/text"
	grep -qF "audit key: $(vkey)" "$DIR/text"
	grep -qE '^checkpoint: [0-9]+ records, .* why start; [0-9]+ records' \
	    "$DIR/text"
	"$CTL" -C "$DIR" status --json >"$DIR/json"
	expect "the key" "$(vkey)" \
	    "$(jq -r '.checkpoint."audit-key"' "$DIR/json")"
	expect "its state" ok "$(jq -r .checkpoint.state "$DIR/json")"
	expect "why" start "$(jq -r .checkpoint.why "$DIR/json")"
	[ "$(jq .checkpoint.size "$DIR/json")" -ge 1 ]
	[ "$(jq .checkpoint.since "$DIR/json")" -ge 1 ]
	instance_stop "$DIR"
}

without_an_audit_key_nothing_is_signed_for_the_log() {
	fresh
	rm "$DIR/keys.d/audit.conf"
	"$CTL" -C "$DIR" check 2>"$DIR/said" >/dev/null
	expect_match "the warning" "*no key has use = audit*" \
	    "$(cat "$DIR/said")"
	instance_start "$DIR"
	sign_lines 3
	expect_exit 69 sign_ssh "$DIR" log checkpoint </dev/null
	expect_match stderr "*no audit key*" "$(cat "$ERR")"
	instance_stop "$DIR"
	expect checkpoints 0 "$(records "$DIR" CHECKPOINT)"
	grep -q ' START .* audit-key="none"' "$DIR/log/audit.log"
	instance_audit "$DIR"
}

an_audit_key_of_another_type_is_told() {
	fresh
	sed -i 's/object=audit/object=p256/' "$DIR/keys.d/audit.conf"
	instance_start "$DIR"
	grep -q 'key audit: .*Ed25519' "$DIR/service.log"
	grep -q ' TOKEN .* key="audit" .*reason="key-unfit"' \
	    "$DIR/log/audit.log"
	"$CTL" -C "$DIR" status >"$DIR/text"
	grep -q '^key audit: key-unfit' "$DIR/text"
	sign_lines 3
	expect_exit 69 sign_ssh "$DIR" log checkpoint </dev/null
	instance_stop "$DIR"
	expect checkpoints 0 "$(records "$DIR" CHECKPOINT)"
	instance_audit "$DIR"
}

a_profile_may_not_name_it() {
	fresh
	cp "$DIR/profiles.d/demo.conf" "$DIR/profile"
	sed -i 's/^keys = /keys = audit /' "$DIR/profiles.d/demo.conf"
	expect_exit 1 "$CTL" -C "$DIR" check
	expect_match stderr "*audit*use = audit*" "$(cat "$ERR")"
	cp "$DIR/profile" "$DIR/profiles.d/demo.conf"
	instance_start "$DIR"
	digest_lines 1 >"$DIR/line"
	expect_exit 77 sign_ssh "$DIR" sign -k audit <"$DIR/line"
	expect_exit 77 sign_ssh "$DIR" pubkey audit </dev/null
	sign_ssh "$DIR" keys </dev/null >"$DIR/text"
	expect "named to clients" 0 "$(grep -c audit "$DIR/text" || :)"
	instance_stop "$DIR"
}

another_key_may_take_over() {
	fresh
	instance_start "$DIR"
	wait_for 5 are_there start 1
	local first
	first=$(vkey)
	sed -i 's/object=audit/object=ed25519/' "$DIR/keys.d/audit.conf"
	"$CTL" -C "$DIR" reload
	look
	instance_stop "$DIR"
	instance_audit "$DIR"
	expect "keys that signed" 2 \
	    "$(grep -o 'auditkey="[^"]*"' "$DIR/log/audit.log" | sort -u |
		wc -l)"
	grep -q 'the log is signed by another key than before' \
	    "$DIR/service.log"
	# Who knows the first only is told so.
	expect_exit 1 go_verify log "$first" "$DIR/log/audit.log"
}

a_checkpoint_of_more_than_there_is_raises_an_alarm() {
	fresh
	instance_start "$DIR"
	wait_for 5 are_there start 1
	instance_stop "$DIR"
	cp "$DIR/state/checkpoint" "$DIR/older"
	sed -i '2s/.*/4711/' "$DIR/state/checkpoint"
	instance_start "$DIR"
	grep -q 'covers 4711 records, .* were lost, or removed' \
	    "$DIR/service.log"
	wait_for 5 are_there start 2
	expect "what is kept of it" 4711 \
	    "$(sed -n 2p "$DIR/state/checkpoint.lost")"
	instance_stop "$DIR"
	verifies
	go_verify consistency "$(vkey)" "$DIR/whole" \
	    "$DIR/older" "$DIR/state/checkpoint"
}

cases the_start_and_the_stop_are_signed \
    one_comes_after_so_many_records \
    one_comes_after_some_time \
    each_piece_ends_signed \
    the_newest_can_be_had_over_ssh \
    a_killed_service_signs_what_it_left \
    status_tells_of_it \
    without_an_audit_key_nothing_is_signed_for_the_log \
    an_audit_key_of_another_type_is_told \
    a_profile_may_not_name_it \
    another_key_may_take_over \
    a_checkpoint_of_more_than_there_is_raises_an_alarm
