#!/bin/bash
# log verify as an admin or a collector uses it: records in any form, what was
# kept elsewhere, and its pace.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

PACE=200000 # records
PIECE=3000

mkdir "$DIR/notes" "$DIR/many"
"$B/tools/make_log" -n 10000 -c 100 -p $PIECE -k "$DIR/key.pem" -v "$DIR/vkey" \
    -N "$DIR/notes" -x 1234:"$DIR/receipt" "$DIR/many/audit.log" || exit
openssl pkey -in "$DIR/key.pem" -pubout -out "$DIR/key.pub" || exit
cat "$DIR"/many/audit.log.[0-9]* >"$DIR/whole"
LAST_NOTE=$(find "$DIR/notes" -type f -printf '%f\n' | sort -n | tail -n 1)

is_intact() { # OPTION... FILE...
	expect_exit 0 "$CTL" log verify --key "$DIR/vkey" \
	    --from "$DIR/notes/$LAST_NOTE" --from "$DIR/receipt" "$@"
	expect "first line" "10000 records, seq 1 to 10000, chain intact" \
	    "$(head -n 1 "$OUT")"
	expect_match "what is said" "*covered up to seq $LAST_NOTE*" \
	    "$(cat "$OUT")"
}

# Record 4321 was changed, and is found there.
is_not() { # FILE:LINE [OPTION...] FILE...
	local where=$1
	shift
	expect_exit 1 "$CTL" log verify --key "$DIR/key.pub" "$@"
	expect stderr "$where: seq 4321: this record was changed" \
	    "$(cat "$ERR")"
	expect stdout "" "$(cat "$OUT")"
}

pieces_are_verified_in_any_order_and_packed() {
	local pieces=("$DIR"/many/audit.log.[0-9]*)
	is_intact "${pieces[@]}"
	is_intact "${pieces[2]}" "${pieces[0]}" "${pieces[3]}" "${pieces[1]}"
	# The written piece has a second name.
	is_intact "$DIR"/many/audit.log*
	gzip -k "${pieces[1]}"
	is_intact "$DIR"/many/audit.log*
	rm "${pieces[1]}"
	is_intact "$DIR"/many/audit.log*
	gunzip "${pieces[1]}.gz"
	sed '1321s/signer1/signer2/' "${pieces[1]}" >"$DIR/changed"
	is_not "$DIR/changed:1321" "${pieces[3]}" "$DIR/changed" \
	    "${pieces[0]}" "${pieces[2]}"
	gzip -f "$DIR/changed"
	is_not "$DIR/changed.gz:1321" "${pieces[3]}" "$DIR/changed.gz" \
	    "${pieces[0]}" "${pieces[2]}"
}

