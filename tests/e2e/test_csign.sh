#!/bin/bash
# csign: names, files, exits, retries; against the real service, in each shell.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/csign.sh
. "$TOP/tests/support/csign.sh"

shared_service rsa:3072 p256
csign_env "$DIR"
sign_ssh "$DIR" pubkey p256 </dev/null >"$DIR/p256.pem"
sign_ssh "$DIR" pubkey rsa3072 </dev/null >"$DIR/rsa3072.pem"

# A folder of files of its own, where the case then works.
files() { # NAME...
	mkdir "$DIR/files.$BASHPID"
	cd "$DIR/files.$BASHPID" || exit
	local name
	for name; do
		printf 'in %s\n' "$name" >"./$name"
	done
}

verified() { # NAME
	openssl dgst -sha256 -verify "$DIR/p256.pem" -signature "./$1.sig" \
	    "./$1"
}

each_shell_signs_files_of_any_name() {
	local odd shell
	odd=("a b" -dash 'back\slash' $'line\nend' $'car\rriage' ' ' '*' "it's" \
	    "\$(touch x)" 'übung' plain)
	files "${odd[@]}"
	for shell in dash "busybox sh" bash mksh; do
		command -v "${shell%% *}" >/dev/null || continue
		SHELL_OF=$shell signs -k p256 -f raw -- "${odd[@]}" \
		    >"$DIR/said" 2>&1
		expect "said by $shell" "" "$(cat "$DIR/said")"
		for name in "${odd[@]}"; do
			verified "$name"
			rm "./$name.sig"
		done
		only "${odd[@]}"
	done
}

busybox_stands_for_coreutils() {
	command -v busybox >/dev/null || skip "no busybox"
	files 'a b' 'back\slash' c
	mkdir "$DIR/busybox"
	local applet
	for applet in $(busybox --list); do
		ln -s "$(command -v busybox)" "$DIR/busybox/$applet"
	done
	rm -f "$DIR/busybox/openssl"
	ln -s "$(command -v ssh)" "$(command -v openssl)" "$DIR/busybox/"
	PATH=$DIR/busybox "$DIR/busybox/sh" "$CSIGN" -k p256 -f raw \
	    --pin "$DIR/p256.pem" 'a b' 'back\slash' c >"$DIR/said" 2>&1 ||
	    fail "$(cat "$DIR/said")"
	expect said "" "$(cat "$DIR/said")"
	verified 'back\slash'
	# shellcheck disable=SC2046 # a word a number
	touch $(seq 40)
	# shellcheck disable=SC2046
	PATH=$DIR/busybox "$DIR/busybox/sh" "$CSIGN" -k p256 -f raw $(seq 40) ||
	    fail "exit $?"
	verified 40
	PATH=$DIR/busybox "$DIR/busybox/sh" "$CSIGN" -k p256 -f p1363 \
	    --hash sha384 --pin "$DIR/p256.pem" c || fail "exit $?"
}

names_on_record_are_the_names_that_were_given() {
	files 'a b' 'back\slash'
	signs -k p256 -f raw 'a b' 'back\slash'
	grep -q 'name="a b"' "$DIR/log/audit.log"
	grep -qF 'name="back\\x5cslash"' "$DIR/log/audit.log"
}

all_files_go_in_one_session() {
	# More than go in place one by one, and one that begins with a dot.
	# shellcheck disable=SC2046 # a word a number
	files $(seq 60) .hidden
	local before after
	before=$(records "$DIR" AUTH)
	signs -k p256 -f raw $(seq 60) .hidden
	after=$(records "$DIR" AUTH)
	expect logins 1 $((after - before))
	verified 1
	verified 60
	verified .hidden
	expect "files left" 122 "$(find . -type f | wc -l)"
	expect "folders left" 1 "$(find . -type d | wc -l)"
	refused cmp -s 1.sig 2.sig
}

