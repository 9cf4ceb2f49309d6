#!/bin/bash
# digests-from: only what a list has, or a command allows, is signed.
# covers: src/broker/lists_ask.c src/broker/lists_turns.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

DIGEST=$(printf '%064d' 7)
OTHER=$(printf '%064d' 8)

prepare() { # DIR
	instance_new "$1" p256 || return
	cat >>"$1/countersign.conf" <<-'END'

		[limits]
		digests-timeout = 2s
	END
	cat >"$1/profiles.d/lists.conf" <<-END
		[profile filed]
		keys = p256
		digests-from = $1/list
		[profile asked]
		keys = p256
		digests-from = !$1/command %d %h %n %k %f %p %u 100%% -x
		[profile online]
		keys = p256
		digests-from = !$1/command
		digests-network = yes
	END
	local name
	for name in filed asked online; do
		instance_client "$1" $name $name || return
	done
	list "$1" "$DIGEST  it.bin"
	command_is "$1" 'exit 0'
}

# Replaces the list as a good writer does.
list() { # DIR LINE...
	local dir=$1
	shift
	printf '%s\n' "$@" >"$dir/list.next"
	mv "$dir/list.next" "$dir/list"
}

command_is() { # DIR SCRIPT
	printf '#!/bin/sh\n%s\n' "$2" >"$1/command.next"
	chmod 0755 "$1/command.next"
	mv "$1/command.next" "$1/command"
}