# A tree of its own, with the newest checkpoint as a service keeps it.
tree_new() { # NAME
	TREE=$DIR/$1
	mkdir "$TREE" "$TREE/state" "$TREE/log"
	chmod 0755 "$TREE" "$TREE/log"
	cp "$DIR"/many/audit.log.[0-9]* "$TREE/log/"
	chmod 0644 "$TREE"/log/*
	ln "$TREE/log/audit.log.000000009001" "$TREE/log/audit.log"
	cp "$DIR/notes/$LAST_NOTE" "$TREE/state/checkpoint"
	printf '[server]\nstate-dir = state\n[audit]\nfile = log/audit.log\n' \
	    >"$TREE/countersign.conf"
}

tree_is_intact() { # [PATTERN]
	expect_exit 0 "$CTL" -C "$TREE" log verify --key "$DIR/vkey"
	expect_match "what is said" "*, chain intact*${1-}*" "$(cat "$OUT")"
}

tree_is_not() { # PATTERN
	expect_exit 1 "$CTL" -C "$TREE" log verify
	expect_match stderr "$1" "$(cat "$ERR")"
}

the_log_of_the_tree_is_verified_without_a_file() {
	tree_new tree
	tree_is_intact "the newest checkpoint in $TREE/state agrees"
	expect "first line" "10000 records, seq 1 to 10000, chain intact" \
	    "$(head -n 1 "$OUT")"
	expect stderr "" "$(cat "$ERR")"
	"$CTL" -C "$TREE" log verify --json >"$DIR/said"
	expect json "true true" \
	    "$(jq -r '"\(.intact) \(.kept)"' "$DIR/said")"
}

# What the chain cannot tell, the checkpoint of the service does.
a_log_without_its_end_is_found_without_a_file() {
	tree_new shortened
	local log=$TREE/log
	truncate -s 0 "$log/audit.log"
	head -n 500 "$DIR/many/audit.log.000000009001" >>"$log/audit.log"
	tree_is_not "$log/audit.log.000000009001:500: seq 9501 to $LAST_NOTE: *"
	rm "$log/audit.log" "$log/audit.log.000000009001"
	tree_is_not "$log/audit.log.000000006001:3000: seq 9001 to $LAST_NOTE: *"
	# A shorter one in its place, without checkpoints or with others.
	rm "$log"/*
	"$B/tools/make_log" -n 50 "$log/audit.log"
	tree_is_not "$log/audit.log:50: seq 51 to $LAST_NOTE: *"
	rm "$log"/*
	"$B/tools/make_log" -n 10001 -c 100 -H signer9 \
	    -o "$(sed 's/+.*//' "$DIR/vkey")" "$log/audit.log"
	tree_is_not "$TREE/state/checkpoint: a fork: *"
}

a_kept_checkpoint_that_is_not_read_is_told() {
	tree_new unread
	rm "$TREE/state/checkpoint"
	tree_is_intact
	expect_match stderr "*$TREE/state/checkpoint: No such file *" \
	    "$(cat "$ERR")"
	"$CTL" -C "$TREE" log verify --json >"$DIR/said"
	expect json false "$(jq -r .kept "$DIR/said")"
	cp "$DIR/notes/$LAST_NOTE" "$TREE/state/checkpoint"
	chmod 0700 "$TREE/state"
	local as=()
	[ "$(id -u)" != 0 ] ||
	    as=(setpriv --reuid nobody --regid nogroup --clear-groups)
	[ "$(id -u)" = 0 ] || chmod 0 "$TREE/state/checkpoint"
	expect_exit 0 "${as[@]}" "$CTL" -C "$TREE" log verify
	expect stderr "countersignctl: $TREE/state/checkpoint: Permission\
 denied: the log is not held against it" "$(cat "$ERR")"
	# Garbage is no reason to believe the log.
	[ "$(id -u)" = 0 ] || chmod 0600 "$TREE/state/checkpoint"
	echo nothing >"$TREE/state/checkpoint"
	expect_exit 65 "$CTL" -C "$TREE" log verify
}

records_missing_at_the_beginning_of_a_piece_are_found() {
	tree_new begins
	local log=$TREE/log many=$DIR/many
	tail -n +30 "$many/audit.log.000000000001" \
	    >"$log/audit.log.000000000001"
	tree_is_not "$log/audit.log.000000000001:1: seq 1 to 29: 29 missing: *"
	gzip "$log/audit.log.000000000001"
	tree_is_not "$log/audit.log.000000000001*:1: seq 1 to 29: 29 missing: *"
	: | gzip >"$log/audit.log.000000000001.gz"
	tree_is_not "$log/audit.log.000000000001.gz: seq 1 to 3000: *"
	cp "$many/audit.log.000000000001" "$log/"
	: >"$log/audit.log.000000003001"
	tree_is_not "$log/audit.log.000000003001: seq 3001 to 6000: *"
	# Older pieces in an archive are not missed.
	rm "$log"/audit.log.00000000[0-3]*
	tree_is_intact "the log begins with record 6001*agrees"
	mv "$log/audit.log.000000006001" "$log/audit.log.000000005001"
	tree_is_not "$log/audit.log.000000005001:1: seq 5001 to 6000: *"
}

