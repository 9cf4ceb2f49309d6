#!/bin/bash
# Receipts, with the signatures and later, from stock ssh to Go's packages.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/go.sh
. "$TOP/tests/support/go.sh"

instance_new "$DIR" rsa:3072 p256 || exit
instance_audit "$DIR" || exit
go_build || exit
cat >"$DIR/profiles.d/others.conf" <<'END'
[profile rsa]
keys = rsa3072

[profile mute]
keys = p256
verbs = sign
END
instance_client "$DIR" other rsa || exit
instance_client "$DIR" mute mute || exit
# Checkpoints come for receipts only.
echo 'checkpoint-interval = 1h' >>"$DIR/countersign.conf"

checkpoints() {
	grep -c ' CHECKPOINT .* why="receipt"' "$DIR/log/audit.log" || :
}

vkey() {
	sed -n 's/.* CHECKPOINT .* auditkey="\([^"]*\)".*/\1/p' \
	    "$DIR/log/audit.log" | head -n 1
}

# The receipt verifies, and is that of the digest.
proves() { # FILE DIGEST
	local record
	record=$(go_verify proof "$VKEY" "$1") || fail "$1 does not verify"
	expect_match "the record of $1" "* SIGN *digest=\"$2\"*outcome=\"ok\"*" \
	    "$record"
}

instance_start "$DIR" && instance_stop "$DIR" || exit
VKEY=$(vkey)

each_json_line_has_one() {
	local line
	instance_start "$DIR"
	digest_lines 100 |
	    sign_ssh "$DIR" sign -k p256 -o json --receipt >"$DIR/json"
	expect lines 100 "$(wc -l <"$DIR/json")"
	[ "$(checkpoints)" -lt 50 ] || fail "no two shared a checkpoint"
	while IFS= read -r line; do
		jq -j .receipt <<<"$line" >"$DIR/one"
		proves "$DIR/one" "$(jq -r .digest <<<"$line")"
	done <"$DIR/json"
	instance_stop "$DIR"
}

each_file_in_a_tar_has_one_beside_it() {
	local name digest
	instance_start "$DIR"
	mkdir -p "$DIR/files"
	digest_lines 40 >"$DIR/lines"
	sign_ssh "$DIR" sign -k p256 -o tar --receipt <"$DIR/lines" |
	    tar -C "$DIR/files" -xf -
	expect files 80 "$(find "$DIR/files" -type f | wc -l)"
	while read -r digest name; do
		[ -s "$DIR/files/$name.sig" ] || fail "$name has no signature"
		proves "$DIR/files/$name.tlog-proof" "$digest"
	done <"$DIR/lines"
	instance_stop "$DIR"
}

an_atomic_request_has_them_too() {
	instance_start "$DIR"
	digest_lines 4000 >"$DIR/lines"
	sign_ssh "$DIR" sign -k p256 -o json --receipt --atomic \
	    <"$DIR/lines" >"$DIR/json"
	expect lines 4000 "$(wc -l <"$DIR/json")"
	sed -n '1p;2000p;4000p' "$DIR/json" | while IFS= read -r line; do
		jq -j .receipt <<<"$line" >"$DIR/one"
		proves "$DIR/one" "$(jq -r .digest <<<"$line")"
	done
	echo "$(printf '%064d' 1)  one.more" >>"$DIR/lines"
	local before
	before=$(records "$DIR" SIGN)
	expect_exit 65 sign_ssh "$DIR" sign -k p256 -o json --receipt \
	    --atomic <"$DIR/lines"
	expect_match stderr "*at most 4000*" "$(cat "$ERR")"
	expect "records of it" "$before" "$(records "$DIR" SIGN)"
	instance_stop "$DIR"
}

the_first_line_does_not_wait_for_the_second() {
	instance_start "$DIR"
	mkfifo "$DIR/in"
	sign_ssh "$DIR" sign -k p256 -o json --receipt <"$DIR/in" \
	    >"$DIR/json" &
	local ssh=$!
	exec 4>"$DIR/in"
	digest_lines 1 >&4
	wait_for 5 test -s "$DIR/json"
	wait_for 5 grep -q '}$' "$DIR/json"
	exec 4>&-
	wait $ssh
	jq -j .receipt "$DIR/json" >"$DIR/one"
	proves "$DIR/one" "$(jq -r .digest "$DIR/json")"
	instance_stop "$DIR"
}

a_refused_line_has_none_and_the_others_do() {
	instance_start "$DIR"
	{
		digest_lines 2
		echo "not a digest"
		digest_lines 1
	} >"$DIR/lines"
	expect_exit 1 sign_ssh "$DIR" sign -k p256 -o json --receipt \
	    --keep-going <"$DIR/lines"
	expect receipts "4 3" "$(jq -s -r \
	    '"\(length) \([.[] | select(.receipt)] | length)"' "$OUT")"
	instance_stop "$DIR"
}

