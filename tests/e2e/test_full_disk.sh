#!/bin/bash
# What a disk that fills up, is full or read-only leaves in the log.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit
cp "$DIR/countersign.conf" "$DIR/conf"

# A file system of its own for a folder of the instance.
small_disk() { # FOLDER SIZE
	[ "$(id -u)" = 0 ] || skip "needs root for a file system of its own"
	rm -rf "$DIR/log" "$DIR/state"
	mkdir -p "$DIR/$1"
	mount -t tmpfs -o "size=$2,mode=0755" countersign-test "$DIR/$1" \
	    2>/dev/null || skip "may not mount"
	chown _countersign: "$DIR/$1"
	disk=$DIR/$1
	trap 'status=$?; set +e
		umount -l "$disk"
		(exit $status)
		instance_cleanup' EXIT
}

words() { # WORD...
	cp "$DIR/conf" "$DIR/countersign.conf"
	local word
	for word; do
		echo "$word"
	done >>"$DIR/countersign.conf"
}

sign_one() {
	digest_lines 1 | sign_ssh "$DIR" sign -k p256
}

fill() {
	dd if=/dev/zero of="$disk/filler" bs=4k 2>/dev/null || :
}

# Until the service has noticed, by a record that it could not write: it has
# some room of its own to use up.
fill_it_up() {
	fill
	digest_lines 3000 >"$DIR/lines"
	expect_exit 1 sign_ssh "$DIR" sign -k p256 --keep-going <"$DIR/lines"
}

works_again() {
	sign_one >/dev/null 2>&1
}

limits() { # WORDS
	grep -c " LIMIT \[countersign@32473 seq=\"[0-9]*\" $1" \
	    "$DIR/log/audit.log" || :
}

there_are() { # COUNT WORDS
	[ "$(limits "$2")" = "$1" ]
}

little_space_is_told_early() {
	small_disk log 4m
	words 'warn-free = 512K'
	instance_start "$DIR"
	sign_one >/dev/null
	expect "told too early" 0 "$(limits 'what="disk"')"
	dd if=/dev/zero of="$disk/filler" bs=4k count=950 2>/dev/null
	wait_for 5 there_are 1 'what="disk" free="[0-9]*" threshold="524288" outcome="low"'
	sign_one >/dev/null
	rm "$disk/filler"
	wait_for 5 there_are 1 'what="disk" free="[0-9]*" threshold="524288" outcome="ok"'
	instance_stop "$DIR"
	expect "records about it" 2 "$(limits 'what="disk"')"
	"$CTL" -C "$DIR" log verify
}

the_gap_is_the_first_record_after_it() {
	small_disk log 4m
	words 'warn-free = 0'
	instance_start "$DIR"
	sign_one >/dev/null
	fill_it_up
	rm "$disk/filler"
	wait_for 10 works_again
	instance_stop "$DIR"
	expect gaps 1 "$(limits 'what="audit-gap"')"
	local refused
	refused=$(sed -n 's/.*what="audit-gap".* refused="\([0-9]*\)".*/\1/p' \
	    "$DIR/log/audit.log")
	[ "$refused" -ge 20 ] || fail "only $refused were refused"
	grep -q 'what="audit-gap" from="20[^"]*Z" to="20[^"]*Z" .* error="No space' \
	    "$DIR/log/audit.log"
	# Nobody signed, nor tried, between the two.
	grep -A 1 'what="audit-gap"' "$DIR/log/audit.log" | tail -n 1 |
	    grep -qv ' refused="'
	"$CTL" -C "$DIR" log verify
}

a_start_without_room_is_told_later() {
	small_disk log 4m
	words 'warn-free = 0'
	instance_start "$DIR"
	sign_one >/dev/null
	instance_stop "$DIR"
	fill
	instance_start "$DIR"
	! sign_one >/dev/null 2>&1 || fail "signed on a full disk"
	rm "$disk/filler"
	wait_for 10 works_again
	instance_stop "$DIR"
	expect "START records" 2 "$(records "$DIR" START)"
	"$CTL" -C "$DIR" log verify
}

a_full_state_dir_stops_signing_too() {
	small_disk state 64k
	words 'warn-free = 0'
	instance_start "$DIR"
	sign_one >/dev/null
	fill
	digest_lines 3000 >"$DIR/lines"
	expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/lines"
	rm "$disk/filler"
	wait_for 10 works_again
	expect gaps 1 "$(limits 'what="audit-gap"')"
	instance_stop "$DIR"
	"$CTL" -C "$DIR" log verify
}

a_read_only_disk_does_not_start() {
	small_disk log 4m
	words
	instance_start "$DIR"
	instance_stop "$DIR"
	mount -o remount,ro "$disk" 2>/dev/null || skip "may not remount"
	expect_exit 1 timeout 20 "$B/countersignd" -D -C "$DIR"
	expect_match stderr "*Read-only file system*" "$(cat "$ERR")"
	mount -o remount,rw "$disk"
	instance_start "$DIR"
	instance_stop "$DIR"
	"$CTL" -C "$DIR" log verify
}

cases little_space_is_told_early \
    the_gap_is_the_first_record_after_it \
    a_start_without_room_is_told_later \
    a_full_state_dir_stops_signing_too \
    a_read_only_disk_does_not_start