# Signs one digest as CLIENT; expects STATUS.
sign_one() { # STATUS CLIENT [DIGEST [OPTION...]]
	local status=$1 client=$2 digest=${3:-$DIGEST}
	shift 2
	[ $# = 0 ] || shift
	echo "$digest  it.bin" >"$DIR/line"
	expect_exit "$status" sign_as "$DIR" "$client" sign -k p256 "$@" \
	    <"$DIR/line"
}

last_record() {
	grep " $1 \[countersign@" "$DIR/log/audit.log" | tail -n 1
}

what_is_listed_is_signed() {
	sign_one 0 filed
	expect answers 1 "$(wc -l <"$OUT")"
}

what_is_not_is_refused_and_on_record() {
	sign_one 77 filed "$OTHER"
	expect_match stderr "*line 1: the list $DIR/list does not have this digest*" \
	    "$(cat "$ERR")"
	expect_match record '*reason="not-listed"*rule="profiles.d/lists.conf:3"*' \
	    "$(last_record DENY)"
}

check_asks_too() {
	local before
	before=$(records "$DIR" DENY)
	echo "$DIGEST" >"$DIR/line"
	expect_exit 0 sign_as "$DIR" filed check -k p256 <"$DIR/line"
	echo "$OTHER" >"$DIR/line"
	expect_exit 77 sign_as "$DIR" filed check -k p256 <"$DIR/line"
	expect_match stderr "*does not have this digest*" "$(cat "$ERR")"
	expect "what would be refused is no record" "$before" \
	    "$(records "$DIR" DENY)"
}

a_long_batch_is_answered_in_order() {
	digest_lines 3000 >"$DIR/lines"
	grep -v '5\.bin$' "$DIR/lines" >"$DIR/list.next"
	mv "$DIR/list.next" "$DIR/list"
	local status=0
	sign_as "$DIR" filed sign -k p256 --keep-going <"$DIR/lines" \
	    >"$DIR/answers" 2>"$DIR/err" || status=$?
	expect status 1 $status
	expect order "$(awk '{ print $1, $2 }' "$DIR/lines" | sha256sum)" \
	    "$(awk '{ print $1, $3 }' "$DIR/answers" | sha256sum)"
	expect refused "$(grep -c '5\.bin$' "$DIR/lines")" \
	    "$(grep -c '5\.bin$' <(grep -F '!not-listed' "$DIR/answers"))"
	expect "refused, all of them" "$(grep -c '5\.bin$' "$DIR/lines")" \
	    "$(grep -cF '!not-listed' "$DIR/answers")"
	list "$DIR" "$DIGEST"
}

atomic_is_all_or_nothing() {
	local before
	before=$(records "$DIR" SIGN)
	{ digest_lines 200; echo "$OTHER  it.bin"; } >"$DIR/lines"
	digest_lines 200 >"$DIR/list.next"
	mv "$DIR/list.next" "$DIR/list"
	expect_exit 77 sign_as "$DIR" filed sign -k p256 --atomic <"$DIR/lines"
	expect answers 0 "$(wc -l <"$OUT")"
	expect signatures "$before" "$(records "$DIR" SIGN)"
	{ digest_lines 200; echo "$OTHER  it.bin"; } >"$DIR/list.next"
	mv "$DIR/list.next" "$DIR/list"
	expect_exit 0 sign_as "$DIR" filed sign -k p256 --atomic <"$DIR/lines"
	expect answers 201 "$(wc -l <"$OUT")"
	list "$DIR" "$DIGEST"
}

a_list_that_is_replaced_counts_at_once() {
	mkfifo "$DIR/in"
	sign_as "$DIR" filed sign -k p256 --keep-going <"$DIR/in" \
	    >"$DIR/answers" 2>"$DIR/err" &
	exec 7>"$DIR/in"
	has_answers() {
		[ "$(wc -l <"$DIR/answers")" = "$1" ]
	}
	local i
	for i in 1 2 3 4 5; do
		list "$DIR" "$DIGEST"
		echo "$DIGEST" >&7
		wait_for 5 has_answers $((2 * i - 1))
		list "$DIR" "$OTHER"
		echo "$DIGEST" >&7
		wait_for 5 has_answers $((2 * i))
	done
	exec 7>&-
	wait
	expect answers "y n y n y n y n y n x" \
	    "$(awk '{ printf "%s ", ($2 == "!not-listed" ? "n" : "y") }' \
		"$DIR/answers"; echo x)"
	list "$DIR" "$DIGEST"
}

# Refused for want of a list; stderr matches.
unavailable() { # CLIENT PATTERN
	sign_one 77 "$1"
	expect_match stderr "$2" "$(cat "$ERR")"
	expect_match record '*reason="list-unavailable"*' "$(last_record DENY)"
}

without_its_list_nothing_is_signed() {
	mv "$DIR/list" "$DIR/list.away"
	unavailable filed "*the list $DIR/list: No such file or directory*"
	mkdir "$DIR/list"
	unavailable filed "*not a regular file*"
	rmdir "$DIR/list"
	list "$DIR" "# fine" "$DIGEST" "oops"
	unavailable filed "*the list $DIR/list:3: it is none of*"
	list "$DIR" "$DIGEST"
	chmod o+w "$DIR/list"
	unavailable filed "*everybody may write it*"
	list "$DIR" "$DIGEST"
	if [ "$(id -u)" = 0 ]; then
		chmod 0600 "$DIR/list"
		unavailable filed "*Permission denied*"
	fi
	list "$DIR" "$DIGEST"
	sign_one 0 filed
}

a_command_allows_by_its_exit_status() {
	command_is "$DIR" 'exit 0'
	sign_one 0 asked
}

a_commands_own_words_reach_the_client() {
	# shellcheck disable=SC2016 # the command's own
	command_is "$DIR" 'echo "not rebuilt yet: $3"; exit 1'
	sign_one 77 asked
	expect_match stderr "*line 1: not rebuilt yet: it.bin*" "$(cat "$ERR")"
	expect_match record '*reason="not-listed"*rule="profiles.d/lists.conf:6"*' \
	    "$(last_record DENY)"
	expect_match record '*not rebuilt yet*' "$(last_record DENY)"
	command_is "$DIR" 'printf "\033[31mred\377" >&2; exit 9'
	sign_one 77 asked
	expect_match stderr '*\\x1b*' "$(cat "$ERR")"
}

a_command_gets_the_facts_as_words() {
	# shellcheck disable=SC2016 # the command's own
	command_is "$DIR" 'printf "%s|" "$#" "$@"; exit 1'
	sign_one 77 asked
	expect_match stderr \
	    "*9|$DIGEST|sha256|it.bin|p256|raw|asked|asked|100%|-x|*" \
	    "$(cat "$ERR")"
	# No name is an empty word, and a strange one is one word.
	echo "$DIGEST" >"$DIR/line"
	expect_exit 77 sign_as "$DIR" asked sign -k p256 <"$DIR/line"
	expect_match stderr "*9|$DIGEST|sha256||p256|*" "$(cat "$ERR")"
	# shellcheck disable=SC2016 # a name like another
	echo "$DIGEST"'  -n $(id) ; x' >"$DIR/line"
	expect_exit 77 sign_as "$DIR" asked sign -k p256 <"$DIR/line"
	# shellcheck disable=SC2016
	expect_match stderr '*|-n $(id) ; x|p256|*' "$(cat "$ERR")"
}

a_command_that_hangs_or_dies_refuses() {
	command_is "$DIR" 'sleep 1000'
	unavailable asked "*did not end within 2 s*"
	command_is "$DIR" 'ulimit -v 20000; exec tail /dev/zero'
	sign_one 77 asked
	chmod 0644 "$DIR/command"
	unavailable asked "*Permission denied*"
	chmod 0775 "$DIR/command"
	unavailable asked "*must not be writable by group or others*"
	rm "$DIR/command"
	unavailable asked "*No such file or directory*"
	command_is "$DIR" 'exit 0'
}

has_landlock() {
	"$PYTHON" -c 'import ctypes, sys
sys.exit(ctypes.CDLL(None).syscall(444, None, 0, 1) < 1)'
}

a_command_is_jailed() {
	local first files=yes
	has_landlock || files=
	# What could be done is told; all of it must fail.
	command_is "$DIR" "
		if [ -n '$files' ]; then
			(: >/tmp/countersign-written.$$) 2>/dev/null &&
			    echo writes
			(: >$DIR/written) 2>/dev/null && echo writes-here
		fi
		kill -CONT \$PPID 2>/dev/null && echo signals
		$PYTHON -c 'import fcntl, os
fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())' 2>/dev/null && echo owns
		$PYTHON -c 'import os
os.sched_setaffinity(os.getppid(), {0})' 2>/dev/null && echo slows
		$PYTHON -c 'import ctypes
id = ctypes.CDLL(None).shmget(0, 4096, 0o600)
exit(id == -1)' && echo leaves
		setsid true 2>/dev/null && echo leaves
		unshare -U true 2>/dev/null && echo unshares
		echo x >/dev/null || echo no-null
		$PYTHON -c 'import socket; socket.socket(socket.AF_INET)' \
		    2>/dev/null && echo internet
		$PYTHON -c 'import socket; socket.socket(socket.AF_INET6)' \
		    2>/dev/null && echo internet6
		[ -r $DIR/token/pin ] && echo pin
		[ -r $DIR/log/audit.log ] && echo records
		grep -q '^NoNewPrivs:.1' /proc/\$\$/status || echo privileges
		echo done; exit 1"
	sign_one 77 asked
	# An ordinary user's command is that user.
	first=pin
	[ "$(id -u)" != 0 ] || first="done"
	expect_match "what it can do" "*line 1: $first*" "$(cat "$ERR")"
	sign_one 77 online
	expect_match "with digests-network" "*line 1: internet*" "$(cat "$ERR")"
	command_is "$DIR" 'exit 0'
}