names_must_have_room_for_both() {
	local name
	instance_start "$DIR"
	name=$(printf 'n%.0s' {1..92})
	echo "$(printf '%064d' 1)  $name" >"$DIR/line"
	sign_ssh "$DIR" sign -k p256 -o tar <"$DIR/line" | tar -tf - \
	    >"$DIR/list"
	expect "without a receipt" "$name.sig" "$(cat "$DIR/list")"
	expect_exit 65 sign_ssh "$DIR" sign -k p256 -o tar --receipt \
	    <"$DIR/line"
	expect_match stderr "*does not fit a ustar header*" "$(cat "$ERR")"
	expect_exit 65 sign_ssh "$DIR" check -k p256 -o tar --receipt \
	    <"$DIR/line"
	instance_stop "$DIR"
}

it_needs_an_output_that_can_hold_it() {
	instance_start "$DIR"
	digest_lines 1 >"$DIR/line"
	expect_exit 64 sign_ssh "$DIR" sign -k p256 --receipt <"$DIR/line"
	expect_exit 64 sign_ssh "$DIR" sign -k p256 -o raw --receipt \
	    <"$DIR/line"
	instance_stop "$DIR"
}

one_can_be_had_later() {
	local digest
	instance_start "$DIR"
	digest=$(echo later | sha256sum | cut -d ' ' -f 1)
	expect_exit 65 sign_ssh "$DIR" log proof "$digest" </dev/null
	expect_match stderr "*on record*" "$(cat "$ERR")"
	echo "$digest  later" | sign_ssh "$DIR" sign -k p256 >/dev/null
	sign_ssh "$DIR" log proof "$digest" </dev/null >"$DIR/one"
	proves "$DIR/one" "$digest"
	# And after a restart.
	instance_stop "$DIR"
	instance_start "$DIR"
	sign_ssh "$DIR" log proof "$digest" </dev/null >"$DIR/one"
	proves "$DIR/one" "$digest"
	instance_stop "$DIR"
}

none_is_given_for_keys_of_others() {
	local digest
	instance_start "$DIR"
	digest=$(echo mine | sha256sum | cut -d ' ' -f 1)
	echo "$digest  mine" | sign_ssh "$DIR" sign -k p256 >/dev/null
	sign_ssh "$DIR" log proof "$digest" </dev/null >/dev/null
	expect_exit 65 sign_as "$DIR" other log proof "$digest" </dev/null
	cp "$ERR" "$DIR/said"
	expect "what came" 0 "$(wc -c <"$OUT")"
	# The same words as for what nobody signed.
	expect_exit 65 sign_as "$DIR" other log proof \
	    "$(printf '%064d' 9)" </dev/null
	expect "the words" "$(cat "$DIR/said")" "$(cat "$ERR")"
	# And with their own key they get their own.
	echo "$digest  theirs" | sign_as "$DIR" other sign -k rsa3072 >/dev/null
	sign_as "$DIR" other log proof "$digest" </dev/null >"$DIR/one"
	go_verify proof "$VKEY" "$DIR/one" | grep -q 'key="rsa3072"'
	sign_ssh "$DIR" log proof "$digest" </dev/null >"$DIR/one"
	go_verify proof "$VKEY" "$DIR/one" | grep -q 'principal="other"'
	instance_stop "$DIR"
}

the_verb_can_be_taken_away() {
	instance_start "$DIR"
	expect_exit 77 sign_as "$DIR" mute log checkpoint </dev/null
	expect_exit 77 sign_as "$DIR" mute log proof \
	    "$(printf '%064d' 1)" </dev/null
	grep -q ' DENY .*profile="mute".* verb="log".* reason="verb"' \
	    "$DIR/log/audit.log"
	# Receipts come with signatures all the same.
	digest_lines 1 | sign_as "$DIR" mute sign -o json --receipt |
	    jq -e .receipt >/dev/null
	instance_stop "$DIR"
}

many_ask_at_once_and_each_gets_its_own() {
	local i pids=
	instance_start "$DIR"
	for i in 1 2 3 4 5 6; do
		digest_lines 200 | sed "s/^0/$i/" |
		    sign_ssh "$DIR" sign -k p256 -o json --receipt \
			>"$DIR/json.$i" &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086 # one word a process
	wait $pids
	for i in 1 2 3 4 5 6; do
		expect "lines of $i" 200 "$(wc -l <"$DIR/json.$i")"
		tail -n 1 "$DIR/json.$i" | jq -j .receipt >"$DIR/one"
		proves "$DIR/one" "$(tail -n 1 "$DIR/json.$i" | jq -r .digest)"
	done
	instance_stop "$DIR"
}

