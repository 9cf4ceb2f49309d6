#!/bin/bash
# Classes of priority, slow keys beside fast ones, and queues that are full.
# Compared is only what one run measures; nothing is in absolute seconds.
# covers: src/broker/queue_status.c
# alone: it measures.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/mux.sh
. "$TOP/tests/support/mux.sh"
# shellcheck source=tests/support/batch.sh
. "$TOP/tests/support/batch.sh"

instance_new "$DIR" rsa:4096 || exit
for client in other other{1..8}; do
	instance_client "$DIR" "$client" ci || exit
done
# Classes, and a second token with a fast key of its own.
cat >>"$DIR/profiles.d/demo.conf" <<-'END'
	[profile urgent]
	keys = rsa4096 aside
	priority = high
	[profile patient]
	keys = rsa4096
	priority = low
END
for client in urgent urgent1; do
	instance_client "$DIR" $client urgent || exit
done
instance_client "$DIR" patient patient || exit
add_token() {
	token_make "$DIR/token2" aside || return
	token_key "$DIR/token2" aside aside p256 || return
	chmod 0755 "$DIR/token2" || return
	if [ "$(id -u)" = 0 ]; then
		token_seal "$DIR/token2" _countersign-token
	else
		token_seal "$DIR/token2"
	fi
}
add_token >"$DIR/made" 2>&1 || exit
cat >"$DIR/tokens.d/aside.conf" <<-END
	[token aside]
	module = $TOKEN_MODULE
	token = aside
	pin-file = ../token2/pin
	workers = 1
	environment = SOFTHSM2_CONF=../token2/softhsm2.conf
END
cat >>"$DIR/keys.d/demo.conf" <<-'END'
	[key aside]
	token = aside
	object = pkcs11:object=aside
	use = raw
END
printf '\n[limits]\nqueue = 65536\n' >>"$DIR/countersign.conf"
instance_start "$DIR" || exit
# shellcheck disable=SC2034 # for batch.sh
AUDIT=$DIR/log/audit.log
digest_lines 3000 >"$DIR/lines"

# Eight batches: the eight turns that another client of their class waits for
# pass a line of the class above, but for one.
a_line_of_a_higher_class_passes_batches() {
	local i pids=() normal high
	for i in {1..8}; do
		begin_batch "other$i" rsa4096
		pids+=("$BATCH")
	done
	mux_open "$DIR" other
	between 9 rsa4096 >"$DIR/normal"
	mux_close
	mux_open "$DIR" urgent
	between 9 rsa4096 >"$DIR/high"
	mux_close
	for i in "${pids[@]}"; do
		kill -0 "$i" || fail "a batch was over first"
		end_batch "$i"
	done
	normal=$(median <"$DIR/normal")
	high=$(median <"$DIR/high")
	[ "$normal" -ge 8 ] || fail "no batches beside it"
	[ $((high * 4)) -le $((normal * 3)) ] ||
	    fail "operations between: $(paste -sd ' ' "$DIR/high")," \
	    "without priority: $(paste -sd ' ' "$DIR/normal")"
}

signed_since() { # SEQ PRINCIPAL
	awk -v from="$1" -v who="principal=\"$2\"" '/ SIGN / && index($0, who) {
		match($0, /seq="[0-9]+"/)
		if (substr($0, RSTART + 5, RLENGTH - 6) + 0 > from) n++
	} END { print n + 0 }' "$AUDIT"
}

# Strictly by class, but the lowest has its one turn in nine.
the_lowest_class_is_not_starved() {
	local high low seq batches=()
	begin_batch patient rsa4096
	batches+=("$BATCH")
	begin_batch urgent rsa4096
	batches+=("$BATCH")
	begin_batch urgent1 rsa4096
	batches+=("$BATCH")
	seq=$(seq_of "$(tail -n 1 "$AUDIT")")
	enough() {
		[ "$(seq_of "$(tail -n 1 "$AUDIT")")" -ge $((seq + 200)) ]
	}
	wait_for 60 enough
	low=$(signed_since "$seq" patient)
	high=$(($(signed_since "$seq" urgent) + $(signed_since "$seq" urgent1)))
	local batch
	for batch in "${batches[@]}"; do
		kill -0 "$batch" || fail "a batch was over first"
		end_batch "$batch"
	done
	[ $((low * 13)) -ge $((high + low)) ] || fail "$low of $((high + low))"
	[ $((low * 6)) -le $((high + low)) ] || fail "$low of $((high + low))"
}

