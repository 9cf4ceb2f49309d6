#!/bin/bash
# No record, no signature: a full disk, and what comes after it.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" rsa:3072 p256 || exit

# The records on a file system of their own that can be filled.
small_disk() {
	[ "$(id -u)" = 0 ] || skip "needs root for a file system of its own"
	mkdir -p "$DIR/log"
	mount -t tmpfs -o size=4m,mode=0755 countersign-test "$DIR/log" \
	    2>/dev/null || skip "may not mount"
	chown _countersign: "$DIR/log"
	trap 'status=$?; set +e
		umount -l "$DIR/log"
		(exit $status)
		instance_cleanup' EXIT
}

sign_one() {
	digest_lines 1 | sign_ssh "$DIR" sign -k p256
}

a_full_disk_means_no_signature_and_69() {
	small_disk
	instance_start "$DIR"
	sign_one >/dev/null
	dd if=/dev/zero of="$DIR/log/filler" bs=4k 2>/dev/null || :
	digest_lines 3000 >"$DIR/lines"
	expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/lines"
	expect_match stderr "*record*" "$(cat "$ERR")"
	# Each answer that went out has its record; the file ends in a line.
	local answers
	answers=$(wc -l <"$OUT")
	[ "$answers" -lt 3000 ] || fail "the disk was not full"
	# Those behind the line that failed were recorded, but not given.
	[ "$(records "$DIR" SIGN)" -gt "$answers" ] ||
	    fail "$answers answers, $(records "$DIR" SIGN) records"
	awk '{ print $3 }' "$OUT" | sort >"$DIR/answered"
	sed -n 's/.* SIGN .* name="\([^"]*\)".*/\1/p' "$DIR/log/audit.log" |
	    sort -u >"$DIR/signed"
	expect "answered and not recorded" "" \
	    "$(comm -23 "$DIR/answered" "$DIR/signed" | head -n 3)"
	expect "the last byte" "" "$(tail -c 1 "$DIR/log/audit.log" |
	    tr -d '\n')"
	expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/lines"
	expect "nothing on stdout" 0 "$(wc -c <"$OUT")"
	# Not even a login leaves a record, so nothing else is answered either.
	expect_exit 69 sign_ssh "$DIR" whoami </dev/null
	# It comes back by itself.
	rm "$DIR/log/filler"
	works_again() {
		sign_one >/dev/null 2>&1
	}
	wait_for 10 works_again
	"$CTL" log verify "$DIR/log/audit.log"
	instance_stop "$DIR"
	"$CTL" log verify "$DIR/log/audit.log"
}

keep_going_says_it_for_each_line() {
	small_disk
	instance_start "$DIR"
	dd if=/dev/zero of="$DIR/log/filler" bs=4k 2>/dev/null || :
	digest_lines 3000 >"$DIR/lines"
	expect_exit 1 sign_ssh "$DIR" sign -k p256 --keep-going <"$DIR/lines"
	expect answers 3000 "$(wc -l <"$OUT")"
	[ "$(grep -c ' !audit-unavailable ' "$OUT")" -gt 100 ] ||
	    fail "the disk was not full"
	# Who comes now finds that not even a login can be recorded.
	expect_exit 69 sign_ssh "$DIR" sign -k p256 --keep-going \
	    <"$DIR/lines"
	expect "nothing on stdout" 0 "$(wc -c <"$OUT")"
	rm "$DIR/log/filler"
	instance_stop "$DIR"
}

an_unwritable_file_does_not_start() {
	mkdir -p "$DIR/log"
	rm -f "$DIR/log/audit.log"
	mkdir "$DIR/log/audit.log"
	expect_exit 1 timeout 20 "$B/countersignd" -D -C "$DIR"
	expect_match stderr "*audit.log*" "$(cat "$ERR")"
	rmdir "$DIR/log/audit.log"
}

a_torn_last_line_is_removed_and_told() {
	rm -rf "$DIR/log"
	instance_start "$DIR"
	sign_one >/dev/null
	instance_stop "$DIR"
	printf '<86>1 2026-11-21T03:37:23.123456Z torn' >>"$DIR/log/audit.log"
	instance_start "$DIR"
	sign_one >/dev/null
	instance_stop "$DIR"
	"$CTL" log verify "$DIR/log/audit.log"
	grep ' START ' "$DIR/log/audit.log" | tail -n 1 |
	    grep -q ' repaired="[1-9]'
}

the_chain_goes_on_over_restarts() {
	rm -rf "$DIR/log"
	local round
	for round in 1 2 3; do
		echo "round $round"
		instance_start "$DIR"
		sign_one >/dev/null
		instance_stop "$DIR"
	done
	"$CTL" log verify "$DIR/log/audit.log"
	expect "START and STOP records" "3 3" \
	    "$(records "$DIR" START) $(records "$DIR" STOP)"
}

verify_names_the_first_record_that_was_changed() {
	cp "$DIR/log/audit.log" "$DIR/changed"
	sed -i '4s/outcome="ok"/outcome="OK"/' "$DIR/changed"
	expect_exit 1 "$CTL" log verify "$DIR/changed"
	expect_match stderr "*changed:4: seq 4: *" "$(cat "$ERR" "$OUT")"
	sed 4d "$DIR/log/audit.log" >"$DIR/changed"
	expect_exit 1 "$CTL" log verify "$DIR/changed"
	sed 4p "$DIR/log/audit.log" >"$DIR/changed"
	expect_exit 1 "$CTL" log verify "$DIR/changed"
}

records_survive_a_kill_of_everything() {
	rm -rf "$DIR/log"
	instance_start "$DIR"
	digest_lines 3000 >"$DIR/lines"
	rm -f "$DIR/answers"
	sign_ssh "$DIR" sign -k p256 <"$DIR/lines" >"$DIR/answers" \
	    2>/dev/null &
	local batch=$!
	wait_for 10 test -s "$DIR/answers"
	# shellcheck disable=SC2046 # one word a process
	kill -KILL $(instance_tree "$PID")
	wait $batch || :
	wait "$PID" || :
	instance_start "$DIR"
	instance_stop "$DIR"
	"$CTL" log verify "$DIR/log/audit.log"
	sed -n 's/.* SIGN .* name="\([^"]*\)".*/\1/p' "$DIR/log/audit.log" |
	    sort >"$DIR/signed"
	sed '$d' "$DIR/answers" | awk '{ print $3 }' | sort >"$DIR/answered"
	expect "answered and not recorded" "" \
	    "$(comm -23 "$DIR/answered" "$DIR/signed" | head -n 3)"
}

cases a_full_disk_means_no_signature_and_69 \
    keep_going_says_it_for_each_line \
    an_unwritable_file_does_not_start \
    a_torn_last_line_is_removed_and_told \
    the_chain_goes_on_over_restarts \
    verify_names_the_first_record_that_was_changed \
    records_survive_a_kill_of_everything
