#!/bin/bash
# A request is a stream: answers do not wait, and an end in the middle loses
# nothing that happened.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

shared_service rsa:3072 p256

# Starts ssh with its stdin and stdout in our hands: descriptors 7 and 8.
open_request() { # COMMAND...
	rm -f "$DIR/to" "$DIR/from"
	mkfifo "$DIR/to" "$DIR/from"
	sign_ssh "$DIR" "$@" <"$DIR/to" >"$DIR/from" 2>"$DIR/err" &
	REQUEST=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $REQUEST"
	exec 7>"$DIR/to" 8<"$DIR/from"
}

# A batch that has begun to be answered, and takes a while: REQUEST is its ssh
# itself, which a signal ends as on a terminal.
begin_batch() { # KEY COUNT
	rm -f "$DIR/answers"
	digest_lines "$2" >"$DIR/lines"
	{
		# shellcheck disable=SC2046 # words
		exec env --default-signal=INT ssh \
		    $(ssh_options "$DIR" build01) 127.0.0.1 sign -k "$1" \
		    <"$DIR/lines" >"$DIR/answers" 2>"$DIR/err"
	} &
	REQUEST=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $REQUEST"
	wait_for 10 test -s "$DIR/answers"
}

ssh_sign() {
	sign_ssh "$DIR" sign -k "$1"
}
export -f ssh_sign sign_ssh sign_as ssh_options
export DIR

# Nothing is stuck: a fresh request is answered at once.
still_serves() {
	expect "a fresh request" 1 "$(digest_lines 1 |
	    timeout 10 bash -c 'ssh_sign p256' | wc -l)"
}

# The names that the records of signatures bear, in order.
signed_names() {
	sed -n 's/.* SIGN .* name="\([^"]*\)".* outcome="ok".*/\1/p' \
	    "$DIR/log/audit.log"
}

a_line_is_answered_before_the_next_is_sent() {
	local answer
	open_request sign -k p256
	for i in 1 2 3; do
		digest_lines $i | tail -n 1 >&7
		read -r -t 10 answer <&8 || fail "no answer to line $i"
		expect_match "answer $i" "* build/*" "$answer"
	done
	exec 7>&-
	wait $REQUEST
}

stdin_may_end_before_the_answers_do() {
	# sign_ssh's stdin is at its end long before RSA is done.
	expect answers 300 \
	    "$(digest_lines 300 | sign_ssh "$DIR" sign -k rsa3072 | wc -l)"
}

an_end_without_a_newline_is_an_end() {
	expect answers 1 \
	    "$(printf %s "$(digest_lines 1)" | ssh_sign p256 | wc -l)"
}

a_reader_that_sleeps_gets_everything() {
	digest_lines 20000 | sign_ssh "$DIR" sign -k p256 | {
		sleep 2
		cat
	} >"$DIR/answers"
	expect answers 20000 "$(wc -l <"$DIR/answers")"
	expect order "$(digest_lines 20000 | sha256sum)" \
	    "$(awk '{ print $1 "  " $3 }' "$DIR/answers" | sha256sum)"
}

a_reader_that_sleeps_stops_nobody_else() {
	open_request sign -k p256
	digest_lines 20000 >&7 &
	local writer=$!
	still_serves
	cat <&8 7>&- >"$DIR/answers" &
	local reader=$!
	wait $writer
	exec 7>&-
	wait $reader
	wait $REQUEST
	expect answers 20000 "$(wc -l <"$DIR/answers")"
}

ctrl_c_leaves_no_half_line_and_no_signature_without_record() {
	begin_batch rsa3072 5000
	kill -INT "$REQUEST"
	wait "$REQUEST" && fail "ssh did not notice"
	still_serves
	# What arrived is whole lines, each of them on record.
	[ -z "$(tail -c 1 "$DIR/answers" | tr -d '\n')" ] ||
	    fail "half a line: $(tail -n 1 "$DIR/answers")"
	signed_names | sort >"$DIR/signed"
	awk '{ print $3 }' "$DIR/answers" | sort >"$DIR/answered"
	[ -s "$DIR/answered" ] || fail "no answer at all"
	expect "answers without a record" "" \
	    "$(comm -23 "$DIR/answered" "$DIR/signed" | head -n 3)"
	[ "$(wc -l <"$DIR/answers")" -lt 5000 ] || fail "it was not in the middle"
	# Nothing goes on being signed for nobody.
	quiet() {
		local before
		before=$(records "$DIR" SIGN)
		sleep 0.3
		[ "$before" = "$(records "$DIR" SIGN)" ]
	}
	wait_for 5 quiet
}

a_killed_client_loses_no_record() {
	begin_batch p256 100000
	kill -KILL "$REQUEST"
	wait "$REQUEST" || :
	still_serves
	"$CTL" log verify "$DIR/log/audit.log"
}

a_closed_stdout_ends_the_request() {
	digest_lines 100000 | sign_ssh "$DIR" sign -k p256 | head -n 1 \
	    >"$DIR/first"
	expect answers 1 "$(wc -l <"$DIR/first")"
	still_serves
}

one_line_does_not_wait_for_anothers_batch() {
	begin_batch rsa3072 3000
	# The batch takes seconds; a foreign line takes a few operations.
	digest_lines 1 | sign_ssh "$DIR" sign -k rsa3072 >"$DIR/foreign"
	kill -0 "$REQUEST" || fail "the batch was over first"
	expect answers 1 "$(wc -l <"$DIR/foreign")"
	wait "$REQUEST"
	expect "the batch" 3000 "$(wc -l <"$DIR/answers")"
}

the_chain_holds_after_all_this() {
	"$CTL" log verify "$DIR/log/audit.log"
}

cases a_line_is_answered_before_the_next_is_sent \
    stdin_may_end_before_the_answers_do \
    an_end_without_a_newline_is_an_end \
    a_reader_that_sleeps_gets_everything \
    a_reader_that_sleeps_stops_nobody_else \
    ctrl_c_leaves_no_half_line_and_no_signature_without_record \
    a_killed_client_loses_no_record \
    a_closed_stdout_ends_the_request \
    one_line_does_not_wait_for_anothers_batch \
    the_chain_holds_after_all_this