micros() {
	echo "${EPOCHREALTIME//[!0-9]/}"
}

# Questions with a key and their answers, one after another: microseconds.
ask_with() { # KEY COUNT
	local i begin
	channel_open sign -k "$1"
	channel_ask "$(digest_lines 1)"
	begin=$(micros)
	for ((i = 0; i < $2; i++)); do
		channel_ask "$(printf '%064x  timed' "$i")"
	done
	echo $((($(micros) - begin) / $2))
	channel_end
}

# Only what one run measures is compared: P-256 on its own token beside a
# flood of RSA-4096 on another against RSA-4096 in the same flood.
another_token_is_not_held_up_by_slow_keys() {
	mux_open "$DIR" urgent
	local i pids=() fast slow
	for i in 1 2 3 4; do
		begin_batch "other$i" rsa4096
		pids+=("$BATCH")
	done
	between 9 aside >"$DIR/between"
	fast=$(ask_with aside 40)
	slow=$(ask_with rsa4096 10)
	for i in "${pids[@]}"; do
		kill -0 "$i" || fail "a batch was over first"
		end_batch "$i"
	done
	mux_close
	[ "$(median <"$DIR/between")" -le 12 ] ||
	    fail "operations between: $(paste -sd ' ' "$DIR/between")"
	[ "$fast" -lt "$slow" ] || fail "P-256 took $fast us, RSA $slow us"
}

# 700 lines may wait: one stream has 512 ahead, a second one is too much.
a_full_queue_is_told_to_its_client_alone() {
	local statuses=0 i status pids=()
	sed -i 's/^queue = .*/queue = 700/' "$DIR/countersign.conf"
	"$CTL" -C "$DIR" reload
	for i in 1 2 3; do
		sign_as "$DIR" other sign -k rsa4096 <"$DIR/lines" \
		    >"$DIR/full.$i" 2>"$DIR/full.err.$i" &
		pids+=($!)
	done
	told() {
		grep -hqE '^countersign: (line [0-9]+: )?busy, try again in [0-9]+ s' \
		    "$DIR"/full.err.*
	}
	wait_for 20 told
	"$CTL" -C "$DIR" status >"$DIR/status"
	"$CTL" -C "$DIR" status --json >"$DIR/status.json"
	expect_exit 0 sign_as "$DIR" other1 sign -k rsa4096 \
	    <<<"$(digest_lines 1)"
	for i in 0 1 2; do
		kill -0 "${pids[i]}" 2>/dev/null && continue
		status=0
		wait "${pids[i]}" || status=$?
		expect "status of one that was refused" 75 $status
		statuses=$((statuses + 1))
	done
	[ $statuses -ge 1 ] || fail "nobody was refused"
	for i in 0 1 2; do
		! kill -0 "${pids[i]}" 2>/dev/null || end_batch "${pids[i]}"
	done
	grep -q '^queue of demo: 0 high, [0-9]* normal, 0 low$' "$DIR/status" ||
	    fail "$(cat "$DIR/status")"
	grep -qE '^  [0-9]+ lines of other SHA256:.*, the oldest for [0-9]+ ms$' \
	    "$DIR/status" || fail "$(cat "$DIR/status")"
	expect longest other "$(jq -r '.longest[0].principal' \
	    "$DIR/status.json")"
	[ "$(jq '.longest[0].lines' "$DIR/status.json")" -le 700 ] ||
	    fail "$(cat "$DIR/status.json")"
	[ "$(jq '.queues[] | select(.token == "demo") | .normal.lines' \
	    "$DIR/status.json")" -ge 1 ] || fail "$(cat "$DIR/status.json")"
}

cases a_line_of_a_higher_class_passes_batches \
    the_lowest_class_is_not_starved \
    another_token_is_not_held_up_by_slow_keys \
    a_full_queue_is_told_to_its_client_alone
