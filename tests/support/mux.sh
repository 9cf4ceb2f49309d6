# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# One connection that carries many channels, and channels held open by hand.
# For tests that have read case.sh:
#
#	mux_open DIR CLIENT		the master; MUX is its socket, MASTER it
#	mux_ssh COMMAND...		a channel of it, as ssh
#	mux_close
#	channel_open COMMAND...		a channel with its ends in CHANNEL_IN and
#					CHANNEL_OUT (descriptors); CHANNEL is it
#	channel_ask LINE		one line in, its answer in ANSWER
#	channel_count			how many lines are answered until its
#					end; to be run in the background
#	channel_end			end of input; its exit status is ours

mux_open() { # DIR CLIENT
	MUX=$1/mux.$BASHPID
	SSH_MORE="-M -S $MUX -N -v" sign_as "$1" "$2" </dev/null \
	    2>"$1/mux.log" &
	MASTER=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $MASTER"
	wait_for 10 test -S "$MUX" || fail "no master: $(cat "$1/mux.log")"
}

mux_ssh() { # COMMAND...
	timeout 60 ssh -F none -S "$MUX" -o BatchMode=yes -o LogLevel=ERROR \
	    127.0.0.1 "$@"
}

mux_close() {
	ssh -F none -S "$MUX" -O exit 127.0.0.1 2>/dev/null || :
	wait "$MASTER" || :
}

# Only the one that opens a pipe here may hold its ends, or no end of input
# would ever be seen.
channel_open() { # COMMAND...
	local name=$DIR/channel.$BASHPID
	rm -f "$name.in" "$name.out"
	mkfifo "$name.in" "$name.out"
	(
		channel_forget_others
		exec timeout 60 ssh -F none -S "$MUX" -o BatchMode=yes \
		    -o LogLevel=ERROR 127.0.0.1 "$@" <"$name.in" \
		    >"$name.out" 2>"$name.err"
	) &
	CHANNEL=$! CHANNEL_ERR=$name.err
	INSTANCE_PIDS="$INSTANCE_PIDS $CHANNEL"
	exec {CHANNEL_IN}>"$name.in" {CHANNEL_OUT}<"$name.out"
	CHANNEL_ENDS="${CHANNEL_ENDS:-} $CHANNEL_IN $CHANNEL_OUT"
}

channel_forget_others() {
	local fd
	for fd in ${CHANNEL_ENDS:-}; do
		exec {fd}>&-
	done
}

channel_ask() { # LINE
	echo "$1" >&"$CHANNEL_IN"
	# shellcheck disable=SC2034 # for tests
	read -r -t 20 -u "$CHANNEL_OUT" ANSWER ||
	    fail "no answer to $1: $(cat "$CHANNEL_ERR")"
}

channel_count() {
	local fd=$CHANNEL_IN
	exec {fd}>&-
	wc -l <&"$CHANNEL_OUT"
}

channel_end() {
	local fd=$CHANNEL_IN
	exec {fd}>&-
	wait "$CHANNEL"
}