every_raw_format_and_hash_is_verified_against_the_pin() {
	files a
	local hash
	for hash in sha256 sha384 sha512; do
		signs -k p256 -f raw --hash $hash --pin "$DIR/p256.pem" a
		openssl dgst -$hash -verify "$DIR/p256.pem" -signature a.sig a
		signs -k p256 -f p1363 --hash=$hash --pin="$DIR/p256.pem" a
		signs -k rsa3072 -f raw-pss --hash $hash \
		    --pin "$DIR/rsa3072.pem" a
	done
	sign_ssh "$DIR" pubkey p256 --form ssh </dev/null >"$DIR/p256.pub"
	signs -k p256 -f raw --pin "$DIR/p256.pub" a
	openssl ecparam -name prime256v1 -genkey -noout -out ca.key
	openssl x509 -new -force_pubkey "$DIR/p256.pem" -key ca.key \
	    -subj /CN=x -out "$DIR/p256.crt"
	rm ca.key
	signs -k p256 -f raw --pin "$DIR/p256.crt" a
	only a a.sig
}

an_answer_by_another_key_is_not_put_in_place() {
	files a
	expect_exit 76 csign -k p256 -f raw --pin "$DIR/rsa3072.pem" a
	expect_match stderr '*does not verify against*' "$(cat "$ERR")"
	only a
	expect_exit 66 csign -k p256 -f raw --pin nowhere a
	expect_exit 64 csign -k p256 -f raw --pin a a
}

an_answer_for_another_digest_is_refused() {
	files a b
	csign_wrap liar <<-'END'
		$REAL_SSH "${@:2}" | tac
	END
	expect_exit 76 csign -k p256 -f raw a b
	expect_match stderr '*for another digest*' "$(cat "$ERR")"
	only a b
}

whatever_is_answered_is_an_error_or_a_signature() {
	files a b
	csign_wrap garbage <<-'END'
		cat >/dev/null
		printf %b "$GARBAGE"
		[ "$GARBAGE" != random ] || head -c 5000 /dev/urandom
	END
	local hex garbage
	hex=$(sha256sum <a | cut -c -64)
	for garbage in '' '\n' '\n\n\n' random "$hex" "$hex\n" "$hex  \n" \
	    "$hex  $(printf '%0*d' 70000 0)" "$hex  ?\n" "$hex  !busy  a\n" \
	    "$hex  \$(touch pwned)  a\n" '\0\0\0\n' "$hex  *  *\n" \
	    "-  AAAA  a\n" "\\\\$hex  %s%n  a\n"; do
		local status=0
		GARBAGE=$garbage csign -k p256 -f raw --retries 0 a b \
		    >"$DIR/said" 2>&1 || status=$?
		[ $status != 0 ] || fail "it took $garbage"
		only a b
		status=0
		GARBAGE=$garbage csign --retries 0 --gpg -b a \
		    >"$DIR/said" 2>&1 || status=$?
		[ $status != 0 ] || fail "gpg took $garbage"
		only a b
	done
}