standard_input_and_pipes_are_verified() {
	is_intact - <"$DIR/whole"
	# shellcheck disable=SC2002 # a pipe is what is tested
	cat "$DIR/whole" | is_intact -
	gzip <"$DIR/whole" | is_intact -
	is_intact <(tail -n +6001 "$DIR/whole") <(head -n 6000 "$DIR/whole")
	sed '4321s/signer1/signer2/' "$DIR/whole" |
	    is_not "(standard input):4321" -
	expect_exit 64 "$CTL" log verify --fast "$DIR/whole"
	expect_exit 65 "$CTL" log verify - "$DIR/whole"
	expect_exit 65 "$CTL" log verify "$DIR/none"
	expect_exit 65 "$CTL" log verify "$DIR"
	gzip <"$DIR/whole" | head -c 10000 >"$DIR/cut.gz"
	expect_exit 65 "$CTL" log verify "$DIR/cut.gz"
	expect stderr \
	    "countersignctl: $DIR/cut.gz: its compressed data is cut off" \
	    "$(cat "$ERR")"
}

# What relays and collectors make of a record, and jq and we of JSON.
lines_of_collectors_are_verified() {
	sed 's/ prev="\([0-9a-f]*\)"]/&[meta sequenceId="7" x="\\]"]/' \
	    "$DIR/whole" >"$DIR/relayed"
	is_intact "$DIR/relayed"
	LC_ALL=C awk '{ print length($0) " " $0 }' "$DIR/whole" >"$DIR/counted"
	is_intact "$DIR/counted"
	"$CTL" log show --json "$DIR/whole" >"$DIR/whole.json"
	is_intact "$DIR/whole.json"
	jq -c '{ other: 1, "event.original": .["event.original"] }' \
	    "$DIR/whole.json" >"$DIR/jq.json"
	is_intact "$DIR/jq.json"
	sed '4321s/signer1/signer2/g' "$DIR/whole.json" >"$DIR/changed.json"
	is_not "$DIR/changed.json:4321" "$DIR/changed.json"
	# Each in its own form.
	is_intact <(sed -n '1,2500p' "$DIR/whole") \
	    <(sed -n '2501,5000p' "$DIR/relayed") \
	    <(sed -n '5001,7500p' "$DIR/counted" | gzip) \
	    <(sed -n '7501,$p' "$DIR/whole.json")
}

a_truncated_log_is_found_by_what_was_kept() {
	head -n 5000 "$DIR/whole" >"$DIR/cut"
	expect_exit 0 "$CTL" log verify --key "$DIR/vkey" "$DIR/cut"
	expect_exit 1 "$CTL" log verify --from "$DIR/notes/$LAST_NOTE" \
	    "$DIR/cut"
	expect_match stderr "$DIR/cut:5000: seq 5001 to $LAST_NOTE: *" \
	    "$(cat "$ERR")"
}

# The same key signed another history, somewhere.
a_fork_is_found() {
	mkdir -p "$DIR/other"
	"$B/tools/make_log" -n 10000 -c 100 -H signer9 -N "$DIR/other" \
	    -o "$(sed 's/+.*//' "$DIR/vkey")" "$DIR/forked"
	cmp "$DIR/other/$LAST_NOTE" "$DIR/notes/$LAST_NOTE" &&
	    fail "both logs are the same"
	expect_exit 1 "$CTL" log verify --from "$DIR/other/$LAST_NOTE" \
	    --from "$DIR/notes/$LAST_NOTE" "$DIR/whole"
	expect_match stderr "*: a fork: *" "$(cat "$ERR")"
	"$CTL" log verify --json --from "$DIR/other/$LAST_NOTE" \
	    "$DIR/whole" >"$DIR/said" || :
	expect_match json '*"intact":false*' "$(cat "$DIR/said")"
}

