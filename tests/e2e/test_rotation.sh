#!/bin/bash
# The log goes on over its pieces: by size, by age, when a piece cannot be
# begun, and when somebody takes its file away.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit
cp "$DIR/countersign.conf" "$DIR/conf"

# A log of its own, and words for [audit].
fresh() { # WORD...
	local word
	chmod 0755 "$DIR/log" 2>/dev/null || :
	rm -rf "$DIR/log" "$DIR/state"
	cp "$DIR/conf" "$DIR/countersign.conf"
	for word; do
		echo "$word"
	done >>"$DIR/countersign.conf"
}

sign_lines() { # COUNT
	digest_lines "$1" | sign_ssh "$DIR" sign -k p256 >/dev/null
}

pieces() {
	find "$DIR/log" -name 'audit.log.????????????*' | wc -l
}

# How many records of an event all pieces have.
recorded() { # EVENT
	cat "$DIR"/log/audit.log.???????????? | grep -c " $1 \[" || :
}

last_start() {
	cat "$DIR"/log/audit.log.???????????? | grep ' START \[' | tail -n 1
}

pieces_by_size_hold_every_record() {
	fresh 'rotate-size = 8K' 'compress-after = never'
	instance_start "$DIR"
	local round
	for round in 1 2 3; do
		echo "round $round"
		sign_lines 700
	done
	instance_stop "$DIR"
	[ "$(pieces)" -ge 10 ] || fail "only $(pieces) pieces"
	expect signatures 2100 "$(recorded SIGN)"
	"$CTL" -C "$DIR" log verify
	"$CTL" log verify "$DIR"/log/audit.log.[0-9]*
	# FILE is the last of them.
	expect inode "$(stat -c %i "$DIR/log/audit.log")" \
	    "$(stat -c %i "$(printf '%s\n' "$DIR"/log/audit.log.[0-9]* |
		tail -n 1)")"
	# And the next start goes on with it.
	instance_start "$DIR"
	sign_lines 1
	instance_stop "$DIR"
	expect_match START '* separated="*' "$(last_start)"
	case $(last_start) in
	*repaired=*|*rehashed=*|*merkle=*|*lost=*)
		fail "repaired: $(last_start)" ;;
	esac
	"$CTL" -C "$DIR" log verify
}

compressed_pieces_are_read_too() {
	fresh 'rotate-size = 8K' 'compress-after = 0'
	instance_start "$DIR"
	sign_lines 500
	packed() {
		[ "$(find "$DIR/log" -name '*.gz' | wc -l)" -ge 3 ]
	}
	wait_for 20 packed
	sign_lines 500
	instance_stop "$DIR"
	"$CTL" -C "$DIR" log verify
	# The tree is made again from them.
	rm "$DIR/state/tree"
	instance_start "$DIR"
	instance_stop "$DIR"
	# In the piece before, where the STOP began one.
	gzip -cdf "$DIR"/log/audit.log.[0-9]* |
	    grep ' START .* merkle="rebuilt"' >/dev/null
	"$CTL" -C "$DIR" log verify
}

pieces_by_age() {
	fresh 'rotate-age = 1s' 'compress-after = never'
	instance_start "$DIR"
	local before
	before=$(pieces)
	again() {
		sign_lines 1
		[ "$(pieces)" -ge $((before + 2)) ]
	}
	wait_for 15 again
	instance_stop "$DIR"
	"$CTL" -C "$DIR" log verify
}

a_piece_that_cannot_be_begun_stops_nothing() {
	fresh 'rotate-size = 8K' 'compress-after = never'
	instance_start "$DIR"
	sign_lines 1
	chmod 0555 "$DIR/log"
	sign_lines 200
	sign_lines 200
	expect pieces 1 "$(pieces)"
	grep -q 'next piece cannot be begun' "$DIR/service.log"
	grep -q 'what="audit-file" outcome="stuck"' "$DIR/log/audit.log"
	chmod 0755 "$DIR/log"
	another() {
		sign_lines 1
		[ "$(pieces)" -ge 2 ]
	}
	wait_for 20 another
	instance_stop "$DIR"
	"$CTL" -C "$DIR" log verify
}

a_file_that_was_removed_comes_back() {
	fresh 'compress-after = never'
	instance_start "$DIR"
	sign_lines 10
	local told=0
	back() {
		[ "$(grep -c ' LIMIT .*what="audit-file"' \
		    "$DIR/log/audit.log" 2>/dev/null)" = "$told" ]
	}
	told=1
	rm "$DIR/log/audit.log"
	wait_for 10 back
	told=2
	mv "$DIR/log/audit.log" "$DIR/log/away"
	wait_for 10 back
	told=3
	rm "$DIR/log/audit.log" "$DIR/log/audit.log.000000000001"
	rm "$DIR/log/away"
	wait_for 10 back
	grep -q 'what="audit-file" outcome="restored"' "$DIR/log/audit.log"
	sign_lines 10
	instance_stop "$DIR"
	expect signatures 20 "$(recorded SIGN)"
	"$CTL" -C "$DIR" log verify
}

# As a rotator does that copies and truncates; and as an editor might.
what_others_do_to_the_file_is_noticed() {
	fresh 'compress-after = never'
	instance_start "$DIR"
	sign_lines 10
	echo "not a record" >>"$DIR/log/audit.log"
	sign_lines 10
	told() {
		grep -q "what=\"audit-file\" outcome=\"$1\"" \
		    "$DIR/log/audit.log"
	}
	wait_for 10 told longer
	"$CTL" -C "$DIR" log verify
	cp "$DIR/log/audit.log.000000000001" "$DIR/copy"
	: >"$DIR/log/audit.log"
	sign_lines 10
	wait_for 10 told shorter
	instance_stop "$DIR"
	# Nothing is missing with what was copied, and the next start goes on.
	instance_start "$DIR"
	sign_lines 10
	instance_stop "$DIR"
	"$CTL" log verify "$DIR/copy" "$DIR"/log/audit.log.0*[2-9]
}

a_log_of_the_version_before_is_taken_over() {
	fresh
	instance_start "$DIR"
	sign_lines 50
	instance_stop "$DIR"
	rm "$DIR/state/tree" "$DIR/log/audit.log.000000000001"
	instance_start "$DIR"
	sign_lines 50
	instance_stop "$DIR"
	expect "names of the piece" 2 "$(stat -c %h "$DIR/log/audit.log")"
	expect signatures 100 "$(recorded SIGN)"
	"$CTL" -C "$DIR" log verify
}

status_tells_of_the_log() {
	fresh
	instance_start "$DIR"
	sign_lines 3
	free_is_known() {
		"$CTL" -C "$DIR" status | grep -q '^log: .* MiB free'
	}
	wait_for 5 free_is_known
	"$CTL" -C "$DIR" status --json >"$DIR/status"
	grep -q '"piece":1,"size":[1-9][0-9]*,"free":[1-9]' "$DIR/status"
	instance_stop "$DIR"
}

cases pieces_by_size_hold_every_record \
    compressed_pieces_are_read_too \
    pieces_by_age \
    a_piece_that_cannot_be_begun_stops_nothing \
    a_file_that_was_removed_comes_back \
    what_others_do_to_the_file_is_noticed \
    a_log_of_the_version_before_is_taken_over \
    status_tells_of_the_log