a_stop_waits_for_receipts() {
	instance_start "$DIR"
	digest_lines 4000 >"$DIR/lines"
	sign_ssh "$DIR" sign -k rsa3072 -o json --receipt <"$DIR/lines" \
	    >"$DIR/json" &
	local ssh=$!
	wait_for 10 test -s "$DIR/json"
	instance_stop "$DIR"
	wait $ssh
	expect lines 4000 "$(wc -l <"$DIR/json")"
	tail -n 1 "$DIR/json" | jq -j .receipt >"$DIR/one"
	proves "$DIR/one" "$(tail -n 1 "$DIR/json" | jq -r .digest)"
}

# Megabytes are on their way to it when the last line is answered.
a_slow_reader_gets_all_of_it_at_a_stop() {
	instance_start "$DIR"
	digest_lines 3000 >"$DIR/lines"
	{
		sign_ssh "$DIR" sign -k p256 -o json --receipt <"$DIR/lines"
		echo $? >"$DIR/status"
	} | python3 -c 'import sys, time
while part := sys.stdin.buffer.read1(131072):
    sys.stdout.buffer.write(part)
    time.sleep(0.02)' >"$DIR/json" &
	local reader=$!
	signed() {
		grep -q ' name="build/00002999.bin".*outcome="ok"' \
		    "$DIR/log/audit.log"
	}
	wait_for 20 signed
	instance_stop "$DIR"
	wait $reader
	expect status 0 "$(cat "$DIR/status")"
	expect lines 3000 "$(wc -l <"$DIR/json")"
}

a_killed_worker_costs_no_receipt() {
	local i worker
	instance_start "$DIR"
	digest_lines 3000 >"$DIR/lines"
	sign_ssh "$DIR" sign -k rsa3072 -o json --receipt <"$DIR/lines" \
	    >"$DIR/json" &
	local ssh=$!
	for i in 300 900 1500; do
		has_come() {
			[ "$(wc -l <"$DIR/json")" -ge "$i" ]
		}
		wait_for 20 has_come
		worker=$(process_named "$PID" "countersign-token: ")
		kill -KILL "$worker" || :
	done
	wait $ssh
	expect lines 3000 "$(wc -l <"$DIR/json")"
	expect receipts 3000 "$(jq -c 'select(.receipt)' "$DIR/json" | wc -l)"
	instance_stop "$DIR"
}

# A wrong proof is worse than none.
a_damaged_tree_proves_nothing() {
	instance_start "$DIR"
	digest_lines 40 | sign_ssh "$DIR" sign -k p256 >/dev/null
	local digest
	digest=$(digest_lines 1 | cut -c -64)
	sign_ssh "$DIR" log proof "$digest" </dev/null >"$DIR/proof"
	head -c "$(stat -c %s "$DIR/state/tree")" /dev/zero |
	    dd of="$DIR/state/tree" conv=notrunc 2>/dev/null
	expect_exit 69 sign_ssh "$DIR" log proof "$digest" </dev/null
	expect "standard output" "" "$(cat "$OUT")"
	grep -q "the tree's file is damaged" "$DIR/service.log"
	instance_stop "$DIR"
	rm "$DIR/state/tree"
	instance_start "$DIR"
	sign_ssh "$DIR" log proof "$digest" </dev/null >"$DIR/proof"
	instance_stop "$DIR"
}

without_an_audit_key_nothing_is_signed_for_one() {
	local before
	rm "$DIR/keys.d/audit.conf"
	instance_start "$DIR"
	before=$(records "$DIR" SIGN)
	digest_lines 1 >"$DIR/line"
	expect_exit 69 sign_ssh "$DIR" sign -k p256 -o json --receipt \
	    <"$DIR/line"
	expect_match stderr "*no audit key*" "$(cat "$ERR")"
	expect_exit 69 sign_ssh "$DIR" log proof "$(printf '%064d' 0)" \
	    </dev/null
	expect "records of it" "$before" "$(records "$DIR" SIGN)"
	sign_ssh "$DIR" sign -k p256 <"$DIR/line" >/dev/null
	instance_stop "$DIR"
}

cases each_json_line_has_one \
    each_file_in_a_tar_has_one_beside_it \
    an_atomic_request_has_them_too \
    the_first_line_does_not_wait_for_the_second \
    a_refused_line_has_none_and_the_others_do \
    names_must_have_room_for_both \
    it_needs_an_output_that_can_hold_it \
    one_can_be_had_later \
    none_is_given_for_keys_of_others \
    the_verb_can_be_taken_away \
    many_ask_at_once_and_each_gets_its_own \
    a_stop_waits_for_receipts \
    a_slow_reader_gets_all_of_it_at_a_stop \
    a_killed_worker_costs_no_receipt \
    a_damaged_tree_proves_nothing \
    without_an_audit_key_nothing_is_signed_for_one