a_replaced_key_is_found() {
	"$B/tools/make_log" -n 10000 -c 100 -s 2 -v "$DIR/vkey2" "$DIR/replaced"
	expect_exit 0 "$CTL" log verify "$DIR/replaced"
	expect_match "what is said" "*the audit key was taken from the records*" \
	    "$(cat "$OUT")"
	expect_exit 1 "$CTL" log verify --key "$DIR/vkey" "$DIR/replaced"
	expect_match stderr "*: its checkpoint is signed by another audit key*" \
	    "$(cat "$ERR")"
	expect_exit 0 "$CTL" log verify --key "$DIR/vkey" --key "$DIR/vkey2" \
	    "$DIR/replaced"
}

# Of one core's time, whatever else the machine does.
core_ms() { # COMMAND...
	local TIMEFORMAT='%U %S'
	{ time "$@" >/dev/null; } 2>&1 |
	    awk '{ printf "%d\n", ($1 + $2) * 1000 }'
}

a_million_records_are_verified_in_a_minute() {
	local form took
	"$B/tools/make_log" -n $PACE -c 1000 -v "$DIR/pace.vkey" "$DIR/pace"
	gzip -1 -k "$DIR/pace"
	"$CTL" log show --json "$DIR/pace" >"$DIR/pace.json"
	for form in "$DIR/pace" "$DIR/pace.gz" "$DIR/pace.json"; do
		"$CTL" log verify --key "$DIR/pace.vkey" "$form"
		took=$(core_ms "$CTL" log verify "$form")
		echo "$form: $took ms"
		[ "$took" -lt $((PACE * 60 / 1000)) ] ||
		    fail "$form: $PACE records took $took ms"
	done
}

# And what the service writes, with the checkpoint that a client was given.
the_service_writes_what_is_verified() {
	local at=$DIR/service
	mkdir "$at"
	chmod 0755 "$at"
	instance_new "$at" p256
	instance_audit "$at"
	printf 'checkpoint-records = 20\n' >>"$at/countersign.conf"
	printf '[profile auditor]\nkeys = p256\nverbs = log\n' \
	    >"$at/profiles.d/auditor.conf"
	instance_client "$at" auditor auditor
	instance_start "$at"
	digest_lines 200 | sign_ssh "$at" sign -k p256 >"$at/answers"
	sign_as "$at" auditor log checkpoint >"$at/note"
	instance_stop "$at"
	"$CTL" -C "$at" log verify --from "$at/note" >"$at/said"
	cat "$at/said"
	expect_match "what is said" "*1 given checkpoint agrees*" \
	    "$(cat "$at/said")"
	expect_match "what is said" \
	    "*the newest checkpoint in $at/state agrees*" "$(cat "$at/said")"
	# A clean stop leaves nothing behind the last checkpoint but itself.
	expect_match "what is said" "*covered up to seq *, 1 record after*" \
	    "$(cat "$at/said")"
	sed '100s/outcome="ok"/outcome="OK"/' "$at/log/audit.log" \
	    >"$at/changed"
	cp "$at/log/audit.log" "$at/kept"
	cat "$at/changed" >"$at/log/audit.log"
	expect_exit 1 "$CTL" -C "$at" log verify --from "$at/note"
	expect_match stderr "*:100: seq 100: this record was changed" \
	    "$(cat "$ERR")"
	# Not one byte of a piece, but another file by the name of the log.
	cat "$at/kept" >"$at/log/audit.log"
	"$CTL" -C "$at" log verify --from "$at/note" >"$at/said"
	mv "$at/changed" "$at/log/audit.log"
	expect_exit 1 "$CTL" -C "$at" log verify --from "$at/note"
	expect_match stderr "*/audit.log:1: seq 1: repeated *" "$(cat "$ERR")"
}

cases pieces_are_verified_in_any_order_and_packed \
    the_log_of_the_tree_is_verified_without_a_file \
    a_log_without_its_end_is_found_without_a_file \
    a_kept_checkpoint_that_is_not_read_is_told \
    records_missing_at_the_beginning_of_a_piece_are_found \
    standard_input_and_pipes_are_verified \
    lines_of_collectors_are_verified \
    a_truncated_log_is_found_by_what_was_kept \
    a_fork_is_found \
    a_replaced_key_is_found \
    a_million_records_are_verified_in_a_minute \
    the_service_writes_what_is_verified