a_server_that_is_killed_is_replaced() {
	local keeper server
	keeper=$(process_named "$PID" countersign-lists)
	server=$(cat "/proc/$keeper/task/$keeper/children")
	kill -KILL "${server% }"
	sign_one 0 filed
	sign_one 0 asked
	[ "$(cat "/proc/$keeper/task/$keeper/children")" != "$server" ] ||
	    fail "it is not another"
}

what_is_asked_when_it_dies_is_asked_again() {
	local keeper
	keeper=$(process_named "$PID" countersign-lists)
	# The first of them takes the server away, as a crash would.
	command_is "$DIR" "[ -e $DIR/again ] || sleep 1000"
	rm -f "$DIR/again"
	echo "$DIGEST" >"$DIR/line"
	sign_as "$DIR" asked sign -k p256 <"$DIR/line" >"$DIR/answers" \
	    2>"$DIR/err" &
	local client=$! server command
	runs_one() {
		server=$(cat "/proc/$keeper/task/$keeper/children")
		[ -n "$server" ] &&
		    command=$(cat "/proc/${server% }/task/${server% }/children") &&
		    [ -n "$command" ] &&
		    pgrep -g "${command% }" -x sleep >/dev/null
	}
	nothing_is_left() {
		! pgrep -g "${command% }" >/dev/null
	}
	wait_for 5 runs_one
	touch "$DIR/again"
	kill -KILL "${server% }"
	wait_for 5 nothing_is_left || fail "what the command started lives on"
	wait $client || fail "$(cat "$DIR/err")"
	expect answers 1 "$(wc -l <"$DIR/answers")"
	command_is "$DIR" 'exit 0'
}