# As ssh does whose ControlMaster goes away.
an_end_without_all_answers_is_a_break() {
	files a b c
	csign_wrap ends <<-'END'
		cd "${0%/*}" || exit 70
		echo >>ends.tries
		if [ "$(wc -l <ends.tries)" -lt 3 ]; then
			head -n 1 | $REAL_SSH "${@:2}"
			exit 0
		fi
		exec $REAL_SSH "${@:2}"
	END
	signs -k p256 -f raw --retries 1 --retry-delay 0 a b c
	for name in a b c; do verified $name; done
	expect tries 3 "$(wc -l <"$DIR/ends.tries")"
	rm ./*.sig
	csign_wrap nothing <<-'END'
		echo >>"${0%/*}/nothing.tries"
	END
	expect_exit 76 csign -k p256 -f raw --retries 2 --retry-delay 0 a b c
	expect_match stderr '*3 files got no answer*' "$(cat "$ERR")"
	expect tries 3 "$(wc -l <"$DIR/nothing.tries")"
	only a b c
}

a_full_disk_leaves_whole_signatures_or_none() {
	[ "$(id -u)" = 0 ] || skip "not root"
	files
	mkdir small
	mount -t tmpfs -o size=64k tmpfs small || skip "no mount"
	# shellcheck disable=SC2046 # a word a number
	touch $(seq 40)
	head -c 45000 /dev/zero >small/most
	# shellcheck disable=SC2046
	expect_exit 73 csign -k p256 -f raw --output-dir small $(seq 40)
	expect "empty files" "" "$(find small -size 0)"
	expect "folders" small "$(find small -type d)"
	head -c 64000 /dev/zero >small/most || :
	TMPDIR=$PWD/small expect_exit 73 csign -k p256 -f raw 1 2
	umount small
}

a_piece_of_an_answer_is_none() {
	files a b
	csign_wrap cut <<-'END'
		$REAL_SSH "${@:2}" | head -c 250
		exit 0
	END
	expect_exit 76 csign -k p256 -f raw --retries 0 a b
	only a b a.sig
	verified a
}

what_is_missing_or_unclear_is_told_before_anything_is_asked() {
	files a
	mkdir folder
	local before
	before=$(records "$DIR" AUTH)
	expect_exit 66 csign -k p256 -f raw a nowhere
	expect_match stderr '*nowhere*' "$(cat "$ERR")"
	expect_exit 66 csign -k p256 -f raw folder
	expect_exit 64 csign -k p256 -f raw
	expect_exit 64 csign -k p256 a
	expect_exit 64 csign -k p256 -f nonsense a
	expect_exit 64 csign -k p256 -f raw --nonsense a
	expect_exit 64 csign -k p256 -f raw --hash md5 a
	expect_exit 64 csign -k p256 -f raw a --retries many
	expect_exit 64 csign -H -oProxyCommand=x -k p256 -f raw a
	expect_exit 64 csign -k "it's" -f raw a
	expect_exit 64 csign -k p256 -f raw --stdout a a
	expect_exit 64 csign -k p256 -f freebsd-pkg a
	expect_match stderr '*other programs*' "$(cat "$ERR")"
	CSIGN_SSH=nossh expect_exit 69 csign -k p256 -f raw a
	expect logins "$before" "$(records "$DIR" AUTH)"
}

exit_codes_of_the_service_are_kept() {
	files a
	expect_exit 77 csign -k nope -f raw a
	expect_match stderr 'csign: *grants no key nope*' "$(cat "$ERR")"
	expect_exit 77 csign -k p256 -f raw-pss a
	csign_wrap away <<-'END'
		echo 'countersign: line 2: the token is away' >&2
		exit 69
	END
	expect_exit 69 csign -k p256 -f raw a 'a'
	expect stderr "csign: a: the token is away" "$(cat "$ERR")"
	only a
}

# Answers one line and breaks, three times.
a_break_costs_nothing_that_was_answered() {
	files a b c d
	csign_wrap flaky <<-'END'
		cd "${0%/*}" || exit 70
		echo >>tries
		if [ "$(wc -l <tries)" -lt 4 ]; then
			head -n 1 | $REAL_SSH "${@:2}"
			exit $((75 + 180 * ($(wc -l <tries) % 2)))
		fi
		exec $REAL_SSH "${@:2}"
	END
	local before
	before=$(records "$DIR" SIGN)
	signs -k p256 -f raw --retries 1 --retry-delay 0 a b c d
	for name in a b c d; do verified $name; done
	expect tries 4 "$(wc -l <"$DIR/tries")"
	expect signatures 4 $(($(records "$DIR" SIGN) - before))
}

retries_have_an_end() {
	files a
	csign_wrap never <<-'END'
		echo >>"${0%/*}/never.tries"
		echo "countersign: busy, try again in 0 s" >&2
		exit 75
	END
	expect_exit 75 csign -k p256 -f raw --retries 3 --retry-delay 0 a
	expect tries 4 "$(wc -l <"$DIR/never.tries")"
	expect stderr "csign: busy, try again in 0 s" "$(cat "$ERR")"
	only a
}

a_break_behind_the_last_answer_is_none() {
	files a b
	csign_wrap late <<-'END'
		$REAL_SSH "${@:2}"
		exit 255
	END
	local before
	before=$(records "$DIR" SIGN)
	signs -k p256 -f raw a b
	verified b
	expect signatures 2 $(($(records "$DIR" SIGN) - before))
}

a_signal_does_not_wait_for_the_next_try() {
	files a
	csign_wrap busy <<-'END'
		echo 'countersign: busy, try again in 200 s' >&2
		echo >"${0%/*}/busy.ran"
		exit 75
	END
	dash "$CSIGN" -k p256 -f raw a &
	local pid=$! status=0
	wait_for 10 test -s "$DIR/busy.ran"
	kill -TERM $pid
	SECONDS=0
	wait $pid || status=$?
	expect status 143 $status
	[ $SECONDS -lt 20 ]
	only a
}

a_name_does_not_steer_the_terminal() {
	files a
	expect_exit 66 csign -k p256 -f raw a $'no\e[2Jsuch\nfile'
	refused grep -q $'\e' "$ERR"
}

help_names_each_way_of_use() {
	local text
	text=$(works csign --help)
	expect lines 5 "$(wc -l <<<"$text")"
	expect_match help '*--gpg*--ssh-keygen*--tsa*' "$text"
}

what_no_time_changes_is_not_tried_again() {
	files a
	csign_wrap denied <<-'END'
		echo >>"${0%/*}/denied.tries"
		echo 'sign@signer: Permission denied (publickey).' >&2
		exit 255
	END
	expect_exit 255 csign -k p256 -f raw a
	expect tries 1 "$(wc -l <"$DIR/denied.tries")"
	csign_wrap tomorrow <<-'END'
		echo >>"${0%/*}/tomorrow.tries"
		echo 'countersign: the key allows 5 lines a day (UTC); try again in 40000 s' >&2
		exit 75
	END
	expect_exit 75 csign -k p256 -f raw a
	expect tries 1 "$(wc -l <"$DIR/tomorrow.tries")"
}

a_real_stranger_gets_255_at_once() {
	files a
	ssh-keygen -q -t ed25519 -N '' -C stranger -f "$DIR/client/stranger"
	csign_env "$DIR" stranger
	expect_exit 255 csign -k p256 -f raw a
	expect_match stderr '*Permission denied*' "$(cat "$ERR")"
}

keep_going_writes_what_is_allowed() {
	files a b c
	csign_wrap refuser <<-'END'
		sed '2s/^................/zz/' | $REAL_SSH "${@:2}"
	END
	expect_exit 1 csign -k p256 -f raw --keep-going a b c
	expect_match stderr 'csign: b: not a digest*' "$(cat "$ERR")"
	only a b c a.sig c.sig
	verified c
	rm a.sig c.sig
	expect_exit 65 csign -k p256 -f raw a b c
	only a b c a.sig
}

a_terminated_run_leaves_nothing_but_whole_files() {
	files a b
	mkdir "$DIR/tmp"
	csign_wrap hangs <<-'END'
		head -n 1 | $REAL_SSH "${@:2}"
		echo $$ >"${0%/*}/hangs.pid"
		exec sleep 60
	END
	TMPDIR=$DIR/tmp dash "$CSIGN" -k p256 -f raw a b &
	local pid=$!
	wait_for 10 test -s a.sig
	wait_for 10 test -s "$DIR/hangs.pid"
	kill -TERM $pid
	local status=0
	wait $pid || status=$?
	expect status 143 $status
	only a b a.sig
	expect "temporary files" "" "$(ls -A "$DIR/tmp")"
	is_gone() { ! kill -0 "$(cat "$DIR/hangs.pid")" 2>/dev/null; }
	wait_for 10 is_gone
}

files_get_the_mode_of_the_umask_and_replace_old_ones() {
	files a
	echo old >a.sig
	ln a.sig other
	(umask 027 && signs -k p256 -f raw a)
	expect mode 640 "$(stat -c %a a.sig)"
	verified a
	expect "the old file" old "$(cat other)"
}

signatures_go_where_they_are_wanted() {
	files a
	mkdir out x y
	echo 1 >x/same
	echo 2 >y/same
	signs -k p256 -f raw --output-dir out a x/same
	openssl dgst -sha256 -verify "$DIR/p256.pem" -signature out/same.sig \
	    x/same
	expect_exit 64 csign -k p256 -f raw --output-dir out x/same y/same
	expect_exit 73 csign -k p256 -f raw --output-dir nowhere a
	signs -k p256 -f raw --stdout a >sig
	openssl dgst -sha256 -verify "$DIR/p256.pem" -signature sig a
	mkdir a.sig
	expect_exit 73 csign -k p256 -f raw a
	expect "in the folder" "" "$(ls -A a.sig)"
}

lines_of_sha256sum_stand_for_files() {
	local odd shell
	odd=('a b' 'back\slash' $'line\nend' 'x\ny' .hidden)
	files "${odd[@]}"
	sha256sum -- "${odd[@]}" >"$DIR/sums"
	for shell in dash "busybox sh" bash mksh; do
		command -v "${shell%% *}" >/dev/null || continue
		SHELL_OF=$shell signs -k p256 -f raw --sums "$DIR/sums"
		for name in "${odd[@]}"; do
			verified "$name"
			rm "./$name.sig"
		done
		only "${odd[@]}"
	done
	printf '# a comment\n\nsha256:%s *c\r\n' "$(sha256sum <.hidden |
	    cut -c -64)" | signs -k p256 -f raw --sums - --output-dir .
	mv .hidden c
	verified c
}

no_line_leads_out_of_the_folder() {
	files a
	local name hex
	hex=$(sha256sum <a | cut -c -64)
	for name in /tmp/x ../x a/../../x ..; do
		echo "$hex  $name" >sums
		expect_exit 65 csign -k p256 -f raw --sums sums
		expect_match stderr '*leads out*' "$(cat "$ERR")"
	done
	for line in "$hex" "$hex  " "zz  a" "$hex  back\\slash"; do
		printf '%s\n' "$line" >sums
		expect_exit 65 csign -k p256 -f raw --sums sums
	done
	: >sums
	expect_exit 65 csign -k p256 -f raw --sums sums
	expect_exit 64 csign -k p256 -f raw --sums sums a
	expect_exit 64 csign -k p256 -f openpgp --sums sums
	only a sums
}

progress_is_for_terminals() {
	files a b
	command -v script >/dev/null || skip "no script(1)"
	signs -k p256 -f raw a b >"$DIR/piped" 2>&1
	expect piped "" "$(cat "$DIR/piped")"
	script -qec "dash $CSIGN -k p256 -f raw a b" /dev/null \
	    >"$DIR/shown" </dev/null
	grep -q '2 of 2 signed' "$DIR/shown"
	verified b
}

it_needs_no_options_where_the_environment_has_them() {
	files a
	CSIGN_KEY=p256 CSIGN_FORMAT=raw CSIGN_PIN=$DIR/p256.pem signs a
	verified a
}

words_of_ssh_are_options_too() {
	files a
	local words
	words=${CSIGN_SSH#ssh }
	printf 'Host s\n\tHostName 127.0.0.1\n' >"$DIR/ssh config"
	CSIGN_SSH="ssh ${words#-F none}" signs -F "$DIR/ssh config" \
	    -o ConnectTimeout=5 -H s -kp256 -fraw a
	verified a
}

cases each_shell_signs_files_of_any_name \
    busybox_stands_for_coreutils \
    names_on_record_are_the_names_that_were_given \
    all_files_go_in_one_session \
    every_raw_format_and_hash_is_verified_against_the_pin \
    an_answer_by_another_key_is_not_put_in_place \
    an_answer_for_another_digest_is_refused \
    whatever_is_answered_is_an_error_or_a_signature \
    an_end_without_all_answers_is_a_break \
    a_full_disk_leaves_whole_signatures_or_none \
    a_piece_of_an_answer_is_none \
    what_is_missing_or_unclear_is_told_before_anything_is_asked \
    exit_codes_of_the_service_are_kept \
    a_break_costs_nothing_that_was_answered \
    retries_have_an_end \
    a_break_behind_the_last_answer_is_none \
    a_signal_does_not_wait_for_the_next_try \
    a_name_does_not_steer_the_terminal \
    help_names_each_way_of_use \
    what_no_time_changes_is_not_tried_again \
    a_real_stranger_gets_255_at_once \
    keep_going_writes_what_is_allowed \
    a_terminated_run_leaves_nothing_but_whole_files \
    files_get_the_mode_of_the_umask_and_replace_old_ones \
    signatures_go_where_they_are_wanted \
    lines_of_sha256sum_stand_for_files \
    no_line_leads_out_of_the_folder \
    progress_is_for_terminals \
    it_needs_no_options_where_the_environment_has_them \
    words_of_ssh_are_options_too
