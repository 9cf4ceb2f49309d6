# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Batches of clients that hold a token, and how long others wait beside them,
# in operations: the records number these.  For tests that have read case.sh
# and mux.sh, set AUDIT, and have digest lines in DIR/lines:
#
#	begin_batch CLIENT KEY		its ssh's shell is in BATCH
#	end_batch PID
#	seq_of RECORD
#	between COUNT KEY		in a connection that mux_open opened
#	median

begin_batch() { # CLIENT KEY
	: >"$DIR/$1.answers"
	sign_as "$DIR" "$1" sign -k "$2" <"$DIR/lines" >"$DIR/$1.answers" \
	    2>"$DIR/$1.err" &
	BATCH=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $BATCH"
	wait_for 20 test -s "$DIR/$1.answers"
}

end_batch() { # PID
	local all
	all=$(instance_tree "$1")
	# shellcheck disable=SC2086 # words
	kill -KILL $all
	wait "$1" || :
}

seq_of() { # RECORD
	[[ $1 =~ \ seq=\"([0-9]+)\" ]] || fail "no record: $1"
	echo "${BASH_REMATCH[1]}"
}

# How many foreign operations were recorded between a question and the record
# of its answer, for COUNT questions, one a line.
between() { # COUNT KEY
	local i before after tag=$BASHPID
	channel_open sign -k "$2"
	# The first of a request waits for the request to be read, too.
	channel_ask "$(digest_lines 1)"
	for ((i = 1; i <= $1; i++)); do
		before=$(seq_of "$(tail -n 1 "$AUDIT")")
		channel_ask "$(printf '%064x  asked/%s.%d' "$i" $tag "$i")"
		after=$(seq_of "$(grep "name=\"asked/$tag.$i\"" "$AUDIT")")
		echo $((after - before - 1))
	done
	channel_end
}

median() {
	sort -n | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }'
}