a_client_that_goes_away_leaves_nothing_behind() {
	command_is "$DIR" 'sleep 1000'
	digest_lines 100 >"$DIR/lines"
	local i status
	for i in 1 2 3; do
		status=0
		# shellcheck disable=SC2046 # no option has a blank
		timeout 0.5 ssh $(ssh_options "$DIR" asked) 127.0.0.1 \
		    sign -k p256 <"$DIR/lines" 2>"$DIR/err" || status=$?
		expect "ended by its time" 124 $status
	done
	command_is "$DIR" 'exit 0'
	sign_one 0 asked
}

when_all_of_it_is_killed_only_lists_are_refused() {
	local other=$DIR/bereft keeper
	prepare "$other"
	instance_start "$other"
	keeper=$(process_named "$PID" countersign-lists)
	# shellcheck disable=SC2046 # one word a process
	kill -KILL $(instance_tree "$keeper")
	echo "$DIGEST" >"$DIR/line"
	expect_exit 77 sign_as "$other" filed sign -k p256 <"$DIR/line"
	expect_match stderr "*is not there*" "$(cat "$ERR")"
	expect_exit 77 sign_as "$other" asked sign -k p256 <"$DIR/line"
	expect_exit 0 sign_ssh "$other" sign -k p256 <"$DIR/line"
	instance_stop "$other"
}

it_works_for_an_ordinary_user() {
	local other=$DIR/ordinary
	[ "$(id -u)" = 0 ] || skip "it is what all cases do"
	prepare "$other"
	chown -R nobody "$other"
	INSTANCE_RUN="setpriv --reuid nobody --regid nogroup --clear-groups" \
	    instance_start "$other"
	chown -R root "$other/client"
	echo "$DIGEST" >"$DIR/line"
	expect_exit 0 sign_as "$other" filed sign -k p256 <"$DIR/line"
	expect_exit 0 sign_as "$other" asked sign -k p256 <"$DIR/line"
	echo "$OTHER" >"$DIR/line"
	expect_exit 77 sign_as "$other" filed sign -k p256 <"$DIR/line"
	instance_stop "$other"
}

prepare "$DIR" || exit
if ! instance_start "$DIR"; then
	echo "FAIL the service does not start"
	exit 1
fi

cases what_is_listed_is_signed \
    what_is_not_is_refused_and_on_record \
    check_asks_too \
    a_long_batch_is_answered_in_order \
    atomic_is_all_or_nothing \
    a_list_that_is_replaced_counts_at_once \
    without_its_list_nothing_is_signed \
    a_command_allows_by_its_exit_status \
    a_commands_own_words_reach_the_client \
    a_command_gets_the_facts_as_words \
    a_command_that_hangs_or_dies_refuses \
    a_command_is_jailed \
    a_server_that_is_killed_is_replaced \
    what_is_asked_when_it_dies_is_asked_again \
    a_client_that_goes_away_leaves_nothing_behind \
    when_all_of_it_is_killed_only_lists_are_refused \
    it_works_for_an_ordinary_user
